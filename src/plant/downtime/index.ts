/** Downtime: intervals when a line should have produced and did not. Pure. May use: plant/model, plant/kpi, platform/time. */
export { automaticReason, isAutomatic, isCounted, isExplained, personsText } from './explained.ts'
export { type CalculatedStop, calculatedStops, type ReferenceRows, silentRuns } from './gaps.ts'
export {
  keyBy,
  type ParetoGroup,
  type ParetoMeasure,
  type ParetoRow,
  paretoGroups,
  paretoMeasures,
  paretoOf,
  reasonKey,
  textKey,
  unexplainedKey,
} from './pareto.ts'
export { reasonOf } from './reasons.ts'
export type { Stop } from './stop.ts'
export { listStops, type StopListInput, type StopPiece, type StopTotals, type StoredEvent, sortStops, stopOf } from './stops.ts'
