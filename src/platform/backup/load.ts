/** Putting rows back: one transaction takes out what is there, puts in what was written, and reads it again before it commits. */
import { type Kysely, sql } from 'kysely'
import type { AnyDb } from '../db/introspect.ts'
import { inOrderOfReference, listReferences, type Reference, setLastId, type TableShape } from './describe.ts'
import { type Digest, isSameDigest, rowSum } from './digest.ts'
import { BackupFaultError } from './folder.ts'
import { type RowFilter, readLines, rowOf } from './rows.ts'

export type LoadTable = TableShape & {
  /** Called once. */
  readonly lines: () => AsyncIterable<readonly string[]>
  /** Only these rows are replaced; null = all. */
  readonly filter: RowFilter | null
}

export type LoadedTable = { readonly name: string } & Digest

/** Whole or not at all. `before` and `after` run in the transaction too. Throws `BackupFaultError` when what came in is not what went in. */
export async function replaceRows(
  { kysely, engine }: AnyDb,
  tables: readonly LoadTable[],
  around: { readonly before?: (tx: AnyDb) => Promise<void>; readonly after?: (tx: AnyDb) => Promise<void> } = {},
): Promise<LoadedTable[]> {
  const references = await listReferences({ kysely, engine })
  const ordered = inOrderOfReference(
    tables.map(({ name }) => name),
    references,
  ).map((name) => tables.find((table) => table.name === name) as LoadTable)
  const loaded = await kysely.transaction().execute(async (trx) => {
    const tx: AnyDb = { kysely: trx, engine }
    await around.before?.(tx)
    for (const { name, filter } of ordered.toReversed()) await clear(trx, name, filter, references)
    const sums: LoadedTable[] = []
    for (const table of ordered) sums.push({ name: table.name, ...(await insertAll(trx, table)) })
    for (const [index, table] of ordered.entries()) await demandSame(tx, table, sums[index] as LoadedTable)
    if (engine !== 'mysql') await keepIds(tx, ordered)
    await around.after?.(tx)
    return sums
  })
  if (engine === 'mysql') await keepIds({ kysely, engine }, ordered)
  return loaded
}

async function keepIds(db: AnyDb, tables: readonly LoadTable[]): Promise<void> {
  for (const { name, lastId, filter } of tables) if (lastId !== null && filter === null) await setLastId(db, name, lastId)
}

// biome-ignore lint/suspicious/noExplicitAny: any schema
type AnyKysely = Kysely<any>

/** Rows that refer to others of their own table let go of them first: engines look at each row by itself. */
async function clear(kysely: AnyKysely, name: string, filter: RowFilter | null, references: readonly Reference[]): Promise<void> {
  if (filter && filter.values.length === 0) return
  const condition = filter ? sql` where ${sql.ref(filter.column)} in (${sql.join(filter.values)})` : sql``
  for (const { column } of references.filter(({ table, to }) => table === name && to === name))
    await sql`update ${sql.table(name)} set ${sql.ref(column)} = null${condition}`.execute(kysely)
  await sql`delete from ${sql.table(name)}${condition}`.execute(kysely)
}

const maxRows = 500
const maxValues = 10_000
const maxBytes = 1_000_000

async function insertAll(kysely: AnyKysely, { name, columns, lines }: LoadTable): Promise<Digest> {
  const sum = rowSum()
  const most = Math.max(1, Math.min(maxRows, Math.floor(maxValues / columns.length)))
  let batch: Record<string, unknown>[] = []
  let bytes = 0
  const flush = async () => {
    if (batch.length > 0) await kysely.insertInto(name).values(batch).execute()
    batch = []
    bytes = 0
  }
  for await (const page of lines()) {
    for (const line of page) {
      sum.add(line)
      const row = rowOf(line)
      batch.push(Object.fromEntries(columns.map((column, index) => [column, row[index] ?? null])))
      bytes += line.length
      if (batch.length >= most || bytes > maxBytes) await flush()
    }
  }
  await flush()
  return sum.end()
}

async function demandSame(tx: AnyDb, table: LoadTable, written: LoadedTable): Promise<void> {
  const sum = rowSum()
  for await (const page of readLines(tx, table, table.filter)) for (const line of page) sum.add(line)
  const found = sum.end()
  if (!isSameDigest(found, written))
    throw new BackupFaultError(
      `${table.name} came back otherwise: ${found.rows} rows (${found.sum}) instead of ${written.rows} (${written.sum}); nothing was changed`,
    )
}
