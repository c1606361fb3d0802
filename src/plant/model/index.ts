/** What a plant is made of: its metadata read, kept and handed out with the opened database. May use: source, identity. */
export { tableWarning } from './findings.ts'
export { type LoadedModel, loadModel } from './load.ts'
export type {
  Area,
  DetectionTable,
  FilterRow,
  Line,
  PerformanceUnit,
  PlantModel,
  PlantSettings,
  Product,
  Shift,
} from './model.ts'
export { isoWeekdays, timeOfDayS } from './parse.ts'
export { type CacheInfo, createPlants, type OpenPlant, type PlantOptions, type Plants } from './plants.ts'
export type { QueryInfo } from './query-figures.ts'
export { isTimeZone, performanceUnits, readSettings } from './settings.ts'
