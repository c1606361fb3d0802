/** Refreshing: every refresh token may be presented once. Whoever presents a used one again holds a copy. */
import type { Db } from '../../platform/db/database.ts'
import { lockRow, transaction } from '../../platform/db/index.ts'
import { type Origin, recordAudit } from '../audit/index.ts'
import type { TokenClaims } from '../tokens/index.ts'
import type { User } from '../users/index.ts'
import { hashOf } from './keys.ts'
import * as q from './queries.ts'
import { idleEndMs, isLive } from './session.ts'
import { type Chosen, endSession, issueTokens, type SessionDeps, type TokenPair, tokenSubject } from './start.ts'

/** Two tabs, or a repeated request, may present the same token almost at once: no sign of theft within this time. */
const benignReuseMs = 10_000

export type Refreshed =
  | { readonly kind: 'renewed'; readonly tokens: TokenPair }
  | { readonly kind: 'already_rotated' }
  | { readonly kind: 'revoked_or_expired' }
  /** The session has been ended by this call. */
  | { readonly kind: 'reused' }

export type Renewal = {
  readonly user: User
  readonly chosen: Chosen
  readonly origin: Origin
  /** In the transaction that ends the session of a copied token. */
  readonly onReuse: (tx: Db) => Promise<void>
}

/** `claims` are a verified refresh token's; `user` and `chosen` were read just now, so a changed role is in the new pair.
 *  Of any number of calls with one token at the same time, exactly one renews. */
export function refreshSession(
  db: Db,
  deps: SessionDeps,
  claims: TokenClaims,
  { user, chosen, origin, onReuse }: Renewal,
): Promise<Refreshed> {
  return transaction(db, async (tx): Promise<Refreshed> => {
    const nowMs = deps.clock.nowMs()
    const jtiHash = hashOf(deps.secrets, claims.tokenId)
    // The update comes first: it waits for a concurrent one, and what is read after it is what the other left.
    const isOurs = await q.rotateRefreshToken(tx, jtiHash, nowMs)
    const token = await q.findRefreshToken(tx, jtiHash)
    const session = await q.findOpenSession(tx, { uuid: claims.sessionUuid })
    if (!session) return { kind: 'revoked_or_expired' }
    if (!isLive({ ...session, endedAtMs: null }, nowMs)) {
      await endSession(tx, deps, { userId: session.userId }, session, 'timeout')
      return { kind: 'revoked_or_expired' }
    }
    if (isOurs && token) {
      const tokens = await issueTokens(tx, deps, tokenSubject(user, session.uuid, chosen), session, token.id)
      const idleExpiresAtMs = idleEndMs(session.kind, deps.config.session, nowMs, session.absoluteExpiresAtMs)
      await q.updateActivity(tx, session.id, nowMs, idleExpiresAtMs)
      return { kind: 'renewed', tokens }
    }
    if (token && token.state !== 'rotated') return { kind: 'revoked_or_expired' }
    if (token?.rotatedAtMs && nowMs - token.rotatedAtMs <= benignReuseMs) return { kind: 'already_rotated' }
    if (await endSession(tx, deps, { userId: session.userId }, session, 'reuse', origin)) await onReuse(tx)
    return { kind: 'reused' }
  })
}

/** Companies entered by a SUPER_ADMIN are noted once per session, however many of its requests come at once. */
export async function recordSuperAdminAccess(
  db: Db,
  deps: Pick<SessionDeps, 'clock'>,
  entry: { readonly userId: number; readonly tenantId: number; readonly sessionUuid: string; readonly origin: Origin },
): Promise<void> {
  const isNoted = async ({ kysely }: Db): Promise<boolean> => {
    const row = await kysely
      .selectFrom('audit_logs')
      .select('id')
      .where('entity_type', '=', 'session')
      .where('entity_id', '=', entry.sessionUuid)
      .where('action', '=', 'SUPER_ADMIN_ACCESS')
      .where('tenant_id', '=', entry.tenantId)
      .executeTakeFirst()
    return row !== undefined
  }
  if (await isNoted(db)) return
  await transaction(db, async (tx) => {
    await lockRow(tx, 'sessions', { uuid: entry.sessionUuid })
    if (await isNoted(tx)) return
    await recordAudit(tx, deps, { userId: entry.userId }, 'SUPER_ADMIN_ACCESS', {
      tenantId: entry.tenantId,
      entityType: 'session',
      entityId: entry.sessionUuid,
      origin: entry.origin,
    })
  })
}
