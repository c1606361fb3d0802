/** What people and the job do with stops: shapes that pages, API and CLI share. Pure. */
import type { Origin, TenantActor } from '../../identity/index.ts'
import type { LocalS, Span } from '../../platform/time/index.ts'

/** Where a stop's row is: the customer's `downtime_events_*`, or the platform database when that table may not be written. */
export type StoredIn = 'plant' | 'platform'

/** A stop as it is stored, whole (never cut to a range). */
export type StoredStop = {
  readonly lineId: number
  /** Ids of the platform's rows begin at `platformIdsFrom`, far above those of any customer. */
  readonly eventId: number
  readonly storedIn: StoredIn
  readonly span: Span
  readonly startLocalS: LocalS
  readonly endLocalS: LocalS
  readonly durationS: number
  readonly reasonCode: number | null
  readonly reasonText: string | null
  readonly isManual: boolean
  /** Changes with every edit of the row, the customer's own too. What a page shows goes back with the edit. */
  readonly version: string
  /** Last edit made with Andon; null = none, or a later one in the customer's own database. */
  readonly editedBy: string | null
  readonly editedAtMs: number | null
}

/** A stored stop, or a calculated one by any instant inside it: that one is stored first, as it is now. Without `version` the edit applies to whatever is stored. */
export type StopRef =
  | { readonly lineId: number; readonly eventId: number; readonly version?: string | undefined }
  | { readonly lineId: number; readonly atS: number }

/** Code of the tenant's reason target (incident or failure), or text of 1–500 characters, or both. */
export type Reason = { readonly code: number | null; readonly text: string | null }

/** Who edits. `signedBy`: the operator who signed on a shared tablet; named instead of the screen. */
export type Editor = { readonly actor: TenantActor; readonly origin?: Origin | undefined; readonly signedBy?: string | undefined }
