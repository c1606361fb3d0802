/** Files of what the screens show: the dashboard as PDF, sheets and CSV, and what every such file has. May use: dashboards, downtime, downtime-pages, identity. */
export { deliver, type ExportDeps, type FileKind, type Frame, fileKinds, frameOf, mimeOf, requireViewer } from './deliver.ts'
export { exportRate, registerExportRoutes } from './routes.ts'
