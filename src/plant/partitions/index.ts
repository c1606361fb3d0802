/** Partitions and indexes of detection tables: read, planned, made, dropped. Whether a table may be touched is for the caller to know. May use: source, platform. */
export {
  convertTable,
  dropSlot,
  ensureMonths,
  ensurePlan,
  ensureSql,
  fromSlot,
  hasTriggers,
  partitionsOf,
} from './apply.ts'
export { type SlotFigures, tableFigures } from './figures.ts'
export { createIndexes, type IndexAdvice, missingIndexes, readIndexes } from './indexes.ts'
export { keptFrom, missingMonths, type Slot, slotsBefore, slotsOf } from './plan.ts'
