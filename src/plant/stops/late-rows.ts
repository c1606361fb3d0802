/** Rows that came after their time had been looked at: their days are calculated anew. */
import { zoneOf } from '../../platform/time/index.ts'
import { readByIds, readContext } from '../detections/index.ts'
import { dayOfInstant, dayStartS, highestIds } from '../history/index.ts'
import type { Line } from '../model/index.ts'
import { type StopLine, updateStopLine } from '../stop-store/index.ts'
import type { LinePlant } from './line-store.ts'
import type { StopDeps } from './open.ts'
import { replaceAutomatic } from './recalculate.ts'

/** Ids read at once. */
const batch = 100_000

/** Notes the highest id there is, and answers how many days were calculated anew. A row is late when its id is above those seen before, and its time
 *  before what was stored then. */
export async function rescanLateDays(
  deps: StopDeps,
  plant: LinePlant,
  line: Line,
  { scanned_id: seenId, scanned_until_s: untilS }: Pick<StopLine, 'scanned_id' | 'scanned_until_s'>,
  nowS: number,
): Promise<number> {
  const { lineId, detectionTable: table } = line
  const topId = (await highestIds(plant.db, [line])).get(lineId)
  if (topId === undefined || table === null) return 0
  const db = { ...deps.db, tenantId: plant.db.tenantId }
  const zone = zoneOf(plant.model.settings.timeZone)
  const days = new Set<number>()
  if (seenId !== null && untilS !== null) {
    for (let from = seenId + 1; from <= topId; from += batch) {
      const rows = await readByIds(readContext(plant.db, zone, nowS), table, [{ from, to: Math.min(topId, from + batch - 1) }])
      for (let i = 0; i < rows.length && (rows.epochS[i] as number) < untilS; i++) days.add(dayOfInstant(zone, rows.epochS[i] as number))
    }
    for (const day of [...days].sort((a, b) => a - b)) {
      const range = { fromS: dayStartS(zone, day), toS: Math.min(dayStartS(zone, day + 1), untilS) }
      await replaceAutomatic(deps, plant, line, { range, thresholdS: null, isDryRun: false, by: null })
    }
  }
  if (topId !== seenId) await updateStopLine(db, lineId, { scanned_id: topId })
  return days.size
}
