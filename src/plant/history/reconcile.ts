/** Are the summaries still what the customer's table says? Corrections and deletions below the watermark are seen by nothing else. */
import { transaction } from '../../platform/db/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { type Detections, type IdRange, type ReadContext, readContext } from '../detections/index.ts'
import { type DaySummary, dayStartS } from './day.ts'
import { readDayRows } from './day-rows.ts'
import { emptyDay, foldRows } from './fold.ts'
import { isSameDay, joinDays } from './join.ts'
import { isMissing } from './ledger.ts'
import { type LineSource, readLimitMs, signatureOf } from './options.ts'
import { addedTo } from './purged.ts'
import * as store from './store.ts'
import { readDays } from './stored-days.ts'
import type { StoredLine } from './stored-line.ts'
import { idBounds } from './table-ids.ts'
import { pickWhere } from './view.ts'

export type Reconciled = { readonly checked: number; readonly rebuilt: number; readonly purged: number }
type Count = { checked: number; rebuilt: number; purged: number }

const daysPerCheck = 7
const maxRounds = 50
const maxAttempts = 20
/** A label that the line's last few changes set may be of rows that are about to leave. */
const youngLabel = 10

type CheckOptions = {
  /** Nobody is taking rows of the line out of its table now: a label on rows that are all there is a mistake, however young it is. */
  readonly isAlone?: boolean
}

type Check = {
  readonly line: StoredLine
  readonly context: ReadContext
  readonly source: LineSource
  readonly isAlone: boolean
  /** Rows found in other days' ids, by their own day: ids that its summary cannot know. */
  readonly strays: Map<number, IdRange>
  readonly done: Count
}

/** Compares settled days with the customer's rows, read by their ids, and writes anew those that differ. Days whose rows are gone from the low end of
 *  the table, in whole or in part, were purged: they stay, labelled, until their rows are all back. `isWanted` is asked newest day first. The line must
 *  be caught up with. Throws the signal's reason. */
export async function reconcileLine(
  line: StoredLine,
  source: LineSource,
  isWanted: (day: number) => boolean,
  signal?: AbortSignal,
  { isAlone = false }: CheckOptions = {},
): Promise<Reconciled> {
  const done = { checked: 0, rebuilt: 0, purged: 0 }
  const context = readContext(source.plantDb, zoneOf(source.timeZone), Number.POSITIVE_INFINITY, { limitMs: 20 * readLimitMs })
  const first = await line.refresh()
  if (!isWhole(first, source)) return done
  const wanted = [...first.directory.keys()].sort((a, b) => b - a).filter(isWanted)
  const check: Check = { line, context, source, isAlone, strays: new Map(), done }
  for (let at = 0; at < wanted.length; at += daysPerCheck) {
    signal?.throwIfAborted()
    await checkDays(check, wanted.slice(at, at + daysPerCheck))
  }
  for (let round = 0; check.strays.size > 0 && round < maxRounds; round++) {
    const [day, range] = check.strays.entries().next().value as [number, IdRange]
    check.strays.delete(day)
    signal?.throwIfAborted()
    await checkDays({ ...check, strays: new Map() }, [day], range)
  }
  return done
}

const isWhole = (seen: store.Snapshot | null, source: LineSource): seen is store.Snapshot =>
  seen !== null && seen.state.loadedFromId === null && seen.state.signature === signatureOf(source)

/** Rows may be settled while the days are read: then they are read again. */
async function checkDays(check: Check, days: readonly number[], also?: IdRange): Promise<void> {
  for (let attempt = 0; attempt < maxAttempts; attempt++) if (await checkedDays(check, days, also)) return
  throw new Error('the history of the line changed each time its days were to be checked')
}

