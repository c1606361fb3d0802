/** One row per line: what was found out about its table, how far the job is, and the lock of whoever writes its stops. */
import type { Selectable, Updateable } from 'kysely'
import type { TenantDb } from '../../platform/db/database.ts'
import { insertUnlessExists, lockRow } from '../../platform/db/index.ts'
import type { PlantStopLineRow } from './tables.ts'

export type StopLine = Pick<
  Selectable<PlantStopLineRow>,
  | 'line_id'
  | 'changes'
  | 'stored_in'
  | 'stored_checked_at'
  | 'scanned_id'
  | 'scanned_until_s'
  | 'lease_until'
  | 'last_run_at'
  | 'last_outcome'
  | 'last_stored'
>

const select = ({ kysely, tenantId }: TenantDb) =>
  kysely
    .selectFrom('plant_stop_lines')
    .select([
      'line_id',
      'changes',
      'stored_in',
      'stored_checked_at',
      'scanned_id',
      'scanned_until_s',
      'lease_until',
      'last_run_at',
      'last_outcome',
      'last_stored',
    ])
    .where('tenant_id', '=', tenantId)

/** By line id; lines nobody ever wrote are absent. */
export async function readStopLines(db: TenantDb): Promise<Map<number, StopLine>> {
  const rows = await select(db).execute()
  return new Map(rows.map((row) => [row.line_id, row]))
}

const findStopLine = (db: TenantDb, lineId: number): Promise<StopLine | undefined> =>
  select(db).where('line_id', '=', lineId).executeTakeFirst()

/** How often stops of each line were changed with Andon. */
export async function readStopChanges({ kysely, tenantId }: TenantDb): Promise<Map<number, number>> {
  const rows = await kysely.selectFrom('plant_stop_lines').select(['line_id', 'changes']).where('tenant_id', '=', tenantId).execute()
  return new Map(rows.map((row) => [row.line_id, row.changes]))
}

export async function ensureStopLine(db: TenantDb, lineId: number, nowMs: number): Promise<StopLine> {
  const known = await findStopLine(db, lineId)
  if (known) return known
  await insertUnlessExists(db, 'plant_stop_lines', {
    tenant_id: db.tenantId,
    line_id: lineId,
    created_at: nowMs,
    updated_at: nowMs,
  } as never)
  const made = await findStopLine(db, lineId)
  if (!made) throw new Error(`the row of line ${lineId} was not made`)
  return made
}

/** Until the transaction ends nobody else writes stops of this line, in any process. Made by `ensureStopLine` before. */
export const holdLine = (tx: TenantDb, lineId: number): Promise<boolean> =>
  lockRow(tx, 'plant_stop_lines', { tenant_id: tx.tenantId, line_id: lineId })

export const updateStopLine = (db: TenantDb, lineId: number, changes: Updateable<PlantStopLineRow>): Promise<unknown> =>
  db.kysely.updateTable('plant_stop_lines').set(changes).where('tenant_id', '=', db.tenantId).where('line_id', '=', lineId).execute()

/** True for exactly one of those that saw the same end of the lease. */
export async function takeLease(db: TenantDb, lineId: number, seenUntilMs: number, untilMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('plant_stop_lines')
    .set({ lease_until: untilMs })
    .where('tenant_id', '=', db.tenantId)
    .where('line_id', '=', lineId)
    .where('lease_until', '=', seenUntilMs)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** In the transaction of a change: open pages hear of it, and what other requests remember is old. */
export async function noteChange(tx: TenantDb, lineId: number, nowMs: number): Promise<void> {
  await tx.kysely
    .updateTable('plant_stop_lines')
    .set((eb) => ({ changes: eb('changes', '+', 1), updated_at: nowMs }))
    .where('tenant_id', '=', tx.tenantId)
    .where('line_id', '=', lineId)
    .execute()
  await tx.kysely
    .updateTable('plant_attachments')
    .set((eb) => ({ stop_changes: eb('stop_changes', '+', 1) }))
    .where('tenant_id', '=', tx.tenantId)
    .execute()
}

/** The plant moved to another address: what was found out about its tables and how far they were read means nothing. Stops and reasons stay. */
export const forgetStopLines = (db: TenantDb): Promise<unknown> =>
  db.kysely
    .updateTable('plant_stop_lines')
    .set({ stored_in: null, stored_checked_at: 0, scanned_id: null, scanned_until_s: null })
    .where('tenant_id', '=', db.tenantId)
    .execute()

/** The plant is taken away: everything kept about its stops goes. */
export async function forgetStops({ kysely, tenantId }: TenantDb): Promise<void> {
  await kysely.deleteFrom('plant_stops').where('tenant_id', '=', tenantId).execute()
  await kysely.deleteFrom('plant_stop_edits').where('tenant_id', '=', tenantId).execute()
  await kysely.deleteFrom('plant_suppressed_stops').where('tenant_id', '=', tenantId).execute()
  await kysely.deleteFrom('plant_live_reasons').where('tenant_id', '=', tenantId).execute()
  await kysely.deleteFrom('plant_stop_lines').where('tenant_id', '=', tenantId).execute()
}
