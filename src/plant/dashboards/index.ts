/** Dashboards: widgets, catalogue, layouts and the one call behind page and API. May use: facts, scope, model, source, identity, platform. */
export { dashboardJobs } from './jobs.ts'
export type { LayoutStep, PlacedWidget, ResolvedLayout } from './layout.ts'
export { registerDashboardPages } from './page-routes.ts'
export { type SeedOutcome, seedWidgetCatalog } from './queries.ts'
export { registerDashboardRoutes } from './routes.ts'
export {
  type DashboardAnswer,
  type DashboardDeps,
  type DashboardMetadata,
  type DashboardOptions,
  dashboardData,
  loadLayout,
  type Period,
} from './service.ts'
export { createUserQueryLog, type UserQuery, type UserQueryLog } from './user-queries.ts'
export type { Tab, Widget, WidgetResult } from './widgets/widget.ts'
