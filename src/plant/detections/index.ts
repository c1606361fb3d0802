/** Detections: raw rows of the customer's tables. May use: source, model, scope, downtime (types), platform. */
export { type Detections, indexAt } from './detections.ts'
export { firstFrom, lastBefore } from './edges.ts'
export { readEvents } from './events.ts'
export { type ReadContext, readContext, readDetections } from './read.ts'
