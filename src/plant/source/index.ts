/** Customers' plant databases as they are: where, which tables, which belong to which line; and the tables of plants that we make. */
export {
  type Attachment,
  bumpRevision,
  deleteAttachment,
  findAttachment,
  findPlantSource,
  forgetMappings,
  listAttachedTenants,
  listMappings,
  type PlantSource,
  saveAttachment,
  saveMappings,
} from './attachments.ts'
export { type Catalog, type CustomerRow, type PlantTable, readCatalog, readTable } from './catalog.ts'
export {
  detectionTableStatements,
  downtimeTableStatements,
  lineTableStatements,
  managedPlantStatements,
  partitionClause,
  postgresPartitionName,
  postgresRange,
  quoteName,
} from './ddl.ts'
export { type CreatedTable, createLineTables, createManagedPlant, planLineTables } from './managed.ts'
export {
  firstDayOf,
  type Month,
  monthBegin,
  monthOfLocal,
  monthOfYearMonth,
  monthsAheadOfNew,
  monthText,
  parseMonth,
  partitionName,
  yearMonthOf,
} from './months.ts'
export {
  lineTableNames,
  type ResolvedTables,
  resolveTables,
  type TableFinding,
  type TableKind,
  type TableMapping,
  tableKinds,
} from './names.ts'
export { type PartitionScheme, type PartitionState, readPartitions } from './partitions.ts'
export type { PlantDb } from './plant-db.ts'
export { isWriteRefused } from './refused.ts'
export { detectionTable, downtimeTable, fixedTables } from './schema.ts'
export {
  insertDetections,
  insertDetectionsForIds,
  insertDowntimes,
  insertStatement,
  type NewDetection,
  type NewDowntime,
  rowsPerStatement,
} from './write.ts'
