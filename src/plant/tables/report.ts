/** How the tables of a plant are: what page, API and command line tell. Reads only. */
import type { Text } from '../../platform/i18n/i18n.ts'
import { type Archive, isFrom, listArchives, originOf } from '../archive/index.ts'
import type { Line, OpenPlant } from '../model/index.ts'
import {
  type IndexAdvice,
  missingIndexes,
  missingMonths,
  partitionsOf,
  readIndexes,
  type SlotFigures,
  tableFigures,
} from '../partitions/index.ts'
import { type Month, type PartitionScheme, partitionName, quoteName } from '../source/index.ts'
import type { WorkDeps } from './work.ts'
import { currentMonth, tableOf } from './work.ts'

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
  readonly indexes: readonly IndexAdvice[]
  /** `isHere`: out of this table; else of a plant that the company had before. */
  readonly archives: readonly (Archive & { readonly isHere: boolean })[]
  /** It could be read; else why not. */
  readonly fault: Text | null
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
  indexes: [],
}

async function reportTable(plant: OpenPlant, line: Line, monthsAhead: number, nowMs: number): Promise<TableReport> {
  const table = tableOf(line)
  if (table === '') return { ...nothing, line, table: null, scheme: null, fault: null }
  const { db } = plant
  const state = await partitionsOf(db, table)
  const figures = await tableFigures(db, table, state)
  const downtime = line.downtimeTable
  const indexes = [
    ...missingIndexes(db.engine, 'detection', table, await readIndexes(db, table)),
    ...(downtime === null ? [] : missingIndexes(db.engine, 'downtime', downtime, await readIndexes(db, downtime))),
  ]
  return {
    ...nothing,
    ...figures,
    line,
    table,
    scheme: state.kind === 'monthly' ? state.scheme : state.kind === 'other' ? 'other' : null,
    missingMonths: state.kind === 'monthly' ? missingMonths(state, currentMonth(plant, nowMs), monthsAhead) : [],
    indexes,
    fault: null,
  }
}

/** For whoever looks after a customer's database: what would help, to be run there at a quiet hour. */
export function sqlText(reports: readonly TableReport[]): string {
  const statements = reports.flatMap(({ table, indexes, scheme, missingMonths: missing }) => [
    ...indexes.map(({ statement }) => `${statement};`),
    ...(table !== null && missing.length > 0 && scheme === 'year_month'
      ? [`-- ${quoteName('mysql', table)}: ${missing.map(partitionName).join(', ')}`]
      : []),
  ])
  return statements.length === 0 ? '' : `${statements.join('\n')}\n`
}
