/** Which zone the newest row speaks of. Pure. */
import { hourS, type LocalS, minuteS } from '../../platform/time/index.ts'

/** Where the product is at home: asked first among zones of one offset. */
const homeZones: readonly string[] = [
  'America/Bogota',
  'America/Mexico_City',
  'America/Lima',
  'America/Guayaquil',
  'America/Argentina/Buenos_Aires',
  'America/Santiago',
  'America/Caracas',
  'America/La_Paz',
  'America/Asuncion',
  'America/Montevideo',
  'America/Panama',
  'America/Costa_Rica',
  'America/Guatemala',
  'America/El_Salvador',
  'America/Tegucigalpa',
  'America/Managua',
  'America/Santo_Domingo',
  'America/Havana',
  'America/Puerto_Rico',
  'America/Monterrey',
  'America/Tijuana',
  'America/Hermosillo',
  'America/Sao_Paulo',
  'Europe/Madrid',
  'Atlantic/Canary',
  'UTC',
]
/** Between writing and looking. */
const oldestS = 10 * minuteS
/** A clock that is a little fast. */
const aheadS = 2 * minuteS

export type ZoneProposal = {
  /** Null when the newest row tells nothing: none, or too old to say. */
  readonly timeZone: string | null
  /** Of the newest row against UTC, rounded up to quarters of an hour, since rows are of the past; null as above. */
  readonly offsetS: number | null
  /** All zones that have that offset now, the likely ones first. */
  readonly fitting: readonly string[]
}

export const allZones: readonly string[] = [...new Set(['UTC', ...Intl.supportedValuesOf('timeZone'), ...homeZones])].sort()

let held: { readonly hour: number; readonly offsets: ReadonlyMap<string, number> } | null = null

/** Of every zone, in seconds, now. A whole `Zone` knows a century of changes and takes milliseconds to make: hundreds of them would hold the process up. */
export function offsetsAt(nowS: number): ReadonlyMap<string, number> {
  const hour = Math.floor(nowS / hourS)
  if (held?.hour === hour) return held.offsets
  const offsets = new Map(allZones.map((timeZone) => [timeZone, offsetOf(timeZone, nowS)]))
  held = { hour, offsets }
  return offsets
}

function offsetOf(timeZone: string, nowS: number): number {
  const text = new Intl.DateTimeFormat('en-US', { timeZone, timeZoneName: 'longOffset' }).format(nowS * 1000)
  const [, sign = '+', hours = '0', minutes = '0', seconds = '0'] = /GMT(?:([+-])(\d{2}):(\d{2})(?::(\d{2}))?)?/.exec(text) ?? []
  return (sign === '-' ? -1 : 1) * (Number(hours) * hourS + Number(minutes) * minuteS + Number(seconds))
}

/** `known`: what the company said before; it is kept when it fits, and used when the rows tell nothing. */
export function proposeZone(newestLocalS: LocalS | null, nowS: number, known: string | null): ZoneProposal {
  const none = { timeZone: known, offsetS: null, fitting: [] }
  if (newestLocalS === null) return none
  const quarter = 15 * minuteS
  const offsetS = Math.ceil((newestLocalS - nowS - aheadS) / quarter) * quarter
  const ageS = nowS + offsetS - newestLocalS
  if (ageS > oldestS || Math.abs(offsetS) > 14 * hourS) return none
  const offsets = offsetsAt(nowS)
  const has = (timeZone: string): boolean => (offsets.get(timeZone) ?? offsetOf(timeZone, nowS)) === offsetS
  const likely = [...(known === null ? [] : [known]), ...homeZones].filter(has)
  const fitting = [...new Set([...likely, ...allZones.filter(has)])]
  return { timeZone: fitting[0] ?? known, offsetS: fitting.length > 0 ? offsetS : null, fitting }
}
