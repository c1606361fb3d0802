/** Reads of the three logs, newest first. Index (tenant_id, created_at) or (tenant_id, login_at). */
import type { Db } from '../../platform/db/database.ts'
import type { Filters } from './filters.ts'

/** Of one company; null: of the whole platform, for those who may see all of it. */
export type LogScope = Db & { readonly tenantId: number | null }
/** `beforeId` continues an export: no page is counted twice while rows come in. */
export type Slice = { readonly limit: number; readonly offset?: number; readonly beforeId?: number }

const auditRows = ({ kysely, tenantId }: LogScope, filters: Filters) => {
  let query = kysely.selectFrom('audit_logs as a').leftJoin('users as u', 'u.id', 'a.user_id')
  if (tenantId !== null) query = query.where('a.tenant_id', '=', tenantId)
  const { user } = filters
  if (user && 'userId' in user) query = query.where('a.user_id', '=', user.userId)
  if (user && 'username' in user)
    query = query.where((eb) => eb.or([eb('u.username', '=', user.username), eb('a.attempted_username', '=', user.username)]))
  if (filters.action !== undefined) query = query.where('a.action', '=', filters.action)
  if (filters.entity !== undefined) query = query.where('a.entity_type', '=', filters.entity)
  if (filters.entityId !== undefined) query = query.where('a.entity_id', '=', filters.entityId)
  if (filters.ip !== undefined) query = query.where('a.ip_address', '=', filters.ip)
  if (filters.fromMs !== undefined) query = query.where('a.created_at', '>=', filters.fromMs)
  if (filters.toMs !== undefined) query = query.where('a.created_at', '<', filters.toMs)
  return query
}

const auditList = (scope: LogScope, filters: Filters, { limit, offset = 0, beforeId }: Slice) => {
  const query = auditRows(scope, filters)
    .select(['a.id', 'a.tenant_id', 'a.user_id', 'u.username', 'a.attempted_username', 'a.action', 'a.entity_type', 'a.entity_id'])
    .select(['a.ip_address', 'a.user_agent', 'a.request_id', 'a.details', 'a.created_at'])
    .orderBy('a.id', 'desc')
    .limit(limit)
    .offset(offset)
  return (beforeId === undefined ? query : query.where('a.id', '<', beforeId)).execute()
}

const loginRows = ({ kysely, tenantId }: LogScope, filters: Filters) => {
  let query = kysely.selectFrom('user_logins as l')
  if (tenantId !== null) query = query.where('l.tenant_id', '=', tenantId)
  const { user } = filters
  if (user && 'userId' in user) query = query.where('l.user_id', '=', user.userId)
  if (user && 'username' in user) query = query.where('l.username', '=', user.username)
  if (filters.ip !== undefined) query = query.where('l.ip_address', '=', filters.ip)
  if (filters.fromMs !== undefined) query = query.where('l.login_at', '>=', filters.fromMs)
  if (filters.toMs !== undefined) query = query.where('l.login_at', '<', filters.toMs)
  return query
}

const loginList = (scope: LogScope, filters: Filters, { limit, offset = 0, beforeId }: Slice) => {
  const query = loginRows(scope, filters)
    .select(['l.id', 'l.user_id', 'l.username', 'l.ip_address', 'l.user_agent', 'l.login_at', 'l.logout_at', 'l.end_reason'])
    .orderBy('l.id', 'desc')
    .limit(limit)
    .offset(offset)
  return (beforeId === undefined ? query : query.where('l.id', '<', beforeId)).execute()
}

const queryRows = ({ kysely, tenantId }: LogScope, filters: Filters) => {
  let query = kysely.selectFrom('user_queries as q')
  if (tenantId !== null) query = query.where('q.tenant_id', '=', tenantId)
  const { user } = filters
  if (user && 'userId' in user) query = query.where('q.user_id', '=', user.userId)
  if (user && 'username' in user) query = query.where('q.username', '=', user.username)
  if (filters.line !== undefined) query = query.where('q.line', '=', filters.line)
  if (filters.fromMs !== undefined) query = query.where('q.created_at', '>=', filters.fromMs)
  if (filters.toMs !== undefined) query = query.where('q.created_at', '<', filters.toMs)
  return query
}

const queryList = (scope: LogScope, filters: Filters, { limit, offset = 0, beforeId }: Slice) => {
  const query = queryRows(scope, filters)
    .select(['q.id', 'q.user_id', 'q.username', 'q.sql_query', 'q.query_parameters', 'q.start_date', 'q.start_time', 'q.end_date'])
    .select(['q.end_time', 'q.line', 'q.interval_type', 'q.duration_ms', 'q.created_at'])
    .orderBy('q.id', 'desc')
    .limit(limit)
    .offset(offset)
  return (beforeId === undefined ? query : query.where('q.id', '<', beforeId)).execute()
}

type Counted = { readonly count: string | number | bigint } | undefined
const numberOf = (row: Counted): number => Number(row?.count ?? 0)

const auditCount = async (scope: LogScope, filters: Filters): Promise<number> =>
  numberOf(
    await auditRows(scope, filters)
      .select(({ fn }) => fn.countAll().as('count'))
      .executeTakeFirst(),
  )
const loginCount = async (scope: LogScope, filters: Filters): Promise<number> =>
  numberOf(
    await loginRows(scope, filters)
      .select(({ fn }) => fn.countAll().as('count'))
      .executeTakeFirst(),
  )
const queryCount = async (scope: LogScope, filters: Filters): Promise<number> =>
  numberOf(
    await queryRows(scope, filters)
      .select(({ fn }) => fn.countAll().as('count'))
      .executeTakeFirst(),
  )

export const logs = {
  audit: { list: auditList, count: auditCount },
  logins: { list: loginList, count: loginCount },
  queries: { list: queryList, count: queryCount },
} as const
export type LogName = keyof typeof logs
export type AuditItem = Awaited<ReturnType<typeof auditList>>[number]
export type LoginItem = Awaited<ReturnType<typeof loginList>>[number]
export type QueryItem = Awaited<ReturnType<typeof queryList>>[number]
