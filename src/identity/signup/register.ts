/** Signing up. Where addresses must be proven, nobody learns from the answer whether an address has an account already. */
import type { Db } from '../../platform/db/database.ts'
import { isUniqueViolation, lockRow, transaction } from '../../platform/db/index.ts'
import { resolvePlace } from '../../platform/geo/index.ts'
import type { ProblemField } from '../../platform/http/index.ts'
import type { AccessDeps } from '../access/index.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import { claimInvitation, findInvitation, type OpenInvitation } from '../invitations/index.ts'
import { issueLink } from '../links/index.ts'
import type { LoginDeps } from '../login/index.ts'
import { sendMail } from '../mails/index.ts'
import { hashPassword, passwordFaults, verifyNobody, verifyPassword } from '../passwords/index.ts'
import { identityPaths } from '../paths.ts'
import { problem } from '../problems.ts'
import { findTenant, hasRoom, insertMembership, mailApprovers, type Tenant } from '../tenants/index.ts'
import {
  createAccount,
  emailFaults,
  findUser,
  normaliseEmail,
  normaliseUsername,
  type ProfileInput,
  parseProfile,
  type User,
  usernameFaults,
  voidPassword,
} from '../users/index.ts'
import { admission, domainOf, type Joining, joining } from './admission.ts'
import { signupProblem } from './problems.ts'
import * as q from './queries.ts'

export type SignupDeps = AccessDeps & LoginDeps

export type Registration = {
  /** Null: derived from the e-mail. */
  readonly username: string | null
  readonly email: string
  readonly password: string
  readonly profile: ProfileInput
  /** Slug, UUID or number; one that does not exist is like none, so that nobody can ask which companies there are. */
  readonly company: string | null
  /** Of a link into a company; null = none. */
  readonly invitationToken: string | null
}

export type Registered = {
  readonly email: string
  readonly isApprovalRequired: boolean
  /** The account; null where the address must be proven first: then the same whether there was one already. */
  readonly userId: number | null
}

/** Every fault at once; pure but for the day. */
export function registrationFaults(registration: Registration, today: string): ProblemField[] {
  const username = registration.username === null ? null : normaliseUsername(registration.username)
  const email = normaliseEmail(registration.email)
  return [
    ...(username === null ? [] : usernameFaults(username, 'username')),
    ...emailFaults(email, 'email'),
    ...passwordFaults(registration.password, { username: username ?? '', email }, 'password'),
    ...parseProfile(registration.profile, { today }).faults,
  ]
}

/** Throws 403 `signup_closed`, `domain_not_allowed`, `invitation_for_other_account`; 400 `token_invalid_or_expired` (of the invitation);
 *  422 `validation_failed`; 409 `username_taken`, `tenant_user_limit`, and `email_taken` only where the address needs no proof; 503 `too_busy`. */
export async function register(deps: SignupDeps, registration: Registration, origin: Origin): Promise<Registered> {
  const { signup } = deps.config
  const isInvited = registration.invitationToken !== null
  if (!isInvited && (signup.mode === 'invite' || signup.mode === 'closed')) throw signupProblem('signup_closed')
  const today = new Date(deps.clock.nowMs()).toISOString().slice(0, 10)
  const { change } = parseProfile(registration.profile, { today })
  const { place: home, faults } = await resolvePlace(deps.db, change)
  const fields = [...registrationFaults(registration, today), ...faults]
  if (fields.length > 0) throw problem('validation_failed', { fields })
  const email = normaliseEmail(registration.email)
  const invitation = await invitationFor(deps, registration.invitationToken, email)
  const ofDomain = await q.findTenantOfDomain(deps.db, domainOf(email))
  const admitted = admission(signup, { email, isInvited, companyOfDomain: ofDomain })
  if (admitted !== 'admitted') throw signupProblem(admitted)
  const place = joining(signup, {
    ofDomain,
    named: await activeTenant(deps.db, registration.company),
    byDefault: await activeTenant(deps.db, signup.defaultTenant),
  })
  const person: Person = {
    email,
    isKnownPassword: await isKnownPassword(deps.db, email, registration.password),
    username: registration.username === null ? null : normaliseUsername(registration.username),
    passwordHash: await hashPassword(registration.password),
    profile: { ...change, ...home },
  }
  const terms: Terms = {
    invitation,
    place: invitation ? null : place,
    // Who shows an invitation that was mailed to the address has proven it, and somebody with the right to do so wants them in.
    needsProof: signup.requiresVerification && !invitation?.invitation.email,
    needsApproval: signup.requiresApproval && !invitation?.invitation.email,
  }
  const userId = await repeated(() => transaction(deps.db, (tx) => create(tx, deps, person, terms, origin)))
  if (userId !== null) deps.log.info({ event: 'register_ok', user_id: userId, request_id: origin.requestId, ip: origin.ip }, 'registered')
  return { email, isApprovalRequired: terms.needsApproval, userId: terms.needsProof ? null : userId }
}

type Terms = {
  readonly invitation: OpenInvitation | null
  readonly place: Joining | null
  readonly needsProof: boolean
  readonly needsApproval: boolean
}

async function invitationFor(deps: SignupDeps, token: string | null, email: string): Promise<OpenInvitation | null> {
  if (token === null) return null
  const found = await findInvitation(deps.db, deps, token)
  if (!found) throw problem('token_invalid_or_expired')
  if (found.invitation.email !== null && found.invitation.email !== email) throw signupProblem('invitation_for_other_account')
  return found
}

const activeTenant = async (db: Db, ref: string | null): Promise<Tenant | null> => {
  const tenant = ref === null || ref.trim() === '' ? null : await findTenant(db, ref)
  return tenant?.isActive ? tenant : null
}

