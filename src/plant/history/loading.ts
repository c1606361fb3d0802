/** The first attach: newest rows first, batch by batch, each with its mark in one transaction, so that it goes on where it was left. */
import { latestLeaseMs, zoneOf } from '../../platform/time/index.ts'
import { type IdRange, type ReadContext, type ReadRows, readByIds, readContext } from '../detections/index.ts'
import { idsOfRows, missingIds, newestMissing } from './ledger.ts'
import { type LineSource, type Loading, loadingOf, readLimitMs, signatureOf } from './options.ts'
import { leaseLoading, type Snapshot } from './store.ts'
import type { StoredLine } from './stored-line.ts'
import { tellUndated } from './undated.ts'

const leaseMs = 30_000

/** `end` lets the next batch begin. */
type Batch = { readonly restarts: number; readonly range: IdRange; readonly rows: Promise<ReadRows>; readonly end: () => Promise<void> }

/** Loads one line in this process. */
export class LineLoader {
  readonly #line: StoredLine
  #leaseUntilMs = 0

  constructor(line: StoredLine) {
    this.#line = line
  }

  /** One process at a time; the others wait for it by their own answers. `onProgress` hears the fraction loaded. */
  async load(source: LineSource, isStopped: () => boolean, onProgress: (loading: Loading) => void): Promise<void> {
    const { deps, tenant, lineId } = this.#line
    const zone = zoneOf(source.timeZone)
    /** While one batch is folded and stored, the server reads the next. */
    let ahead: Batch | null = null
    try {
      while (!isStopped()) {
        const seen = await this.#line.refresh()
        const context = readContext(source.plantDb, zone, Number.POSITIVE_INFINITY, { limitMs: 10 * readLimitMs })
        if (seen?.state.signature !== signatureOf(source)) {
          await this.#line.restart(context, source, seen)
          continue
        }
        const { state } = seen
        onProgress(loadingOf(state))
        const range = this.#rangeOf(seen)
        if (!range) return
        const nowMs = deps.clock.nowMs()
        const isOurs = state.leaseUntilMs === this.#leaseUntilMs
        if (state.leaseUntilMs > nowMs && state.leaseUntilMs <= latestLeaseMs(nowMs, leaseMs) && !isOurs) return
        if (!isOurs || state.leaseUntilMs < nowMs + leaseMs / 2) {
          const untilMs = nowMs + leaseMs
          if (!(await leaseLoading(tenant, lineId, state.leaseUntilMs, untilMs))) return
          this.#leaseUntilMs = untilMs
        }
        // another process may have loaded meanwhile, or begun anew
        if (ahead && !(ahead.restarts === state.restarts && isSame(ahead.range, range))) {
          await ahead.end()
          ahead = null
        }
        const batch: Batch = ahead ?? this.#read(context, source, seen, range)
        ahead = null
        try {
          const rows = await batch.rows
          const next = this.#below(range.from, state.lowestId ?? 0)
          if (next) ahead = this.#read(context, source, seen, next)
          await this.#keep(context, source, seen, range, rows)
        } finally {
          await batch.end()
        }
      }
    } finally {
      await ahead?.end()
    }
    // whoever comes next need not wait for the lease to run out
    await leaseLoading(tenant, lineId, this.#leaseUntilMs, 0)
  }

  /** One batch by itself: a table so small that the answer waits for it. */
  async loadBatch(context: ReadContext, source: LineSource, seen: Snapshot): Promise<void> {
    const range = this.#rangeOf(seen)
    if (!range) return
    const batch = this.#read(context, source, seen, range)
    try {
      await this.#keep(context, source, seen, range, await batch.rows)
    } finally {
      await batch.end()
    }
  }

  #rangeOf({ state: { loadedFromId, lowestId } }: Snapshot): IdRange | null {
    if (loadedFromId === null || lowestId === null) return null
    return this.#below(loadedFromId, lowestId)
  }

  #below(fromId: number, lowestId: number): IdRange | null {
    if (fromId <= lowestId) return null
    return { from: Math.max(lowestId, fromId - this.#line.deps.options.batchIds), to: fromId - 1 }
  }

  /** Begins when there is room for one more batch in memory; the room is given back by `end`. */
  #read(context: ReadContext, source: LineSource, { state: { restarts } }: Snapshot, range: IdRange): Batch {
    const room = this.#line.deps.room.take()
    const rows = room.then(() => readByIds(context, source.table, [range]))
    rows.catch(() => {})
    return { restarts, range, rows, end: async () => rows.then(noop, noop).then(() => this.#line.deps.room.giveBack()) }
  }

  async #keep(context: ReadContext, source: LineSource, seen: Snapshot, { from, to }: IdRange, rows: ReadRows): Promise<void> {
    const { lowestId, settledId, ledger: known } = seen.state
    const ledger = newestMissing([...missingIds(idsOfRows(rows), from - 1, to, this.#line.deps.clock.nowMs()), ...known])
    const isDone = lowestId === null || from <= lowestId
    tellUndated(this.#line, rows, from - 1, to)
    await this.#line.persist(context, source, seen, { rows, settledId, ledger, loadedFromId: isDone ? null : from })
  }
}

const noop = (): void => {}
const isSame = (a: IdRange, b: IdRange): boolean => a.from === b.from && a.to === b.to
