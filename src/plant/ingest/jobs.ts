/** Nightly: what is remembered of batches has its term. */
import type { Db } from '../../platform/db/database.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { Plants } from '../model/index.ts'
import { listAttachedTenants } from '../source/index.ts'
import { hasLedger } from './ledger.ts'
import { purgeActivity, purgeIntents, purgeLedger } from './purge.ts'

export type IngestJobDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly plants: Pick<Plants, 'withPlant'>
  readonly log: { readonly warn: (data: object, message: string) => void }
}

export const ingestJobs = ({ db, clock, plants, log }: IngestJobDeps) => [
  {
    name: 'ingest.purge',
    schedule: '20 4 * * *',
    run: async (_payload: unknown, { signal }: { readonly signal: AbortSignal }): Promise<void> => {
      const nowMs = clock.nowMs()
      await purgeIntents(db, nowMs, signal)
      await purgeActivity(db, nowMs, signal)
      for (const tenantId of await listAttachedTenants(db)) {
        if (signal.aborted) return
        try {
          // never made for this: a plant that was sent nothing has none
          await plants.withPlant(tenantId, async (plant) =>
            (await hasLedger(plant.db, false)) ? purgeLedger(plant.db, nowMs, signal) : null,
          )
        } catch (error) {
          // one plant that is away must not keep the others from it
          log.warn({ tenantId, err: error }, 'batches of ingest could not be forgotten')
        }
      }
    },
  },
]
