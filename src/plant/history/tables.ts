import type { Generated } from 'kysely'

/** What Andon has read of one line's detection table: how far, and what may still come. */
export type LineHistoryRow = {
  id: Generated<number>
  tenant_id: number
  line_id: number
  /** Table, zone and fold it was made with; another one means: start again. */
  signature: string
  /** Raised by every change of the line's history; a writer names the one it read. */
  revision: number
  /** Raised when everything is read anew: days known before are worth nothing. */
  restarts: number
  /** Rows up to this id are in the summaries, except those of the ledger; null = the table was empty. */
  settled_id: number | null
  /** That row as text: one that differs tells of another table behind the name. */
  settled_row: string | null
  /** First attach: rows below this id are not in yet; null = all are. */
  loaded_from_id: number | null
  /** Lowest id when the loading began. */
  lowest_id: number | null
  /** JSON: id ranges below `settled_id` that were missing, `[from, to, firstMissedMs][]`. */
  ledger: string
  /** Until when one process loads. */
  lease_until: number
  /** Day that the rolling reconciliation comes to next; null = from the start. */
  checked_day: number | null
  created_at: number
  updated_at: number
}

export type DaySummaryRow = {
  id: Generated<number>
  tenant_id: number
  line_id: number
  /** Days since 1970-01-01 of the plant's calendar. */
  day: number
  /** The line's revision that wrote it. */
  revision: number
  row_count: number
  min_id: number
  max_id: number
  /** 1 = the customer's table no longer has these rows; the summary is what is left of them. 2 = that cannot be read either: `row_count` tells
   *  how many rows there were. */
  is_purged: Generated<number>
  coarse: Uint8Array
  fine: Uint8Array
}

export type HistoryTables = { line_histories: LineHistoryRow; day_summaries: DaySummaryRow }
