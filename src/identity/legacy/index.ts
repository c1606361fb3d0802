/** People and companies of an earlier installation. May use: tenants, users, passwords, audit. */
export {
  findImported,
  type ImportDeps,
  type ImportedCompany,
  type ImportLine,
  importTenants,
  importUsers,
  markImported,
} from './import.ts'
export type { LegacyTenant, LegacyUser } from './mapping.ts'
