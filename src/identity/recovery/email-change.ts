/** Another e-mail address for an account: in force once it is proven, where addresses must be. */
import type { Db } from '../../platform/db/database.ts'
import { isUniqueViolation, transaction } from '../../platform/db/index.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import { invalidateLinks, issueLink } from '../links/index.ts'
import type { LoginDeps } from '../login/index.ts'
import { sendMail } from '../mails/index.ts'
import { verifyPassword } from '../passwords/index.ts'
import { identityPaths } from '../paths.ts'
import { problem } from '../problems.ts'
import {
  emailFaults,
  findUser,
  isSamePassword,
  maskEmail,
  normaliseEmail,
  type User,
  type UserWithHash,
  updateEmail,
  updatePendingEmail,
  withdrawPendingEmail,
} from '../users/index.ts'

export type EmailChange = { readonly email: string; readonly currentPassword: string | null }

/** `isPending`: the account keeps its address until the new one is confirmed. The old one is told either way.
 *  Throws 422 `validation_failed`, 400 `current_password_incorrect` (only where addresses must be proven, as the answer must not tell whether
 *  somebody else has the new one) and 409 `email_taken` (only where they need not). */
export async function requestEmailChange(
  deps: LoginDeps,
  actor: { readonly userId: number },
  { email: typed, currentPassword }: EmailChange,
  origin: Origin,
): Promise<{ readonly isPending: boolean }> {
  const found = await findUser(deps.db, { userId: actor.userId })
  if (!found) throw problem('not_authenticated')
  const email = normaliseEmail(typed)
  const fields = emailFaults(email, 'email')
  if (fields.length > 0) throw problem('validation_failed', { fields })
  if (email === found.user.email) {
    await withdraw(deps, found.user, origin)
    return { isPending: false }
  }
  if (!deps.config.signup.requiresVerification) {
    await changeNow(deps, found.user, email, origin)
    return { isPending: false }
  }
  if (!(await verifyPassword(found.passwordHash ?? '', currentPassword ?? ''))) throw problem('current_password_incorrect')
  await askForProof(deps, found, email, origin)
  return { isPending: true }
}

/** The address that one has: whatever else was asked for before, by mistake perhaps, is asked for no more. */
const withdraw = (deps: LoginDeps, user: User, origin: Origin): Promise<void> =>
  transaction(deps.db, async (tx) => {
    const nowMs = deps.clock.nowMs()
    await invalidateLinks(tx, user.userId, ['email_change'], nowMs)
    // also when its link is long over, and swept
    if (await withdrawPendingEmail(tx, user.userId, nowMs)) await auditPending(tx, deps, user, origin)
  })

const auditPending = (tx: Db, deps: LoginDeps, user: User, origin: Origin): Promise<void> =>
  recordAudit(tx, deps, user, 'USER_UPDATED', { entityType: 'user', entityId: user.userId, origin, data: { fields: ['pending_email'] } })

const askForProof = (deps: LoginDeps, { user, passwordChangedAtMs }: UserWithHash, email: string, origin: Origin): Promise<void> =>
  transaction(deps.db, async (tx) => {
    if (!(await isSamePassword(tx, user.userId, passwordChangedAtMs))) throw problem('current_password_incorrect')
    const { ip } = origin
    await updatePendingEmail(tx, user.userId, email, deps.clock.nowMs())
    await auditPending(tx, deps, user, origin)
    const owner = (await findUser(tx, { email }))?.user
    const language = user.preferredLanguage
    if (owner) {
      // Its owner learns of it, the asker does not; what they have asked for before is void all the same.
      await issueLink(tx, deps, { userId: user.userId, purpose: 'email_change', email, ip })
      const values = { name: owner.username, path: identityPaths.login() }
      if (!owner.isDeleted) await sendMail(tx, deps, { email, language: owner.preferredLanguage }, 'email_exists_notice', values)
    } else {
      const token = await issueLink(tx, deps, { userId: user.userId, purpose: 'email_change', email, ip })
      const values = { name: user.username, path: `${identityPaths.verifyEmail()}?token=${token}` }
      await sendMail(tx, deps, { email, language }, 'email_change_confirm', values)
    }
    await sendMail(tx, deps, recipientOf(user), 'email_change_notice', { name: user.username, newEmail: maskEmail(email) })
  })

const recipientOf = ({ email, preferredLanguage }: User) => ({ email, language: preferredLanguage })

async function changeNow(deps: LoginDeps, user: User, email: string, origin: Origin): Promise<void> {
  const taken = () => problem('email_taken', { parameters: { email } })
  if (await findUser(deps.db, { email })) throw taken()
  try {
    await transaction(deps.db, async (tx) => {
      await updateEmail(tx, user.userId, email, deps.clock.nowMs())
      await recordAudit(tx, deps, user, 'EMAIL_CHANGED', { entityType: 'user', entityId: user.userId, origin })
      await sendMail(tx, deps, recipientOf(user), 'email_changed', { name: user.username, newEmail: maskEmail(email) })
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw taken()
    throw error
  }
}
