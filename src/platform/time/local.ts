/** Plant wall time as whole seconds since 1970-01-01 00:00 *of the wall clock* (no zone): only ever formatted, or made an instant by a `Zone`. */
export type LocalS = number

export const minuteS = 60
export const hourS = 3_600
export const dayS = 86_400

/** Days since 1970-01-01 of a proleptic Gregorian date (Howard Hinnant, http://howardhinnant.github.io/date_algorithms.html). */
export function daysFromCivil(year: number, month: number, day: number): number {
  const y = month <= 2 ? year - 1 : year
  const era = Math.floor(y / 400)
  const yearOfEra = y - era * 400
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1
  return era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
}

export function civilFromDays(days: number): { year: number; month: number; day: number } {
  const z = days + 719_468
  const era = Math.floor(z / 146_097)
  const dayOfEra = z - era * 146_097
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1_460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  )
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100))
  const mp = Math.floor((5 * dayOfYear + 2) / 153)
  const month = mp < 10 ? mp + 3 : mp - 9
  return { year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, day: dayOfYear - Math.floor((153 * mp + 2) / 5) + 1 }
}

export const dayOf = (localS: LocalS): number => Math.floor(localS / dayS)
/** Midnight that begins the day of `localS`. */
export const midnightOf = (localS: LocalS): LocalS => dayOf(localS) * dayS
/** 1 = Monday … 7 = Sunday; day 0 was a Thursday. */
export const isoWeekdayOfDay = (day: number): number => ((((day + 3) % 7) + 7) % 7) + 1

type LocalParts = {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
  readonly isoWeekday: number
}

export function localParts(localS: LocalS): LocalParts {
  const days = dayOf(localS)
  const rest = localS - days * dayS
  return {
    ...civilFromDays(days),
    hour: Math.floor(rest / hourS),
    minute: Math.floor((rest % hourS) / minuteS),
    second: rest % minuteS,
    isoWeekday: isoWeekdayOfDay(days),
  }
}

const monthLengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]
const isLeap = (year: number): boolean => (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0
const daysInMonth = (year: number, month: number): number => (month === 2 && isLeap(year) ? 29 : (monthLengths[month - 1] ?? 0))

/** `YYYY-MM-DD`, alone or followed by space or T and `HH:MM[:SS[.fraction]]` (the fraction is cut off: times are whole seconds). Null when it is
 *  not a real date and time: 2026-02-30 and 24:00 are not. No zone is accepted: plant times are naive. */
export function parseLocal(text: string): LocalS | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})(?:[ T](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?)?$/.exec(text)
  if (!match) return null
  const [year, month, day, hour, minute, second] = match.slice(1).map((part) => Number(part ?? 0)) as [
    number,
    number,
    number,
    number,
    number,
    number,
  ]
  if (month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return null
  if (hour > 23 || minute > 59 || second > 59) return null
  return daysFromCivil(year, month, day) * dayS + hour * hourS + minute * minuteS + second
}

const two = (n: number): string => (n < 10 ? `0${n}` : String(n))

/** `YYYY-MM-DD` */
export function formatLocalDate(localS: LocalS): string {
  const { year, month, day } = civilFromDays(dayOf(localS))
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`
}

/** `HH:MM` */
export function formatLocalTime(localS: LocalS): string {
  const rest = localS - midnightOf(localS)
  return `${two(Math.floor(rest / hourS))}:${two(Math.floor((rest % hourS) / minuteS))}`
}

/** `YYYY-MM-DD HH:MM:SS`: what the customer's DATETIME columns hold, and what is bound to compare with them. */
export const formatLocal = (localS: LocalS): string =>
  `${formatLocalDate(localS)} ${formatLocalTime(localS)}:${two(((localS % minuteS) + minuteS) % minuteS)}`

/** `1h 1m 5s`, `45m`, `0s`; empty parts are left out, days stay hours. */
export function formatDurationS(durationS: number): string {
  const whole = Math.round(Math.abs(durationS))
  const parts = [
    [Math.floor(whole / hourS), 'h'],
    [Math.floor((whole % hourS) / minuteS), 'm'],
    [whole % minuteS, 's'],
  ] as const
  const shown = parts.filter(([n]) => n > 0).map(([n, unit]) => `${n}${unit}`)
  return `${durationS < 0 && whole > 0 ? '-' : ''}${shown.join(' ') || '0s'}`
}
