import type { Generated } from 'kysely'

/** Insert only, but for being withdrawn. */
export type ScrapNoteRow = {
  id: Generated<number>
  tenant_id: number
  /** Of the company's plant, as the product. */
  line_id: number
  /** Null = nobody said which. */
  product_id: number | null
  quantity: number
  /** Empty = none given. */
  reason: string
  /** Of the request that made it: sent twice, it is noted once. */
  request_key: string
  /** When it happened, by the clock of the server; of a note that waited for the network, when it was written. */
  noted_at: number
  noted_by: number
  withdrawn_at: number | null
  withdrawn_by: number | null
  created_at: number
  updated_at: number
}

export interface ScrapTables {
  scrap_notes: ScrapNoteRow
}
