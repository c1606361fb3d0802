/** Rows → day summaries. Pure. */
import { dayS, type Zone } from '../../platform/time/index.ts'
import type { Detections } from '../detections/index.ts'
import { type BurstBuilder, burstBuilder, noBursts } from './bursts.ts'
import {
  addSum,
  type CoarseDay,
  type DaySummary,
  dayOfInstant,
  dayStartS,
  minuteSlotS,
  positive,
  quarterS,
  type SlotCounts,
} from './day.ts'
import { pairTable } from './pairs.ts'

/** By day. `rows` in order of instant. */
export function foldRows(rows: Detections, zone: Zone): Map<number, DaySummary> {
  const days = new Map<number, DaySummary>()
  let from = 0
  while (from < rows.length) {
    const day = dayOfInstant(zone, rows.epochS[from] as number)
    const endS = dayStartS(zone, day + 1)
    let to = from + 1
    while (to < rows.length && (rows.epochS[to] as number) < endS) to++
    days.set(day, foldDay(rows, from, to, zone, day))
    from = to
  }
  return days
}

function foldDay(rows: Detections, from: number, to: number, zone: Zone, day: number): DaySummary {
  const { epochS, localS, id, areaId, productId } = rows
  const startS = dayStartS(zone, day)
  const offsetS = zone.offsetS(startS)
  const isPlain = dayStartS(zone, day + 1) - startS === dayS && zone.offsetS(startS + dayS - 1) === offsetS
  const pairs = pairTable()
  const minutes = slotBuilder()
  const all = burstBuilder()
  /** By index of the pair: pairs of one area share theirs. */
  const burstsOf: BurstBuilder[] = []
  const byArea = new Map<number, BurstBuilder>()
  const [idSlot, idFrom, idTo]: [number[], number[], number[]] = [[], [], []]
  let quarterEndS = Number.NEGATIVE_INFINITY
  let [lowest, highest] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let [sumId, sumArea, sumProduct, sumSecond] = [0, 0, 0, 0]
  let isOdd = false
  for (let i = from; i < to; i++) {
    const area = areaId[i] as number
    const product = productId[i] as number
    const rowId = id[i] as number
    const instantS = epochS[i] as number
    const atS = instantS - startS
    if (instantS + (isPlain ? offsetS : zone.offsetS(instantS)) !== localS[i]) isOdd = true
    const pair = pairs.indexOf(area, product)
    if (pair === burstsOf.length) {
      const known = byArea.get(area) ?? burstBuilder()
      byArea.set(area, known)
      burstsOf.push(known)
    }
    minutes.add(atS, pair)
    all.add(atS)
    ;(burstsOf[pair] as BurstBuilder).add(atS)
    if (atS >= quarterEndS) {
      if (idSlot.length > 0) {
        idFrom.push(lowest)
        idTo.push(highest)
      }
      const slot = Math.floor(atS / quarterS)
      idSlot.push(slot)
      quarterEndS = (slot + 1) * quarterS
      lowest = rowId
      highest = rowId
    } else {
      if (rowId < lowest) lowest = rowId
      if (rowId > highest) highest = rowId
    }
    sumId = addSum(sumId, positive(rowId))
    sumArea = addSum(sumArea, positive(area))
    sumProduct = addSum(sumProduct, positive(product))
    sumSecond = addSum(sumSecond, atS)
  }
  idFrom.push(lowest)
  idTo.push(highest)
  const fine = minutes.build(pairs.pairs)
  const { quarters, pairFirstS, pairLastS } = quartersOf(fine)
  const coarse: CoarseDay = {
    ...quarters,
    day,
    rowCount: to - from,
    minId: idFrom.reduce((least, one) => Math.min(least, one)),
    maxId: idTo.reduce((most, one) => Math.max(most, one)),
    sums: { id: sumId, area: sumArea, product: sumProduct, second: sumSecond },
    isOdd,
    pairFirstS,
    pairLastS,
    idSlot: Uint16Array.from(idSlot),
    idFrom: Float64Array.from(idFrom),
    idTo: Float64Array.from(idTo),
    all: all.bursts,
    byArea: new Map([...byArea].map(([area, builder]) => [area, builder.bursts])),
  }
  return { coarse, fine }
}

