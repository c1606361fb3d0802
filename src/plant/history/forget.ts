/** A plant that was taken away, or is another database now: what was read of the old one says nothing about it. */
import type { TenantDb } from '../../platform/db/database.ts'

/** Runs in the caller's transaction. Other processes see the changed marks at their next question and start again. */
export async function forgetHistory({ kysely, tenantId }: TenantDb, nowMs: number): Promise<void> {
  await kysely
    .updateTable('line_histories')
    .set((eb) => ({
      signature: '', // of no table
      settled_row: null,
      revision: eb('revision', '+', 1),
      restarts: eb('restarts', '+', 1),
      updated_at: nowMs,
    }))
    .where('tenant_id', '=', tenantId)
    .execute()
  await kysely.deleteFrom('day_summaries').where('tenant_id', '=', tenantId).execute()
}
