/** Backups of the installation or of one company, and putting them back. May use: system, model, source, identity. */
export { migrateWithBackup } from './before-migration.ts'
export { backupJobs } from './jobs.ts'
export { type KeptBackup, listBackups, pruneBackups } from './keep.ts'
export { makeBackup, verifyFolder } from './make.ts'
export { type Manifest, manifestOf } from './manifest.ts'
export { RestoreRefusedError } from './refused.ts'
export { type Restored, restoreAll } from './restore.ts'
export { restoreTenant } from './restore-tenant.ts'
