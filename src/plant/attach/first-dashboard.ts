/** The dashboard that everybody of the company starts with. */

import { recordAudit } from '../../identity/index.ts'
import { companyDefault, type EditDeps, editLayout, readStoredLayout, resolveWidget } from '../dashboards/index.ts'
import type { Person } from './service.ts'

export type FirstDashboardDeps = EditDeps

export const firstDashboards = ['complete', 'production', 'oee'] as const
export type FirstDashboard = (typeof firstDashboards)[number]

const widgetsOf: Readonly<Record<Exclude<FirstDashboard, 'complete'>, readonly string[]>> = {
  production: [
    'KpiTotalProduction',
    'KpiTotalWeight',
    'LineStatusIndicator',
    'ProductionTimeChart',
    'ProductDistributionChart',
    'ProductRanking',
    'EntryOutputCompareChart',
    'ClockHealth',
  ],
  oee: [
    'KpiOee',
    'KpiAvailability',
    'KpiPerformance',
    'KpiQuality',
    'KpiTotalDowntime',
    'LineStatusIndicator',
    'DowntimeTable',
    'ClockHealth',
  ],
}
const owner = { kind: 'role', role: companyDefault } as const

/** `complete` keeps what is there: the built-in one of each role for a new company. Throws as `editLayout`. */
export async function saveFirstDashboard(deps: FirstDashboardDeps, { actor, origin }: Person, chosen: FirstDashboard): Promise<void> {
  const { tenantId } = actor.tenant
  const db = { ...deps.db, tenantId }
  if (chosen === 'complete') {
    const data = { first_dashboard: chosen }
    await recordAudit(db, deps, actor, 'UPDATE', { entityType: 'dashboard_layout', entityId: companyDefault, origin, data })
    return
  }
  const catalogue = await deps.layouts.catalogueOf(actor)
  const widgets = widgetsOf[chosen].flatMap((className) => {
    const row = catalogue.find(({ widgetName }) => resolveWidget(widgetName)?.className === className)
    return row ? [row.widgetId] : []
  })
  const filters = await deps.plants.withPlant(tenantId, async ({ model }) =>
    model.filters.filter(({ isActive }) => isActive).map(({ filterId }) => filterId),
  )
  const { version } = await readStoredLayout(db, owner)
  const tabs = chosen === 'oee' ? ['oee', 'produccion'] : ['produccion', 'oee']
  await editLayout(deps, actor, owner, { layout: { widgets, filters, tabs }, seenVersion: version, origin })
}
