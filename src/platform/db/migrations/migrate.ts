/** Brings the platform database to the schema of this version. Any number of processes may start at once: one migrates, the others
 *  wait and find nothing left to do. */
import { setTimeout as sleep } from 'node:timers/promises'
import { type Kysely, sql } from 'kysely'
import type { Db } from '../database.ts'
import { DatabaseUnavailableError } from '../errors.ts'
import { listColumns, listTables } from '../introspect.ts'
import { withStatementTimeout } from '../transaction.ts'
import { type Column, column } from './columns.ts'
import {
  addColumnStatement,
  addKeyStatements,
  createTableStatements,
  dropColumnStatement,
  dropKeyStatement,
  dropTableStatement,
  type TableKeys,
} from './create-table.ts'

export type MigrationTools = {
  readonly db: Db
  readonly createTable: (table: string, columns: Readonly<Record<string, Column>>, keys?: TableKeys) => Promise<void>
  readonly dropTable: (table: string) => Promise<void>
  /** To a table that has rows: each column is nullable or has a default, and refers to no other table. Keys may span old columns. */
  readonly addColumns: (table: string, columns: Readonly<Record<string, Column>>, keys?: LaterKeys) => Promise<void>
  /** What `addColumns` added, keys first. */
  readonly dropColumns: (table: string, columns: readonly string[], keys?: LaterKeys) => Promise<void>
}
type LaterKeys = Pick<TableKeys, 'unique' | 'indexes'>

/** One intent. `up` and `down` may run again after a kill in their middle (MySQL's DDL has no transaction): the tools allow for that,
 *  and rows go in by `insertUnlessExists`. */
export type Migration = {
  /** `NNNN-what`, also the order. */
  readonly name: string
  readonly up: (tools: MigrationTools) => Promise<void>
  readonly down: (tools: MigrationTools) => Promise<void>
}

export type MigrationStatus = {
  readonly applied: readonly { readonly name: string; readonly appliedAtMs: number }[]
  readonly pending: readonly string[]
  /** Applied by a newer version than this one. */
  readonly unknown: readonly string[]
}

const migrationsTable = 'schema_migrations'
const maxStatementMs = 600_000
const maxWaitMs = 120_000

/** Applies what is missing, in order; answers the names it applied. Throws when the database is ahead of this version. */
export const migrateUp = (db: Db, migrations: readonly Migration[], nowMs: () => number = Date.now): Promise<string[]> =>
  withMigrationLock(db, async (own) => {
    await run(
      own,
      createTableStatements(
        own.engine,
        migrationsTable,
        { name: column.text(100), applied_at: column.epochMs() },
        { primaryKey: ['name'] },
      ),
    )
    const { unknown } = await migrationStatus(own, migrations)
    if (unknown.length > 0)
      throw new Error(`The database was migrated by a newer version (${unknown.join(', ')}): start that one, or restore a backup`)
    const done: string[] = []
    for (const migration of inOrder(migrations)) {
      const isNew = await step(own, async (tx) => {
        if ((await appliedNames(tx)).has(migration.name)) return false
        await migration.up(toolsOf(tx))
        await sql`insert into ${sql.table(migrationsTable)} (name, applied_at) values (${migration.name}, ${nowMs()})`.execute(tx.kysely)
        return true
      })
      if (isNew) done.push(migration.name)
    }
    return done
  })

/** Takes back the last `steps` applied migrations, newest first; answers their names. Data in dropped tables is gone. */
export const migrateDown = (db: Db, migrations: readonly Migration[], steps = 1): Promise<string[]> =>
  withMigrationLock(db, async (own) => {
    const { applied } = await migrationStatus(own, migrations)
    const names = applied
      .map(({ name }) => name)
      .reverse()
      .slice(0, steps)
    for (const name of names) {
      const migration = migrations.find((known) => known.name === name)
      if (!migration) throw new Error(`Migration ${name} belongs to a newer version`)
      await step(own, async (tx) => {
        if (!(await appliedNames(tx)).has(name)) return
        await migration.down(toolsOf(tx))
        await sql`delete from ${sql.table(migrationsTable)} where name = ${name}`.execute(tx.kysely)
      })
    }
    return names
  })

export async function migrationStatus(db: Db, migrations: readonly Migration[]): Promise<MigrationStatus> {
  const rows = (await listTables(db)).includes(migrationsTable)
    ? (
        await sql<{ name: string; applied_at: number }>`select name, applied_at from ${sql.table(migrationsTable)} order by name`.execute(
          db.kysely,
        )
      ).rows
    : []
  const known = new Set(migrations.map(({ name }) => name))
  const names = new Set(rows.map(({ name }) => name))
  return {
    applied: rows.map(({ name, applied_at }) => ({ name, appliedAtMs: applied_at })),
    pending: inOrder(migrations)
      .map(({ name }) => name)
      .filter((name) => !names.has(name)),
    unknown: [...names].filter((name) => !known.has(name)),
  }
}

