/** Catching up with all lines of all who ask: one statement of the plant answers everybody who came before it began. */
import type { TenantDb } from '../../platform/db/database.ts'
import { isDatabaseUnavailable } from '../../platform/db/index.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { readContext, readTails } from '../detections/index.ts'
import type { LineHistory, Prepared } from './line-history.ts'
import { type Answer, type LineSource, readLimitMs } from './options.ts'
import { findStates } from './store.ts'

/** The same line as the models of two requests see it: another table or zone is another question. */
const keyOf = ({ lineId, table, timeZone }: LineSource): string => `${lineId} ${timeZone} ${table.name}`

type Asked = {
  readonly source: LineSource
  readonly history: LineHistory
  readonly answer: Promise<Answer>
  readonly settle: (answer: Promise<Answer> | Answer) => void
  readonly refuse: (error: unknown) => void
}
type Round = Map<string, Asked>

/** How long a line whose table could not be read is asked by itself, so that it does not spoil the others' statement. */
const apartMs = 60_000

/** Of one plant database. */
export class Rounds {
  readonly #tenant: TenantDb
  readonly #nowMs: () => number
  #isRunning = false
  /** Begins when the one that runs has read: it would miss what was committed since. */
  #next: Round | null = null
  readonly #apartUntilMs = new Map<string, number>()

  constructor(tenant: TenantDb, nowMs: () => number) {
    this.#tenant = tenant
    this.#nowMs = nowMs
  }

  /** Everything committed before this call is in the answer. */
  answer(history: LineHistory, source: LineSource): Promise<Answer> {
    if (!this.#next) {
      this.#next = new Map()
      // those who ask in the same turn come along
      if (!this.#isRunning) queueMicrotask(() => this.#runNext())
    }
    const key = keyOf(source)
    const known = this.#next.get(key)
    if (known) return known.answer
    const { promise, resolve, reject } = Promise.withResolvers<Answer>()
    this.#next.set(key, { source, history, answer: promise, settle: resolve, refuse: reject })
    return promise
  }

  #runNext(): void {
    const round = this.#next
    if (!round) return
    this.#next = null
    this.#isRunning = true
    this.#run(round)
      .catch((error: unknown) => {
        for (const { refuse } of round.values()) refuse(error)
      })
      .finally(() => {
        this.#isRunning = false
        this.#runNext()
      })
  }

  /** Resolves when the plant was read; who needs more than that goes on alone. */
  async #run(round: Round): Promise<void> {
    const nowMs = this.#nowMs()
    const alone = ({ settle, history, source }: Asked): void => settle(history.answer(source))
    const together: Asked[] = []
    for (const [key, asked] of round) {
      if ((this.#apartUntilMs.get(key) ?? 0) > nowMs) alone(asked)
      else together.push(asked)
    }
    if (together.length === 0) return
    const states = await findStates(this.#tenant, [...new Set(together.map(({ source }) => source.lineId))])
    const ready: { readonly asked: Asked; readonly prepared: Prepared }[] = []
    for (const asked of together) {
      const { lineId, timeZone } = asked.source
      const isOfZone = timeZone === (ready[0]?.asked.source.timeZone ?? timeZone)
      const prepared = isOfZone ? await asked.history.prepare(asked.source, states.get(lineId) ?? null) : null
      if (prepared) ready.push({ asked, prepared })
      else alone(asked)
    }
    const [first] = ready
    if (!first) return
    const { plantDb } = first.asked.source
    const contextOf = ({ timeZone }: LineSource) =>
      readContext(plantDb, zoneOf(timeZone), Number.POSITIVE_INFINITY, { limitMs: readLimitMs })
    let reads: Awaited<ReturnType<typeof readTails>>
    try {
      reads = await readTails(
        contextOf(first.asked.source),
        ready.map(({ prepared }) => prepared.tail),
      )
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error
      // one of the tables cannot be read: each line has its own answer
      for (const { asked } of ready) this.#separately(asked)
      return
    }
    for (const [i, { asked, prepared }] of ready.entries()) {
      const { source, history, settle } = asked
      settle(prepared.take(contextOf(source), reads[i] ?? null).then((answer) => answer ?? history.answer(source)))
    }
  }

  #separately({ source, history, settle }: Asked): void {
    const answer = history.answer(source)
    answer.catch(() => this.#apartUntilMs.set(keyOf(source), this.#nowMs() + apartMs))
    settle(answer)
  }
}
