/** Choosing the company to work in: a program gets a token for it, a browser's session starts there from now on. */
import type { FastifyRequest } from 'fastify'
import type { Db } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import { type AccessDeps, originOf, requirePerson, requireSignedIn } from '../access/index.ts'
import { problem as identityProblem } from '../problems.ts'
import { findOpenSession, issueContextToken, recordSuperAdminAccess, selectCompany, tokenSubject } from '../sessions/index.ts'
import { access, findTenant, isUsable, listMemberships, parseCompanyId, type Tenant } from '../tenants/index.ts'
import type { User } from '../users/index.ts'
import { problem } from './problems.ts'
import { updateDefaultTenant } from './queries.ts'

export type Selected = {
  readonly tenant: Tenant
  readonly roleName: string
  /** For programs. */
  readonly token: { readonly contextToken: string; readonly expiresInS: number } | null
  /** For browsers: the session's new name. */
  readonly cookie: string | null
}

/** `companyId`: UUID or integer. Throws 400 `invalid_company_id`, 403 `no_company_access` (the same for a stranger's company and for none),
 *  403 `tenant_inactive`, 401 `session_ended`. */
export async function select(
  deps: AccessDeps,
  request: FastifyRequest,
  companyId: string,
  { isDefault }: { readonly isDefault: boolean },
): Promise<Selected> {
  const actor = requirePerson(request)
  const { user } = requireSignedIn(request)
  const { tenant, roleName, role } = await standingIn(deps.db, user, companyId)
  const session = actor.sessionUuid === null ? null : await findOpenSession(deps.db, { uuid: actor.sessionUuid })
  if (!session) throw identityProblem('session_ended')
  const origin = originOf(request)
  const { tenantId } = tenant
  const { cookie } = await transaction(deps.db, async (tx) => {
    if (isDefault) await updateDefaultTenant(tx, user.userId, tenantId, deps.clock.nowMs())
    return selectCompany(tx, deps, { userId: user.userId }, session, { tenantId, origin })
  })
  if (role === 'SUPER_ADMIN')
    await recordSuperAdminAccess(deps.db, deps, { userId: user.userId, tenantId, sessionUuid: session.uuid, origin })
  deps.log.info(
    { event: 'company_selected', user_id: user.userId, tenant_id: tenantId, request_id: request.id, ip: request.ip },
    'company selected',
  )
  const subject = { ...tokenSubject(user, session.uuid, { tenantId, role }), tenantId }
  return { tenant, roleName, cookie, token: session.kind === 'api' ? await issueContextToken(deps, subject, session) : null }
}

async function standingIn(db: Db, user: User, companyId: string) {
  const ref = parseCompanyId(companyId)
  if (!ref) throw identityProblem('invalid_company_id')
  if (user.isSuperAdmin) {
    const tenant = await findTenant(db, 'uuid' in ref ? ref.uuid : ref.tenantId)
    if (!tenant) throw identityProblem('no_company_access')
    if (!tenant.isActive) throw problem('tenant_inactive')
    return { tenant, roleName: 'SUPER_ADMIN', role: 'SUPER_ADMIN' }
  }
  const memberships = await listMemberships(db, user.userId)
  const found = memberships.find(({ tenant }) => ('uuid' in ref ? tenant.uuid === ref.uuid : tenant.tenantId === ref.tenantId))
  if (found?.status !== 'active') throw identityProblem('no_company_access')
  if (!isUsable(found)) throw problem('tenant_inactive')
  return { tenant: found.tenant, roleName: found.roleName, role: access(found).role as string }
}
