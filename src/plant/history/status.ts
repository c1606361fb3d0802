/** How far the history of each line has come. Asks the platform database alone, so that any process may tell, also while the plant is away. */
import { sql } from 'kysely'
import type { TenantDb } from '../../platform/db/database.ts'
import { asInteger } from '../../platform/db/index.ts'
import { dayS, type LocalS } from '../../platform/time/index.ts'
import type { Line } from '../model/model.ts'
import type { PlantDb } from '../source/plant-db.ts'
import { loadingOf } from './options.ts'
import { readLedger } from './store.ts'

export type LineProgress = {
  readonly lineId: number
  /** 0…1 of the ids that the table had when loading began; 1 = all. */
  readonly loadedFraction: number
}

export type LineStatus = LineProgress & {
  /** Midnights of the first and last day with rows; null = none yet. While loading, the first day may be partial. */
  readonly fromDayLocalS: LocalS | null
  readonly toDayLocalS: LocalS | null
  readonly days: number
  readonly rows: number
  /** Watermark: rows up to this id are in the summaries; null = the table was empty. */
  readonly settledId: number | null
  /** Ids below the watermark that no row had, and that may still come. */
  readonly missingIds: number
  /** Days whose rows the customer's table no longer has. */
  readonly purgedDays: number
  /** Times that everything was read anew. */
  readonly restarts: number
  readonly updatedAtMs: number
}

type Marks = { readonly loaded_from_id: number | null; readonly lowest_id: number | null; readonly settled_id: number | null }

const fractionOf = (marks: Marks): number =>
  loadingOf({ loadedFromId: marks.loaded_from_id, lowestId: marks.lowest_id, settledId: marks.settled_id }).loadedFraction

/** Lines whose first attach is not over. */
export async function loadingLines(db: TenantDb): Promise<LineProgress[]> {
  const rows = await db.kysely
    .selectFrom('line_histories')
    .select(['line_id', 'loaded_from_id', 'lowest_id', 'settled_id'])
    .where('tenant_id', '=', db.tenantId)
    .where('loaded_from_id', 'is not', null)
    .orderBy('line_id')
    .execute()
  return rows.map((row) => ({ lineId: row.line_id, loadedFraction: fractionOf(row) }))
}

/** Every line that was ever read, by id. */
export async function historyStatus(db: TenantDb): Promise<LineStatus[]> {
  const states = await db.kysely
    .selectFrom('line_histories')
    .select(['line_id', 'loaded_from_id', 'lowest_id', 'settled_id', 'ledger', 'restarts', 'updated_at'])
    .where('tenant_id', '=', db.tenantId)
    .orderBy('line_id')
    .execute()
  const sums = await db.kysely
    .selectFrom('day_summaries')
    .select(({ fn }) => [
      'line_id',
      fn.min('day').as('first_day'),
      fn.max('day').as('last_day'),
      fn.count('day').as('days'),
      fn.sum('row_count').as('row_count'),
      // 2 = lost as well
      sql`sum(case when is_purged = 0 then 0 else 1 end)`.as('purged'),
    ])
    .where('tenant_id', '=', db.tenantId)
    .where('row_count', '>', 0)
    .groupBy('line_id')
    .execute()
  const sumOf = new Map(sums.map((sum) => [sum.line_id, sum]))
  return states.map((state) => {
    const sum = sumOf.get(state.line_id)
    const midnight = (day: unknown): LocalS | null => {
      const whole = asInteger(day)
      return whole === null ? null : whole * dayS
    }
    return {
      lineId: state.line_id,
      loadedFraction: fractionOf(state),
      fromDayLocalS: midnight(sum?.first_day),
      toDayLocalS: midnight(sum?.last_day),
      days: asInteger(sum?.days) ?? 0,
      rows: asInteger(sum?.row_count) ?? 0,
      settledId: state.settled_id,
      missingIds: readLedger(state.ledger).reduce((count, { from, to }) => count + to - from + 1, 0),
      purgedDays: asInteger(sum?.purged) ?? 0,
      restarts: state.restarts,
      updatedAtMs: state.updated_at,
    }
  })
}

/** Highest detection id per line, one round trip; what lies above a line's watermark is its lag. */
export async function highestIds(plantDb: PlantDb, lines: readonly Line[]): Promise<Map<number, number>> {
  const asked = lines.flatMap(({ lineId, detectionTable }) => (detectionTable ? [{ lineId, table: detectionTable.name }] : []))
  if (asked.length === 0) return new Map()
  const columns = asked.map(
    ({ lineId, table }) => sql`(select max(${sql.id('detection_id')}) from ${sql.id(table)}) as ${sql.id(`l${lineId}`)}`,
  )
  const { rows } = await sql<Record<string, unknown>>`select ${sql.join(columns)}`.execute(plantDb.kysely)
  return new Map(
    asked.flatMap(({ lineId }) => {
      const id = asInteger(rows[0]?.[`l${lineId}`])
      return id === null ? [] : [[lineId, id] as const]
    }),
  )
}
