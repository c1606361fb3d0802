/** Calendar months, counted: what partitions, retention and archives reckon in. Pure. */
import { daysFromCivil } from '../../platform/time/index.ts'

/** Months since year 0: 2026-03 is 24 314. Differences are calendar arithmetic, also over the end of a year. */
export type Month = number

export const monthFrom = (year: number, month: number): Month => year * 12 + month - 1
const yearOf = (month: Month): number => Math.floor(month / 12)
const numberOf = (month: Month): number => (month % 12) + 1

/** `202603`, as the customers' partitions have it. */
export const yearMonthOf = (month: Month): number => yearOf(month) * 100 + numberOf(month)
export const monthOfYearMonth = (yearMonth: number): Month => monthFrom(Math.floor(yearMonth / 100), yearMonth % 100)

/** `2026-03`, for people and the API. */
export const monthText = (month: Month): string => `${String(yearOf(month)).padStart(4, '0')}-${String(numberOf(month)).padStart(2, '0')}`
/** Null when it is no month. */
export function parseMonth(text: string): Month | null {
  const [, year, month] = /^(\d{4})-(0[1-9]|1[0-2])$/.exec(text) ?? []
  return year === undefined ? null : monthFrom(Number(year), Number(month))
}

/** `2026-03-01`: its first instant on the wall clock. */
export const monthBegin = (month: Month): string => `${monthText(month)}-01`
/** Days since 1970-01-01 of its first day. */
export const firstDayOf = (month: Month): number => daysFromCivil(yearOf(month), numberOf(month), 1)
/** Of `YYYY-MM-DD…`. */
export const monthOfLocal = (text: string): Month => monthFrom(Number(text.slice(0, 4)), Number(text.slice(5, 7)))

export const partitionName = (month: Month): string => `p${yearMonthOf(month)}`

/** A new table has the current month and these following ones, and one for all later rows. */
export const monthsAheadOfNew = 11
