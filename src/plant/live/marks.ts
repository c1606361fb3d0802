/** The cheapest sign that a line has new rows: its highest ids, one round trip for the whole plant. */
import { type RawBuilder, sql } from 'kysely'
import type { Line } from '../model/model.ts'
import type { PlantDb } from '../source/plant-db.ts'
import type { LineMarks } from './follower.ts'

/** Highest detection and stop id of every active line that has tables. Both are the first column of their primary key, so nothing is scanned. */
export async function readLineMarks(plant: PlantDb, lines: readonly Line[]): Promise<LineMarks> {
  const asked = lines.filter(
    ({ isActive, detectionTable, downtimeTable }) => isActive && (detectionTable !== null || downtimeTable !== null),
  )
  if (asked.length === 0) return new Map()
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
