/** One line's marks and days as the platform database has them, and every change of them: all or nothing, and only on what was read. */
import type { TenantDb } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import { formatLocal } from '../../platform/time/index.ts'
import { type Detections, type ReadContext, readByIds } from '../detections/index.ts'
import { BlobBrokenError, decodeCoarse, decodeFine } from './codec.ts'
import type { CoarseDay, DaySummary, FineDay } from './day.ts'
import { foldRows } from './fold.ts'
import { joinDays } from './join.ts'
import { isMissing } from './ledger.ts'
import { type HistoryDeps, type LineSource, signatureOf } from './options.ts'
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
    await transaction(this.tenant, async (tx) => {
      if (await store.changeState(tx, this.lineId, known.revision, { ...fresh, restarts: known.restarts + 1 }))
        await store.deleteUnpurgedDays(tx, this.lineId)
    })
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
    const overlays = await overlaysOf(context, source, directory, change.rows, isInside)
    const nowMs = this.deps.clock.nowMs()
    const isLoading = state.loadedFromId !== null
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
      const joining = [...overlays].filter(([day, { isWhole }]) => !isWhole && (directory.get(day)?.rowCount ?? 0) > 0)
      const stored = await readDays(
        tx,
        this.lineId,
        joining.map(([day]) => day),
      )
      for (const [day, { summary, isWhole }] of overlays) {
        const known = stored.get(day)
        const isPurged = directory.get(day)?.isPurged === true
        // what is left of a purged day in the table cannot stand for the whole of it
        if (isPurged && isWhole && !isLoading) continue
        // rows that come back while everything is read again stand for themselves
        const isReplaced = isWhole || !known || (isLoading && isPurged)
        await store.writeDay(tx, this.lineId, state.revision + 1, isReplaced ? summary : joinDays(known, summary), isPurged && !isReplaced)
      }
      return true
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
    for (const { day, revision, bytes } of await store.readBlobs(this.tenant, this.lineId, missing, part)) {
      if (revision !== directory.get(day)?.revision) throw new StaleViewError()
      const value = await this.#decode(day, bytes, part)
      cache.set(this.#keyOf(day, part), revision, value)
      found.set(day, value as Value)
    }
    if (missing.some((day) => !found.has(day))) throw new StaleViewError()
    return found
  }

  #keyOf(day: number, part: store.Part): string {
    return `${this.tenant.tenantId} ${this.lineId} ${day} ${part}`
  }

  async #decode(day: number, bytes: Uint8Array, part: store.Part): Promise<CoarseDay | FineDay> {
    try {
      return part === 'coarse' ? decodeCoarse(bytes) : decodeFine(bytes)
    } catch (error) {
      if (!(error instanceof BlobBrokenError)) throw error
      this.deps.log.error({ ...this.logFields, day }, 'a day summary is damaged: the line is read again')
      const revision = this.#snapshot?.state.revision
      if (revision !== undefined) await store.changeState(this.tenant, this.lineId, revision, { signature: 'damaged' })
      throw new StaleViewError()
    }
  }
}

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
  const delicate = delicateDays(zone, rows)
  if (delicate.size === 0) return overlays
  const bounds = [...delicate]
    .flatMap((day) => [directory.get(day), overlays.get(day)?.summary.coarse])
    .filter((entry) => entry !== undefined)
    .filter(({ rowCount }) => rowCount > 0)
  const from = Math.min(...bounds.map(({ minId }) => minId))
  const to = Math.max(...bounds.map(({ maxId }) => maxId))
  const all = await readByIds(context, source.table, [{ from, to }])
  const folded = foldRows(
    pickWhere(all, (i) => isInside(all.id[i] as number)),
    zone,
  )
  for (const day of delicate) {
    const summary = folded.get(day)
    if (summary) overlays.set(day, { summary, isWhole: true })
  }
  return overlays
}

export async function readDays(db: TenantDb, lineId: number, days: readonly number[]): Promise<Map<number, DaySummary>> {
  const [coarse, fine] = [await store.readBlobs(db, lineId, days, 'coarse'), await store.readBlobs(db, lineId, days, 'fine')]
  const fineOf = new Map(fine.map(({ day, bytes }) => [day, bytes]))
  return new Map(
    coarse.flatMap(({ day, bytes }) => {
      const other = fineOf.get(day)
      return other ? [[day, { coarse: decodeCoarse(bytes), fine: decodeFine(other) }] as const] : []
    }),
  )
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
