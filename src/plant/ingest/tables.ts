import type { Generated } from 'kysely'

/** A batch for one line of a plant in which no table may be made for it: kept before its rows are written, and told where they are afterwards. */
export type IngestIntentRow = {
  id: Generated<number>
  tenant_id: number
  line_id: number
  /** SHA-256 of source and key. */
  batch_key: string
  /** SHA-256 of the rows. */
  fingerprint: string
  /** Highest id of the line's table before it was written: its rows have higher ones. */
  before_id: number
  /** Null while nobody knows whether it was written. */
  last_id: number | null
  /** JSON: the ids of its rows, `[from, to][]`. */
  ids: string
  accepted: number
  /** JSON: rows that were refused, `[index, code, field][]`. */
  refused: string
  created_at: number
  updated_at: number
}

/** What came in within some seconds, told in one row. */
export type IngestActivityRow = {
  id: Generated<number>
  tenant_id: number
  source: string
  /** Name of the person, key or broker. */
  sender: string
  batches: number
  repeated: number
  accepted: number
  refused: number
  /** JSON: refusals by code. */
  refused_by_code: string
  /** JSON of a `Text`: the last refusal or error; null = none. */
  last_fault: string | null
  created_at: number
  updated_at: number
}

export interface IngestTables {
  ingest_intents: IngestIntentRow
  ingest_activity: IngestActivityRow
}
