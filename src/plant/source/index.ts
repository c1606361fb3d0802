/** Customers' plant databases as they are: where, which tables, which belong to which line; and the tables of plants that we make. May use: identity. */
export {
  type Attachment,
  bumpRevision,
  findAttachment,
  forgetMappings,
  listAttachedTenants,
  listMappings,
  saveAttachment,
  saveMappings,
} from './attachments.ts'
export { type Catalog, type CustomerRow, type PlantTable, readCatalog, readTable } from './catalog.ts'
export {
  detectionTableStatements,
  downtimeTableStatements,
  type LineTables,
  lineTableStatements,
  managedPlantStatements,
  quoteName,
} from './ddl.ts'
export { type CreatedTable, createLineTables, createManagedPlant, planLineTables } from './managed.ts'
export {
  lineTableNames,
  type NamedLine,
  type ResolvedTables,
  resolveTables,
  slugOf,
  type TableFinding,
  type TableKind,
  type TableMapping,
  tableKinds,
} from './names.ts'
export { type MonthPartition, type PartitionState, readPartitions } from './partitions.ts'
export type { PlantDb } from './plant-db.ts'
export { detectionTable, downtimeTable, fixedTables } from './schema.ts'
export type { PlantSourceTables } from './tables.ts'
export { insertDetections, insertDowntimes, type NewDetection, type NewDowntime } from './write.ts'
