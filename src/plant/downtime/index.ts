/** Downtime: intervals when a line should have produced and did not. Pure. May use: plant/model, plant/kpi, platform/time. */
export { type CalculatedStop, type CalculationInput, calculatedStops, type ReferenceRows, silentRuns } from './gaps.ts'
export { type Reason, reasonOf } from './reasons.ts'
export type { Stop, StopSource } from './stop.ts'
export { isPlannedEvent, listStops, type StopListInput, type StoredEvent, sortStops } from './stops.ts'
