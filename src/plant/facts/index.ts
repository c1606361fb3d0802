/** Facts: what the screens need, asked once per request. May use: scope, detections, downtime, kpi, model, source. */
export type {
  AreaCount,
  DowntimeTotals,
  Facts,
  KpiFacts,
  LineFacts,
  LineStatus,
  PlannedQuantities,
  ProductCount,
  RecentDetection,
  SeriesFacts,
  Stop,
  StopSource,
  Summary,
  TimeElements,
} from './facts.ts'
export { type FactNeeds, type GatherOptions, gatherFacts } from './gather.ts'
