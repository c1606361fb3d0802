/** `andon init-dynamic-tables`: the tables that active lines lack. */
import { describePlan, initLineTables } from '../plant/system/index.ts'
import type { CliCommand } from './cli.ts'
import { withTenantPlant } from './tenant-plant.ts'

type Options = { readonly dryRun?: boolean; readonly json?: boolean }

export const initDynamicTablesCommand: CliCommand = (program, cli) => {
  program
    .command('init-dynamic-tables')
    .description(
      'Create the detection and downtime tables that active lines lack (only in a plant that Andon manages); existing ones are left alone',
    )
    .argument('<tenant>', 'id, UUID or slug')
    .option('--dry-run', 'only say what would be created')
    .option('--json', 'report as JSON')
    .action((ref: string, { dryRun = false, json = false }: Options) =>
      withTenantPlant(cli, ref, async (plant, ctx, tenantId) => {
        const plans = await initLineTables(plant, { dryRun, nowMs: ctx.clock.nowMs() })
        if (!dryRun && plans.length > 0) await ctx.plants.refresh(tenantId)
        if (json) return cli.printJson({ dry_run: dryRun, tables: plans.map(({ kind, name, template }) => ({ kind, name, template })) })
        if (plans.length === 0) return cli.print('Nothing to create: every active line has its tables')
        for (const plan of plans) cli.print(`${dryRun ? 'Would create' : 'Created'} ${describePlan(plant.db.engine, plan)}`)
      }),
    )
}
