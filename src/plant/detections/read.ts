/** Reads rows of one line from the customer's table by their time. All wall-clock comparisons are made on text: plant times are naive and never a `Date`. */
import { type RawBuilder, sql } from 'kysely'
import { QueryTimeoutError, readRows } from '../../platform/db/index.ts'
import { dayS, daysFromCivil, formatLocal, hourS, type LocalS, minuteS, type Span, type Zone } from '../../platform/time/index.ts'
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

export const seconds = (ms: number): string => `${Math.round(ms / 1000)} s`

export const tooLarge = (limit: string, cause?: unknown) => detectionProblem('range_too_large', { parameters: { limit }, cause })

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
