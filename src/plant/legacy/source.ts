/** Reads an earlier installation's global database (spec plant 2.2). Nothing is written there. */
import { type Kysely, sql } from 'kysely'
import type { LegacyTenant, LegacyUser } from '../../identity/index.ts'
import { listColumns, listTables, type openPlantKysely } from '../../platform/db/index.ts'
import { problem } from './problems.ts'

type Opened = Awaited<ReturnType<typeof openPlantKysely>>
// biome-ignore lint/suspicious/noExplicitAny: a schema that is not ours
export type LegacySource = { readonly kysely: Kysely<any>; readonly engine: Opened['engine'] }

export type LegacyWidget = { readonly widgetId: number; readonly widgetName: string; readonly description: string }
export type LegacyTemplate = {
  readonly templateId: number
  readonly tenantId: number
  readonly roleAccess: string
  readonly layout: string
}
export type LegacyQuery = {
  readonly queryId: number
  readonly userId: number
  readonly username: string
  readonly sqlQuery: string
  readonly parameters: string
  readonly startDate: string
  readonly startTime: string
  readonly endDate: string
  readonly endTime: string
  readonly line: string
  readonly interval: string
  /** UTC, `2026-03-02 12:00:00`. */
  readonly createdAt: string
}

const needed = ['tenant', 'user'] as const
const optional = ['dashboard_template', 'widget_catalog', 'user_query'] as const

/** Throws 422 `not_a_legacy_database` naming the tables that are missing. */
export async function demandLegacyTables(source: LegacySource): Promise<ReadonlySet<string>> {
  const present = new Set((await listTables(source)).map((name) => name.toLowerCase()))
  const missing = needed.filter((table) => !present.has(table))
  if (missing.length > 0) throw problem('not_a_legacy_database', { parameters: { tables: missing.join(', ') } })
  return new Set(optional.filter((table) => present.has(table)))
}

const text = (value: unknown): string => (value === null || value === undefined ? '' : String(value))

export async function readTenants({ kysely }: LegacySource): Promise<LegacyTenant[]> {
  const rows = await kysely
    .selectFrom('tenant')
    .select(['tenant_id', 'company_name', 'is_active', 'config_tenant'])
    .orderBy('tenant_id')
    .execute()
  return rows.map((row) => ({
    tenantId: Number(row.tenant_id),
    companyName: text(row.company_name),
    isActive: Number(row.is_active) === 1,
    config: text(row.config_tenant),
  }))
}

export async function readUsers({ kysely }: LegacySource): Promise<LegacyUser[]> {
  const rows = await kysely
    .selectFrom('user')
    .select(['user_id', 'tenant_id', 'username', 'email', 'password', 'role', 'permissions'])
    .orderBy('user_id')
    .execute()
  return rows.map((row) => ({
    userId: Number(row.user_id),
    tenantId: Number(row.tenant_id),
    username: text(row.username),
    email: text(row.email),
    password: text(row.password),
    role: text(row.role),
    permissions: row.permissions === null ? null : text(row.permissions),
  }))
}

export async function readWidgets({ kysely }: LegacySource): Promise<LegacyWidget[]> {
  const rows = await kysely.selectFrom('widget_catalog').select(['widget_id', 'widget_name', 'description']).orderBy('widget_id').execute()
  return rows.map((row) => ({ widgetId: Number(row.widget_id), widgetName: text(row.widget_name), description: text(row.description) }))
}

export async function readTemplates({ kysely }: LegacySource): Promise<LegacyTemplate[]> {
  const rows = await kysely
    .selectFrom('dashboard_template')
    .select(['template_id', 'tenant_id', 'role_access', 'layout_config'])
    .orderBy('template_id')
    .execute()
  return rows.map((row) => ({
    templateId: Number(row.template_id),
    tenantId: Number(row.tenant_id),
    roleAccess: text(row.role_access),
    layout: text(row.layout_config),
  }))
}

/** The column that holds the statement is misspelt there; some installations have corrected it. */
export async function queryColumn(source: LegacySource): Promise<'slq_query' | 'sql_query'> {
  const names = new Set((await listColumns(source, 'user_query')).map(({ name }) => name.toLowerCase()))
  return names.has('slq_query') ? 'slq_query' : 'sql_query'
}

export async function countQueries({ kysely }: LegacySource): Promise<number> {
  const row = await kysely
    .selectFrom('user_query')
    .select(({ fn }) => fn.countAll().as('count'))
    .executeTakeFirst()
  return Number(row?.count ?? 0)
}

/** In order of their id, a batch at a time. */
export async function readQueries({ kysely }: LegacySource, column: string, afterId: number, limit: number): Promise<LegacyQuery[]> {
  const rows = await kysely
    .selectFrom('user_query')
    .select([
      'query_id',
      'user_id',
      'username',
      sql.ref(column).as('statement'),
      'query_parameters',
      'start_date',
      'start_time',
      'end_date',
    ])
    .select(['end_time', 'line', 'interval_type', 'created_at'])
    .where('query_id', '>', afterId)
    .orderBy('query_id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    queryId: Number(row.query_id),
    userId: Number(row.user_id),
    username: text(row.username),
    sqlQuery: text(row.statement),
    parameters: text(row.query_parameters),
    startDate: text(row.start_date).slice(0, 10),
    startTime: text(row.start_time).slice(0, 8),
    endDate: text(row.end_date).slice(0, 10),
    endTime: text(row.end_time).slice(0, 8),
    line: text(row.line).slice(0, 20),
    interval: text(row.interval_type).slice(0, 20),
    createdAt: text(row.created_at),
  }))
}
