/** The platform's rows of a demo company: settings, people, attached plant and layouts. Every step looks first, so a killed start goes on where it was. */
import { createTenantWithAdmin, createUser, findTenant, type Tenant } from '../../identity/index.ts'
import type { Db } from '../../platform/db/database.ts'
import { sqliteUrl } from '../../platform/db/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { findAttachment, saveAttachment } from '../source/index.ts'
import { demoPeople } from './people.ts'
import { filterCount, settingsOf } from './plant-content.ts'
import type { PlantPlan } from './plant-plan.ts'

export type CompanyDeps = { readonly db: Db; readonly secrets: Secrets; readonly clock: Clock }

/** Key of the tenant's settings that marks a company as ours to remake and remove. */
export const demoMark = 'demo'

const configOf = (plan: PlantPlan): Readonly<Record<string, unknown>> => ({
  [demoMark]: plan.key,
  theme: 'dark',
  language: 'es',
  ...settingsOf(plan),
})

/** In the order of the page. */
const adminWidgets = [
  'LineStatusIndicator',
  'KpiTotalProduction',
  'KpiTotalWeight',
  'KpiTotalDowntime',
  'ProductionTimeChart',
  'ProductDistributionChart',
  'ProductRanking',
  'DowntimeTable',
  'KpiWeightEfficiency',
  'EntryOutputCompareChart',
  'ScatterChart',
  'AreaDetectionChart',
  'MetricsSummary',
  'EventFeed',
  'KpiOee',
  'KpiAvailability',
  'KpiPerformance',
  'KpiQuality',
  'KpiRejectedRate',
]
const viewerWidgets = adminWidgets.filter(
  (name) => !['KpiWeightEfficiency', 'ScatterChart', 'AreaDetectionChart', 'EventFeed'].includes(name),
)
/** Date, line, shift, area, product and interval. */
const viewerFilterCount = 6

/** The tenant of the plan with everything it needs. Throws identity's problems when a name or user is taken by somebody else. */
export async function ensureCompany(deps: CompanyDeps, plan: PlantPlan, file: string): Promise<Tenant> {
  const { db } = deps
  const [founder, ...others] = demoPeople[plan.key] ?? []
  if (founder === undefined) throw new Error(`nobody to found ${plan.key}`)
  const existing = await findDemoTenant(db, plan)
  const tenantId =
    existing?.tenantId ??
    (await createTenantWithAdmin(db, deps, { companyName: plan.companyName, slug: plan.slug, ...founder, config: configOf(plan) })).tenantId
  for (const person of others) if (!(await hasUser(db, person.username))) await createUser(db, deps, null, { tenantId, ...person })
  await ensureAttached(deps, tenantId, sqliteUrl(file))
  await ensureTemplates(db, tenantId, plan)
  const tenant = await findTenant(db, tenantId)
  if (tenant === null) throw new Error(`demo company ${plan.key} vanished`)
  return tenant
}

async function ensureAttached({ db, secrets, clock }: CompanyDeps, tenantId: number, url: string): Promise<void> {
  const tenantDb = { ...db, tenantId }
  // An address that cannot be opened (another SECRET_KEY) is as good as none.
  const known = await findAttachment(tenantDb, secrets).catch(() => null)
  if (known?.url !== url || !known.canManage) await saveAttachment(tenantDb, secrets, { url, canManage: true, nowMs: clock.nowMs() })
}

/** By its mark, whatever it is called by now. */
export async function findDemoTenant(db: Db, plan: PlantPlan): Promise<Tenant | null> {
  const rows = await db.kysely.selectFrom('tenants').select('id').execute()
  for (const { id } of rows) {
    const tenant = await findTenant(db, id)
    if (tenant?.config[demoMark] === plan.key) return tenant
  }
  return null
}

const hasUser = async (db: Db, username: string): Promise<boolean> =>
  (await db.kysely.selectFrom('users').select('id').where('username', '=', username).executeTakeFirst()) !== undefined

async function ensureTemplates(db: Db, tenantId: number, plan: PlantPlan): Promise<void> {
  const known = await db.kysely.selectFrom('dashboard_templates').select('template_id').where('tenant_id', '=', tenantId).limit(1).execute()
  if (known.length > 0) return
  const catalogue = await db.kysely.selectFrom('widget_catalog').select(['widget_id', 'widget_name']).execute()
  const idOf = new Map(catalogue.map((row) => [row.widget_name, row.widget_id]))
  const idsOf = (names: readonly string[]) => names.flatMap((name) => idOf.get(name) ?? [])
  const filters = Array.from({ length: filterCount(plan) }, (_, at) => at + 1)
  await db.kysely
    .insertInto('dashboard_templates')
    .values([
      { tenant_id: tenantId, role_access: 'ADMIN', layout_config: JSON.stringify({ widgets: idsOf(adminWidgets), filters }) },
      {
        tenant_id: tenantId,
        role_access: 'VIEWER',
        layout_config: JSON.stringify({ widgets: idsOf(viewerWidgets), filters: filters.slice(0, viewerFilterCount) }),
      },
    ])
    .execute()
}
