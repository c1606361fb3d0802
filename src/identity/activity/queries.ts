/** Reads of the three logs, newest first. They differ in their rows, and in what narrows them beyond company, person and time. */
import { type RawBuilder, type SelectQueryBuilder, sql } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import type { Filters } from './filters.ts'

/** Of one company; null: of the whole platform, for those who may see all of it. */
export type LogScope = Db & { readonly tenantId: number | null }
/** Where a page ended: `before` continues a company's export, and no row is told twice while rows come in. */
export type Place = { readonly atMs: number; readonly id: number }
export type Slice = { readonly limit: number; readonly offset?: number; readonly before?: Place }

type Condition = RawBuilder<boolean>
const equal = (column: string, value: string | number | null | undefined): readonly Condition[] =>
  value === undefined || value === null ? [] : [sql<boolean>`${sql.ref(column)} = ${value}`]

type Log<DB, TB extends keyof DB, Row> = {
  readonly from: (db: Db) => SelectQueryBuilder<DB, TB, Row>
  readonly columns: { readonly tenant: string; readonly user: string; readonly at: string; readonly id: string }
  readonly narrow: (filters: Filters, username: string | undefined) => readonly Condition[]
  readonly placeOf: (row: Row) => Place
}

function logOf<DB, TB extends keyof DB, Row>({ from, columns, narrow, placeOf }: Log<DB, TB, Row>) {
  const [at, id] = [sql.ref<number>(columns.at), sql.ref<number>(columns.id)]
  const matching = (scope: LogScope, filters: Filters): SelectQueryBuilder<DB, TB, Row> => {
    const { user, fromMs, toMs } = filters
    const conditions = [
      ...equal(columns.tenant, scope.tenantId),
      ...equal(columns.user, user && 'userId' in user ? user.userId : undefined),
      ...(fromMs === undefined ? [] : [sql<boolean>`${at} >= ${fromMs}`]),
      ...(toMs === undefined ? [] : [sql<boolean>`${at} < ${toMs}`]),
      ...narrow(filters, user && 'username' in user ? user.username : undefined),
    ]
    return conditions.reduce((query, condition) => query.where(condition), from(scope))
  }
  return {
    placeOf,
    /** A company's in the order of its index (tenant_id, time), so that a page costs a page; the platform's in that of their ids. */
    list: (scope: LogScope, filters: Filters, { limit, offset = 0, before }: Slice): Promise<Row[]> => {
      const all = matching(scope, filters)
      const rest = before ? all.where(sql<boolean>`${at} <= ${before.atMs} and (${at} < ${before.atMs} or ${id} < ${before.id})`) : all
      const ordered = scope.tenantId === null ? rest : rest.orderBy(at, 'desc')
      return ordered.orderBy(id, 'desc').limit(limit).offset(offset).execute() as Promise<Row[]>
    },
    count: async (scope: LogScope, filters: Filters): Promise<number> => {
      const counted = matching(scope, filters).clearSelect().select(sql<number>`count(*)`.as('rows'))
      const row = (await counted.executeTakeFirst()) as { readonly rows: number | string } | undefined
      return Number(row?.rows ?? 0)
    },
  }
}

export const logs = {
  audit: logOf({
    from: ({ kysely }) =>
      kysely
        .selectFrom('audit_logs as a')
        .leftJoin('users as u', 'u.id', 'a.user_id')
        .select(['a.id', 'a.tenant_id', 'a.user_id', 'u.username', 'a.attempted_username', 'a.action', 'a.entity_type', 'a.entity_id'])
        .select(['a.ip_address', 'a.user_agent', 'a.request_id', 'a.details', 'a.created_at']),
    columns: { tenant: 'a.tenant_id', user: 'a.user_id', at: 'a.created_at', id: 'a.id' },
    narrow: ({ action, entity, entityId, ip }, username) => [
      ...(username === undefined
        ? []
        : [sql<boolean>`(${sql.ref('u.username')} = ${username} or ${sql.ref('a.attempted_username')} = ${username})`]),
      ...equal('a.action', action),
      ...equal('a.entity_type', entity),
      ...equal('a.entity_id', entityId),
      ...equal('a.ip_address', ip),
    ],
    placeOf: ({ created_at: atMs, id }) => ({ atMs, id }),
  }),
  logins: logOf({
    from: ({ kysely }) =>
      kysely
        .selectFrom('user_logins as l')
        .select(['l.id', 'l.user_id', 'l.username', 'l.ip_address', 'l.user_agent', 'l.login_at', 'l.logout_at', 'l.end_reason']),
    columns: { tenant: 'l.tenant_id', user: 'l.user_id', at: 'l.login_at', id: 'l.id' },
    narrow: ({ ip }, username) => [...equal('l.username', username), ...equal('l.ip_address', ip)],
    placeOf: ({ login_at: atMs, id }) => ({ atMs, id }),
  }),
  queries: logOf({
    from: ({ kysely }) =>
      kysely
        .selectFrom('user_queries as q')
        .select(['q.id', 'q.user_id', 'q.username', 'q.sql_query', 'q.query_parameters', 'q.start_date', 'q.start_time', 'q.end_date'])
        .select(['q.end_time', 'q.line', 'q.interval_type', 'q.duration_ms', 'q.created_at']),
    columns: { tenant: 'q.tenant_id', user: 'q.user_id', at: 'q.created_at', id: 'q.id' },
    narrow: ({ line }, username) => [...equal('q.username', username), ...equal('q.line', line)],
    placeOf: ({ created_at: atMs, id }) => ({ atMs, id }),
  }),
} as const

export type LogName = keyof typeof logs
type RowOf<Name extends LogName> = Awaited<ReturnType<(typeof logs)[Name]['list']>>[number]
export type AuditItem = RowOf<'audit'>
export type LoginItem = RowOf<'logins'>
export type QueryItem = RowOf<'queries'>
