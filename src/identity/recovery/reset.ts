/** A new password for whoever holds the link that was mailed. */
import type { Db } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import type { ProblemField } from '../../platform/http/index.ts'
import { mailPasswordChanged, mismatchFault } from '../account/index.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import { findLink, invalidateLinks, type LinkDeps, linkPurposes, useLink } from '../links/index.ts'
import { unlockAccount } from '../lockout/index.ts'
import type { LoginDeps } from '../login/index.ts'
import { hashPassword, passwordFaults } from '../passwords/index.ts'
import { problem } from '../problems.ts'
import { endSessionsOf } from '../sessions/index.ts'
import { findUser, markEmailProven, type User, updatePassword } from '../users/index.ts'
import { recoveryProblem } from './problems.ts'

export type Reset = { readonly token: string; readonly newPassword: string; readonly confirmPassword: string | null }

/** Whose password the link sets; null for one that does not work, as one that was asked for before the password was changed in another way.
 *  Consumes nothing. */
export async function findResetOwner(db: Db, deps: LinkDeps, token: string): Promise<User | null> {
  const link = await findLink(db, deps, token, ['password_reset'])
  const found = link && (await findUser(db, { userId: link.userId }))
  if (!link || !found || (found.passwordChangedAtMs ?? 0) > link.createdAtMs) return null
  return !found.user.isDeleted && found.user.isActive && found.user.email === link.email ? found.user : null
}

/** Ends every session and token of the person and opens a locked account; a password that breaks the rule does not use the link up.
 *  Of any number of calls with one token, one succeeds. Throws 400 `token_invalid_or_expired`, 422 `validation_failed`. */
export async function resetPassword(deps: LoginDeps, { token, newPassword, confirmPassword }: Reset, origin: Origin): Promise<void> {
  const user = await findResetOwner(deps.db, deps, token)
  if (!user) throw recoveryProblem('token_invalid_or_expired')
  const fields: ProblemField[] = passwordFaults(newPassword, user, 'new_password')
  if (confirmPassword !== null && confirmPassword !== newPassword) fields.push(mismatchFault)
  if (fields.length > 0) throw problem('validation_failed', { fields })
  const passwordHash = await hashPassword(newPassword)
  const isSet = await transaction(deps.db, async (tx) => {
    const link = await findLink(tx, deps, token, ['password_reset'])
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
  if (!isSet) throw recoveryProblem('token_invalid_or_expired')
  const { requestId, ip } = origin
  deps.log.info({ event: 'password_reset_ok', user_id: user.userId, request_id: requestId, ip }, 'password reset')
}
