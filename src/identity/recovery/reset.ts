/** A new password for whoever holds the link that was mailed. */
import type { Db } from '../../platform/db/database.ts'
import { lockRow, transaction } from '../../platform/db/index.ts'
import type { ProblemField } from '../../platform/http/index.ts'
import { mailPasswordChanged, mismatchFault } from '../account/index.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import { findLink, invalidateLinks, type Link, type LinkDeps, linkPurposes, useLink } from '../links/index.ts'
import { unlockAccount } from '../lockout/index.ts'
import type { LoginDeps } from '../login/index.ts'
import { hashPassword, passwordFaults } from '../passwords/index.ts'
import { problem } from '../problems.ts'
import { endSessionsOf } from '../sessions/index.ts'
import { findUser, markEmailProven, type User, updatePassword } from '../users/index.ts'

export type Reset = { readonly token: string; readonly newPassword: string; readonly confirmPassword: string | null }

/** Whose password the link sets; null for one that does not work, as one that was asked for before the password was changed in another way.
 *  Consumes nothing. */
export const findResetOwner = async (db: Db, deps: LinkDeps, token: string): Promise<User | null> =>
  (await findReset(db, deps, token))?.user ?? null

async function findReset(db: Db, deps: LinkDeps, token: string): Promise<{ readonly link: Link; readonly user: User } | null> {
  const link = await findLink(db, deps, token, ['password_reset'])
  const found = link && (await findUser(db, { userId: link.userId }))
  if (!link || !found || (found.passwordChangedAtMs ?? 0) > link.createdAtMs) return null
  const { user } = found
  return !user.isDeleted && user.isActive && user.email === link.email ? { link, user } : null
}

/** Ends every session and token of the person and opens a locked account; a password that breaks the rule does not use the link up.
 *  Of any number of calls with one token, one succeeds. Throws 400 `token_invalid_or_expired`, 422 `validation_failed`. */
export async function resetPassword(deps: LoginDeps, { token, newPassword, confirmPassword }: Reset, origin: Origin): Promise<void> {
  const user = await findResetOwner(deps.db, deps, token)
  if (!user) throw problem('token_invalid_or_expired')
  const fields: ProblemField[] = passwordFaults(newPassword, user, 'new_password')
  if (confirmPassword !== null && confirmPassword !== newPassword) fields.push(mismatchFault)
  if (fields.length > 0) throw problem('validation_failed', { fields })
  const passwordHash = await hashPassword(newPassword)
  const isSet = await transaction(deps.db, async (tx) => {
    // Anew, with the person's row held: the password or the address may have been changed in another way meanwhile.
    await lockRow(tx, 'users', { id: user.userId })
    const link = (await findReset(tx, deps, token))?.link
    if (!link || !(await useLink(tx, deps, link))) return false
    const nowMs = deps.clock.nowMs()
    await updatePassword(tx, user.userId, passwordHash, { endsTokens: true, nowMs })
    // Who reads the mails of the address has proven it.
    await markEmailProven(tx, user.userId, link.email, nowMs)
    await invalidateLinks(tx, user.userId, linkPurposes, nowMs)
    await endSessionsOf(tx, deps, user, user.userId, { reason: 'password_change', origin })
    await unlockAccount(tx, user.userId)
    await recordAudit(tx, deps, user, 'PASSWORD_RESET', { entityType: 'user', entityId: user.userId, origin })
    await mailPasswordChanged(tx, deps, user, origin)
    return true
  })
  if (!isSet) throw problem('token_invalid_or_expired')
  const { requestId, ip } = origin
  deps.log.info({ event: 'password_reset_ok', user_id: user.userId, request_id: requestId, ip }, 'password reset')
}
