/** `andon seed catalogs`: what the catalogues of places and industries lack. */
import { Option } from 'commander'
import { migrations } from '../migrations/index.ts'
import { migrateUp } from '../platform/db/index.ts'
import { type SeededCountry, seedCatalogs, seededCountries } from '../platform/geo/index.ts'
import type { CliCommand } from './cli.ts'

export const seedCommand: CliCommand = (program, cli) => {
  const seed = program.command('seed').description('Fill what an installation should have')
  seed
    .command('catalogs')
    .description('Add the countries, provinces, cities and industries that the catalogues lack; what is there stays as it is')
    .addOption(new Option('--country <code>', 'only this country’s places').choices([...seededCountries]))
    .option('--json', 'one JSON document')
    .action(({ country, json = false }: { country?: SeededCountry; json?: boolean }) =>
      cli.withContext(async ({ db, clock }) => {
        await migrateUp(db, migrations, clock.nowMs)
        const added = await seedCatalogs(db, { nowMs: clock.nowMs(), ...(country && { country }) })
        if (json) return cli.printJson({ added })
        const parts = Object.entries(added).filter(([, rows]) => rows > 0)
        cli.print(parts.length === 0 ? 'Nothing to add' : `Added ${parts.map(([name, rows]) => `${rows} ${name}`).join(', ')}`)
      }),
    )
}
