/** `andon serve`: the web server. `andon start`: the same with worker and, on an empty installation, the demo. */
import type { Context } from '../context.ts'
import { createContext } from '../context.ts'
import { jobDefinitions, lastingRoutines } from '../jobs.ts'
import { migrations } from '../migrations/index.ts'
import { migrateWithBackup } from '../plant/backup/index.ts'
import { seedWidgetCatalog } from '../plant/dashboards/index.ts'
import { ensureDemo, isDemoMode, startSimulator } from '../plant/demo/index.ts'
import { readConfig } from '../platform/config/index.ts'
import { closeServer } from '../platform/http/index.ts'
import { createWorker } from '../platform/jobs/index.ts'
import type { Cli, CliCommand } from './cli.ts'
import { progressBar } from './progress.ts'
import { untilStopped } from './until-stopped.ts'
import { claimAddress, listen } from './web.ts'

const loopback = '127.0.0.1'

type Part = { readonly stop: () => Promise<void> }

async function makeDemo(ctx: Context) {
  if (!(await isDemoMode(ctx.config, ctx.db))) return null
  // A second start beside this one would write the same files: whoever has the address goes on, the other ends here.
  const release = await claimAddress(loopback, ctx.config.http.port)
  try {
    return await makeDemoFiles(ctx)
  } finally {
    await release()
  }
}

async function makeDemoFiles(ctx: Context) {
  const bar = progressBar(process.stderr)
  const demo = await ensureDemo(ctx, { onProgress: ({ fraction, text }) => bar.show(fraction, text.es) })
  bar.end()
  return demo
}

function startWorker(ctx: Context): Part {
  const worker = createWorker(ctx, jobDefinitions(ctx), lastingRoutines(ctx, 'serve'))
  worker.start()
  return worker
}

/** Without it no dashboard has anything to show, and nobody would learn why. */
async function demandCatalogue(cli: Cli, { db }: Context): Promise<void> {
  const { existing } = await seedWidgetCatalog(db, { merge: false, dryRun: true })
  if (existing === 0) cli.fail('The widget catalogue is empty; run `andon seed-widget-catalog`')
}

/** Runs until the process is told to stop: its parts end side by side, for each may take seconds, and what they all use ends last. */
async function serve(cli: Cli, options: { readonly withWorker?: boolean; readonly withDemo: boolean }): Promise<void> {
  // A person reads the terminal of `npm start`: request lines only when asked for.
  const env = options.withDemo ? { LOG_LEVEL: 'warn', ...cli.env } : cli.env
  const config = readConfig(env)
  const ctx = await createContext(config, { withProcessMetrics: true })
  const parts: Part[] = []
  const stop = async () => {
    await Promise.allSettled(parts.map((part) => part.stop()))
    await ctx.close()
  }
  try {
    await migrateWithBackup(ctx, migrations, { withoutBackup: false })
    await demandCatalogue(cli, ctx)
    const demo = options.withDemo ? await makeDemo(ctx) : null
    // Everybody knows the demo's passwords.
    const app = await listen(ctx, demo ? loopback : config.http.host)
    parts.push({ stop: () => closeServer(app) })
    if (options.withWorker ?? config.database.isEmbedded) parts.push(startWorker(ctx))
    if (demo) parts.push(startSimulator(ctx, demo.companies))
    if (options.withDemo) {
      cli.print(`Andon ${ctx.app.version}  ${config.http.publicUrl}`)
      for (const company of demo?.companies ?? [])
        cli.print(`  ${company.name}: ${company.people.map(({ username, password }) => `${username} / ${password}`).join(', ')}`)
    }
    await untilStopped(ctx.log, stop)
  } catch (error) {
    await stop()
    throw error
  }
}

export const serveCommand: CliCommand = (program, cli) => {
  program
    .command('serve')
    .description('Run the web server until it is told to stop')
    .option('--with-worker', 'do the queue’s jobs in the same process (default on the embedded database)')
    .option('--no-with-worker', 'leave the jobs to `andon worker`')
    .action((options: { withWorker?: boolean }) => serve(cli, { ...options, withDemo: false }))
  program
    .command('start')
    .description('Run everything in one process; an empty installation gets the demo companies')
    .action(() => serve(cli, { withWorker: true, withDemo: true }))
}
