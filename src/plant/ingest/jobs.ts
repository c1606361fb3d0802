/** Nightly: what is remembered of batches has its term. */
import type { Db } from '../../platform/db/database.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { Plants } from '../model/index.ts'
import { listAttachedTenants } from '../source/index.ts'
import { purgeActivity } from './activity.ts'
import { purgeIntents } from './intents.ts'
import { hasLedger, purgeLedger } from './ledger.ts'

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
      await purgeIntents(db, nowMs)
      await purgeActivity(db, nowMs)
      for (const tenantId of await listAttachedTenants(db)) {
        if (signal.aborted) return
        try {
          // never made for this: a plant that was sent nothing has none
          await plants.withPlant(tenantId, async (plant) => ((await hasLedger(plant.db, false)) ? purgeLedger(plant.db, nowMs) : null))
        } catch (error) {
          // one plant that is away must not keep the others from it
          log.warn({ tenantId, err: error }, 'batches of ingest could not be forgotten')
        }
      }
    },
  },
]
