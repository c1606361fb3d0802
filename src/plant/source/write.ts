/** Rows into the tables of a line: one way in for the demo, the simulator and test data. Table names come from the model, never from a request. */
import { CompiledQuery, sql } from 'kysely'
import type { Engine } from '../../platform/db/index.ts'
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

const detectionColumns = { detected_at: 'timestamp', area_id: 'bigint', product_id: 'bigint' } as const

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

const detectionsStatement = (db: PlantDb, table: string, rows: readonly NewDetection[]): CompiledQuery =>
  insertStatement(db.engine, table, detectionColumns, rows, ({ detectedAt, areaId, productId }) => [detectedAt, areaId, productId])

/** Many rows in one statement; of each column its name and its type in PostgreSQL, which takes columns as lists: in one text for any number of rows and in
 *  two thirds of the time of as many parameters. */
export function insertStatement<Row>(
  engine: Engine,
  table: string,
  columns: Readonly<Record<string, 'timestamp' | 'bigint' | 'text'>>,
  rows: readonly Row[],
  valuesOf: (row: Row) => readonly Value[],
): CompiledQuery {
  const names = Object.keys(columns)
  const into = `insert into ${quoteName(engine, table)} (${names.map((name) => quoteName(engine, name)).join(', ')})`
  if (engine === 'postgres') {
    const values = rows.map(valuesOf)
    const lists = names.map((_, at) => `{${values.map((row) => listed(row[at])).join(',')}}`)
    return CompiledQuery.raw(
      `${into} select * from unnest(${Object.values(columns).map((type, at) => `$${at + 1}::text::${type}[]`)})`,
      lists,
    )
  }
  const tuple = `(${names.map(() => '?').join(', ')})`
  return CompiledQuery.raw(`${into} values ${Array(rows.length).fill(tuple).join(', ')}`, rows.flatMap(valuesOf))
}

type Value = string | number | null

/** In the text of a list of PostgreSQL. */
const listed = (value: Value | undefined): string =>
  typeof value === 'string' ? `"${value.replaceAll(/["\\]/g, '\\$&')}"` : String(value ?? 'NULL')

function* chunksOf<Row>(rows: readonly Row[]): Generator<readonly Row[]> {
  for (let from = 0; from < rows.length; from += rowsPerStatement) yield rows.slice(from, from + rowsPerStatement)
}

const downtimeColumns = {
  last_detection_id: 'bigint',
  start_time: 'timestamp',
  end_time: 'timestamp',
  duration: 'bigint',
  reason_code: 'bigint',
  reason: 'text',
  is_manual: 'bigint',
  created_at: 'timestamp',
} as const

export async function insertDowntimes({ engine, kysely }: PlantDb, table: string, rows: readonly NewDowntime[]): Promise<void> {
  for (const chunk of chunksOf(rows))
    await kysely.executeQuery(
      insertStatement(engine, table, downtimeColumns, chunk, (row) => [
        row.lastDetectionId,
        row.startTime,
        row.endTime,
        row.durationS,
        row.reasonCode,
        row.reason,
        row.isManual ? 1 : 0,
        row.createdAt,
      ]),
    )
}
