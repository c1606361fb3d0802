/** Facts: what the screens need, asked once per request. May use: scope, detections, downtime, kpi, model, source. */
export { type CalculatedStops, calculateStops } from './calculated.ts'
export type {
  Facts,
  KpiFacts,
  LineFacts,
  ProductCount,
  RecentDetection,
  Stop,
} from './facts.ts'
export { type FactNeeds, gatherFacts } from './gather.ts'
