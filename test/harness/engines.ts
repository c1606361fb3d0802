/** The same test on every engine that answers here. A missing one is skipped aloud, or fails when `ANDON_TEST_REQUIRE` lists it. */
import { randomBytes } from 'node:crypto'
import { copyFileSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { after, type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { migrations } from '../../src/migrations/index.ts'
import {
  type Db,
  type Engine,
  engines,
  migrateUp,
  openDatabase,
  openPlantKysely,
  parseDatabaseUrl,
  sqliteUrl,
} from '../../src/platform/db/index.ts'
import { noteOrigin } from './origins.ts'
import { describeFresh, type Fresh, keepSeeds, refillMysql, refillPostgres } from './refill.ts'

/** Addresses of the test servers, naming a database that exists: ours are made beside it. */
const serverUrls: Readonly<Record<Exclude<Engine, 'sqlite'>, string>> = {
  postgres: process.env.ANDON_TEST_POSTGRES_URL ?? 'postgres://postgres@127.0.0.1:5432/postgres',
  mysql: process.env.ANDON_TEST_MARIADB_URL ?? process.env.ANDON_TEST_MYSQL_URL ?? 'mysql://root@127.0.0.1:3306/mysql',
}
const namesOfEngine: Readonly<Record<Engine, readonly string[]>> = {
  sqlite: ['sqlite'],
  postgres: ['postgres', 'postgresql'],
  mysql: ['mysql', 'mariadb'],
}
const required = new Set((process.env.ANDON_TEST_REQUIRE ?? '').split(',').map((name) => name.trim().toLowerCase()))

/** Why an engine cannot be tested here; null when it can. */
const missing: Readonly<Record<Engine, string | null>> = {
  sqlite: null,
  postgres: await probe('postgres'),
  mysql: await probe('mysql'),
}

const isRequired = (engine: Engine): boolean => namesOfEngine[engine].some((name) => required.has(name))

/** A hook that is registered inside a test would belong to that test: this one, made on import, runs when all are over. */
const atEnd: (() => Promise<void>)[] = []
after(async () => {
  for (const drop of atEnd.splice(0).reverse()) await drop()
})
const cleanUp = (t: TestContext | undefined, drop: () => Promise<void>): void => {
  if (t) t.after(drop)
  else atEnd.push(drop)
}

/** Engines that answer here. */
export const availableEngines: readonly Engine[] = engines.filter((engine) => missing[engine] === null)

/** Registers one test per engine, named `name [engine]`. */
export function forEachEngine(name: string, work: (engine: Engine, t: TestContext) => Promise<void> | void): void {
  for (const engine of engines) {
    noteOrigin(`${name} [${engine}]`, import.meta.url)
    const reason = missing[engine]
    if (reason === null) test(`${name} [${engine}]`, (t) => work(engine, t))
    else if (isRequired(engine)) {
      test(`${name} [${engine}]`, () => {
        throw new Error(`${engine} is required by ANDON_TEST_REQUIRE: ${reason}`)
      })
    } else test(`${name} [${engine}]`, { skip: reason }, () => {})
  }
}

/** Address of a new, empty database, dropped when the test (or, without `t`, the process) ends, whatever its end. */
export async function temporaryDatabase(engine: Engine, t?: TestContext): Promise<string> {
  const { url, drop } = await createDatabase(engine, null)
  cleanUp(t, drop)
  return url
}

export type TestDatabase = { readonly db: Db; readonly url: string; readonly engine: Engine; readonly close: () => Promise<void> }

/** A platform database as a new one, migrated and opened; closed and dropped when the test (or the process) ends. Keys need not start at 1. */
export async function migratedDatabase(engine: Engine, t?: TestContext): Promise<TestDatabase> {
  const { url, drop } = engine === 'sqlite' ? await createFile((await templateOf(engine)).url) : await borrow(engine)
  const opened = await openDatabase(url)
  cleanUp(t, async () => {
    await opened.close()
    await drop()
  })
  return { db: opened.db, url, engine, close: opened.close }
}

type Template = { readonly url: string; readonly fresh: Fresh }

/** One migrated database per engine and process, to be copied. */
const templates = new Map<Engine, Promise<Template>>()
function templateOf(engine: Engine): Promise<Template> {
  const making = templates.get(engine) ?? makeMigrated(engine)
  templates.set(engine, making)
  return making
}

/** Dropped when the process ends. */
async function makeMigrated(engine: Engine): Promise<Template> {
  const { url, drop } = await createDatabase(engine, null)
  atEnd.push(drop)
  const opened = await openDatabase(url)
  try {
    const { kysely } = opened.db
    await migrateUp(opened.db, migrations)
    if (engine === 'sqlite') {
      // A copy of the file alone must be whole: nothing may be left in the write-ahead log.
      await sql`pragma wal_checkpoint(truncate)`.execute(kysely)
      return { url, fresh: { tables: [], seeded: [], seeds: '' } }
    }
    if (engine === 'mysql') return { url, fresh: await describeFresh(kysely, databaseOf(url), databaseOf(url)) }
    const fresh = await describeFresh(kysely, 'public', 'seeds')
    await keepSeeds(kysely, fresh)
    return { url, fresh }
  } finally {
    await opened.close()
  }
}

/** Used ones, as new. */
const free: Record<Exclude<Engine, 'sqlite'>, string[]> = { postgres: [], mysql: [] }

async function borrow(engine: Exclude<Engine, 'sqlite'>): Promise<Created> {
  const template = await templateOf(engine)
  const url = free[engine].pop() ?? (engine === 'mysql' ? (await makeMigrated(engine)).url : await copyPostgres(template.url))
  return {
    url,
    async drop() {
      const server = await openPlantKysely(url, { poolSize: 1, statementTimeoutMs: 60_000 })
      try {
        await (engine === 'mysql' ? refillMysql : refillPostgres)(server.kysely, template.fresh)
      } finally {
        await server.close()
      }
      free[engine].push(url) // not reached when the test left it unusable
    },
  }
}

async function copyPostgres(template: string): Promise<string> {
  const { url, drop } = await createDatabase('postgres', template)
  atEnd.push(drop)
  return url
}

const databaseOf = (url: string): string => new URL(url).pathname.slice(1)

type Created = { readonly url: string; readonly drop: () => Promise<void> }

async function createDatabase(engine: Engine, template: string | null): Promise<Created> {
  if (engine === 'sqlite') return createFile(template)
  const name = `andon_test_${process.pid}_${randomBytes(6).toString('hex')}`
  const copyOf = template && engine === 'postgres' ? ` template ${databaseOf(template)}` : ''
  await onServer(engine, `create database ${name}${engine === 'mysql' ? ' character set utf8mb4' : copyOf}`)
  // Nobody needs its rows after a power cut: no commit waits for the disk.
  if (engine === 'postgres') await onServer(engine, `alter database ${name} set synchronous_commit = off`)
  const url = new URL(serverUrls[engine])
  url.pathname = `/${name}`
  return { url: url.href, drop: () => onServer(engine, `drop database if exists ${name}${engine === 'postgres' ? ' with (force)' : ''}`) }
}

async function createFile(template: string | null): Promise<Created> {
  const folder = mkdtempSync(path.join(os.tmpdir(), 'andon-test-'))
  const file = path.join(folder, 'test.sqlite')
  const source = template && parseDatabaseUrl(template)
  if (source && source.engine === 'sqlite') copyFileSync(source.file, file)
  return { url: sqliteUrl(file), drop: async () => rmSync(folder, { recursive: true, force: true }) }
}

async function onServer(engine: Exclude<Engine, 'sqlite'>, statement: string): Promise<void> {
  const server = await openPlantKysely(serverUrls[engine], { poolSize: 1, statementTimeoutMs: 60_000 })
  try {
    await sql.raw(statement).execute(server.kysely)
  } finally {
    await server.close()
  }
}

async function probe(engine: Exclude<Engine, 'sqlite'>): Promise<string | null> {
  const server = await openPlantKysely(serverUrls[engine], { poolSize: 1, connectTimeoutMs: 2_000 })
  try {
    await sql`select 1`.execute(server.kysely)
    return null
  } catch (error) {
    const reason = `no ${engine} server for tests: ${(error as Error).message}`
    console.log(`# skipped: ${reason}`)
    return reason
  } finally {
    await server.close()
  }
}
