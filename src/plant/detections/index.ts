/** Detections: raw rows of the customer's tables. May use: source, model, scope, downtime (types), platform. */
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
export {
  givingWay,
  type IdRange,
  instantsOfRows,
  type ReadContext,
  type ReadRows,
  readByIds,
  readContext,
  readDetections,
  readTails,
  type Tail,
} from './read.ts'
