/** All SQL of what Andon keeps about batches on their way into a plant whose account may add rows and nothing else. */
import type { TenantDb } from '../../platform/db/database.ts'
import { decodeJson, encodeJson, isUniqueViolation, transaction } from '../../platform/db/index.ts'
import { decodeRefused, encodeRefused, hashesOf, type KnownPart, type Part, WrittenMeanwhile } from './part.ts'

export type Intent = KnownPart & {
  readonly intentId: number
  readonly beforeId: number
  readonly isSettled: boolean
  readonly updatedAtMs: number
}

/** Of these batches, in whatever line. Unique key (tenant_id, batch_key, line_id). */
export async function findIntents({ kysely, tenantId }: TenantDb, hashes: readonly string[]): Promise<Intent[]> {
  if (hashes.length === 0) return []
  const rows = await kysely
    .selectFrom('ingest_intents')
    .select(['id', 'line_id', 'batch_key', 'fingerprint', 'before_id', 'last_id', 'accepted', 'refused', 'updated_at'])
    .where('tenant_id', '=', tenantId)
    .where('batch_key', 'in', [...new Set(hashes)])
    .execute()
  return rows.map((row) => ({
    intentId: row.id,
    lineId: row.line_id,
    hash: row.batch_key,
    fingerprint: row.fingerprint,
    beforeId: row.before_id,
    isSettled: row.last_id !== null,
    accepted: row.accepted,
    refused: decodeRefused(row.refused),
    updatedAtMs: row.updated_at,
  }))
}

/** Before their rows are written. `takenOver`: intents of batches that a process left behind unwritten. Throws `WrittenMeanwhile`. */
export const beginIntents = (
  db: TenantDb,
  parts: readonly Part[],
  takenOver: ReadonlyMap<Part, number>,
  beforeId: number,
  nowMs: number,
): Promise<void> =>
  transaction(db, async ({ kysely, tenantId }) => {
    for (const part of parts) {
      const { key, line, rows, refused } = part
      const intentId = takenOver.get(part)
      if (key === null) continue
      if (intentId !== undefined) {
        await kysely
          .updateTable('ingest_intents')
          .set({ before_id: beforeId, accepted: rows.length, refused: encodeRefused(refused) })
          .where('tenant_id', '=', tenantId)
          .where('id', '=', intentId)
          .execute()
        continue
      }
      await kysely
        .insertInto('ingest_intents')
        .values({
          tenant_id: tenantId,
          line_id: line.lineId,
          batch_key: key.hash,
          fingerprint: key.fingerprint,
          before_id: beforeId,
          last_id: null,
          ids: '[]',
          accepted: rows.length,
          refused: encodeRefused(refused),
          created_at: nowMs,
          updated_at: nowMs,
        })
        .execute()
    }
  }).catch((error: unknown) => {
    throw isUniqueViolation(error) ? new WrittenMeanwhile() : error
  })

/** Before the commit of a batch of which not everything is written: what is looked for when the process dies now. `nowMs` is that of its beginning. */
export const noteRefused = ({ kysely, tenantId }: TenantDb, { key, line, rows, refused }: Part, nowMs: number): Promise<unknown> =>
  kysely
    .updateTable('ingest_intents')
    .set({ accepted: rows.length, refused: encodeRefused(refused) })
    .where('tenant_id', '=', tenantId)
    .where('batch_key', '=', key?.hash ?? '')
    .where('line_id', '=', line.lineId)
    .where('updated_at', '=', nowMs)
    .execute()

/** True for one of those that saw it left behind. */
export async function takeOver({ kysely, tenantId }: TenantDb, intent: Intent, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('ingest_intents')
    .set({ updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', intent.intentId)
    .where('last_id', 'is', null)
    .where('updated_at', '=', intent.updatedAtMs)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Once its rows are there. `ids` in ascending order. */
export const settleIntent = (
  { kysely, tenantId }: TenantDb,
  { key, line }: Part,
  ids: readonly number[],
  nowMs: number,
): Promise<unknown> =>
  kysely
    .updateTable('ingest_intents')
    .set({ last_id: ids.at(-1) ?? 0, ids: encodeJson(runsOf(ids)), accepted: ids.length, updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('batch_key', '=', key?.hash ?? '')
    .where('line_id', '=', line.lineId)
    .execute()

/** Their rows were refused: as if they had never been sent. `nowMs` is that of their beginning: what another process took over since is its own. */
export const forgetIntents = async ({ kysely, tenantId }: TenantDb, parts: readonly Part[], nowMs: number): Promise<void> => {
  const hashes = hashesOf(parts)
  if (hashes.length === 0) return
  await kysely
    .deleteFrom('ingest_intents')
    .where('tenant_id', '=', tenantId)
    .where('batch_key', 'in', hashes)
    .where('line_id', 'in', [...new Set(parts.map(({ line }) => line.lineId))])
    .where('last_id', 'is', null)
    .where('updated_at', '=', nowMs)
    .execute()
}

/** Runs of ids above `beforeId` that are other batches' rows. Index (tenant_id, line_id, last_id). */
export async function claimedIds({ kysely, tenantId }: TenantDb, lineId: number, beforeId: number): Promise<(readonly [number, number])[]> {
  const rows = await kysely
    .selectFrom('ingest_intents')
    .select('ids')
    .where('tenant_id', '=', tenantId)
    .where('line_id', '=', lineId)
    .where('last_id', '>', beforeId)
    .execute()
  return rows.flatMap(({ ids }) => {
    const decoded = decodeJson(ids)
    return decoded.ok ? (decoded.value as [number, number][]) : []
  })
}

export function runsOf(ids: readonly number[]): [number, number][] {
  const runs: [number, number][] = []
  for (const id of ids) {
    const last = runs.at(-1)
    if (last && last[1] === id - 1) last[1] = id
    else runs.push([id, id])
  }
  return runs
}
