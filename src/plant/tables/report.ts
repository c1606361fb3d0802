/** How the tables of a plant are: what page, API and command line tell. Reads only. */
import { type Archive, isFrom, listArchives, originOf } from '../archive/index.ts'
import type { Line, OpenPlant } from '../model/index.ts'
import {
  ensureSql,
  type IndexAdvice,
  missingIndexes,
  missingMonths,
  partitionsOf,
  readIndexes,
  type SlotFigures,
  tableFigures,
} from '../partitions/index.ts'
import type { Month, PartitionScheme } from '../source/index.ts'
import { currentMonth, monthsFrom, tableOf, type WorkDeps } from './lines.ts'

export type TableReport = {
  readonly line: Line
  /** Null = the line has none. */
  readonly table: string | null
  readonly rows: number
  readonly isEstimate: boolean
  readonly bytes: number | null
  readonly oldest: string | null
  readonly newest: string | null
  /** Null = not by month; `other` = otherwise partitioned. */
  readonly scheme: PartitionScheme | 'other' | null
  readonly slots: readonly SlotFigures[]
  /** Between the current month and the months ahead. */
  readonly missingMonths: readonly Month[]
  /** Lines of SQL that would make their partitions. */
  readonly partitionSql: readonly string[]
  readonly indexes: readonly IndexAdvice[]
  /** `isHere`: out of this table; else of a plant that the company had before. */
  readonly archives: readonly (Archive & { readonly isHere: boolean })[]
}

export async function reportTables(
  deps: Pick<WorkDeps, 'db' | 'clock'>,
  plant: OpenPlant,
  monthsAhead: number,
  lineId: number | null = null,
): Promise<TableReport[]> {
  const archives = await listArchives({ ...deps.db, tenantId: plant.db.tenantId }, lineId)
  const lines = plant.model.lines.filter((line) =>
    lineId === null ? line.isActive || line.detectionTable !== null : line.lineId === lineId,
  )
  const reports: TableReport[] = []
  for (const line of lines) {
    const origin = await originOf(plant.db, tableOf(line))
    const own = archives
      .filter((archive) => archive.lineId === line.lineId)
      .map((archive) => ({ ...archive, isHere: isFrom(archive, origin) }))
    reports.push({ ...(await reportTable(plant, line, monthsAhead, deps.clock.nowMs())), archives: own })
  }
  return reports
}

const nothing = {
  rows: 0,
  isEstimate: false,
  bytes: null,
  oldest: null,
  newest: null,
  slots: [],
  archives: [],
  missingMonths: [],
  partitionSql: [],
  indexes: [],
}

async function reportTable(plant: OpenPlant, line: Line, monthsAhead: number, nowMs: number): Promise<TableReport> {
  const table = tableOf(line)
  if (table === '') return { ...nothing, line, table: null, scheme: null }
  const { db } = plant
  const state = await partitionsOf(db, table)
  const figures = await tableFigures(db, table, state)
  const downtime = line.downtimeTable
  const indexes = [
    ...missingIndexes(db.engine, 'detection', table, await readIndexes(db, table)),
    ...(downtime === null ? [] : missingIndexes(db.engine, 'downtime', downtime, await readIndexes(db, downtime))),
  ]
  const months = monthsFrom(currentMonth(plant, nowMs), monthsAhead)
  return {
    ...nothing,
    ...figures,
    line,
    table,
    scheme: state.kind === 'monthly' ? state.scheme : state.kind === 'other' ? 'other' : null,
    missingMonths: state.kind === 'monthly' ? missingMonths(state, months) : [],
    partitionSql: ensureSql(table, state, months),
    indexes,
  }
}

const textOf = (lines: readonly string[]): string => (lines.length === 0 ? '' : `${lines.join('\n')}\n`)

export const indexSql = (reports: readonly TableReport[]): string =>
  textOf(reports.flatMap(({ indexes }) => indexes.map(({ statement }) => `${statement};`)))

/** For whoever looks after a customer's database: what would help, to be run there at a quiet hour. */
export const sqlText = (reports: readonly TableReport[]): string =>
  indexSql(reports) + textOf(reports.flatMap(({ partitionSql }) => partitionSql))
