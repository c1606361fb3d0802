/** Old months of detections: into the object store, out of the table, and back. May use: partitions, history, source, model, identity (audit), files. */
export { type Archive, isFrom, listArchives } from './queries.ts'
export { partsToRestore, restoreMonth } from './restore.ts'
export { monthsWithRows, newestMonth, originOf } from './rows.ts'
export { leavingMonths, settleLeaving } from './settle.ts'
export type { By } from './store.ts'
export { heldDays, heldMonths, planTakeOut, type TakeOutDeps, takeOut, type Unit } from './take-out.ts'
