/** All SQL of sessions, refresh tokens and sign-in records. They belong to people, not to tenants. */
import type { Db } from '../../platform/db/database.ts'
import { insertId } from '../../platform/db/index.ts'
import type { SessionEndReason, SessionKind } from './tables.ts'

export type LiveSession = {
  readonly id: number
  readonly uuid: string
  readonly userId: number
  readonly kind: SessionKind
  readonly tenantId: number | null
  readonly lastSeenAtMs: number
  readonly idleExpiresAtMs: number
  readonly absoluteExpiresAtMs: number
}

/** Sessions nobody ended yet, those past their time too; the longest unused first. Index (user_id, ended_at). */
export async function listOpenSessions(db: Db, userId: number): Promise<LiveSession[]> {
  const rows = await openSessions(db).where('user_id', '=', userId).execute()
  return rows.map(toSession)
}

/** Of a company. Few people at once: no index of its own. */
export async function listOpenSessionsIn(db: Db, tenantId: number): Promise<LiveSession[]> {
  const rows = await openSessions(db).where('tenant_id', '=', tenantId).execute()
  return rows.map(toSession)
}

/** Open sessions whose time has passed. Index (ended_at, idle_expires_at); the idle end is never after the absolute one. */
export async function listOverdueSessions(db: Db, nowMs: number, limit: number): Promise<LiveSession[]> {
  const rows = await openSessions(db).where('idle_expires_at', '<=', nowMs).limit(limit).execute()
  return rows.map(toSession)
}

const openSessions = (db: Db) =>
  db.kysely
    .selectFrom('sessions')
    .select(['id', 'uuid', 'user_id', 'kind', 'tenant_id', 'last_seen_at', 'idle_expires_at', 'absolute_expires_at'])
    .where('ended_at', 'is', null)
    .orderBy('last_seen_at')
    .orderBy('id')

type OpenSessionRow = Awaited<ReturnType<ReturnType<typeof openSessions>['execute']>>[number]

const toSession = (row: OpenSessionRow): LiveSession => ({
  id: row.id,
  uuid: row.uuid,
  userId: row.user_id,
  kind: row.kind,
  tenantId: row.tenant_id,
  lastSeenAtMs: row.last_seen_at,
  idleExpiresAtMs: row.idle_expires_at,
  absoluteExpiresAtMs: row.absolute_expires_at,
})

/** What a person sees of one of their sessions. */
export type ShownSession = LiveSession & {
  readonly ip: string
  readonly userAgent: string
  readonly createdAtMs: number
  readonly hasSecondFactor: boolean
}

/** The person's live sessions, the last used first. Index (user_id, ended_at). */
export async function listLiveSessions(db: Db, userId: number, nowMs: number): Promise<ShownSession[]> {
  const rows = await db.kysely
    .selectFrom('sessions')
    .select(['id', 'uuid', 'user_id', 'kind', 'tenant_id', 'last_seen_at', 'idle_expires_at', 'absolute_expires_at'])
    .select(['ip', 'user_agent', 'created_at', 'mfa_at'])
    .where('user_id', '=', userId)
    .where('ended_at', 'is', null)
    .where('idle_expires_at', '>', nowMs)
    .orderBy('last_seen_at', 'desc')
    .orderBy('id', 'desc')
    .execute()
  return rows.map((row) => ({
    ...toSession(row),
    ip: row.ip,
    userAgent: row.user_agent,
    createdAtMs: row.created_at,
    hasSecondFactor: row.mfa_at !== null,
  }))
}

/** A second factor was given, or set up, in this session. */
export const markSecondFactor = (db: Db, sessionUuid: string, nowMs: number) =>
  db.kysely.updateTable('sessions').set({ mfa_at: nowMs, updated_at: nowMs }).where('uuid', '=', sessionUuid).execute()

export async function findOpenSession(
  db: Db,
  key: { readonly uuid: string } | { readonly cookieHash: string },
): Promise<LiveSession | null> {
  const query = openSessions(db)
  const row = await ('uuid' in key
    ? query.where('uuid', '=', key.uuid)
    : query.where('cookie_hash', '=', key.cookieHash)
  ).executeTakeFirst()
  return row ? toSession(row) : null
}

export type NewSession = {
  readonly uuid: string
  readonly userId: number
  readonly tenantId: number | null
  readonly kind: SessionKind
  readonly cookieHash: string | null
  readonly ip: string
  readonly userAgent: string
  readonly idleExpiresAtMs: number
  readonly absoluteExpiresAtMs: number
  /** When a second factor was given. */
  readonly mfaAtMs: number | null
}

export const insertSession = (db: Db, session: NewSession, nowMs: number): Promise<number> =>
  insertId(db, 'sessions', {
    uuid: session.uuid,
    user_id: session.userId,
    tenant_id: session.tenantId,
    kind: session.kind,
    cookie_hash: session.cookieHash,
    ip: session.ip,
    user_agent: session.userAgent,
    last_seen_at: nowMs,
    idle_expires_at: session.idleExpiresAtMs,
    absolute_expires_at: session.absoluteExpiresAtMs,
    mfa_at: session.mfaAtMs,
    ended_at: null,
    end_reason: null,
    created_at: nowMs,
    updated_at: nowMs,
  })

