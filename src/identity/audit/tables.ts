import type { Generated } from 'kysely'

/** Insert only. */
export type AuditLogRow = {
  id: Generated<number>
  tenant_id: number | null
  /** Null when the user is not known, or is the system itself. */
  user_id: number | null
  attempted_username: string | null
  action: string
  entity_type: string | null
  entity_id: string | null
  ip_address: string | null
  user_agent: string | null
  request_id: string | null
  /** JSON text, secrets redacted. */
  details: string
  created_at: number
}

export interface AuditTables {
  audit_logs: AuditLogRow
}
