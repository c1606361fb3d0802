/** What the platform database keeps about stops: those that the customer's table cannot hold, what is suppressed, who edited, how far the job is.
 *  May use: downtime (types), source. */
export {
  dropLiveReason,
  editKey,
  type LiveReason,
  noteEdit,
  readEdits,
  readLiveReasons,
  recentCodes,
  type StopAction,
  type StopEdit,
  saveLiveReason,
} from './edits.ts'
export {
  deleteKeptStop,
  findKeptStop,
  insertKeptStop,
  isPlatformId,
  linesWithKept,
  listKeptStops,
  listReplaced,
  replaceEvent,
  type StopContent,
  updateKeptStop,
} from './kept-stops.ts'
export {
  ensureStopLine,
  forgetStopLines,
  forgetStops,
  holdLine,
  noteChange,
  readStopChanges,
  readStopLines,
  type StopLine,
  takeLease,
  updateStopLine,
} from './lines.ts'
export { liftSuppression, listSuppressed, suppress } from './suppressed.ts'
