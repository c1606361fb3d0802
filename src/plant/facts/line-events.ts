/** Stop events of a request's lines: asked in one statement, put into shape once and kept while the customer's rows stay as they are. */
import type { Engine } from '../../platform/db/index.ts'
import { dayOf, dayS, type LocalS, midnightOf, type Span, type Zone } from '../../platform/time/index.ts'
import {
  digestEvents,
  type EventLine,
  type EventWindow,
  hasEventSums,
  type LineEvents,
  noEvents,
  readEvents,
  readEventsOf,
  type StampedEvents,
} from '../detections/index.ts'
import type { Memory } from '../history/index.ts'
import type { PlantDb } from '../source/plant-db.ts'
import { besideEvents } from './beside.ts'

export type KnownEvents = { readonly window: EventWindow; readonly events: LineEvents }

/** Where the server has no sum, shorter windows are as they are asked: their rows travel each time. */
const longWindowS = 75 * dayS
const blockDays = 32

/** Wide enough for every event that overlaps the span, with a day around it: wall times are compared, instants decide later. They begin and end where
 *  others do too, so that different questions share what is kept. */
export function windowAround(engine: Engine, zone: Zone, { fromS, toS }: Span): EventWindow {
  const fromLocalS = Math.max(0, midnightOf(zone.toLocalS(Math.max(0, fromS)) - dayS))
  const toLocalS = midnightOf(zone.toLocalS(toS) + 2 * dayS)
  if (!hasEventSums(engine) && toLocalS - fromLocalS < longWindowS) return { fromLocalS, toLocalS }
  const blockStart = (localS: LocalS): LocalS => Math.floor(dayOf(localS) / blockDays) * blockDays * dayS
  return { fromLocalS: blockStart(fromLocalS), toLocalS: blockStart(toLocalS) + blockDays * dayS }
}

export const covers = (window: EventWindow, wanted: EventWindow): boolean =>
  window.fromLocalS <= wanted.fromLocalS && window.toLocalS >= wanted.toLocalS

/** By line. One whose table cannot be read with the others is asked alone, and rejects alone. */
export function knownEvents(
  plantDb: PlantDb,
  zone: Zone,
  lines: readonly EventLine[],
  window: EventWindow,
  memory: Memory | null,
): ReadonlyMap<number, Promise<KnownEvents>> {
  const together =
    memory && hasEventSums(plantDb.engine) ? bySum(plantDb, zone, lines, window, memory) : byRows(plantDb, zone, lines, window, memory)
  const kept = besideEvents(plantDb, zone, lines, window, memory)
  kept.catch(() => {})
  return new Map(
    lines.map((line) => {
      const own = together.then(
        (all) => all.get(line.lineId) ?? noEvents,
        async () => (await readEventsOf(plantDb, zone, line, window)).parse(),
      )
      // whoever asks for the line hears of it
      own.catch(() => {})
      const joined = Promise.all([own, kept]).then(([events, keptOf]) => keptOf(line.lineId, events))
      joined.catch(() => {})
      return [line.lineId, joined.then((events) => ({ window, events }))]
    }),
  )
}

async function byRows(
  plantDb: PlantDb,
  zone: Zone,
  lines: readonly EventLine[],
  window: EventWindow,
  memory: Memory | null,
): Promise<Map<number, LineEvents>> {
  const found = await readEvents(plantDb, zone, lines, window)
  return new Map(
    [...found].map(([lineId, stamped]) => {
      if (!memory) return [lineId, stamped.parse()]
      // by window: one answer may ask for its own range and, for a stop that reaches further, for all of the past
      const [key, stamp] = [keyOf(plantDb, zone, lineId, window), stamped.stamp]
      return [lineId, memory.get<LineEvents>(key, stamp) ?? keep(memory, key, stamp, stamped)]
    }),
  )
}

/** A sum per line says whether what is kept still holds: events are seldom new, and ten short rows travel instead of hundreds. */
async function bySum(
  plantDb: PlantDb,
  zone: Zone,
  lines: readonly EventLine[],
  window: EventWindow,
  memory: Memory,
): Promise<Map<number, LineEvents>> {
  const sums = await digestEvents(plantDb, lines, window)
  const all = new Map<number, LineEvents>()
  const changed: EventLine[] = []
  for (const line of lines) {
    const sum = sums.get(line.lineId)
    if (sum === undefined) continue
    const known = memory.get<LineEvents>(keyOf(plantDb, zone, line.lineId, window), sum)
    if (known) all.set(line.lineId, known)
    else changed.push(line)
  }
  if (changed.length === 0) return all
  const found = await readEvents(plantDb, zone, changed, window)
  // kept only when nothing was written between the sum and the rows
  const again = await digestEvents(plantDb, changed, window)
  for (const [lineId, stamped] of found) {
    const sum = sums.get(lineId) ?? ''
    all.set(lineId, again.get(lineId) === sum ? keep(memory, keyOf(plantDb, zone, lineId, window), sum, stamped) : stamped.parse())
  }
  return all
}

const keyOf = ({ tenantId }: PlantDb, { timeZone }: Zone, lineId: number, { fromLocalS, toLocalS }: EventWindow): string =>
  `${tenantId} events ${lineId} ${fromLocalS} ${toLocalS} ${timeZone}`

function keep(memory: Memory, key: string, stamp: string, stamped: StampedEvents): LineEvents {
  const events = stamped.parse()
  const texts = events.events.reduce((sum, { reasonText }) => sum + (reasonText?.length ?? 0), 0)
  memory.set(key, stamp, events, 180 * (events.events.length + events.odd.length) + 2 * texts)
  return events
}
