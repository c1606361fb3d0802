/** Dashboards: widgets, catalogue, layouts, the one call behind page and API. May use: facts, detections, scope, kpi, model, source, identity. */
export { type Answers, createAnswers } from './answers.ts'
export { type Asked, aboutAnswer, askPlant, askTab, onlyRange } from './ask.ts'
export { type CatalogueRow, resolveWidget } from './catalogue.ts'
export { type DetectionRow, detectionRows } from './detection-row.ts'
export { dashboardJobs } from './jobs.ts'
export { modelIfAny } from './known-ids.ts'
export { leastRefreshS, mostRefreshS, mostTabs, type ResolvedLayout, tabKeyPattern } from './layout.ts'
export { type EditDeps, editLayout, layoutRoles, ownerOfPerson, ownerOfRole, removeLayout } from './layout-edit.ts'
export { type LayoutJson, layoutJsonOf, readLayoutJson, type TabJson, type WidgetJson } from './layout-json.ts'
export { companyDefault, type LayoutOwner } from './layout-owner.ts'
export { layoutHistory, readStoredLayout } from './layout-store.ts'
export { createLayouts, type Layouts } from './layouts.ts'
export { PageQuery, readPageQuery } from './page-query.ts'
export { registerDashboardPages } from './page-routes.ts'
export { previewOf } from './preview.ts'
export { seedWidgetCatalog } from './queries.ts'
export { type DashboardReport, type ReportPart, reportOf, reportStops } from './report.ts'
export { registerDashboardRoutes } from './routes.ts'
export {
  FilterBody,
  FilterQuery,
  filterParameters,
  PeriodSchema,
  RawDetectionSchema,
  StopSchema,
  warnings as warningsSchema,
} from './schemas.ts'
export { type DashboardDeps, periodOf } from './service.ts'
export { apiStops } from './stops.ts'
export { createUserQueryLog, type UserQueryLog } from './user-queries.ts'
export { amount, localText, percentText, secondsText, signed } from './views/amounts.ts'
export { tabName } from './views/board.ts'
export { filterButton, freshnessPill, refusalBanner, scopeLine, warningList } from './views/board-parts.ts'
export type { ChartPayload } from './views/chart-payload.ts'
export { filterPanel, rangePartial } from './views/filter-panel.ts'
export { meter } from './views/kpi-views.ts'
export type { FilterPanel } from './views/model.ts'
export { linesText, rangeText, scopeText } from './views/scope-text.ts'
export { drawnColumns, leastColumns } from './views/tiling.ts'
export { nullable } from './widgets/data.ts'
export { externalDisplays } from './widgets/external-source.ts'
export { bucketLabels, localIso } from './widgets/local-time.ts'
export { trendPoints } from './widgets/numbers.ts'
export { productColor, productLabels } from './widgets/product-series.ts'
export { lineNames } from './widgets/stop-words.ts'
