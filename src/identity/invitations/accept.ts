/** Joining a company by an invitation: as a new person, or with the account one has. */
import type { Db } from '../../platform/db/database.ts'
import { isUniqueViolation, lockRow, transaction } from '../../platform/db/index.ts'
import type { ProblemField } from '../../platform/http/problem.ts'
import type { Log } from '../../platform/log/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import type { MailDeps } from '../mails/index.ts'
import { hashPassword, passwordFaults } from '../passwords/index.ts'
import { demandRoom, findTenant, insertMembership, mailApprovers, type Tenant } from '../tenants/index.ts'
import {
  createAccount,
  displayName,
  findUser,
  normaliseUsername,
  type ProfileInput,
  parseProfile,
  type User,
  usernameFaults,
} from '../users/index.ts'
import { problem } from './problems.ts'
import * as q from './queries.ts'

export type AcceptDeps = MailDeps & { readonly db: Db; readonly secrets: Secrets; readonly log: Log }

export type OpenInvitation = { readonly invitation: q.Invitation; readonly tenant: Tenant }

/** Null for a token that is unknown, used up, revoked, over, or of a company that is closed. Consumes nothing. */
export async function findInvitation(
  db: Db,
  { clock, secrets }: Pick<AcceptDeps, 'clock' | 'secrets'>,
  token: string,
): Promise<OpenInvitation | null> {
  if (!/^[\w-]{43}$/.test(token)) return null
  const invitation = await q.findByTokenHash(db, secrets.hashToken('token-hash', token))
  const isOpen = invitation?.status === 'pending' && invitation.expiresAtMs > clock.nowMs() && invitation.usedCount < invitation.maxUses
  const tenant = invitation && isOpen ? await findTenant(db, invitation.tenantId) : null
  return invitation && tenant?.isActive ? { invitation, tenant } : null
}

const mustFind = async (deps: AcceptDeps, token: string): Promise<OpenInvitation> => {
  const found = await findInvitation(deps.db, deps, token)
  if (!found) throw problem('token_invalid_or_expired')
  return found
}

export type Joined = {
  readonly userId: number
  readonly tenantId: number
  readonly slug: string
  readonly company: string
  readonly role: string
  readonly status: 'active' | 'pending'
}

/** Runs in the caller's transaction: takes one use and makes the membership. An open link's waits for approval.
 *  Who still has to prove the address bothers nobody yet: those who decide are told once it is proven.
 *  Throws 400 `token_invalid_or_expired` when another one was faster, 409 `already_member`, `tenant_user_limit`. */
export async function claimInvitation(
  tx: Db,
  deps: AcceptDeps,
  { invitation, tenant }: OpenInvitation,
  user: { readonly userId: number; readonly name: string; readonly email: string; readonly isProven?: false },
  origin?: Origin,
): Promise<Joined> {
  const { tenantId, slug, name } = tenant
  const db = { ...tx, tenantId }
  const nowMs = deps.clock.nowMs()
  const known = await q.findMembership(db, user.userId)
  if (known && known.status !== 'rejected') throw problem('already_member')
  await demandRoom(db, tenant.config)
  if (!(await q.takeUse(db, invitation.id, { userId: user.userId, nowMs }))) throw problem('token_invalid_or_expired')
  await q.closeWhenUsedUp(db, invitation.id, nowMs)
  const { role, grants, modules, email, invitedBy } = invitation
  const status = email === null ? 'pending' : 'active'
  if (known) await q.readmit(db, user.userId, { role, grants, modules, status }, nowMs)
  else await insertMembership(db, { userId: user.userId, role, grants, modules, status, invitedBy }, nowMs)
  await recordAudit(tx, deps, { userId: user.userId }, 'INVITATION_ACCEPTED', {
    tenantId,
    entityType: 'invitation',
    entityId: invitation.id,
    ...(origin && { origin }),
    data: { role, status },
  })
  if (status === 'pending' && user.isProven !== false) await mailApprovers(tx, deps, tenantId, { name: user.name, email: user.email })
  return { userId: user.userId, tenantId, slug, company: name, role, status }
}

export type NewMember = {
  readonly token: string
  readonly password: string
  readonly confirmPassword?: string | undefined
  /** Empty: derived from the e-mail. */
  readonly username?: string | undefined
  readonly profile: ProfileInput
}

