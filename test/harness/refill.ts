/** A used test database as it was when new: emptied, and what migrations put in put back. Making, copying or dropping one takes
 *  PostgreSQL and MySQL longer than most tests take. Rows only: a test that changes tables takes a database of its own. */
import { type RawBuilder, sql } from 'kysely'
import type { Db } from '../../src/platform/db/index.ts'

type Kysely = Db['kysely']

/** What a new database holds. `seeds` names where the rows of `seeded` can be read from: a schema or another database. */
export type Fresh = { readonly tables: readonly string[]; readonly seeded: readonly string[]; readonly seeds: string }

const namesOf = async (kysely: Kysely, asks: readonly RawBuilder<unknown>[]): Promise<readonly string[]> => {
  const { rows } = await sql<{ name: string }>`${sql.join(asks, sql` union all `)}`.execute(kysely)
  return rows.map(({ name }) => name)
}

const nameWhere = (name: string, condition: RawBuilder<unknown>) => sql`select ${sql.lit(name)} as name where ${condition}`
const withRows = (name: string) => nameWhere(name, sql`exists (select 1 from ${sql.table(name)})`)

/** Of a database that was just migrated. */
export async function describeFresh(kysely: Kysely, schema: string, seeds: string): Promise<Fresh> {
  const asked = sql`select table_name as name from information_schema.tables where table_schema = ${schema} order by table_name`
  const tables = await namesOf(kysely, [asked])
  return { tables, seeded: await namesOf(kysely, tables.map(withRows)), seeds }
}

/** PostgreSQL reads no other database: the rows are kept in a schema beside, which copies of the database have too. */
export async function keepSeeds(kysely: Kysely, { seeded, seeds }: Fresh): Promise<void> {
  await sql`create schema ${sql.table(seeds)}`.execute(kysely)
  for (const name of seeded) await sql`create table ${sql.table(`${seeds}.${name}`)} as table ${sql.table(name)}`.execute(kysely)
}

/** Seeds refer to one another, so they are put back together or not at all. */
async function changedTables(kysely: Kysely, { tables, seeded, seeds }: Fresh): Promise<readonly string[]> {
  const isChanged = (name: string) => {
    const [now, kept] = [sql.table(name), sql.table(`${seeds}.${name}`)]
    return nameWhere(
      name,
      sql`(select count(*) from ${now}) <> (select count(*) from ${kept}) or exists (select * from ${now} except select * from ${kept})`,
    )
  }
  const changed = await namesOf(
    kysely,
    tables.map((name) => (seeded.includes(name) ? isChanged(name) : withRows(name))),
  )
  return changed.some((name) => seeded.includes(name)) ? [...new Set([...changed, ...seeded])] : changed
}

/** In one statement, at whose end foreign keys are looked at. Whoever is still connected is shown out: it may hold locks. */
export async function refillPostgres(kysely: Kysely, fresh: Fresh): Promise<void> {
  await sql`select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()`.execute(
    kysely,
  )
  const changed = await changedTables(kysely, fresh)
  const inOne = async (steps: readonly RawBuilder<unknown>[]) => {
    if (steps.length === 0) return
    const parts = steps.map((step, at) => sql`${sql.ref(`step${at}`)} as (${step})`)
    await sql`with ${sql.join(parts)} select 1`.execute(kysely)
  }
  await inOne(changed.map((name) => sql`delete from ${sql.table(name)}`))
  const put = changed.filter((name) => fresh.seeded.includes(name))
  await inOne(
    put.map((name) => sql`insert into ${sql.table(name)} overriding system value select * from ${sql.table(`${fresh.seeds}.${name}`)}`),
  )
}

/** `kysely` must hold one connection: what it is told holds for what follows. */
export async function refillMysql(kysely: Kysely, fresh: Fresh): Promise<void> {
  await sql`set foreign_key_checks = 0`.execute(kysely)
  for (const name of await changedTables(kysely, fresh)) {
    await sql`delete from ${sql.table(name)}`.execute(kysely)
    if (fresh.seeded.includes(name))
      await sql`insert into ${sql.table(name)} select * from ${sql.table(`${fresh.seeds}.${name}`)}`.execute(kysely)
  }
}
