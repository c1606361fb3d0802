/** Everything the worker does, one line per module's jobs. */
import type { Context } from './context.ts'
import { identityJobs } from './identity/index.ts'
import { backupJobs } from './plant/backup/index.ts'
import { dashboardJobs } from './plant/dashboards/index.ts'
import { isDemoMode } from './plant/demo/index.ts'
import { historyJobs } from './plant/history/index.ts'
import { ingestJobs } from './plant/ingest/index.ts'
import { createSupervisor } from './plant/mqtt/index.ts'
import { stopJobs } from './plant/stops/index.ts'
import { tableJobs } from './plant/tables/index.ts'
import { fileJobs } from './platform/files/index.ts'
import { idempotencyJobs } from './platform/idempotency/index.ts'
import { heartbeat, type JobDefinition, queueJobs, type Routine } from './platform/jobs/index.ts'
import { mailJobs, mailRoutines } from './platform/mail/index.ts'

export const jobDefinitions = (ctx: Omit<Context, 'close'>): readonly JobDefinition[] => [
  ...identityJobs(ctx),
  ...dashboardJobs(ctx),
  ...historyJobs(ctx),
  ...ingestJobs(ctx),
  ...stopJobs(ctx, ctx.config.downtime.isJobEnabled),
  ...tableJobs(ctx),
  ...idempotencyJobs(ctx),
  ...queueJobs(ctx),
  ...mailJobs(ctx),
  ...fileJobs(ctx),
  // a demo is made anew
  ...backupJobs(ctx, async () => ctx.config.backup.isJobEnabled && !(await isDemoMode(ctx.config, ctx.db))),
]

/** What each worker process does beside them. */
export const routines = (ctx: Omit<Context, 'close'>): readonly Routine[] => mailRoutines(ctx)

/** The same for one that stays, and says that it lives. */
export const lastingRoutines = (ctx: Omit<Context, 'close'>, name: 'worker' | 'serve'): readonly Routine[] => [
  heartbeat({ ...ctx, log: ctx.log.child({ logger: 'worker' }) }, { name, everyMs: ctx.config.worker.heartbeatMs }),
  ...routines(ctx),
  createSupervisor({ ...ctx, log: ctx.log.child({ logger: 'mqtt' }), guard: ctx.config.sources }),
]
