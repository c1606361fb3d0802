/** The tables of a database as a backup needs them: columns, key, references, and the last id that was given. */
import { sql } from 'kysely'
import { listColumns } from '../db/index.ts'
import type { AnyDb } from '../db/introspect.ts'

export type TableShape = {
  readonly name: string
  readonly columns: readonly string[]
  /** Of the primary key; empty = none. */
  readonly key: readonly string[]
  /** The last id the database gave, also to rows that are gone: it must not give it again. Null = it gives none. */
  readonly lastId: number | null
}

/** A column that holds the id of another table's row. */
export type Reference = { readonly table: string; readonly column: string; readonly to: string }

/** Base tables (PostgreSQL: a partitioned one, not its parts), by name. */
export async function describeTables(db: AnyDb): Promise<TableShape[]> {
  const names = await listBaseTables(db)
  const [columns, keys, ids] = [await listColumns(db), await listKeyColumns(db), await lastIds(db)]
  return names.map((name) => ({
    name,
    columns: columns.filter(({ table }) => table === name).map((column) => column.name),
    key: keys.filter(({ table }) => table === name).map(({ column }) => column),
    lastId: ids.get(name) ?? null,
  }))
}

async function listBaseTables({ kysely, engine }: AnyDb): Promise<string[]> {
  const query = {
    sqlite: sql<{ name: string }>`select name as name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'`,
    postgres: sql<{ name: string }>`
      select c.relname as name from pg_class c
      where c.relkind in ('r', 'p') and not c.relispartition and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = current_schema())`,
    mysql: sql<{ name: string }>`
      select table_name as name from information_schema.tables where table_schema = database() and table_type = 'BASE TABLE'`,
  }[engine]
  const { rows } = await query.execute(kysely)
  return rows.map(({ name }) => name).sort()
}

async function listKeyColumns({ kysely, engine }: AnyDb): Promise<readonly { readonly table: string; readonly column: string }[]> {
  type Row = { t: string; c: string }
  const query = {
    sqlite: sql<Row>`
      select m.name as t, p.name as c from sqlite_schema m join pragma_table_info(m.name) p
      where m.type = 'table' and m.name not like 'sqlite\\_%' escape '\\' and p.pk > 0 order by m.name, p.pk`,
    postgres: sql<Row>`
      select c.relname as t, a.attname as c
      from pg_constraint k join pg_class c on c.oid = k.conrelid
        join lateral unnest(k.conkey) with ordinality as u (attnum, place) on true
        join pg_attribute a on a.attrelid = c.oid and a.attnum = u.attnum
      where k.contype = 'p' and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = current_schema()) order by c.relname, u.place`,
    mysql: sql<Row>`
      select table_name as t, column_name as c from information_schema.key_column_usage
      where table_schema = database() and constraint_name = 'PRIMARY' order by table_name, ordinal_position`,
  }[engine]
  const { rows } = await query.execute(kysely)
  return rows.map(({ t, c }) => ({ table: t, column: c }))
}

/** Foreign keys of one column, which are all of ours. */
export async function listReferences({ kysely, engine }: AnyDb): Promise<Reference[]> {
  type Row = { t: string; c: string; o: string }
  const query = {
    sqlite: sql<Row>`
      select m.name as t, f."from" as c, f."table" as o from sqlite_schema m join pragma_foreign_key_list(m.name) f where m.type = 'table'`,
    postgres: sql<Row>`
      select c.relname as t, a.attname as c, o.relname as o
      from pg_constraint k join pg_class c on c.oid = k.conrelid join pg_class o on o.oid = k.confrelid
        join pg_attribute a on a.attrelid = c.oid and a.attnum = k.conkey[1]
      where k.contype = 'f' and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = current_schema())`,
    mysql: sql<Row>`
      select table_name as t, column_name as c, referenced_table_name as o from information_schema.key_column_usage
      where table_schema = database() and referenced_table_name is not null`,
  }[engine]
  const { rows } = await query.execute(kysely)
  return rows.map(({ t, c, o }) => ({ table: t, column: c, to: o }))
}

/** Those that others refer to first; a row may refer to an older one of its own table. */
export function inOrderOfReference(tables: readonly string[], references: readonly Reference[]): string[] {
  const order: string[] = []
  const place = (table: string, above: readonly string[]): void => {
    if (order.includes(table) || above.includes(table) || !tables.includes(table)) return
    for (const { to } of references.filter((reference) => reference.table === table)) place(to, [...above, table])
    order.push(table)
  }
  for (const table of tables) place(table, [])
  return order
}

async function lastIds({ kysely, engine }: AnyDb): Promise<ReadonlyMap<string, number>> {
  type Row = { t: string; n: number | string | null }
  if (engine === 'sqlite') {
    const { rows: found } = await sql`select 1 as found from sqlite_schema where name = 'sqlite_sequence'`.execute(kysely)
    if (found.length === 0) return new Map()
  }
  // MySQL 8 remembers old figures for a day unless it is told not to; MariaDB skips the comment.
  if (engine === 'mysql') await sql.raw('set @andon_backup = 1 /*!80000 , session information_schema_stats_expiry = 0 */').execute(kysely)
  const query = {
    sqlite: sql<Row>`select name as t, seq as n from sqlite_sequence`,
    postgres: sql<Row>`
      select c.relname as t, coalesce(pg_sequence_last_value(s.oid), 0) as n
      from pg_class s join pg_depend d on d.objid = s.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
        join pg_class c on c.oid = d.refobjid
      where s.relkind = 'S' and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = current_schema())`,
    mysql: sql<Row>`
      select table_name as t, auto_increment - 1 as n from information_schema.tables
      where table_schema = database() and auto_increment is not null`,
  }[engine]
  const { rows } = await query.execute(kysely)
  return new Map(rows.map(({ t, n }) => [t, Number(n ?? 0)]))
}

/** The next id that the database gives is above `lastId`. On MySQL this ends a transaction: call it after one. */
export async function setLastId({ kysely, engine }: AnyDb, table: string, lastId: number): Promise<void> {
  if (lastId < 1) return
  if (engine === 'mysql') {
    await sql`alter table ${sql.table(table)} auto_increment = ${sql.raw(String(lastId + 1))}`.execute(kysely)
  } else if (engine === 'sqlite') {
    const { numAffectedRows } = await sql`update sqlite_sequence set seq = ${lastId} where name = ${table} and seq < ${lastId}`.execute(
      kysely,
    )
    const { rows } = await sql`select 1 as found from sqlite_sequence where name = ${table}`.execute(kysely)
    if (numAffectedRows === 0n && rows.length === 0)
      await sql`insert into sqlite_sequence (name, seq) values (${table}, ${lastId})`.execute(kysely)
  } else {
    await sql`
      select setval(s.oid::regclass, ${sql.raw(String(lastId))})
      from pg_class s join pg_depend d on d.objid = s.oid and d.classid = 'pg_class'::regclass and d.deptype in ('a', 'i')
        join pg_class c on c.oid = d.refobjid
      where s.relkind = 'S' and c.relname = ${table} and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = current_schema())
        and coalesce(pg_sequence_last_value(s.oid), 0) < ${sql.raw(String(lastId))}`.execute(kysely)
  }
}
