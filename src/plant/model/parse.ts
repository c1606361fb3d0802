/** Reading what customers' tables hold, whatever the driver makes of it: numbers as text, flags as booleans, times with or without seconds. */

/** Whole number, or null when the value is none. Drivers and JSON give numbers, bigints, texts and booleans. */
export function wholeNumber(value: unknown): number | null {
  if (typeof value === 'boolean') return value ? 1 : 0
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : typeof value === 'bigint' ? Number(value) : value
  return typeof number === 'number' && Number.isSafeInteger(number) ? number : null
}

/** 0/1, true/false, `t`/`f` and their texts; anything else (also null) is `absent`. */
export function flag(value: unknown, absent: boolean): boolean {
  if (typeof value === 'string') {
    const word = value.trim().toLowerCase()
    if (['1', 'true', 't', 'yes', 'y', '\u0001'].includes(word)) return true
    return ['0', 'false', 'f', 'no', 'n', '\u0000', ''].includes(word) ? false : absent
  }
  if (value instanceof Uint8Array) return value.some((byte) => byte !== 0)
  const number = wholeNumber(value)
  return number === null ? absent : number !== 0
}

export const text = (value: unknown): string =>
  typeof value === 'string' ? value : value === null || value === undefined ? '' : String(value)

/** `25.5`, `'999.99'` → hundredths, exactly. Further decimals round half up. Null when it is no number. */
export function hundredths(value: unknown): number | null {
  const written = /^\s*(-?)(\d+)(?:\.(\d*))?\s*$/.exec(typeof value === 'number' ? value.toFixed(6) : text(value))
  if (!written) return null
  const [, sign, whole = '0', decimals = ''] = written
  const cents = Number(whole) * 100 + Number(decimals.padEnd(2, '0').slice(0, 2)) + (Number(decimals[2] ?? '0') >= 5 ? 1 : 0)
  return sign === '-' && cents !== 0 ? -cents : cents
}

/** Seconds of wall time since midnight of `06:00`, `06:00:00`, `06:00:00.000` or a date-time; 24:00 is 0. Null when it is no time of day. */
export function timeOfDayS(value: unknown): number | null {
  const written = /(?:^|[T ])(\d{1,2}):(\d{2})(?::(\d{2}))?(?:\.\d+)?\s*$/.exec(text(value))
  if (!written) return null
  const [hours, minutes, seconds] = [Number(written[1]), Number(written[2]), Number(written[3] ?? 0)]
  if (hours > 24 || minutes > 59 || seconds > 59 || (hours === 24 && minutes + seconds > 0)) return null
  return (hours % 24) * 3600 + minutes * 60 + seconds
}

const weekdayNames: readonly (readonly string[])[] = [
  ['monday', 'mon', 'lunes', 'lun'],
  ['tuesday', 'tue', 'tues', 'martes', 'mar'],
  ['wednesday', 'wed', 'miercoles', 'mie'],
  ['thursday', 'thu', 'thur', 'thurs', 'jueves', 'jue'],
  ['friday', 'fri', 'viernes', 'vie'],
  ['saturday', 'sat', 'sabado', 'sab'],
  ['sunday', 'sun', 'domingo', 'dom'],
]

/** ISO weekday 1–7 of an English or Spanish name, its short form or an ISO number; null when it is none. */
function isoWeekday(value: unknown): number | null {
  const number = wholeNumber(value)
  if (number !== null && typeof value !== 'boolean') return number >= 1 && number <= 7 ? number : null
  const word = text(value)
    .normalize('NFKD')
    .replace(/\p{M}+/gu, '')
    .trim()
    .replace(/\.$/, '')
    .toLowerCase()
  const index = weekdayNames.findIndex((names) => names.includes(word))
  return index < 0 ? null : index + 1
}

export const everyDay: ReadonlySet<number> = new Set([1, 2, 3, 4, 5, 6, 7])

/** Days of a shift (spec plant 2.3): a list of names or ISO numbers, the same separated by commas, or an object of flags.
 *  Empty and null are every day. `unknown` holds what could not be read; when nothing could, the shift runs every day. */
export function isoWeekdays(value: unknown): { readonly days: ReadonlySet<number>; readonly unknown: readonly string[] } {
  if (value === null || value === undefined || value === '') return { days: everyDay, unknown: [] }
  const words = Array.isArray(value)
    ? value
    : typeof value === 'object'
      ? Object.entries(value).flatMap(([day, isOn]) => (flag(isOn, false) ? [day] : []))
      : text(value).split(/[,;|]/)
  const unknown: string[] = []
  const days = new Set<number>()
  for (const word of words) {
    const day = isoWeekday(word)
    if (day !== null) days.add(day)
    else if (text(word).trim() !== '') unknown.push(text(word))
  }
  return { days: days.size === 0 ? everyDay : days, unknown }
}
