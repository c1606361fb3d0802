/** Beginning and ending of sessions, each with its sign-in record and its audit row in one transaction. */
import type { Db } from '../../platform/db/database.ts'
import { newUuid } from '../../platform/ids/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { type AuditAction, type AuditActor, cut, type Origin, recordAudit } from '../audit/index.ts'
import { problem } from '../problems.ts'
import { createToken, type TokenSubject } from '../tokens/index.ts'
import { isSamePassword, type User, updateLastLogin } from '../users/index.ts'
import { hashOf, randomSecret, sessionKeys } from './keys.ts'
import * as q from './queries.ts'
import { absoluteEndMs, idleEndMs, isLive, type SessionLimits } from './session.ts'
import type { SessionEndReason, SessionKind } from './tables.ts'

export type SessionDeps = { readonly clock: Clock; readonly secrets: Secrets; readonly config: { readonly session: SessionLimits } }

export type TokenPair = { readonly accessToken: string; readonly refreshToken: string; readonly expiresInS: number }

export type StartedSession = {
  readonly sessionUuid: string
  /** For a browser: the cookie's value. */
  readonly cookie: string | null
  /** For a program. */
  readonly tokens: TokenPair | null
}

export type Chosen = { readonly tenantId: number; readonly role: string } | null

export type NewSessionOf = {
  readonly kind: SessionKind
  readonly chosen: Chosen
  readonly origin: Origin
  /** As it was read with the password that was verified, or with the link that took its place. */
  readonly passwordChangedAtMs: number | null
  /** Of a session that this browser still has: it ends, and takes no place among the others. */
  readonly replacedCookie?: string | null
  /** A second factor was given. */
  readonly hasSecondFactor?: boolean
}

/** Runs in the caller's transaction. Holds the user's row while counting, so that sign-ins at the same time never leave one session too many.
 *  A password that was changed since it was verified opens nothing: its change ended the sessions there were, and this one would outlive it.
 *  Throws 401 `invalid_credentials` then, and 409 `session_limit` where one more is refused instead of ending the oldest. */
export async function startSession(
  tx: Db,
  deps: SessionDeps,
  user: User,
  { kind, chosen, origin, passwordChangedAtMs, replacedCookie, hasSecondFactor = false }: NewSessionOf,
): Promise<StartedSession> {
  if (!(await isSamePassword(tx, user.userId, passwordChangedAtMs))) throw problem('invalid_credentials')
  const nowMs = deps.clock.nowMs()
  if (replacedCookie) await endSessionOfCookie(tx, deps, replacedCookie, origin)
  await makeRoom(tx, deps, user.userId, origin)
  const cookie = kind === 'browser' ? randomSecret() : null
  const absoluteExpiresAtMs = absoluteEndMs(kind, nowMs)
  const session: q.NewSession = {
    uuid: newUuid(),
    userId: user.userId,
    tenantId: chosen?.tenantId ?? null,
    kind,
    cookieHash: cookie === null ? null : hashOf(deps.secrets, cookie),
    ip: cut(origin.ip, 45) ?? '',
    userAgent: cut(origin.userAgent, 255) ?? '',
    idleExpiresAtMs: idleEndMs(kind, deps.config.session, nowMs, absoluteExpiresAtMs),
    absoluteExpiresAtMs,
    mfaAtMs: hasSecondFactor ? nowMs : null,
  }
  const sessionId = await q.insertSession(tx, session, nowMs)
  await q.insertUserLogin(tx, { ...session, username: user.username }, nowMs)
  await updateLastLogin(tx, user.userId, nowMs)
  await recordAudit(tx, deps, { userId: user.userId }, 'LOGIN', {
    tenantId: session.tenantId,
    entityType: 'session',
    entityId: session.uuid,
    origin,
    data: { kind, ...(hasSecondFactor && { mfa: true }) },
  })
  const subject = tokenSubject(user, session.uuid, chosen)
  const tokens = kind === 'api' ? await issueTokens(tx, deps, subject, { id: sessionId, absoluteExpiresAtMs }, null) : null
  return { sessionUuid: session.uuid, cookie, tokens }
}

export const tokenSubject = (user: User, sessionUuid: string, chosen: Chosen): TokenSubject => ({
  userId: user.userId,
  username: user.username,
  tenantId: chosen?.tenantId ?? null,
  role: user.isSuperAdmin ? 'SUPER_ADMIN' : (chosen?.role ?? null),
  sessionUuid,
  version: user.tokenVersion,
})

