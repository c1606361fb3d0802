/** All rows of some days, however far apart their ids are. */
import { type Detections, type IdRange, type ReadContext, readByIds, readDetections } from '../detections/index.ts'
import type { DetectionTable } from '../model/model.ts'
import { dayStartS } from './day.ts'

/** How many rows, and where. */
export type Extent = { readonly rowCount: number; readonly minId: number; readonly maxId: number }

/** Ids between the days of one read that are read too: a late row may have one of them. */
const nearIds = 10_000
/** A camera whose clock was reset dates a row now and then on one day of the past: its few rows lie all over the table. */
const isFarApart = ({ rowCount, minId, maxId }: Extent): boolean => maxId - minId > 50_000 + 20 * rowCount

export type DayRows = {
  /** Rows of the days' ids; also those of other days among them. */
  readonly byIds: Detections
  /** Rows of days whose ids are far apart, all of them. */
  readonly byTime: ReadonlyMap<number, Detections>
}

/** Rows up to now, in order of instant. `also`: ids to read besides. */
export async function readDayRows(
  context: ReadContext,
  table: DetectionTable,
  days: ReadonlyMap<number, Extent>,
  also: readonly IdRange[] = [],
): Promise<DayRows> {
  const byTime = new Map<number, Detections>()
  const ranges: IdRange[] = [...also]
  for (const [day, extent] of days) {
    if (extent.rowCount === 0) continue
    if (!isFarApart(extent)) ranges.push({ from: extent.minId, to: extent.maxId })
    else {
      const span = { fromS: dayStartS(context.zone, day), toS: dayStartS(context.zone, day + 1) }
      byTime.set(day, (await readDetections(context, table, span)).rows)
    }
  }
  return { byIds: await readByIds(context, table, joined(ranges)), byTime }
}

function joined(ranges: readonly IdRange[]): IdRange[] {
  const whole: { from: number; to: number }[] = []
  for (const { from, to } of ranges.toSorted((a, b) => a.from - b.from)) {
    const last = whole.at(-1)
    if (last && from <= last.to + nearIds) last.to = Math.max(last.to, to)
    else whole.push({ from, to })
  }
  return whole
}
