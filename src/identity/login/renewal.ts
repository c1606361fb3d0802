/** Renewing and ending what a sign-in gave, by the tokens themselves. */
import type { Db } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/index.ts'
import type { Origin } from '../audit/index.ts'
import { sendMail } from '../mails/index.ts'
import { identityPaths } from '../paths.ts'
import { problem } from '../problems.ts'
import {
  endSession,
  findOpenSession,
  isLive,
  issueAccessToken,
  refreshSession,
  sessionKeys,
  type TokenPair,
  tokenSubject,
} from '../sessions/index.ts'
import { isUsable, listMemberships, type Membership } from '../tenants/index.ts'
import { decodeToken, type TokenClaims, type TokenType } from '../tokens/index.ts'
import { findUser, type User } from '../users/index.ts'
import { chosenOf, gate, type LoginDeps } from './login.ts'

export type Renewed = {
  readonly tokens: TokenPair
  readonly user: User
  readonly memberships: readonly Membership[]
  readonly chosen: Membership | null
}

/** Throws 401 `refresh_token_required`, `refresh_invalid`, `refresh_revoked_or_expired`, `refresh_already_rotated`, and 403 as signing in does. */
export async function renew(deps: LoginDeps, token: string | null, origin: Origin): Promise<Renewed> {
  if (token === null) throw refused(deps, 'refresh_missing_token', 'refresh_token_required', origin)
  const claims = await refreshClaims(deps, token, origin)
  // The company chosen meanwhile, not the one of the sign-in.
  const session = await findOpenSession(deps.db, { uuid: claims.sessionUuid })
  const standing = await currentStanding(deps, claims, session?.tenantId ?? claims.tenantId)
  if (!standing) throw refused(deps, 'refresh_revoked_or_expired', 'refresh_revoked_or_expired', origin, claims)
  const onReuse = (tx: Db) => mailReuse(tx, deps, standing.user, origin)
  const outcome = await refreshSession(deps.db, deps, claims, { ...standing, chosen: chosenOf(standing.chosen), origin, onReuse })
  switch (outcome.kind) {
    case 'renewed':
      deps.log.info({ event: 'refresh_ok', ...logged(claims, origin) }, 'refresh ok')
      return { ...standing, tokens: outcome.tokens }
    case 'already_rotated':
      throw refused(deps, 'refresh_already_rotated', 'refresh_already_rotated', origin, claims)
    case 'reused':
      deps.log.warn({ event: 'refresh_reuse_detected', ...logged(claims, origin) }, 'refresh token reused: session ended')
      throw refused(deps, 'refresh_revoked_or_expired', 'refresh_revoked_or_expired', origin, claims)
    case 'revoked_or_expired':
      throw refused(deps, 'refresh_revoked_or_expired', 'refresh_revoked_or_expired', origin, claims)
  }
}

/** Somebody holds a copy of the person's token: they should know. */
const mailReuse = (tx: Db, deps: LoginDeps, { email, username, preferredLanguage }: User, { ip }: Origin): Promise<void> =>
  sendMail(tx, deps, { email, language: preferredLanguage }, 'refresh_reuse_alert', {
    name: username,
    at: new Date(deps.clock.nowMs()).toISOString(),
    ip: ip ?? '',
    path: identityPaths.account(),
  })

/** A new access token for a live session in exchange for a still valid one; it never outlives the session. Throws 401. */
export async function renewAccess(deps: LoginDeps, token: string, origin: Origin) {
  const claims = await decodeToken(sessionKeys(deps.secrets).tokens, token, deps.clock.nowMs(), ['access', 'context'])
  const session = await findOpenSession(deps.db, { uuid: claims.sessionUuid })
  const standing = session && isLive({ ...session, endedAtMs: null }, deps.clock.nowMs()) ? await currentStanding(deps, claims) : null
  if (!session || !standing) throw problem('session_ended')
  deps.log.info({ event: 'refresh_ok', ...logged(claims, origin) }, 'refresh ok')
  return issueAccessToken(deps, tokenSubject(standing.user, session.uuid, chosenOf(standing.chosen)), session)
}