export const insertUserLogin = (db: Db, login: NewSession & { readonly username: string }, nowMs: number) =>
  db.kysely
    .insertInto('user_logins')
    .values({
      user_id: login.userId,
      username: login.username,
      tenant_id: login.tenantId,
      ip_address: login.ip,
      user_agent: login.userAgent,
      session_uuid: login.uuid,
      login_at: nowMs,
      logout_at: null,
      end_reason: null,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .execute()

/** False when somebody else ended it first. */
export async function markSessionEnded(
  db: Db,
  sessionId: number,
  reason: SessionEndReason,
  endedAtMs: number,
  nowMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('sessions')
    .set({ ended_at: endedAtMs, end_reason: reason, updated_at: nowMs })
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export const markLoginEnded = (db: Db, sessionUuid: string, reason: SessionEndReason, endedAtMs: number, nowMs: number) =>
  db.kysely
    .updateTable('user_logins')
    .set({ logout_at: endedAtMs, end_reason: reason, updated_at: nowMs })
    .where('session_uuid', '=', sessionUuid)
    .where('logout_at', 'is', null)
    .execute()

export const revokeRefreshTokens = (db: Db, sessionId: number, nowMs: number) =>
  db.kysely
    .updateTable('refresh_tokens')
    .set({ state: 'revoked', revoked_at: nowMs, updated_at: nowMs })
    .where('session_id', '=', sessionId)
    .where('state', '=', 'active')
    .execute()

/** Only ever forward, and only while the session lives: a late writer cannot revive or shorten it. */
export const updateActivity = (db: Db, sessionId: number, lastSeenAtMs: number, idleExpiresAtMs: number) =>
  db.kysely
    .updateTable('sessions')
    .set({ last_seen_at: lastSeenAtMs, idle_expires_at: idleExpiresAtMs, updated_at: lastSeenAtMs })
    .where('id', '=', sessionId)
    .where('ended_at', 'is', null)
    .where('last_seen_at', '<', lastSeenAtMs)
    .execute()

/** Their refresh tokens are gone already: they ended long before. */
export async function deleteEndedSessions(db: Db, endedBeforeMs: number): Promise<number> {
  const { numDeletedRows } = await db.kysely.deleteFrom('sessions').where('ended_at', '<', endedBeforeMs).executeTakeFirst()
  return Number(numDeletedRows)
}

export const updateCookie = (db: Db, sessionId: number, cookieHash: string, nowMs: number) =>
  db.kysely.updateTable('sessions').set({ cookie_hash: cookieHash, updated_at: nowMs }).where('id', '=', sessionId).execute()

export const updateSessionTenant = (db: Db, sessionId: number, tenantId: number | null, nowMs: number) =>
  db.kysely.updateTable('sessions').set({ tenant_id: tenantId, updated_at: nowMs }).where('id', '=', sessionId).execute()

export type RefreshToken = {
  readonly id: number
  readonly sessionId: number
  readonly state: 'active' | 'rotated' | 'revoked'
  readonly expiresAtMs: number
  readonly rotatedAtMs: number | null
}

export async function findRefreshToken(db: Db, jtiHash: string): Promise<RefreshToken | null> {
  const row = await db.kysely
    .selectFrom('refresh_tokens')
    .select(['id', 'session_id', 'state', 'expires_at', 'rotated_at'])
    .where('jti_hash', '=', jtiHash)
    .executeTakeFirst()
  return row ? { id: row.id, sessionId: row.session_id, state: row.state, expiresAtMs: row.expires_at, rotatedAtMs: row.rotated_at } : null
}

export const insertRefreshToken = (
  db: Db,
  token: {
    readonly sessionId: number
    readonly userId: number
    readonly jtiHash: string
    readonly parentId: number | null
    readonly expiresAtMs: number
  },
  nowMs: number,
) =>
  db.kysely
    .insertInto('refresh_tokens')
    .values({
      session_id: token.sessionId,
      user_id: token.userId,
      jti_hash: token.jtiHash,
      parent_id: token.parentId,
      state: 'active',
      expires_at: token.expiresAtMs,
      rotated_at: null,
      revoked_at: null,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .execute()

/** True for exactly one of any number of callers with the same token. */
export async function rotateRefreshToken(db: Db, jtiHash: string, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('refresh_tokens')
    .set({ state: 'rotated', rotated_at: nowMs, updated_at: nowMs })
    .where('jti_hash', '=', jtiHash)
    .where('state', '=', 'active')
    .where('expires_at', '>', nowMs)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** What no check needs any more since `cutoffMs`: expired tokens, and those revoked whose session has ended. Rotated ones of live sessions stay. */
export async function deleteStaleRefreshTokens(db: Db, cutoffMs: number): Promise<{ readonly expired: number; readonly revoked: number }> {
  const expired = await db.kysely.deleteFrom('refresh_tokens').where('expires_at', '<=', cutoffMs).executeTakeFirst()
  const ended = db.kysely.selectFrom('sessions').select('id').where('ended_at', '<=', cutoffMs)
  const revoked = await db.kysely
    .deleteFrom('refresh_tokens')
    .where('state', '!=', 'active')
    .where('session_id', 'in', ended)
    .executeTakeFirst()
  return { expired: Number(expired.numDeletedRows), revoked: Number(revoked.numDeletedRows) }
}
