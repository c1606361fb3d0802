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
  legal_name: string | null
  tax_id: string | null
  tax_id_type: string | null
  /** Country and digits, unique: one company per tax id of a country. */
  tax_id_key: string | null
  country_code: string | null
  industry: string | null
  economic_activity: string | null
  company_type: string | null
  description_short: string | null
  description: string | null
  address: string | null
  city: string | null
  phone: string | null
  contact_email: string | null
  website: string | null
  linkedin_url: string | null
  twitter_url: string | null
  primary_color: string | null
  logo_file_id: number | null
  employees_range: string | null
  /** JSON list of mail domains whose people may join; null = none. */
  signup_domains: string | null
  deleted_at: number | null
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
  invited_by: number | null
  approved_by: number | null
  approved_at: number | null
  created_at: number
  updated_at: number
}

export interface TenantTables {
  tenants: TenantRow
  memberships: MembershipRow
}
