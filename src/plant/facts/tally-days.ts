/** The tallies of `tally.ts`, counted from day summaries: whole quarters from the coarse part, whole minutes at the edges from the fine part, and the rows
 *  themselves where an edge has seconds or a day's wall clock defies its quarters. */
import type { LocalS, Span } from '../../platform/time/index.ts'
import { type CoarseDay, dayOfInstant, dayStartS, minuteSlotS, quarterS, type SlotCounts, slotLocals } from '../history/index.ts'
import type { Scope } from '../scope/index.ts'
import type { Days } from './days.ts'
import type { LineRules } from './line-rules.ts'
import type { LineRange } from './ranges.ts'
import {
  bucketFinder,
  countInSeries,
  emptyTally,
  type Moment,
  maxRecent,
  type RecentRow,
  type RowFilter,
  recentRow,
  rowFilter,
  type Tally,
} from './tally.ts'

/** A stretch of the range, inside the planned windows or outside. */
type Stretch = Span & { readonly isPlanned: boolean }

/** `wantsRecent` reads the newest rows themselves. */
export async function tallyDays(
  days: Days,
  rules: LineRules,
  scope: Scope,
  { range, windows }: LineRange,
  bucketStarts: readonly number[] | null,
  wantsRecent: boolean,
): Promise<Tally> {
  const stretches = stretchesOf({ fromS: range.fromS, toS: Math.min(range.toS, days.nowS + 1) }, windows, scope.shiftId !== null)
  const counter = createCounter(rules, scope, bucketStarts)
  const [from, to] = [stretches[0]?.fromS, stretches.at(-1)?.toS]
  if (from === undefined || to === undefined) return counter.tally([])
  const { zone } = days
  const [firstDay, lastDay] = [dayOfInstant(zone, from), dayOfInstant(zone, to - 1)]
  const needsMinutes = bucketStarts !== null && scope.interval === 'minute'
  const touched = await days.coarse(days.days.filter((day) => day >= firstDay && day <= lastDay))
  let next = 0
  for (const day of touched) {
    const startS = dayStartS(zone, day.day)
    const endS = dayStartS(zone, day.day + 1)
    while (next < stretches.length && (stretches[next] as Stretch).toS <= startS) next++
    for (let k = next; k < stretches.length && (stretches[k] as Stretch).fromS < endS; k++) {
      const { fromS, toS, isPlanned } = stretches[k] as Stretch
      await countDay(days, counter, day, { fromS: Math.max(fromS, startS), toS: Math.min(toS, endS), isPlanned }, needsMinutes)
    }
  }
  return counter.tally(wantsRecent ? await newestRows(days, touched, stretches, rowFilter(scope)) : [])
}

/** The range cut at the windows' edges, in order; with a shift chosen only what is inside. */
function stretchesOf(range: Span, windows: readonly Span[], isShiftChosen: boolean): Stretch[] {
  const stretches: Stretch[] = []
  const add = (fromS: number, toS: number, isPlanned: boolean): void => {
    if (fromS < toS && (isPlanned || !isShiftChosen)) stretches.push({ fromS, toS, isPlanned })
  }
  let atS = range.fromS
  for (const window of windows) {
    const fromS = Math.max(window.fromS, range.fromS)
    const toS = Math.min(window.toS, range.toS)
    if (fromS >= toS) continue
    add(atS, fromS, false)
    add(fromS, toS, true)
    atS = toS
  }
  add(atS, range.toS, false)
  return stretches
}

