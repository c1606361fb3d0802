/** The audit log: who did what, when, from where. Rows are only ever inserted, in the transaction of what they tell. */
import type { Db } from '../../platform/db/database.ts'
import { insertId, transaction } from '../../platform/db/index.ts'
import type { Clock } from '../../platform/time/clock.ts'
import { insertUnsealed } from './queries.ts'

/** What security events are called; lists filter by these words. */
export const securityActions = [
  'LOGIN',
  'LOGIN_FAILED',
  'LOGIN_LOCKED',
  'LOGOUT',
  'LOGOUT_ALL',
  'SESSION_EVICTED',
  'SESSION_REVOKED',
  'SESSION_TIMEOUT',
  'TOKEN_REFRESH',
  'REFRESH_REUSE',
  'REGISTER',
  'EMAIL_VERIFIED',
  'EMAIL_CHANGED',
  'PASSWORD_CHANGED',
  'PASSWORD_RESET_REQUESTED',
  'PASSWORD_RESET',
  'MFA_ENABLED',
  'MFA_DISABLED',
  'MFA_RESET',
  'RECOVERY_CODE_USED',
  'USER_CREATED',
  'USER_UPDATED',
  'USER_DELETED',
  'USER_APPROVED',
  'USER_REJECTED',
  'USER_DISABLED',
  'USER_ENABLED',
  'USER_UNLOCKED',
  'ROLE_CHANGED',
  'PERMISSIONS_CHANGED',
  'INVITATION_SENT',
  'INVITATION_ACCEPTED',
  'INVITATION_REVOKED',
  'COMPANY_CREATED',
  'COMPANY_UPDATED',
  'COMPANY_DEACTIVATED',
  'COMPANY_SELECTED',
  'OWNERSHIP_TRANSFERRED',
  'API_KEY_CREATED',
  'API_KEY_REVOKED',
  'DISPLAY_CREATED',
  'DISPLAY_REVOKED',
  'EXPORT',
  'SUPER_ADMIN_ACCESS',
  'ADMIN_CLI',
] as const
export const genericActions = ['CREATE', 'UPDATE', 'DELETE'] as const
/** CREATE, UPDATE and DELETE are for every successful write of every other module. */
export type AuditAction = (typeof securityActions)[number] | (typeof genericActions)[number]

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

/** Runs in the caller's transaction: no row without the change, no change without the row. Where there is none, as nothing changed, in its own:
 *  a row without its place in the queue of the seal would be taken for one that somebody put in. */
export async function recordAudit(
  db: Db,
  deps: { readonly clock: Clock },
  actor: AuditActor,
  action: AuditAction,
  details: AuditDetails = {},
): Promise<void> {
  const origin = details.origin ?? noOrigin
  const row = {
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
  }
  await transaction(db, async (tx) => insertUnsealed(tx, await insertId(tx, 'audit_logs', row)))
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
