/** `andon seed-filters`: the standard filter rows of a managed plant. */
import { seedFilters } from '../plant/system/index.ts'
import type { CliCommand } from './cli.ts'
import { withTenantPlant } from './tenant-plant.ts'

type Options = { readonly dryRun?: boolean; readonly json?: boolean }

export const seedFiltersCommand: CliCommand = (program, cli) => {
  program
    .command('seed-filters')
    .description('Add the standard filters that a managed plant lacks')
    .argument('<tenant>', 'id, UUID or slug')
    .option('--dry-run', 'only say what would be added')
    .option('--json', 'report as JSON')
    .action((ref: string, { dryRun = false, json = false }: Options) =>
      withTenantPlant(cli, ref, async (plant, ctx, tenantId) => {
        const added = await seedFilters(plant, { dryRun })
        if (!dryRun && added.length > 0) await ctx.plants.refresh(tenantId)
        if (json) return cli.printJson({ dry_run: dryRun, filters: added })
        cli.print(
          added.length === 0 ? 'Nothing to add: the standard filters are there' : `${dryRun ? 'Would add' : 'Added'} ${added.join(', ')}`,
        )
      }),
    )
}
