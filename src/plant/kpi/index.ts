/** KPI arithmetic of ISO 22400-2: pure, knows seconds and pieces, no plant. May use: platform/time. */
export { computeKpis, type KpiFacts, type KpiInput, oeeIndexOf } from './oee.ts'
export {
  idealMinutesOf,
  type LineRating,
  type PlannedQuantities,
  plannedQuantities,
} from './quantities.ts'
export { cappedPercent, difference, percent, ratioOf, roundHalfAway } from './rounding.ts'
export { busyWindows, insideOf, noTime, type TimeElements, timeElements, timeElementsOf } from './time.ts'