const inOrder = (migrations: readonly Migration[]) => [...migrations].sort((a, b) => (a.name < b.name ? -1 : 1))

const appliedNames = async (db: Db): Promise<Set<string>> => {
  const { rows } = await sql<{ name: string }>`select name from ${sql.table(migrationsTable)}`.execute(db.kysely)
  return new Set(rows.map(({ name }) => name))
}

const toolsOf = (db: Db): MigrationTools => ({
  db,
  createTable: (table, columns, keys = {}) => run(db, createTableStatements(db.engine, table, columns, keys)),
  dropTable: (table) => run(db, [dropTableStatement(db.engine, table)]),
  addColumns: async (table, columns, keys = {}) => {
    const known = new Set((await listColumns(db, table)).map(({ name }) => name))
    const added = Object.entries(columns).filter(([name]) => !known.has(name))
    await run(
      db,
      added.map(([name, column]) => addColumnStatement(db.engine, table, name, column)),
    )
    const knownKeys = await listKeys(db, table)
    const addedKeys = addKeyStatements(db.engine, table, keys).filter(({ name }) => !knownKeys.has(name))
    await run(
      db,
      addedKeys.map(({ statement }) => statement),
    )
  },
  dropColumns: async (table, columns, keys = {}) => {
    const knownKeys = await listKeys(db, table)
    const droppedKeys = addKeyStatements(db.engine, table, keys).filter(({ name }) => knownKeys.has(name))
    await run(
      db,
      droppedKeys.map(({ name }) => dropKeyStatement(db.engine, table, name)),
    )
    const known = new Set((await listColumns(db, table)).map(({ name }) => name))
    await run(
      db,
      columns.filter((name) => known.has(name)).map((name) => dropColumnStatement(db.engine, table, name)),
    )
  },
})

/** Names of the table's indexes. */
async function listKeys({ kysely, engine }: Db, table: string): Promise<ReadonlySet<string>> {
  const query = {
    sqlite: sql<{ name: string }>`select name as name from sqlite_schema where type = 'index' and tbl_name = ${table}`,
    postgres: sql<{ name: string }>`select indexname as name from pg_indexes where schemaname = current_schema() and tablename = ${table}`,
    mysql: sql<{
      name: string
    }>`select distinct index_name as name from information_schema.statistics where table_schema = database() and table_name = ${table}`,
  }[engine]
  const { rows } = await query.execute(kysely)
  return new Set(rows.map(({ name }) => name))
}

async function run(db: Db, statements: readonly string[]): Promise<void> {
  for (const statement of statements) await sql.raw(statement).execute(db.kysely)
}

/** Whole or not at all, where the engine can. */
const step = <T>(db: Db, work: (tx: Db) => Promise<T>): Promise<T> =>
  db.engine === 'mysql' ? work(db) : db.kysely.transaction().execute((kysely) => work({ ...db, kysely }))

/** The lock belongs to a connection: a process that is killed lets go of it. SQLite needs none: each step is a transaction that holds
 *  the file and looks again at what is applied. */
const withMigrationLock = <T>(db: Db, work: (own: Db) => Promise<T>): Promise<T> =>
  withStatementTimeout(db.kysely, maxStatementMs, async (kysely) => {
    const own = { ...db, kysely }
    if (db.engine === 'sqlite') return work(own)
    const { take, release } = locks[db.engine]
    for (let waitedMs = 0; !(await isTaken(kysely, take)); waitedMs += 100) {
      if (waitedMs >= maxWaitMs)
        throw new DatabaseUnavailableError('busy', 'Another process has been migrating the database for two minutes')
      await sleep(100)
    }
    try {
      return await work(own)
    } finally {
      await sql
        .raw(release)
        .execute(kysely)
        .catch(() => {}) // the connection broke, and the lock with it
    }
  })

const locks = {
  postgres: {
    take: 'select case when pg_try_advisory_lock(4711, 1) then 1 else 0 end as taken',
    release: 'select pg_advisory_unlock(4711, 1)',
  },
  // Lock names are the whole server's and at most 64 characters.
  mysql: {
    take: `select get_lock(concat('andon.', left(sha1(database()), 40)), 0) as taken`,
    release: `select release_lock(concat('andon.', left(sha1(database()), 40)))`,
  },
} as const

// biome-ignore lint/suspicious/noExplicitAny: any schema
async function isTaken(kysely: Kysely<any>, take: string): Promise<boolean> {
  const { rows } = await sql.raw<{ taken: number | null }>(take).execute(kysely)
  return rows[0]?.taken === 1
}
