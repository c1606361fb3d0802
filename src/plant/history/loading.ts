/** The first attach: newest rows first, batch by batch, each with its mark in one transaction, so that it goes on where it was left. */
import { zoneOf } from '../../platform/time/index.ts'
import { type IdRange, type ReadContext, readByIds, readContext } from '../detections/index.ts'
import { missingIds, newestMissing } from './ledger.ts'
import { type LineSource, type Loading, loadingOf, readLimitMs, signatureOf } from './options.ts'
import * as store from './store.ts'
import type { Snapshot, StoredLine } from './stored-line.ts'

const leaseMs = 30_000

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
    while (!isStopped()) {
      const seen = await this.#line.refresh()
      const context = readContext(source.plantDb, zone, Number.POSITIVE_INFINITY, { limitMs: 10 * readLimitMs })
      if (seen?.state.signature !== signatureOf(source)) {
        await this.#line.restart(context, source, seen)
        continue
      }
      const { state } = seen
      onProgress(loadingOf(state))
      if (state.loadedFromId === null) return
      const nowMs = deps.clock.nowMs()
      if (state.leaseUntilMs > nowMs && state.leaseUntilMs !== this.#leaseUntilMs) return
      const untilMs = nowMs + leaseMs
      if (!(await store.leaseLoading(tenant, lineId, state.leaseUntilMs, untilMs))) return
      this.#leaseUntilMs = untilMs
      await this.loadBatch(context, source, seen)
    }
    // whoever comes next need not wait for the lease to run out
    await store.leaseLoading(tenant, lineId, this.#leaseUntilMs, 0)
  }

  async loadBatch(context: ReadContext, source: LineSource, seen: Snapshot): Promise<void> {
    const { loadedFromId, lowestId, settledId } = seen.state
    if (loadedFromId === null || lowestId === null || settledId === null) return
    const { inTurn, options } = this.#line.deps
    const to = loadedFromId - 1
    const from = Math.max(lowestId, to - options.batchIds + 1)
    await inTurn(() => this.#loadRows(context, source, seen, { from, to }))
  }

  async #loadRows(context: ReadContext, source: LineSource, seen: Snapshot, { from, to }: IdRange): Promise<void> {
    const { lowestId, settledId, ledger: known } = seen.state
    const rows = await readByIds(context, source.table, [{ from, to }])
    const ledger = newestMissing([...missingIds(rows, from - 1, to, this.#line.deps.clock.nowMs()), ...known])
    const isDone = lowestId === null || from <= lowestId
    await this.#line.persist(context, source, seen, { rows, settledId, ledger, loadedFromId: isDone ? null : from })
  }
}
