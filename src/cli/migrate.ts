/** `andon migrate [up | down | status]` and `andon db reset`: the schema of the platform database. */
import { Argument, Option } from 'commander'
import { migrations } from '../migrations/index.ts'
import { migrateWithBackup } from '../plant/backup/index.ts'
import { migrateDown, migrateUp, migrationStatus } from '../platform/db/index.ts'
import { type CliCommand, CliFailure } from './cli.ts'

type Options = {
  readonly steps: number
  readonly yes?: boolean
  readonly json?: boolean
  readonly dryRun?: boolean
  /** commander: `--no-backup <reason>` given. */
  readonly backup?: string | boolean
}

const positive = (text: string): number => {
  const steps = Number(text)
  if (!Number.isInteger(steps) || steps < 1) throw new CliFailure('--steps must be a whole number from 1')
  return steps
}

export const migrateCommand: CliCommand = (program, cli) => {
  program
    .command('migrate')
    .description('Bring the platform database to this version’s schema, go back, or say where it is')
    .addArgument(new Argument('[action]', 'what to do').choices(['up', 'down', 'status']).default('up'))
    .addOption(new Option('--steps <n>', 'migrations to take back (down)').argParser(positive).default(1))
    .option('--yes', 'confirm that data of dropped tables is lost (down)')
    .option('--no-backup <reason>', 'do not back up a database with people or companies in it first (up)')
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'one JSON document')
    .action((action: 'up' | 'down' | 'status', options: Options) =>
      cli.withContext(async (ctx) => {
        const { db } = ctx
        const report = (done: Readonly<Record<string, unknown>>, text: string) => (options.json ? cli.printJson(done) : cli.print(text))
        const status = await migrationStatus(db, migrations)
        if (action === 'status') {
          const lines = [
            ...status.applied.map(({ name, appliedAtMs }) => `applied  ${name}  ${new Date(appliedAtMs).toISOString()}`),
            ...status.pending.map((name) => `pending  ${name}`),
            ...status.unknown.map((name) => `unknown  ${name} (of a newer version)`),
          ]
          return report(status, lines.join('\n') || 'No migrations')
        }
        if (action === 'up') {
          const withoutBackup = typeof options.backup === 'string'
          const { applied, backup } = options.dryRun
            ? { applied: status.pending, backup: null }
            : await migrateWithBackup(ctx, migrations, { withoutBackup })
          if (backup) cli.note(`What was there: ${backup.path}`)
          return report(
            { applied, dryRun: options.dryRun ?? false, backup: backup?.path ?? null },
            applied.length === 0 ? 'Up to date' : `${options.dryRun ? 'Would apply' : 'Applied'} ${applied.join(', ')}`,
          )
        }
        const last = status.applied
          .map(({ name }) => name)
          .reverse()
          .slice(0, options.steps)
        if (!options.dryRun && !options.yes)
          throw new CliFailure(`This drops tables with their data (${last.join(', ')}). Say --yes to do it, --dry-run to look`)
        const undone = options.dryRun ? last : await migrateDown(db, migrations, options.steps)
        report(
          { undone, dryRun: options.dryRun ?? false },
          undone.length === 0 ? 'Nothing to take back' : `${options.dryRun ? 'Would take back' : 'Took back'} ${undone.join(', ')}`,
        )
      }),
    )
  program
    .command('db')
    .description('The platform database')
    .command('reset')
    .description('Drops every table and makes them anew, empty; never in production')
    .option('--yes', 'confirm that all data is lost')
    .action(({ yes }: { yes?: boolean }) =>
      cli.withContext(async ({ db, clock, config }) => {
        if (config.isProduction) throw new CliFailure('The database of production is not reset')
        if (!yes) throw new CliFailure('This loses all data of the platform database. Say --yes to do it')
        const { applied } = await migrationStatus(db, migrations)
        if (applied.length > 0) await migrateDown(db, migrations, applied.length)
        await migrateUp(db, migrations, clock.nowMs)
        cli.print('The platform database is empty.')
      }),
    )
}
