/** Rows → day summaries. Pure. Summaries of two sets of rows that share none can be joined, so new rows are added without reading the old ones. */
import type { Zone } from '../../platform/time/index.ts'
import type { Detections } from '../detections/index.ts'
import { type BurstBuilder, burstBuilder, joinBursts, noBursts } from './bursts.ts'
import { type CheckSums, type CoarseDay, type DaySummary, dayOfInstant, dayStartS, minuteSlotS, quarterS, type SlotCounts } from './day.ts'

const modulus = 2 ** 53
const addSum = (a: number, b: number): number => {
  const sum = a + b // exact below 2^54
  return sum >= modulus ? sum - modulus : sum
}
const positive = (n: number): number => ((n % modulus) + modulus) % modulus

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

function pairTable() {
  const [areaId, productId]: [number[], number[]] = [[], []]
  const index = new Map<number, Map<number, number>>()
  let [lastArea, lastProduct, lastIndex] = [Number.NaN, Number.NaN, -1]
  return {
    pairs: { areaId, productId },
    indexOf(area: number, product: number): number {
      if (area === lastArea && product === lastProduct) return lastIndex
      let ofArea = index.get(area)
      if (!ofArea) {
        ofArea = new Map()
        index.set(area, ofArea)
      }
      let at = ofArea.get(product)
      if (at === undefined) {
        at = areaId.length
        ofArea.set(product, at)
        areaId.push(area)
        productId.push(product)
      }
      lastArea = area
      lastProduct = product
      lastIndex = at
      return at
    },
  }
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

/** The same rows, as far as a summary can tell. Pairs may stand in another order. */
export const isSameDay = (a: DaySummary, b: DaySummary): boolean =>
  a.coarse.rowCount === b.coarse.rowCount &&
  a.coarse.minId === b.coarse.minId &&
  a.coarse.maxId === b.coarse.maxId &&
  a.coarse.isOdd === b.coarse.isOdd &&
  (['id', 'area', 'product', 'second'] as const).every((name) => a.coarse.sums[name] === b.coarse.sums[name]) &&
  entriesOf(a.fine) === entriesOf(b.fine)

const entriesOf = ({ pairs, slot, pair, count, firstS, lastS }: SlotCounts): string =>
  Array.from(
    slot,
    (own, i) => `${own} ${pairs.areaId[pair[i] as number]} ${pairs.productId[pair[i] as number]} ${count[i]} ${firstS[i]} ${lastS[i]}`,
  )
    .sort()
    .join('|')

/** Of two sets of rows of the same day that share none. */
export function joinDays(a: DaySummary, b: DaySummary): DaySummary {
  return { coarse: joinCoarse(a.coarse, b.coarse), fine: joinSlots(a.fine, b.fine).slots }
}

export function joinCoarse(a: CoarseDay, b: CoarseDay): CoarseDay {
  const { slots, pairOfB } = joinSlots(a, b)
  const pairFirstS = [...a.pairFirstS]
  const pairLastS = [...a.pairLastS]
  for (let i = 0; i < pairOfB.length; i++) {
    const to = pairOfB[i] as number
    pairFirstS[to] = Math.min(pairFirstS[to] ?? Number.POSITIVE_INFINITY, b.pairFirstS[i] as number)
    pairLastS[to] = Math.max(pairLastS[to] ?? Number.NEGATIVE_INFINITY, b.pairLastS[i] as number)
  }
  const byArea = new Map(a.byArea)
  for (const [area, bursts] of b.byArea) {
    const own = byArea.get(area)
    byArea.set(area, own ? joinBursts(own, bursts) : bursts)
  }
  return {
    ...slots,
    day: a.day,
    rowCount: a.rowCount + b.rowCount,
    minId: Math.min(a.minId, b.minId),
    maxId: Math.max(a.maxId, b.maxId),
    sums: {
      id: addSum(a.sums.id, b.sums.id),
      area: addSum(a.sums.area, b.sums.area),
      product: addSum(a.sums.product, b.sums.product),
      second: addSum(a.sums.second, b.sums.second),
    },
    isOdd: a.isOdd || b.isOdd,
    pairFirstS,
    pairLastS,
    ...joinIds(a, b),
    all: joinBursts(a.all, b.all),
    byArea,
  }
}

function joinIds(a: CoarseDay, b: CoarseDay): Pick<CoarseDay, 'idSlot' | 'idFrom' | 'idTo'> {
  const ranges = new Map<number, [number, number]>()
  for (const { idSlot, idFrom, idTo } of [a, b]) {
    for (let i = 0; i < idSlot.length; i++) {
      const slot = idSlot[i] as number
      const known = ranges.get(slot)
      const [from, to] = [idFrom[i] as number, idTo[i] as number]
      ranges.set(slot, known ? [Math.min(known[0], from), Math.max(known[1], to)] : [from, to])
    }
  }
  const sorted = [...ranges].sort(([one], [other]) => one - other)
  return {
    idSlot: Uint16Array.from(sorted, ([slot]) => slot),
    idFrom: Float64Array.from(sorted, ([, [from]]) => from),
    idTo: Float64Array.from(sorted, ([, [, to]]) => to),
  }
}

function joinSlots(a: SlotCounts, b: SlotCounts): { slots: SlotCounts; pairOfB: number[] } {
  const table = pairTable()
  for (let i = 0; i < a.pairs.areaId.length; i++) table.indexOf(a.pairs.areaId[i] as number, a.pairs.productId[i] as number)
  const pairOfB =
    a.pairs === b.pairs
      ? b.pairs.areaId.map((_, i) => i)
      : b.pairs.areaId.map((area, i) => table.indexOf(area, b.pairs.productId[i] as number))
  const most = a.slot.length + b.slot.length
  const slots = {
    slotS: a.slotS,
    pairs: table.pairs,
    slot: new Uint16Array(most),
    pair: new Uint16Array(most),
    count: new Uint32Array(most),
    firstS: new Uint16Array(most),
    lastS: new Uint16Array(most),
  }
  const open: number[] = []
  let length = 0
  const push = (from: SlotCounts, i: number, pair: number): void => {
    const at = open[pair] ?? -1
    if (at >= 0) {
      slots.count[at] = (slots.count[at] as number) + (from.count[i] as number)
      slots.firstS[at] = Math.min(slots.firstS[at] as number, from.firstS[i] as number)
      slots.lastS[at] = Math.max(slots.lastS[at] as number, from.lastS[i] as number)
      return
    }
    open[pair] = length
    slots.slot[length] = from.slot[i] as number
    slots.pair[length] = pair
    slots.count[length] = from.count[i] as number
    slots.firstS[length] = from.firstS[i] as number
    slots.lastS[length] = from.lastS[i] as number
    length++
  }
  let [i, j] = [0, 0]
  while (i < a.slot.length || j < b.slot.length) {
    const slot = Math.min(a.slot[i] ?? Number.POSITIVE_INFINITY, b.slot[j] ?? Number.POSITIVE_INFINITY)
    const from = length
    for (; i < a.slot.length && a.slot[i] === slot; i++) push(a, i, a.pair[i] as number)
    for (; j < b.slot.length && b.slot[j] === slot; j++) push(b, j, pairOfB[b.pair[j] as number] as number)
    for (let k = from; k < length; k++) open[slots.pair[k] as number] = -1
  }
  return {
    pairOfB,
    slots: {
      ...slots,
      slot: slots.slot.slice(0, length),
      pair: slots.pair.slice(0, length),
      count: slots.count.slice(0, length),
      firstS: slots.firstS.slice(0, length),
      lastS: slots.lastS.slice(0, length),
    },
  }
}
