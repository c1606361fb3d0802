/** One line's marks and days as the platform database has them, and every change of them: all or nothing, and only on what was read. */
import type { TenantDb } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import { formatLocal } from '../../platform/time/index.ts'
import { type Detections, type ReadContext, readByIds } from '../detections/index.ts'
import { BlobBrokenError, decodeCoarse, decodeFine } from './codec.ts'
import type { CoarseDay, DaySummary, FineDay } from './day.ts'
import { type Extent, readDayRows } from './day-rows.ts'
import { emptyDay, foldRows } from './fold.ts'
import { isSameDay, joinDays } from './join.ts'
import { isMissing } from './ledger.ts'
import { type HistoryDeps, type LineSource, signatureOf } from './options.ts'
import { addedTo, withoutKnown } from './purged.ts'
import * as store from './store.ts'
import { idBounds } from './table-ids.ts'
import { delicateDays, type Overlay, pickWhere, StaleViewError } from './view.ts'

/** Marks and directory of one moment. */
export type Snapshot = { readonly state: store.LineState; readonly directory: ReadonlyMap<number, store.DayEntry> }

type Persisted = {
  readonly rows: Detections
  readonly settledId: number | null
  readonly ledger: readonly store.MissingIds[]
  readonly loadedFromId?: number | null
}

const belowLowest = 1_000
/** Days looked at to see that a table is still the one that was read. */
const daysCompared = 3

export class StoredLine {
  readonly deps: HistoryDeps
  readonly tenant: TenantDb
  readonly lineId: number
  #snapshot: Snapshot | null = null
  /** Raised when what was known of the line is worth nothing any more. */
  generation = 0
  persistedMs = Number.NEGATIVE_INFINITY
  rebuilds = 0

  constructor(deps: HistoryDeps, tenantId: number, lineId: number) {
    this.deps = deps
    this.tenant = { ...deps.db, tenantId }
    this.lineId = lineId
  }

  get logFields(): object {
    return { tenantId: this.tenant.tenantId, lineId: this.lineId }
  }

  /** What the platform database knows, when it changed since we looked. `found` = just read, with those of other lines. */
  async refresh(found?: store.LineState | null): Promise<Snapshot | null> {
    for (let isFirst = true; ; isFirst = false) {
      const state = isFirst && found !== undefined ? found : await store.findState(this.tenant, this.lineId)
      const known = this.#snapshot
      if (!state) {
        this.#snapshot = null
        return null
      }
      if (known?.state.revision === state.revision && known.state.restarts === state.restarts) {
        const same = { state, directory: known.directory }
        this.#snapshot = same
        return same
      }
      const isOn = known !== null && known.state.restarts === state.restarts && known.state.revision < state.revision
      const changed = await store.listDays(this.tenant, this.lineId, isOn ? known.state.revision : 0)
      // marks and days must be of one moment
      if ((await store.findState(this.tenant, this.lineId))?.revision !== state.revision) continue
      if (!isOn) this.generation++
      const next = { state, directory: isOn ? new Map([...known.directory, ...changed]) : changed }
      this.#snapshot = next
      return next
    }
  }

  /** Forgets everything but purged days, so that the table is read from its newest rows down. */
  async restart(context: ReadContext, source: LineSource, seen: Snapshot | null): Promise<void> {
    const bounds = await idBounds(context, source.table)
    const nowMs = this.deps.clock.nowMs()
    const fresh = {
      signature: signatureOf(source),
      settled_id: bounds?.max ?? null,
      settled_row: null,
      loaded_from_id: bounds ? bounds.max + 1 : null,
      lowest_id: bounds?.min ?? null,
      // rows with lower ids may be on their way too
      ledger: store.ledgerText(
        bounds && bounds.min > 1 ? [{ from: Math.max(1, bounds.min - belowLowest), to: bounds.min - 1, missedMs: nowMs }] : [],
      ),
      lease_until: 0,
      checked_day: null,
      updated_at: nowMs,
    }
    const known = seen?.state
    if (!known) {
      await store.createState(this.tenant, this.lineId, { ...fresh, restarts: 0, created_at: nowMs })
      return
    }
    const gone = bounds ? await this.#daysGoneBelow(context, source, seen, bounds.min) : []
    await transaction(this.tenant, async (tx) => {
      if (!(await store.changeState(tx, this.lineId, known.revision, { ...fresh, restarts: known.restarts + 1 }))) return
      await store.markPurged(tx, this.lineId, known.revision + 1, gone)
      await store.deleteUnpurgedDays(tx, this.lineId)
    })
  }

