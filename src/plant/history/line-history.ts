/** One line's history in this process: catches up before every answer, keeps a settled prefix in the platform database and the rest in memory.
 *  What is above the settled id is read anew each time, so nothing is counted twice and any process can answer at any moment. */
import { sql } from 'kysely'
import type { Db, TenantDb } from '../../platform/db/database.ts'
import { asInteger, transaction } from '../../platform/db/index.ts'
import { type Clock, formatLocal, type Zone, zoneOf } from '../../platform/time/index.ts'
import {
  type Detections,
  detectionColumns,
  type IdRange,
  instantsOfRows,
  type ReadContext,
  readByIds,
  readContext,
  readFew,
} from '../detections/index.ts'
import type { DetectionTable } from '../model/model.ts'
import type { PlantDb } from '../source/plant-db.ts'
import { gapFloorS } from './bursts.ts'
import type { DayCache } from './cache.ts'
import { BlobBrokenError, codecVersion, decodeCoarse, decodeFine } from './codec.ts'
import type { CoarseDay, DaySummary, FineDay } from './day.ts'
import { emptyDay, foldRows, isSameDay, joinDays } from './fold.ts'
import * as store from './store.ts'
import { createView, delicateDays, type LineView, type Overlay, pickWhere, StaleViewError } from './view.ts'

export type HistoryOptions = {
  /** Ids are settled this long after a higher one was first seen: lower ones may still be committed by then. */
  readonly settleMs: number
  /** The settled prefix is moved on at most this often, unless the tail is long. */
  readonly persistEveryMs: number
  /** Ids read at once by the first attach and by long catch-ups. */
  readonly batchIds: number
  /** A first attach of at most this many ids is done before the first answer; a longer one beside the answers. */
  readonly inlineIds: number
}

export const defaultOptions: HistoryOptions = { settleMs: 10_000, persistEveryMs: 60_000, batchIds: 100_000, inlineIds: 200_000 }

export type HistoryLog = { readonly warn: (data: object, message: string) => void; readonly error: (data: object, message: string) => void }

export type HistoryDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly log: HistoryLog
  readonly cache: DayCache
  /** One reading of a batch at a time in this process: several would hold several batches in memory. */
  readonly inTurn: <T>(work: () => Promise<T>) => Promise<T>
  readonly hold: <T>(tenantId: number, work: () => Promise<T>) => Promise<T>
  readonly options: HistoryOptions
}

/** Where the line's rows are, as the request's model says. */
export type LineSource = { readonly plantDb: PlantDb; readonly lineId: number; readonly table: DetectionTable; readonly timeZone: string }

/** Of this process. `lagRows`: above the watermark at the last catch-up, in every answer but not stored yet. */
export type LineFigures = { readonly tenantId: number; readonly lineId: number; readonly rebuilds: number; readonly lagRows: number }

/** 0…1 of the ids. */
export type Loading = { readonly loadedFraction: number }
export type Answer = { readonly view: LineView; readonly loading: null } | { readonly view: null; readonly loading: Loading }

/** Marks and directory of one moment. */
type Snapshot = { readonly state: store.LineState; readonly directory: ReadonlyMap<number, store.DayEntry> }

const daysPerCheck = 7
const keepMissingMs = 7 * 86_400_000
/** More missing ranges than this are a habit of the server's (ids in steps): the oldest are left to reconciliation. */
const maxMissing = 400
/** The newest ranges are read at every catch-up, all of them once a minute. */
const alwaysRead = 32
const readAllEveryMs = 60_000
const belowLowest = 1_000
const longTail = 5_000
const longestTail = 20_000
const maxAttempts = 50
const readLimitMs = 30_000
const leaseMs = 30_000

type Persisted = {
  readonly rows: Detections
  readonly settledId: number | null
  readonly ledger: readonly store.MissingIds[]
  readonly loadedFromId?: number | null
}

