/** Time buckets of the charts: wall-clock slots, so that both passes of a repeated hour share one and a day is a day whatever its length. */
import {
  civilFromDays,
  dayOf,
  dayS,
  daysFromCivil,
  hourS,
  isoWeekdayOfDay,
  type LocalS,
  type Span,
  type Zone,
} from '../../platform/time/index.ts'
import type { Interval } from './scope.ts'

/** More than this is refused, with a hint to choose a coarser interval (spec plant 4.3). */
export const maxBuckets = 5_000

/** Length of the intervals that always have the same one; null = by the calendar. */
const fixedS: Readonly<Record<Interval, number | null>> = { minute: 60, '15min': 900, hour: hourS, day: dayS, week: null, month: null }

/** Start of the bucket that holds `localS`: floor to minute, quarter, hour, midnight, ISO Monday, first of the month. */
export function bucketStart(localS: LocalS, interval: Interval): LocalS {
  const sizeS = fixedS[interval]
  if (sizeS !== null) return Math.floor(localS / sizeS) * sizeS
  const day = dayOf(localS)
  if (interval === 'week') return (day - isoWeekdayOfDay(day) + 1) * dayS
  const { year, month } = civilFromDays(day)
  return daysFromCivil(year, month, 1) * dayS
}

/** Start of the bucket after the one that starts at `startLocalS`. */
export function nextBucketStart(startLocalS: LocalS, interval: Interval): LocalS {
  const sizeS = fixedS[interval]
  if (sizeS !== null) return startLocalS + sizeS
  if (interval === 'week') return startLocalS + 7 * dayS
  const { year, month } = civilFromDays(dayOf(startLocalS))
  return (month === 12 ? daysFromCivil(year + 1, 1, 1) : daysFromCivil(year, month + 1, 1)) * dayS
}

/** Wall times that occur in the span, as a half-open window: wider than the ends say when a repeated hour lies inside, and without an hour that is
 *  skipped just where the span ends. */
export function wallWindow(zone: Zone, span: Span): { readonly fromLocalS: LocalS; readonly toLocalS: LocalS } {
  let fromLocalS = zone.toLocalS(span.fromS)
  let toLocalS = zone.toLocalS(span.toS - 1) + 1
  for (const hour of zone.repeatedHours(span.fromS, span.toS)) {
    if (hour.atS <= span.fromS || hour.atS >= span.toS) continue
    fromLocalS = Math.min(fromLocalS, hour.fromLocalS)
    toLocalS = Math.max(toLocalS, hour.toLocalS)
  }
  return { fromLocalS, toLocalS }
}

/** Bucket starts from floor(from) while start < to; empty when the window is. Stops counting one above `maxBuckets`. */
export function bucketAxis(fromLocalS: LocalS, toLocalS: LocalS, interval: Interval): LocalS[] {
  const starts: LocalS[] = []
  if (fromLocalS >= toLocalS) return starts
  for (
    let start = bucketStart(fromLocalS, interval);
    start < toLocalS && starts.length <= maxBuckets;
    start = nextBucketStart(start, interval)
  )
    starts.push(start)
  return starts
}

/** Index of the bucket that holds `localS`; before the axis is −1, after its last start is the last bucket. */
export function bucketIndex(starts: readonly LocalS[], localS: LocalS): number {
  let low = -1
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] as number) <= localS) low = middle
    else high = middle - 1
  }
  return low
}
