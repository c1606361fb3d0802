/** `andon setup-production`: what a new installation needs besides its settings, in order, each step skipped when it is done.
 *  `andon init-db`: the schema, the catalogue and, for trying things, the demo companies. */
import type { Context } from '../context.ts'
import { migrations } from '../migrations/index.ts'
import { listBackups, makeBackup, migrateWithBackup } from '../plant/backup/index.ts'
import { seedWidgetCatalog } from '../plant/dashboards/index.ts'
import { ensureDemo, isDemoMode } from '../plant/demo/index.ts'
import { migrationStatus } from '../platform/db/index.ts'
import type { Cli, CliCommand } from './cli.ts'

type Options = { readonly dryRun?: boolean; readonly json?: boolean }
type Step = { readonly name: string; readonly text: string }

async function prepare(ctx: Context, isDry: boolean): Promise<Step[]> {
  const { pending } = await migrationStatus(ctx.db, migrations)
  if (!isDry) await migrateWithBackup(ctx, migrations, { withoutBackup: false })
  const schema = { name: 'schema', text: pending.length === 0 ? 'up to date' : `${pending.length} migrations` }
  if (isDry && pending.length > 0) return [schema, { name: 'widget catalogue', text: 'with the schema' }]
  const { inserted, existing } = await seedWidgetCatalog(ctx.db, { merge: false, dryRun: isDry })
  return [schema, { name: 'widget catalogue', text: inserted.length > 0 ? `${inserted.length} added` : `has ${existing}` }]
}

async function firstBackup(ctx: Context, isDry: boolean): Promise<Step> {
  const { backups } = await listBackups(ctx.config.backup.dir)
  if (backups.length > 0) return { name: 'backup', text: `there are ${backups.length}` }
  if (isDry) return { name: 'backup', text: `the first, into ${ctx.config.backup.dir}` }
  return { name: 'backup', text: (await makeBackup(ctx, { what: 'full', reason: 'manual' })).path }
}

function tell(cli: Cli, { dryRun = false, json }: Options, steps: readonly Step[]): void {
  if (json) cli.printJson({ dry_run: dryRun, steps })
  else for (const { name, text } of steps) cli.print(`${dryRun ? 'would  ' : ''}${name}: ${text}`)
}

export const setupCommand: CliCommand = (program, cli) => {
  program
    .command('setup-production')
    .description('Prepare an installation with its settings in place: schema, catalogue, first backup; then says what is left to do')
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'one JSON document')
    .action((options: Options) =>
      cli.withContext(async (ctx) => {
        if (!ctx.config.isProduction) cli.fail('APP_ENV is not production: set it, and what `andon env-audit` asks for, first')
        const steps = await prepare(ctx, options.dryRun ?? false)
        tell(cli, options, [...steps, await firstBackup(ctx, options.dryRun ?? false)])
        const { pending } = await migrationStatus(ctx.db, migrations)
        const operator =
          pending.length > 0 || (await ctx.db.kysely.selectFrom('users').select('id').where('is_super_admin', '=', 1).executeTakeFirst())
        if (!operator) cli.note('Next: andon seed-admin --email you@example.com')
        cli.note('Then: andon env-audit, andon doctor, and start web and worker')
      }),
    )
  program
    .command('init-db')
    .description(
      'Make the schema and the catalogue; on the embedded database, outside production and while it is empty, the demo companies too',
    )
    .option('--dry-run', 'only say what would be done')
    .option('--json', 'one JSON document')
    .action((options: Options) =>
      cli.withContext(async (ctx) => {
        if (ctx.config.isProduction) cli.fail('Test data never goes into production; `andon setup-production` prepares an installation')
        const steps = await prepare(ctx, options.dryRun ?? false)
        const { pending } = await migrationStatus(ctx.db, migrations)
        const mayHaveDemo = pending.length > 0 ? ctx.config.database.isEmbedded : await isDemoMode(ctx.config, ctx.db)
        const demo = !options.dryRun && mayHaveDemo ? await ensureDemo(ctx) : null
        const text = !mayHaveDemo ? 'none here' : options.dryRun ? 'the demo companies' : `${demo?.rowsMade ?? 0} rows made`
        tell(cli, options, [...steps, { name: 'demo', text }])
      }),
    )
}
