/** What every way in (HTTP, MQTT) asks of the one writer of detections, and what it is told. Types only. */
import type { Text } from '../../platform/i18n/i18n.ts'

export type IngestSource = 'http' | 'mqtt'

/** As it came: nothing of it was looked at. A row is an object with `line` (id or code), `area_id`, `product_id` and `detected_at` (wall time of the
 *  plant, or with an offset); anything else is refused by name, never thrown at. */
export type RawRow = unknown

export type Batch = {
  /** Names the batch: sent again, also after a crash, it is not written again. 1 to 128 visible ASCII characters; keys of the two sources do not meet,
   *  nor those of two companies. Null = written as often as it is sent. */
  readonly batchKey: string | null
  /** 1 to `maxBatchRows`. */
  readonly rows: readonly RawRow[]
  readonly source: IngestSource
  /** Who sent it, in words for people: name of a person, a key or a broker. */
  readonly sender?: string
}

export const maxBatchRows = 10_000

export const refusalCodes = [
  'malformed',
  'unknown_line',
  'unknown_area',
  'area_of_other_line',
  'unknown_product',
  'in_the_future',
  'too_old',
  'missing_table',
  'no_write_right',
  'missing_partition',
  'refused_by_database',
  /** Among too many that the database refused: it may well be taken in another batch. */
  'not_tried',
  'not_confirmed',
] as const
export type RefusalCode = (typeof refusalCodes)[number]

export type Refusal = {
  /** Of the row in the batch, from 0. */
  readonly index: number
  readonly code: RefusalCode
  /** Of the row: `line`, `area_id`, `product_id`, `detected_at`; `row` = all of it. */
  readonly field: string
  readonly detail: Text
}

export type IngestReport = {
  readonly accepted: number
  /** By index. */
  readonly refused: readonly Refusal[]
  /** Nothing was written now: this batch had been. `accepted` and `refused` are as they were told then. */
  readonly isRepeated: boolean
  /** False: the plant's server says "committed" before its disk has it (its own setting), so a power cut there may lose what was accepted. */
  readonly isSynced: boolean
}

export type Ingest = {
  /** Resolves once the accepted rows are committed in the plant's database. Rows that are refused do not hold up the others.
   *  Throws `Problem`: batch_size_invalid (422), ingest_busy (503, with retry-after: too much is waiting, nothing was written), ingest_held_up and plant_unavailable (503: whether it was written is
   *  not known; under a key sending it again is safe), ingest_not_writable (409), plant_not_attached (404), idempotency_key_invalid and
   *  idempotency_key_reused (422), request_running (409: the same batch is being written, or was by a process that just died).
   *  After a 4xx that is not 409 request_running, sending the same again leads nowhere. */
  readonly accept: (tenantId: number, batch: Batch) => Promise<IngestReport>
  /** Rows that wait in this process to be written. */
  readonly waitingRows: () => number
  /** Called soon after rows of these lines were committed; returns how to stop that. */
  readonly onWritten: (listener: (tenantId: number, lineIds: readonly number[]) => void) => () => void
  /** Waits for what is being written. */
  readonly close: () => Promise<void>
}
