/** Rows of whole days counted once: per area and product, in and outside the planned windows, and per hour of the wall clock. What filters and intervals
 *  make of them is decided on reading. */
import { dayS, hourS, type LocalS } from '../../platform/time/index.ts'
import { type CoarseDay, dayStartS, type SlotCounts } from '../history/index.ts'
import { countDay } from './count-day.ts'
import type { Days } from './days.ts'
import type { Counter } from './slot-counter.ts'
import type { Stretch } from './stretches.ts'

/** Entries of day `i` of `days` are `[start[i], start[i + 1])`. */
export type DayCounts = {
  readonly days: Int32Array
  readonly pairs: SlotCounts['pairs']
  readonly byDay: {
    readonly start: Uint32Array
    /** Local day: another one than the summary's own only where midnight is repeated. */
    readonly local: Int32Array
    readonly pair: Uint16Array
    readonly planned: Uint32Array
    readonly unplanned: Uint32Array
  }
  readonly byHour: {
    readonly start: Uint32Array
    /** Local hours since 1970. */
    readonly local: Int32Array
    readonly pair: Uint16Array
    readonly count: Uint32Array
  }
}

export const bytesOfCounts = ({ days, pairs, byDay, byHour }: DayCounts): number =>
  600 + days.length * 12 + pairs.areaId.length * 16 + byDay.local.length * 14 + byHour.local.length * 10

/** `stretches` are in order and hold the days. */
export async function countDays(days: Days, own: readonly CoarseDay[], stretches: readonly Stretch[]): Promise<DayCounts> {
  const pairs: { areaId: number[]; productId: number[] } = { areaId: [], productId: [] }
  const pairIndex = new Map<string, number>()
  const pairOf = (areaId: number, productId: number): number => {
    const key = `${areaId} ${productId}`
    const known = pairIndex.get(key)
    if (known !== undefined) return known
    pairIndex.set(key, pairs.areaId.length)
    pairs.areaId.push(areaId)
    return pairs.productId.push(productId) - 1
  }
  const [dayEntries, hourEntries] = [entryList(), entryList()]
  const starts: { day: number[]; hour: number[] } = { day: [], hour: [] }
  let next = 0
  for (const day of own) {
    const startS = dayStartS(days.zone, day.day)
    const endS = dayStartS(days.zone, day.day + 1)
    starts.day.push(dayEntries.local.length)
    starts.hour.push(hourEntries.local.length)
    const [perDay, perHour] = [dayEntries.group(), hourEntries.group()]
    const counter = collector(pairOf, (localS, pair, count, isPlanned) => {
      perDay(Math.floor(localS / dayS), pair, count, isPlanned)
      perHour(Math.floor(localS / hourS), pair, count, isPlanned)
    })
    while (next < stretches.length && (stretches[next] as Stretch).toS <= startS) next++
    for (let k = next; k < stretches.length && (stretches[k] as Stretch).fromS < endS; k++) {
      const { fromS, toS, isPlanned } = stretches[k] as Stretch
      await countDay(days, counter, day, { fromS: Math.max(fromS, startS), toS: Math.min(toS, endS), isPlanned }, false)
    }
  }
  return {
    days: Int32Array.from(own, ({ day }) => day),
    pairs,
    byDay: {
      start: Uint32Array.from([...starts.day, dayEntries.local.length]),
      local: Int32Array.from(dayEntries.local),
      pair: Uint16Array.from(dayEntries.pair),
      planned: Uint32Array.from(dayEntries.planned),
      unplanned: Uint32Array.from(dayEntries.unplanned),
    },
    byHour: {
      start: Uint32Array.from([...starts.hour, hourEntries.local.length]),
      local: Int32Array.from(hourEntries.local),
      pair: Uint16Array.from(hourEntries.pair),
      count: Uint32Array.from(hourEntries.planned, (planned, i) => planned + (hourEntries.unplanned[i] as number)),
    },
  }
}

function entryList() {
  const [local, pair, planned, unplanned]: [number[], number[], number[], number[]] = [[], [], [], []]
  /** Within a day, one entry for each wall time and pair. */
  const group = () => {
    const index = new Map<number, number>()
    return (at: number, ownPair: number, count: number, isPlanned: boolean): void => {
      const key = at * 65_536 + ownPair
      let entry = index.get(key)
      if (entry === undefined) {
        entry = local.length
        index.set(key, entry)
        local.push(at)
        pair.push(ownPair)
        planned.push(0)
        unplanned.push(0)
      }
      const counts = isPlanned ? planned : unplanned
      counts[entry] = (counts[entry] as number) + count
    }
  }
  return { local, pair, planned, unplanned, group }
}

type OnCount = (localS: LocalS, pair: number, count: number, isPlanned: boolean) => void

function collector(pairOf: (areaId: number, productId: number) => number, onCount: OnCount): Pick<Counter, 'addSlots' | 'addRows'> {
  return {
    addSlots({ pairs, slot, pair, count }, fromSlot, toSlot, _startS, locals, isPlanned) {
      for (let i = 0; i < slot.length; i++) {
        const own = slot[i] as number
        if (own < fromSlot || own >= toSlot) continue
        const p = pair[i] as number
        onCount(locals(own) ?? 0, pairOf(pairs.areaId[p] as number, pairs.productId[p] as number), count[i] as number, isPlanned)
      }
    },
    addRows(rows, isPlanned) {
      for (let i = 0; i < rows.length; i++)
        onCount(rows.localS[i] as number, pairOf(rows.areaId[i] as number, rows.productId[i] as number), 1, isPlanned)
    },
  }
}
