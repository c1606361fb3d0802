/** Silences that are no stop because somebody deleted the stop: neither facts nor the job bring them back. */
import type { TenantDb } from '../../platform/db/database.ts'
import { insertId } from '../../platform/db/index.ts'
import type { Span } from '../../platform/time/index.ts'

/** Of the line, those that touch the span, by start. */
export async function listSuppressed({ kysely, tenantId }: TenantDb, lineId: number, span: Span): Promise<Span[]> {
  let query = kysely
    .selectFrom('plant_suppressed_stops')
    .select(['start_s', 'end_s'])
    .where('tenant_id', '=', tenantId)
    .where('line_id', '=', lineId)
  if (Number.isFinite(span.toS)) query = query.where('start_s', '<', span.toS)
  if (Number.isFinite(span.fromS)) query = query.where('end_s', '>', span.fromS)
  const rows = await query.orderBy('start_s').execute()
  return rows.map((row) => ({ fromS: row.start_s, toS: row.end_s }))
}

export const suppress = (
  db: TenantDb,
  lineId: number,
  { eventId, span, by, nowMs }: { readonly eventId: number | null; readonly span: Span; readonly by: string; readonly nowMs: number },
): Promise<number> =>
  insertId(db, 'plant_suppressed_stops', {
    tenant_id: db.tenantId,
    line_id: lineId,
    event_id: eventId,
    start_s: span.fromS,
    end_s: span.toS,
    suppressed_by: by,
    created_at: nowMs,
    updated_at: nowMs,
  })

/** The spans that count again; empty when there was none. */
export async function liftSuppression(
  { kysely, tenantId }: TenantDb,
  lineId: number,
  which: { readonly eventId: number } | { readonly atS: number },
): Promise<Span[]> {
  let query = kysely
    .selectFrom('plant_suppressed_stops')
    .select(['id', 'start_s', 'end_s'])
    .where('tenant_id', '=', tenantId)
    .where('line_id', '=', lineId)
  query =
    'eventId' in which
      ? query.where('event_id', '=', which.eventId)
      : query.where('start_s', '<=', which.atS).where('end_s', '>', which.atS)
  const rows = await query.execute()
  if (rows.length > 0)
    await kysely
      .deleteFrom('plant_suppressed_stops')
      .where('tenant_id', '=', tenantId)
      .where(
        'id',
        'in',
        rows.map(({ id }) => id),
      )
      .execute()
  return rows.map((row) => ({ fromS: row.start_s, toS: row.end_s }))
}
