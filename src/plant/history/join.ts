/** Day summaries put together and compared. Pure. Summaries of two sets of rows that share none can be joined, so new rows are added without reading
 *  the old ones. */
import { joinBursts } from './bursts.ts'
import { addSum, type CoarseDay, type DaySummary, type SlotCounts } from './day.ts'
import { pairTable } from './pairs.ts'

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
