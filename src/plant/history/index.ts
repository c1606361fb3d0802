/** History: what a line's detections add up to, per local day, kept so that no answer reads a year of rows. May use: detections, source, model, platform. */
export { type Bursts, gapFloorS, joinBursts, noBursts, silentRunsOf, stitch } from './bursts.ts'
export {
  type CoarseDay,
  type DaySummary,
  dayOfInstant,
  dayStartS,
  type FineDay,
  minuteSlotS,
  quarterS,
  type SlotCounts,
  slotLocals,
} from './day.ts'
export { foldRows } from './fold.ts'
export { forgetHistory } from './forget.ts'
export { createHistories, type Histories, type PlantHistory } from './histories.ts'
export { historyJobs } from './jobs.ts'
export type { Memory } from './memory.ts'
export type { DayRange } from './retire.ts'
export { highestIds, historyStatus, type LineStatus, loadingLines } from './status.ts'
export { findState } from './store.ts'
export { type LineView, NotLoadedError, StaleViewError } from './view.ts'
