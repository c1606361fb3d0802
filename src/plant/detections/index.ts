/** Detections: raw rows of the customer's tables. May use: source, model, scope, downtime (types), platform. */
export { givingWay, type IdRange, type ReadRows, readByIds, readTails, type Tail } from './by-ids.ts'
export { type Detections, detectionColumns, indexAt, pickRows } from './detections.ts'
export { firstFrom, lastBefore } from './edges.ts'
export {
  digestEvents,
  type EventLine,
  type EventWindow,
  eventsWithin,
  findEvents,
  hasEventSums,
  joinEvents,
  type KeptEvents,
  type LineEvents,
  noEvents,
  readEvents,
  readEventsOf,
  type StampedEvents,
} from './events.ts'
export { instantsOfRows } from './instants.ts'
export { type ReadContext, readContext, readDetections } from './read.ts'