  /** Days that the customer deleted from the low end of the table, in whole or in part, since they were last looked at: nobody can read them again. None
   *  when the table may be another one, or was emptied and begun anew. */
  async #daysGoneBelow(context: ReadContext, source: LineSource, { state, directory }: Snapshot, lowestId: number): Promise<number[]> {
    const held = [...directory].filter(([, { rowCount, isPurged }]) => rowCount > 0 && !isPurged)
    const gone = held.filter(([, { minId }]) => minId < lowestId).map(([day]) => day)
    if (gone.length === 0 || state.settledId === null || tableOf(state.signature) !== tableOf(signatureOf(source))) return []
    if (state.settledRow !== null) {
      const read = await readByIds(context, source.table, [{ from: state.settledId, to: state.settledId }])
      if (isKnownRow(state, read)) return gone
    }
    if (state.signature !== signatureOf(source)) return []
    // the newest row was corrected or deleted: then days below it are as they were
    const below = held.filter(([, { minId, maxId }]) => minId >= lowestId && maxId < (state.settledId as number))
    const compared = new Map(below.sort(([, a], [, b]) => b.maxId - a.maxId).slice(0, daysCompared))
    const stored = await readDays(this.tenant, this.lineId, [...compared.keys()])
    const { byIds, byTime } = await readDayRows(context, source.table, compared)
    const found = new Map([...foldRows(byIds, context.zone), ...[...byTime.values()].flatMap((rows) => [...foldRows(rows, context.zone)])])
    const isAsItWas = [...stored].some(([day, known]) => {
      const own = found.get(day)
      return own !== undefined && isSameDay(known, own)
    })
    return isAsItWas ? gone : []
  }

  /** The table no longer holds what was settled: it is another one, or its newest rows were deleted. */
  async doubt(context: ReadContext, source: LineSource, seen: Snapshot): Promise<void> {
    this.rebuilds++
    this.deps.log.warn(this.logFields, 'the detection table changed below its settled rows: it is read again')
    await this.restart(context, source, seen)
  }

  /** Adds rows to the stored days and moves the marks, all or nothing. Loses quietly when another process was faster. */
  async persist(context: ReadContext, source: LineSource, { state, directory }: Snapshot, change: Persisted): Promise<void> {
    const loadedFromId = change.loadedFromId === undefined ? state.loadedFromId : change.loadedFromId
    const isInside = (id: number): boolean =>
      id <= (change.settledId ?? Number.NEGATIVE_INFINITY) && (loadedFromId === null || id >= loadedFromId) && !isMissing(change.ledger, id)
    // ids above the mark are new, and so are all that come late while nothing was ever read twice
    const isNew = (id: number): boolean => state.restarts === 0 || id > (state.settledId ?? Number.NEGATIVE_INFINITY)
    const rows = withoutKnown(change.rows, context.zone, directory, isNew)
    const overlays = await overlaysOf(context, source, directory, rows, isInside)
    const nowMs = this.deps.clock.nowMs()
    const isLoading = state.loadedFromId !== null
    const joining = [...overlays].filter(([day, { isWhole }]) => !isWhole && (directory.get(day)?.rowCount ?? 0) > 0).map(([day]) => day)
    let broken: readonly number[] = []
    const hasWon = await transaction(this.tenant, async (tx) => {
      const settledRow = change.settledId === state.settledId && !isLoading ? state.settledRow : rowOf(change.rows, change.settledId)
      const isMarked = await store.changeState(tx, this.lineId, state.revision, {
        settled_id: change.settledId,
        settled_row: isLoading ? (state.settledRow ?? settledRow) : settledRow,
        ledger: store.ledgerText(change.ledger),
        ...(change.loadedFromId === undefined ? {} : { loaded_from_id: change.loadedFromId }),
        updated_at: nowMs,
      })
      if (!isMarked) return false
      const stored = await readDays(tx, this.lineId, joining)
      broken = joining.filter((day) => !stored.has(day) && directory.get(day)?.isLost !== true)
      if (broken.length > 0) throw new BlobBrokenError()
      for (const [day, { summary, isWhole }] of overlays) {
        const known = stored.get(day)
        const entry = directory.get(day)
        const left = entry?.isPurged ? addedTo(entry, summary.coarse) : null
        await store.writeDay(tx, this.lineId, state.revision + 1, isWhole || !known ? summary : joinDays(known, summary), left)
      }
      return true
    }).catch(async (error: unknown) => {
      if (!(error instanceof BlobBrokenError)) throw error
      await this.#giveUp(broken)
      return false
    })
    if (hasWon) this.persistedMs = nowMs
  }

  /** Decoded days, from the cache or the database. Throws StaleViewError when a day is no longer what the directory says. */
  async days<Value extends CoarseDay | FineDay>(
    directory: Snapshot['directory'],
    days: readonly number[],
    part: store.Part,
  ): Promise<Map<number, Value>> {
    const { cache } = this.deps
    const found = new Map<number, Value>()
    const missing: number[] = []
    for (const day of days) {
      const held = cache.get(this.#keyOf(day, part), directory.get(day)?.revision ?? -1)
      if (held) found.set(day, held as Value)
      else missing.push(day)
    }
    if (missing.length === 0) return found
    const broken: number[] = []
    for (const { day, revision, bytes } of await store.readBlobs(this.tenant, this.lineId, missing, part)) {
      if (revision !== directory.get(day)?.revision) throw new StaleViewError()
      const value = decoded(bytes, part) ?? (directory.get(day)?.isLost ? emptyDay(day)[part] : null)
      if (value === null) {
        broken.push(day)
        continue
      }
      cache.set(this.#keyOf(day, part), revision, value)
      found.set(day, value as Value)
    }
    if (broken.length > 0) await this.#giveUp(broken)
    if (missing.some((day) => !found.has(day))) throw new StaleViewError()
    return found
  }

  #keyOf(day: number, part: store.Part): string {
    return `${this.tenant.tenantId} ${this.lineId} ${day} ${part}`
  }

  /** Summaries that cannot be read: their rows are read again. Those of purged days are gone, and said to be, all that are broken at once. */
  async #giveUp(broken: readonly number[]): Promise<void> {
    const seen = await this.refresh()
    if (!seen) return
    const { state, directory } = seen
    if (broken.some((day) => directory.get(day)?.isPurged === false)) {
      this.deps.log.error({ ...this.logFields, days: broken }, 'a day summary is damaged: the line is read again')
      await store.changeState(this.tenant, this.lineId, state.revision, { signature: damaged(state.signature) })
      return
    }
    const purged = [...directory].filter(([, { isPurged, isLost }]) => isPurged && !isLost).map(([day]) => day)
    const readable = await readDays(this.tenant, this.lineId, purged)
    const lost = purged.filter((day) => !readable.has(day))
    if (lost.length === 0) return
    this.deps.log.error({ ...this.logFields, days: lost }, 'summaries of purged days are damaged: restore their months')
    await transaction(this.tenant, async (tx) => {
      const changes = { updated_at: this.deps.clock.nowMs() }
      if (await store.changeState(tx, this.lineId, state.revision, changes)) await store.markLost(tx, this.lineId, state.revision + 1, lost)
    })
  }
}

