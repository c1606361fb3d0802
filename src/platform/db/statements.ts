/** Statements that each engine writes its own way. */
import { type Insertable, type Kysely, type RawBuilder, type Selectable, sql, type Updateable } from 'kysely'
import type { Database, Db, Engine } from './database.ts'
import { isUniqueViolation } from './errors.ts'

type TableName = keyof Database & string
// Kysely's types cannot follow a table given by a type parameter; the signatures below keep the caller's side typed.
// biome-ignore lint/suspicious/noExplicitAny: see above
type Untyped = Kysely<any>

/** Inserts one row and answers its new integer `id`. */
export async function insertId<Table extends TableName>(db: Db, table: Table, row: Insertable<Database[Table]>): Promise<number> {
  const insert = (db.kysely as Untyped).insertInto(table).values(row)
  if (db.engine === 'postgres') {
    const { id } = await insert.returning('id').executeTakeFirstOrThrow()
    return Number(id)
  }
  const { insertId: id } = await insert.executeTakeFirstOrThrow()
  return Number(id)
}

/** Inserts the row, or updates `update` (default: all but the key) where a row has the same `key`, which must be a unique key. */
export async function upsert<Table extends TableName>(
  db: Db,
  table: Table,
  row: Insertable<Database[Table]>,
  key: readonly (keyof Database[Table] & string)[],
  update: Updateable<Database[Table]> = Object.fromEntries(
    Object.entries(row).filter(([column]) => !key.some((name) => name === column)),
  ) as Updateable<Database[Table]>,
): Promise<void> {
  const insert = (db.kysely as Untyped).insertInto(table).values(row)
  // biome-ignore lint/suspicious/noExplicitAny: see above
  const changes: any = update
  if (db.engine === 'mysql') {
    // An empty list is not allowed there: setting a key column to itself changes nothing.
    const none = { [key[0] ?? 'id']: sql.ref(key[0] ?? 'id') }
    await insert.onDuplicateKeyUpdate(Object.keys(changes).length > 0 ? changes : none).execute()
    return
  }
  await insert
    .onConflict((conflict) =>
      Object.keys(changes).length > 0 ? conflict.columns([...key]).doUpdateSet(changes) : conflict.columns([...key]).doNothing(),
    )
    .execute()
}

/** Inserts the row unless a unique key has it already; true when it was inserted. */
export async function insertUnlessExists<Table extends TableName>(
  db: Db,
  table: Table,
  row: Insertable<Database[Table]>,
): Promise<boolean> {
  const insert = (db.kysely as Untyped).insertInto(table).values(row)
  if (db.engine !== 'mysql') {
    const { numInsertedOrUpdatedRows } = await insert.onConflict((conflict) => conflict.doNothing()).executeTakeFirstOrThrow()
    return (numInsertedOrUpdatedRows ?? 0n) > 0n
  }
  try {
    await insert.execute() // `insert ignore` would also let values be cut to fit
    return true
  } catch (error) {
    if (isUniqueViolation(error)) return false
    throw error
  }
}

/** A naive DATETIME column as whole seconds since 1970-01-01 00:00 of its own clock. Millions of rows are read this way: an integer takes a third less
 *  time than the text (SQLite stores text and hands it over as it is: parse it). */
export function wallSeconds(engine: Engine, column: string): RawBuilder<unknown> {
  const value = sql.id(column)
  if (engine === 'mysql') return sql`timestampdiff(second, '1970-01-01', ${value})`
  return engine === 'postgres' ? sql`floor(extract(epoch from ${value}))::bigint` : sql`cast(${value} as char(19))`
}

/** Sum over rows that an edit of any of the columns changes; null = this engine has no function for it. Rows weigh by their id, so that two of them that
 *  swap a value give another sum too. */
export function rowsDigest(engine: Engine, id: string, columns: readonly string[]): RawBuilder<unknown> | null {
  if (engine === 'sqlite') return null
  const text = (column: string): RawBuilder<unknown> =>
    engine === 'mysql' ? sql`ifnull(${sql.id(column)}, '~')` : sql`coalesce(cast(${sql.id(column)} as text), '~')`
  const row = sql`concat_ws('|', ${sql.join(columns.map(text))})`
  const weight = sql`(${sql.id(id)} % 1000003 + 1)`
  return engine === 'mysql' ? sql`sum(${weight} * crc32(${row}))` : sql`sum(${weight} * cast(hashtextextended(${row}, 0) as numeric))`
}

/** Holds the rows that match until the transaction ends; true when there is one. On SQLite the transaction holds the whole file. */
export async function lockRow<Table extends TableName>(
  tx: Db,
  table: Table,
  match: Partial<Selectable<Database[Table]>>,
): Promise<boolean> {
  if (!tx.kysely.isTransaction) throw new Error('lockRow needs a transaction')
  let query = (tx.kysely as Untyped).selectFrom(table as string).select(sql<number>`1`.as('found'))
  for (const [column, value] of Object.entries(match)) query = query.where(column, '=', value)
  // PostgreSQL: rows that refer to this one may still come in, else two that insert one first and lock then would wait for each other.
  if (tx.engine === 'postgres') query = query.forNoKeyUpdate()
  if (tx.engine === 'mysql') query = query.forUpdate()
  const rows = await query.execute()
  return rows.length > 0
}
