/** Rows → day summaries. Pure. */
import type { Zone } from '../../platform/time/index.ts'
import type { Detections } from '../detections/index.ts'
import { type BurstBuilder, burstBuilder, noBursts } from './bursts.ts'
import {
  addSum,
  type CheckSums,
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
  const pairs = pairTable()
  const quarters = slotBuilder(quarterS)
  const minutes = slotBuilder(minuteSlotS)
  const all = burstBuilder()
  const byArea = new Map<number, BurstBuilder>()
  const [idSlot, idFrom, idTo]: [number[], number[], number[]] = [[], [], []]
  const [pairFirstS, pairLastS]: [number[], number[]] = [[], []]
  let [minId, maxId] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY]
  let sums: CheckSums = { id: 0, area: 0, product: 0, second: 0 }
  let isOdd = false
  let [lastArea, areaBursts]: [number, BurstBuilder | undefined] = [Number.NaN, undefined]
  for (let i = from; i < to; i++) {
    const area = areaId[i] as number
    const product = productId[i] as number
    const rowId = id[i] as number
    const atS = (epochS[i] as number) - startS
    if (zone.toLocalS(epochS[i] as number) !== localS[i]) isOdd = true
    const pair = pairs.indexOf(area, product)
    if (pair === pairFirstS.length) pairFirstS.push(atS)
    pairLastS[pair] = atS
    quarters.add(atS, pair)
    minutes.add(atS, pair)
    all.add(atS)
    if (area !== lastArea) {
      areaBursts = byArea.get(area)
      if (!areaBursts) {
        areaBursts = burstBuilder()
        byArea.set(area, areaBursts)
      }
      lastArea = area
    }
    areaBursts?.add(atS)
    const slot = Math.floor(atS / quarterS)
    const at = idSlot.length - 1
    if (at >= 0 && idSlot[at] === slot) {
      if (rowId < (idFrom[at] as number)) idFrom[at] = rowId
      if (rowId > (idTo[at] as number)) idTo[at] = rowId
    } else {
      idSlot.push(slot)
      idFrom.push(rowId)
      idTo.push(rowId)
    }
    if (rowId < minId) minId = rowId
    if (rowId > maxId) maxId = rowId
    sums = {
      id: addSum(sums.id, positive(rowId)),
      area: addSum(sums.area, positive(area)),
      product: addSum(sums.product, positive(product)),
      second: addSum(sums.second, atS),
    }
  }
  const table = pairs.pairs
  const coarse: CoarseDay = {
    ...quarters.build(table),
    day,
    rowCount: to - from,
    minId,
    maxId,
    sums,
    isOdd,
    pairFirstS,
    pairLastS,
    idSlot: Uint16Array.from(idSlot),
    idFrom: Float64Array.from(idFrom),
    idTo: Float64Array.from(idTo),
    all: all.bursts,
    byArea: new Map([...byArea].map(([area, builder]) => [area, builder.bursts])),
  }
  return { coarse, fine: minutes.build(table) }
}

/** Rows come in order, so only the newest slot is open. */
function slotBuilder(slotS: number) {
  const [slots, pairOf, count, firstS, lastS]: [number[], number[], number[], number[], number[]] = [[], [], [], [], []]
  /** Where each pair's entry of the open slot is; −1 = none. */
  const open: number[] = []
  let slot = -1
  let slotFrom = 0
  return {
    add(atS: number, pair: number): void {
      const own = Math.floor(atS / slotS)
      if (own !== slot) {
        for (let i = slotFrom; i < pairOf.length; i++) open[pairOf[i] as number] = -1
        slotFrom = pairOf.length
        slot = own
      }
      const inSlotS = atS - own * slotS
      const at = open[pair] ?? -1
      if (at >= 0) {
        count[at] = (count[at] as number) + 1
        lastS[at] = inSlotS
        return
      }
      open[pair] = pairOf.length
      slots.push(own)
      pairOf.push(pair)
      count.push(1)
      firstS.push(inSlotS)
      lastS.push(inSlotS)
    },
    build: (pairs: SlotCounts['pairs']): SlotCounts => ({
      slotS,
      pairs,
      slot: Uint16Array.from(slots),
      pair: Uint16Array.from(pairOf),
      count: Uint32Array.from(count),
      firstS: Uint16Array.from(firstS),
      lastS: Uint16Array.from(lastS),
    }),
  }
}

/** A day all of whose rows were deleted. */
export function emptyDay(day: number): DaySummary {
  const pairs = { areaId: [], productId: [] }
  const noIds = { idSlot: new Uint16Array(), idFrom: new Float64Array(), idTo: new Float64Array() }
  const coarse = {
    ...slotBuilder(quarterS).build(pairs),
    day,
    rowCount: 0,
    minId: 0,
    maxId: 0,
    sums: { id: 0, area: 0, product: 0, second: 0 },
  }
  return {
    coarse: { ...coarse, isOdd: false, pairFirstS: [], pairLastS: [], ...noIds, all: noBursts, byArea: new Map() },
    fine: slotBuilder(minuteSlotS).build(pairs),
  }
}
