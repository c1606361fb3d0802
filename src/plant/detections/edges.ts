/** The nearest row on either side of an instant, however far. Live tables have no index on `detected_at`, so each is one aggregate over the fewest
 *  partitions, and a whole silence is crossed in one step. */
import { sql } from 'kysely'
import { dayS, formatLocal, type LocalS, type RepeatedHour, type Zone } from '../../platform/time/index.ts'
import type { DetectionTable } from '../model/model.ts'
import { bucketStart } from '../scope/index.ts'
import { partitionsFor } from './partitions.ts'
import { localReader, type ReadContext, readDetections, streamRows } from './read.ts'

const monthStart = (localS: LocalS): LocalS => bucketStart(localS, 'month')

/** Null = rows of any area. */
type AreaChoice = ReadonlySet<number> | null

/** Instant of the newest row before `atS`, or null. */
export async function lastBefore(context: ReadContext, table: DetectionTable, areas: AreaChoice, atS: number): Promise<number | null> {
  const { zone } = context
  // what comes before the first pass begins is not ambiguous any more
  const ambiguous = repeatedAround(zone, atS - 1)
  if (ambiguous) {
    const fromS = ambiguous.atS - lengthS(ambiguous)
    const near = await instantsOf(context, table, areas, fromS, atS)
    return near.at(-1) ?? lastBefore(context, table, areas, fromS)
  }
  const limitS = zone.toLocalS(atS)
  const newest = (fromLocalS: LocalS | null): Promise<LocalS | null> => extreme(context, table, areas, 'max', fromLocalS, limitS)
  let localS: LocalS | null = null
  // in a partitioned table its own month first, then the one before: the others are mostly not needed
  if (table.partitions) localS = (await newest(monthStart(limitS - 1))) ?? (await newest(monthStart(monthStart(limitS - 1) - dayS)))
  localS ??= await newest(null)
  return localS === null ? null : instantOf(context, table, areas, localS, 'last')
}

/** Instant of the oldest row at or after `atS` and not after now, or null. */
export async function firstFrom(context: ReadContext, table: DetectionTable, areas: AreaChoice, atS: number): Promise<number | null> {
  const { zone, nowS } = context
  if (atS > nowS) return null
  const ambiguous = repeatedAround(zone, atS)
  const toS = ambiguous ? ambiguous.atS + lengthS(ambiguous) : atS
  if (ambiguous) {
    const near = await instantsOf(context, table, areas, atS, Math.min(toS, nowS + 1))
    if (near[0] !== undefined) return near[0]
    if (toS > nowS) return null
  }
  const localS = await extreme(context, table, areas, 'min', zone.toLocalS(toS), null)
  const foundS = localS === null ? null : await instantOf(context, table, areas, localS, 'first')
  return foundS === null || foundS > nowS ? null : foundS
}

const lengthS = (hour: RepeatedHour): number => hour.toLocalS - hour.fromLocalS

const repeatedAround = (zone: Zone, atS: number): RepeatedHour | undefined =>
  zone.repeatedHours(atS, atS).find((hour) => atS >= hour.atS - lengthS(hour) && atS < hour.atS + lengthS(hour))

/** A wall time found by an aggregate is ambiguous only inside a repeated hour; then the rows of that hour decide. */
async function instantOf(
  context: ReadContext,
  table: DetectionTable,
  areas: AreaChoice,
  localS: LocalS,
  which: 'first' | 'last',
): Promise<number | null> {
  const atS = context.zone.toEpochS(localS)
  const ambiguous = repeatedAround(context.zone, atS)
  if (!ambiguous) return atS
  const near = await instantsOf(context, table, areas, ambiguous.atS - lengthS(ambiguous), ambiguous.atS + lengthS(ambiguous))
  return (which === 'first' ? near[0] : near.at(-1)) ?? null
}

async function instantsOf(context: ReadContext, table: DetectionTable, areas: AreaChoice, fromS: number, toS: number): Promise<number[]> {
  const { rows } = await readDetections(context, table, { fromS, toS })
  const instants: number[] = []
  for (let i = 0; i < rows.length; i++) if (!areas || areas.has(rows.areaId[i] as number)) instants.push(rows.epochS[i] as number)
  return instants
}

async function extreme(
  context: ReadContext,
  table: DetectionTable,
  areas: AreaChoice,
  which: 'min' | 'max',
  fromLocalS: LocalS | null,
  belowLocalS: LocalS | null,
): Promise<LocalS | null> {
  const detectedAt = sql.id('detected_at')
  const conditions = [
    ...(fromLocalS === null ? [] : [sql`${detectedAt} >= ${formatLocal(fromLocalS)}`]),
    ...(belowLocalS === null ? [] : [sql`${detectedAt} < ${formatLocal(belowLocalS)}`]),
    ...(areas ? [sql`${sql.id('area_id')} in (${sql.join([...areas])})`] : []),
  ]
  const partitions =
    fromLocalS !== null && belowLocalS !== null
      ? partitionsFor(table, fromLocalS, belowLocalS)
      : fromLocalS !== null
        ? partitionsFor(table, fromLocalS, fromLocalS + 1, true)
        : null
  let found: LocalS | null = null
  const read = localReader()
  await streamRows(
    context,
    table,
    partitions,
    (from) => sql`select ${sql.raw(which)}(${detectedAt}) from ${from} where ${sql.join(conditions, sql` and `)}`,
    ([value]) => {
      if (typeof value === 'string') found = read(value)
    },
  )
  return found
}
