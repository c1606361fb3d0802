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
  quoteName,
} from './ddl.ts'
export { type CreatedTable, createLineTables, createManagedPlant, planLineTables } from './managed.ts'
export {
  lineTableNames,
  type ResolvedTables,
  resolveTables,
  type TableFinding,
  type TableKind,
  type TableMapping,
  tableKinds,
} from './names.ts'
export { type PartitionState, readPartitions } from './partitions.ts'
export type { PlantDb } from './plant-db.ts'
export { detectionTable, downtimeTable, fixedTables } from './schema.ts'
export { insertDetections, insertDowntimes, type NewDetection, type NewDowntime } from './write.ts'