/** Two who derive the same name, or register the same address at once: the second looks again and finds the first. */
async function repeated<T>(work: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await work()
    } catch (error) {
      if (!isUniqueViolation(error) || attempt >= 4) throw error
    }
  }
}

/** Whether the address has an account with this very password. As slow for an address without one. */
async function isKnownPassword(db: Db, email: string, password: string): Promise<boolean> {
  const hash = (await findUser(db, { email }))?.passwordHash ?? null
  return hash === null ? verifyNobody(password).then(() => false) : verifyPassword(hash, password)
}

type Person = {
  readonly isKnownPassword: boolean
  readonly username: string | null
  readonly email: string
  readonly passwordHash: string
  readonly profile: ReturnType<typeof parseProfile>['change']
}

/** The new account; null when the address has one already and that may not be told. */
async function create(tx: Db, deps: SignupDeps, person: Person, terms: Terms, origin: Origin): Promise<number | null> {
  const { username, email } = person
  const tenantId = terms.invitation?.tenant.tenantId ?? terms.place?.tenant.tenantId ?? null
  // First of all: the rows of the account refer to it, and of two that hold it so none could count its people.
  if (tenantId !== null) await lockRow(tx, 'tenants', { id: tenantId })
  // Where addresses must be proven, a name that was kept would tell that the address was new: it gets a number instead (the mail says it).
  if (username !== null && !terms.needsProof && (await findUser(tx, { username })))
    throw problem('username_taken', { parameters: { username } })
  const known = await findUser(tx, { email })
  if (known && !terms.needsProof) throw problem('email_taken', { parameters: { email } })
  if (known) {
    const about = { entityType: 'user', entityId: known.user.userId, origin }
    await recordAudit(tx, deps, null, 'REGISTER', { ...about, attemptedUsername: email, data: { isKnown: true } })
    await remindOwner(tx, deps, known.user, person.isKnownPassword, origin)
    return null
  }
  const nowMs = deps.clock.nowMs()
  const { isKnownPassword: _, ...given } = person
  const account = await createAccount(tx, nowMs, {
    ...given,
    isNumbered: terms.needsProof,
    approvalStatus: terms.needsApproval ? 'pending' : 'approved',
    isEmailVerified: terms.invitation?.invitation.email === email,
    homeTenantId: tenantId,
  })
  const { userId } = account
  await recordAudit(tx, deps, { userId }, 'REGISTER', {
    tenantId,
    entityType: 'user',
    entityId: userId,
    origin,
    data: { username: account.username, isInvited: terms.invitation !== null },
  })
  const newcomer = { ...account, email, language: person.profile.preferred_lang === 'en' ? ('en' as const) : null }
  const { invitation, place } = terms
  const joiner = { userId, name: account.username, email, ...(terms.needsProof && { isProven: false as const }) }
  // An open link's membership waits, and who decides on it was told there.
  const status = invitation
    ? (await claimInvitation(tx, deps, invitation, joiner, origin)).status
    : place && (await join(tx, userId, place, nowMs))
  if (terms.needsProof) await mailSignupLink(tx, deps, newcomer, origin)
  else if (!invitation || status === 'active')
    await welcomeOrWait(tx, deps, newcomer, { tenantId, isPending: terms.needsApproval || status === 'pending' })
  return userId
}

/** A company that is full takes nobody in at once: its administrator decides, as for whoever waits. */
async function join(tx: Db, userId: number, { tenant, status }: Joining, nowMs: number): Promise<Joining['status']> {
  const company = { ...tx, tenantId: tenant.tenantId }
  const actual = status === 'active' && (await hasRoom(company, tenant.config)) ? 'active' : 'pending'
  await insertMembership(company, { userId, role: 'VIEWER', grants: [], status: actual }, nowMs)
  return actual
}

/** Whoever owns the address learns that somebody registered it again, by mail and only there. Two passwords for an unproven account: one may be
 *  of somebody who waits for the owner of the address to prove it. Neither holds; the mail leads in, and to another password. */
async function remindOwner(tx: Db, deps: SignupDeps, user: User, isKnownPassword: boolean, origin: Origin): Promise<void> {
  if (user.isDeleted) return
  if (!user.isEmailVerified) {
    if (!isKnownPassword) await voidPassword(tx, user.userId, deps.clock.nowMs())
    return mailSignupLink(tx, deps, { ...user, language: user.preferredLanguage }, origin)
  }
  const recipient = { email: user.email, language: user.preferredLanguage }
  await sendMail(tx, deps, recipient, 'email_exists_notice', { name: user.username, path: identityPaths.login() })
}

type Newcomer = {
  readonly userId: number
  readonly username: string
  readonly email: string
  readonly language: User['preferredLanguage']
}

/** Older links of the same person stop working. */
export async function mailSignupLink(
  tx: Db,
  deps: SignupDeps,
  { userId, username, email, language }: Newcomer,
  { ip }: Origin,
): Promise<void> {
  const token = await issueLink(tx, deps, { userId, purpose: 'signup', email, ip })
  const path = `${identityPaths.verifyEmail()}?token=${token}&auto_login=1`
  await sendMail(tx, deps, { email, language }, 'verify_email', { name: username, path })
}

/** Once nothing is left for the newcomer to do: a welcome, or word to those who decide. */
export async function welcomeOrWait(
  tx: Db,
  deps: SignupDeps,
  { username, email, language }: Omit<Newcomer, 'userId'>,
  { tenantId, isPending }: { readonly tenantId: number | null; readonly isPending: boolean },
): Promise<void> {
  if (isPending) await mailApprovers(tx, deps, tenantId, { name: username, email })
  else await sendMail(tx, deps, { email, language }, 'welcome', { name: username, path: identityPaths.login() })
}
