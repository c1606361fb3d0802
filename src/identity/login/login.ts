/** Signing in: one pipeline for every path and form of it. */
import type { Db } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import type { Problem, ProblemField } from '../../platform/http/index.ts'
import type { Log } from '../../platform/log/index.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import { beginTry, failTry, forgiveFailures, type LockoutDeps, noteFailedFactor, type Try, withdrawTry } from '../lockout/index.ts'
import { isEnrolled, type MfaDeps, mfaProblem, openChallenge, useCode } from '../mfa/index.ts'
import { hashPassword, isOutdated, passwordMaxLength, verifyNobody, verifyPassword } from '../passwords/index.ts'
import { problem } from '../problems.ts'
import { type Chosen, type SessionDeps, type SessionKind, type StartedSession, startSession } from '../sessions/index.ts'
import { access, isUsable, listMemberships, type Membership, parseCompanyId } from '../tenants/index.ts'
import {
  emailMaxLength,
  findUser,
  maskEmail,
  parseIdentifier,
  renewPasswordHash,
  type User,
  type UserWithHash,
  usernameMaxLength,
  usernameMinLength,
} from '../users/index.ts'

export type LoginDeps = SessionDeps &
  MfaDeps &
  LockoutDeps & {
    readonly db: Db
    readonly log: Log
    readonly config: { readonly signup: GateSettings }
  }

export type Credentials = {
  readonly identifier: string
  readonly password: string
  readonly companyId: string | null
  /** Code of the second factor, or a recovery code, from who knows that it will be asked for. */
  readonly otp: string | null
}

export type LoggedIn = {
  readonly kind: 'logged_in'
  readonly user: User
  readonly memberships: readonly Membership[]
  readonly chosen: Membership | null
  readonly session: StartedSession
}

/** The password was right; the second factor is owed within `challengeLifeS`. */
export type CodeOwed = { readonly kind: 'code_owed'; readonly mfaToken: string }

/** `replacedCookie`: of a session that the browser still has. */
export type Attempt = { readonly kind: SessionKind; readonly origin: Origin; readonly replacedCookie?: string | null }

/** Whoever has a second factor is in only with its code: in `otp`, or with the token answered here (see second-step.ts).
 *  Throws 422 `validation_failed`; 401 `invalid_credentials`, the same for a wrong password, an unknown and a deleted user, and as slow;
 *  after a right password only 403 `account_disabled`, `email_not_verified`, `not_approved`, `tenant_inactive`, `no_company_access`, 409 `session_limit`
 *  and 401 `mfa_invalid`; 503 `too_busy`. */
export async function logIn(deps: LoginDeps, credentials: Credentials, attempt: Attempt): Promise<LoggedIn | CodeOwed> {
  demandShape(credentials)
  const { user, memberships, passwordChangedAtMs } = await authenticate(deps, credentials, attempt)
  const chosen = chooseCompany(user, memberships, credentials.companyId)
  const isCodeOwed = await isEnrolled(deps.db, user.userId)
  if (isCodeOwed && credentials.otp === null) {
    const { userId } = user
    return { kind: 'code_owed', mfaToken: await openChallenge(deps, { userId, kind: attempt.kind, companyId: credentials.companyId }) }
  }
  if (isCodeOwed && credentials.otp !== null) await demandOtp(deps, user, credentials.otp, attempt.origin)
  return begin(deps, { user, memberships, chosen, passwordChangedAtMs }, attempt, isCodeOwed)
}

/** Password and code in one request. Throws 401 `mfa_invalid`. */
async function demandOtp(deps: LoginDeps, user: User, otp: string, origin: Origin): Promise<void> {
  const used = await useCode(deps, user.userId, otp, origin)
  if (used === 'totp' || used === 'recovery_code') return noteRightCode(deps, user, used, origin)
  await noteFailure(deps, user, user.username, 'wrong_code', origin)
  throw wrongCode(deps, user, origin)
}

export function noteRightCode({ log }: LoginDeps, user: User, by: 'totp' | 'recovery_code', origin: Origin): void {
  log.info({ event: 'mfa_ok', user_id: user.userId, by, request_id: origin.requestId, ip: origin.ip }, 'second factor ok')
}

/** Says it in the log and gives the problem to throw. */
export function wrongCode({ log }: LoginDeps, user: User | null, origin: Origin): Problem {
  log.warn({ event: 'mfa_failed', user_id: user?.userId ?? null, request_id: origin.requestId, ip: origin.ip }, 'second factor refused')
  return mfaProblem('mfa_invalid')
}

/** The session of somebody who gave all that is asked for; `passwordChangedAtMs` as it was read with the person. Throws as `startSession`. */
export async function begin(
  deps: LoginDeps,
  { passwordChangedAtMs, ...person }: Pick<LoggedIn, 'user' | 'memberships' | 'chosen'> & Pick<UserWithHash, 'passwordChangedAtMs'>,
  attempt: Attempt,
  hasSecondFactor: boolean,
): Promise<LoggedIn> {
  const { user, chosen } = person
  const session = await transaction(deps.db, async (tx) => {
    const started = await startSession(tx, deps, user, { ...attempt, chosen: chosenOf(chosen), passwordChangedAtMs, hasSecondFactor })
    await forgiveFailures(tx, user.userId, attempt.origin.ip)
    return started
  })
  const who = { user_id: user.userId, tenant_id: chosen?.tenant.tenantId ?? null }
  deps.log.info({ event: 'login_ok', ...who, request_id: attempt.origin.requestId, ip: attempt.origin.ip }, 'login ok')
  return { kind: 'logged_in', ...person, session }
}

