/** People of a company over the API: who they are there, and no more of a foreign account than the list of people tells. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { type Answer, listAnswer, PageMeta, PagingQuery, pagingOf, route } from '../../platform/http/index.ts'
import { type AccessDeps, requireActor, requireTenant } from '../access/index.ts'
import { storedRole } from '../tenants/index.ts'
import { maskEmail } from '../users/index.ts'
import { MemberObject, markOther } from './answers.ts'
import { problem } from './problems.ts'
import * as q from './queries.ts'
import { standingIn } from './standing.ts'

const tags = ['companies']
const RefPath = Type.Object({ ref: Type.String({ maxLength: 100 }) })

export function registerMembers(app: FastifyInstance, deps: AccessDeps): void {
  const Members = Type.Object({ items: Type.Array(MemberObject), meta: PageMeta })
  type Viewer = { readonly userId: number; readonly isSuperAdmin: boolean; readonly isManager: boolean }
  const list = async (tenantId: number, role: string | null, query: Parameters<typeof pagingOf>[0], viewer: Viewer): Promise<Answer> => {
    const paging = pagingOf(query, 25)
    const filter = { ...(role !== null && { role }), isDecided: !viewer.isManager }
    const { members, total } = await q.listMembers({ ...deps.db, tenantId }, filter, paging)
    const isForeign = ({ userId, homeTenantId }: q.Member): boolean =>
      !viewer.isSuperAdmin && userId !== viewer.userId && homeTenantId !== tenantId
    return listAnswer(
      members.map((member) => memberObject(member, isForeign(member))),
      paging,
      total,
    )
  }
  const viewerIn = (request: FastifyRequest, permissions: ReadonlySet<string>): Viewer => {
    const { userId, isSuperAdmin } = requireActor(request)
    return { userId, isSuperAdmin, isManager: permissions.has('manage_users') }
  }
  route(app, {
    method: 'GET',
    url: ['/api/v1/auth/company/users', '/auth/company/users', '/api/v1/companies/me/users', '/company/me/users'],
    access: 'view_users',
    summary: 'People of the company of this request',
    tags,
    query: Type.Object(PagingQuery),
    reply: { 200: Members },
    handler: ({ request, reply, query }) => {
      markOther(request, reply)
      const { tenant, permissions } = requireTenant(request)
      return list(tenant.tenantId, null, query, viewerIn(request, permissions))
    },
  })
  route(app, {
    method: 'GET',
    url: ['/api/v1/companies/:ref/users', '/company/:ref/users', '/api/v1/empresas/:ref/users'],
    access: 'signed_in',
    summary: 'People of a company: needs view_users there',
    tags,
    params: RefPath,
    query: Type.Object(PagingQuery),
    reply: { 200: Members },
    handler: async ({ request, reply, params, query }) => {
      markOther(request, reply)
      const { company, permissions } = await standingIn(deps, request, params.ref, 'view_users')
      return list(company.tenantId, null, query, viewerIn(request, permissions))
    },
  })
  route(app, {
    method: 'GET',
    url: ['/api/v1/companies/:ref/users/role/:role', '/company/:ref/users/role/:role', '/api/v1/empresas/:ref/users/role/:role'],
    access: 'signed_in',
    summary: 'People of a company with one role: needs view_users there',
    tags,
    params: Type.Object({ ref: Type.String({ maxLength: 100 }), role: Type.String({ maxLength: 50 }) }),
    query: Type.Object(PagingQuery),
    reply: { 200: Members },
    handler: async ({ request, reply, params, query }) => {
      markOther(request, reply)
      const { company, permissions } = await standingIn(deps, request, params.ref, 'view_users')
      const role = storedRole(params.role, company.config)
      if (role === null)
        throw problem('validation_failed', {
          fields: [{ path: 'role', rule: 'role', message: { es: 'No es un rol conocido', en: 'Is not a known role' } }],
        })
      return list(company.tenantId, role, query, viewerIn(request, permissions))
    },
  })
}

/** `isForeign`: the account is another company's, and its data that company's affair, as in the list of people. */
const memberObject = (member: q.Member, isForeign: boolean) => ({
  id: member.userId,
  user_id: member.userId,
  uuid: member.uuid,
  username: member.username,
  email: isForeign ? maskEmail(member.email) : member.email,
  full_name: member.fullName,
  role: member.role,
  status: member.status,
  is_active: isForeign ? null : member.isActive,
  is_user_active: member.status === 'active',
  email_verified: isForeign ? null : member.isEmailVerified,
  joined_at: new Date(member.joinedAtMs).toISOString(),
})