/** Of no table that can be read now; the name of the table stays in it. */
const damaged = (signature: string): string => signature.replace(/^\S*/, 'damaged')
const tableOf = (signature: string): string => signature.split(' ').slice(3).join(' ')

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

/** Those of the days that can be read. */
export async function readDays(db: TenantDb, lineId: number, days: readonly number[]): Promise<Map<number, DaySummary>> {
  const [coarse, fine] = [await store.readBlobs(db, lineId, days, 'coarse'), await store.readBlobs(db, lineId, days, 'fine')]
  const fineOf = new Map(fine.map(({ day, bytes }) => [day, decoded(bytes, 'fine')]))
  const found = new Map<number, DaySummary>()
  for (const { day, bytes } of coarse) {
    const [own, other] = [decoded(bytes, 'coarse'), fineOf.get(day)]
    if (own && other) found.set(day, { coarse: own, fine: other })
  }
  return found
}

/** Null when it is damaged or of another version. */
function decoded<P extends store.Part>(bytes: Uint8Array, part: P): DaySummary[P] | null {
  try {
    return (part === 'coarse' ? decodeCoarse(bytes) : decodeFine(bytes)) as DaySummary[P]
  } catch (error) {
    if (error instanceof BlobBrokenError) return null
    throw error
  }
}

/** The settled row is still there and still the same: below it stands the table that was read. */
export function isKnownRow({ settledId, settledRow }: store.LineState, read: Detections): boolean {
  if (settledId === null || settledRow === null) return true
  const at = read.id.indexOf(settledId)
  return at >= 0 && rowText(read, at) === settledRow
}

const rowText = (rows: Detections, i: number): string => `${formatLocal(rows.localS[i] as number)} ${rows.areaId[i]} ${rows.productId[i]}`
function rowOf(rows: Detections, id: number | null): string | null {
  const at = id === null ? -1 : rows.id.indexOf(id)
  return at < 0 ? null : rowText(rows, at)
}
