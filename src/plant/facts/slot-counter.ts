/** Adds up a tally from slots of day summaries, from rows, and from counts of whole days. */
import { dayS, hourS, type LocalS } from '../../platform/time/index.ts'
import type { SlotCounts } from '../history/index.ts'
import type { Scope } from '../scope/index.ts'
import type { DayCounts } from './day-counts.ts'
import type { LineRules } from './line-rules.ts'
import {
  bucketFinder,
  countInSeries,
  emptyTally,
  type Moment,
  outputOf,
  type RecentRow,
  type recentRow,
  rowFilter,
  type Tally,
} from './tally.ts'

/** First index whose value is not below `value`. */
export function lowerBound(sorted: Uint16Array, value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

type Rows = Parameters<typeof recentRow>[0]
export type Counter = {
  /** Slots `[fromSlot, toSlot)`. Calls come in order of time. */
  readonly addSlots: (
    slots: SlotCounts,
    fromSlot: number,
    toSlot: number,
    startS: number,
    locals: (slot: number) => LocalS | null,
    isPlanned: boolean,
  ) => void
  readonly addRows: (rows: Rows, isPlanned: boolean) => void
  /** Days `[from, to)` of the counts, which are whole in the range; not for series finer than an hour, and without first and last row. */
  readonly addDays: (counts: DayCounts, from: number, to: number) => void
  /** Some row of the day passes the filters. */
  readonly keepsSome: (counts: DayCounts, at: number) => boolean
  readonly tally: (recent: readonly RecentRow[]) => Tally
}

export function createCounter(rules: LineRules, scope: Scope, bucketStarts: readonly number[] | null): Counter {
  const { planned, outputByProduct, countByArea, productIds, series } = emptyTally(bucketStarts?.length ?? null)
  const keeps = rowFilter(scope)
  // a slot lies in one hour: its start decides for its rows, and area and product are asked apart
  const keepsAnyHour = rowFilter({ ...scope, onlyHour: null })
  const hourOnly = rowFilter({ ...scope, areaIds: null, productIds: null })
  const keepsHourAt = (localS: LocalS): boolean => hourOnly(0, 0, localS)
  const bucketOf = bucketFinder(bucketStarts ?? [])
  const sums = { total: 0, output: 0, input: 0, scrap: 0, outputOutsidePlan: 0 }
  let hasRows = false
  let first: Moment | null = null
  let last: Moment | null = null
  const note = (moment: Moment): void => {
    if (!first || moment.epochS < first.epochS) first = moment
    if (!last || moment.epochS > last.epochS) last = moment
  }
  const add = (counts: Map<number, number>, key: number, count: number): void => void counts.set(key, (counts.get(key) ?? 0) + count)

  /** Rows of one area and product, all planned or all not; `kept` of them pass the filters. */
  const addPair = (area: number, product: number, count: number, kept: number, isPlanned: boolean): void => {
    const kind = rules.areaKind.get(area)
    const isOutput = !rules.hasOutputArea || kind === 'output'
    if (count > 0) hasRows = true
    if (count > 0 && isPlanned) {
      if (isOutput) add(planned.output, product, count)
      if (kind === 'input') add(planned.input, product, count)
      else if (kind === 'scrap') add(planned.scrap, product, count)
    } else if (isOutput) sums.outputOutsidePlan += count
    if (kept === 0) return
    sums.total += kept
    add(countByArea, area, kept)
    productIds.add(product)
    if (isOutput) {
      sums.output += kept
      add(outputByProduct, product, kept)
    }
    if (kind === 'input') sums.input += kept
    else if (kind === 'scrap') sums.scrap += kept
  }
  /** Counts into the series for one area and product. */
  const seriesOf = (area: number, product: number): ((bucket: number, count: number) => void) => {
    if (!series) return () => {}
    const kind = rules.areaKind.get(area)
    const isOutput = !rules.hasOutputArea || kind === 'output'
    const flow = kind === 'input' ? series.input : kind === 'scrap' ? series.scrap : null
    // products without output are absent: made with the first count
    let own: Int32Array | null = null
    return (bucket, count) => {
      if (bucket < 0 || count === 0) return
      if (isOutput) {
        own ??= outputOf(series, product)
        own[bucket] = (own[bucket] as number) + count
        series.output[bucket] = (series.output[bucket] as number) + count
      }
      if (flow) flow[bucket] = (flow[bucket] as number) + count
    }
  }
  const addBucket = (bucket: number, area: number, product: number, count: number): void => {
    if (!series || bucket < 0) return
    const kind = rules.areaKind.get(area)
    countInSeries(series, bucket, product, !rules.hasOutputArea || kind === 'output', kind, count)
  }

  return {
    addSlots({ slotS, pairs, slot, pair, count, firstS, lastS }, fromSlot, toSlot, startS, locals, isPlanned) {
      const from = lowerBound(slot, fromSlot)
      const to = lowerBound(slot, toSlot)
      const pairCount = pairs.areaId.length
      const counted = new Float64Array(pairCount)
      const kept = new Float64Array(pairCount)
      const isKept = pairs.areaId.map((area, p) => keepsAnyHour(area, pairs.productId[p] as number, 0))
      /** Not yet in the series: they are of the bucket `bucket`. */
      const inBucket = new Float64Array(pairCount)
      let bucket = -1
      let [ownSlot, keepsHour] = [-1, true]
      let [firstKept, lastKept] = [-1, -1]
      const flush = (): void => {
        for (let p = 0; p < pairCount; p++) {
          const n = inBucket[p] as number
          if (n > 0) addBucket(bucket, pairs.areaId[p] as number, pairs.productId[p] as number, n)
          inBucket[p] = 0
        }
      }
      for (let i = from; i < to; i++) {
        const own = slot[i] as number
        if (own !== ownSlot) {
          ownSlot = own
          const localS = locals(own) ?? 0
          keepsHour = keepsHourAt(localS)
          const ownBucket = series ? bucketOf(localS) : -1
          if (ownBucket !== bucket) {
            flush()
            bucket = ownBucket
          }
        }
        const p = pair[i] as number
        const n = count[i] as number
        counted[p] = (counted[p] as number) + n
        if (!keepsHour || !isKept[p]) continue
        kept[p] = (kept[p] as number) + n
        inBucket[p] = (inBucket[p] as number) + n
        if (firstKept < 0) firstKept = i
        lastKept = i
      }
      flush()
      for (let p = 0; p < pairCount; p++)
        if ((counted[p] as number) > 0)
          addPair(pairs.areaId[p] as number, pairs.productId[p] as number, counted[p] as number, kept[p] as number, isPlanned)
      // the first and the last kept row are in the outermost slots that keep any
      const noteSlot = (at: number, step: 1 | -1): void => {
        const own = slot[at]
        for (let i = at; i >= from && i < to && slot[i] === own; i += step) {
          if (!isKept[pair[i] as number]) continue
          const inSlotS = (step > 0 ? firstS[i] : lastS[i]) as number
          const epochS = startS + (own as number) * slotS + inSlotS
          note({ epochS, localS: (locals(own as number) ?? 0) + inSlotS })
        }
      }
      if (firstKept >= 0) {
        noteSlot(firstKept, 1)
        noteSlot(lastKept, -1)
      }
    },
    addRows(rows, isPlanned) {
      for (let i = 0; i < rows.length; i++) {
        const area = rows.areaId[i] as number
        const product = rows.productId[i] as number
        const localS = rows.localS[i] as number
        const isKept = keeps(area, product, localS)
        addPair(area, product, 1, isKept ? 1 : 0, isPlanned)
        if (!isKept) continue
        if (series) addBucket(bucketOf(localS), area, product, 1)
        note({ epochS: rows.epochS[i] as number, localS })
      }
    },
    addDays({ pairs, byDay, byHour }, from, to) {
      const pairCount = pairs.areaId.length
      const [plannedOf, unplannedOf, kept] = [new Float64Array(pairCount), new Float64Array(pairCount), new Float64Array(pairCount)]
      const isKept = pairs.areaId.map((area, p) => keepsAnyHour(area, pairs.productId[p] as number, 0))
      const bucketPair = pairs.areaId.map((area, p) => (isKept[p] ? seriesOf(area, pairs.productId[p] as number) : null))
      const needsHours = scope.onlyHour !== null || (series !== null && scope.interval === 'hour')
      const keep = (localS: LocalS, p: number, count: number): void => {
        kept[p] = (kept[p] as number) + count
        if (series) bucketPair[p]?.(bucketOf(localS), count)
      }
      for (let i = byDay.start[from] as number; i < (byDay.start[to] as number); i++) {
        const p = byDay.pair[i] as number
        const [planned, unplanned] = [byDay.planned[i] as number, byDay.unplanned[i] as number]
        plannedOf[p] = (plannedOf[p] as number) + planned
        unplannedOf[p] = (unplannedOf[p] as number) + unplanned
        if (!needsHours && isKept[p]) keep((byDay.local[i] as number) * dayS, p, planned + unplanned)
      }
      if (needsHours)
        for (let i = byHour.start[from] as number; i < (byHour.start[to] as number); i++) {
          const p = byHour.pair[i] as number
          const localS = (byHour.local[i] as number) * hourS
          if (isKept[p] && keepsHourAt(localS)) keep(localS, p, byHour.count[i] as number)
        }
      for (let p = 0; p < pairCount; p++) {
        const [area, product] = [pairs.areaId[p] as number, pairs.productId[p] as number]
        const [planned, unplanned] = [plannedOf[p] as number, unplannedOf[p] as number]
        if (planned > 0) addPair(area, product, planned, kept[p] as number, true)
        if (unplanned > 0) addPair(area, product, unplanned, planned > 0 ? 0 : (kept[p] as number), false)
      }
    },
    keepsSome({ pairs, byDay, byHour }, at) {
      const keepsPair = (p: number): boolean => keepsAnyHour(pairs.areaId[p] as number, pairs.productId[p] as number, 0)
      if (scope.onlyHour === null) {
        for (let i = byDay.start[at] as number; i < (byDay.start[at + 1] as number); i++)
          if (keepsPair(byDay.pair[i] as number)) return true
        return false
      }
      for (let i = byHour.start[at] as number; i < (byHour.start[at + 1] as number); i++)
        if (keepsPair(byHour.pair[i] as number) && keepsHourAt((byHour.local[i] as number) * hourS)) return true
      return false
    },
    tally: (recent) => ({ hasRows, planned, ...sums, outputByProduct, countByArea, productIds, first, last, recent, series }),
  }
}
