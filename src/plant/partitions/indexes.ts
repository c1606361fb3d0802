/** Indexes that a detection or downtime table should have (spec plant 2.4): which are missing, what each is good for, and the SQL for it. */
import { sql } from 'kysely'
import type { Engine } from '../../platform/db/database.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import { detectionTable, downtimeTable, type PlantDb, quoteName, type TableKind } from '../source/index.ts'
import { onTable } from './apply.ts'

export type IndexAdvice = { readonly columns: readonly string[]; readonly effect: Text; readonly statement: string }

const effects: Readonly<Record<string, Text>> = {
  product_id: { es: 'Filtra por producto.', en: 'Filters by product.' },
  'detected_at area_id product_id': {
    es: 'Responde un rango de horas solo con el índice.',
    en: 'Answers a range of times from the index alone.',
  },
  'area_id detected_at product_id': {
    es: 'Lee un rango de un área unas 2,7 veces más rápido; ocupa alrededor de 25 % más de disco.',
    en: 'Reads a range of one area about 2.7 times as fast; takes about 25 % more disk.',
  },
  last_detection_id: { es: 'Une las paradas con sus detecciones.', en: 'Joins stops with their detections.' },
  'start_time end_time': { es: 'Encuentra las paradas de un rango.', en: 'Finds the stops of a range.' },
  duration: { es: 'Ordena y filtra las paradas por duración.', en: 'Orders and filters stops by length.' },
  reason_code: { es: 'Agrupa las paradas por motivo.', en: 'Groups stops by reason.' },
}

const wantedOf = (kind: TableKind, table: string): readonly (readonly string[])[] =>
  (kind === 'detection' ? detectionTable(table) : downtimeTable(table)).indexes ?? []

/** The columns of each index of a table, in order; the primary key too. */
export async function readIndexes({ kysely, engine }: PlantDb, table: string): Promise<string[][]> {
  const query = {
    mysql: sql<IndexRow>`select index_name as index_name, column_name as column_name from information_schema.statistics
      where table_schema = database() and table_name = ${table} order by index_name, seq_in_index`,
    postgres: sql<IndexRow>`select i.indexrelid::text as index_name, a.attname as column_name
      from pg_index i join pg_class c on c.oid = i.indrelid and c.relname = ${table} and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = current_schema())
      join lateral unnest(i.indkey) with ordinality as k(attnum, place) on true
      join pg_attribute a on a.attrelid = c.oid and a.attnum = k.attnum
      where i.indpred is null and i.indisvalid order by i.indexrelid, k.place`,
    sqlite: sql<IndexRow>`select l.name as index_name, i.name as column_name from pragma_index_list(${table}) l join pragma_index_info(l.name) i
      where l.partial = 0 order by l.name, i.seqno`,
  }[engine]
  const { rows } = await query.execute(kysely)
  const byName = Map.groupBy(rows, ({ index_name }) => index_name)
  return [...byName.values()].map((columns) => columns.map(({ column_name }) => column_name.toLowerCase()))
}

type IndexRow = { readonly index_name: string; readonly column_name: string }

/** An index that begins with the wanted columns serves for them. */
export const missingIndexes = (engine: Engine, kind: TableKind, table: string, present: readonly (readonly string[])[]): IndexAdvice[] =>
  wantedOf(kind, table)
    .filter((columns) => !present.some((own) => columns.every((column, at) => own[at] === column)))
    .map((columns) => ({
      columns,
      effect: effects[columns.join(' ')] ?? { es: 'Índice recomendado.', en: 'Recommended index.' },
      statement: indexStatement(engine, table, columns),
    }))

function indexStatement(engine: Engine, table: string, columns: readonly string[]): string {
  const name = `${table.slice(0, 20)}_${columns.map((column) => column.replace(/_id$|_time$/, '')).join('_')}`.replace(
    /[^A-Za-z0-9_]/g,
    '_',
  )
  const list = columns.map((column) => quoteName(engine, column)).join(', ')
  const create = `CREATE INDEX ${quoteName(engine, name.slice(0, 60))} ON ${quoteName(engine, table)} (${list})`
  // built beside the writes of the cameras
  return engine === 'mysql' ? `${create} ALGORITHM=INPLACE LOCK=NONE` : create
}

/** One after another, so that the next can be told of. */
export async function createIndexes(
  db: PlantDb,
  advice: readonly IndexAdvice[],
  onProgress: (done: number) => Promise<void> = async () => {},
): Promise<void> {
  for (const [at, { statement }] of advice.entries()) {
    await onTable(db, (own) => sql.raw(statement).execute(own.kysely))
    await onProgress(at + 1)
  }
}
