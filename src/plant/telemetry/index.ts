/** The vision box that writes a plant's detections: how hot and how busy it is, what its cameras did. Shown where its tables are. May use: model, source. */
export { hasTelemetry } from './read.ts'
export { registerTelemetryRoutes } from './routes.ts'
