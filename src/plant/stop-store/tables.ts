import type { Generated } from 'kysely'

/** A stop that is not in the customer's table: it may not be written, or cannot hold the stop. Instants, so that nothing is ambiguous. */
export type PlantStopRow = {
  id: Generated<number>
  tenant_id: number
  line_id: number
  /** Epoch seconds. */
  start_s: number
  end_s: number
  reason_code: number | null
  reason: string | null
  is_manual: number
  /** The customer's event that this row stands for, where his table may not be written; null = a stop of its own. */
  replaces_event_id: number | null
  /** 1 = that event is deleted. */
  is_hidden: Generated<number>
  created_at: number
  updated_at: number
}

/** Who last edited a stored stop with Andon, wherever its row is. */
export type PlantStopEditRow = {
  id: Generated<number>
  tenant_id: number
  line_id: number
  event_id: number
  /** created, explained, changed, split, merged, deleted. */
  action: string
  /** Of the row after the edit: another one now means that the customer edited it since. */
  version: string
  /** Null = the system. */
  user_id: number | null
  edited_by: string
  /** Given with the edit: for "recent reasons". */
  reason_code: number | null
  created_at: number
  updated_at: number
}

/** A silence that somebody said was no stop. */
export type PlantSuppressedStopRow = {
  id: Generated<number>
  tenant_id: number
  line_id: number
  event_id: number | null
  start_s: number
  end_s: number
  suppressed_by: string
  created_at: number
  updated_at: number
}

/** Explanation of the stop that goes on now; it is put on the stop when that is stored. */
export type PlantLiveReasonRow = {
  id: Generated<number>
  tenant_id: number
  line_id: number
  /** An instant inside the stop. */
  at_s: number
  reason_code: number | null
  reason: string | null
  user_id: number | null
  given_by: string
  created_at: number
  updated_at: number
}

/** What is known of one line's stops. Its row is the lock of whoever writes them. */
export type PlantStopLineRow = {
  id: Generated<number>
  tenant_id: number
  line_id: number
  /** Raised by every change made with Andon: live pages watch it. */
  changes: Generated<number>
  /** `plant`, `platform`, or null = not tried yet. */
  stored_in: 'plant' | 'platform' | null
  stored_checked_at: Generated<number>
  /** Highest detection id that the job has seen; null = it never ran. */
  scanned_id: number | null
  /** Every stop that ended until then is stored. */
  scanned_until_s: number | null
  lease_until: Generated<number>
  last_run_at: number | null
  last_outcome: string | null
  last_stored: Generated<number>
  created_at: number
  updated_at: number
}

export type StopStoreTables = {
  plant_stops: PlantStopRow
  plant_stop_edits: PlantStopEditRow
  plant_suppressed_stops: PlantSuppressedStopRow
  plant_live_reasons: PlantLiveReasonRow
  plant_stop_lines: PlantStopLineRow
}
