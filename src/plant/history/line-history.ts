/** One line's history in this process: catches up before every answer, keeps a settled prefix in the platform database and the rest in memory. */
import { zoneOf } from '../../platform/time/index.ts'
import { type ReadContext, type ReadRows, readContext, readTails, type Tail } from '../detections/index.ts'
import { LineTail } from './catch-up.ts'
import { LineLoader } from './loading.ts'
import {
  type Answer,
  type HistoryDeps,
  type LineFigures,
  type LineSource,
  type Loading,
  loadingOf,
  readLimitMs,
  signatureOf,
} from './options.ts'
import { type Reconciled, reconcileLine } from './reconcile.ts'
import { type DayRange, isInRange, labelDays, rowsOfDays } from './retire.ts'
import type { LineState, Snapshot } from './store.ts'
import { StoredLine } from './stored-line.ts'
import { highestId } from './table-ids.ts'
import { type LineView, StaleViewError } from './view.ts'

const maxAttempts = 50

/** One line's part of a round. `take` answers null when the line needs more than was read. */
export type Prepared = {
  readonly tail: Tail
  readonly take: (context: ReadContext, read: ReadRows | null) => Promise<Answer | null>
}

export class LineHistory {
  readonly #stored: StoredLine
  readonly #tail: LineTail
  readonly #loader: LineLoader
  #running: Promise<Answer> | null = null
  #queued: Promise<Answer> | null = null
  #background: Promise<void> | null = null
  #loads = 0
  #isClosed = false

  constructor(deps: HistoryDeps, tenantId: number, lineId: number) {
    this.#stored = new StoredLine(deps, tenantId, lineId)
    this.#tail = new LineTail(this.#stored, (work) => this.#inBackground(work))
    this.#loader = new LineLoader(this.#stored)
  }

  /** For a round: what to read of this line, when there is nothing else to do first. Null = it needs `answer`. */
  async prepare(source: LineSource, found: LineState | null): Promise<Prepared | null> {
    const seen = await this.#stored.refresh(found)
    if (seen === null || seen.state.signature !== signatureOf(source) || seen.state.loadedFromId !== null) return null
    const { settledId } = seen.state
    if (settledId === null) return null
    return {
      tail: this.#tail.ask(source, seen, settledId),
      take: async (context, read) => {
        const outcome = await this.#tail.take(context, source, seen, settledId, read)
        return typeof outcome === 'string' ? null : { view: outcome, loading: null }
      },
    }
  }

  /** Everything committed before this call is in the answer. Whatever there is to do first is done. */
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

  /** Nobody waits for it, and it does nothing by itself. */
  get isIdle(): boolean {
    return this.#running === null && this.#queued === null && this.#background === null && this.#loads === 0
  }

  figures(): LineFigures {
    const { tenant, lineId, rebuilds } = this.#stored
    return { tenantId: tenant.tenantId, lineId, rebuilds, lagRows: this.#tail.rowCount }
  }

  async #catchUp(source: LineSource): Promise<Answer> {
    const [stored, tail] = [this.#stored, this.#tail]
    const { inlineIds } = stored.deps.options
    const context = readContext(source.plantDb, zoneOf(source.timeZone), Number.POSITIVE_INFINITY, { limitMs: readLimitMs })
    for (let attempt = 0; attempt < maxAttempts; attempt++) {
      const seen = await stored.refresh()
      if (seen?.state.signature !== signatureOf(source)) {
        await stored.restart(context, source, seen)
        continue
      }
      const { settledId, loadedFromId, lowestId } = seen.state
      if (loadedFromId !== null) {
        if (loadedFromId - (lowestId ?? 0) > inlineIds) {
          this.#inBackground(() => this.load(source))
          const view = await this.#loadedView(context, source, seen)
          if (view === 'changed') continue
          return { view, loading: loadingOf(seen.state) }
        }
        await this.#loader.loadBatch(context, source, seen)
        continue
      }
      const outcome = settledId === null ? 'too_long' : await this.#readTail(context, source, seen, settledId)
      if (outcome === 'changed') continue
      if (outcome !== 'too_long') return { view: outcome, loading: null }
      const maxId = await highestId(context, source.table)
      if (maxId === null && settledId === null) return { view: await tail.emptyView(context, source, seen), loading: null }
      if (maxId === null || settledId === null) await stored.restart(context, source, seen)
      else if (maxId < settledId) await stored.doubt(context, source, seen)
      else if (!(await tail.absorbLate(context, source, seen, settledId))) await tail.absorb(context, source, seen, settledId, maxId)
    }
    throw new StaleViewError()
  }

  /** What is loaded already, with the tail above it. Null = nothing yet. */
  async #loadedView(context: ReadContext, source: LineSource, seen: Snapshot): Promise<LineView | 'changed' | null> {
    const { settledId, loadedFromId } = seen.state
    if (settledId === null || loadedFromId === null || loadedFromId > settledId) return null
    const outcome = await this.#readTail(context, source, seen, settledId)
    return outcome === 'too_long' ? null : outcome
  }

  async #readTail(context: ReadContext, source: LineSource, seen: Snapshot, knownId: number): ReturnType<LineTail['take']> {
    const [read] = await readTails(context, [this.#tail.ask(source, seen, knownId)])
    return this.#tail.take(context, source, seen, knownId, read ?? null)
  }

  #inBackground(work: () => Promise<void>): void {
    if (this.#background || this.#isClosed) return
    const { deps, tenant, logFields } = this.#stored
    this.#background = deps
      .hold(tenant.tenantId, work)
      .catch((error: unknown) => deps.log.warn({ ...logFields, err: error }, 'history work failed'))
      .finally(() => {
        this.#background = null
      })
  }

  /** The first attach to its end, or as far as this process may. */
  load(source: LineSource, onProgress: (loading: Loading) => void = () => {}): Promise<void> {
    this.#loads++
    return this.#loader
      .load(source, () => this.#isClosed, onProgress)
      .finally(() => {
        this.#loads--
      })
  }

  /** Compares settled days with the customer's rows and rewrites those that differ. `isWanted` is asked newest day first; absent = all. */
  async reconcile(source: LineSource, isWanted: (day: number) => boolean = () => true, signal?: AbortSignal): Promise<Reconciled> {
    // a table that was emptied or restored is begun anew, not compared
    await this.answer(source)
    return reconcileLine(this.#stored, source, isWanted, signal)
  }

  /** Rows that the summaries of these days stand for, after they were compared with the table; null while the history is loading. */
  async rowsOf(source: LineSource, range: DayRange): Promise<number | null> {
    const { loading } = await this.answer(source)
    if (loading !== null) return null
    await reconcileLine(this.#stored, source, (day) => isInRange(day, range), undefined, { isAlone: true })
    return rowsOfDays(this.#stored, range)
  }

  /** Before the rows of these days are taken out of the table, and after they are back. */
  label(which: DayRange | readonly number[], isPurged: boolean): Promise<readonly number[]> {
    return labelDays(this.#stored, which, isPurged)
  }
}
