/** The three logs as the API shows them. */
import { Type } from 'typebox'
import { PageMeta } from '../../platform/http/index.ts'
import type { AuditItem, LoginItem, QueryItem } from './queries.ts'

const text = Type.Union([Type.String(), Type.Null()])
const integer = Type.Union([Type.Integer(), Type.Null()])
const instant = Type.String({ format: 'date-time' })
const list = <Schema extends Type.TSchema>(item: Schema) => Type.Object({ items: Type.Array(item), meta: PageMeta })

export const AuditList = list(
  Type.Object({
    log_id: Type.Integer(),
    tenant_id: integer,
    user_id: integer,
    username: text,
    attempted_username: text,
    action: Type.String(),
    entity_type: text,
    entity_id: text,
    ip_address: text,
    user_agent: text,
    request_id: text,
    details: Type.Record(Type.String(), Type.Unknown(), {
      description: 'Names of changed fields and harmless values; secrets are redacted',
    }),
    created_at: instant,
  }),
)
export const LoginList = list(
  Type.Object({
    login_id: Type.Integer(),
    user_id: Type.Integer(),
    username: Type.String(),
    ip_address: Type.String(),
    user_agent: Type.String(),
    login_at: instant,
    logout_at: Type.Union([instant, Type.Null()]),
    end_reason: text,
  }),
)
export const QueryList = list(
  Type.Object({
    query_id: Type.Integer(),
    user_id: Type.Integer(),
    username: Type.String(),
    sql_query: Type.String(),
    query_parameters: Type.Record(Type.String(), Type.Unknown()),
    start_date: Type.String(),
    start_time: Type.String(),
    end_date: Type.String(),
    end_time: Type.String(),
    line: Type.String(),
    interval_type: Type.String(),
    duration_ms: Type.Integer(),
    created_at: instant,
  }),
)

const iso = (atMs: number): string => new Date(atMs).toISOString()
const record = (json: string) => JSON.parse(json) as Record<string, unknown>

export const auditAnswer = ({ id, details, created_at, ...row }: AuditItem) => ({
  log_id: id,
  ...row,
  details: record(details),
  created_at: iso(created_at),
})
export const loginAnswer = ({ id, login_at, logout_at, ...row }: LoginItem) => ({
  login_id: id,
  ...row,
  login_at: iso(login_at),
  logout_at: logout_at === null ? null : iso(logout_at),
})
export const queryAnswer = ({ id, query_parameters, created_at, ...row }: QueryItem) => ({
  query_id: id,
  ...row,
  query_parameters: record(query_parameters),
  created_at: iso(created_at),
})
