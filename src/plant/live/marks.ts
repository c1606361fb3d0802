/** The cheapest sign that a line has new rows: its highest ids, one round trip for the whole plant. */
import { type RawBuilder, sql } from 'kysely'
import { isUnreadableTable } from '../../platform/db/index.ts'
import type { Line } from '../model/model.ts'
import type { PlantDb } from '../source/plant-db.ts'
import { readStopChanges } from '../stop-store/index.ts'
import type { LineMarks } from './follower.ts'

/** The same with what people did to stops through Andon: an edit adds no row to the customer's table. */
export async function readLineMarks(plant: PlantDb, lines: readonly Line[]): Promise<LineMarks> {
  const [marks, changes] = await Promise.all([readTableMarks(plant, lines), plant.beside ? readStopChanges(plant.beside.db) : noChanges])
  for (const { lineId, isActive } of lines) {
    const count = changes.get(lineId)
    if (isActive && count !== undefined) marks.set(lineId, `${marks.get(lineId) ?? ''}/${count}`)
  }
  return marks
}

const noChanges: ReadonlyMap<number, number> = new Map()

/** Highest detection and stop id of every active line that has tables. Both are the first column of their primary key, so nothing is scanned.
 *  When the server refuses one of the tables, each line is asked by itself, and only that line has no mark. */
async function readTableMarks(plant: PlantDb, lines: readonly Line[]): Promise<Map<number, string>> {
  const asked = lines.filter(
    ({ isActive, detectionTable, downtimeTable }) => isActive && (detectionTable !== null || downtimeTable !== null),
  )
  if (asked.length === 0) return new Map()
  try {
    return await marksOf(plant, asked)
  } catch (error) {
    if (!isUnreadableTable(error)) throw error
    if (asked.length === 1) return new Map()
    const marks = new Map<number, string>()
    for (const line of asked) for (const [lineId, mark] of await readTableMarks(plant, [line])) marks.set(lineId, mark)
    return marks
  }
}

async function marksOf(plant: PlantDb, asked: readonly Line[]): Promise<Map<number, string>> {
  const highest = (column: string, table: string | undefined | null): RawBuilder<unknown> =>
    table ? sql`(SELECT max(${sql.ref(column)}) FROM ${sql.id(table)})` : sql`NULL`
  const columns = asked.flatMap(({ lineId, detectionTable, downtimeTable }) => [
    sql`${highest('detection_id', detectionTable?.name)} AS ${sql.ref(`d${lineId}`)}`,
    sql`${highest('event_id', downtimeTable)} AS ${sql.ref(`e${lineId}`)}`,
  ])
  const { rows } = await sql<Record<string, unknown>>`SELECT ${sql.join(columns)}`.execute(plant.kysely)
  const row = rows[0] ?? {}
  return new Map(asked.map(({ lineId }) => [lineId, `${row[`d${lineId}`] ?? ''}/${row[`e${lineId}`] ?? ''}`]))
}
