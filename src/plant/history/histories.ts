/** The histories of all companies in this process. */
import type { Db } from '../../platform/db/database.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { Line, PlantModel } from '../model/model.ts'
import type { PlantDb } from '../source/plant-db.ts'
import { createDayCache } from './cache.ts'
import { type Answer, defaultOptions, type HistoryLog, type HistoryOptions, LineHistory, type LineSource } from './line-history.ts'

/** One plant, as opened for a request. */
export type PlantHistory = {
  /** Caught up with everything committed before the call; null = the line has no table. */
  readonly answer: (line: Line) => Promise<Answer | null>
}

export type Histories = {
  readonly of: (plant: { readonly db: PlantDb; readonly model: PlantModel }) => PlantHistory
  readonly line: (tenantId: number, lineId: number) => LineHistory
  readonly cacheInfo: () => ReturnType<ReturnType<typeof createDayCache>['info']>
  readonly close: () => Promise<void>
}

export function createHistories({
  db,
  clock,
  log,
  cacheMb = 64,
  options = {},
}: {
  readonly db: Db
  readonly clock: Clock
  readonly log: HistoryLog
  readonly cacheMb?: number
  readonly options?: Partial<HistoryOptions>
}): Histories {
  const cache = createDayCache(cacheMb)
  const deps = { db, clock, log, cache, options: { ...defaultOptions, ...options } }
  const lines = new Map<string, LineHistory>()
  const lineOf = (tenantId: number, lineId: number): LineHistory => {
    const key = `${tenantId} ${lineId}`
    const known = lines.get(key) ?? new LineHistory(deps, tenantId, lineId)
    lines.set(key, known)
    return known
  }
  return {
    of: ({ db: plantDb, model }) => ({
      answer: async (line) => {
        const source = sourceOf(plantDb, model, line)
        return source ? lineOf(plantDb.tenantId, line.lineId).answer(source) : null
      },
    }),
    line: lineOf,
    cacheInfo: cache.info,
    async close() {
      await Promise.all([...lines.values()].map((line) => line.close()))
    },
  }
}

export const sourceOf = (plantDb: PlantDb, { settings }: PlantModel, { lineId, detectionTable }: Line): LineSource | null =>
  detectionTable ? { plantDb, lineId, table: detectionTable, timeZone: settings.timeZone } : null
