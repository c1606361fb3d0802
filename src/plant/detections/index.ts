/** Detections: raw rows of the customer's tables. May use: source, model, scope, downtime (types), platform. */
export { type Detections, indexAt } from './detections.ts'
export { type AreaChoice, firstFrom, lastBefore } from './edges.ts'
export { readEvents } from './events.ts'
export { defaultLimitMs, type ReadContext, readContext, readDetections } from './read.ts'
