/** What rows that are not stored yet do to the days they belong to. */
import type { Detections, ReadContext } from '../detections/index.ts'
import type { DaySummary } from './day.ts'
import { type Extent, readDayRows } from './day-rows.ts'
import { foldRows } from './fold.ts'
import type { LineSource } from './options.ts'
import type { Snapshot } from './store.ts'
import { delicateDays, type Overlay, pickWhere } from './view.ts'

/** New rows folded; days with a repeated hour are folded whole, from all their rows. */
export async function overlaysOf(
  context: ReadContext,
  source: LineSource,
  directory: Snapshot['directory'],
  rows: Detections,
  isInside: (id: number) => boolean,
): Promise<Map<number, Overlay>> {
  const { zone } = context
  const overlays = new Map<number, Overlay>()
  for (const [day, summary] of foldRows(rows, zone)) overlays.set(day, { summary, isWhole: false })
  // what is left of a purged day in the table cannot stand for the whole of it
  const delicate = [...delicateDays(zone, rows)].filter((day) => directory.get(day)?.isPurged !== true)
  if (delicate.length === 0) return overlays
  const extents = new Map(delicate.map((day) => [day, extentOf([directory.get(day), overlays.get(day)?.summary.coarse])]))
  const { byIds, byTime } = await readDayRows(context, source.table, extents)
  const fold = (all: Detections): Map<number, DaySummary> =>
    foldRows(
      pickWhere(all, (i) => isInside(all.id[i] as number)),
      zone,
    )
  const folded = fold(byIds)
  for (const day of delicate) {
    const own = byTime.get(day)
    const summary = (own ? fold(own) : folded).get(day)
    if (summary) overlays.set(day, { summary, isWhole: true })
  }
  return overlays
}

function extentOf(parts: readonly (Extent | undefined)[]): Extent {
  const present = parts.filter((part) => part !== undefined).filter(({ rowCount }) => rowCount > 0)
  return {
    rowCount: present.reduce((sum, { rowCount }) => sum + rowCount, 0),
    minId: Math.min(...present.map(({ minId }) => minId)),
    maxId: Math.max(...present.map(({ maxId }) => maxId)),
  }
}
