/** `andon demo`: the demo companies, made or taken away. */
import type { Command } from 'commander'
import type { Context } from '../context.ts'
import { migrations } from '../migrations/index.ts'
import { migrateWithBackup } from '../plant/backup/index.ts'
import { ensureDemo, removeDemo } from '../plant/demo/index.ts'
import type { Cli, CliCommand } from './cli.ts'
import { progressBar } from './progress.ts'

const noDemoHere = 'No demo here: it needs the embedded database (no DATABASE_URL), outside production, empty or made by the demo'

/** The demo's database is ours to migrate; anybody else's is not touched, not even to look. */
const withDemoContext = (cli: Cli, work: (ctx: Context) => Promise<void>): Promise<void> =>
  cli.withContext(async (ctx) => {
    if (!ctx.config.database.isEmbedded || ctx.config.isProduction) cli.fail(noDemoHere)
    await migrateWithBackup(ctx, migrations, { withoutBackup: false })
    await work(ctx)
  })

// `--json` is known before and after `remove`: commander gives it to the first of the two.
const isJson = (command: Command): boolean => command.optsWithGlobals().json === true

async function make(cli: Cli, ctx: Context, json: boolean): Promise<void> {
  const bar = progressBar(json ? null : process.stderr)
  const made = await ensureDemo(ctx, { onProgress: ({ fraction, text }) => bar.show(fraction, text.es) })
  bar.end()
  if (made === null) return cli.fail(noDemoHere)
  const companies = made.companies.map(({ name, slug, people }) => ({
    name,
    slug,
    people: people.map(({ username, password, role }) => ({ username, password, role })),
  }))
  if (json) return cli.printJson({ rows_made: made.rowsMade, companies })
  for (const { name, people } of companies)
    cli.print(`${name}: ${people.map(({ username, password, role }) => `${username} / ${password} (${role})`).join(', ')}`)
  cli.print(made.rowsMade === 0 ? 'Everything was there.' : `${made.rowsMade} rows made.`)
}

async function remove(cli: Cli, ctx: Context, json: boolean): Promise<void> {
  await ctx.plants.close()
  const removed = await removeDemo(ctx)
  if (json) cli.printJson(removed)
  else
    cli.print(
      removed.companies.length === 0 ? 'There was no demo.' : `Removed ${removed.companies.join(', ')}; users ${removed.users.join(', ')}.`,
    )
}

export const demoCommand: CliCommand = (program, cli) => {
  const demo = program
    .command('demo')
    .description('Make the demo companies with their running plants (nothing to do when they are there)')
    .option('--json', 'print the result as JSON')
    .action((_options: unknown, command: Command) => withDemoContext(cli, (ctx) => make(cli, ctx, isJson(command))))
  demo
    .command('remove')
    .description('Delete the demo companies, their users and their plant files')
    .option('--json', 'print the result as JSON')
    .action((_options: unknown, command: Command) => withDemoContext(cli, (ctx) => remove(cli, ctx, isJson(command))))
}
