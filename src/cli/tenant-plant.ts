/** What the commands that work on one company's plant share. */
import type { Context } from '../context.ts'
import { findTenant } from '../identity/index.ts'
import type { OpenPlant } from '../plant/model/index.ts'
import { Problem } from '../platform/http/index.ts'
import type { Cli } from './cli.ts'

/** Opens the plant of the company that `ref` (id, UUID or slug) names; refusals end the command with their words. */
export const withTenantPlant = (
  cli: Cli,
  ref: string,
  work: (plant: OpenPlant, ctx: Context, tenantId: number) => Promise<void>,
): Promise<void> =>
  cli.withContext(async (ctx) => {
    const tenant = (await findTenant(ctx.db, ref)) ?? cli.fail(`There is no company ${ref}`)
    try {
      await ctx.plants.withPlant(tenant.tenantId, (plant) => work(plant, ctx, tenant.tenantId))
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const faults = (error.options.fields ?? []).map(({ path, message }) => `${path}: ${message.en}`)
      cli.fail(faults.length > 0 ? `Refused: ${faults.join('; ')}` : error.detail('en'))
    }
  })
