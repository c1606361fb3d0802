/** A database held still: what is read inside is of one moment, while others go on writing. */
import { rm } from 'node:fs/promises'
import path from 'node:path'
import { type Kysely, sql } from 'kysely'
import { openPlantKysely, parseDatabaseUrl, sqliteUrl } from '../db/index.ts'
import type { AnyDb } from '../db/introspect.ts'

/** One connection, long statements: a backup reads whole tables. */
const options = { poolSize: 1, statementTimeoutMs: 600_000, waitMs: 30_000, connectTimeoutMs: 5_000 }
export const openForCopying = (url: string, more: { readonly create?: boolean; readonly hostAddress?: string | undefined } = {}) =>
  openPlantKysely(url, { ...options, ...more })

const run = (kysely: AnyDb['kysely'], statement: string) => sql.raw(statement).execute(kysely)

/** Nobody waits for it: servers have snapshots; of a SQLite file a copy is made in `workDir` (as large as the file) and read. */
export async function withSnapshot<T>(
  url: string,
  { workDir, hostAddress }: { readonly workDir: string; readonly hostAddress?: string | undefined },
  work: (db: AnyDb) => Promise<T>,
): Promise<T> {
  const address = parseDatabaseUrl(url)
  if (address.engine === 'sqlite') return withCopy(address.file, workDir, work)
  const opened = await openForCopying(url, { hostAddress })
  try {
    return await opened.kysely.connection().execute((own) => inSnapshot({ kysely: own, engine: opened.engine }, work))
  } finally {
    await opened.close()
  }
}

const begins = {
  postgres: ['begin isolation level repeatable read read only', 'set local idle_in_transaction_session_timeout = 0'],
  mysql: ['set transaction isolation level repeatable read', 'start transaction with consistent snapshot, read only'],
} as const

async function inSnapshot<T>(db: AnyDb, work: (db: AnyDb) => Promise<T>): Promise<T> {
  if (db.engine !== 'sqlite') for (const statement of begins[db.engine]) await run(db.kysely, statement)
  try {
    return await work(db)
  } finally {
    await run(db.kysely, 'rollback').catch(() => {}) // nothing was written; a broken connection is closed anyway
  }
}

/** `vacuum into` reads the live file in one transaction that stops no writer, in a thread of its own. */
async function withCopy<T>(file: string, workDir: string, work: (db: AnyDb) => Promise<T>): Promise<T> {
  if (file === ':memory:') throw new Error('A database in memory cannot be backed up')
  const copy = path.join(workDir, `.copy-of-${path.basename(file)}`)
  try {
    const live = await openForCopying(sqliteUrl(file))
    try {
      await (live.kysely as Kysely<unknown>).executeQuery(sql`vacuum into ${copy}`.compile(live.kysely))
    } finally {
      await live.close()
    }
    const opened = await openForCopying(`${sqliteUrl(copy)}?mode=ro`)
    try {
      return await work({ kysely: opened.kysely, engine: 'sqlite' })
    } finally {
      await opened.close()
    }
  } finally {
    await rm(copy, { force: true })
  }
}
