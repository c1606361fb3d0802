/** Rows of the platform database: overlays and the list of edits. */
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

/** The newest edit of each record. */
export async function listLastEdits(db: TenantDb): Promise<LastEdit[]> {
  const rows = await db.kysely
    .selectFrom('plant_edits')
    .select(['id', 'entity', 'record_id', 'edited_by', 'created_at'])
    .where('tenant_id', '=', db.tenantId)
    .where('id', 'in', (of) =>
      of
        .selectFrom('plant_edits')
        .select((eb) => eb.fn.max<number>('id').as('id'))
        .where('tenant_id', '=', db.tenantId)
        .groupBy(['entity', 'record_id']),
    )
    .execute()
  return rows.map((row) => ({ editId: row.id, entity: row.entity, recordId: row.record_id, by: row.edited_by, atMs: row.created_at }))
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

/** Whether a stop that is kept here, and not in the customer's table, has the reason. */
export async function isReasonStored(db: TenantDb, reasonCode: number): Promise<boolean> {
  const row = await db.kysely
    .selectFrom('plant_stops')
    .select('id')
    .where('tenant_id', '=', db.tenantId)
    .where('reason_code', '=', reasonCode)
    .limit(1)
    .executeTakeFirst()
  return row !== undefined
}
