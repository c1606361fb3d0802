import type { Generated } from 'kysely'

/** A company. */
export type TenantRow = {
  id: Generated<number>
  uuid: string
  name: string
  /** Name folded for uniqueness: no accents, no case, single spaces. */
  name_key: string
  slug: string
  is_active: number
  associated_since: number
  /** JSON text; keys this code does not know are kept. */
  config: string
  created_at: number
  updated_at: number
}

export type MembershipRow = {
  id: Generated<number>
  user_id: number
  tenant_id: number
  /** A canonical role, or a word that the company maps to one (`config.roles`). */
  role: string
  /** JSON list of granted codes beyond the role's. */
  permissions: string
  /** JSON list that narrows the role's permissions to these modules; null = all. */
  modules: string | null
  status: 'pending' | 'active' | 'suspended' | 'rejected'
  joined_at: number
  created_at: number
  updated_at: number
}

export interface TenantTables {
  tenants: TenantRow
  memberships: MembershipRow
}
