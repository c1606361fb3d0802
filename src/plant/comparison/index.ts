/** Two periods side by side: page, API and files. May use: dashboards, downtime, downtime-pages, exports, facts, kpi, scope, identity. */
import type { FastifyInstance } from 'fastify'
import type { ExportDeps } from '../exports/index.ts'
import { registerComparisonApi } from './api-routes.ts'
import { registerComparisonPages } from './page-routes.ts'

export function registerComparisonRoutes(app: FastifyInstance, deps: ExportDeps): void {
  registerComparisonApi(app, deps)
  registerComparisonPages(app, deps)
}
