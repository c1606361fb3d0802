/** Jobs that failed for good stay for a week, so that somebody sees them: `andon doctor` and `andon monitor` tell of them. */
import type { Db } from '../db/index.ts'
import type { Clock } from '../time/index.ts'
import { deleteFailedJobs } from './queries.ts'
import type { JobDefinition } from './worker.ts'

const keepFailedMs = 7 * 86_400_000

export const queueJobs = ({ db, clock }: { readonly db: Db; readonly clock: Clock }): readonly JobDefinition[] => [
  { name: 'jobs.sweep', schedule: '55 3 * * *', run: async () => void (await deleteFailedJobs(db, clock.nowMs() - keepFailedMs)) },
]