/** False when another process changed the line meanwhile: nothing was written. */
async function checkedDays({ line, context, source, isAlone, strays, done }: Check, days: readonly number[], also?: IdRange) {
  const seen = await line.refresh()
  if (!isWhole(seen, source) || seen.state.settledId === null) return true
  const {
    directory,
    state: { ledger, settledId, revision },
  } = seen
  const wanted = new Set(days)
  const entries = new Map([...directory].filter(([day]) => wanted.has(day)))
  const read = await readDayRows(context, source.table, entries, also ? [also] : [])
  const settled = (rows: Detections): Detections =>
    pickWhere(rows, (i) => (rows.id[i] as number) <= settledId && !isMissing(ledger, rows.id[i] as number))
  const byIds = settled(read.byIds)
  const byTime = new Map([...read.byTime].map(([day, rows]) => [day, settled(rows)]))
  const folded = foldRows(byIds, context.zone)
  noteStrays(folded, wanted, directory, strays)
  const found = (day: number): DaySummary | undefined => {
    const own = byTime.get(day)
    return own ? foldRows(own, context.zone).get(day) : folded.get(day)
  }
  /** Rows that came to a purged day, and that its summary does not hold. */
  const added = (day: number, { minId, maxId }: store.DayEntry): DaySummary | undefined => {
    const rows = byTime.get(day) ?? byIds
    const [startS, endS] = [dayStartS(context.zone, day), dayStartS(context.zone, day + 1)]
    const isAdded = (i: number): boolean => {
      const [id, atS] = [rows.id[i] as number, rows.epochS[i] as number]
      return atS >= startS && atS < endS && (id < minId || id > maxId)
    }
    return foldRows(pickWhere(rows, isAdded), context.zone).get(day)
  }
  const stored = await readDays(line.tenant, line.lineId, days)
  // asked after the rows were read: the customer may be deleting now
  const lowestId = (await idBounds(context, source.table))?.min ?? null
  const changed: { readonly summary: DaySummary; readonly left: store.DayEntry | null }[] = []
  const [purged, back]: [number[], number[]] = [[], []]
  for (const day of days) {
    const [known, own, entry] = [stored.get(day), found(day), directory.get(day)]
    if (!entry || entry.rowCount === 0) {
      if (own) changed.push({ summary: own, left: null })
      continue
    }
    const isYoung = !isAlone && revision - entry.revision < youngLabel
    const isFewer = (own?.coarse.rowCount ?? 0) < entry.rowCount
    if (own && known && isSameDay(known, own)) {
      if (entry.isPurged && !isYoung) back.push(day)
    } else if (entry.isPurged && isFewer) {
      // what is left of a purged day, or came late, says less than its summary
      const late = added(day, entry)
      if (late) changed.push({ summary: known ? joinDays(known, late) : late, left: addedTo(entry, late.coarse) })
    } else if (own && isFewer && lowestId !== null && entry.minId < lowestId) {
      // the customer deletes up to some hour: the rest of that day is no correction of it
      purged.push(day)
    } else if (own) {
      const left = entry.isPurged && isYoung ? { ...entry, ...extentOf(own), isLost: false } : null
      changed.push({ summary: own, left })
    } else if (lowestId === null || lowestId > entry.maxId) purged.push(day)
    else changed.push({ summary: emptyDay(day), left: null })
  }
  if (changed.length + purged.length + back.length > 0) {
    const hasWon = await transaction(line.tenant, async (tx) => {
      if (!(await store.changeState(tx, line.lineId, revision, { updated_at: line.deps.clock.nowMs() }))) return false
      for (const { summary, left } of changed) await store.writeDay(tx, line.lineId, revision + 1, summary, left)
      await store.markPurged(tx, line.lineId, revision + 1, purged)
      await store.markPurged(tx, line.lineId, revision + 1, back, false)
      return true
    })
    if (!hasWon) return false
  }
  done.checked += days.length
  done.rebuilt += changed.length
  done.purged += purged.length
  line.rebuilds += changed.length
  return true
}

const extentOf = ({ coarse: { rowCount, minId, maxId } }: DaySummary) => ({ rowCount, minId, maxId })

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
