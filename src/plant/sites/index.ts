/** The plants of one company: which lines are in each, and their figures side by side. May use: configuration, dashboards, facts, kpi, model, identity. */
import type { FastifyInstance } from 'fastify'
import type { SettingsDeps } from '../configuration/index.ts'
import type { DashboardDeps } from '../dashboards/index.ts'
import { registerComparisonPage } from './comparison-page.ts'
import { registerEditPage } from './edit-page.ts'
import { registerSiteRoutes as registerApi } from './routes.ts'

export function registerSiteRoutes(app: FastifyInstance, deps: DashboardDeps & SettingsDeps): void {
  registerApi(app, deps)
  registerComparisonPage(app, deps)
  registerEditPage(app, deps)
}
