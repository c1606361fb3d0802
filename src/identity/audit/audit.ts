/** The audit log: who did what, when, from where. Rows are only ever inserted, in the transaction of what they tell. */
import type { Db } from '../../platform/db/database.ts'
import type { Clock } from '../../platform/time/clock.ts'

export type SecurityAction =
  | 'LOGIN'
  | 'LOGIN_FAILED'
  | 'LOGOUT'
  | 'LOGOUT_ALL'
  | 'SESSION_EVICTED'
  | 'SESSION_TIMEOUT'
  | 'SESSION_REVOKED'
  | 'REFRESH_REUSE'
  | 'PASSWORD_CHANGED'
  | 'USER_CREATED'
  | 'COMPANY_CREATED'
  | 'COMPANY_UPDATED'
  | 'SUPER_ADMIN_ACCESS'
  | 'ADMIN_CLI'
/** CREATE, UPDATE and DELETE are for every successful write of every other module. */
export type AuditAction = SecurityAction | 'CREATE' | 'UPDATE' | 'DELETE' | 'EXPORT'

/** Where a request came from: what audit rows and sessions keep of it. */
export type Origin = { readonly ip: string | null; readonly userAgent: string | null; readonly requestId: string | null }
export const noOrigin: Origin = { ip: null, userAgent: null, requestId: null }

/** Who is written into the row; an `Actor` is one. Null: the system, or somebody unknown. */
export type AuditActor = { readonly userId: number; readonly tenant?: { readonly tenantId: number } | null } | null

export type AuditDetails = {
  /** Without it, the actor's company. */
  readonly tenantId?: number | null
  readonly attemptedUsername?: string
  readonly entityType?: string
  readonly entityId?: string | number
  readonly origin?: Origin
  /** Names of changed fields and harmless values; values under secret-looking names are redacted. */
  readonly data?: Readonly<Record<string, unknown>>
}

/** Runs in the caller's transaction: no row without the change, no change without the row. */
export async function recordAudit(
  db: Db,
  deps: { readonly clock: Clock },
  actor: AuditActor,
  action: AuditAction,
  details: AuditDetails = {},
): Promise<void> {
  const origin = details.origin ?? noOrigin
  await db.kysely
    .insertInto('audit_logs')
    .values({
      tenant_id: details.tenantId === undefined ? (actor?.tenant?.tenantId ?? null) : details.tenantId,
      user_id: actor?.userId ?? null,
      attempted_username: cut(details.attemptedUsername, 254),
      action,
      entity_type: cut(details.entityType, 50),
      entity_id: details.entityId === undefined ? null : cut(String(details.entityId), 64),
      ip_address: cut(origin.ip, 45),
      user_agent: cut(origin.userAgent, 255),
      request_id: cut(origin.requestId, 64),
      details: JSON.stringify(redacted(details.data ?? {})),
      created_at: deps.clock.nowMs(),
    })
    .execute()
}

/** Text that fits a column: engines differ in whether they cut or refuse. */
export const cut = (text: string | null | undefined, length: number): string | null => {
  if (text === null || text === undefined) return null
  const points = [...text.replaceAll('\u0000', '')] // PostgreSQL refuses the zero character in text
  return points.length <= length ? points.join('') : points.slice(0, length).join('')
}

const secretName = /pass|secret|token|hash|cookie|authorization|api_?key|url/i

function redacted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(redacted)
  if (value === null || typeof value !== 'object') return value
  return Object.fromEntries(
    Object.entries(value).map(([name, inner]) => [name, secretName.test(name) && inner !== null ? '[redacted]' : redacted(inner)]),
  )
}
