/** Companies and who belongs to them. May use: users, passwords, audit, mails. */
export { mailApprovers } from './approvers.ts'
export { type ConfigChange, lastConfigChange } from './config-changes.ts'
export { createTenantWithAdmin, createUser, demandRoom, hasRoom, insertCompany, updateTenantConfig } from './create.ts'
export { companyTimeZone, momentMs } from './days.ts'
export { countWaiting } from './pending.ts'
export {
  findRegistration,
  findTenant,
  findTenantIdByNameKey,
  insertMembership,
  listMemberships,
  parseCompanyId,
  type TenantRef,
  toMember,
  toTenant,
} from './queries.ts'
export {
  access,
  companyNameFaults,
  companyRoles,
  isRecord,
  isSlug,
  isUsable,
  type Membership,
  maxUsers,
  nameKey,
  slugMessage,
  storedRole,
  type Tenant,
  type TenantConfig,
  unprintable,
} from './tenant.ts'
