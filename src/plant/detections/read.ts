/** Reads rows of one line from the customer's table. All wall-clock comparisons are made on text: plant times are naive and never a `Date`. */
import { type CompiledQuery, type RawBuilder, sql } from 'kysely'
import { QueryTimeoutError, readNumbers, readRows } from '../../platform/db/index.ts'
import {
  dayS,
  daysFromCivil,
  formatLocal,
  hourS,
  type LocalS,
  minuteS,
  nextTurn,
  type RepeatedHour,
  type Span,
  type Zone,
} from '../../platform/time/index.ts'
import type { DetectionTable } from '../model/model.ts'
import { wallWindow } from '../scope/index.ts'
import type { PlantDb } from '../source/plant-db.ts'
import { type Detections, detectionColumns, pickRows, sortByInstant } from './detections.ts'
import { withInstants } from './instants.ts'
import { partitionsFor } from './partitions.ts'
import { detectionProblem } from './problems.ts'

/** One request's reading: where, in which zone, what is "now", and how long it may still take. */
export type ReadContext = {
  readonly plantDb: PlantDb
  readonly zone: Zone
  readonly nowS: number
  /** Milliseconds left of the request's limit; may be ≤ 0. */
  readonly remainingMs: () => number
  readonly limitMs: number
  readonly maxRows: number
}

type ReadLimits = { readonly limitMs?: number | undefined; readonly maxRows?: number | undefined }

const defaultLimitMs = 30_000

/** Room made for the rows of a range of ids, most of which are there. */
const mostExpected = 100_000

/** Rows of one read that are held in memory: at 40 bytes each, more would not fit beside the others on a small host. */
const defaultMaxRows = 3_000_000

export function readContext(
  plantDb: PlantDb,
  zone: Zone,
  nowS: number,
  { limitMs = defaultLimitMs, maxRows = defaultMaxRows }: ReadLimits = {},
): ReadContext {
  const endMs = performance.now() + limitMs
  return { plantDb, zone, nowS, limitMs, maxRows, remainingMs: () => endMs - performance.now() }
}

/** Rows of `span` up to now (a row of this very second counts). `futureRows` = rows dated after now that were seen and left out; they are only
 *  looked for when the span reaches now. */
export async function readDetections(
  context: ReadContext,
  table: DetectionTable,
  span: Span,
): Promise<{ rows: Detections; futureRows: number }> {
  const { zone, nowS } = context
  const hasOpenEnd = span.toS > nowS
  const closed = { fromS: span.fromS, toS: hasOpenEnd ? nowS + 1 : span.toS }
  const repeated = zone.repeatedHours(closed.fromS, closed.toS)
  const wall = wallWindow(zone, closed)
  // a repeated hour is read whole: its passes are told apart by all its rows
  const fromLocalS = Math.min(wall.fromLocalS, ...repeated.map((hour) => hour.fromLocalS))
  const toLocalS = Math.max(wall.toLocalS, ...repeated.map((hour) => hour.toLocalS))
  const builder = detectionColumns()
  const readLocal = localReader()
  // the time as text: drivers would make a date of it, field by field, and back (twice the time of the whole read)
  await streamRows(
    context,
    table,
    partitionsFor(table, fromLocalS, toLocalS, hasOpenEnd),
    (from) =>
      sql`select ${sql.id('detection_id')}, cast(${sql.id('detected_at')} as char(19)), ${sql.id('area_id')}, ${sql.id('product_id')} from ${from} where ${sql.id('detected_at')} >= ${formatLocal(fromLocalS)}${
        hasOpenEnd ? sql`` : sql` and ${sql.id('detected_at')} < ${formatLocal(toLocalS)}`
      }`,
    (row) => {
      if (builder.length() === context.maxRows) throw tooLarge(`${context.maxRows}`)
      builder.push(Number(row[0]), readLocal(String(row[1])), Number(row[2]), Number(row[3]))
    },
  )
  const all = withInstants(builder.columns(), zone, repeated)
  return cutToSpan(all, closed, nowS)
}

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

/** Wall times → instants → order. Needs all rows of every repeated hour it touches. */
export const instantsOfRows = (rows: Omit<Detections, 'epochS'>, zone: Zone): Detections =>
  sortByInstant(withInstants(rows, zone, hoursOf(rows, zone)))

