/** Demo mode: two companies with a running plant, made on the first start and found again on the next ones. */
import path from 'node:path'
import type { Config } from '../../platform/config/index.ts'
import type { Db } from '../../platform/db/database.ts'
import type { Text } from '../../platform/i18n/index.ts'
import { type CompanyDeps, demoMark, ensureCompany } from './company.ts'
import { demoPlans } from './company-plans.ts'
import { type DemoPerson, demoPeople } from './people.ts'
import { ensurePlantFile, plantFile } from './plant-file.ts'
import type { PlantPlan } from './plant-plan.ts'
import type { SimulatedPlant } from './simulator.ts'

export type DemoCompany = SimulatedPlant & { readonly name: string; readonly slug: string; readonly people: readonly DemoPerson[] }
export type Demo = {
  readonly companies: readonly DemoCompany[]
  /** Rows made by this call; 0 when everything was there. */
  readonly rowsMade: number
}
export type DemoProgress = { readonly fraction: number; readonly text: Text }
export type DemoOptions = {
  readonly onProgress?: (progress: DemoProgress) => void
  /** Smaller ones for tests. */
  readonly plans?: readonly PlantPlan[]
}
export type DemoContext = CompanyDeps & { readonly config: Config }

export const demoDirectory = (config: Config): string => path.join(config.dataDir, 'demo')

/** Only on the embedded database, outside production, and while it holds nothing but what the demo put there or people added beside it. */
export async function isDemoMode(config: Config, db: Db): Promise<boolean> {
  if (!config.database.isEmbedded || config.isProduction) return false
  const tenants = await db.kysely.selectFrom('tenants').select('config').execute()
  if (tenants.some(({ config: stored }) => isMarked(stored))) return true
  const user = await db.kysely.selectFrom('users').select('id').limit(1).executeTakeFirst()
  return tenants.length === 0 && user === undefined
}

export function isMarked(storedConfig: string): boolean {
  try {
    return typeof (JSON.parse(storedConfig) as Record<string, unknown> | null)?.[demoMark] === 'string'
  } catch {
    return false
  }
}

/** Makes what is missing. Null when this installation is not in demo mode. Safe to kill at any moment and to run again. */
export async function ensureDemo(ctx: DemoContext, { onProgress = () => {}, plans = demoPlans }: DemoOptions = {}): Promise<Demo | null> {
  if (!(await isDemoMode(ctx.config, ctx.db))) return null
  const directory = demoDirectory(ctx.config)
  const weights = plans.map(({ historyDays, lines }) => historyDays * lines.length)
  const total = weights.reduce((sum, weight) => sum + weight, 0)
  const companies: DemoCompany[] = []
  let rowsMade = 0
  let done = 0
  for (const [at, plan] of plans.entries()) {
    const share = (weights[at] ?? 0) / total
    const text: Text = { es: `Preparando ${plan.companyName}`, en: `Preparing ${plan.companyName}` }
    rowsMade += await ensurePlantFile(directory, plan, ctx.clock.nowMs(), (fraction) =>
      onProgress({ fraction: done + share * fraction, text }),
    )
    const tenant = await ensureCompany(ctx, plan, plantFile(directory, plan))
    companies.push({ tenantId: tenant.tenantId, plan, name: tenant.name, slug: tenant.slug, people: demoPeople[plan.key] ?? [] })
    done += share
  }
  return { companies, rowsMade }
}
