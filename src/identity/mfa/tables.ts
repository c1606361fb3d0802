import type { Generated } from 'kysely'
import type { SessionKind } from '../sessions/tables.ts'

/** One authenticator per person. */
export type TotpCredentialRow = {
  id: Generated<number>
  user_id: number
  /** The secret in base32, sealed. */
  secret_enc: string
  /** Null = set up but never used: it guards nothing, and after ten minutes it cannot be confirmed. */
  confirmed_at: number | null
  /** The newest 30-second step whose code was accepted: no code of it or of an older one is accepted again. */
  last_used_step: number | null
  created_at: number
  updated_at: number
}

export type RecoveryCodeRow = {
  id: Generated<number>
  user_id: number
  code_hash: string
  used_at: number | null
  created_at: number
  updated_at: number
}

/** Somebody gave a right password and owes a code. */
export type MfaChallengeRow = {
  id: Generated<number>
  token_hash: string
  user_id: number
  kind: SessionKind
  company_id: string | null
  attempts: number
  expires_at: number
  consumed_at: number | null
  created_at: number
  updated_at: number
}

export interface MfaTables {
  totp_credentials: TotpCredentialRow
  recovery_codes: RecoveryCodeRow
  mfa_challenges: MfaChallengeRow
}
