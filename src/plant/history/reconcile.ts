/** Are the summaries still what the customer's table says? Corrections and deletions below the watermark are seen by nothing else. */
import { transaction } from '../../platform/db/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { type IdRange, type ReadContext, readByIds, readContext } from '../detections/index.ts'
import type { DaySummary } from './day.ts'
import { emptyDay, foldRows } from './fold.ts'
import { isSameDay } from './join.ts'
import { isMissing } from './ledger.ts'
import { type LineSource, readLimitMs, signatureOf } from './options.ts'
import * as store from './store.ts'
import { readDays, type StoredLine } from './stored-line.ts'
import { idBounds } from './table-ids.ts'
import { pickWhere } from './view.ts'

export type Reconciled = { readonly checked: number; readonly rebuilt: number; readonly purged: number }
type Count = { checked: number; rebuilt: number; purged: number }

const daysPerCheck = 7
const maxRounds = 50

/** Compares settled days with the customer's rows, read by their ids, and writes anew those that differ. Days whose rows are gone from the low end of
 *  the table were purged: they stay, labelled. `isWanted` is asked newest day first. The line must be caught up with. */
export async function reconcileLine(line: StoredLine, source: LineSource, isWanted: (day: number) => boolean): Promise<Reconciled> {
  const done = { checked: 0, rebuilt: 0, purged: 0 }
  const context = readContext(source.plantDb, zoneOf(source.timeZone), Number.POSITIVE_INFINITY, { limitMs: 20 * readLimitMs })
  const first = await line.refresh()
  if (first === null || first.state.loadedFromId !== null || first.state.signature !== signatureOf(source)) return done
  const wanted = [...first.directory.keys()].sort((a, b) => b - a).filter(isWanted)
  const lowestId = (await idBounds(context, source.table))?.min ?? null
  /** Rows found in other days' ids, by their own day: ids that its summary cannot know. */
  const strays = new Map<number, IdRange>()
  for (let at = 0; at < wanted.length; at += daysPerCheck)
    await checkDays(line, context, source, wanted.slice(at, at + daysPerCheck), lowestId, strays, done)
  for (let round = 0; strays.size > 0 && round < maxRounds; round++) {
    const [day, range] = strays.entries().next().value as [number, IdRange]
    strays.delete(day)
    await checkDays(line, context, source, [day], lowestId, new Map(), done, range)
  }
  return done
}

async function checkDays(
  line: StoredLine,
  context: ReadContext,
  source: LineSource,
  days: readonly number[],
  lowestId: number | null,
  strays: Map<number, IdRange>,
  done: Count,
  also?: IdRange,
): Promise<void> {
  const seen = await line.refresh()
  const { settledId = null, ledger = [] } = seen?.state ?? {}
  if (!seen || settledId === null || seen.state.loadedFromId !== null) return
  const { directory } = seen
  const entries = days.flatMap((day) => directory.get(day) ?? []).filter(({ rowCount }) => rowCount > 0)
  const from = Math.min(also?.from ?? Number.POSITIVE_INFINITY, ...entries.map(({ minId }) => minId))
  const to = Math.min(settledId, Math.max(also?.to ?? Number.NEGATIVE_INFINITY, ...entries.map(({ maxId }) => maxId)))
  if (!(from <= to)) return
  const read = await readByIds(context, source.table, [{ from, to }])
  const rows = pickWhere(read, (i) => !isMissing(ledger, read.id[i] as number))
  const found = foldRows(rows, context.zone)
  noteStrays(found, new Set(days), directory, strays)
  const stored = await readDays(line.tenant, line.lineId, days)
  const changed: DaySummary[] = []
  const purged: number[] = []
  for (const day of days) {
    const [known, own, entry] = [stored.get(day), found.get(day), directory.get(day)]
    done.checked++
    if (!known && !own) continue
    if (own && known && isSameDay(known, own)) continue
    // what is left of a purged day, or came late, says less than its summary
    if (entry?.isPurged && (own?.coarse.rowCount ?? 0) < entry.rowCount) continue
    if (own) changed.push(own)
    else if (entry && known && known.coarse.rowCount > 0) {
      const isGoneFromBelow = lowestId === null || lowestId > entry.maxId
      if (!isGoneFromBelow) changed.push(emptyDay(day))
      else purged.push(day)
    }
  }
  if (changed.length === 0 && purged.length === 0) return
  const hasWon = await transaction(line.tenant, async (tx) => {
    const { revision } = seen.state
    if (!(await store.changeState(tx, line.lineId, revision, { updated_at: line.deps.clock.nowMs() }))) return false
    for (const summary of changed) await store.writeDay(tx, line.lineId, revision + 1, summary)
    if (purged.length > 0) await store.markPurged(tx, line.lineId, revision + 1, purged)
    return true
  })
  if (!hasWon) return
  done.rebuilt += changed.length
  done.purged += purged.length
  line.rebuilds += changed.length
}

/** Days found among the rows of others, with ids that their own summary does not reach. */
function noteStrays(
  found: ReadonlyMap<number, DaySummary>,
  wanted: ReadonlySet<number>,
  directory: ReadonlyMap<number, store.DayEntry>,
  strays: Map<number, IdRange>,
): void {
  for (const [day, { coarse }] of found) {
    const entry = directory.get(day)
    if (wanted.has(day) || (entry && entry.rowCount > 0 && coarse.minId >= entry.minId && coarse.maxId <= entry.maxId)) continue
    const known = strays.get(day) ?? { from: coarse.minId, to: coarse.maxId }
    strays.set(day, { from: Math.min(known.from, coarse.minId), to: Math.max(known.to, coarse.maxId) })
  }
}
