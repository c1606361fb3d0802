import type { Generated } from 'kysely'

/** A program's key to one company. Its secret is never stored. */
export type ApiKeyRow = {
  id: Generated<number>
  uuid: string
  tenant_id: number
  /** Who made it. */
  user_id: number
  name: string
  /** The public part: finds the row. */
  prefix: string
  secret_hash: string
  /** JSON list of permission codes. */
  scopes: string
  /** JSON list of addresses and networks (CIDR); null = from anywhere. */
  allowed_ips: string | null
  rate_limit_per_minute: number
  expires_at: number | null
  last_used_at: number | null
  revoked_at: number | null
  created_at: number
  updated_at: number
}

export interface KeyTables {
  api_keys: ApiKeyRow
}
