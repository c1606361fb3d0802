/** What an administrator may know about the history of the company's lines. */
import type { TenantDb } from '../../platform/db/database.ts'
import { Problem } from '../../platform/http/index.ts'
import { type Histories, highestIds, historyStatus, type LineStatus } from '../history/index.ts'
import type { Plants, QueryInfo } from '../model/index.ts'
import type { AnswerInfo } from './figures.ts'

export type HistoryLine = {
  readonly lineId: number
  /** Null while the plant does not answer. */
  readonly lineName: string | null
  /** Null = never asked for. */
  readonly status: LineStatus | null
  /** Ids above the watermark; null = unknown while the plant does not answer. */
  readonly lagIds: number | null
  /** By this process, since it began. */
  readonly rebuilds: number
}

export type HistoryReport = {
  readonly lines: readonly HistoryLine[]
  readonly isPlantAnswering: boolean
  /** Of this process, all companies together. */
  readonly cache: ReturnType<Histories['cacheInfo']>
  readonly memory: ReturnType<Histories['memoryInfo']>
  readonly answers: AnswerInfo
  /** Of this process. */
  readonly watchers: number
  readonly queries: QueryInfo | null
}

export type ReportDeps = {
  readonly plants: Pick<Plants, 'withPlant' | 'queryInfo'>
  readonly histories: Pick<Histories, 'figures' | 'cacheInfo' | 'memoryInfo'>
  readonly answers: { readonly info: () => AnswerInfo }
  readonly live: { readonly watchersOf: (tenantId: number) => number }
}

export async function historyReport({ plants, histories, answers, live }: ReportDeps, db: TenantDb): Promise<HistoryReport> {
  const { tenantId } = db
  const statuses = new Map((await historyStatus(db)).map((status) => [status.lineId, status]))
  const found = await plantLines(plants, tenantId)
  const rebuilds = new Map(
    histories
      .figures()
      .filter((line) => line.tenantId === tenantId)
      .map((line) => [line.lineId, line.rebuilds]),
  )
  const names = found?.names ?? new Map([...statuses.keys()].map((lineId) => [lineId, null] as const))
  return {
    lines: [...names].map(([lineId, lineName]) => {
      const status = statuses.get(lineId) ?? null
      const highest = found?.highest.get(lineId)
      return {
        lineId,
        lineName,
        status,
        lagIds: !status || !found ? null : Math.max(0, (highest ?? 0) - (status.settledId ?? 0)),
        rebuilds: rebuilds.get(lineId) ?? 0,
      }
    }),
    isPlantAnswering: found !== null,
    cache: histories.cacheInfo(),
    memory: histories.memoryInfo(),
    answers: answers.info(),
    watchers: live.watchersOf(tenantId),
    queries: plants.queryInfo().get(tenantId) ?? null,
  }
}

/** Lines that have rows to read; null when the plant does not answer. */
async function plantLines(plants: ReportDeps['plants'], tenantId: number) {
  try {
    return await plants.withPlant(tenantId, async ({ db, model }) => {
      const lines = model.lines.filter(({ detectionTable }) => detectionTable !== null)
      const names = new Map<number, string | null>(lines.map(({ lineId, lineName }) => [lineId, lineName]))
      return { names, highest: await highestIds(db, lines) }
    })
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    return null
  }
}
