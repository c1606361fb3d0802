/** Backups of any database of ours: read at one moment, written as checked files, put back whole. Knows tables and files, no company. May use: db. */
export { tableStatements } from './ddl.ts'
export { describeTables, inOrderOfReference, listReferences, type Reference, type TableShape } from './describe.ts'
export {
  BackupFaultError,
  type BackupFolder,
  listFolders,
  type NewFolder,
  newFolder,
  openFolder,
  pruneFolders,
} from './folder.ts'
export { replaceRows } from './load.ts'
export type { RowFilter } from './rows.ts'
export { openForCopying, withSnapshot } from './snapshot.ts'
export { digestRows, dumpTable, readDump } from './tables.ts'
