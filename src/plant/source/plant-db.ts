/** A customer's plant database, opened. Only the tenant's own settings lead to it; a request can never name one. */
import type { Kysely } from 'kysely'
import type { Engine } from '../../platform/db/database.ts'

/** Tables of spec plant 2.3 that have a fixed name are typed in `tables.ts`; the per-line ones are reached through the model's real names. */
export type PlantDb = {
  readonly tenantId: number
  readonly engine: Engine
  // biome-ignore lint/suspicious/noExplicitAny: the customer's schema varies (optional columns, letter case); each reader types its own result
  readonly kysely: Kysely<any>
  /** Told of each reading of rows that ended. */
  readonly onRead?: ((read: RowRead) => void) | undefined
}

export type RowRead = {
  readonly sql: string
  readonly rowCount: number
  readonly durationMs: number
  /** By time, row by row: what day summaries are there to avoid. */
  readonly isPlain: boolean
}
