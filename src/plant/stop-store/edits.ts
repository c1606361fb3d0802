/** Who edited which stop, and what was said of the stop that goes on now. */
import { sql } from 'kysely'
import type { TenantDb } from '../../platform/db/database.ts'
import { upsert } from '../../platform/db/index.ts'

export type StopAction = 'created' | 'stored' | 'explained' | 'changed' | 'split' | 'merged' | 'deleted'
export type StopEdit = {
  readonly lineId: number
  readonly eventId: number
  readonly action: string
  readonly version: string
  readonly by: string
  readonly userId: number | null
  readonly atMs: number
}

export const editKey = (lineId: number, eventId: number): string => `${lineId}/${eventId}`

/** By `editKey`; stops that nobody edited with Andon are absent. */
export async function readEdits(
  { kysely, tenantId }: TenantDb,
  stops: readonly { readonly lineId: number; readonly eventId: number }[],
): Promise<Map<string, StopEdit>> {
  const found = new Map<string, StopEdit>()
  const wanted = new Set(stops.map(({ lineId, eventId }) => editKey(lineId, eventId)))
  for (let from = 0; from < stops.length; from += 500) {
    const rows = await kysely
      .selectFrom('plant_stop_edits')
      .select(['line_id', 'event_id', 'action', 'version', 'edited_by', 'user_id', 'updated_at'])
      .where('tenant_id', '=', tenantId)
      .where(
        'event_id',
        'in',
        stops.slice(from, from + 500).map(({ eventId }) => eventId),
      )
      .execute()
    for (const row of rows) {
      const key = editKey(row.line_id, row.event_id)
      if (!wanted.has(key)) continue
      const { line_id: lineId, event_id: eventId, action, version, edited_by: by, user_id: userId, updated_at: atMs } = row
      found.set(key, { lineId, eventId, action, version, by, userId, atMs })
    }
  }
  return found
}

export async function noteEdit(
  tx: TenantDb,
  edit: Omit<StopEdit, 'action'> & { readonly action: StopAction; readonly reasonCode: number | null },
): Promise<void> {
  const { lineId, eventId, action, version, by, userId, atMs, reasonCode } = edit
  const changes = { action, version, edited_by: by, user_id: userId, reason_code: reasonCode, updated_at: atMs }
  const row = { tenant_id: tx.tenantId, line_id: lineId, event_id: eventId, ...changes, created_at: atMs }
  await upsert(tx, 'plant_stop_edits', row, ['tenant_id', 'line_id', 'event_id'], changes)
}

/** Codes given since then, the latest of each. Index (tenant_id, updated_at). */
export async function recentCodes(
  { kysely, tenantId }: TenantDb,
  sinceMs: number,
): Promise<{ code: number; lineId: number; userId: number | null; atMs: number }[]> {
  const rows = await kysely
    .selectFrom('plant_stop_edits')
    .select(['reason_code', 'line_id', 'user_id', sql<number>`max(updated_at)`.as('at')])
    .where('tenant_id', '=', tenantId)
    .where('reason_code', 'is not', null)
    .where('updated_at', '>=', sinceMs)
    .groupBy(['reason_code', 'line_id', 'user_id'])
    .execute()
  return rows.map((row) => ({ code: Number(row.reason_code), lineId: row.line_id, userId: row.user_id, atMs: Number(row.at) }))
}

export type LiveReason = {
  readonly lineId: number
  /** An instant inside the stop. */
  readonly atS: number
  readonly code: number | null
  readonly text: string | null
  readonly userId: number | null
  readonly by: string
  readonly atMs: number
}

/** At most one per line. */
export async function readLiveReasons({ kysely, tenantId }: TenantDb, lineIds: readonly number[]): Promise<Map<number, LiveReason>> {
  if (lineIds.length === 0) return new Map()
  const rows = await kysely
    .selectFrom('plant_live_reasons')
    .select(['line_id', 'at_s', 'reason_code', 'reason', 'user_id', 'given_by', 'updated_at'])
    .where('tenant_id', '=', tenantId)
    .where('line_id', 'in', [...lineIds])
    .execute()
  return new Map(
    rows.map((row) => [
      row.line_id,
      {
        lineId: row.line_id,
        atS: row.at_s,
        code: row.reason_code,
        text: row.reason,
        userId: row.user_id,
        by: row.given_by,
        atMs: row.updated_at,
      },
    ]),
  )
}

/** Takes the place of what was said before of this line. */
export async function saveLiveReason(tx: TenantDb, { lineId, atS, code, text, userId, by, atMs }: LiveReason): Promise<void> {
  const changes = { at_s: atS, reason_code: code, reason: text, user_id: userId, given_by: by, updated_at: atMs }
  const row = { tenant_id: tx.tenantId, line_id: lineId, ...changes, created_at: atMs }
  await upsert(tx, 'plant_live_reasons', row, ['tenant_id', 'line_id'], changes)
}

export const dropLiveReason = ({ kysely, tenantId }: TenantDb, lineId: number): Promise<unknown> =>
  kysely.deleteFrom('plant_live_reasons').where('tenant_id', '=', tenantId).where('line_id', '=', lineId).execute()
