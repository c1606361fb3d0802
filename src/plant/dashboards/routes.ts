/** All of the dashboards' API. */
import type { FastifyInstance } from 'fastify'
import { registerDashboardDataRoutes } from './dashboard-routes.ts'
import { registerFilterRoutes } from './filter-routes.ts'
import { registerLayoutEditRoutes } from './layout-edit-routes.ts'
import { registerLayoutRoutes } from './layout-routes.ts'
import { registerMetricRoutes } from './metric-routes.ts'
import type { DashboardDeps } from './service.ts'

export const registerDashboardRoutes = (app: FastifyInstance, deps: DashboardDeps): void => {
  registerDashboardDataRoutes(app, deps)
  registerLayoutRoutes(app, deps)
  registerLayoutEditRoutes(app, deps)
  registerFilterRoutes(app, deps)
  registerMetricRoutes(app, deps)
}
