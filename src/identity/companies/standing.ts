/** What the person may do in the company that an address names, whichever company the request itself works in. */
import type { FastifyRequest } from 'fastify'
import { type AccessDeps, demandFactor, originOf, requirePerson, requireTenant } from '../access/index.ts'
import { type Permission, rolePermissions } from '../permissions.ts'
import { recordSuperAdminAccess } from '../sessions/index.ts'
import { access, findTenant, isUsable, listMemberships } from '../tenants/index.ts'
import { problem } from './problems.ts'
import { type Company, findCompany } from './queries.ts'

export type Standing = { readonly company: Company; readonly roleName: string; readonly permissions: ReadonlySet<Permission> }

/** `ref`: slug, UUID, integer, or `me` for the company of the request. A company the person has no part in answers as one that is not there: 404. Throws 403 `permission_denied`,
 *  `mfa_required_role`. */
export async function standingIn(deps: AccessDeps, request: FastifyRequest, ref: string, needs: Permission | null): Promise<Standing> {
  const actor = requirePerson(request)
  const tenant = await findTenant(deps.db, ref === 'me' ? requireTenant(request).tenant.tenantId : ref)
  const company = tenant && (await findCompany(deps.db, tenant.tenantId))
  if (!company || company.isDeleted) throw problem('company_not_found')
  const { tenantId } = company
  const membership = (await listMemberships(deps.db, actor.userId)).find((candidate) => candidate.tenant.tenantId === tenantId)
  const isMember = membership !== undefined && isUsable(membership)
  if (!isMember && !actor.isSuperAdmin) throw problem('company_not_found')
  if (actor.isSuperAdmin && !isMember && actor.sessionUuid !== null)
    await recordSuperAdminAccess(deps.db, deps, {
      userId: actor.userId,
      tenantId,
      sessionUuid: actor.sessionUuid,
      origin: originOf(request),
    })
  const { role, permissions } =
    actor.isSuperAdmin || !membership ? { role: 'SUPER_ADMIN' as const, permissions: rolePermissions('SUPER_ADMIN') } : access(membership)
  await demandFactor(deps, actor.userId, role)
  if (needs !== null && !permissions.has(needs)) throw problem('permission_denied')
  return { company, roleName: actor.isSuperAdmin ? 'SUPER_ADMIN' : (membership?.roleName ?? ''), permissions }
}
