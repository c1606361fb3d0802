/** Figures as people read them on the dashboard. */
import { formatDuration, formatLocalDateTime, formatNumber, type Language } from '../../../platform/i18n/index.ts'
import { amount } from '../widgets/numbers.ts'

export { amount }

export const percentText = (value: number, language: Language): string => formatNumber(value, language, 1)

/** The figure of a KPI without its unit; null stays null. */
export const kpiText = (value: number | null, unit: string, language: Language): string | null =>
  value === null ? null : unit === '%' ? percentText(value, language) : amount(value, language, unit === 'kg' ? 2 : 1)

/** Minutes as "7 h 30 min"; under an hour with one decimal. */
export function minutesText(minutes: number, language: Language): string {
  if (minutes < 60) return `${amount(minutes, language, 1)} min`
  const whole = Math.round(minutes)
  return whole % 60 === 0
    ? `${formatNumber(whole / 60, language)} h`
    : `${formatNumber(Math.floor(whole / 60), language)} h ${String(whole % 60).padStart(2, '0')} min`
}

export const secondsText = (seconds: number): string => formatDuration(seconds)

/** Age of data, as the browser keeps counting it: 12 s · 5 min · 3 h · 4 d. */
export const ageText = (ageS: number): string =>
  ageS < 60
    ? `${Math.max(0, Math.floor(ageS))} s`
    : ageS < 3_600
      ? `${Math.floor(ageS / 60)} min`
      : ageS < 172_800
        ? `${Math.floor(ageS / 3_600)} h`
        : `${Math.floor(ageS / 86_400)} d`

/** `YYYY-MM-DDTHH:MM:SS` of plant wall time → "21/11/2026 06:05". */
export const localText = (iso: string, language: Language, withSeconds = false): string =>
  formatLocalDateTime(Date.parse(`${iso}Z`) / 1_000, language, withSeconds)

const isolated = new Intl.NumberFormat('en-US', { signDisplay: 'never' })
/** "+3,2" or "−3,2" with a real minus. */
export const signed = (value: number, language: Language, decimals: number): string =>
  isolated.format(value) === '0' ? formatNumber(0, language) : `${value > 0 ? '+' : '−'}${amount(Math.abs(value), language, decimals)}`
