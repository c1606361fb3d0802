import type { Generated } from 'kysely'

/** One human, whatever the companies. Times are epoch milliseconds, booleans 0/1. */
export type UserRow = {
  id: Generated<number>
  uuid: string
  /** Lower case. */
  username: string
  /** Lower case. */
  email: string
  /** Argon2id PHC string; null = cannot sign in with a password. */
  password_hash: string | null
  is_super_admin: number
  is_active: number
  approval_status: 'pending' | 'approved' | 'rejected'
  approved_at: number | null
  approved_by: number | null
  /** Good, by proof or by the word of whoever made the account. */
  email_verified_at: number | null
  /** By a link that was mailed to it: the person reads its mails. */
  email_proven_at: number | null
  /** Asked for, to be proven at the new address. */
  pending_email: string | null
  must_change_password: number
  password_changed_at: number | null
  /** In every token: raising it ends all tokens of the user. */
  token_version: number
  last_login_at: number | null
  first_login: number
  /** The company that owns the account's global data. */
  home_tenant_id: number | null
  /** Chosen at sign-in when the person works for several. */
  default_tenant_id: number | null
  /** Username and names, folded, for searches; see `searchKey`. */
  search_key: Generated<string>
  full_name: string | null
  first_name: string | null
  last_name: string | null
  phone: string | null
  national_id: string | null
  birth_date: string | null
  gender: string | null
  country_code: string | null
  region_id: number | null
  province_id: number | null
  city_id: number | null
  title: string | null
  category: string | null
  preferred_lang: string | null
  preferred_theme: string | null
  timezone: string | null
  avatar_file_id: number | null
  accepts_terms_at: number | null
  accepts_privacy_at: number | null
  xp_total: number
  current_level: number
  created_at: number
  updated_at: number
  deleted_at: number | null
}

export interface UserTables {
  users: UserRow
}
