import type { Span } from '../../platform/time/index.ts'
import { type CoarseDay, dayStartS, quarterS, slotLocals } from '../history/index.ts'
import type { Days } from './days.ts'
import type { Stretch } from './stretches.ts'
import { maxRecent, type RecentRow, type RowFilter, recentRow } from './tally.ts'

/** Newest rows of the range that pass the filters: the slots that hold them are known, so only those are read. */
export async function newestRows(
  days: Days,
  touched: readonly number[],
  stretches: readonly Stretch[],
  keeps: RowFilter,
): Promise<RecentRow[]> {
  const found: RecentRow[] = []
  const spans: Span[] = []
  let expected = 0
  const read = async (): Promise<void> => {
    const rows = await days.rows(spans)
    let stretch = stretches.length - 1
    for (let i = rows.length - 1; i >= 0; i--) {
      const atS = rows.epochS[i] as number
      while (stretch >= 0 && (stretches[stretch] as Stretch).fromS > atS) stretch--
      if (stretch < 0 || (stretches[stretch] as Stretch).toS <= atS) continue
      if (keeps(rows.areaId[i] as number, rows.productId[i] as number, rows.localS[i] as number)) found.push(recentRow(rows, i))
    }
    spans.length = 0
    expected = 0
  }
  for await (const day of fromNewest(days, touched)) {
    const startS = dayStartS(days.zone, day.day)
    const locals = slotLocals(days.zone, day.day, quarterS)
    for (let i = day.slot.length - 1; i >= 0 && found.length < maxRecent; ) {
      const own = day.slot[i] as number
      const fromS = startS + own * quarterS
      const localS = locals(own)
      let kept = 0
      for (; i >= 0 && day.slot[i] === own; i--) {
        const p = day.pair[i] as number
        const isKept = localS === null || day.isOdd || keeps(day.pairs.areaId[p] as number, day.pairs.productId[p] as number, localS)
        if (isKept) kept += day.count[i] as number
      }
      if (kept === 0 || !stretches.some((stretch) => stretch.fromS < fromS + quarterS && stretch.toS > fromS)) continue
      spans.push({ fromS, toS: fromS + quarterS })
      expected += kept
      if (found.length + expected >= maxRecent) await read()
    }
    if (found.length >= maxRecent) break
  }
  if (found.length < maxRecent && spans.length > 0) await read()
  return found.slice(0, maxRecent)
}

const chunkDays = 8

async function* fromNewest(days: Days, touched: readonly number[]): AsyncGenerator<CoarseDay> {
  for (let to = touched.length; to > 0; to -= chunkDays)
    yield* (await days.coarse(touched.slice(Math.max(0, to - chunkDays), to))).toReversed()
}
