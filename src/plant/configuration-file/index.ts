/** A company's configuration as one file: exported, compared, applied whole, taken back. May use: editing, configuration, dashboards, model, source, identity. */
export { parseFile } from './document.ts'
export { registerConfigurationFile } from './routes.ts'
export { exportFile, importFile, previewFile } from './service.ts'
