/** How things stand in the platform database. */
import type { Config } from '../../platform/config/index.ts'
import type { Db } from '../../platform/db/database.ts'
import { listWorkers } from '../../platform/jobs/index.ts'
import { auditEnvironment, type EnvAudit } from './env-audit.ts'

export type AuditDeps = { readonly db: Db; readonly config: Config; readonly clock: { readonly nowMs: () => number } }

/** `pendingMigrations` is the caller's to know: the list of migrations is the application's. */
export async function runEnvAudit({ db, config, clock }: AuditDeps, pendingMigrations: number): Promise<EnvAudit> {
  if (pendingMigrations > 0)
    // the tables below may not be there yet
    return auditEnvironment(config, { liveWorkers: 1, waitingMails: 0, failedMails: 0, failedJobs: 0, pendingMigrations })
  const workers = await listWorkers(db, clock.nowMs())
  const [waitingMails, failedMails, failedJobs] = [
    await countMails(db, 'pending'),
    await countMails(db, 'failed'),
    await countFailedJobs(db),
  ]
  return auditEnvironment(config, {
    liveWorkers: workers.filter(({ isStale }) => !isStale).length,
    waitingMails,
    failedMails,
    failedJobs,
    pendingMigrations,
  })
}

async function countMails({ kysely }: Db, status: 'pending' | 'failed'): Promise<number> {
  const row = await kysely
    .selectFrom('email_outbox')
    .select((eb) => eb.fn.countAll().as('rows'))
    .where('status', '=', status)
    .executeTakeFirst()
  return Number(row?.rows ?? 0)
}

async function countFailedJobs({ kysely }: Db): Promise<number> {
  const row = await kysely
    .selectFrom('jobs')
    .select((eb) => eb.fn.countAll().as('rows'))
    .where('status', '=', 'failed')
    .executeTakeFirst()
  return Number(row?.rows ?? 0)
}
