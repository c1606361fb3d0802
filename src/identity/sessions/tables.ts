import type { Generated } from 'kysely'

export const sessionEndReasons = ['logout', 'logout_all', 'evicted', 'timeout', 'password_change', 'reuse', 'admin', 'disabled'] as const
export type SessionEndReason = (typeof sessionEndReasons)[number]
export type SessionKind = 'browser' | 'api'

/** Live while `ended_at` is null and neither end has passed. The uuid is the tokens' `sid` and the family of refresh tokens. */
export type SessionRow = {
  id: Generated<number>
  uuid: string
  user_id: number
  /** The company chosen at sign-in. */
  tenant_id: number | null
  kind: SessionKind
  /** Of a browser's cookie; null for sessions of the API. */
  cookie_hash: string | null
  ip: string
  user_agent: string
  last_seen_at: number
  idle_expires_at: number
  absolute_expires_at: number
  /** When a second factor was given; null = none was. */
  mfa_at: number | null
  ended_at: number | null
  end_reason: SessionEndReason | null
  created_at: number
  updated_at: number
}

/** A token may be presented once; the rows of a live session stay until they expire, or reuse could not be seen. */
export type RefreshTokenRow = {
  id: Generated<number>
  session_id: number
  user_id: number
  jti_hash: string
  parent_id: number | null
  state: 'active' | 'rotated' | 'revoked'
  expires_at: number
  rotated_at: number | null
  revoked_at: number | null
  created_at: number
  updated_at: number
}

/** Who was in, from where, from when to when: kept after the session's row is gone. */
export type UserLoginRow = {
  id: Generated<number>
  user_id: number
  /** The company it led to; null when none was chosen. */
  tenant_id: number | null
  username: string
  ip_address: string
  user_agent: string
  session_uuid: string
  login_at: number
  logout_at: number | null
  end_reason: SessionEndReason | null
  created_at: number
  updated_at: number
}

export interface SessionTables {
  sessions: SessionRow
  refresh_tokens: RefreshTokenRow
  user_logins: UserLoginRow
}
