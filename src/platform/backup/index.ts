/** Backups of any database of ours: read at one moment, written as checked files, put back whole. Knows tables and files, no company. May use: db. */
export { tableStatements } from './ddl.ts'
export { describeTables, inOrderOfReference, listReferences, type Reference, type TableShape } from './describe.ts'
export { type Digest, isSameDigest } from './digest.ts'
export {
  BackupFaultError,
  type BackupFolder,
  type FolderReport,
  listFolders,
  type NewFolder,
  newFolder,
  openFolder,
  pruneFolders,
} from './folder.ts'
export { type LoadedTable, type LoadTable, replaceRows } from './load.ts'
export type { RowFilter } from './rows.ts'
export { openForCopying, withSnapshot } from './snapshot.ts'
export { type DumpedTable, digestRows, dumpTable, readDump } from './tables.ts'
