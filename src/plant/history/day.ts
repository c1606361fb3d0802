/** The summary of one line and local day. Seconds are elapsed since the day's first instant, so a day has 23, 24 or 25 hours and nothing goes backwards. */
import { dayS, type LocalS, type Zone } from '../../platform/time/index.ts'
import type { Bursts } from './bursts.ts'

/** Rows of one area and product. Several slots name one pair by its index. */
export type Pairs = { readonly areaId: readonly number[]; readonly productId: readonly number[] }

/** Counts per slot and pair, in order of slot; `firstS` and `lastS` are seconds into the slot. */
export type SlotCounts = {
  readonly slotS: number
  readonly pairs: Pairs
  readonly slot: Uint16Array
  readonly pair: Uint16Array
  readonly count: Uint32Array
  readonly firstS: Uint16Array
  readonly lastS: Uint16Array
}

/** Sums over the rows: what reconciliation compares. Modulo 2^53: equal rows give equal sums. */
export type CheckSums = { readonly id: number; readonly area: number; readonly product: number; readonly second: number }

/** Per quarter hour. */
export type CoarseDay = SlotCounts & {
  readonly day: number
  readonly rowCount: number
  readonly minId: number
  readonly maxId: number
  readonly sums: CheckSums
  /** Some row stands at a wall time that does not exist that day (a camera that slept through the spring change): only raw rows tell. */
  readonly isOdd: boolean
  /** First and last row of each pair, in seconds since the day's start. */
  readonly pairFirstS: readonly number[]
  readonly pairLastS: readonly number[]
  /** Ids of the rows of each slot that has any: where to read them. */
  readonly idSlot: Uint16Array
  readonly idFrom: Float64Array
  readonly idTo: Float64Array
  readonly all: Bursts
  readonly byArea: ReadonlyMap<number, Bursts>
}

/** Per minute. */
export type FineDay = SlotCounts

export type DaySummary = { readonly coarse: CoarseDay; readonly fine: FineDay }

const modulus = 2 ** 53
/** Of two check sums. */
export const addSum = (a: number, b: number): number => {
  const sum = a + b // exact below 2^54
  return sum >= modulus ? sum - modulus : sum
}
/** A number as a check sum. */
export const positive = (n: number): number => (n >= 0 && n < modulus ? n : ((n % modulus) + modulus) % modulus)

export const quarterS = 900
export const minuteSlotS = 60

/** First instant of a local day; days follow one another without hole or overlap. */
export const dayStartS = (zone: Zone, day: number): number => zone.toEpochS(day * dayS)

/** The day whose instants hold `epochS`: its local date, except where midnight itself is repeated. */
export function dayOfInstant(zone: Zone, epochS: number): number {
  let day = Math.floor(zone.toLocalS(epochS) / dayS)
  while (dayStartS(zone, day) > epochS) day--
  while (dayStartS(zone, day + 1) <= epochS) day++
  return day
}

/** Wall time of each slot's start, or null when the slot straddles a change of offset or starts off the clock's own quarters or minutes. */
export function slotLocals(zone: Zone, day: number, slotS: number): (slot: number) => LocalS | null {
  const startS = dayStartS(zone, day)
  const isPlain = dayStartS(zone, day + 1) - startS === dayS && zone.offsetS(startS) === zone.offsetS(startS + dayS - 1)
  if (isPlain) {
    const localS = zone.toLocalS(startS)
    return localS % slotS === 0 ? (slot) => localS + slot * slotS : () => null
  }
  return (slot) => {
    const fromS = startS + slot * slotS
    const localS = zone.toLocalS(fromS)
    return localS % slotS === 0 && zone.offsetS(fromS) === zone.offsetS(fromS + slotS - 1) ? localS : null
  }
}
