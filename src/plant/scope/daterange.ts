import type { ProblemField } from '../../platform/http/problem.ts'
import {
  dayS,
  daysFromCivil,
  firstYear,
  formatLocalDate,
  formatLocalTime,
  type LocalS,
  lastYear,
  localParts,
  midnightOf,
  minuteS,
  parseLocal,
} from '../../platform/time/index.ts'
import type { PlantModel } from '../model/model.ts'
import { refusal } from './problems.ts'
import { rowOfType } from './rows.ts'
import { isAbsent, isRecord, ownValue, type RawParameters, readInteger } from './values.ts'

export type DateRangeValue = {
  readonly start_date: string
  readonly end_date: string
  readonly start_time: string
  readonly end_time: string
}

/** As typed: `[start, end + 1 min)`, so that 23:59 takes the whole last minute and leaves midnight to the next day (compare.md 5). */
export type DateRange = { readonly fromLocalS: LocalS; readonly toLocalS: LocalS; readonly value: DateRangeValue }

/** Longer than a plant's memory; a century would take a second of everybody's. */
const longestYears = 10
/** A row's own `days_back` may be 3,660. */
const longestDays = longestYears * 366 + 1

const presets: Readonly<Record<string, (todayS: LocalS) => readonly [LocalS, LocalS]>> = {
  today: (todayS) => [todayS, todayS],
  yesterday: (todayS) => [todayS - dayS, todayS - dayS],
  last_7_days: (todayS) => [todayS - 6 * dayS, todayS],
  this_month: (todayS) => [monthStart(todayS), todayS],
  last_month: (todayS) => [monthStart(monthStart(todayS) - dayS), monthStart(todayS) - dayS],
}

function monthStart(localS: LocalS): LocalS {
  const { year, month } = localParts(localS)
  return daysFromCivil(year, month, 1) * dayS
}

const wholeDays = (startS: LocalS, endS: LocalS): DateRangeValue => ({
  start_date: formatLocalDate(startS),
  end_date: formatLocalDate(endS),
  start_time: '00:00',
  end_time: '23:59',
})

/** The row's `days_back`, preset or dates; else yesterday 00:00 → today 23:59. */
export function defaultDateRange(model: PlantModel, nowLocalS: LocalS): DateRangeValue {
  const todayS = midnightOf(nowLocalS)
  const fallback = wholeDays(todayS - dayS, todayS)
  const wanted = rowOfType(model, 'DateRangeFilter')?.overrides.defaultValue
  const preset = typeof wanted === 'string' ? wanted : isRecord(wanted) ? ownValue(wanted, 'preset') : undefined
  if (typeof preset === 'string' && Object.hasOwn(presets, preset)) {
    const [startS, endS] = presets[preset]?.(todayS) ?? [todayS, todayS]
    return wholeDays(startS, endS)
  }
  if (!isRecord(wanted)) return fallback
  const daysBack = readInteger(ownValue(wanted, 'days_back'))
  if (typeof daysBack === 'number' && daysBack >= 0 && daysBack <= 3_660) return wholeDays(todayS - daysBack * dayS, todayS)
  const read = isAbsent(ownValue(wanted, 'start_date')) ? null : readDateRange(wanted, fallback)
  return read && 'value' in read ? read.value : fallback
}

/** From `daterange: {…}` or the same names flat; each part that is absent takes the default's. */
export function readDateRange(raw: RawParameters, defaults: DateRangeValue): DateRange | ProblemField {
  const nested = ownValue(raw, 'daterange')
  if (!isAbsent(nested) && !isRecord(nested)) return refusal('daterange', 'type')
  const source = isRecord(nested) ? nested : raw
  const part = (name: keyof DateRangeValue): unknown => {
    const value = ownValue(source, name)
    return isAbsent(value) ? defaults[name] : value
  }
  const fromLocalS = instantOf(part('start_date'), part('start_time'))
  const lastMinuteS = instantOf(part('end_date'), part('end_time'))
  if (fromLocalS === null || lastMinuteS === null) return refusal('daterange', 'not_a_date')
  if (fromLocalS > lastMinuteS) return refusal('daterange', 'start_after_end')
  const years = { first: firstYear + 1, last: lastYear }
  if (localParts(fromLocalS).year < years.first || localParts(lastMinuteS).year > years.last)
    return refusal('daterange', 'year_out_of_range', years)
  if (lastMinuteS - fromLocalS >= longestDays * dayS) return refusal('daterange', 'range_too_long', { limit: longestYears })
  const value = {
    start_date: formatLocalDate(fromLocalS),
    end_date: formatLocalDate(lastMinuteS),
    start_time: formatLocalTime(fromLocalS),
    end_time: formatLocalTime(lastMinuteS),
  }
  return { fromLocalS, toLocalS: lastMinuteS + minuteS, value }
}

/** Whole minute; browsers may add seconds to a time. */
function instantOf(date: unknown, time: unknown): LocalS | null {
  if (typeof date !== 'string' || typeof time !== 'string') return null
  if (!/^\d{4}-\d{2}-\d{2}$/.test(date) || !/^\d{2}:\d{2}(:\d{2})?$/.test(time)) return null
  const localS = parseLocal(`${date} ${time}`)
  return localS === null ? null : localS - (localS % minuteS)
}
