/** Three engines behind one code. */
export { asInteger } from './bind.ts'
export { isPlatformFault } from './blame.ts'
export { type Db, type Engine, engines } from './database.ts'
export {
  isDatabaseFull,
  isDatabaseSlow,
  isDatabaseUnavailable,
  isUniqueViolation,
  isUnreadableTable,
  QueryTimeoutError,
  violatedConstraint,
} from './errors.ts'
export { type ForeignKey, listColumns, listForeignKeys, listTables } from './introspect.ts'
export { decodeJson, encodeJson } from './json.ts'
export { column } from './migrations/columns.ts'
export { dumpSchema } from './migrations/dump-schema.ts'
export { type Migration, migrateDown, migrateUp, migrationStatus } from './migrations/migrate.ts'
export { type OpenedPlant, openDatabase, openPlantKysely, type PoolLimits } from './open.ts'
export type { PoolInfo } from './pool.ts'
export { prepared } from './prepared.ts'
export { readNumbers, readRows } from './read-rows.ts'
export { createStatementFigures, type StatementInfo } from './statement-figures.ts'
export { insertId, insertUnlessExists, lockRow, rowsDigest, upsert, wallSeconds } from './statements.ts'
export { transaction, withStatementTimeout } from './transaction.ts'
export { describeDatabase, parseDatabaseUrl, sqliteUrl } from './url.ts'
