/** A stop in an address or form: `e12` is stored, `t1792…` is calculated and lies at that epoch second. Pure. */
import type { Stop } from '../facts/index.ts'
import type { StopRef } from '../stops/index.ts'

export const refText = ({ eventId, span }: Pick<Stop, 'eventId' | 'span'>): string => (eventId === null ? `t${span.fromS}` : `e${eventId}`)

export const refOfStop = ({ lineId, eventId, span }: Pick<Stop, 'lineId' | 'eventId' | 'span'>): StopRef =>
  eventId === null ? { lineId, atS: span.fromS } : { lineId, eventId }

/** Calendars end with 2099. */
const lastS = 4_102_444_800

/** Null = no such word. */
export function readRef(lineId: number, text: string, version?: string): StopRef | null {
  const match = /^([et])(\d{1,16})$/.exec(text)
  const number = Number(match?.[2])
  if (!match || !Number.isSafeInteger(number) || (match[1] === 't' && number > lastS)) return null
  return match[1] === 't' ? { lineId, atS: number } : { lineId, eventId: number, version: version || undefined }
}

/** One of several ticked: `7~e12~version`. */
export const tickText = (stop: Pick<Stop, 'lineId' | 'eventId' | 'span'>, version: string | null): string =>
  `${stop.lineId}~${refText(stop)}~${version ?? ''}`

export function readTick(text: string): StopRef | null {
  const [line = '', ref = '', version = ''] = text.split('~')
  return /^\d{1,9}$/.test(line) ? readRef(Number(line), ref, version) : null
}
