/** Identity: people, companies, sessions, permissions and the audit log. May use: platform. */
export { accessPolicy, originOf, pageOf, requireActor, requireTenant } from './access/index.ts'
export { setPassword } from './account/index.ts'
export type { Actor, TenantActor } from './actor.ts'
export { recordAudit, verifyAudit } from './audit/index.ts'
export {
  type Company,
  countPeople,
  createTenant,
  findCompany,
  listCompanies,
  listOwners,
  setCompanyActive,
} from './companies/index.ts'
export type { InviteDeps } from './invitations/index.ts'
export { cleanUpRefreshTokens, identityJobs, sweepIdentity } from './jobs.ts'
export {
  findImported,
  type ImportDeps,
  type ImportedCompany,
  type ImportLine,
  importTenants,
  importUsers,
  type LegacyTenant,
  type LegacyUser,
  markImported,
} from './legacy/index.ts'
export { administrationLink, platformNavigation } from './navigation.ts'
export { runEnvAudit } from './operations/index.ts'
export { listUsers, promote, resetLink, seedAdmin, setActive, unlock } from './operators/index.ts'
export { errorViews } from './pages/index.ts'
export { allowHashesAtOnce } from './passwords/index.ts'
export { hasPermission, isPermission, type Permission, type Role } from './permissions.ts'
export { registerIdentityRoutes } from './routes.ts'
export {
  createTenantWithAdmin,
  createUser,
  findRegistration,
  findTenant,
  type Tenant,
  type TenantConfig,
  updateTenantConfig,
} from './tenants/index.ts'
