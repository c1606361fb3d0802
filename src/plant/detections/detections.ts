/** Rows of one line as columns: a year of pieces is millions of rows, and objects would cost ten times the memory and time. */
import type { LocalS } from '../../platform/time/index.ts'

/** In order of instant. The five columns run in parallel. */
export type Detections = {
  readonly length: number
  readonly id: Float64Array
  readonly epochS: Float64Array
  readonly localS: Float64Array
  readonly areaId: Int32Array
  readonly productId: Int32Array
}

export type DetectionColumns = {
  /** The first `length` values of each. */
  readonly append: (id: Float64Array, localS: Float64Array, areaId: Float64Array, productId: Float64Array, length: number) => void
  readonly push: (id: number, localS: LocalS, areaId: number, productId: number) => void
  readonly length: () => number
  readonly columns: () => Omit<Detections, 'epochS'>
}

const firstCapacity = 1_024

/** `expected` rows fit without moving. */
export function detectionColumns(expected = firstCapacity): DetectionColumns {
  let length = 0
  let id = new Float64Array(expected)
  let localS = new Float64Array(expected)
  let areaId = new Int32Array(expected)
  let productId = new Int32Array(expected)
  const grow = (atLeast: number): void => {
    let capacity = id.length * 2
    while (capacity < atLeast) capacity *= 2
    const [oldId, oldLocalS, oldAreaId, oldProductId] = [id, localS, areaId, productId]
    id = new Float64Array(capacity)
    localS = new Float64Array(capacity)
    areaId = new Int32Array(capacity)
    productId = new Int32Array(capacity)
    id.set(oldId)
    localS.set(oldLocalS)
    areaId.set(oldAreaId)
    productId.set(oldProductId)
  }
  return {
    append(ids, times, areas, products, count) {
      if (length + count > id.length) grow(length + count)
      id.set(ids.subarray(0, count), length)
      localS.set(times.subarray(0, count), length)
      areaId.set(areas.subarray(0, count), length)
      productId.set(products.subarray(0, count), length)
      length += count
    },
    push: (rowId, rowLocalS, rowAreaId, rowProductId) => {
      if (length === id.length) grow(length + 1)
      id[length] = rowId
      localS[length] = rowLocalS
      areaId[length] = rowAreaId
      productId[length] = rowProductId
      length++
    },
    length: () => length,
    columns: () => ({
      length,
      id: id.subarray(0, length),
      localS: localS.subarray(0, length),
      areaId: areaId.subarray(0, length),
      productId: productId.subarray(0, length),
    }),
  }
}

/** Rows `order` of the columns, in that order. */
export function pickRows(rows: Detections, order: ArrayLike<number>): Detections {
  const length = order.length
  const picked = {
    length,
    id: new Float64Array(length),
    epochS: new Float64Array(length),
    localS: new Float64Array(length),
    areaId: new Int32Array(length),
    productId: new Int32Array(length),
  }
  for (let i = 0; i < length; i++) {
    const from = order[i] as number
    picked.id[i] = rows.id[from] as number
    picked.epochS[i] = rows.epochS[from] as number
    picked.localS[i] = rows.localS[from] as number
    picked.areaId[i] = rows.areaId[from] as number
    picked.productId[i] = rows.productId[from] as number
  }
  return picked
}

/** Most steps of the simple way, per row, before it is given up: rows of several cameras come out of order by a few places, seldom by more. */
const stepsPerRow = 16

/** By instant; rows of one second in the order of their ids. Rows come nearly sorted: each is carried back to its place. */
export function sortByInstant(rows: Detections): Detections {
  const { length, epochS, id } = rows
  const isBefore = (a: number, b: number): boolean =>
    (epochS[a] as number) < (epochS[b] as number) || (epochS[a] === epochS[b] && (id[a] as number) <= (id[b] as number))
  let sorted = 1
  while (sorted < length && isBefore(sorted - 1, sorted)) sorted++
  if (sorted >= length) return rows
  const order = new Uint32Array(length)
  for (let i = 0; i < length; i++) order[i] = i
  let steps = stepsPerRow * length
  for (let i = sorted; i < length && steps > 0; i++) {
    let at = i
    for (; at > 0 && !isBefore(order[at - 1] as number, i); at--, steps--) order[at] = order[at - 1] as number
    order[at] = i
  }
  if (steps <= 0) order.sort((a, b) => (epochS[a] as number) - (epochS[b] as number) || (id[a] as number) - (id[b] as number))
  return pickRows(rows, order)
}

/** First index whose instant is not before `atS`. */
export function indexAt(epochS: ArrayLike<number>, atS: number): number {
  let low = 0
  let high = epochS.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((epochS[middle] as number) < atS) low = middle + 1
    else high = middle
  }
  return low
}
