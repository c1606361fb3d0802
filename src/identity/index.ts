/** Identity: people, companies, sessions, permissions and the audit log. May use: platform. */
export { type AccessDeps, accessPolicy, originOf, pageOf, requireActor, requireTenant } from './access/index.ts'
export { setPassword } from './account/index.ts'
export type { Actor, TenantActor } from './actor.ts'
export { type Origin, recordAudit, verifyAudit } from './audit/index.ts'
export {
  type Company,
  countPeople,
  createTenant,
  findCompany,
  listCompanies,
  listOwners,
  setCompanyActive,
} from './companies/index.ts'
export { listSigners } from './displays/index.ts'
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
export { configureHashing } from './passwords/index.ts'
export { identityPaths } from './paths.ts'
export { hasPermission, isPermission, type Permission, type Role } from './permissions.ts'
export { companyLogo } from './pictures/index.ts'
export { roleText } from './role-text.ts'
export { registerIdentityRoutes } from './routes.ts'
export { isSameOrigin } from './sessions/index.ts'
export { type Signature, signedActor, signingKit } from './signing/index.ts'
export {
  type ConfigChange,
  createTenantWithAdmin,
  createUser,
  findRegistration,
  findTenant,
  lastConfigChange,
  type Tenant,
  type TenantConfig,
  updateTenantConfig,
} from './tenants/index.ts'
