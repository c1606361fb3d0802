import type { Generated } from 'kysely'

export const linkPurposes = ['signup', 'email_change', 'password_reset'] as const
export type LinkPurpose = (typeof linkPurposes)[number]

/** The one-time token of a link that was mailed: usable while `used_at` is null and `expires_at` has not come. */
export type LinkTokenRow = {
  id: Generated<number>
  /** Null for an address that nobody has: asking for a link writes the same rows then. */
  user_id: number | null
  purpose: LinkPurpose
  /** The address that the link was sent to, and so proves. */
  email: string
  token_hash: string
  request_ip: string | null
  expires_at: number
  /** When it was used, or when a newer link of the same purpose took its place. */
  used_at: number | null
  created_at: number
  updated_at: number
}

export interface LinkTables {
  link_tokens: LinkTokenRow
}
