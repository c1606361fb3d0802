/** Companies and who belongs to them. May use: users, passwords, audit. */
export { createTenantWithAdmin, createUser, updateTenantConfig } from './create.ts'
export { findRegistration, findTenant, listMemberships, parseCompanyId, type TenantRef, toMember, toTenant } from './queries.ts'
export { access, isRecord, isSlug, isUsable, type Membership, type Tenant, type TenantConfig } from './tenant.ts'
