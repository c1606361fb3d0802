import type { Generated } from 'kysely'

/** A screen of the plant: a television, or a tablet that operators share. */
export type DisplayRow = {
  id: Generated<number>
  uuid: string
  tenant_id: number
  name: string
  /** JSON list; null = all lines of the company. */
  line_ids: string | null
  /** A `DisplayPage`: what it opens. */
  page: string
  /** Of the cookie that the paired screen holds; null = no screen is paired. */
  token_hash: string | null
  /** Of the link, and of the short code, that pair one screen, once, until `pairing_expires_at`. */
  pairing_hash: string | null
  pairing_code_hash: string | null
  pairing_expires_at: number | null
  paired_at: number | null
  /** Off for longer than this, the screen must be paired again; null = never. */
  idle_days: number | null
  last_seen_at: number | null
  /** Path and query of the page it showed last. */
  last_page: string | null
  last_ip: string | null
  revoked_at: number | null
  created_by: number
  created_at: number
  updated_at: number
}

/** What a person types on a shared screen to sign an action; one per membership. */
export type OperatorPinRow = {
  id: Generated<number>
  tenant_id: number
  user_id: number
  /** Argon2id. */
  pin_hash: string
  /** Null = by the person themselves. */
  set_by: number | null
  created_at: number
  updated_at: number
}

/** Wrong PINs of a person on a screen since the last right one. */
export type OperatorPinTryRow = {
  id: Generated<number>
  tenant_id: number
  display_id: number
  user_id: number
  failures: number
  locked_until: number | null
  created_at: number
  updated_at: number
}

export interface DisplayTables {
  displays: DisplayRow
  operator_pins: OperatorPinRow
  operator_pin_tries: OperatorPinTryRow
}
