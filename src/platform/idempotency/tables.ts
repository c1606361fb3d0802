import type { Generated } from 'kysely'

/** A request that a client named with a key of its own, so that sending it again does nothing again. */
export type IdempotentRequestRow = {
  id: Generated<number>
  tenant_id: number
  action: string
  request_key: string
  /** Of what was asked: the same key for something else is a mistake. */
  fingerprint: string
  /** JSON; null while it is worked on. */
  answer: string | null
  created_at: number
  updated_at: number
}

export type IdempotencyTables = { idempotent_requests: IdempotentRequestRow }
