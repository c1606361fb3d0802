/** Numbers and dates for people: es-AR (1.234,5 · 21/11/2026 · 24 h) and English (1,234.5 · 2026-11-21). */
import type { Language } from './i18n.ts'

const locales = { es: 'es-AR', en: 'en-US' } as const

const numberFormats = new Map<string, Intl.NumberFormat>()
const numberFormat = (language: Language, decimals: number, style: 'decimal' | 'percent'): Intl.NumberFormat => {
  const key = `${language}${decimals}${style}`
  let format = numberFormats.get(key)
  if (!format) {
    format = new Intl.NumberFormat(locales[language], {
      style,
      minimumFractionDigits: decimals,
      maximumFractionDigits: decimals,
      useGrouping: 'always',
      // what is rounded to nothing has no sign
      signDisplay: 'negative',
    })
    numberFormats.set(key, format)
  }
  return format
}

/** What is written where there is no value: "no data" is never drawn as zero. */
export const noValue = '—'

export const formatNumber = (value: number | null, language: Language, decimals = 0): string =>
  value === null ? noValue : numberFormat(language, decimals, 'decimal').format(value)

/** `ratio` 0.8571 → "85,7 %". */
export const formatRatio = (ratio: number | null, language: Language, decimals = 1): string =>
  ratio === null ? noValue : numberFormat(language, decimals, 'percent').format(ratio)

/** `3 725` s → "1 h 02 min 05 s"; leading zero parts are left out. */
export function formatDuration(durationS: number | null): string {
  if (durationS === null) return noValue
  const whole = Math.round(durationS)
  const [hours, minutes, seconds] = [Math.floor(whole / 3600), Math.floor(whole / 60) % 60, whole % 60]
  const two = (value: number) => String(value).padStart(2, '0')
  if (hours > 0) return `${hours} h ${two(minutes)} min ${two(seconds)} s`
  return minutes > 0 ? `${minutes} min ${two(seconds)} s` : `${seconds} s`
}

type WallTime = {
  readonly year: number
  readonly month: number
  readonly day: number
  readonly hour: number
  readonly minute: number
  readonly second: number
}
const two = (value: number) => String(value).padStart(2, '0')
const date = (t: WallTime, language: Language) =>
  language === 'es' ? `${two(t.day)}/${two(t.month)}/${t.year}` : `${t.year}-${two(t.month)}-${two(t.day)}`

// Wall seconds since 1970-01-01 on the wall clock: UTC fields of that number are its fields.
const wallTime = (localS: number): WallTime => {
  const at = new Date(localS * 1000)
  return {
    year: at.getUTCFullYear(),
    month: at.getUTCMonth() + 1,
    day: at.getUTCDate(),
    hour: at.getUTCHours(),
    minute: at.getUTCMinutes(),
    second: at.getUTCSeconds(),
  }
}

/** Plant wall time (`LocalS`) → "21/11/2026". */
export const formatLocalDate = (localS: number, language: Language): string => date(wallTime(localS), language)

/** Plant wall time (`LocalS`) → "21/11/2026 06:05" (with `:09` when seconds are asked for). */
export function formatLocalDateTime(localS: number, language: Language, withSeconds = false): string {
  const t = wallTime(localS)
  return `${date(t, language)} ${two(t.hour)}:${two(t.minute)}${withSeconds ? `:${two(t.second)}` : ''}`
}

// Making one costs three times as much as using it, and a list shows one on each row.
const instantFormats = new Map<string, Intl.DateTimeFormat>()
function instantFormat(timeZone: string): Intl.DateTimeFormat {
  const known = instantFormats.get(timeZone)
  if (known) return known
  const numeric = { year: 'numeric', month: 'numeric', day: 'numeric', hour: 'numeric', minute: 'numeric', second: 'numeric' } as const
  const format = new Intl.DateTimeFormat('en-US', { timeZone, hourCycle: 'h23', ...numeric })
  instantFormats.set(timeZone, format)
  return format
}

/** A platform instant (epoch ms) in the people's time zone → "21/11/2026 06:05". */
export function formatInstant(epochMs: number, language: Language, timeZone: string): string {
  const parts = instantFormat(timeZone).formatToParts(epochMs)
  const part = (type: string) => Number(parts.find((candidate) => candidate.type === type)?.value)
  const t = {
    year: part('year'),
    month: part('month'),
    day: part('day'),
    hour: part('hour'),
    minute: part('minute'),
    second: part('second'),
  }
  return `${date(t, language)} ${two(t.hour)}:${two(t.minute)}`
}
