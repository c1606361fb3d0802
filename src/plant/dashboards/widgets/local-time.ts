/** Plant wall time as text. `LocalS` has no zone: it is only ever written out, so UTC getters read it back exactly. */
import type { Language } from '../../../platform/i18n/i18n.ts'
import { translator } from '../../../platform/i18n/i18n.ts'
import type { Interval, LocalS } from '../../scope/scope.ts'
import { messages } from '../messages.ts'

const months = {
  es: ['Ene', 'Feb', 'Mar', 'Abr', 'May', 'Jun', 'Jul', 'Ago', 'Sep', 'Oct', 'Nov', 'Dic'],
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
} as const

const iso = (local: LocalS): string => new Date(local * 1000).toISOString()

/** `YYYY-MM-DDTHH:MM:SS`. */
export const localIso = (local: LocalS): string => iso(local).slice(0, 19)

const parts = (local: LocalS) => {
  const text = iso(local)
  return { year: text.slice(0, 4), month: text.slice(5, 7), day: text.slice(8, 10), time: text.slice(11, 16) }
}

/** `HH:MM`. */
export const localTime = (local: LocalS): string => parts(local).time

/** `dd-mm-YYYY HH:MM`, the tables' form. */
export const localDateTime = (local: LocalS): string => {
  const { year, month, day, time } = parts(local)
  return `${day}-${month}-${year} ${time}`
}

/** Hour of the day as a decimal with two digits, for the scatter chart. */
export const decimalHour = (local: LocalS): number => Math.round((local - Math.floor(local / 86_400) * 86_400) / 36) / 100

type Spans = { readonly days: boolean; readonly years: boolean }

const bucketLabel = (start: LocalS, interval: Interval, language: Language, spans: Spans): string => {
  const { year, month, day, time } = parts(start)
  const date = `${day}/${month}`
  switch (interval) {
    case 'minute':
      return spans.days ? `${date} ${time}` : time
    case '15min':
    case 'hour':
      return spans.years ? `${date}/${year} ${time}` : `${date} ${time}`
    case 'day':
      return `${date}/${year}`
    case 'week':
      return translator(messages, language)('label.week', { date: spans.years ? `${date}/${year}` : date })
    case 'month':
      return `${months[language][Number(month) - 1] ?? month} ${year}`
  }
}

/** One label per bucket start, unique along the axis (spec plant 5.2): minutes carry the day, and weeks the year, when the axis spans several. */
export const bucketLabels = (starts: readonly LocalS[], interval: Interval, language: Language): string[] => {
  const first = iso(starts[0] ?? 0)
  const last = iso(starts.at(-1) ?? 0)
  const spans = { days: first.slice(0, 10) !== last.slice(0, 10), years: first.slice(0, 4) !== last.slice(0, 4) }
  return starts.map((start) => bucketLabel(start, interval, language, spans))
}

/** Index of the bucket that contains `local`, clamped to the axis; starts ascend. */
export const bucketIndex = (starts: readonly LocalS[], local: LocalS): number => {
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = Math.ceil((low + high) / 2)
    if ((starts[middle] ?? 0) <= local) low = middle
    else high = middle - 1
  }
  return low
}
