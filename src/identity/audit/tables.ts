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

/** Insert only. One chain per company; chain 0 holds what belongs to none. */
export type AuditSealRow = { chain_id: number; sequence: number; log_id: number; seal: string; created_at: number }

export type AuditChainRow = {
  chain_id: number
  first_sequence: number
  first_previous_seal: string
  last_sequence: number
  last_seal: string
  signature: string
  updated_at: number
}

export interface AuditTables {
  audit_logs: AuditLogRow
  audit_unsealed: { log_id: number }
  audit_seals: AuditSealRow
  audit_chains: AuditChainRow
}
