/** Detections that come over HTTP or MQTT: checked row by row, written once, acknowledged when they are on disk. May use: model, source, identity. */

export { listActivity } from './activity.ts'
export { type Ingest, maxBatchRows } from './contract.ts'
export { durabilityOf } from './durability.ts'
export { createIngest } from './ingest.ts'
export { ingestJobs } from './jobs.ts'
export { registerIngestPages } from './pages.ts'
export { registerIngestRoutes } from './routes.ts'
