/** What is above the watermark: read anew at every answer and kept in memory, so that nothing is counted twice and any process can answer. */
import {
  type Detections,
  detectionColumns,
  instantsOfRows,
  type ReadContext,
  type ReadRows,
  readByIds,
  type Tail,
} from '../detections/index.ts'
import { idsOfRows, isMissing, keptLedger, missingIds, newestMissing, withoutFound } from './ledger.ts'
import type { LineSource } from './options.ts'
import { overlaysOf } from './overlays.ts'
import { isKnownRow } from './same-table.ts'
import type { MissingIds, Snapshot } from './store.ts'
import type { StoredLine } from './stored-line.ts'
import { highestOfFirst } from './table-ids.ts'
import { tellUndated } from './undated.ts'
import { createView, type LineView, pickWhere } from './view.ts'

/** The newest missing ranges are read at every catch-up, all of them once a minute. */
const alwaysRead = 32
const readAllEveryMs = 60_000
const longTail = 5_000
const longestTail = 20_000

/** The tail of one line in this process. */
export class LineTail {
  readonly #line: StoredLine
  readonly #inBackground: (work: () => Promise<void>) => void
  /** Highest id at the time it was first seen. */
  #sightings: { readonly id: number; readonly atMs: number }[] = []
  #generation = 0
  #allReadMs = Number.NEGATIVE_INFINITY
  #view: { readonly key: string; readonly view: LineView } | null = null
  rowCount = 0

  constructor(line: StoredLine, inBackground: (work: () => Promise<void>) => void) {
    this.#line = line
    this.#inBackground = inBackground
  }

  /** What to read: everything above the settled id, and what may have come below it. */
  ask(source: LineSource, { state }: Snapshot, knownId: number): Tail {
    const { clock, options } = this.#line.deps
    const nowMs = clock.nowMs()
    const limit = Math.min(longestTail, options.batchIds) + 1
    return { table: source.table, fromId: knownId, ranges: this.#lateToRead(keptLedger(state.ledger, nowMs), nowMs), limit }
  }

  /** The answer to `ask`, taken up. `changed` = something below turned out otherwise, begin anew; `too_long` = settle a part first. */
  async take(
    context: ReadContext,
    source: LineSource,
    seen: Snapshot,
    knownId: number,
    read: ReadRows | null,
  ): Promise<LineView | 'changed' | 'too_long'> {
    const { clock, options } = this.#line.deps
    const nowMs = clock.nowMs()
    const { state } = seen
    const late = keptLedger(state.ledger, nowMs)
    if (!read) return 'too_long'
    const ids = idsOfRows(read)
    if (ids.length === 0 && state.settledRow === null) return 'too_long'
    const maxId = highestOf(ids, knownId)
    if (lowestOf(ids, knownId) < knownId) {
      await this.#keepLate(context, source, seen, read)
      return 'changed'
    }
    if (!isKnownRow(state, read)) {
      await this.#line.doubt(context, source, seen)
      return 'changed'
    }
    const rows = pickWhere(read, (i) => (read.id[i] as number) > knownId)
    this.rowCount = rows.length
    this.#sight(knownId, maxId, nowMs)
    const view = await this.viewOf(context, source, seen, rows, maxId)

    const settledId = this.#sightings.findLast(({ atMs }) => atMs <= nowMs - options.settleMs)?.id
    const isDue = nowMs - this.#line.persistedMs >= options.persistEveryMs || rows.length > longTail
    // while loading, the loader alone moves the marks
    if (settledId !== undefined && settledId > knownId && isDue && state.loadedFromId === null) {
      const settled = pickWhere(rows, (i) => (rows.id[i] as number) <= settledId)
      const ledger = keptLedger([...late, ...missingIds(ids, knownId, settledId, nowMs)], nowMs)
      this.#inBackground(() => {
        tellUndated(this.#line, read, knownId, settledId)
        return this.#line.persist(context, source, seen, { rows: settled, settledId, ledger })
      })
    }
    return view
  }

