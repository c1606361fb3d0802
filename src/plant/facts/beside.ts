/** Stop events that Andon keeps itself, joined to the customer's: most plants have none, and then nothing is asked but once. */
import type { Zone } from '../../platform/time/index.ts'
import { type EventLine, type EventWindow, joinEvents, type KeptEvents, type LineEvents } from '../detections/index.ts'
import type { Memory } from '../history/index.ts'
import type { PlantDb } from '../source/plant-db.ts'
import { linesWithKept, listKeptStops, listReplaced, listSuppressed } from '../stop-store/index.ts'

/** The joined events by what is kept: the same object while both are as they were, as what is worked out from them is kept by it. */
const joined = new WeakMap<KeptEvents, { readonly own: LineEvents; readonly events: LineEvents }>()

/** Puts what is kept of a line to its events. */
export async function besideEvents(
  { tenantId, beside }: PlantDb,
  zone: Zone,
  lines: readonly EventLine[],
  window: EventWindow,
  memory: Memory | null,
): Promise<(lineId: number, own: LineEvents) => LineEvents> {
  if (!beside) return (_lineId, own) => own
  const { db, stopStamp } = beside
  const known = async <Value>(key: string, read: () => Promise<Value>, bytesOf: (value: Value) => number): Promise<Value> => {
    const kept = memory?.get<Value>(`${tenantId} ${key}`, stopStamp)
    if (kept) return kept
    const made = await read()
    memory?.set(`${tenantId} ${key}`, stopStamp, made, bytesOf(made))
    return made
  }
  const withKept = await known(
    'kept stops',
    () => linesWithKept(db),
    (ids) => 50 + 8 * ids.size,
  )
  const asked = lines.filter(({ lineId }) => withKept.has(lineId))
  const span = { fromS: zone.toEpochS(window.fromLocalS), toS: zone.toEpochS(window.toLocalS) }
  const kept = new Map<number, KeptEvents>()
  for (const { lineId } of asked)
    kept.set(
      lineId,
      await known(
        `kept stops ${lineId} ${window.fromLocalS} ${window.toLocalS} ${zone.timeZone}`,
        async () => ({
          events: await listKeptStops(db, zone, lineId, span),
          replaced: await listReplaced(db, lineId),
          suppressed: await listSuppressed(db, lineId, span),
        }),
        ({ events, replaced, suppressed }) => 200 * (events.length + replaced.size + suppressed.length),
      ),
    )
  return (lineId, own) => {
    const more = kept.get(lineId)
    if (!more || more.events.length + more.replaced.size + more.suppressed.length === 0) return own
    const before = joined.get(more)
    if (before?.own === own) return before.events
    const events = joinEvents(own, more)
    joined.set(more, { own, events })
    return events
  }
}
