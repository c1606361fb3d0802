/** Stops that people work with: stored, explained, changed, split, merged, deleted and calculated anew. May use: identity, facts, downtime, model, source. */
export { versionOf } from './content.ts'
export {
  changeStop,
  createStop,
  deleteStop,
  justifyStop,
  justifyStops,
  restoreStop,
} from './edit.ts'
export { type LineRun, stopJobs, storeStops } from './job.ts'
export type { StopDeps } from './open.ts'
export { findStop, lastEdits, pendingReasons, storedIn } from './read.ts'
export { type ReasonTree, reasonTree } from './reasons.ts'
export { recalculateAlone, recalculateStops } from './recalculate.ts'
export { type JobReport, jobReport } from './report.ts'
export { registerStopRoutes } from './routes.ts'
export { mergeStops, splitStop } from './split-merge.ts'
export type { Editor, StopRef } from './stored-stop.ts'
