/** The downtime page and its API: what stood, how long, why, and who explains it. May use: dashboards, stops, downtime, facts, scope, model, identity. */
import type { FastifyInstance } from 'fastify'
import { registerManySheets } from './many-routes.ts'
import type { DowntimeDeps } from './page-data.ts'
import { registerDowntimePage } from './page-routes.ts'
import { registerStopSheets } from './sheet-routes.ts'

export { registerDowntimeApi } from './api-routes.ts'
export { paretoLabel } from './messages.ts'
export { paretoPayload } from './views/pareto-view.ts'

export const registerDowntimePages = (app: FastifyInstance, deps: DowntimeDeps): void => {
  registerDowntimePage(app, deps)
  registerManySheets(app, deps)
  registerStopSheets(app, deps)
}