/** For an e-mailed invitation whose address has no account. The mailbox is proven by the token: account approved and verified.
 *  Throws 400 `token_invalid_or_expired`, 409 `login_required`, `register_required` (an open link), `username_taken`, `tenant_user_limit`, 422. */
export async function acceptAsNew(deps: AcceptDeps, input: NewMember, origin: Origin): Promise<Joined> {
  const open = await mustFind(deps, input.token)
  const { email } = open.invitation
  if (email === null) throw problem('register_required')
  if (await findUser(deps.db, { email })) throw problem('login_required')
  const { username, profile, fields } = checked(input, email, deps.clock.nowMs())
  if (fields.length > 0) throw problem('validation_failed', { fields })
  if (username !== null && (await findUser(deps.db, { username }))) throw problem('username_taken', { parameters: { username } })
  const passwordHash = await hashPassword(input.password)
  const join = () =>
    transaction(deps.db, async (tx) => {
      const nowMs = deps.clock.nowMs()
      await lockRow(tx, 'tenants', { id: open.tenant.tenantId }) // before rows that refer to it: see register
      const account = await createAccount(tx, nowMs, { username, email, passwordHash, homeTenantId: open.tenant.tenantId, profile })
      await recordAudit(tx, deps, { userId: account.userId }, 'USER_CREATED', {
        tenantId: open.tenant.tenantId,
        entityType: 'user',
        entityId: account.userId,
        origin,
        data: { username: account.username, role: open.invitation.role, invited: true },
      })
      return claimInvitation(tx, deps, open, { ...account, name: displayNameOf(account.username, profile), email }, origin)
    })
  const joined = await join().catch(async (error: unknown) => {
    if (!isUniqueViolation(error)) throw error
    // The same link twice at once, or two people of one name: the checks answer now.
    if (await findUser(deps.db, { email })) throw problem('login_required')
    if (username !== null) throw problem('username_taken', { parameters: { username } })
    return join()
  })
  logJoined(deps, joined, origin)
  return joined
}

const displayNameOf = (username: string, profile: ReturnType<typeof parseProfile>['change']): string =>
  displayName({
    username,
    full_name: profile.full_name ?? null,
    first_name: profile.first_name ?? null,
    last_name: profile.last_name ?? null,
  })

function checked(input: NewMember, email: string, nowMs: number) {
  const username = input.username === undefined || input.username.trim() === '' ? null : normaliseUsername(input.username)
  const { change: profile, faults } = parseProfile(input.profile, { today: new Date(nowMs).toISOString().slice(0, 10) })
  const isOther = input.confirmPassword !== undefined && input.confirmPassword !== input.password
  const mismatch: ProblemField = {
    path: 'confirm_password',
    rule: 'match',
    message: { es: 'No coincide con la contraseña', en: 'Does not match the password' },
  }
  const fields = [
    ...(username === null ? [] : usernameFaults(username, 'username')),
    ...passwordFaults(input.password, { username: username ?? email, email }, 'password'),
    ...(isOther ? [mismatch] : []),
    ...faults,
  ]
  return { username, profile, fields }
}

/** With the account of somebody who is signed in. Throws 400 `token_invalid_or_expired`, 403 `invitation_for_other_account`, 409
 *  `already_member`, `tenant_user_limit`. */
export async function acceptAsExisting(deps: AcceptDeps, user: User, token: string, origin: Origin): Promise<Joined> {
  const open = await mustFind(deps, token)
  if (open.invitation.email !== null && open.invitation.email !== user.email) throw problem('invitation_for_other_account')
  const joined = await transaction(deps.db, (tx) =>
    claimInvitation(tx, deps, open, { userId: user.userId, name: user.username, email: user.email }, origin),
  ).catch((error: unknown) => {
    if (isUniqueViolation(error)) throw problem('already_member') // the same person twice at once
    throw error
  })
  logJoined(deps, joined, origin)
  return joined
}

const logJoined = (deps: AcceptDeps, { userId, tenantId }: Joined, { requestId, ip }: Origin): void =>
  deps.log.info({ event: 'invitation_accepted', user_id: userId, tenant_id: tenantId, request_id: requestId, ip }, 'invitation accepted')