function hoursOf(rows: Omit<Detections, 'epochS'>, zone: Zone): readonly RepeatedHour[] {
  let [fromLocalS, toLocalS] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  for (let i = 0; i < rows.length; i++) {
    const localS = rows.localS[i] as number
    if (localS < fromLocalS) fromLocalS = localS
    if (localS > toLocalS) toLocalS = localS
  }
  return rows.length === 0 ? [] : zone.repeatedHours(fromLocalS - 2 * dayS, toLocalS + 2 * dayS)
}

function cutToSpan(all: Detections, span: Span, nowS: number): { rows: Detections; futureRows: number } {
  let futureRows = 0
  const kept = new Uint32Array(all.length)
  let count = 0
  for (let i = 0; i < all.length; i++) {
    const atS = all.epochS[i] as number
    if (atS > nowS) futureRows++
    else if (atS >= span.fromS && atS < span.toS) kept[count++] = i
  }
  return { rows: sortByInstant(count === all.length ? all : pickRows(all, kept.subarray(0, count))), futureRows }
}

export type FromClause = RawBuilder<unknown>

/** Runs `query(from clause)` and hands over its rows; with the partitions named, and without them when the server does not know them
 *  (1735: no such partition, 1747: not partitioned). `isPlain`: by time, without the help of day summaries. Throws `range_too_large` when the
 *  request's time is over. */
export async function streamRows(
  { plantDb, remainingMs, limitMs }: ReadContext,
  table: DetectionTable,
  partitions: readonly string[] | null,
  query: (from: FromClause) => RawBuilder<unknown>,
  onRow: (row: readonly unknown[]) => void,
  isPlain = true,
): Promise<void> {
  const name = sql.id(table.name)
  const run = async (from: FromClause): Promise<void> => {
    const timeoutMs = Math.floor(remainingMs())
    if (timeoutMs <= 0) throw tooLarge(seconds(limitMs))
    const compiled = query(from).compile(plantDb.kysely)
    const startedMs = performance.now()
    let rowCount = 0
    const counted = (row: readonly unknown[]): void => {
      rowCount++
      onRow(row)
    }
    try {
      await readRows(plantDb.kysely, compiled, counted, { timeoutMs })
    } catch (error) {
      // a shorter limit is not the read's: the server hangs before it even began, and no smaller range would help
      if (error instanceof QueryTimeoutError && error.timeoutMs >= timeoutMs) throw tooLarge(seconds(limitMs), error)
      throw error
    } finally {
      plantDb.onRead?.({ sql: compiled.sql, rowCount, durationMs: performance.now() - startedMs, isPlain })
    }
  }
  if (!partitions || plantDb.engine !== 'mysql') return run(name)
  try {
    return await run(sql`${name} partition (${sql.join(partitions.map((partition) => sql.id(partition)))})`)
  } catch (error) {
    if (!isUnknownPartition(error)) throw error
    return run(name)
  }
}

const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`

const tooLarge = (limit: string, cause?: unknown) => detectionProblem('range_too_large', { parameters: { limit }, cause })

function isUnknownPartition(error: unknown): boolean {
  for (let cause = error; cause instanceof Error; cause = cause.cause) {
    const { errno } = cause as { errno?: unknown }
    if (errno === 1735 || errno === 1747) return true
  }
  return false
}

/** `YYYY-MM-DD HH:MM:SS…` → LocalS without allocating: this runs once per row. Neighbours share their day, which is kept. */
export function localReader(): (text: string) => LocalS {
  let lastDate = -1
  let lastMidnightS = 0
  return (text) => {
    const year = two(text, 0) * 100 + two(text, 2)
    const month = two(text, 5)
    const day = two(text, 8)
    const date = (year * 100 + month) * 100 + day
    if (date !== lastDate) {
      lastMidnightS = daysFromCivil(year, month, day) * dayS
      lastDate = date
    }
    return lastMidnightS + two(text, 11) * hourS + two(text, 14) * minuteS + two(text, 17)
  }
}

const two = (text: string, at: number): number => (text.charCodeAt(at) - 48) * 10 + text.charCodeAt(at + 1) - 48
