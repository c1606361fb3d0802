/** Which range a period is compared with. Wall time; half-open. Pure. */
import {
  dayS,
  daysFromCivil,
  formatLocalDate,
  formatLocalTime,
  type LocalS,
  localParts,
  midnightOf,
  minuteS,
} from '../../platform/time/index.ts'

export const comparisonPresets = ['previous', 'last_week', 'last_month', 'last_year'] as const
export type ComparisonPreset = (typeof comparisonPresets)[number]

export type LocalRange = { readonly fromLocalS: LocalS; readonly toLocalS: LocalS }

/** `previous`: as long, just before. `last_month` of a whole month is the whole month before it; of other days the same dates, or the month's last day
 *  where it has no such date. */
export function comparedRange(range: LocalRange, preset: ComparisonPreset): LocalRange {
  const { fromLocalS, toLocalS } = range
  switch (preset) {
    case 'previous':
      return { fromLocalS: fromLocalS - (toLocalS - fromLocalS), toLocalS: fromLocalS }
    case 'last_week':
      return { fromLocalS: fromLocalS - 7 * dayS, toLocalS: toLocalS - 7 * dayS }
    case 'last_month':
      return monthsBack(range, 1)
    case 'last_year':
      return monthsBack(range, 12)
  }
}

/** The end is a minute that is inside: of March 31st it is February's last day, not March 3rd. */
function monthsBack({ fromLocalS, toLocalS }: LocalRange, months: number): LocalRange {
  const lastMinute = toLocalS - minuteS
  const isWholeMonths = isMonthStart(fromLocalS) && isMonthStart(toLocalS)
  if (isWholeMonths) return { fromLocalS: shifted(fromLocalS, months), toLocalS: shifted(toLocalS, months) }
  return { fromLocalS: shifted(fromLocalS, months), toLocalS: shifted(lastMinute, months) + minuteS }
}

const isMonthStart = (localS: LocalS): boolean => localParts(localS).day === 1 && midnightOf(localS) === localS

function shifted(localS: LocalS, monthsBefore: number): LocalS {
  const { year, month, day } = localParts(localS)
  const count = year * 12 + (month - 1) - monthsBefore
  const [toYear, toMonth] = [Math.floor(count / 12), (count % 12) + 1]
  const start = daysFromCivil(toYear, toMonth, 1)
  const next = toMonth === 12 ? daysFromCivil(toYear + 1, 1, 1) : daysFromCivil(toYear, toMonth + 1, 1)
  const dayIndex = Math.min(day, next - start) - 1
  return (start + dayIndex) * dayS + (localS - midnightOf(localS))
}

/** The part of `other` that has passed in `range` by now, to the minute; null when `range` is over, has not begun, or `other` is shorter. */
export function cutToElapsed(other: LocalRange, range: LocalRange, nowLocalS: LocalS): LocalRange | null {
  if (range.toLocalS <= nowLocalS || range.fromLocalS >= nowLocalS) return null
  const elapsedS = Math.ceil((nowLocalS - range.fromLocalS) / minuteS) * minuteS
  const toLocalS = other.fromLocalS + elapsedS
  return toLocalS < other.toLocalS ? { fromLocalS: other.fromLocalS, toLocalS } : null
}

/** As `daterange` takes it: the last minute is inside. */
export const rangeParameters = ({ fromLocalS, toLocalS }: LocalRange) => ({
  start_date: formatLocalDate(fromLocalS),
  start_time: formatLocalTime(fromLocalS),
  end_date: formatLocalDate(toLocalS - minuteS),
  end_time: formatLocalTime(toLocalS - minuteS),
})