export const chosenOf = (membership: Membership | null): Chosen =>
  membership && { tenantId: membership.tenant.tenantId, role: access(membership).role }

/** Signing in asks for less than a new password must have: six characters, so that an old one can still be replaced. */
const passwordMinLengthAtLogin = 6

export function credentialFaults({ identifier, password }: Credentials): ProblemField[] {
  const faults: ProblemField[] = []
  const fault = (path: string, min: number, max: number) =>
    faults.push({
      path,
      rule: 'length',
      message: { es: 'Debe tener entre {min} y {max} caracteres', en: 'Must have {min} to {max} characters' },
      parameters: { min, max },
    })
  const length = [...identifier.trim()].length
  const max = identifier.includes('@') ? emailMaxLength : usernameMaxLength
  if (length < usernameMinLength || length > max || /\p{Cc}/u.test(identifier)) fault('username', usernameMinLength, max)
  const passwordLength = [...password].length
  if (passwordLength < passwordMinLengthAtLogin || passwordLength > passwordMaxLength)
    fault('password', passwordMinLengthAtLogin, passwordMaxLength)
  return faults
}

function demandShape(credentials: Credentials): void {
  const fields = credentialFaults(credentials)
  if (fields.length > 0) throw problem('validation_failed', { fields })
}

async function authenticate(deps: LoginDeps, { identifier, password }: Credentials, { origin }: Attempt) {
  const named = parseIdentifier(identifier)
  const found = await findUser(deps.db, named)
  const account = { user: found?.user ?? null, identifier: 'email' in named ? named.email : named.username }
  const begunTry = await beginTry(deps, account, origin)
  // One verification, whatever the account: unknown, deleted and locked ones take as long as a wrong password.
  const hash = begunTry && found && !found.user.isDeleted ? found.passwordHash : null
  const isRight = await isRightPassword(deps, begunTry, hash, password)
  if (!begunTry || !isRight || !found) {
    await noteFailure(deps, account.user, identifier, begunTry ? 'wrong_credentials' : 'locked', origin)
    if (begunTry) await failTry(deps, begunTry, origin)
    throw problem('invalid_credentials')
  }
  await withdrawTry(deps, begunTry)
  const { user } = found
  const memberships = await listMemberships(deps.db, user.userId)
  const refusal = gate(user, memberships, deps.config.signup)
  if (refusal) {
    await noteFailure(deps, user, identifier, refusal, origin)
    throw problem(refusal)
  }
  if (hash !== null && isOutdated(hash))
    await renewPasswordHash(deps.db, user.userId, hash, await hashPassword(password), deps.clock.nowMs())
  return { user, memberships, passwordChangedAtMs: found.passwordChangedAtMs }
}

/** A password that nobody had the time to look at (503 `too_busy`) was not wrong: whoever tries again in a rush must not lock themselves out. */
async function isRightPassword(deps: LoginDeps, begunTry: Try | null, hash: string | null, password: string): Promise<boolean> {
  try {
    return hash === null ? await verifyNobody(password).then(() => false) : await verifyPassword(hash, password)
  } catch (error) {
    if (begunTry) await withdrawTry(deps, begunTry)
    throw error
  }
}

type Refusal = 'account_disabled' | 'email_not_verified' | 'not_approved' | 'tenant_inactive' | 'no_company_access'

export type GateSettings = { readonly requiresVerification: boolean }

/** Why a person with the right password may not come in; somebody without any company may. Pure. */
export function gate(user: User, memberships: readonly Membership[], { requiresVerification }: GateSettings): Refusal | null {
  if (!user.isActive) return 'account_disabled'
  if (requiresVerification && !user.isEmailVerified) return 'email_not_verified'
  if (user.approvalStatus !== 'approved') return 'not_approved'
  if (user.isSuperAdmin || memberships.length === 0 || memberships.some(isUsable)) return null
  if (memberships.some(({ status }) => status === 'active')) return 'tenant_inactive'
  return memberships.some(({ status }) => status === 'pending') ? 'not_approved' : 'no_company_access'
}

/** The company asked for, the only one, or the person's default one; null = to be chosen later. Throws `no_company_access`, `invalid_company_id`. */
export function chooseCompany(user: User, memberships: readonly Membership[], asked: string | null): Membership | null {
  const usable = memberships.filter(isUsable)
  if (asked !== null) {
    const ref = parseCompanyId(asked)
    if (!ref) throw problem('invalid_company_id')
    const found = usable.find(({ tenant }) => ('uuid' in ref ? tenant.uuid === ref.uuid : tenant.tenantId === ref.tenantId))
    if (!found) throw problem('no_company_access')
    return found
  }
  if (usable.length === 1) return usable[0] ?? null
  return usable.find(({ tenant }) => tenant.tenantId === user.defaultTenantId) ?? null
}

export async function noteFailure(deps: LoginDeps, user: User | null, identifier: string, reason: string, origin: Origin): Promise<void> {
  const attemptedUsername = identifier.trim()
  if (reason === 'wrong_code' && user) await noteFailedFactor(deps, user, origin)
  await recordAudit(deps.db, deps, user, 'LOGIN_FAILED', { attemptedUsername, origin, data: { reason } })
  deps.log.warn(
    {
      event: reason === 'not_approved' ? 'login_not_approved' : 'login_failed',
      user_id: user?.userId ?? null,
      // Somebody may have typed the password here: only names that exist are written.
      identifier: attemptedUsername.includes('@') ? maskEmail(attemptedUsername) : (user?.username ?? null),
      reason,
      request_id: origin.requestId,
      ip: origin.ip,
    },
    'login refused',
  )
}