/** What kind of token this is, null when it is not valid: for the one path that takes both. */
export const tokenTypeOf = async (deps: LoginDeps, token: string): Promise<TokenType | null> =>
  (await validClaims(deps, token))?.tokenType ?? null

/** Whom a valid token speaks for, in the words of the limits; null for anything else. */
export async function tokenOwner(deps: LoginDeps, token: string | null): Promise<string | null> {
  const claims = token === null ? null : await validClaims(deps, token)
  return claims && `user ${claims.userId}`
}

async function validClaims(deps: LoginDeps, token: string): Promise<TokenClaims | null> {
  try {
    return await decodeToken(sessionKeys(deps.secrets).tokens, token, deps.clock.nowMs())
  } catch (error) {
    if (error instanceof Problem) return null
    throw error
  }
}

async function refreshClaims(deps: LoginDeps, token: string, origin: Origin): Promise<TokenClaims> {
  try {
    return await decodeToken(sessionKeys(deps.secrets).tokens, token, deps.clock.nowMs(), ['refresh'])
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    if (error.code === 'token_expired') throw refused(deps, 'refresh_revoked_or_expired', 'refresh_revoked_or_expired', origin)
    throw refused(deps, 'refresh_invalid', 'refresh_invalid', origin)
  }
}

/** The person and their company as they are now; null when the account or its tokens are gone. Throws the 403 of signing in. */
async function currentStanding({ db, config }: Pick<LoginDeps, 'db' | 'config'>, claims: TokenClaims, tenantId = claims.tenantId) {
  const found = await findUser(db, { userId: claims.userId })
  if (!found || found.user.isDeleted || found.user.tokenVersion !== claims.version) return null
  const memberships = await listMemberships(db, claims.userId)
  const refusal = gate(found.user, memberships, config.signup)
  if (refusal) throw problem(refusal)
  const chosen = memberships.find((membership) => isUsable(membership) && membership.tenant.tenantId === tenantId) ?? null
  return { user: found.user, memberships, chosen }
}

/** Ends the session of whichever token is given; a second call finds nothing to end and is content.
 *  Throws 400 `logout_missing_token`, 401 `logout_invalid_refresh`. */
export async function logOut(
  deps: LoginDeps,
  given: { readonly body: string | null; readonly bearer: string | null },
  origin: Origin,
): Promise<void> {
  const token = given.body ?? given.bearer
  if (token === null) throw refused(deps, 'logout_missing_token', 'logout_missing_token', origin)
  const claims = await logoutClaims(deps, token, origin)
  // Clients send their access token with everything, and it has often expired by then: only what it still proves can contradict the body.
  const bearer = given.body !== null && given.bearer !== null ? await validClaims(deps, given.bearer) : null
  if (bearer !== null && bearer.userId !== claims.userId)
    throw refused(deps, 'logout_invalid_refresh', 'logout_invalid_refresh', origin, claims)
  await transaction(deps.db, async (tx) => {
    const session = await findOpenSession(tx, { uuid: claims.sessionUuid })
    if (session) await endSession(tx, deps, { userId: session.userId }, session, 'logout', origin)
  })
  deps.log.info({ event: 'logout_ok', ...logged(claims, origin) }, 'logout ok')
}

async function logoutClaims(deps: LoginDeps, token: string, origin: Origin): Promise<TokenClaims> {
  try {
    return await decodeToken(sessionKeys(deps.secrets).tokens, token, deps.clock.nowMs())
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    throw refused(deps, 'logout_invalid_refresh', 'logout_invalid_refresh', origin)
  }
}

const logged = (claims: TokenClaims | undefined, origin: Origin) => ({
  ...(claims && { user_id: claims.userId, tenant_id: claims.tenantId }),
  request_id: origin.requestId,
  ip: origin.ip,
})

/** Says it in the log and gives the problem to throw. */
function refused(
  deps: Pick<LoginDeps, 'log'>,
  event: string,
  code: Parameters<typeof problem>[0],
  origin: Origin,
  claims?: TokenClaims,
): Problem {
  deps.log.warn({ event, ...logged(claims, origin) }, 'token refused')
  return problem(code)
}
