/** Forgotten passwords: a link by mail, and nothing else that tells whether there is such an account. */
import type { Db } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import { issueLink } from '../links/index.ts'
import type { LoginDeps } from '../login/index.ts'
import { type MailDeps, sendMail } from '../mails/index.ts'
import { identityPaths } from '../paths.ts'
import { problem } from '../problems.ts'
import { emailFaults, findUser, normaliseEmail, type User } from '../users/index.ts'

/** The same statements are run for an address without account. Throws 400 `email_malformed`. */
export async function forgotPassword(deps: LoginDeps, typed: string, origin: Origin): Promise<void> {
  const email = normaliseEmail(typed)
  if (emailFaults(email, 'email').length > 0) throw problem('email_malformed')
  const user = await transaction(deps.db, async (tx) => {
    const found = await findUser(tx, { email })
    const reachable = found && !found.user.isDeleted && found.user.isActive ? found.user : null
    if (reachable) await sendReset(tx, deps, reachable, origin)
    else await issueLink(tx, deps, { userId: null, purpose: 'password_reset', email, ip: origin.ip })
    await recordAudit(tx, deps, reachable, 'PASSWORD_RESET_REQUESTED', { origin, ...(reachable ? {} : { attemptedUsername: email }) })
    return reachable
  })
  deps.log.info(
    { event: 'password_reset_requested', user_id: user?.userId ?? null, request_id: origin.requestId, ip: origin.ip },
    'password reset requested',
  )
}

/** Runs in the caller's transaction: mails a link that works once within the hour; older ones stop working. Whoever asks for it audits it. */
export async function sendReset(
  tx: Db,
  deps: MailDeps,
  { userId, username, email, preferredLanguage }: Pick<User, 'userId' | 'username' | 'email' | 'preferredLanguage'>,
  { ip }: Origin,
): Promise<void> {
  const token = await issueLink(tx, deps, { userId, purpose: 'password_reset', email, ip })
  const path = `${identityPaths.resetPassword()}?token=${token}`
  await sendMail(tx, deps, { email, language: preferredLanguage }, 'password_reset', { name: username, path })
}