export class LineHistory {
  readonly #deps: HistoryDeps
  readonly #tenant: TenantDb
  readonly #lineId: number
  #snapshot: Snapshot | null = null
  #running: Promise<Answer> | null = null
  #queued: Promise<Answer> | null = null
  #background: Promise<void> | null = null
  /** Highest id at the time it was first seen. */
  #sightings: { readonly id: number; readonly atMs: number }[] = []
  #persistedMs = Number.NEGATIVE_INFINITY
  #view: { readonly key: string; readonly view: LineView } | null = null
  #allReadMs = Number.NEGATIVE_INFINITY
  #isClosed = false
  rebuilds = 0
  #tailRows = 0

  constructor(deps: HistoryDeps, tenantId: number, lineId: number) {
    this.#deps = deps
    this.#tenant = { ...deps.db, tenantId }
    this.#lineId = lineId
  }

  /** Everything committed before this call is in the answer. */
  answer(source: LineSource): Promise<Answer> {
    if (!this.#running) return this.#start(source)
    // the one that runs may have read before our rows came: the next one is shared by all who wait
    this.#queued ??= this.#running
      .catch(() => {})
      .then(() => {
        this.#queued = null
        return this.#start(source)
      })
    return this.#queued
  }

  #start(source: LineSource): Promise<Answer> {
    const running = this.#catchUp(source).finally(() => {
      if (this.#running === running) this.#running = null
    })
    this.#running = running
    return running
  }

  async close(): Promise<void> {
    this.#isClosed = true
    await this.#running?.catch(() => {})
    await this.#background?.catch(() => {})
  }

  figures(): LineFigures {
    return { tenantId: this.#tenant.tenantId, lineId: this.#lineId, rebuilds: this.rebuilds, lagRows: this.#tailRows }
  }

  async #catchUp(source: LineSource): Promise<Answer> {
    const zone = zoneOf(source.timeZone)
    const { batchIds, inlineIds } = this.#deps.options
    const context = readContext(source.plantDb, zone, Number.POSITIVE_INFINITY, { limitMs: readLimitMs })
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const seen = await this.#refresh()
      if (seen?.state.signature !== signatureOf(source)) {
        await this.#restart(context, source, seen)
        continue
      }
      const { settledId, loadedFromId, lowestId } = seen.state
      if (loadedFromId !== null) {
        if (loadedFromId - (lowestId ?? 0) > inlineIds) {
          this.#inBackground(() => this.load(source))
          return { view: null, loading: loadingOf(seen.state) }
        }
        await this.#loadBatch(context, source, zone, seen)
        continue
      }
      const outcome = settledId === null ? 'too_long' : await this.#tail(context, source, zone, seen, settledId)
      if (outcome === 'changed') continue
      if (outcome !== 'too_long') return { view: outcome, loading: null }
      const maxId = await highestId(context, source.table)
      if (maxId === null && settledId === null)
        return { view: await this.#viewOf(context, source, zone, seen, noRows(zone), Number.NEGATIVE_INFINITY), loading: null }
      if (maxId === null || settledId === null) await this.#restart(context, source, seen)
      else if (maxId < settledId) await this.#doubt(context, source, seen)
      else await this.#absorb(context, source, zone, seen, settledId, Math.min(maxId, settledId + batchIds))
    }
    throw new StaleViewError()
  }

  /** What the platform database knows, when it changed since we looked. */
  async #refresh(): Promise<Snapshot | null> {
    for (;;) {
      const state = await store.findState(this.#tenant, this.#lineId)
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
      const changed = await store.listDays(this.#tenant, this.#lineId, isOn ? known.state.revision : 0)
      // marks and days must be of one moment
      if ((await store.findState(this.#tenant, this.#lineId))?.revision !== state.revision) continue
      if (!isOn) this.#sightings = []
      const next = { state, directory: isOn ? new Map([...known.directory, ...changed]) : changed }
      this.#snapshot = next
      return next
    }
  }

  /** Forgets everything but purged days, and reads the table from its newest rows down. */
  async #restart(context: ReadContext, source: LineSource, seen: Snapshot | null): Promise<void> {
    const bounds = await idBounds(context, source.table)
    const nowMs = this.#deps.clock.nowMs()
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
      await store.createState(this.#tenant, this.#lineId, { ...fresh, restarts: 0, created_at: nowMs })
      return
    }
    await transaction(this.#tenant, async (tx) => {
      if (await store.changeState(tx, this.#lineId, known.revision, { ...fresh, restarts: known.restarts + 1 }))
        await store.deleteUnpurgedDays(tx, this.#lineId)
    })
  }

  #inBackground(work: () => Promise<void>): void {
    if (this.#background || this.#isClosed) return
    this.#background = this.#deps
      .hold(this.#tenant.tenantId, work)
      .catch((error: unknown) =>
        this.#deps.log.warn({ tenantId: this.#tenant.tenantId, lineId: this.#lineId, err: error }, 'history work failed'),
      )
      .finally(() => {
        this.#background = null
      })
  }

  /** The first attach: newest rows first, batch by batch, each with its mark in one transaction, so that it goes on where it was left. One process at
   *  a time; the others wait for it by their own answers. `onProgress` hears the fraction loaded. */
  async load(source: LineSource, onProgress: (loading: Loading) => void = () => {}): Promise<void> {
    const zone = zoneOf(source.timeZone)
    const { clock } = this.#deps
    while (!this.#isClosed) {
      const seen = await this.#refresh()
      const context = readContext(source.plantDb, zone, Number.POSITIVE_INFINITY, { limitMs: 10 * readLimitMs })
      if (seen?.state.signature !== signatureOf(source)) {
        await this.#restart(context, source, seen)
        continue
      }
      const { state } = seen
      onProgress(loadingOf(state))
      if (state.loadedFromId === null) return
      if (state.leaseUntilMs > clock.nowMs() && state.leaseUntilMs !== this.#leaseMs) return
      const untilMs = clock.nowMs() + leaseMs
      if (!(await store.leaseLoading(this.#tenant, this.#lineId, state.leaseUntilMs, untilMs))) return
      this.#leaseMs = untilMs
      await this.#loadBatch(context, source, zone, seen)
    }
    // whoever comes next need not wait for the lease to run out
    await store.leaseLoading(this.#tenant, this.#lineId, this.#leaseMs, 0)
  }

  #leaseMs = 0

  async #loadBatch(context: ReadContext, source: LineSource, zone: Zone, seen: Snapshot): Promise<void> {
    const { loadedFromId, lowestId, settledId } = seen.state
    if (loadedFromId === null || lowestId === null || settledId === null) return
    const to = loadedFromId - 1
    const from = Math.max(lowestId, to - this.#deps.options.batchIds + 1)
    await this.#deps.inTurn(() => this.#loadRows(context, source, zone, seen, { from, to }))
  }

  async #loadRows(context: ReadContext, source: LineSource, zone: Zone, seen: Snapshot, { from, to }: IdRange): Promise<void> {
    const { lowestId, settledId, ledger: known } = seen.state
    const rows = await readByIds(context, source.table, [{ from, to }])
    const ledger = [...missingIds(rows, from - 1, to, this.#deps.clock.nowMs()), ...known].slice(-maxMissing)
    const isDone = lowestId === null || from <= lowestId
    await this.#persist(context, source, zone, seen, { rows, settledId, ledger, loadedFromId: isDone ? null : from })
  }

  /** A backlog longer than a batch (nobody asked for a while): its lower part is settled at once. */
  async #absorb(context: ReadContext, source: LineSource, zone: Zone, seen: Snapshot, aboveId: number, upToId: number): Promise<void> {
    const read = await readByIds(context, source.table, [{ from: aboveId, to: upToId }])
    if (!isKnownRow(seen.state, read)) return this.#doubt(context, source, seen)
    const rows = pickWhere(read, (i) => (read.id[i] as number) > aboveId)
    // a row that is there marks how far: its absence or change tells of another table
    const settledId = rows.length === 0 ? upToId : rows.id.reduce((top, id) => Math.max(top, id), aboveId)
    const nowMs = this.#deps.clock.nowMs()
    const ledger = keptLedger([...seen.state.ledger, ...missingIds(rows, aboveId, settledId, nowMs)], nowMs)
    await this.#persist(context, source, zone, seen, { rows, settledId, ledger })
  }

  /** Rows above the settled id, as they are now. `changed` = something below turned out otherwise, begin anew; `too_long` = settle a part first. */
  async #tail(
    context: ReadContext,
    source: LineSource,
    zone: Zone,
    seen: Snapshot,
    knownId: number,
  ): Promise<LineView | 'changed' | 'too_long'> {
    const { clock, options } = this.#deps
    const nowMs = clock.nowMs()
    const { state } = seen
    const late = keptLedger(state.ledger, nowMs)
    const limit = Math.min(longestTail, options.batchIds) + 1
    const read = await readFew(context, source.table, knownId, this.#lateToRead(late, nowMs), limit)
    if (!read || (read.length === 0 && state.settledRow === null)) return 'too_long'
    const maxId = read.id.reduce((top, id) => Math.max(top, id), knownId)
    const lateRows = pickWhere(read, (i) => (read.id[i] as number) < knownId)
    if (lateRows.length > 0) {
      await this.#persist(context, source, zone, seen, { rows: lateRows, settledId: knownId, ledger: withoutFound(late, lateRows) })
      return 'changed'
    }
    if (!isKnownRow(state, read)) {
      await this.#doubt(context, source, seen)
      return 'changed'
    }
    const rows = pickWhere(read, (i) => (read.id[i] as number) > knownId)
    this.#tailRows = rows.length
    this.#sightings = this.#sightings.filter(({ id }) => id > knownId)
    if ((this.#sightings.at(-1)?.id ?? Number.NEGATIVE_INFINITY) < maxId) this.#sightings.push({ id: maxId, atMs: nowMs })
    const view = await this.#viewOf(context, source, zone, seen, rows, maxId)

    const settledId = this.#sightings.findLast(({ atMs }) => atMs <= nowMs - options.settleMs)?.id
    const isDue = nowMs - this.#persistedMs >= options.persistEveryMs || rows.length > longTail
    if (settledId !== undefined && settledId > knownId && isDue) {
      const settled = pickWhere(rows, (i) => (rows.id[i] as number) <= settledId)
      const ledger = keptLedger([...late, ...missingIds(settled, knownId, settledId, nowMs)], nowMs)
      this.#inBackground(() => this.#persist(context, source, zone, seen, { rows: settled, settledId, ledger }))
    }
    return view
  }

  #lateToRead(late: readonly store.MissingIds[], nowMs: number): readonly store.MissingIds[] {
    if (late.length <= alwaysRead) return late
    if (nowMs - this.#allReadMs < readAllEveryMs) return late.slice(-alwaysRead)
    this.#allReadMs = nowMs
    return late
  }

  async #viewOf(
    context: ReadContext,
    source: LineSource,
    zone: Zone,
    { state, directory }: Snapshot,
    rows: Detections,
    maxId: number,
  ): Promise<LineView> {
    // the same rows over the same settled days: the same view, with what it has joined already
    const key = `${state.restarts} ${state.revision} ${maxId} ${digest(rows)}`
    if (this.#view?.key === key) return this.#view.view
    const isInside = (id: number): boolean => id <= maxId && !state.ledger.some(({ from, to }) => id >= from && id <= to)
    const overlays = await this.#overlaysOf(context, source, zone, directory, rows, isInside)
    const view = createView({
      zone,
      lineId: this.#lineId,
      table: source.table,
      directory,
      overlays,
      isInside,
      load: (days, part) => this.#load(directory, days, part),
    })
    this.#view = { key, view }
    return view
  }

  /** New rows folded; days with a repeated hour are folded whole, from all their rows. */
  async #overlaysOf(
    context: ReadContext,
    source: LineSource,
    zone: Zone,
    directory: Snapshot['directory'],
    rows: Detections,
    isInside: (id: number) => boolean,
  ): Promise<Map<number, Overlay>> {
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

  async #load<Value extends CoarseDay | FineDay>(
    directory: ReadonlyMap<number, store.DayEntry>,
    days: readonly number[],
    part: store.Part,
  ): Promise<Map<number, Value>> {
    const { cache } = this.#deps
    const found = new Map<number, Value>()
    const missing: number[] = []
    for (const day of days) {
      const held = cache.get(this.#keyOf(day, part), directory.get(day)?.revision ?? -1)
      if (held) found.set(day, held as Value)
      else missing.push(day)
    }
    if (missing.length === 0) return found
    for (const { day, revision, bytes } of await store.readBlobs(this.#tenant, this.#lineId, missing, part)) {
      if (revision !== directory.get(day)?.revision) throw new StaleViewError()
      const value = await this.#decode(day, bytes, part)
      cache.set(this.#keyOf(day, part), revision, value)
      found.set(day, value as Value)
    }
    if (missing.some((day) => !found.has(day))) throw new StaleViewError()
    return found
  }

  #keyOf = (day: number, part: store.Part): string => `${this.#tenant.tenantId} ${this.#lineId} ${day} ${part}`

  async #decode(day: number, bytes: Uint8Array, part: store.Part): Promise<CoarseDay | FineDay> {
    try {
      return part === 'coarse' ? decodeCoarse(bytes) : decodeFine(bytes)
    } catch (error) {
      if (!(error instanceof BlobBrokenError)) throw error
      this.#deps.log.error(
        { tenantId: this.#tenant.tenantId, lineId: this.#lineId, day },
        'a day summary is damaged: the line is read again',
      )
      const revision = this.#snapshot?.state.revision
      if (revision !== undefined) await store.changeState(this.#tenant, this.#lineId, revision, { signature: 'damaged' })
      throw new StaleViewError()
    }
  }

  /** Adds rows to the stored days and moves the marks, all or nothing. Loses quietly when another process was faster. */
  async #persist(context: ReadContext, source: LineSource, zone: Zone, { state, directory }: Snapshot, change: Persisted): Promise<void> {
    const { clock } = this.#deps
    const isInside = (id: number): boolean =>
      id <= (change.settledId ?? Number.NEGATIVE_INFINITY) &&
      (change.loadedFromId === undefined || change.loadedFromId === null || id >= change.loadedFromId) &&
      !change.ledger.some(({ from, to }) => id >= from && id <= to)
    const overlays = await this.#overlaysOf(context, source, zone, directory, change.rows, isInside)
    const nowMs = clock.nowMs()
    const isLoading = state.loadedFromId !== null
    const hasWon = await transaction(this.#tenant, async (tx) => {
      const settledRow = change.settledId === state.settledId && !isLoading ? state.settledRow : rowOf(change.rows, change.settledId)
      const isMarked = await store.changeState(tx, this.#lineId, state.revision, {
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
        this.#lineId,
        joining.map(([day]) => day),
      )
      for (const [day, { summary, isWhole }] of overlays) {
        const known = stored.get(day)
        // rows that come back while everything is read again stand for themselves
        const isReplaced = isWhole || !known || (isLoading && directory.get(day)?.isPurged === true)
        await store.writeDay(tx, this.#lineId, state.revision + 1, isReplaced ? summary : joinDays(known, summary))
      }
      return true
    })
    if (hasWon) this.#persistedMs = nowMs
  }

  /** The table no longer holds what was settled: a few days tell whether the newest rows were deleted or the table is another one. */
  async #doubt(context: ReadContext, source: LineSource, seen: Snapshot): Promise<void> {
    this.rebuilds++
    this.#deps.log.warn(
      { tenantId: this.#tenant.tenantId, lineId: this.#lineId },
      'the detection table changed below its settled rows: it is read again',
    )
    await this.#restart(context, source, seen)
  }

  /** Compares settled days with the customer's rows, read by their ids, and writes anew those that differ. Days whose rows are gone from the low end of
   *  the table were purged: they stay, labelled. `isWanted` is asked newest day first; absent = all. Answers how many were looked at and how many differed. */
  async reconcile(
    source: LineSource,
    isWanted: (day: number) => boolean = () => true,
  ): Promise<{ checked: number; rebuilt: number; purged: number }> {
    const done = { checked: 0, rebuilt: 0, purged: 0 }
    const zone = zoneOf(source.timeZone)
    const context = readContext(source.plantDb, zone, Number.POSITIVE_INFINITY, { limitMs: 20 * readLimitMs })
    // a table that was emptied or restored is begun anew, not compared
    await this.answer(source)
    const first = await this.#refresh()
    if (first === null || first.state.loadedFromId !== null || first.state.signature !== signatureOf(source)) return done
    const wanted = [...first.directory.keys()].sort((a, b) => b - a).filter(isWanted)
    const bounds = await idBounds(context, source.table)
    /** Rows found in other days' ids, by their own day: ids that its summary cannot know. */
    const strays = new Map<number, IdRange>()
    for (let at = 0; at < wanted.length; at += daysPerCheck)
      await this.#check(context, source, zone, wanted.slice(at, at + daysPerCheck), bounds?.min ?? null, strays, done)
    for (let round = 0; strays.size > 0 && round < maxAttempts; round++) {
      const [day, range] = strays.entries().next().value as [number, IdRange]
      strays.delete(day)
      await this.#check(context, source, zone, [day], bounds?.min ?? null, new Map(), done, range)
    }
    return done
  }

  async #check(
    context: ReadContext,
    source: LineSource,
    zone: Zone,
    days: readonly number[],
    lowestId: number | null,
    strays: Map<number, IdRange>,
    done: { checked: number; rebuilt: number; purged: number },
    also?: IdRange,
  ): Promise<void> {
    const seen = await this.#refresh()
    const { settledId = null, ledger = [] } = seen?.state ?? {}
    if (!seen || settledId === null || seen.state.loadedFromId !== null) return
    const { directory } = seen
    const entries = days.flatMap((day) => directory.get(day) ?? []).filter(({ rowCount }) => rowCount > 0)
    const from = Math.min(also?.from ?? Number.POSITIVE_INFINITY, ...entries.map(({ minId }) => minId))
    const to = Math.min(settledId, Math.max(also?.to ?? Number.NEGATIVE_INFINITY, ...entries.map(({ maxId }) => maxId)))
    if (!(from <= to)) return
    const read = await readByIds(context, source.table, [{ from, to }])
    const rows = pickWhere(read, (i) => !ledger.some((range) => (read.id[i] as number) >= range.from && (read.id[i] as number) <= range.to))
    const found = foldRows(rows, zone)
    const wanted = new Set(days)
    for (const [day, { coarse }] of found) {
      const entry = directory.get(day)
      if (wanted.has(day) || (entry && entry.rowCount > 0 && coarse.minId >= entry.minId && coarse.maxId <= entry.maxId)) continue
      const known = strays.get(day) ?? { from: coarse.minId, to: coarse.maxId }
      strays.set(day, { from: Math.min(known.from, coarse.minId), to: Math.max(known.to, coarse.maxId) })
    }
    const stored = await readDays(this.#tenant, this.#lineId, days)
    const changed: DaySummary[] = []
    const purged: number[] = []
    for (const day of days) {
      const [known, own, entry] = [stored.get(day), found.get(day), directory.get(day)]
      done.checked++
      if (!known && !own) continue
      if (own && known && isSameDay(known, own)) continue
      if (own) changed.push(own)
      else if (entry && known && known.coarse.rowCount > 0) {
        const isGoneFromBelow = lowestId === null || lowestId > entry.maxId
        if (!isGoneFromBelow) changed.push(emptyDay(day))
        else if (!entry.isPurged) purged.push(day)
      }
    }
    if (changed.length === 0 && purged.length === 0) return
    const hasWon = await transaction(this.#tenant, async (tx) => {
      const { revision } = seen.state
      if (!(await store.changeState(tx, this.#lineId, revision, { updated_at: this.#deps.clock.nowMs() }))) return false
      for (const summary of changed) await store.writeDay(tx, this.#lineId, revision + 1, summary)
      if (purged.length > 0) await store.markPurged(tx, this.#lineId, revision + 1, purged)
      return true
    })
    if (!hasWon) return
    done.rebuilt += changed.length
    done.purged += purged.length
    this.rebuilds += changed.length
  }
}

function loadingOf({ loadedFromId, lowestId, settledId }: store.LineState): Loading {
  if (loadedFromId === null || lowestId === null || settledId === null) return { loadedFraction: 1 }
  const all = settledId - lowestId + 1
  return { loadedFraction: Math.min(1, Math.max(0, (settledId + 1 - loadedFromId) / Math.max(1, all))) }
}

/** What decides the contents of a summary. Area types and orders do not: gaps and counts are kept per area, and areas get their meaning on reading. */
const signatureOf = ({ table, timeZone }: LineSource): string => `${codecVersion} ${gapFloorS} ${timeZone} ${table.name}`.slice(0, 200)

async function readDays(db: TenantDb, lineId: number, days: readonly number[]): Promise<Map<number, DaySummary>> {
  const [coarse, fine] = [await store.readBlobs(db, lineId, days, 'coarse'), await store.readBlobs(db, lineId, days, 'fine')]
  const fineOf = new Map(fine.map(({ day, bytes }) => [day, bytes]))
  return new Map(
    coarse.flatMap(({ day, bytes }) => {
      const other = fineOf.get(day)
      return other ? [[day, { coarse: decodeCoarse(bytes), fine: decodeFine(other) }] as const] : []
    }),
  )
}

async function highestId({ plantDb }: ReadContext, table: DetectionTable): Promise<number | null> {
  const { rows } = await sql<{
    top: unknown
  }>`select max(${sql.id('detection_id')}) as ${sql.id('top')} from ${sql.id(table.name)}`.execute(plantDb.kysely)
  return asInteger(rows[0]?.top)
}

async function idBounds({ plantDb }: ReadContext, table: DetectionTable): Promise<{ min: number; max: number } | null> {
  const id = sql.id('detection_id')
  const { rows } = await sql<{
    low: unknown
    top: unknown
  }>`select (select min(${id}) from ${sql.id(table.name)}) as ${sql.id('low')}, (select max(${id}) from ${sql.id(table.name)}) as ${sql.id('top')}`.execute(
    plantDb.kysely,
  )
  const [min, max] = [asInteger(rows[0]?.low), asInteger(rows[0]?.top)]
  return min === null || max === null ? null : { min, max }
}

/** Ids of `(above, upTo]` that no row has. */
function missingIds(rows: Detections, above: number, upTo: number, nowMs: number): store.MissingIds[] {
  const ids = Float64Array.from(rows.id).sort()
  const missing: store.MissingIds[] = []
  let previous = above
  for (const id of ids) {
    if (id > previous + 1) missing.push({ from: previous + 1, to: id - 1, missedMs: nowMs })
    previous = id
  }
  if (upTo > previous) missing.push({ from: previous + 1, to: upTo, missedMs: nowMs })
  return missing
}

const keptLedger = (ledger: readonly store.MissingIds[], nowMs: number): store.MissingIds[] =>
  ledger.filter(({ missedMs }) => missedMs > nowMs - keepMissingMs).slice(-maxMissing)

function withoutFound(ledger: readonly store.MissingIds[], rows: Detections): store.MissingIds[] {
  const ids = [...rows.id].sort((a, b) => a - b)
  return ledger.flatMap(({ from, to, missedMs }) => {
    const parts: store.MissingIds[] = []
    let at = from
    for (const id of ids) {
      if (id < from || id > to) continue
      if (id > at) parts.push({ from: at, to: id - 1, missedMs })
      at = id + 1
    }
    if (at <= to) parts.push({ from: at, to, missedMs })
    return parts
  })
}

/** The settled row is still there and still the same: below it stands the table that was read. */
function isKnownRow({ settledId, settledRow }: store.LineState, read: Detections): boolean {
  if (settledId === null || settledRow === null) return true
  const at = read.id.indexOf(settledId)
  return at >= 0 && rowText(read, at) === settledRow
}

const noRows = (zone: Zone): Detections => instantsOfRows(detectionColumns().columns(), zone)
const rowText = (rows: Detections, i: number): string => `${formatLocal(rows.localS[i] as number)} ${rows.areaId[i]} ${rows.productId[i]}`
function rowOf(rows: Detections, id: number | null): string | null {
  const at = id === null ? -1 : rows.id.indexOf(id)
  return at < 0 ? null : rowText(rows, at)
}

/** Tells two readings of the tail apart. */
function digest(rows: Detections): string {
  let hash = 0
  for (let i = 0; i < rows.length; i++) {
    for (const value of [rows.id[i], rows.epochS[i], rows.areaId[i], rows.productId[i]])
      hash = (Math.imul(hash, 31) + ((value as number) % 4_294_967_291)) | 0
  }
  return `${rows.length} ${hash}`
}
