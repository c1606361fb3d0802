/** Rows into the tables of a line: one way in for the demo, the simulator and test data. Table names come from the model, never from a request. */
import { sql } from 'kysely'
import type { PlantDb } from './plant-db.ts'

/** Wall time `YYYY-MM-DD HH:MM:SS`. */
export type NewDetection = { readonly detectedAt: string; readonly areaId: number; readonly productId: number }

export type NewDowntime = {
  readonly lastDetectionId: number
  readonly startTime: string
  readonly endTime: string
  readonly durationS: number
  readonly reasonCode: number | null
  readonly reason: string | null
  readonly isManual: boolean
  readonly createdAt: string
}

/** Parameters of one statement stay below every engine's limit (SQLite 32 766, PostgreSQL 65 535). */
const rowsPerStatement = 2_000

/** In the order given, which is the order of their ids. */
export async function insertDetections(db: PlantDb, table: string, rows: readonly NewDetection[]): Promise<void> {
  await insertChunks(db, table, ['detected_at', 'area_id', 'product_id'], rows, (row) => [row.detectedAt, row.areaId, row.productId])
}

export async function insertDowntimes(db: PlantDb, table: string, rows: readonly NewDowntime[]): Promise<void> {
  const columns = ['last_detection_id', 'start_time', 'end_time', 'duration', 'reason_code', 'reason', 'is_manual', 'created_at']
  await insertChunks(db, table, columns, rows, (row) => [
    row.lastDetectionId,
    row.startTime,
    row.endTime,
    row.durationS,
    row.reasonCode,
    row.reason,
    row.isManual ? 1 : 0,
    row.createdAt,
  ])
}

async function insertChunks<Row>(
  { kysely }: PlantDb,
  table: string,
  columns: readonly string[],
  rows: readonly Row[],
  values: (row: Row) => unknown[],
): Promise<void> {
  const names = sql.join(columns.map((column) => sql.id(column)))
  for (let from = 0; from < rows.length; from += rowsPerStatement) {
    const tuples = rows.slice(from, from + rowsPerStatement).map((row) => sql`(${sql.join(values(row))})`)
    await sql`insert into ${sql.id(table)} (${names}) values ${sql.join(tuples)}`.execute(kysely)
  }
}
