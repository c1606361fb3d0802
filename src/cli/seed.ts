/** `andon seed …`: what the catalogues of places and industries lack; a company to try things in. */

import { Option } from 'commander'
import type { Context } from '../context.ts'
import { createTenantWithAdmin, createUser, findRegistration } from '../identity/index.ts'
import { migrations } from '../migrations/index.ts'
import { migrateWithBackup } from '../plant/backup/index.ts'
import { type SeededCountry, seedCatalogs, seededCountries } from '../platform/geo/index.ts'
import type { Cli, CliCommand } from './cli.ts'

export const seedCommand: CliCommand = (program, cli) => {
  const seed = program.command('seed').description('Fill what an installation should have')
  seed
    .command('catalogs')
    .description('Add the countries, provinces, cities and industries that the catalogues lack; what is there stays as it is')
    .addOption(new Option('--country <code>', 'only this country’s places').choices([...seededCountries]))
    .option('--json', 'one JSON document')
    .action(({ country, json = false }: { country?: SeededCountry; json?: boolean }) =>
      cli.withContext(async (ctx) => {
        await migrateWithBackup(ctx, migrations, { withoutBackup: false })
        const added = await seedCatalogs(ctx.db, { nowMs: ctx.clock.nowMs(), ...(country && { country }) })
        if (json) return cli.printJson({ added })
        const parts = Object.entries(added).filter(([, rows]) => rows > 0)
        cli.print(parts.length === 0 ? 'Nothing to add' : `Added ${parts.map(([name, rows]) => `${rows} ${name}`).join(', ')}`)
      }),
    )
  seed
    .command('test-data')
    .description('“Test Company” with admin / Admin123! (ADMIN) and viewer / Viewer123! (VIEWER); refused in production')
    .action(() => cli.withContext((ctx) => seedTestData(cli, ctx)))
}

const testPeople = [
  { username: 'admin', email: 'admin@test.example', password: 'Admin123!', role: 'ADMIN' },
  { username: 'viewer', email: 'viewer@test.example', password: 'Viewer123!', role: 'VIEWER' },
] as const
const companyName = 'Test Company'

/** Done again it adds who is missing. Everybody knows these passwords. */
async function seedTestData(cli: Cli, ctx: Context): Promise<void> {
  const { db, clock, config } = ctx
  if (config.isProduction) cli.fail('Test data is refused in production')
  await migrateWithBackup(ctx, migrations, { withoutBackup: false })
  for (const person of testPeople) {
    const known = await findRegistration(db, companyName, person.username)
    if (known?.isMember) cli.print(`${person.username} is there.`)
    else if (known) await createUser(db, { clock }, null, { ...person, tenantId: known.tenant.tenantId })
    else await createTenantWithAdmin(db, { clock }, { ...person, companyName })
    if (!known?.isMember) cli.print(`${person.username} / ${person.password} (${person.role}) of ${companyName}.`)
  }
}
