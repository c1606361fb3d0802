/** What a plant is made of: its metadata read, kept and handed out with the opened database. May use: source, identity. */

export type { CacheInfo } from './cache-info.ts'
export type { PlantOptions } from './entry.ts'
export { tableWarning } from './findings.ts'
export { guardedAddress } from './guarded.ts'
export { linesToChoose } from './lines-to-choose.ts'
export { type LoadedModel, loadModel } from './load.ts'
export type {
  Area,
  DetectionTable,
  ExtraShift,
  FilterRow,
  Holiday,
  Line,
  ModelWarning,
  PerformanceUnit,
  PlantModel,
  PlantSettings,
  Product,
  Shift,
} from './model.ts'
export {
  applyOverlays,
  type Entity,
  entities,
  firstOverlayId,
  forgetOverlays,
  listOverlays,
  type Overlay,
} from './overlays.ts'
export { workedShifts } from './own-shifts.ts'
export { flag, hundredths, isoWeekdays, text, timeOfDayS, wholeNumber } from './parse.ts'
export { createPlants, type OpenPlant, type Plants } from './plants.ts'
export type { QueryInfo } from './query-figures.ts'
export { isTimeZone, performanceUnits, readSettings } from './settings.ts'
export { dayNumber } from './settings-calendar.ts'
export { findShiftOverlaps, type WeekPiece, weekPieces } from './shift-overlaps.ts'
