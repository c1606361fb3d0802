/** The tallies of `tally.ts`, counted from day summaries: whole days from counts that are kept, the others and the range's edges slot by slot. */
import { dayOfInstant, dayStartS } from '../history/index.ts'
import type { Line } from '../model/model.ts'
import { blocksOf, ofBlock } from './blocks.ts'
import { isExtending } from './calendar.ts'
import { countDay } from './count-day.ts'
import { bytesOfCounts, countDays, type DayCounts } from './day-counts.ts'
import type { Days } from './days.ts'
import type { LineRequest } from './line.ts'
import type { LineRules } from './line-rules.ts'
import { modelNumber } from './model-number.ts'
import { newestRows } from './newest-rows.ts'
import type { LineRange } from './ranges.ts'
import type { Kept } from './silences.ts'
import { type Counter, createCounter } from './slot-counter.ts'
import { type Stretch, stretchesOf } from './stretches.ts'
import { rowFilter, type Tally } from './tally.ts'

/** `wantsRecent` reads the newest rows themselves. */
export async function tallyDays(
  days: Days,
  kept: Kept,
  request: LineRequest,
  line: Line,
  rules: LineRules,
  { range, windows }: LineRange,
  bucketStarts: readonly number[] | null,
  wantsRecent: boolean,
): Promise<Tally> {
  const { scope } = request
  const stretches = stretchesOf({ fromS: range.fromS, toS: Math.min(range.toS, days.nowS + 1) }, windows, scope.shiftId !== null)
  const counter = createCounter(rules, scope, bucketStarts)
  const [from, to] = [stretches[0]?.fromS, stretches.at(-1)?.toS]
  if (from === undefined || to === undefined) return counter.tally([])
  const { zone } = days
  const [firstDay, lastDay] = [dayOfInstant(zone, from), dayOfInstant(zone, to - 1)]
  const touched = days.days.filter((day) => day >= firstDay && day <= lastDay)
  const isFine = bucketStarts !== null && (scope.interval === 'minute' || scope.interval === '15min')
  const left =
    isFine || kept.memory === null || isExtending(request.model, scope)
      ? touched
      : await countWhole(days, kept, request, line, counter, touched, { fromS: range.fromS, toS: Math.min(range.toS, days.nowS + 1) })
  const needsMinutes = bucketStarts !== null && scope.interval === 'minute'
  let next = 0
  for (const day of await days.coarse(left)) {
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

/** Adds the whole days of the range from their kept counts, and answers those that are left: the edges, days that are not stored yet, and the first and
 *  last that hold a row which passes the filters, since only their slots say when. */
async function countWhole(
  days: Days,
  { memory, name }: Kept,
  { calendar, model, scope }: LineRequest,
  line: Line,
  counter: Counter,
  touched: readonly number[],
  range: { readonly fromS: number; readonly toS: number },
): Promise<number[]> {
  const { zone } = days
  const isWhole = (day: number): boolean => dayStartS(zone, day) >= range.fromS && dayStartS(zone, day + 1) <= range.toS
  const first = touched[0]
  if (first === undefined) return []
  const at = days.days.indexOf(first)
  const left: number[] = []
  const runs: Run[] = []
  for (const block of blocksOf(days, at, at + touched.length)) {
    const inRange = block.days.filter((day) => day >= first && day <= (touched.at(-1) ?? first))
    if (block.stamp === null || !inRange.some(isWhole)) {
      left.push(...inRange)
      continue
    }
    const counts = await ofBlock(
      days,
      block,
      memory,
      `${name} counts ${modelNumber(model)} ${scope.shiftId}`,
      (own) => {
        const span = { fromS: dayStartS(zone, block.days[0] as number), toS: dayStartS(zone, (block.days.at(-1) as number) + 1) }
        return countDays(days, own, stretchesOf(span, calendar.windows(line.lineId, span), scope.shiftId !== null))
      },
      bytesOfCounts,
    )
    let [from, to] = [0, counts.days.length]
    const skip = (index: number): void => {
      const day = counts.days[index] as number
      if (day >= first && day <= (touched.at(-1) ?? first)) left.push(day)
    }
    while (from < to && !isWhole(counts.days[from] as number)) skip(from++)
    while (to > from && !isWhole(counts.days[to - 1] as number)) skip(--to)
    if (from < to) runs.push({ counts, from, to })
  }
  const [firstKept, lastKept] = [outermost(counter, runs, 1), outermost(counter, runs, -1)]
  for (const run of runs) {
    let { from } = run
    for (const kept of new Set([firstKept, lastKept].filter((one) => one?.run === run).map((one) => one?.at as number))) {
      left.push(run.counts.days[kept] as number)
      counter.addDays(run.counts, from, kept)
      from = kept + 1
    }
    counter.addDays(run.counts, from, run.to)
  }
  return left.sort((a, b) => a - b)
}

/** Days of the counts `[from, to)`, all whole in the range. */
type Run = { readonly counts: DayCounts; readonly from: number; readonly to: number }

/** The first (`step` 1) or last (−1) day that holds a kept row. */
function outermost(counter: Counter, runs: readonly Run[], step: 1 | -1): { readonly run: Run; readonly at: number } | null {
  for (let r = step > 0 ? 0 : runs.length - 1; r >= 0 && r < runs.length; r += step) {
    const run = runs[r] as Run
    for (let at = step > 0 ? run.from : run.to - 1; at >= run.from && at < run.to; at += step)
      if (counter.keepsSome(run.counts, at)) return { run, at }
  }
  return null
}
