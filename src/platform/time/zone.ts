/** Wall time of one IANA zone ↔ instants, in whole seconds. Offsets are looked up once per zone; after that both ways are integer arithmetic. */
import { Temporal } from 'temporal-polyfill'
import type { LocalS } from './local.ts'

/** A stretch of wall time that happens twice (autumn): `[fromLocalS, toLocalS)`, first until `atS`, again from `atS`. */
export type RepeatedHour = { readonly atS: number; readonly fromLocalS: LocalS; readonly toLocalS: LocalS }

export type Zone = {
  readonly timeZone: string
  readonly offsetS: (epochS: number) => number
  readonly toLocalS: (epochS: number) => LocalS
  /** Temporal's "compatible": an ambiguous wall time is its first occurrence, a skipped one moves forward by the length of the gap. */
  readonly toEpochS: (localS: LocalS) => number
  /** Those that touch `[fromS, toS]`, oldest first. */
  readonly repeatedHours: (fromS: number, toS: number) => readonly RepeatedHour[]
}

/** Outside these years the nearest known offset is used; scopes refuse such dates anyway. */
export const firstYear = 1970
export const lastYear = 2099

type Segments = { readonly startS: readonly number[]; readonly offsetS: readonly number[]; readonly switchLocalS: readonly number[] }

function readSegments(timeZone: string): Segments {
  let at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(firstYear, 0, 1)).toZonedDateTimeISO(timeZone)
  const startS = [Number.NEGATIVE_INFINITY]
  const offsetS = [wholeOffsetS(at)]
  const switchLocalS = [Number.NEGATIVE_INFINITY]
  for (;;) {
    const next = at.getTimeZoneTransition('next')
    if (!next || next.year > lastYear + 1) break
    const before = offsetS.at(-1) ?? 0
    const after = wholeOffsetS(next)
    const epochS = next.epochMilliseconds / 1000
    if (after !== before) {
      startS.push(epochS)
      offsetS.push(after)
      // until here wall times still read with the offset before the change: the first pass, or the skipped hour
      switchLocalS.push(epochS + Math.max(before, after))
    }
    at = next
  }
  return { startS, offsetS, switchLocalS }
}

const wholeOffsetS = (at: Temporal.ZonedDateTime): number => Math.round(at.offsetNanoseconds / 1e9)

/** Index of the last entry that is not above `value`; `hint` is tried first, as neighbours are asked for one after another. */
function segmentOf(starts: readonly number[], value: number, hint: number): number {
  if ((starts[hint] as number) <= value && (hint + 1 === starts.length || value < (starts[hint + 1] as number))) return hint
  let low = 0
  let high = starts.length - 1
  while (low < high) {
    const middle = (low + high + 1) >> 1
    if ((starts[middle] as number) <= value) low = middle
    else high = middle - 1
  }
  return low
}

function makeZone(timeZone: string): Zone {
  const { startS, offsetS, switchLocalS } = readSegments(timeZone)
  let hint = 0
  let localHint = 0
  const offsetAt = (epochS: number): number => {
    hint = segmentOf(startS, epochS, hint)
    return offsetS[hint] as number
  }
  const repeated: RepeatedHour[] = []
  for (let i = 1; i < startS.length; i++) {
    const atS = startS[i] as number
    const before = offsetS[i - 1] as number
    const after = offsetS[i] as number
    if (after < before) repeated.push({ atS, fromLocalS: atS + after, toLocalS: atS + before })
  }
  return {
    timeZone,
    offsetS: offsetAt,
    toLocalS: (epochS) => epochS + offsetAt(epochS),
    toEpochS: (localS) => {
      localHint = segmentOf(switchLocalS, localS, localHint)
      return localS - (offsetS[localHint] as number)
    },
    repeatedHours: (fromS, toS) =>
      repeated.filter(({ atS, fromLocalS, toLocalS }) => {
        const lengthS = toLocalS - fromLocalS
        return atS - lengthS <= toS && atS + lengthS >= fromS
      }),
  }
}

const zones = new Map<string, Zone>()

/** Throws RangeError when the zone is unknown. Cached for the life of the process under its own name: the set of zones is small and constant,
 *  that of their spellings (`america/BOGOTA`) is not. */
export function zoneOf(timeZone: string): Zone {
  const known = zones.get(timeZone)
  if (known) return known
  const name = Temporal.Instant.fromEpochMilliseconds(0).toZonedDateTimeISO(timeZone).timeZoneId
  const zone = zones.get(name) ?? makeZone(name)
  zones.set(name, zone)
  return zone
}
