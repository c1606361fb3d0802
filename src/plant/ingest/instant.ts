/** The time of a detection as it is sent. Pure; by the thousand, so that nothing is worked out twice for rows of one day. */
import { dayOf, formatLocal, formatLocalDate, hourS, minuteS, parseLocal, type Zone } from '../../platform/time/index.ts'

/** `detectedAt` is wall time of the plant, as its tables hold it. */
export type SentInstant = { readonly atS: number; readonly detectedAt: string }

/** `2026-11-21 18:05:00` is the plant's wall clock and is kept as it says; with `Z` or `-03:00` it is an instant. Fractions are cut. Null = no time of day of
 *  a real date. */
export function instantReader(zone: Zone): (text: string) => SentInstant | null {
  let [date, midnightS]: [string, number | null] = ['', null]
  let [shownDay, shownDate] = [Number.NaN, '']
  const shown = (localS: number): string => {
    if (dayOf(localS) !== shownDay) [shownDay, shownDate] = [dayOf(localS), formatLocalDate(localS)]
    return shownDate + formatLocal(localS).slice(10)
  }
  return (text) => {
    if (text.slice(0, 10) !== date) {
      date = text.slice(0, 10)
      midnightS = parseLocal(date)
    }
    const timeS = text[10] === ' ' || text[10] === 'T' ? secondsOf(text) : null
    if (midnightS === null || timeS === null) return null
    const wallS = midnightS + timeS
    const rest = text.slice(19)
    if (rest === '') return { atS: zone.toEpochS(wallS), detectedAt: `${date} ${text.slice(11, 19)}` }
    const parts = /^(?:\.\d{1,9})?(Z|[+-]\d{2}:?\d{2})?$/.exec(rest)
    if (!parts) return null
    if (parts[1] === undefined) return { atS: zone.toEpochS(wallS), detectedAt: `${date} ${text.slice(11, 19)}` }
    const offsetS = offsetOf(parts[1])
    if (offsetS === null) return null
    return { atS: wallS - offsetS, detectedAt: shown(zone.toLocalS(wallS - offsetS)) }
  }
}

/** Of `HH:MM:SS` in the place where it stands. */
function secondsOf(text: string): number | null {
  if (text[13] !== ':' || text[16] !== ':') return null
  const [hours, minutes, seconds] = [twoDigits(text, 11), twoDigits(text, 14), twoDigits(text, 17)]
  // NaN is not less than anything
  return hours < 24 && minutes < 60 && seconds < 60 ? hours * hourS + minutes * minuteS + seconds : null
}

function twoDigits(text: string, at: number): number {
  const [tens, ones] = [text.charCodeAt(at) - 48, text.charCodeAt(at + 1) - 48]
  return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN
}

function offsetOf(text: string): number | null {
  if (text === 'Z') return 0
  const [hours, minutes] = [twoDigits(text, 1), twoDigits(text, text.length - 2)]
  if (hours > 14 || minutes > 59) return null
  return (text.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * minuteS
}
