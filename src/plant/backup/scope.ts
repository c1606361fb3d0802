/** Which rows of the platform database are one company's. */
import { sql } from 'kysely'
import type { Reference, RowFilter, TableShape } from '../../platform/backup/index.ts'
import type { AnyDb } from '../../platform/db/introspect.ts'

export type Scope = {
  readonly tenantId: number
  readonly shapes: readonly TableShape[]
  readonly references: readonly Reference[]
}

/** They name a company and are people's, or the log's: a person's sessions, the sealed history of what was done. */
const notTheirs = new Set(['users', 'sessions', 'audit_logs'])

export const isTenantTable = ({ name, columns }: Pick<TableShape, 'name' | 'columns'>): boolean =>
  columns.includes('tenant_id') && !notTheirs.has(name)

/** Columns of company tables that hold a person. */
export const personColumns = ({ shapes, references }: Omit<Scope, 'tenantId'>): readonly Reference[] =>
  references.filter(({ table, to }) => to === 'users' && shapes.some((shape) => shape.name === table && isTenantTable(shape)))

/** Null: the table has nothing of a company. Its people come along, since its rows name them; so does what was audited, to be read. */
export async function filterOf(db: AnyDb, scope: Scope, shape: TableShape): Promise<RowFilter | null> {
  const { tenantId } = scope
  if (shape.name === 'tenants') return { column: 'id', values: [tenantId] }
  if (shape.name === 'audit_logs' || isTenantTable(shape)) return { column: 'tenant_id', values: [tenantId] }
  if (shape.name !== 'users') return null
  const userIds = new Set<number>()
  for (const { table, column } of personColumns(scope)) {
    const { rows } = await sql<{ id: number }>`
      select distinct ${sql.ref(column)} as id from ${sql.table(table)} where tenant_id = ${tenantId} and ${sql.ref(column)} is not null`.execute(
      db.kysely,
    )
    for (const { id } of rows) userIds.add(id)
  }
  return { column: 'id', values: [...userIds].sort((a, b) => a - b) }
}
