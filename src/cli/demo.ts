/** `andon demo`: the demo companies, made or taken away. */
import { type DemoProgress, ensureDemo, removeDemo } from '../plant/demo/index.ts'
import type { CliCommand } from './cli.ts'
import { progressBar } from './progress.ts'

export const demoCommand: CliCommand = (program, cli) => {
  const demo = program
    .command('demo')
    .description('Make the demo companies with their running plants (nothing to do when they are there)')
    .option('--json', 'print the result as JSON')
    .action(async ({ json = false }: { json?: boolean }) =>
      cli.withContext(async (ctx) => {
        const bar = progressBar(json ? null : process.stderr)
        const made = await ensureDemo(ctx, { onProgress: ({ fraction, text }: DemoProgress) => bar.show(fraction, text.es) })
        bar.end()
        if (made === null)
          return cli.fail('No demo here: it needs the embedded database (no DATABASE_URL), outside production, empty or made by the demo')
        const companies = made.companies.map(({ name, slug, people }) => ({
          name,
          slug,
          people: people.map(({ username, password, role }) => ({ username, password, role })),
        }))
        if (json) return cli.printJson({ rows_made: made.rowsMade, companies })
        for (const { name, people } of companies)
          cli.print(`${name}: ${people.map(({ username, password, role }) => `${username} / ${password} (${role})`).join(', ')}`)
        cli.print(made.rowsMade === 0 ? 'Everything was there.' : `${made.rowsMade} rows made.`)
      }),
    )
  demo
    .command('remove')
    .description('Delete the demo companies, their users and their plant files')
    .option('--json', 'print the result as JSON')
    .action(async ({ json = false }: { json?: boolean }) =>
      cli.withContext(async (ctx) => {
        await ctx.plants.close()
        const removed = await removeDemo(ctx)
        if (json) cli.printJson(removed)
        else
          cli.print(
            removed.companies.length === 0
              ? 'There was no demo.'
              : `Removed ${removed.companies.join(', ')}; users ${removed.users.join(', ')}.`,
          )
      }),
    )
}
