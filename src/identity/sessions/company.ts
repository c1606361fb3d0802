/** The company that a session works in: chosen, changed, closed. */
import type { Db } from '../../platform/db/database.ts'
import { newUuid } from '../../platform/ids/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { type AuditActor, type Origin, recordAudit } from '../audit/index.ts'
import { createToken, type TokenSubject } from '../tokens/index.ts'
import { hashOf, randomSecret, sessionKeys } from './keys.ts'
import * as q from './queries.ts'
import { isLive } from './session.ts'
import { endSession, type SessionDeps } from './start.ts'

/** A token for work in one company; no row, the session is its life. */
export async function issueContextToken(
  deps: SessionDeps,
  subject: TokenSubject & { readonly tenantId: number },
  session: { readonly absoluteExpiresAtMs: number },
): Promise<{ readonly contextToken: string; readonly expiresInS: number }> {
  const nowMs = deps.clock.nowMs()
  const lifetimeS = Math.min(deps.config.session.accessTokenS, Math.floor((session.absoluteExpiresAtMs - nowMs) / 1000))
  const { tokens } = sessionKeys(deps.secrets)
  const contextToken = await createToken(tokens, subject, { type: 'context', tokenId: newUuid(), nowMs, lifetimeS })
  return { contextToken, expiresInS: lifetimeS }
}

/** Runs in the caller's transaction. A browser gets a new cookie with its new company, so that whoever knew the old one is out. */
export async function selectCompany(
  tx: Db,
  deps: SessionDeps,
  actor: NonNullable<AuditActor>,
  session: Pick<q.LiveSession, 'id' | 'uuid' | 'kind'>,
  { tenantId, origin }: { readonly tenantId: number; readonly origin: Origin },
): Promise<{ readonly cookie: string | null }> {
  const nowMs = deps.clock.nowMs()
  const cookie = session.kind === 'browser' ? randomSecret() : null
  await q.updateSessionTenant(tx, session.id, tenantId, nowMs)
  if (cookie !== null) await q.updateCookie(tx, session.id, hashOf(deps.secrets, cookie), nowMs)
  await recordAudit(tx, deps, actor, 'COMPANY_SELECTED', { tenantId, entityType: 'session', entityId: session.uuid, origin })
  return { cookie }
}

/** Ends every session whose chosen company is `tenantId`; the one to keep loses its choice only. Answers how many ended. */
export async function endSessionsIn(
  tx: Db,
  deps: { readonly clock: Clock },
  actor: AuditActor,
  tenantId: number,
  { keepUuid, origin }: { readonly keepUuid: string | null; readonly origin?: Origin },
): Promise<number> {
  let ended = 0
  const nowMs = deps.clock.nowMs()
  for (const session of await q.listOpenSessionsIn(tx, tenantId)) {
    if (session.uuid === keepUuid) {
      await q.updateSessionTenant(tx, session.id, null, nowMs)
      continue
    }
    const isOver = !isLive({ ...session, endedAtMs: null }, nowMs)
    if (await endSession(tx, deps, actor, session, isOver ? 'timeout' : 'disabled', origin)) ended += isOver ? 0 : 1
  }
  return ended
}