  #sight(knownId: number, maxId: number, nowMs: number): void {
    const isOn = this.#generation === this.#line.generation
    this.#generation = this.#line.generation
    this.#sightings = isOn ? this.#sightings.filter(({ id }) => id > knownId) : []
    if ((this.#sightings.at(-1)?.id ?? Number.NEGATIVE_INFINITY) < maxId) this.#sightings.push({ id: maxId, atMs: nowMs })
  }

  #lateToRead(late: readonly MissingIds[], nowMs: number): readonly MissingIds[] {
    if (late.length <= alwaysRead) return late
    if (nowMs - this.#allReadMs < readAllEveryMs) return late.slice(-alwaysRead)
    this.#allReadMs = nowMs
    return late
  }

  /** A backlog longer than a batch (nobody asked for a while): its lower part is settled at once. */
  async absorb(context: ReadContext, source: LineSource, seen: Snapshot, aboveId: number, highestId: number): Promise<void> {
    const { batchIds } = this.#line.deps.options
    // ids may be far apart: a batch is one of rows
    const upToId = (await highestOfFirst(context, source.table, [{ from: aboveId + 1, to: highestId }], batchIds)) ?? highestId
    const read = await readByIds(context, source.table, [{ from: aboveId, to: upToId }])
    if (!isKnownRow(seen.state, read)) return this.#line.doubt(context, source, seen)
    const rows = pickWhere(read, (i) => (read.id[i] as number) > aboveId)
    const ids = idsOfRows(read)
    const maxId = highestOf(ids, aboveId)
    // a row that is there marks how far: its absence or change tells of another table
    const settledId = maxId === aboveId ? upToId : maxId
    const nowMs = this.#line.deps.clock.nowMs()
    const ledger = keptLedger([...seen.state.ledger, ...missingIds(ids, aboveId, settledId, nowMs)], nowMs)
    tellUndated(this.#line, read, aboveId, settledId)
    await this.#line.persist(context, source, seen, { rows, settledId, ledger })
  }

  /** More late rows than one answer reads (a long insert that was passed by others, a month put back into its gap): a batch of the lowest is settled.
   *  False when there are none. */
  async absorbLate(context: ReadContext, source: LineSource, seen: Snapshot, knownId: number): Promise<boolean> {
    const { clock, options } = this.#line.deps
    const late = keptLedger(seen.state.ledger, clock.nowMs())
    const upToId = late.length === 0 ? null : await highestOfFirst(context, source.table, late, options.batchIds)
    if (upToId === null) return false
    const ranges = late.filter(({ from }) => from <= upToId).map(({ from, to }) => ({ from, to: Math.min(to, upToId) }))
    const read = await readByIds(context, source.table, [...ranges, { from: knownId, to: knownId }])
    if (isKnownRow(seen.state, read)) await this.#keepLate(context, source, seen, read)
    else await this.#line.doubt(context, source, seen)
    return true
  }

  /** Those of the rows that are below the settled id. */
  #keepLate(context: ReadContext, source: LineSource, seen: Snapshot, read: ReadRows): Promise<void> {
    const settledId = seen.state.settledId as number
    const rows = pickWhere(read, (i) => (read.id[i] as number) < settledId)
    const ledger = newestMissing(withoutFound(keptLedger(seen.state.ledger, this.#line.deps.clock.nowMs()), idsOfRows(read)))
    tellUndated(this.#line, read, Number.NEGATIVE_INFINITY, settledId - 1)
    return this.#line.persist(context, source, seen, { rows, settledId, ledger })
  }

  /** Settled days with `rows` above them. */
  async viewOf(
    context: ReadContext,
    source: LineSource,
    { state, directory }: Snapshot,
    rows: Detections,
    maxId: number,
  ): Promise<LineView> {
    // the same rows over the same settled days: the same view, with what it has joined already
    const key = `${state.restarts} ${state.revision} ${maxId} ${digest(rows)}`
    if (this.#view?.key === key) return this.#view.view
    const isInside = (id: number): boolean =>
      id <= maxId && id >= (state.loadedFromId ?? Number.NEGATIVE_INFINITY) && !isMissing(state.ledger, id)
    const overlays = await overlaysOf(context, source, directory, rows, isInside)
    const view = createView({
      zone: context.zone,
      lineId: this.#line.lineId,
      table: source.table,
      directory,
      overlays,
      isInside,
      loadedFromDay: this.#loadedFromDay({ state, directory }),
      load: (days, part) => this.#line.days(directory, days, part),
    })
    this.#view = { key, view }
    return view
  }

  /** The day above those that the lowest loaded ids belong to, which may go on below; rows dated much later than their neighbours come with the rest.
   *  Null = all days are loaded. */
  #loadedFromDay({ state: { loadedFromId }, directory }: Snapshot): number | null {
    if (loadedFromId === null) return null
    const upToId = loadedFromId + this.#line.deps.options.batchIds / 20
    let highest = Number.NEGATIVE_INFINITY
    let newest = Number.NEGATIVE_INFINITY
    for (const [day, { rowCount, isPurged, minId }] of directory) {
      if (rowCount === 0 || isPurged) continue
      if (day > newest) newest = day
      if (minId < upToId && day > highest) highest = day
    }
    // nothing found beside the mark: no day is whole for sure
    return (Number.isFinite(highest) ? highest : newest) + 1
  }

  emptyView(context: ReadContext, source: LineSource, seen: Snapshot): Promise<LineView> {
    return this.viewOf(context, source, seen, instantsOfRows(detectionColumns().columns(), context.zone), Number.NEGATIVE_INFINITY)
  }
}

const highestOf = (ids: ArrayLike<number>, atLeast: number): number => {
  let top = atLeast
  for (let i = 0; i < ids.length; i++) top = Math.max(top, ids[i] as number)
  return top
}
const lowestOf = (ids: ArrayLike<number>, atMost: number): number => {
  let low = atMost
  for (let i = 0; i < ids.length; i++) low = Math.min(low, ids[i] as number)
  return low
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
