/** Stops in the platform database: those that the customer's table may not or cannot hold. */
import type { TenantDb } from '../../platform/db/database.ts'
import { insertId, upsert } from '../../platform/db/index.ts'
import type { Span, Zone } from '../../platform/time/index.ts'
import type { StoredEvent } from '../downtime/index.ts'

/** Event ids of the platform begin here: exact in JavaScript, and far above what a table of a plant ever counts to. */
export const platformIdsFrom = 4_000_000_000_000_000
export const isPlatformId = (eventId: number): boolean => eventId >= platformIdsFrom

/** Of the line, all that touch the span, by start. Index (tenant_id, line_id, start_s). */
export async function listKeptStops(db: TenantDb, zone: Zone, lineId: number, span: Span): Promise<StoredEvent[]> {
  let query = keptOf(db, lineId).where('is_hidden', '=', 0)
  if (Number.isFinite(span.toS)) query = query.where('start_s', '<', span.toS)
  if (Number.isFinite(span.fromS)) query = query.where('end_s', '>', span.fromS)
  const rows = await query.orderBy('start_s').orderBy('id').execute()
  return rows.map((row) => eventOf(zone, row))
}

/** Ids of the customer's events in whose place rows of ours stand: those do not count any more. */
export async function listReplaced({ kysely, tenantId }: TenantDb, lineId: number): Promise<ReadonlySet<number>> {
  const rows = await kysely
    .selectFrom('plant_stops')
    .select('replaces_event_id')
    .where('tenant_id', '=', tenantId)
    .where('line_id', '=', lineId)
    .where('replaces_event_id', 'is not', null)
    .execute()
  return new Set(rows.map((row) => Number(row.replaces_event_id)))
}

/** `hidden`: the customer's event of that id is deleted. Null = nothing is kept of it. */
export async function findKeptStop(db: TenantDb, zone: Zone, lineId: number, eventId: number): Promise<StoredEvent | 'hidden' | null> {
  const query = keptOf(db, lineId)
  const row = await (isPlatformId(eventId)
    ? query.where('id', '=', eventId - platformIdsFrom)
    : query.where('replaces_event_id', '=', eventId)
  ).executeTakeFirst()
  return row ? (row.is_hidden === 1 ? 'hidden' : eventOf(zone, row)) : null
}

/** Lines of which anything is kept or suppressed. */
export async function linesWithKept({ kysely, tenantId }: TenantDb): Promise<ReadonlySet<number>> {
  const stops = await kysely.selectFrom('plant_stops').select('line_id').distinct().where('tenant_id', '=', tenantId).execute()
  const suppressed = await kysely
    .selectFrom('plant_suppressed_stops')
    .select('line_id')
    .distinct()
    .where('tenant_id', '=', tenantId)
    .execute()
  return new Set([...stops, ...suppressed].map((row) => row.line_id))
}

const keptOf = ({ kysely, tenantId }: TenantDb, lineId: number) =>
  kysely
    .selectFrom('plant_stops')
    .select(['id', 'start_s', 'end_s', 'reason_code', 'reason', 'is_manual', 'replaces_event_id', 'is_hidden'])
    .where('tenant_id', '=', tenantId)
    .where('line_id', '=', lineId)

type KeptRow = Awaited<ReturnType<ReturnType<typeof keptOf>['execute']>>[number]

const eventOf = (zone: Zone, row: KeptRow): StoredEvent => ({
  eventId: row.replaces_event_id ?? platformIdsFrom + row.id,
  span: { fromS: row.start_s, toS: row.end_s },
  startLocalS: zone.toLocalS(row.start_s),
  endLocalS: zone.toLocalS(row.end_s),
  storedDurationS: row.end_s - row.start_s,
  reasonCode: row.reason_code,
  reasonText: row.reason,
  isManual: row.is_manual === 1,
})

/** What is written of a stop, wherever it is stored. */
export type StopContent = {
  readonly span: Span
  readonly reasonCode: number | null
  readonly reasonText: string | null
  readonly isManual: boolean
}

/** Answers the event id. */
export async function insertKeptStop(db: TenantDb, lineId: number, stop: StopContent, nowMs: number): Promise<number> {
  const row = { tenant_id: db.tenantId, line_id: lineId, ...columnsOf(stop), replaces_event_id: null, created_at: nowMs, updated_at: nowMs }
  return platformIdsFrom + (await insertId(db, 'plant_stops', row))
}

/** Puts a row of ours in the place of the customer's event; `isHidden`: the event is deleted. The line is held by the caller (`holdLine`). */
export async function replaceEvent(
  db: TenantDb,
  lineId: number,
  eventId: number,
  stop: StopContent,
  isHidden: boolean,
  nowMs: number,
): Promise<void> {
  const changes = { ...columnsOf(stop), is_hidden: isHidden ? 1 : 0, updated_at: nowMs }
  const row = { tenant_id: db.tenantId, line_id: lineId, replaces_event_id: eventId, ...changes, created_at: nowMs }
  await upsert(db, 'plant_stops', row, ['tenant_id', 'line_id', 'replaces_event_id'], changes)
}

/** Of the platform's own. The line is held by the caller. */
export const updateKeptStop = (db: TenantDb, eventId: number, stop: StopContent, nowMs: number): Promise<unknown> =>
  db.kysely
    .updateTable('plant_stops')
    .set({ ...columnsOf(stop), updated_at: nowMs })
    .where('tenant_id', '=', db.tenantId)
    .where('id', '=', eventId - platformIdsFrom)
    .execute()

export const deleteKeptStop = (db: TenantDb, eventId: number): Promise<unknown> =>
  db.kysely
    .deleteFrom('plant_stops')
    .where('tenant_id', '=', db.tenantId)
    .where('id', '=', eventId - platformIdsFrom)
    .execute()

const columnsOf = ({ span, reasonCode, reasonText, isManual }: StopContent) => ({
  start_s: span.fromS,
  end_s: span.toS,
  reason_code: reasonCode,
  reason: reasonText,
  is_manual: isManual ? 1 : 0,
})
