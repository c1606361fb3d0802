/** What tables and columns a database has, read from its own catalogue. */
import { type Kysely, sql } from 'kysely'
import type { Engine } from './database.ts'

// biome-ignore lint/suspicious/noExplicitAny: any schema
export type AnyDb = { readonly kysely: Kysely<any>; readonly engine: Engine }

export type ColumnInfo = {
  readonly table: string
  readonly name: string
  /** As the engine calls it, lower case: `varchar(50)`, `bigint(20)`, `timestamp without time zone`, `integer`. */
  readonly type: string
  readonly isNullable: boolean
}

/** Not a partition of another table: its parent stands for it. */
const isWhole = sql.raw(
  `not exists (select 1 from pg_catalog.pg_class c where c.relispartition and c.relname = table_name and c.relnamespace = (select oid from pg_catalog.pg_namespace where nspname = current_schema()))`,
)

/** Tables and views of the connected database (PostgreSQL: of the current schema), by name, in the letter case they have. */
export async function listTables({ kysely, engine }: AnyDb): Promise<string[]> {
  const query = {
    sqlite: sql<{
      name: string
    }>`select name from sqlite_schema where type in ('table', 'view') and name not like 'sqlite\\_%' escape '\\'`,
    postgres: sql<{
      name: string
    }>`select table_name as name from information_schema.tables where table_schema = current_schema() and ${isWhole}`,
    mysql: sql<{ name: string }>`select table_name as name from information_schema.tables where table_schema = database()`,
  }[engine]
  const { rows } = await query.execute(kysely)
  return rows.map((row) => row.name).sort()
}

/** Columns of all tables, or of `table`, in their order. */
export async function listColumns({ kysely, engine }: AnyDb, table?: string): Promise<ColumnInfo[]> {
  const only = (column: string) => (table === undefined ? sql`` : sql`and ${sql.raw(column)} = ${table}`)
  const query = {
    sqlite: sql<ColumnRow>`
      select m.name as table_name, p.name as name, p.type as type, case when p."notnull" = 0 and p.pk = 0 then 1 else 0 end as nullable
      from sqlite_schema m join pragma_table_info(m.name) p
      where m.type in ('table', 'view') and m.name not like 'sqlite\\_%' escape '\\' ${only('m.name')} order by m.name, p.cid`,
    postgres: sql<ColumnRow>`
      select table_name as table_name, column_name as name,
        data_type || case when character_maximum_length is null then '' else '(' || character_maximum_length || ')' end as type,
        case when is_nullable = 'YES' then 1 else 0 end as nullable
      from information_schema.columns where table_schema = current_schema() and ${isWhole} ${only('table_name')} order by table_name, ordinal_position`,
    mysql: sql<ColumnRow>`
      select table_name as table_name, column_name as name, column_type as type, case when is_nullable = 'YES' then 1 else 0 end as nullable
      from information_schema.columns where table_schema = database() ${only('table_name')} order by table_name, ordinal_position`,
  }[engine]
  const { rows } = await query.execute(kysely)
  return rows.map(({ table_name, name, type, nullable }) => ({
    table: table_name,
    name,
    type: type.toLowerCase(),
    isNullable: Number(nullable) === 1,
  }))
}

type ColumnRow = { readonly table_name: string; readonly name: string; readonly type: string; readonly nullable: number }

/** One of a table that refers to another; `schema` null: the connected one. */
export type ForeignKey = {
  readonly schema: string | null
  readonly table: string
  readonly columns: readonly {
    readonly name: string /** Of the table referred to; null: its primary key. */
    readonly refersTo: string | null
  }[]
}

/** Keys of all tables that refer to `table`, as far as the account may see them. */
export async function listForeignKeys({ kysely, engine }: AnyDb, table: string): Promise<ForeignKey[]> {
  const query = {
    sqlite: sql<KeyRow>`
      select null as schema_name, m.name as table_name, f.id as key_name, f."from" as name, f."to" as refers_to
      from sqlite_schema m join pragma_foreign_key_list(m.name) f
      where m.type = 'table' and lower(f."table") = lower(${table}) order by m.name, f.id, f.seq`,
    postgres: sql<KeyRow>`
      select n.nspname as schema_name, r.relname as table_name, c.oid as key_name, a.attname as name, o.attname as refers_to
      from pg_catalog.pg_constraint c
      join pg_catalog.pg_class r on r.oid = c.conrelid join pg_catalog.pg_namespace n on n.oid = r.relnamespace
      cross join unnest(c.conkey, c.confkey) with ordinality as k(own, other, place)
      join pg_catalog.pg_attribute a on a.attrelid = c.conrelid and a.attnum = k.own
      join pg_catalog.pg_attribute o on o.attrelid = c.confrelid and o.attnum = k.other
      where c.contype = 'f' and c.conparentid = 0 and c.confrelid = to_regclass(quote_ident(current_schema()) || '.' || quote_ident(${table}))
      order by n.nspname, r.relname, c.oid, k.place`,
    mysql: sql<KeyRow>`
      select table_schema as schema_name, table_name as table_name, constraint_name as key_name, column_name as name, referenced_column_name as refers_to
      from information_schema.key_column_usage where referenced_table_schema = database() and referenced_table_name = ${table}
      order by table_schema, table_name, constraint_name, ordinal_position`,
  }[engine]
  const { rows } = await query.execute(kysely)
  const keys = new Map<string, ForeignKey>()
  for (const { schema_name: schema, table_name: from, key_name, name, refers_to: refersTo } of rows) {
    const id = JSON.stringify([schema, from, key_name])
    keys.set(id, { schema, table: from, columns: [...(keys.get(id)?.columns ?? []), { name, refersTo }] })
  }
  return [...keys.values()]
}

type KeyRow = {
  readonly schema_name: string | null
  readonly table_name: string
  readonly key_name: string | number
  readonly name: string
  readonly refers_to: string | null
}
