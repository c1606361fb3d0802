/** Takes the demo away: its companies with every row of theirs, the people who only belong to them, and the plant files. */
import { rm } from 'node:fs/promises'
import { type Kysely, sql } from 'kysely'
import { listColumns, transaction } from '../../platform/db/index.ts'
import type { DemoContext } from './ensure.ts'
import { demoDirectory, isMarked } from './ensure.ts'

export type Removed = { readonly companies: readonly string[]; readonly users: readonly string[]; readonly rows: number }

// biome-ignore lint/suspicious/noExplicitAny: tables are found at run time
type AnyTables = Kysely<any>

/** Companies that people added beside the demo stay, and so do users who belong to one of them. Close the plants first. */
export async function removeDemo({ db, config }: Pick<DemoContext, 'db' | 'config'>): Promise<Removed> {
  const removed = await transaction(db, async (tx) => {
    const tenants = (await tx.kysely.selectFrom('tenants').select(['id', 'name', 'config']).execute()).filter((row) => isMarked(row.config))
    const tenantIds = tenants.map(({ id }) => id)
    if (tenantIds.length === 0) return { companies: [], users: [], rows: 0 }
    const elsewhere = tx.kysely.selectFrom('memberships').select('user_id').where('tenant_id', 'not in', tenantIds)
    const users = await tx.kysely
      .selectFrom('users')
      .select(['id', 'username'])
      .where('home_tenant_id', 'in', tenantIds)
      .where('id', 'not in', elsewhere)
      .execute()
    const userIds = users.map(({ id }) => id)
    const rows = await deleteRowsOf(tx.kysely, await listColumns(tx), {
      tenant_id: tenantIds,
      user_id: userIds,
      chain_id: tenantIds, // the seals of a company's audit log go with it
    })
    await tx.kysely.deleteFrom('audit_unsealed').where('log_id', 'not in', tx.kysely.selectFrom('audit_logs').select('id')).execute()
    await tx.kysely
      .updateTable('users')
      .set({ home_tenant_id: null })
      .where('home_tenant_id', 'in', tenantIds)
      .where('id', 'not in', userIds)
      .execute()
    await tx.kysely
      .updateTable('users')
      .set({ default_tenant_id: null })
      .where('default_tenant_id', 'in', tenantIds)
      .where('id', 'not in', userIds)
      .execute()
    if (userIds.length > 0) await tx.kysely.deleteFrom('users').where('id', 'in', userIds).execute()
    await tx.kysely.deleteFrom('tenants').where('id', 'in', tenantIds).execute()
    return {
      companies: tenants.map(({ name }) => name),
      users: users.map(({ username }) => username),
      rows: rows + tenantIds.length + userIds.length,
    }
  })
  await rm(demoDirectory(config), { recursive: true, force: true })
  return removed
}

/** Every table that names a company or a person, so that no new table is forgotten. */
async function deleteRowsOf(
  kysely: AnyTables,
  columns: readonly { readonly table: string; readonly name: string }[],
  ids: Readonly<Record<string, readonly number[]>>,
): Promise<number> {
  // Rows that point at each other (tokens at sessions) are checked at the end of the transaction.
  await sql`PRAGMA defer_foreign_keys = ON`.execute(kysely)
  let rows = 0
  for (const { table, name } of columns) {
    const values = ids[name] ?? []
    // What people did outside of any company stays in the platform's own chain, whole.
    if (values.length === 0 || (table === 'audit_logs' && name === 'user_id')) continue
    const { numDeletedRows } = await kysely.deleteFrom(table).where(name, 'in', values).executeTakeFirst()
    rows += Number(numDeletedRows)
  }
  return rows
}
