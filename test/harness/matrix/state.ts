/** Everything the platform database holds of one company and its people, to be compared before and after. */
import { createHash } from 'node:crypto'
import { sql } from 'kysely'
import { type Db, listColumns } from '../../../src/platform/db/index.ts'

/** Table name to a digest of its rows. */
export type State = ReadonlyMap<string, string>

/** How each table's rows belong to a company; a table that is none of these belongs to nobody. */
type Owned = { readonly table: string; readonly column: 'tenant_id' | 'user_id' | 'session_id' | 'chain_id' }

export async function ownedTables(db: Db): Promise<readonly Owned[]> {
  const columns = await listColumns(db)
  const tables = [...new Set(columns.map(({ table }) => table))]
  return tables.flatMap((table): Owned[] => {
    const names = new Set(columns.filter((column) => column.table === table).map(({ name }) => name))
    const column = (['tenant_id', 'session_id', 'user_id'] as const).find((name) => names.has(name))
    return column ? [{ table, column }] : []
  })
}

export async function stateOf(db: Db, tables: readonly Owned[], tenantId: number): Promise<State> {
  const people = sql`(select user_id from memberships where tenant_id = ${tenantId})`
  const mine = {
    tenant_id: sql`tenant_id = ${tenantId}`,
    user_id: sql`user_id in ${people}`,
    session_id: sql`session_id in (select id from sessions where user_id in ${people})`,
    chain_id: sql`chain_id = ${tenantId}`,
  }
  const state = new Map<string, string>()
  const digest = async (table: string, where: ReturnType<typeof sql>) => {
    const { rows } = await sql`select * from ${sql.table(table)} where ${where}`.execute(db.kysely)
    const lines = rows.map((row) => JSON.stringify(row)).sort()
    state.set(table, `${lines.length} rows, ${createHash('sha256').update(lines.join('\n')).digest('hex')}`)
  }
  for (const { table, column } of tables) await digest(table, mine[column])
  await digest('tenants', sql`id = ${tenantId}`)
  await digest('users', sql`id in ${people}`)
  return state
}

export const changedTables = (before: State, after: State): string[] =>
  [...after.keys()].filter((table) => before.get(table) !== after.get(table))
