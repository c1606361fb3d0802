/** Files of what the screens show: the dashboard as PDF and sheets, and what every such file has. May use: dashboards, downtime, downtime-pages, identity. */
export { deliver, type ExportDeps, type Frame, frameOf, mimeOf, requireViewer } from './deliver.ts'
export { exportRate, registerExportRoutes } from './routes.ts'
