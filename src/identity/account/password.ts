/** Changing a password: by its owner, or by the operator of the machine. */
import type { Db } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import type { ProblemField } from '../../platform/http/index.ts'
import type { Log } from '../../platform/log/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { PersonActor } from '../actor.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import { type MailDeps, sendMail } from '../mails/index.ts'
import { hashPassword, passwordFaults, verifyPassword } from '../passwords/index.ts'
import { problem } from '../problems.ts'
import { endSessionsOf, hashOf, randomSecret, type SessionDeps, updateCookie } from '../sessions/index.ts'
import { findUser, isSamePassword, parseIdentifier, type User, updatePassword } from '../users/index.ts'

export type PasswordChange = { readonly currentPassword: string; readonly newPassword: string; readonly confirmPassword: string | null }

export const mismatchFault: ProblemField = {
  path: 'confirm_password',
  rule: 'match',
  message: { es: 'No coincide con la contraseña nueva', en: 'Does not match the new password' },
}

/** Runs in the transaction of the change. */
export const mailPasswordChanged = (
  tx: Db,
  deps: MailDeps,
  { username, email, preferredLanguage }: Pick<User, 'username' | 'email' | 'preferredLanguage'>,
  { ip }: Origin,
): Promise<void> =>
  sendMail(tx, deps, { email, language: preferredLanguage }, 'password_changed', {
    name: username,
    at: new Date(deps.clock.nowMs()).toISOString(),
    ip: ip ?? '',
  })

/** Every fault of the form at once; pure. */
export function changeFaults(change: PasswordChange, owner: { readonly username: string; readonly email: string }): ProblemField[] {
  const faults = passwordFaults(change.newPassword, owner, 'new_password')
  if (change.confirmPassword !== null && change.confirmPassword !== change.newPassword) faults.push(mismatchFault)
  if ([...change.currentPassword].length < 6)
    faults.push({
      path: 'current_password',
      rule: 'min_length',
      message: { es: 'Debe tener al menos 6 caracteres', en: 'Must have at least 6 characters' },
    })
  return faults
}

/** Ends the person's other sessions and, for a browser, gives this one a new cookie.
 *  Throws 422 `validation_failed`, 400 `current_password_incorrect` and `password_unchanged`. */
export async function changePassword(
  deps: SessionDeps & MailDeps & { readonly db: Db; readonly log: Log },
  actor: PersonActor,
  sessionId: number,
  change: PasswordChange,
  origin: Origin,
): Promise<{ readonly changedAtMs: number; readonly cookie: string | null }> {
  const found = await findUser(deps.db, { userId: actor.userId })
  if (!found) throw problem('not_authenticated')
  const fields = changeFaults(change, found.user)
  if (fields.length > 0) throw problem('validation_failed', { fields })
  if (!(await verifyPassword(found.passwordHash ?? '', change.currentPassword))) throw problem('current_password_incorrect')
  if (change.newPassword.normalize('NFC') === change.currentPassword.normalize('NFC')) throw problem('password_unchanged')
  const passwordHash = await hashPassword(change.newPassword)
  const cookie = actor.sessionKind === 'browser' ? randomSecret() : null
  const changedAtMs = deps.clock.nowMs()
  await transaction(deps.db, async (tx) => {
    if (!(await isSamePassword(tx, actor.userId, found.passwordChangedAtMs))) throw problem('current_password_incorrect')
    await updatePassword(tx, actor.userId, passwordHash, { endsTokens: false, nowMs: changedAtMs })
    await endSessionsOf(tx, deps, actor, actor.userId, { reason: 'password_change', keepUuid: actor.sessionUuid, origin })
    if (cookie !== null) await updateCookie(tx, sessionId, hashOf(deps.secrets, cookie), changedAtMs)
    await recordAudit(tx, deps, actor, 'PASSWORD_CHANGED', { entityType: 'user', entityId: actor.userId, origin })
    await mailPasswordChanged(tx, deps, found.user, origin)
  })
  const { requestId, ip } = origin
  deps.log.info({ event: 'password_changed', user_id: actor.userId, request_id: requestId, ip }, 'password changed')
  return { changedAtMs, cookie }
}

/** For the command line: no current password is asked, all sessions and tokens of the person end.
 *  `identifier` is a username or e-mail. Throws 404 `user_not_found`, 422 `validation_failed`. */
export async function setPassword(
  db: Db,
  deps: { readonly clock: Clock },
  identifier: string,
  newPassword: string,
): Promise<{ readonly userId: number; readonly username: string; readonly endedSessions: number }> {
  const found = await findUser(db, parseIdentifier(identifier))
  if (!found || found.user.isDeleted) throw problem('user_not_found')
  const { userId, username } = found.user
  const fields = passwordFaults(newPassword, found.user, 'password')
  if (fields.length > 0) throw problem('validation_failed', { fields })
  const passwordHash = await hashPassword(newPassword)
  return transaction(db, async (tx) => {
    await updatePassword(tx, userId, passwordHash, { endsTokens: true, nowMs: deps.clock.nowMs() })
    const endedSessions = await endSessionsOf(tx, deps, null, userId, { reason: 'admin' })
    await recordAudit(tx, deps, null, 'ADMIN_CLI', {
      entityType: 'user',
      entityId: userId,
      data: { command: 'user set-password', username },
    })
    return { userId, username, endedSessions }
  })
}
