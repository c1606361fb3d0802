import type { Generated } from 'kysely'

export const invitationStatuses = ['pending', 'accepted', 'revoked', 'expired'] as const
export type InvitationStatus = (typeof invitationStatuses)[number]

export type InvitationRow = {
  id: Generated<number>
  uuid: string
  tenant_id: number
  /** Lower case; null = an open link. */
  email: string | null
  /** As the company stores roles: one of ours, or a word of its own. */
  role: string
  /** JSON list of granted codes beyond the role's. */
  permissions: string
  /** JSON list; null = not narrowed. */
  modules: string | null
  token_hash: string
  /** Company and e-mail while it waits, else null. */
  active_key: string | null
  /** Null: the machine's operator. */
  invited_by: number | null
  language: string | null
  expires_at: number
  max_uses: number
  used_count: number
  /** One whose time has passed may still say pending. */
  status: InvitationStatus
  accepted_at: number | null
  accepted_by: number | null
  created_at: number
  updated_at: number
}

export interface InvitationTables {
  invitations: InvitationRow
}
