/** What a plant is made of: its metadata read, kept and handed out with the opened database. May use: source, identity. */
export { tableWarning } from './findings.ts'
export { members } from './json.ts'
export { type LoadedModel, loadModel } from './load.ts'
export type {
  Area,
  AreaType,
  DetectionTable,
  Failure,
  FilterRow,
  Incident,
  Line,
  Partition,
  PerformanceUnit,
  PlantModel,
  PlantSettings,
  Product,
  Shift,
} from './model.ts'
export { everyDay, flag, hundredths, isoWeekdays, timeOfDayS, wholeNumber } from './parse.ts'
export { type CacheInfo, createPlants, type OpenPlant, type PlantDeps, type PlantOptions, type Plants } from './plants.ts'
export type { QueryInfo } from './query-figures.ts'
export { isTimeZone, performanceUnits, readSettings } from './settings.ts'
