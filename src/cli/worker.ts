/** `andon worker`: does the queue's jobs, beside any number of web processes. */
import { createContext } from '../context.ts'
import { jobDefinitions, lastingRoutines, routines } from '../jobs.ts'
import { migrations } from '../migrations/index.ts'
import { migrateWithBackup } from '../plant/backup/index.ts'
import { readConfig } from '../platform/config/index.ts'
import { createRoutines, createWorker } from '../platform/jobs/index.ts'
import type { CliCommand } from './cli.ts'
import { untilStopped } from './until-stopped.ts'

export const workerCommand: CliCommand = (program, cli) => {
  program
    .command('worker')
    .description('Do background jobs until told to stop')
    .option('--once', 'do what is due now, then end (for cron)')
    .option('--json', 'with --once: one JSON document')
    .action(async ({ once, json }: { once?: boolean; json?: boolean }) => {
      const ctx = await createContext(readConfig(cli.env))
      const worker = createWorker(ctx, jobDefinitions(ctx), lastingRoutines(ctx, 'worker'))
      try {
        await migrateWithBackup(ctx, migrations, { withoutBackup: false })
        if (once) {
          const jobs = await worker.runDue()
          await createRoutines(ctx, routines(ctx)).runAll()
          return json ? cli.printJson({ jobs }) : cli.print(`${jobs} jobs done`)
        }
        worker.start()
        ctx.log.info({ event: 'worker_started' }, 'worker started')
        await untilStopped(ctx.log, worker.stop)
      } finally {
        await ctx.close()
      }
    })
}
