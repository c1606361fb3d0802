/** What is where a backup should go. */

import path from 'node:path'
import { sql } from 'kysely'
import { describeTables } from '../../platform/backup/index.ts'
import { parseDatabaseUrl } from '../../platform/db/index.ts'
import type { AnyDb } from '../../platform/db/introspect.ts'

export type Target = {
  /** Applied migrations, in order. */
  readonly applied: readonly string[]
  readonly companies: number
  readonly people: number
  /** Of processes that said lately that they live. */
  readonly liveWorkers: readonly string[]
}

export async function lookAt(db: AnyDb, nowMs: number): Promise<Target> {
  const names = new Set((await describeTables(db)).map(({ name }) => name))
  const rows = async <Row>(table: string, query: ReturnType<typeof sql<Row>>): Promise<Row[]> =>
    names.has(table) ? (await query.execute(db.kysely)).rows : []
  const count = async (table: string) =>
    Number((await rows(table, sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`))[0]?.n ?? 0)
  const applied = await rows('schema_migrations', sql<{ name: string }>`select name from schema_migrations order by name`)
  const workers = await rows(
    'worker_heartbeats',
    sql<{ name: string; pid: number; host: string }>`
      select name, pid, host from worker_heartbeats where beat_at > ${nowMs} - 3 * interval_ms and beat_at <= ${nowMs} order by pid`,
  )
  return {
    applied: applied.map(({ name }) => name),
    companies: await count('tenants'),
    people: await count('users'),
    liveWorkers: workers.map(({ name, pid, host }) => `${name} ${pid} on ${host}`),
  }
}

/** What is typed to have it replaced: of a file its name without ending, of a server the database. */
export function databaseName(url: string): string {
  const address = parseDatabaseUrl(url)
  return address.engine === 'sqlite' ? path.parse(address.file).name : address.database
}
