/** `andon worker`: does the queue's jobs, beside any number of web processes. */
import { createContext } from '../context.ts'
import { jobDefinitions, lastingRoutines, routines } from '../jobs.ts'
import { migrations } from '../migrations/index.ts'
import { migrateWithBackup } from '../plant/backup/index.ts'
import { readConfig } from '../platform/config/index.ts'
import { createRoutines, createWorker } from '../platform/jobs/index.ts'
import type { Cli, CliCommand } from './cli.ts'
import { untilStopped } from './until-stopped.ts'

/** For cron: like every command that ends, it logs warnings on stderr, which cron sends to somebody. */
const doWhatIsDue = (cli: Cli, json: boolean): Promise<void> =>
  cli.withContext(async (ctx) => {
    await migrateWithBackup(ctx, migrations, { withoutBackup: false })
    const worker = createWorker(ctx, jobDefinitions(ctx))
    const jobs = await worker.runDue()
    await createRoutines(ctx, routines(ctx)).runAll()
    const failed = worker.failures()
    process.exitCode = failed > 0 ? 1 : 0
    if (json) cli.printJson({ jobs, failed })
    else cli.print(failed > 0 ? `${jobs} jobs, ${failed} of them failed` : `${jobs} jobs done`)
  })

async function work(cli: Cli): Promise<void> {
  const ctx = await createContext(readConfig(cli.env))
  try {
    await migrateWithBackup(ctx, migrations, { withoutBackup: false })
    const worker = createWorker(ctx, jobDefinitions(ctx), lastingRoutines(ctx, 'worker'))
    worker.start()
    ctx.log.info({ event: 'worker_started' }, 'worker started')
    await untilStopped(ctx.log, worker.stop)
  } finally {
    await ctx.close()
  }
}

export const workerCommand: CliCommand = (program, cli) => {
  program
    .command('worker')
    .description('Do background jobs until told to stop; with --once exit code 1 when one failed')
    .option('--once', 'do what is due now, then end (for cron)')
    .option('--json', 'with --once: one JSON document')
    .action(({ once = false, json = false }: { once?: boolean; json?: boolean }) => (once ? doWhatIsDue(cli, json) : work(cli)))
}
