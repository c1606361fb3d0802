/** Rows of one line, or the newest of several, by their ids: a live table may have no index on the time, and its primary key is always there. */
import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import { QueryTimeoutError, readNumbers } from '../../platform/db/index.ts'
import { nextTurn } from '../../platform/time/index.ts'
import type { DetectionTable } from '../model/model.ts'
import type { PlantDb } from '../source/plant-db.ts'
import { type Detections, detectionColumns, sortByInstant } from './detections.ts'
import { hoursOf, instantsOfRows, withInstants } from './instants.ts'
import { type ReadContext, seconds, tooLarge } from './read.ts'

/** Room made for the rows of a range of ids, most of which are there. */
const mostExpected = 100_000

export type IdRange = { readonly from: number; readonly to: number }

/** Rows read by their ids. `undatedIds`: those of rows whose time is no date (SQLite takes any text for one); they belong to no day and are left out. */
export type ReadRows = Detections & { readonly undatedIds: readonly number[] }

/** Rows of the id ranges, whatever their time, in order of instant; rows in the future too. Each range is one range of the primary key, so this is
 *  the cheap way to read a table that has no index on the time. */
export async function readByIds(context: ReadContext, table: DetectionTable, ranges: readonly IdRange[]): Promise<ReadRows> {
  const ids = ranges.reduce((sum, { from, to }) => sum + to - from + 1, 0)
  const builder = detectionColumns(Math.max(16, Math.min(ids, mostExpected)))
  if (ranges.length > 0) {
    const { plantDb } = context
    const query = sql`select ${numbersOf(plantDb.engine)} from ${sql.id(table.name)} where ${inRanges(ranges)}`.compile(plantDb.kysely)
    await readColumns(context, query, ([id, at, area, product], length) => {
      builder.append(id, at, area, product, length)
      if (builder.length() > context.maxRows) throw tooLarge(`${context.maxRows}`)
    })
  }
  const { undatedIds, ...rows } = await givingWay(dated(builder.columns()))
  const sorted = await givingWay(sortByInstant(await givingWay(withInstants(rows, context.zone, hoursOf(rows, context.zone)))))
  return { ...sorted, undatedIds }
}

function dated(rows: Omit<Detections, 'epochS'>): Omit<ReadRows, 'epochS'> {
  const isDated = (_: number, i: number): boolean => Number.isFinite(rows.localS[i])
  if (rows.localS.every(isDated)) return { ...rows, undatedIds: [] }
  const localS = rows.localS.filter(isDated)
  return {
    length: localS.length,
    id: rows.id.filter(isDated),
    localS,
    areaId: rows.areaId.filter(isDated),
    productId: rows.productId.filter(isDated),
    undatedIds: [...rows.id].filter((id, i) => !isDated(id, i)),
  }
}

const manyRows = 100_000

/** Much work on many rows comes in parts, so that nobody else waits for the sum of them. */
export async function givingWay<Rows extends { readonly length: number }>(rows: Rows): Promise<Rows> {
  if (rows.length > manyRows) await nextTurn()
  return rows
}

/** The open end of one table, from an id on, and ranges below it. */
export type Tail = {
  readonly table: DetectionTable
  readonly fromId: number
  readonly ranges: readonly IdRange[]
  /** With this many rows or more the answer is null: read them by batches. */
  readonly limit: number
}

/** The ends of several tables in one statement: what a request must know of all its lines costs one round trip. */
export async function readTails(context: ReadContext, tails: readonly Tail[]): Promise<(ReadRows | null)[]> {
  const builders = tails.map(() => detectionColumns())
  const { engine, kysely } = context.plantDb
  const parts = tails.map(({ table, fromId, ranges, limit }, i) => {
    const part = sql`select ${sql.lit(i)} as ${sql.id('tail')}, ${numbersOf(engine)} from ${sql.id(table.name)} where ${sql.id('detection_id')} >= ${fromId}${
      ranges.length === 0 ? sql`` : sql` or ${inRanges(ranges)}`
    } limit ${sql.lit(limit)}`
    // a limit belongs to its own table: SQLite knows no parentheses around a part
    return engine === 'sqlite' ? sql`select * from (${part})` : sql`(${part})`
  })
  if (parts.length > 0)
    await readColumns(context, sql`${sql.join(parts, sql` union all `)}`.compile(kysely), ([tail, id, at, area, product], length) => {
      for (let from = 0; from < length; ) {
        const own = tail[from] as number
        let to = from + 1
        while (to < length && tail[to] === own) to++
        builders[own]?.append(id.subarray(from), at.subarray(from), area.subarray(from), product.subarray(from), to - from)
        from = to
      }
    })
  return builders.map((builder, i) => {
    if (builder.length() >= (tails[i] as Tail).limit) return null
    const { undatedIds, ...rows } = dated(builder.columns())
    return { ...instantsOfRows(rows, context.zone), undatedIds }
  })
}

/** Id, wall time, area and product, all as numbers (`readNumbers`). */
function numbersOf(engine: PlantDb['engine']): RawBuilder<unknown> {
  const column = (name: string) => (engine === 'postgres' ? sql`${sql.id(name)}::bigint` : sql.id(name))
  return sql`${column('detection_id')}, ${sql.id('detected_at')}, ${column('area_id')}, ${column('product_id')}`
}

const inRanges = (ranges: readonly IdRange[]): RawBuilder<unknown> => {
  const id = sql.id('detection_id')
  return sql`(${sql.join(
    ranges.map(({ from, to }) => sql`(${id} >= ${from} and ${id} <= ${to})`),
    sql` or `,
  )})`
}

type FiveColumns = readonly [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array]

/** Throws `range_too_large` when the request's time is over. */
async function readColumns(
  { plantDb, remainingMs, limitMs }: ReadContext,
  query: CompiledQuery,
  onColumns: (columns: FiveColumns, length: number) => void,
): Promise<void> {
  const timeoutMs = Math.floor(remainingMs())
  if (timeoutMs <= 0) throw tooLarge(seconds(limitMs))
  const startedMs = performance.now()
  let rowCount = 0
  try {
    rowCount = await readNumbers(plantDb.kysely, query, (columns, length) => onColumns(columns as unknown as FiveColumns, length), {
      timeoutMs,
    })
  } catch (error) {
    if (error instanceof QueryTimeoutError && error.timeoutMs >= timeoutMs) throw tooLarge(seconds(limitMs), error)
    throw error
  } finally {
    plantDb.onRead?.({ sql: query.sql, rowCount, durationMs: performance.now() - startedMs, isPlain: false })
  }
}
