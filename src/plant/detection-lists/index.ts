/** Detections as lists: pages, counts, files; the API and the page. May use: dashboards, facts, history, detections, scope, model, source, identity. */
export { registerDetectionApi } from './api-routes.ts'
export { registerDetectionPages } from './page-routes.ts'