async function countDay(
  days: Days,
  counter: Counter,
  day: CoarseDay,
  { fromS, toS, isPlanned }: Stretch,
  needsMinutes: boolean,
): Promise<void> {
  const startS = dayStartS(days.zone, day.day)
  const isWholeDay = fromS === startS && toS === dayStartS(days.zone, day.day + 1)
  const [fromInDayS, toInDayS] = [fromS - startS, toS - startS]
  const hasMinutes = fromInDayS % minuteSlotS === 0 && (toInDayS % minuteSlotS === 0 || isWholeDay)
  const quarters = slotLocals(days.zone, day.day, quarterS)
  const minutes = slotLocals(days.zone, day.day, minuteSlotS)
  const isRegular = !day.isOdd && quarters(0) !== null && isSteady(day, quarters)
  const countRows = async (from: number, to: number): Promise<void> =>
    counter.addRows(await days.rows([{ fromS: startS + from, toS: startS + to }]), isPlanned)

  if (!isRegular) return countRows(fromInDayS, toInDayS)
  if (needsMinutes && !hasMinutes) return countRows(fromInDayS, toInDayS)
  if (needsMinutes) {
    const fine = await days.fine(day.day)
    if (fine) counter.addSlots(fine, fromInDayS / minuteSlotS, Math.ceil(toInDayS / minuteSlotS), startS, minutes, isPlanned)
    return
  }
  const fromSlot = Math.ceil(fromInDayS / quarterS)
  const toSlot = isWholeDay ? Math.ceil(toInDayS / quarterS) : Math.floor(toInDayS / quarterS)
  const countEdge = async (from: number, to: number): Promise<void> => {
    if (from >= to || !hasSlot(day, Math.floor(from / quarterS))) return
    if (from % minuteSlotS !== 0 || to % minuteSlotS !== 0) return countRows(from, to)
    const fine = await days.fine(day.day)
    if (fine) counter.addSlots(fine, from / minuteSlotS, to / minuteSlotS, startS, minutes, isPlanned)
  }
  if (fromSlot > toSlot) return countEdge(fromInDayS, toInDayS)
  await countEdge(fromInDayS, fromSlot * quarterS)
  counter.addSlots(day, fromSlot, toSlot, startS, quarters, isPlanned)
  if (!isWholeDay) await countEdge(toSlot * quarterS, toInDayS)
}

/** Every quarter with rows begins on the clock's own quarters and keeps one offset. */
function isSteady({ slot }: SlotCounts, locals: (slot: number) => LocalS | null): boolean {
  const last = slot[slot.length - 1] ?? 0
  if (locals(last) === null) return false
  if (locals(last) === (locals(0) ?? 0) + last * quarterS) return true
  return slot.every((own) => locals(own) !== null)
}

function hasSlot({ idSlot }: CoarseDay, slot: number): boolean {
  const at = lowerBound(idSlot, slot)
  return idSlot[at] === slot
}

function lowerBound(sorted: Uint16Array, value: number): number {
  let [low, high] = [0, sorted.length]
  while (low < high) {
    const middle = (low + high) >> 1
    if ((sorted[middle] as number) < value) low = middle + 1
    else high = middle
  }
  return low
}

type Rows = Parameters<typeof recentRow>[0]
type Counter = {
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
  readonly tally: (recent: readonly RecentRow[]) => Tally
}

function createCounter(rules: LineRules, scope: Scope, bucketStarts: readonly number[] | null): Counter {
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
    tally: (recent) => ({ hasRows, planned, ...sums, outputByProduct, countByArea, productIds, first, last, recent, series }),
  }
}

/** Newest rows of the range that pass the filters: the slots that hold them are known, so only those are read. */
async function newestRows(
  days: Days,
  touched: readonly CoarseDay[],
  stretches: readonly Stretch[],
  keeps: RowFilter,
): Promise<RecentRow[]> {
  const found: RecentRow[] = []
  const spans: Span[] = []
  let expected = 0
  const read = async (): Promise<void> => {
    const rows = await days.rows(spans)
    let stretch = stretches.length - 1
    for (let i = rows.length - 1; i >= 0; i--) {
      const atS = rows.epochS[i] as number
      while (stretch >= 0 && (stretches[stretch] as Stretch).fromS > atS) stretch--
      if (stretch < 0 || (stretches[stretch] as Stretch).toS <= atS) continue
      if (keeps(rows.areaId[i] as number, rows.productId[i] as number, rows.localS[i] as number)) found.push(recentRow(rows, i))
    }
    spans.length = 0
    expected = 0
  }
  for (const day of touched.toReversed()) {
    const startS = dayStartS(days.zone, day.day)
    const locals = slotLocals(days.zone, day.day, quarterS)
    for (let i = day.slot.length - 1; i >= 0 && found.length < maxRecent; ) {
      const own = day.slot[i] as number
      const fromS = startS + own * quarterS
      const localS = locals(own)
      let kept = 0
      for (; i >= 0 && day.slot[i] === own; i--) {
        const p = day.pair[i] as number
        const isKept = localS === null || day.isOdd || keeps(day.pairs.areaId[p] as number, day.pairs.productId[p] as number, localS)
        if (isKept) kept += day.count[i] as number
      }
      if (kept === 0 || !stretches.some((stretch) => stretch.fromS < fromS + quarterS && stretch.toS > fromS)) continue
      spans.push({ fromS, toS: fromS + quarterS })
      expected += kept
      if (found.length + expected >= maxRecent) await read()
    }
    if (found.length >= maxRecent) break
  }
  if (found.length < maxRecent && spans.length > 0) await read()
  return found.slice(0, maxRecent)
}
