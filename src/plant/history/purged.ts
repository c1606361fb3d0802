/** Days whose rows left the table: their summaries are the only truth of them, and what they hold must not be counted again when it is met. Pure. */
import type { Zone } from '../../platform/time/index.ts'
import type { Detections } from '../detections/index.ts'
import { type CoarseDay, dayOfInstant, dayStartS } from './day.ts'
import type { DayEntry } from './store.ts'
import { pickWhere } from './view.ts'

/** `rows`, in order of instant, less those of purged days whose ids lie among those that the summary was made of: it holds them. Except ids that are
 *  new for sure. */
export function withoutKnown(
  rows: Detections,
  zone: Zone,
  directory: ReadonlyMap<number, DayEntry>,
  isNew: (id: number) => boolean,
): Detections {
  if (![...directory.values()].some(({ isPurged }) => isPurged)) return rows
  const isKnown = new Uint8Array(rows.length)
  for (let at = 0; at < rows.length; ) {
    const day = dayOfInstant(zone, rows.epochS[at] as number)
    const endS = dayStartS(zone, day + 1)
    const entry = directory.get(day)
    for (; at < rows.length && (rows.epochS[at] as number) < endS; at++) {
      const id = rows.id[at] as number
      if (entry?.isPurged && entry.rowCount > 0 && id >= entry.minId && id <= entry.maxId && !isNew(id)) isKnown[at] = 1
    }
  }
  return pickWhere(rows, (i) => isKnown[i] === 0)
}

/** A purged day's entry after rows were added. Of one whose summary was lost it goes on telling how many rows there were. */
export const addedTo = (entry: DayEntry, { rowCount, minId, maxId }: CoarseDay): DayEntry =>
  entry.rowCount === 0
    ? { ...entry, rowCount, minId, maxId }
    : { ...entry, rowCount: entry.rowCount + rowCount, minId: Math.min(entry.minId, minId), maxId: Math.max(entry.maxId, maxId) }
