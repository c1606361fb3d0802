/** A customer's plant database, opened. Only the tenant's own settings lead to it; a request can never name one. */
import type { Kysely } from 'kysely'
import type { Engine, TenantDb } from '../../platform/db/database.ts'

/** Tables of spec plant 2.3 that have a fixed name are typed in `tables.ts`; the per-line ones are reached through the model's real names. */
export type PlantDb = {
  readonly tenantId: number
  readonly engine: Engine
  // biome-ignore lint/suspicious/noExplicitAny: the customer's schema varies (optional columns, letter case); each reader types its own result
  readonly kysely: Kysely<any>
  /** Told of each reading of rows that ended. */
  readonly onRead?: ((read: RowRead) => void) | undefined
  /** Absent = only what the customer's database says (tests, checks). */
  readonly beside?: Beside | undefined
}

/** What Andon keeps about this plant in its own database. */
export type Beside = {
  readonly db: TenantDb
  /** Equal texts: the kept stops are as they were. As of the request's begin. */
  readonly stopStamp: string
}

export type RowRead = {
  readonly sql: string
  readonly rowCount: number
  readonly durationMs: number
  /** By time, row by row: what day summaries are there to avoid. */
  readonly isPlain: boolean
}
