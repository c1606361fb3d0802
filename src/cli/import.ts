/** `andon import legacy-global`: takes an earlier installation over. */
import { type ImportReport, importLegacy } from '../plant/legacy/index.ts'
import { describeDatabase, openPlantKysely, parseDatabaseUrl } from '../platform/db/index.ts'
import type { Cli, CliCommand } from './cli.ts'
import { progressBar } from './progress.ts'

type Options = { readonly url?: string; readonly name?: string; readonly dryRun?: boolean; readonly json?: boolean }

export const importCommand: CliCommand = (program, cli) => {
  program
    .command('import')
    .description('Take an earlier installation over')
    .command('legacy-global')
    .description(
      'Companies, people (they keep their passwords), dashboard templates and query log of an earlier global database, which is only read',
    )
    .option(
      '--url <address>',
      'of that database, as mysql://user@host/global; better from stdin or ANDON_LEGACY_URL, since it holds a password',
    )
    .option('--name <name>', 'what to call the source; the same name again goes on where it was left (default: host and database)')
    .option('--dry-run', 'only report')
    .option('--json', 'report as JSON')
    .action((options: Options) =>
      cli.withContext(async ({ db, clock }) => {
        const url = await urlOf(cli, options)
        const name = options.name ?? describeDatabase(url)
        const from = await openPlantKysely(url, { poolSize: 1, statementTimeoutMs: 120_000 })
        const bar = progressBar(process.stderr)
        try {
          const report = await importLegacy(
            db,
            { clock },
            { kysely: from.kysely, engine: from.engine },
            {
              name,
              isDryRun: options.dryRun ?? false,
              onProgress: (done, total) => bar.show(done / total, 'query log'),
            },
          )
          bar.end()
          if (options.json) cli.printJson({ source: name, dry_run: options.dryRun ?? false, ...report })
          else for (const line of linesOf(report, options.dryRun ?? false)) cli.print(line)
        } finally {
          await from.close()
        }
      }),
    )
}

async function urlOf(cli: Cli, { url }: Options): Promise<string> {
  if (url !== undefined && new URL(url).password !== '')
    cli.note('Warning: a password on the command line can be read by other users of this machine; use stdin or ANDON_LEGACY_URL.')
  const given = url ?? (cli.env.ANDON_LEGACY_URL || (await cli.readStdin()))
  if (given === '') cli.fail('No database: give its address on stdin or in ANDON_LEGACY_URL')
  try {
    parseDatabaseUrl(given)
  } catch (error) {
    cli.fail(`The address ${(error as Error).message}`)
  }
  return given
}

function linesOf({ lines, queries }: ImportReport, isDryRun: boolean): string[] {
  const count = (kind: string, outcome: string) => lines.filter((line) => line.kind === kind && line.outcome === outcome).length
  const told = lines.filter(({ notes, outcome }) => notes.length > 0 || outcome === 'refused')
  return [
    ...told.map(
      ({ kind, name, outcome, notes }) => `${outcome === 'refused' ? 'REFUSED ' : '        '}${kind} ${name}: ${notes.join('; ')}`,
    ),
    ...(['tenant', 'user', 'template'] as const).map(
      (kind) => `${kind}s: ${count(kind, 'imported')} imported, ${count(kind, 'known')} known, ${count(kind, 'refused')} refused`,
    ),
    `query log: ${queries.imported} imported, ${queries.known} known, ${queries.refused} refused`,
    ...(isDryRun ? ['Nothing was written (--dry-run).'] : []),
  ]
}
