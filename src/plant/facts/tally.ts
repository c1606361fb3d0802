/** One pass over the rows of one line and range: every count that the facts need. Day summaries give the same tallies without the rows
 *  (`tally-days.ts`); this row-by-row path is their oracle. */
import { dayS, hourS, type LocalS, nextTurn } from '../../platform/time/index.ts'
import { type Detections, indexAt } from '../detections/index.ts'
import { bucketIndex, type Scope, targetDayOf } from '../scope/index.ts'
import type { LineRules } from './line-rules.ts'
import type { LineRange } from './ranges.ts'

export type Tally = {
  /** Some row in range (and in the chosen shift), before area, product and hour filters. */
  readonly hasRows: boolean
  /** Per product, inside the planned windows, not filtered. */
  readonly planned: { readonly output: Map<number, number>; readonly input: Map<number, number>; readonly scrap: Map<number, number> }
  /** Not filtered. */
  readonly outputOutsidePlan: number
  /** From here on: filtered rows in range. */
  readonly total: number
  readonly output: number
  readonly input: number
  readonly scrap: number
  readonly outputByProduct: Map<number, number>
  readonly countByArea: Map<number, number>
  readonly productIds: Set<number>
  readonly first: Moment | null
  readonly last: Moment | null
  /** Newest first; none unless wanted. */
  readonly recent: readonly RecentRow[]
  readonly series: TallySeries | null
}

export type Moment = { readonly epochS: number; readonly localS: LocalS }
export type RecentRow = Moment & { readonly id: number; readonly areaId: number; readonly productId: number }
/** Aligned with the axis. */
export type TallySeries = {
  readonly outputByProduct: Map<number, Int32Array>
  readonly output: Int32Array
  readonly input: Int32Array
  readonly scrap: Int32Array
}

export const maxRecent = 50

const add = (counts: Map<number, number>, key: number): void => void counts.set(key, (counts.get(key) ?? 0) + 1)

/** Nothing counted yet; `buckets` null = no series. */
export const emptyTally = (buckets: number | null): Tally => ({
  hasRows: false,
  planned: { output: new Map(), input: new Map(), scrap: new Map() },
  outputOutsidePlan: 0,
  total: 0,
  output: 0,
  input: 0,
  scrap: 0,
  outputByProduct: new Map(),
  countByArea: new Map(),
  productIds: new Set(),
  first: null,
  last: null,
  recent: [],
  series: buckets === null ? null : emptySeries(buckets),
})

const rowsPerTurn = 100_000

/** `bucketStarts` null = no series (the preceding range needs none). */
export async function tallyRows(
  rows: Detections,
  rules: LineRules,
  scope: Scope,
  range: LineRange,
  bucketStarts: readonly number[] | null,
): Promise<Tally> {
  const { epochS, localS, areaId, productId } = rows
  const { windows } = range
  const isShiftChosen = scope.shiftId !== null
  const keeps = rowFilter(scope)
  const planned = { output: new Map<number, number>(), input: new Map<number, number>(), scrap: new Map<number, number>() }
  const outputByProduct = new Map<number, number>()
  const countByArea = new Map<number, number>()
  const productIds = new Set<number>()
  const series = bucketStarts ? emptySeries(bucketStarts.length) : null
  const bucketOf = bucketFinder(bucketStarts ?? [])
  let [total, output, input, scrap, outputOutsidePlan, window] = [0, 0, 0, 0, 0, 0]
  let hasRows = false
  let first = -1
  let last = -1
  const end = indexAt(epochS, range.range.toS)
  for (let i = indexAt(epochS, range.range.fromS); i < end; i++) {
    if (i % rowsPerTurn === rowsPerTurn - 1) await nextTurn()
    const atS = epochS[i] as number
    while (window < windows.length && (windows[window]?.toS ?? 0) <= atS) window++
    const isPlanned = window < windows.length && (windows[window]?.fromS ?? 0) <= atS
    if (isShiftChosen && !isPlanned) continue
    hasRows = true
    const area = areaId[i] as number
    const product = productId[i] as number
    const kind = rules.areaKind.get(area)
    const isOutput = !rules.hasOutputArea || kind === 'output'
    if (isPlanned) {
      if (isOutput) add(planned.output, product)
      if (kind === 'input') add(planned.input, product)
      else if (kind === 'scrap') add(planned.scrap, product)
    } else if (isOutput) outputOutsidePlan++

    if (!keeps(area, product, localS[i] as number)) continue
    if (first < 0) first = i
    last = i
    total++
    add(countByArea, area)
    productIds.add(product)
    const bucket = series ? bucketOf(localS[i] as number) : -1
    if (isOutput) {
      output++
      add(outputByProduct, product)
    }
    if (kind === 'input') input++
    else if (kind === 'scrap') scrap++
    if (series && bucket >= 0) countInSeries(series, bucket, product, isOutput, kind)
  }
  const recent = last < 0 ? [] : newestKept(rows, first, last, windows, isShiftChosen, keeps)
  return {
    hasRows,
    planned,
    outputOutsidePlan,
    total,
    output,
    input,
    scrap,
    outputByProduct,
    countByArea,
    productIds,
    first: momentOf(rows, first),
    last: momentOf(rows, last),
    recent: recent.map((i) => recentRow(rows, i)),
    series,
  }
}

