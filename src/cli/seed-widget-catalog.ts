/** `andon seed-widget-catalog`: the widgets that layouts may name. */
import { migrations } from '../migrations/index.ts'
import { migrateWithBackup } from '../plant/backup/index.ts'
import { seedWidgetCatalog } from '../plant/dashboards/index.ts'
import type { CliCommand } from './cli.ts'

type Options = { readonly merge?: boolean; readonly dryRun?: boolean; readonly json?: boolean }

export const seedWidgetCatalogCommand: CliCommand = (program, cli) => {
  program
    .command('seed-widget-catalog')
    .description('Fill an empty widget catalogue; one that has rows is left alone unless --merge')
    .option('--merge', 'add the widgets that a filled catalogue lacks')
    .option('--dry-run', 'only say what would be added')
    .option('--json', 'one JSON document')
    .action(({ merge = false, dryRun = false, json = false }: Options) =>
      cli.withContext(async (ctx) => {
        if (!dryRun) await migrateWithBackup(ctx, migrations, { withoutBackup: false })
        const { inserted, existing } = await seedWidgetCatalog(ctx.db, { merge, dryRun })
        if (json) return cli.printJson({ inserted, existing, dry_run: dryRun })
        if (inserted.length > 0) return cli.print(`${dryRun ? 'Would add' : 'Added'} ${inserted.join(', ')}`)
        cli.print(`Nothing to add: the catalogue has ${existing} widgets`)
      }),
    )
}
