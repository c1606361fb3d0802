/** Dashboards: widgets, catalogue, layouts, the one call behind page and API. May use: facts, detections, scope, kpi, model, source, identity. */
export { type Answers, createAnswers } from './answers.ts'
export { dashboardJobs } from './jobs.ts'
export { createLayouts, type Layouts } from './layouts.ts'
export { registerDashboardPages } from './page-routes.ts'
export { seedWidgetCatalog } from './queries.ts'
export { registerDashboardRoutes } from './routes.ts'
export { createUserQueryLog, type UserQueryLog } from './user-queries.ts'
