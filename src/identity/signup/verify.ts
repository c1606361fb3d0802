/** Proving an e-mail address: the link of a sign-up, or of a change of address. */
import type { Db } from '../../platform/db/database.ts'
import { isUniqueViolation, transaction } from '../../platform/db/index.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import { findLink, invalidateLinks, issueLink, type Link, type LinkDeps, type LinkPurpose, useLink } from '../links/index.ts'
import { gate } from '../login/index.ts'
import { problem } from '../problems.ts'
import { listMemberships, type Membership } from '../tenants/index.ts'
import { applyPendingEmail, emailFaults, findUser, markEmailProven, normaliseEmail, type User } from '../users/index.ts'
import { mailSignupLink, type SignupDeps, welcomeOrWait } from './register.ts'

const purposes = ['signup', 'email_change'] as const satisfies readonly LinkPurpose[]

/** Looking consumes nothing: mail scanners follow links. */
export const isVerificationLink = async (db: Db, deps: LinkDeps, token: string): Promise<boolean> =>
  (await findLink(db, deps, token, purposes)) !== null

export type Verified = {
  readonly purpose: Link['purpose']
  readonly user: User
  readonly passwordChangedAtMs: number | null
  readonly memberships: readonly Membership[]
  /** Why the person may not sign in yet; null = they may. */
  readonly gate: ReturnType<typeof gate>
}

/** Of any number of calls with one token, one succeeds. Throws 400 `token_invalid_or_expired`. */
export async function verifyEmail(deps: SignupDeps, token: string, origin: Origin): Promise<Verified> {
  const verified = await useVerificationLink(deps, token, origin)
  if (!verified) throw problem('token_invalid_or_expired')
  const { user, purpose } = verified
  deps.log.info({ event: 'email_verified', user_id: user.userId, purpose, request_id: origin.requestId, ip: origin.ip }, 'email verified')
  return verified
}

async function useVerificationLink(deps: SignupDeps, token: string, origin: Origin): Promise<Verified | null> {
  try {
    return await transaction(deps.db, async (tx) => {
      const link = await findLink(tx, deps, token, purposes)
      if (!link || !(await useLink(tx, deps, link))) return null
      if (!(await proveAddress(tx, deps, link, origin))) return null
      const found = await findUser(tx, { userId: link.userId })
      if (!found || found.user.isDeleted) return null
      const memberships = await listMemberships(tx, link.userId)
      const refusal = gate(found.user, memberships, deps.config.signup)
      const isPending = refusal === 'not_approved'
      const awaitsWord = found.user.approvalStatus === 'pending' || memberships.some(({ status }) => status === 'pending')
      // Whoever was rejected or disabled before is neither welcome nor to be decided on.
      if (link.purpose === 'signup' && (refusal === null || (isPending && awaitsWord))) {
        const newcomer = { ...found.user, language: found.user.preferredLanguage }
        await welcomeOrWait(tx, deps, newcomer, {
          tenantId: memberships[0]?.tenant.tenantId ?? null,
          isPending,
        })
      }
      const { user, passwordChangedAtMs } = found
      return { purpose: link.purpose, user, passwordChangedAtMs, memberships, gate: refusal }
    })
  } catch (error) {
    if (isUniqueViolation(error)) return null // somebody else took the address since
    throw error
  }
}

async function proveAddress(tx: Db, deps: SignupDeps, { userId, email, purpose }: Link, origin: Origin): Promise<boolean> {
  const nowMs = deps.clock.nowMs()
  const isChange = purpose === 'email_change'
  const isDone = isChange ? await applyPendingEmail(tx, userId, email, nowMs) : await markEmailProven(tx, userId, email, nowMs)
  if (!isDone) return false
  // Links that went to the address of before must not open the account any more.
  if (isChange) await invalidateLinks(tx, userId, ['password_reset', 'signup'], nowMs)
  const action = isChange ? 'EMAIL_CHANGED' : 'EMAIL_VERIFIED'
  await recordAudit(tx, deps, { userId }, action, { entityType: 'user', entityId: userId, origin })
  return true
}

/** A new link for an account whose address is not proven. For any other address the same is written, so that asking tells nothing.
 *  Throws 400 `email_malformed`. */
export async function resendVerification(deps: SignupDeps, typed: string, origin: Origin): Promise<void> {
  const email = normaliseEmail(typed)
  if (emailFaults(email, 'email').length > 0) throw problem('email_malformed')
  await transaction(deps.db, async (tx) => {
    const user = (await findUser(tx, { email }))?.user ?? null
    if (user && !user.isDeleted && !user.isEmailVerified)
      await mailSignupLink(tx, deps, { ...user, language: user.preferredLanguage }, origin)
    else await issueLink(tx, deps, { userId: null, purpose: 'signup', email, ip: origin.ip })
  })
}
