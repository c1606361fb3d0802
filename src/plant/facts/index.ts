/** Facts: what the screens need, asked once per request. May use: scope, detections, downtime, kpi, model, source. */
export { type CalculatedStops, calculateStops } from './calculated.ts'
export { calendarOf } from './calendar.ts'
export { countDay } from './count-day.ts'
export { type Days, daysUpToNow } from './days.ts'
export type {
  ExternalAnswer,
  Facts,
  KpiFacts,
  LineFacts,
  ProductCount,
  RecentDetection,
  Stop,
} from './facts.ts'
export { type FactNeeds, gatherFacts } from './gather.ts'
export { stretchesOf } from './stretches.ts'
export { type RowFilter, rowFilter } from './tally.ts'