const momentOf = ({ epochS, localS }: Detections, i: number): Moment | null =>
  i < 0 ? null : { epochS: epochS[i] as number, localS: localS[i] as number }

export const recentRow = (rows: Detections, i: number): RecentRow => ({
  epochS: rows.epochS[i] as number,
  localS: rows.localS[i] as number,
  id: rows.id[i] as number,
  areaId: rows.areaId[i] as number,
  productId: rows.productId[i] as number,
})

export const emptySeries = (length: number): TallySeries => ({
  outputByProduct: new Map(),
  output: new Int32Array(length),
  input: new Int32Array(length),
  scrap: new Int32Array(length),
})

/** Zeros when the product has none yet. */
export function outputOf({ output, outputByProduct }: TallySeries, product: number): Int32Array {
  const known = outputByProduct.get(product)
  if (known) return known
  const counts = new Int32Array(output.length)
  outputByProduct.set(product, counts)
  return counts
}

export function countInSeries(
  series: TallySeries,
  bucket: number,
  product: number,
  isOutput: boolean,
  kind: string | undefined,
  count = 1,
): void {
  if (isOutput) {
    series.output[bucket] = (series.output[bucket] as number) + count
    const counts = outputOf(series, product)
    counts[bucket] = (counts[bucket] as number) + count
  }
  if (kind === 'input') series.input[bucket] = (series.input[bucket] as number) + count
  else if (kind === 'scrap') series.scrap[bucket] = (series.scrap[bucket] as number) + count
}

export type RowFilter = (areaId: number, productId: number, localS: number) => boolean

/** Area, product and hour filters, joined by AND. */
export function rowFilter({ areaIds, productIds, onlyHour }: Scope): RowFilter {
  const targetDay = targetDayOf(onlyHour)
  const isHour = (localS: number): boolean =>
    !onlyHour ||
    (Math.floor((localS % dayS) / hourS) === onlyHour.targetHour && (targetDay === null || Math.floor(localS / dayS) === targetDay))
  if (!areaIds && !productIds && !onlyHour) return () => true
  return (areaId, productId, localS) => (!areaIds || areaIds.has(areaId)) && (!productIds || productIds.has(productId)) && isHour(localS)
}

/** Neighbouring rows mostly share a bucket: its bounds are kept. */
export function bucketFinder(starts: readonly number[]): (localS: number) => number {
  let index = -1
  let fromLocalS = Number.POSITIVE_INFINITY
  let toLocalS = Number.NEGATIVE_INFINITY
  return (localS) => {
    if (localS >= fromLocalS && localS < toLocalS) return index
    index = bucketIndex(starts, localS)
    fromLocalS = starts[index] ?? Number.POSITIVE_INFINITY
    toLocalS = starts[index + 1] ?? Number.POSITIVE_INFINITY
    return index
  }
}

export function newestKept(
  rows: Detections,
  first: number,
  last: number,
  windows: LineRange['windows'],
  isShiftChosen: boolean,
  keeps: RowFilter,
): number[] {
  const newest: number[] = []
  let window = windows.length - 1
  for (let i = last; i >= first && newest.length < maxRecent; i--) {
    const atS = rows.epochS[i] as number
    while (window >= 0 && (windows[window]?.fromS ?? 0) > atS) window--
    const isInShift = window >= 0 && (windows[window]?.toS ?? 0) > atS
    if ((isInShift || !isShiftChosen) && keeps(rows.areaId[i] as number, rows.productId[i] as number, rows.localS[i] as number))
      newest.push(i)
  }
  return newest
}
