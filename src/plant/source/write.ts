/** Rows into the tables of a line: one way in for the demo, the simulator and test data. Table names come from the model, never from a request. */
import { CompiledQuery, sql } from 'kysely'
import { quoteName } from './ddl.ts'
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
export const rowsPerStatement = 2_000

const detectionColumns = ['detected_at', 'area_id', 'product_id']

/** In the order given, which is the order of their ids. */
export async function insertDetections(db: PlantDb, table: string, rows: readonly NewDetection[]): Promise<void> {
  for (const chunk of chunksOf(rows)) await db.kysely.executeQuery(detectionsStatement(db, table, chunk))
}

/** The same, and answers the ids that the rows got. In a transaction. */
export async function insertDetectionsForIds(db: PlantDb, table: string, rows: readonly NewDetection[]): Promise<number[]> {
  const ids: number[] = []
  for (const chunk of chunksOf(rows)) {
    const statement = detectionsStatement(db, table, chunk)
    if (db.engine === 'postgres') {
      const returning = CompiledQuery.raw(`${statement.sql} returning detection_id`, [...statement.parameters])
      const { rows: made } = await db.kysely.executeQuery<{ detection_id: number }>(returning)
      for (const row of made) ids.push(row.detection_id)
      continue
    }
    // One statement whose number of rows is known gets ids one step apart: InnoDB tells the first of them, SQLite the last.
    const { insertId } = await db.kysely.executeQuery(statement)
    const stepBy = db.engine === 'mysql' ? await idStep(db) : 1
    const first = Number(insertId ?? 0n) - (db.engine === 'mysql' ? 0 : chunk.length - 1)
    for (let at = 0; at < chunk.length; at++) ids.push(first + at * stepBy)
  }
  return ids
}

/** A cluster gives each of its servers every n-th id. */
async function idStep({ kysely }: PlantDb): Promise<number> {
  const { rows } = await sql<{ step: unknown }>`select @@auto_increment_increment as step`.execute(kysely)
  return Number(rows[0]?.step ?? 1)
}

/** PostgreSQL takes columns as lists, in one text for any number of rows and in two thirds of the time of as many parameters. */
function detectionsStatement({ engine }: PlantDb, table: string, rows: readonly NewDetection[]): CompiledQuery {
  const into = `insert into ${quoteName(engine, table)} (${detectionColumns.map((name) => quoteName(engine, name)).join(', ')})`
  if (engine === 'postgres') {
    const list = (values: readonly (string | number)[]): string => `{${values.map((value) => `"${value}"`).join(',')}}`
    return CompiledQuery.raw(`${into} select * from unnest($1::text::timestamp[], $2::text::bigint[], $3::text::bigint[])`, [
      list(rows.map((row) => row.detectedAt)),
      list(rows.map((row) => row.areaId)),
      list(rows.map((row) => row.productId)),
    ])
  }
  const tuples = Array(rows.length).fill('(?, ?, ?)').join(', ')
  return CompiledQuery.raw(
    `${into} values ${tuples}`,
    rows.flatMap((row) => [row.detectedAt, row.areaId, row.productId]),
  )
}

function* chunksOf<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let from = 0; from < rows.length; from += rowsPerStatement) yield rows.slice(from, from + rowsPerStatement)
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
  for (const chunk of chunksOf(rows)) {
    const tuples = chunk.map((row) => sql`(${sql.join(values(row))})`)
    await sql`insert into ${sql.id(table)} (${names}) values ${sql.join(tuples)}`.execute(kysely)
  }
}
