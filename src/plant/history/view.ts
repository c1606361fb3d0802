/** One line's history as one answer sees it: settled days and the tail above them, both of one moment. */
import { dayS, hourS, type Span, spanAt, union, type Zone } from '../../platform/time/index.ts'
import { type Detections, givingWay, type IdRange, pickRows, type ReadContext, readByIds } from '../detections/index.ts'
import type { DetectionTable } from '../model/model.ts'
import { type CoarseDay, type DaySummary, dayOfInstant, dayStartS, type FineDay, quarterS } from './day.ts'
import { joinCoarse, joinDays } from './join.ts'
import type { DayEntry, Part } from './store.ts'

/** What the tail does to a day: adds rows, or stands for the whole day (a repeated hour, whose rows must be seen together). */
export type Overlay = { readonly summary: DaySummary; readonly isWhole: boolean }

/** Another process wrote a day between the catch-up and its reading: the answer must be begun anew. */
export class StaleViewError extends Error {
  constructor() {
    super('the history changed while it was read')
    this.name = 'StaleViewError'
  }
}

/** Days that are kept together (facts take them by 32) do not reach so far. */
const farBelow = 64

/** A day below those that are loaded was asked for: only rows can say. */
export class NotLoadedError extends Error {
  constructor() {
    super('the history of that day is not loaded yet')
    this.name = 'NotLoadedError'
  }
}

export type LineView = {
  readonly zone: Zone
  readonly lineId: number
  /** Days with rows, in order; while loading, one far below the first loaded one stands for all that are not. */
  readonly days: readonly number[]
  /** While loading: ranges from this instant on can be answered. Null = all. */
  readonly loadedFromS: number | null
  readonly isPurged: (day: number) => boolean
  /** Purged, and its summary was damaged: what it counted is missing. */
  readonly isLost: (day: number) => boolean
  /** What is stored of a day: equal entries stand for equal rows. Null when nothing is, or when it has rows that are not stored yet. */
  readonly storedOf: (day: number) => DayEntry | null
  /** Those of `days` that exist, in order. Throws StaleViewError, NotLoadedError. */
  readonly coarse: (days: readonly number[]) => Promise<CoarseDay[]>
  readonly fine: (day: number) => Promise<FineDay | null>
  /** The rows of the spans in order, read by id; rows in the future too. */
  readonly rows: (context: ReadContext, spans: readonly Span[]) => Promise<Detections>
  /** Where the rows of a span are; null = there are none. */
  readonly idsOf: (days: readonly number[]) => IdRange | null
}

type ViewParts = {
  readonly zone: Zone
  readonly lineId: number
  readonly table: DetectionTable
  readonly directory: ReadonlyMap<number, DayEntry>
  readonly overlays: ReadonlyMap<number, Overlay>
  readonly isInside: (id: number) => boolean
  /** Null = all days are loaded. */
  readonly loadedFromDay: number | null
  /** Stored days as the directory says they are. Throws StaleViewError. */
  readonly load: <Value extends CoarseDay | FineDay>(days: readonly number[], part: Part) => Promise<Map<number, Value>>
}

