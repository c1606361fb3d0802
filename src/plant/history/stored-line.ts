/** One line's marks and days as the platform database has them, and every change of them: all or nothing, and only on what was read. */
import type { TenantDb } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import type { Detections, ReadContext } from '../detections/index.ts'
import { BlobBrokenError } from './codec.ts'
import type { CoarseDay, FineDay } from './day.ts'
import { emptyDay } from './fold.ts'
import { joinDays } from './join.ts'
import { isMissing } from './ledger.ts'
import { type HistoryDeps, type LineSource, signatureOf } from './options.ts'
import { overlaysOf } from './overlays.ts'
import { addedTo, withoutKnown } from './purged.ts'
import { damaged, daysGoneBelow, rowOf } from './same-table.ts'
import * as store from './store.ts'
import { decoded, readDays } from './stored-days.ts'
import { idBounds } from './table-ids.ts'
import { StaleViewError } from './view.ts'

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
  #snapshot: store.Snapshot | null = null
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
  async refresh(found?: store.LineState | null): Promise<store.Snapshot | null> {
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
  async restart(context: ReadContext, source: LineSource, seen: store.Snapshot | null): Promise<void> {
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
    const gone = bounds ? await daysGoneBelow(this.tenant, context, source, seen, bounds.min) : []
    await transaction(this.tenant, async (tx) => {
      if (!(await store.changeState(tx, this.lineId, known.revision, { ...fresh, restarts: known.restarts + 1 }))) return
      await store.markPurged(tx, this.lineId, known.revision + 1, gone)
      await store.deleteUnpurgedDays(tx, this.lineId)
    })
  }

  /** The table no longer holds what was settled: it is another one, or its newest rows were deleted. */
  async doubt(context: ReadContext, source: LineSource, seen: store.Snapshot): Promise<void> {
    this.rebuilds++
    this.deps.log.warn(this.logFields, 'the detection table changed below its settled rows: it is read again')
    await this.restart(context, source, seen)
  }

  /** Adds rows to the stored days and moves the marks, all or nothing. Loses quietly when another process was faster. */
  async persist(context: ReadContext, source: LineSource, { state, directory }: store.Snapshot, change: Persisted): Promise<void> {
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
    directory: store.Snapshot['directory'],
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
