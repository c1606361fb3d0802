import { column, type Migration } from '../platform/db/index.ts'

const optional = { nullable: true } as const

const ofUsers = {
  /** Asked for, to be proven at the new address. */
  pending_email: column.text(254, optional),
  approved_by: column.integer(optional),
  avatar_file_id: column.integer(optional),
  accepts_terms_at: column.epochMs(optional),
  accepts_privacy_at: column.epochMs(optional),
}
const ofMemberships = {
  invited_by: column.integer(optional),
  approved_by: column.integer(optional),
  approved_at: column.epochMs(optional),
}
const ofSessions = { mfa_at: column.epochMs(optional) }
const ofTenants = {
  legal_name: column.text(200, optional),
  tax_id: column.text(30, optional),
  tax_id_type: column.text(10, optional),
  /** Country and digits: one company per tax id of a country. */
  tax_id_key: column.text(40, optional),
  country_code: column.text(2, optional),
  industry: column.text(100, optional),
  economic_activity: column.text(100, optional),
  company_type: column.text(30, optional),
  description_short: column.text(500, optional),
  description: column.longText(optional),
  address: column.text(300, optional),
  city: column.text(100, optional),
  phone: column.text(30, optional),
  contact_email: column.text(254, optional),
  website: column.text(300, optional),
  linkedin_url: column.text(300, optional),
  twitter_url: column.text(300, optional),
  primary_color: column.text(7, optional),
  logo_file_id: column.integer(optional),
  employees_range: column.text(20, optional),
  /** JSON list; null = none. */
  signup_domains: column.json(optional),
  deleted_at: column.epochMs(optional),
}
const tenantKeys = { unique: [['tax_id_key']] } as const

/** What people and companies tell about themselves, and who let whom in. */
export const migration: Migration = {
  name: '0103-profiles',
  up: async ({ addColumns }) => {
    await addColumns('users', ofUsers)
    await addColumns('memberships', ofMemberships)
    await addColumns('sessions', ofSessions)
    await addColumns('tenants', ofTenants, tenantKeys)
  },
  down: async ({ dropColumns }) => {
    await dropColumns('tenants', Object.keys(ofTenants), tenantKeys)
    await dropColumns('sessions', Object.keys(ofSessions))
    await dropColumns('memberships', Object.keys(ofMemberships))
    await dropColumns('users', Object.keys(ofUsers))
  },
}
