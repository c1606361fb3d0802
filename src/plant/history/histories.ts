/** The histories of all companies in this process. */
import type { Db } from '../../platform/db/database.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { Line, PlantModel } from '../model/model.ts'
import type { PlantDb } from '../source/plant-db.ts'
import { createDayCache } from './cache.ts'
import { LineHistory } from './line-history.ts'
import { createMemory, type Memory, type MemoryInfo } from './memory.ts'
import {
  type Answer,
  defaultOptions,
  type HistoryDeps,
  type HistoryLog,
  type HistoryOptions,
  type LineFigures,
  type LineSource,
  type Loading,
  type Room,
} from './options.ts'
import type { Reconciled } from './reconcile.ts'
import type { DayRange } from './retire.ts'
import { Rounds } from './rounds.ts'

/** One plant, as opened for a request. */
export type PlantHistory = {
  /** Caught up with everything committed before the call; null = the line has no table. */
  readonly answer: (line: Line) => Promise<Answer | null>
  /** The same for several lines, read by one statement: by line id, each with its own fault. */
  readonly answers: (lines: readonly Line[]) => ReadonlyMap<number, Promise<Answer | null>>
  /** For what is worked out from the answers. */
  readonly memory: Memory
}

type OpenedPlant = { readonly db: PlantDb; readonly model: PlantModel }

export type Histories = {
  readonly of: (plant: OpenedPlant) => PlantHistory
  /** Compares settled days with the customer's rows and rewrites those that differ; `isWanted` absent = all days. Throws the signal's reason. */
  readonly reconcile: (plant: OpenedPlant, line: Line, isWanted?: (day: number) => boolean, signal?: AbortSignal) => Promise<Reconciled>
  /** Rows that the summaries of these days stand for, compared with the table first; null while the history is loading, or without a table. */
  readonly rowsOf: (plant: OpenedPlant, line: Line, range: DayRange) => Promise<number | null>
  /** Says that the rows of these days are about to leave the table, their summaries stay; or that they are back. Answers the days whose
   *  label changed. */
  readonly label: (tenantId: number, lineId: number, which: DayRange | readonly number[], isPurged: boolean) => Promise<readonly number[]>
  /** The first attach to its end, or as far as this process may: another one may be loading. */
  readonly load: (plant: OpenedPlant, line: Line, onProgress?: (loading: Loading) => void) => Promise<Loading>
  /** Lines that this process has opened. */
  readonly figures: () => readonly LineFigures[]
  readonly cacheInfo: () => ReturnType<ReturnType<typeof createDayCache>['info']>
  readonly memoryInfo: () => MemoryInfo
  readonly close: () => Promise<void>
}

/** What is known of a line that nobody asked for so long is forgotten (its plant was detached, the line deleted, nobody looks): the next question finds
 *  its marks and days in the database. */
const unusedMs = 1_800_000
const sweepMs = 300_000

export function createHistories({
  db,
  clock,
  log,
  cacheMb = 32,
  hold = (_tenantId, work) => work(),
  options = {},
}: {
  readonly db: Db
  readonly clock: Clock
  readonly log: HistoryLog
  readonly cacheMb?: number
  /** Keeps the plant open while work goes on that no request waits for. */
  readonly hold?: HistoryDeps['hold']
  readonly options?: Partial<HistoryOptions>
}): Histories {
  const cache = createDayCache(cacheMb)
  const memory = createMemory(cacheMb / 4)
  const deps = { db, clock, log, cache, hold, room: createRoom(2), options: { ...defaultOptions, ...options } }
  const lines = new Map<string, { readonly history: LineHistory; usedMs: number }>()
  let sweptMs = clock.nowMs()
  const sweep = (nowMs: number): void => {
    sweptMs = nowMs
    for (const [key, { history, usedMs }] of lines) if (usedMs < nowMs - unusedMs && history.isIdle) lines.delete(key)
  }
  const lineOf = (tenantId: number, lineId: number): LineHistory => {
    const nowMs = clock.nowMs()
    if (Math.abs(nowMs - sweptMs) > sweepMs) sweep(nowMs)
    const key = `${tenantId} ${lineId}`
    const known = lines.get(key) ?? { history: new LineHistory(deps, tenantId, lineId), usedMs: nowMs }
    known.usedMs = nowMs
    lines.set(key, known)
    return known.history
  }
  const rounds = new WeakMap<object, Rounds>()
  const roundsOf = ({ tenantId, kysely }: PlantDb): Rounds => {
    const known = rounds.get(kysely) ?? new Rounds({ ...db, tenantId }, clock.nowMs)
    rounds.set(kysely, known)
    return known
  }
  return {
    of: ({ db: plantDb, model }) => {
      const answer = async (line: Line): Promise<Answer | null> => {
        const source = sourceOf(plantDb, model, line)
        return source ? roundsOf(plantDb).answer(lineOf(plantDb.tenantId, line.lineId), source) : null
      }
      return {
        memory,
        answer,
        answers(asked) {
          const answers = new Map(asked.map((line) => [line.lineId, answer(line)]))
          // who awaits one hears of it; nobody need await all
          for (const one of answers.values()) one.catch(() => {})
          return answers
        },
      }
    },
    reconcile: async ({ db: plantDb, model }, line, isWanted, signal) => {
      const source = sourceOf(plantDb, model, line)
      return source ? lineOf(plantDb.tenantId, line.lineId).reconcile(source, isWanted, signal) : { checked: 0, rebuilt: 0, purged: 0 }
    },
    async rowsOf({ db: plantDb, model }, line, range) {
      const source = sourceOf(plantDb, model, line)
      return source ? lineOf(plantDb.tenantId, line.lineId).rowsOf(source, range) : null
    },
    label: (tenantId, lineId, which, isPurged) => lineOf(tenantId, lineId).label(which, isPurged),
    async load({ db: plantDb, model }, line, onProgress = () => {}) {
      const source = sourceOf(plantDb, model, line)
      let reached: Loading = { loadedFraction: 1 }
      if (!source) return reached
      await lineOf(plantDb.tenantId, line.lineId).load(source, (loading) => {
        reached = loading
        onProgress(loading)
      })
      return reached
    },
    figures: () => [...lines.values()].map(({ history }) => history.figures()),
    cacheInfo: cache.info,
    memoryInfo: memory.info,
    async close() {
      await Promise.all([...lines.values()].map(({ history }) => history.close()))
    },
  }
}

function createRoom(places: number): Room {
  let free = places
  const waiting: (() => void)[] = []
  return {
    take: () => {
      if (free === 0) return new Promise((resolve) => waiting.push(resolve))
      free--
      return Promise.resolve()
    },
    giveBack: () => {
      const next = waiting.shift()
      if (next) next()
      else free++
    },
  }
}

export const sourceOf = (plantDb: PlantDb, { settings }: PlantModel, { lineId, detectionTable }: Line): LineSource | null =>
  detectionTable ? { plantDb, lineId, table: detectionTable, timeZone: settings.timeZone } : null