/** Rows come in order, so only the newest minute is open. */
function slotBuilder() {
  const [slots, pairOf, count, firstS, lastS]: [number[], number[], number[], number[], number[]] = [[], [], [], [], []]
  /** Where each pair's entry of the open slot is; below `slotFrom` = it has none. */
  const open: number[] = []
  let slot = -1
  let slotFrom = 0
  let [startS, endS] = [0, Number.NEGATIVE_INFINITY]
  return {
    add(atS: number, pair: number): void {
      if (atS >= endS) {
        slotFrom = pairOf.length
        slot = Math.floor(atS / minuteSlotS)
        startS = slot * minuteSlotS
        endS = startS + minuteSlotS
      }
      const inSlotS = atS - startS
      if (pair === open.length) open.push(-1)
      const at = open[pair] as number
      if (at >= slotFrom) {
        count[at] = (count[at] as number) + 1
        lastS[at] = inSlotS
        return
      }
      open[pair] = pairOf.length
      slots.push(slot)
      pairOf.push(pair)
      count.push(1)
      firstS.push(inSlotS)
      lastS.push(inSlotS)
    },
    build: (pairs: SlotCounts['pairs']): SlotCounts => ({
      slotS: minuteSlotS,
      pairs,
      slot: Uint16Array.from(slots),
      pair: Uint16Array.from(pairOf),
      count: Uint32Array.from(count),
      firstS: Uint16Array.from(firstS),
      lastS: Uint16Array.from(lastS),
    }),
  }
}

/** Minutes added up: a quarter hour is fifteen of them, so the rows need not be asked again. */
function quartersOf(fine: SlotCounts): { quarters: SlotCounts; pairFirstS: number[]; pairLastS: number[] } {
  const { slot, pair, count, firstS, lastS, pairs } = fine
  const minutes = quarterS / minuteSlotS
  const quarters = {
    slotS: quarterS,
    pairs,
    slot: new Uint16Array(slot.length),
    pair: new Uint16Array(slot.length),
    count: new Uint32Array(slot.length),
    firstS: new Uint16Array(slot.length),
    lastS: new Uint16Array(slot.length),
  }
  const [pairFirstS, pairLastS]: [number[], number[]] = [[], []]
  const open = new Int32Array(pairs.areaId.length).fill(-1)
  let [length, quarterFrom, quarter] = [0, 0, -1]
  for (let i = 0; i < slot.length; i++) {
    const own = Math.floor((slot[i] as number) / minutes)
    if (own !== quarter) {
      quarter = own
      quarterFrom = length
    }
    const offsetS = ((slot[i] as number) - own * minutes) * minuteSlotS
    const index = pair[i] as number
    const at = open[index] as number
    const endS = offsetS + (lastS[i] as number)
    if (index === pairFirstS.length) pairFirstS.push(own * quarterS + offsetS + (firstS[i] as number))
    pairLastS[index] = own * quarterS + endS
    if (at >= quarterFrom) {
      quarters.count[at] = (quarters.count[at] as number) + (count[i] as number)
      quarters.lastS[at] = endS
      continue
    }
    open[index] = length
    quarters.slot[length] = own
    quarters.pair[length] = index
    quarters.count[length] = count[i] as number
    quarters.firstS[length] = offsetS + (firstS[i] as number)
    quarters.lastS[length] = endS
    length++
  }
  return {
    quarters: {
      ...quarters,
      slot: quarters.slot.slice(0, length),
      pair: quarters.pair.slice(0, length),
      count: quarters.count.slice(0, length),
      firstS: quarters.firstS.slice(0, length),
      lastS: quarters.lastS.slice(0, length),
    },
    pairFirstS,
    pairLastS,
  }
}

/** A day all of whose rows were deleted. */
export function emptyDay(day: number): DaySummary {
  const fine = slotBuilder().build({ areaId: [], productId: [] })
  const { quarters, pairFirstS, pairLastS } = quartersOf(fine)
  const ids = { minId: 0, maxId: 0, idSlot: new Uint16Array(), idFrom: new Float64Array(), idTo: new Float64Array() }
  const sums = { id: 0, area: 0, product: 0, second: 0 }
  return {
    coarse: { ...quarters, day, rowCount: 0, sums, isOdd: false, pairFirstS, pairLastS, ...ids, all: noBursts, byArea: new Map() },
    fine,
  }
}
