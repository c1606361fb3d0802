/** The plant's part of `/metrics`: what this process knows, companies by id only. */
import type { PoolInfo, StatementInfo } from '../../platform/db/index.ts'
import type { Metrics } from '../../platform/http/index.ts'
import type { Histories } from '../history/index.ts'
import type { Plants, QueryInfo } from '../model/index.ts'

export type FigureDeps = {
  readonly metrics: Pick<Metrics, 'addFigure'>
  readonly plants: Pick<Plants, 'queryInfo' | 'poolInfo'>
  readonly database: { readonly pool: () => PoolInfo | null; readonly statements: () => StatementInfo }
  readonly histories: Pick<Histories, 'figures' | 'cacheInfo' | 'memoryInfo'>
  readonly answers: { readonly info: () => AnswerInfo }
}

/** Of the dashboards: questions, and those that got what another of the same second had worked out. */
export type AnswerInfo = { readonly asked: number; readonly shared: number }

export function addPlantFigures({ metrics, plants, database, histories, answers }: FigureDeps): void {
  const add = (
    kind: 'gauge' | 'counter',
    name: string,
    help: string,
    read: () => Iterable<readonly [{ tenant?: number }, number]>,
    labelNames: readonly 'tenant'[] = [],
  ) => metrics.addFigure({ kind, name, help, read, labelNames })
  const sum = (pick: (info: QueryInfo) => number): number => [...plants.queryInfo().values()].reduce((total, info) => total + pick(info), 0)
  const byTenant = (pick: 'lagRows' | 'rebuilds'): Map<number, number> => {
    const totals = new Map<number, number>()
    for (const line of histories.figures()) totals.set(line.tenantId, (totals.get(line.tenantId) ?? 0) + line[pick])
    return totals
  }
  const labelled = (totals: ReadonlyMap<number, number>) => [...totals].map(([tenant, total]) => [{ tenant }, total] as const)

  add('gauge', 'andon_history_lag_rows', 'Rows above the watermarks at the last catch-up', () => labelled(byTenant('lagRows')), ['tenant'])
  add('counter', 'andon_history_rebuilds_total', 'Days or lines read again', () => labelled(byTenant('rebuilds')), ['tenant'])
  add('gauge', 'andon_history_cache_bytes', 'Decoded days held', () => [[{}, histories.cacheInfo().bytes]])
  add('gauge', 'andon_history_cache_limit_bytes', 'Most that may be held', () => [[{}, histories.cacheInfo().maxBytes]])
  add('gauge', 'andon_history_cache_days', 'Day parts held', () => [[{}, histories.cacheInfo().days]])
  add('counter', 'andon_history_cache_hits_total', 'Days found in memory', () => [[{}, histories.cacheInfo().hits]])
  add('counter', 'andon_history_cache_misses_total', 'Days read from the platform database', () => [[{}, histories.cacheInfo().misses]])
  add('gauge', 'andon_facts_memory_bytes', 'Counts, stop events and figures kept from earlier answers', () => [
    [{}, histories.memoryInfo().bytes],
  ])
  add('gauge', 'andon_facts_memory_limit_bytes', 'Most that may be kept', () => [[{}, histories.memoryInfo().maxBytes]])
  add('counter', 'andon_facts_memory_hits_total', 'Parts of answers taken from there', () => [[{}, histories.memoryInfo().hits]])
  add('counter', 'andon_facts_memory_misses_total', 'Parts worked out', () => [[{}, histories.memoryInfo().misses]])
  add('counter', 'andon_dashboard_answers_total', 'Dashboards answered', () => [[{}, answers.info().asked]])
  add('counter', 'andon_dashboard_answers_shared_total', 'Those that another request of the same second had worked out', () => [
    [{}, answers.info().shared],
  ])
  add('counter', 'andon_plant_queries_total', 'Queries on plant databases', () => [[{}, sum(({ queries }) => queries)]])
  add('counter', 'andon_plant_query_seconds_total', 'Time of those', () => [[{}, sum(({ queryMs }) => queryMs) / 1000]])
  add('counter', 'andon_plant_slow_queries_total', 'Those of 0.5 s and more', () => [[{}, sum(({ slowQueries }) => slowQueries)]])
  add('counter', 'andon_plant_plain_reads_total', 'Reads by time, without day summaries', () => [[{}, sum(({ plainReads }) => plainReads)]])
  add('counter', 'andon_plant_plain_rows_total', 'Rows of those', () => [[{}, sum(({ plainRows }) => plainRows)]])
  add('counter', 'andon_plant_plain_seconds_total', 'Time of those', () => [[{}, sum(({ plainMs }) => plainMs) / 1000]])
  add('counter', 'andon_platform_queries_total', 'Queries on the platform database', () => [[{}, database.statements().queries]])
  add('counter', 'andon_platform_query_seconds_total', 'Time of those', () => [[{}, database.statements().queryMs / 1000]])
  add('counter', 'andon_platform_slow_queries_total', 'Those of 0.5 s and more', () => [[{}, database.statements().slowQueries]])
  addPoolFigures(metrics, () => [
    ...[database.pool()].flatMap((info) => (info === null ? [] : [[{ database: 'platform' }, info] as const])),
    ...[...plants.poolInfo()].map(([tenantId, info]) => [{ database: `plant ${tenantId}` }, info] as const),
  ])
}

type OfDatabase = readonly [{ readonly database: string }, PoolInfo]

function addPoolFigures(metrics: Pick<Metrics, 'addFigure'>, pools: () => readonly OfDatabase[]): void {
  const states = ['size', 'lent', 'idle', 'waiting'] as const
  metrics.addFigure({
    name: 'andon_pool_connections',
    help: 'Connections to database servers: the most there may be, lent, idle; and requests that wait for one',
    kind: 'gauge',
    labelNames: ['database', 'state'],
    read: () => pools().flatMap(([labels, info]) => states.map((state) => [{ ...labels, state }, info[state]] as const)),
  })
  metrics.addFigure({
    name: 'andon_pool_waits_total',
    help: 'Times that a connection had to be waited for',
    kind: 'counter',
    labelNames: ['database'],
    read: () => pools().map(([labels, { waits }]) => [labels, waits] as const),
  })
  metrics.addFigure({
    name: 'andon_pool_timeouts_total',
    help: 'Times that waiting for a connection was in vain',
    kind: 'counter',
    labelNames: ['database'],
    read: () => pools().map(([labels, { timeouts }]) => [labels, timeouts] as const),
  })
}
