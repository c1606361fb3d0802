/** Identity's housekeeping. */
import type { Db } from '../platform/db/database.ts'
import type { JobDefinition } from '../platform/jobs/index.ts'
import { sweepRateWindows } from '../platform/limits/index.ts'
import type { Log } from '../platform/log/index.ts'
import type { Clock } from '../platform/time/index.ts'
import { type AuditJobDeps, auditJobs } from './audit/index.ts'
import { sweepLinks } from './links/index.ts'
import { sweepLoginFailures } from './lockout/index.ts'
import { deleteExpiredChallenges } from './mfa/index.ts'
import { pictureJobs } from './pictures/index.ts'
import { deleteStaleRefreshTokens, type Swept, sweepSessions } from './sessions/index.ts'

export type SweepDeps = { readonly db: Db; readonly clock: Clock; readonly log: Log }

/** Ends sessions that timed out, so that their sign-in records are whole, and removes what no check needs. May run at any time, twice too. */
export async function sweepIdentity({
  db,
  clock,
  log,
}: SweepDeps): Promise<
  Swept & { readonly rateWindows: number; readonly loginFailures: number; readonly links: number; readonly challenges: number }
> {
  const nowMs = clock.nowMs()
  const swept = {
    ...(await sweepSessions(db, { clock })),
    rateWindows: await sweepRateWindows(db, nowMs),
    loginFailures: await sweepLoginFailures(db, nowMs),
    links: await sweepLinks(db, nowMs),
    challenges: await deleteExpiredChallenges(db, nowMs),
  }
  log.debug({ event: 'identity_swept', ...swept }, 'identity swept')
  return swept
}

const dayMs = 86_400_000

/** Deletes refresh tokens that no check needs any more, if that is so for `graceDays` already. Rotated ones of live sessions stay until they
 *  expire: reuse detection knows a copy by them. */
export async function cleanUpRefreshTokens(
  { db, clock, log }: SweepDeps,
  graceDays: number,
): Promise<{ readonly expired: number; readonly revoked: number }> {
  const removed = await deleteStaleRefreshTokens(db, clock.nowMs() - graceDays * dayMs)
  log.info(
    { event: 'cleanup_refresh_done', removed_expired: removed.expired, removed_revoked: removed.revoked },
    'refresh tokens cleaned up',
  )
  return removed
}

export const identityJobs = (deps: SweepDeps & AuditJobDeps): readonly JobDefinition[] => [
  ...pictureJobs(deps),
  ...auditJobs(deps),
  { name: 'identity.sweep', schedule: '*/5 * * * *', run: async () => void (await sweepIdentity(deps)) },
  { name: 'identity.cleanup_refresh', schedule: '30 3 * * *', run: async () => void (await cleanUpRefreshTokens(deps, 0)) },
]
