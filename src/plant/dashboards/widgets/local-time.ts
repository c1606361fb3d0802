/** Plant wall time as the widgets write it: ISO without zone, table cells, and one label per bucket. */
import { type Language, translator } from '../../../platform/i18n/index.ts'
import { formatLocal, formatLocalTime } from '../../../platform/time/index.ts'
import { bucketIndex, type Interval, type LocalS, nextBucketStart } from '../../scope/index.ts'
import { messages } from '../messages.ts'

const months = {
  es: ['Ene', 'Feb', 'Mar', 'Abr', 'May', 'Jun', 'Jul', 'Ago', 'Sep', 'Oct', 'Nov', 'Dic'],
  en: ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'],
} as const

/** `YYYY-MM-DDTHH:MM:SS`. */
export const localIso = (local: LocalS): string => formatLocal(local).replace(' ', 'T')

const parts = (local: LocalS) => {
  const text = formatLocal(local)
  return { year: text.slice(0, 4), month: text.slice(5, 7), day: text.slice(8, 10), time: text.slice(11, 16) }
}

/** `HH:MM`. */
export const localTime = formatLocalTime

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

/** The charts of an answer share their axis: what it reads like is worked out once. */
function onceFor<Value>(): (starts: readonly LocalS[], key: string, make: () => Value) => Value {
  const known = new WeakMap<readonly LocalS[], Map<string, Value>>()
  return (starts, key, make) => {
    const own = known.get(starts) ?? new Map<string, Value>()
    known.set(starts, own)
    const value = own.get(key) ?? make()
    own.set(key, value)
    return value
  }
}

const labelsOf = onceFor<readonly string[]>()
const isosOf = onceFor<readonly string[]>()

/** One label per bucket start, unique along the axis (spec plant 5.2): minutes carry the day, and weeks the year, when the axis spans several. */
export const bucketLabels = (starts: readonly LocalS[], interval: Interval, language: Language): string[] => [
  ...labelsOf(starts, `${interval} ${language}`, () => {
    const first = formatLocal(starts[0] ?? 0)
    const last = formatLocal(starts.at(-1) ?? 0)
    const spans = { days: first.slice(0, 10) !== last.slice(0, 10), years: first.slice(0, 4) !== last.slice(0, 4) }
    return starts.map((start) => bucketLabel(start, interval, language, spans))
  }),
]

export const bucketIsos = (starts: readonly LocalS[]): string[] => [...isosOf(starts, '', () => starts.map(localIso))]

/** Index of the bucket that contains `local`; what lies before the axis is in its first one. */
export const overlayIndex = (starts: readonly LocalS[], local: LocalS): number => Math.max(0, bucketIndex(starts, local))

/** Place of `local` on the axis, the end of its last bucket included: 2.5 is the middle of the third bucket. */
export function overlayPlace(starts: readonly LocalS[], interval: Interval, local: LocalS): number {
  const index = overlayIndex(starts, local)
  const start = starts[index] ?? local
  const share = (local - start) / (nextBucketStart(start, interval) - start)
  return index + Math.min(1, Math.max(0, share))
}