export function createView({ zone, lineId, table, directory, overlays, isInside, loadedFromDay, load }: ViewParts): LineView {
  const present = [
    ...new Set([...directory].filter(([, { rowCount }]) => rowCount > 0).map(([day]) => day)).union(new Set(overlays.keys())),
  ].sort((a, b) => a - b)
  const days = loadedFromDay === null ? present : [loadedFromDay - farBelow, ...present.filter((day) => day >= loadedFromDay)]
  const known = new Set(days)
  const joined = new Map<number, CoarseDay>()

  const isStored = (day: number): boolean => (directory.get(day)?.rowCount ?? 0) > 0 && overlays.get(day)?.isWhole !== true

  const refuseUnloaded = (wanted: readonly number[]): void => {
    if (loadedFromDay !== null && wanted.some((day) => day < loadedFromDay)) throw new NotLoadedError()
  }

  const coarse = async (wanted: readonly number[]): Promise<CoarseDay[]> => {
    refuseUnloaded(wanted)
    const present = wanted.filter((day) => known.has(day))
    const stored = await load<CoarseDay>(
      present.filter((day) => isStored(day) && !joined.has(day)),
      'coarse',
    )
    return present.map((day) => {
      const own = overlays.get(day)
      const base = stored.get(day)
      if (!own) return base as CoarseDay
      const whole = joined.get(day) ?? (base ? joinCoarse(base, own.summary.coarse) : own.summary.coarse)
      joined.set(day, whole)
      return whole
    })
  }

  return {
    zone,
    lineId,
    days,
    loadedFromS: loadedFromDay === null ? null : dayStartS(zone, loadedFromDay),
    isPurged: (day) => directory.get(day)?.isPurged ?? false,
    isLost: (day) => directory.get(day)?.isLost ?? false,
    storedOf: (day) => (overlays.has(day) ? null : (directory.get(day) ?? null)),
    coarse,
    async fine(day) {
      refuseUnloaded([day])
      const own = overlays.get(day)
      if (!isStored(day)) return own?.summary.fine ?? null
      const base = (await load<FineDay>([day], 'fine')).get(day) as FineDay
      if (!own) return base
      const [whole] = (await load<CoarseDay>([day], 'coarse')).values()
      return whole ? joinDays({ coarse: whole, fine: base }, own.summary).fine : base
    },
    async rows(context, spans) {
      const wanted = union(spans)
      const hours = wanted
        .flatMap(({ fromS, toS }) => zone.repeatedHours(fromS, toS))
        .map(({ atS, fromLocalS, toLocalS }) => ({
          fromS: atS - (toLocalS - fromLocalS),
          toS: atS + (toLocalS - fromLocalS),
        }))
      const ranges: Span[] = []
      for (const { fromS, toS } of union([...wanted, ...hours])) {
        const [first, last] = [dayOfInstant(zone, fromS), dayOfInstant(zone, toS - 1)]
        const touched = days.filter((day) => day >= first && day <= last)
        for (const day of await coarse(touched)) {
          const startS = dayStartS(zone, day.day)
          const [fromSlot, toSlot] = [Math.floor((fromS - startS) / quarterS), Math.ceil((toS - startS) / quarterS)]
          for (let i = 0; i < day.idSlot.length; i++) {
            const slot = day.idSlot[i] as number
            if (slot >= fromSlot && slot < toSlot) ranges.push({ fromS: day.idFrom[i] as number, toS: (day.idTo[i] as number) + 1 })
          }
        }
      }
      const read = await readByIds(
        context,
        table,
        union(ranges).map(({ fromS, toS }) => ({ from: fromS, to: toS - 1 })),
      )
      const rows = pickWhere(read, (i) => spanAt(wanted, read.epochS[i] as number) !== undefined && isInside(read.id[i] as number))
      return givingWay(rows)
    },
    idsOf(wanted) {
      let [from, to] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
      for (const day of wanted) {
        for (const { minId, maxId } of [directory.get(day), overlays.get(day)?.summary.coarse].filter((found) => found !== undefined)) {
          if (minId < from) from = minId
          if (maxId > to) to = maxId
        }
      }
      return from <= to ? { from, to } : null
    },
  }
}

export function pickWhere(rows: Detections, isWanted: (index: number) => boolean): Detections {
  const picked = new Uint32Array(rows.length)
  let count = 0
  for (let i = 0; i < rows.length; i++) if (isWanted(i)) picked[count++] = i
  return count === rows.length ? rows : pickRows(rows, picked.subarray(0, count))
}

/** Local days whose rows of a repeated hour must be folded together, given that some row of `rows` stands in one. */
export function delicateDays(zone: Zone, rows: Detections): Set<number> {
  const days = new Set<number>()
  const first = rows.epochS[0]
  const last = rows.epochS[rows.length - 1]
  if (first === undefined || last === undefined) return days
  for (const { atS, fromLocalS, toLocalS } of zone.repeatedHours(first - dayS, last + dayS)) {
    const lengthS = toLocalS - fromLocalS
    let isTouched = false
    for (let i = 0; i < rows.length && !isTouched; i++) {
      const localS = rows.localS[i] as number
      isTouched = localS >= fromLocalS && localS < toLocalS
    }
    if (!isTouched) continue
    for (let atDayS = atS - lengthS; atDayS < atS + lengthS; atDayS += hourS / 2) days.add(dayOfInstant(zone, atDayS))
  }
  return days
}