/** A pair for a session. Neither token outlives the session's absolute end. */
export async function issueTokens(
  tx: Db,
  deps: SessionDeps,
  subject: TokenSubject,
  session: { readonly id: number; readonly absoluteExpiresAtMs: number },
  parentId: number | null,
): Promise<TokenPair> {
  const nowMs = deps.clock.nowMs()
  const { tokens } = sessionKeys(deps.secrets)
  const remainingS = Math.floor((session.absoluteExpiresAtMs - nowMs) / 1000)
  const refreshS = Math.min(deps.config.session.refreshTokenS, remainingS)
  const refreshId = newUuid()
  const jtiHash = hashOf(deps.secrets, refreshId)
  await q.insertRefreshToken(
    tx,
    { sessionId: session.id, userId: subject.userId, jtiHash, parentId, expiresAtMs: nowMs + refreshS * 1000 },
    nowMs,
  )
  const refreshToken = await createToken(tokens, subject, { type: 'refresh', tokenId: refreshId, nowMs, lifetimeS: refreshS })
  return { ...(await issueAccessToken(deps, subject, session)), refreshToken }
}

/** An access token by itself: it needs no row, the session's row is its life. */
export async function issueAccessToken(
  deps: SessionDeps,
  subject: TokenSubject,
  session: { readonly absoluteExpiresAtMs: number },
): Promise<{ accessToken: string; expiresInS: number }> {
  const nowMs = deps.clock.nowMs()
  const lifetimeS = Math.min(deps.config.session.accessTokenS, Math.floor((session.absoluteExpiresAtMs - nowMs) / 1000))
  const { tokens } = sessionKeys(deps.secrets)
  const accessToken = await createToken(tokens, subject, { type: 'access', tokenId: newUuid(), nowMs, lifetimeS })
  return { accessToken, expiresInS: lifetimeS }
}

/** Closes what has timed out, then as many of the longest unused as the new session needs. */
async function makeRoom(tx: Db, deps: SessionDeps, userId: number, origin: Origin): Promise<void> {
  const nowMs = deps.clock.nowMs()
  const open = await q.listOpenSessions(tx, userId)
  const live: q.LiveSession[] = []
  for (const session of open) {
    if (isLive({ ...session, endedAtMs: null }, nowMs)) live.push(session)
    else await endSession(tx, deps, { userId }, session, 'timeout')
  }
  const { maxConcurrent, limitPolicy } = deps.config.session
  const tooMany = live.length - maxConcurrent + 1
  if (limitPolicy === 'reject' && tooMany > 0) throw problem('session_limit', { parameters: { limit: maxConcurrent } })
  for (const session of live.slice(0, Math.max(tooMany, 0))) await endSession(tx, deps, { userId }, session, 'evicted', origin)
}

const auditActionOf = {
  logout: 'LOGOUT',
  logout_all: 'LOGOUT_ALL',
  evicted: 'SESSION_EVICTED',
  timeout: 'SESSION_TIMEOUT',
  password_change: 'SESSION_REVOKED',
  reuse: 'REFRESH_REUSE',
  admin: 'SESSION_REVOKED',
  disabled: 'SESSION_REVOKED',
} as const satisfies Record<SessionEndReason, AuditAction>

/** Ends one session: its row, its refresh tokens, its sign-in record, its audit row. False when it had ended already.
 *  A timeout is dated when it happened, whenever somebody noticed. */
export async function endSession(
  tx: Db,
  deps: { readonly clock: Clock },
  actor: AuditActor,
  session: q.LiveSession,
  reason: SessionEndReason,
  origin?: Origin,
): Promise<boolean> {
  const nowMs = deps.clock.nowMs()
  const endedAtMs = reason === 'timeout' ? Math.min(session.idleExpiresAtMs, session.absoluteExpiresAtMs, nowMs) : nowMs
  if (!(await q.markSessionEnded(tx, session.id, reason, endedAtMs, nowMs))) return false
  await q.revokeRefreshTokens(tx, session.id, nowMs)
  await q.markLoginEnded(tx, session.uuid, reason, endedAtMs, nowMs)
  await recordAudit(tx, deps, actor, auditActionOf[reason], {
    tenantId: session.tenantId,
    entityType: 'session',
    entityId: session.uuid,
    ...(origin && { origin }),
    data: { kind: session.kind, reason },
  })
  return true
}

/** Signs a browser out by its cookie; null when there was nothing to end. */
export async function endSessionOfCookie(tx: Db, deps: SessionDeps, cookie: string, origin: Origin): Promise<q.LiveSession | null> {
  const session = await q.findOpenSession(tx, { cookieHash: hashOf(deps.secrets, cookie) })
  return session && (await endSession(tx, deps, { userId: session.userId }, session, 'logout', origin)) ? session : null
}

/** Ends all sessions of a person but the one to keep; answers how many. */
export async function endSessionsOf(
  tx: Db,
  deps: { readonly clock: Clock },
  actor: AuditActor,
  userId: number,
  { reason, keepUuid, origin }: { readonly reason: SessionEndReason; readonly keepUuid?: string; readonly origin?: Origin },
): Promise<number> {
  let ended = 0
  for (const session of await q.listOpenSessions(tx, userId)) {
    if (session.uuid === keepUuid) continue
    const isOver = !isLive({ ...session, endedAtMs: null }, deps.clock.nowMs())
    if (await endSession(tx, deps, actor, session, isOver ? 'timeout' : reason, origin)) ended += isOver ? 0 : 1
  }
  return ended
}
