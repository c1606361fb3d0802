/** Rows of the platform database: overlays and the list of edits. */
import { sql } from 'kysely'
import type { TenantDb } from '../../platform/db/database.ts'
import { decodeJson, encodeJson, insertId, upsert } from '../../platform/db/index.ts'
import type { Entity, Overlay } from '../model/index.ts'
import type { Outcome, Values } from './values.ts'

export type LastEdit = {
  readonly editId: number
  readonly entity: Entity
  readonly recordId: number
  readonly by: string
  readonly atMs: number
}

/** The newest edit of each record of a kind, or of those that are named. Index (tenant_id, entity, record_id). */
export async function listLastEdits(db: TenantDb, entity: Entity, recordIds: readonly number[] | null): Promise<LastEdit[]> {
  if (recordIds?.length === 0) return []
  const rows = await db.kysely
    .selectFrom('plant_edits')
    .select(['id', 'record_id', 'edited_by', 'created_at'])
    .where('tenant_id', '=', db.tenantId)
    .where('id', 'in', (of) =>
      of
        .selectFrom('plant_edits')
        .select((eb) => eb.fn.max<number>('id').as('id'))
        .where('tenant_id', '=', db.tenantId)
        .where('entity', '=', entity)
        .$if(recordIds !== null, (some) => some.where('record_id', 'in', recordIds ?? []))
        .groupBy('record_id'),
    )
    .execute()
  return rows.map((row) => ({ editId: row.id, entity, recordId: row.record_id, by: row.edited_by, atMs: row.created_at }))
}

/** Null when no record of the kind was ever edited. */
export async function highestEditedId(db: TenantDb, entity: Entity): Promise<number | null> {
  const row = await db.kysely
    .selectFrom('plant_edits')
    .select((eb) => eb.fn.max<number | null>('record_id').as('id'))
    .where('tenant_id', '=', db.tenantId)
    .where('entity', '=', entity)
    .executeTakeFirst()
  return row?.id ?? null
}

export type StoredEdit = {
  readonly editId: number
  readonly entity: Entity
  readonly recordId: number
  readonly outcome: Exclude<Outcome, 'unchanged'>
  readonly before: Values | null
  readonly after: Values | null
}

export async function findEdit(db: TenantDb, editId: number): Promise<StoredEdit | null> {
  const row = await db.kysely
    .selectFrom('plant_edits')
    .select(['id', 'entity', 'record_id', 'outcome', 'before_values', 'after_values'])
    .where('tenant_id', '=', db.tenantId)
    .where('id', '=', editId)
    .executeTakeFirst()
  if (!row) return null
  const { id, entity, record_id, outcome } = row
  return { editId: id, entity, recordId: record_id, outcome, before: readValues(row.before_values), after: readValues(row.after_values) }
}

function readValues(stored: string | null): Values | null {
  const decoded = decodeJson(stored)
  return decoded.ok ? (decoded.value as Values | null) : null
}

export const insertEdit = (
  db: TenantDb,
  edit: Omit<StoredEdit, 'editId'> & { readonly by: string; readonly nowMs: number },
): Promise<number> =>
  insertId(db, 'plant_edits', {
    tenant_id: db.tenantId,
    entity: edit.entity,
    record_id: edit.recordId,
    outcome: edit.outcome,
    before_values: edit.before === null ? null : encodeJson(edit.before),
    after_values: edit.after === null ? null : encodeJson(edit.after),
    edited_by: edit.by.slice(0, 100),
    created_at: edit.nowMs,
    updated_at: edit.nowMs,
  })

export async function saveOverlay(db: TenantDb, { entity, recordId, kind, fields }: Overlay, nowMs: number): Promise<void> {
  const row = {
    tenant_id: db.tenantId,
    entity,
    record_id: recordId,
    kind,
    fields: encodeJson(fields),
    created_at: nowMs,
    updated_at: nowMs,
  }
  await upsert(db, 'plant_overlays', row, ['tenant_id', 'entity', 'record_id'], { kind, fields: row.fields, updated_at: nowMs })
}

export async function deleteOverlay(db: TenantDb, entity: Entity, recordId: number): Promise<void> {
  await db.kysely
    .deleteFrom('plant_overlays')
    .where('tenant_id', '=', db.tenantId)
    .where('entity', '=', entity)
    .where('record_id', '=', recordId)
    .execute()
}

/** Whether a stop that is kept here, and not in the customer's table, has the reason, or the one that goes on now. */
export const isReasonStored = async (db: TenantDb, reasonCode: number): Promise<boolean> =>
  (await has(db, 'plant_stops', 'reason_code', reasonCode)) || (await has(db, 'plant_live_reasons', 'reason_code', reasonCode))

/** Withdrawn notes too: they are shown as such. */
export const isProductNoted = (db: TenantDb, productId: number): Promise<boolean> => has(db, 'scrap_notes', 'product_id', productId)

/** Stops that are kept here, and scrap that was noted. */
export const isLineNoted = async (db: TenantDb, lineId: number): Promise<boolean> =>
  (await has(db, 'plant_stops', 'line_id', lineId)) || (await has(db, 'scrap_notes', 'line_id', lineId))

async function has(
  { kysely, tenantId }: TenantDb,
  table: 'plant_stops' | 'plant_live_reasons' | 'scrap_notes',
  column: 'reason_code' | 'product_id' | 'line_id',
  id: number,
): Promise<boolean> {
  const row = await kysely
    .selectFrom(table)
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where(sql.ref(column), '=', id)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
