/** Housekeeping of the dashboards. */
import type { Db } from '../../platform/db/database.ts'
import type { Clock } from '../../platform/time/index.ts'

/** Spec identity 4.10. */
const keepUserQueriesMs = 180 * 86_400_000

/** Of all companies: a term of keeping is nobody's in particular. Index (created_at). Answers how many went. */
export const purgeUserQueries = async ({ kysely }: Db, nowMs: number): Promise<number> => {
  const { numDeletedRows } = await kysely
    .deleteFrom('user_queries')
    .where('created_at', '<', nowMs - keepUserQueriesMs)
    .executeTakeFirst()
  return Number(numDeletedRows)
}

export const dashboardJobs = ({ db, clock }: { readonly db: Db; readonly clock: Clock }) => [
  {
    name: 'user-queries.purge',
    schedule: '20 3 * * *',
    run: async (): Promise<void> => {
      await purgeUserQueries(db, clock.nowMs())
    },
  },
]
