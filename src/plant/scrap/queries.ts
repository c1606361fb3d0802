/** All SQL of scrap notes. */
import type { TenantDb } from '../../platform/db/database.ts'
import { insertUnlessExists } from '../../platform/db/index.ts'

/** Instants, half-open. */
export type Between = { readonly fromMs: number; readonly toMs: number }

export type ScrapNote = {
  readonly noteId: number
  readonly lineId: number
  readonly productId: number | null
  readonly quantity: number
  readonly reason: string
  readonly notedAtMs: number
  readonly notedBy: string
}

/** Pieces in force per line; lines without any are absent. Index (tenant_id, line_id, noted_at). */
export async function sumScrap(
  { kysely, tenantId }: TenantDb,
  lineIds: readonly number[],
  { fromMs, toMs }: Between,
): Promise<Map<number, number>> {
  if (lineIds.length === 0) return new Map()
  const rows = await kysely
    .selectFrom('scrap_notes as s')
    .select(({ fn }) => ['s.line_id', fn.sum<number | string>('s.quantity').as('pieces')])
    .where('s.tenant_id', '=', tenantId)
    .where('s.line_id', 'in', [...lineIds])
    .where('s.noted_at', '>=', fromMs)
    .where('s.noted_at', '<', toMs)
    .where('s.withdrawn_at', 'is', null)
    .groupBy('s.line_id')
    .execute()
  return new Map(rows.map(({ line_id: lineId, pieces }) => [lineId, Number(pieces)]))
}

/** In force, newest first, at most `limit`. */
export async function listScrap(
  { kysely, tenantId }: TenantDb,
  lineIds: readonly number[],
  { fromMs, toMs }: Between,
  limit: number,
): Promise<ScrapNote[]> {
  if (lineIds.length === 0) return []
  const rows = await kysely
    .selectFrom('scrap_notes as s')
    .innerJoin('users as u', 'u.id', 's.noted_by')
    .select(['s.id', 's.line_id', 's.product_id', 's.quantity', 's.reason', 's.noted_at', 'u.username', 'u.full_name'])
    .where('s.tenant_id', '=', tenantId)
    .where('s.line_id', 'in', [...lineIds])
    .where('s.noted_at', '>=', fromMs)
    .where('s.noted_at', '<', toMs)
    .where('s.withdrawn_at', 'is', null)
    .orderBy('s.noted_at', 'desc')
    .orderBy('s.id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    noteId: row.id,
    lineId: row.line_id,
    productId: row.product_id,
    quantity: row.quantity,
    reason: row.reason,
    notedAtMs: row.noted_at,
    notedBy: row.full_name || row.username,
  }))
}

export type NewScrap = Omit<ScrapNote, 'noteId' | 'notedBy'> & { readonly userId: number; readonly requestKey: string }

/** False when the request has noted it already. */
export const insertScrap = (db: TenantDb, note: NewScrap, nowMs: number): Promise<boolean> =>
  insertUnlessExists(db, 'scrap_notes', {
    tenant_id: db.tenantId,
    line_id: note.lineId,
    product_id: note.productId,
    quantity: note.quantity,
    reason: note.reason,
    request_key: note.requestKey,
    noted_at: note.notedAtMs,
    noted_by: note.userId,
    withdrawn_at: null,
    withdrawn_by: null,
    created_at: nowMs,
    updated_at: nowMs,
  })

/** False when there is none in force on one of these lines; of two who withdraw it, for the second. */
export async function withdraw(
  { kysely, tenantId }: TenantDb,
  noteId: number,
  lineIds: readonly number[],
  userId: number,
  nowMs: number,
): Promise<boolean> {
  if (lineIds.length === 0) return false
  const { numUpdatedRows } = await kysely
    .updateTable('scrap_notes')
    .set({ withdrawn_at: nowMs, withdrawn_by: userId, updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', noteId)
    .where('line_id', 'in', [...lineIds])
    .where('withdrawn_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
