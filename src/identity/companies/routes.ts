/** Companies over the API: choosing one, founding one, looking after one's own. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { answer, emptyReply, listAnswer, PageMeta, PagingQuery, pagingOf, route } from '../../platform/http/index.ts'
import { type AccessDeps, originOf, requireActor, requireTenant } from '../access/index.ts'
import { markAlias } from '../login/index.ts'
import type { Permission } from '../permissions.ts'
import { csrfToken, sessionKeys, setSessionCookie } from '../sessions/index.ts'
import { isUsable, listMemberships } from '../tenants/index.ts'
import { CompanyObject, companyObject, markOther } from './answers.ts'
import { changeCompany, foundCompany, setCompanyActive } from './manage.ts'
import { registerMembers } from './members.ts'
import { transferOwnership } from './ownership.ts'
import { problem } from './problems.ts'
import { CompanyFields, CompanyNames } from './profile.ts'
import * as q from './queries.ts'
import { select } from './select.ts'
import { standingIn } from './standing.ts'

export type CompanyDeps = AccessDeps & {
  readonly config: AccessDeps['config'] & { readonly signup: { readonly mayFoundCompanies: boolean } }
  /** What other houses do for a company that was just made, such as giving it a plant; after the transaction. */
  readonly companyMade: (tenantId: number) => Promise<void>
}

const tags = ['companies']
export const CompanyBody = Type.Object({ ...CompanyNames, ...CompanyFields })
const RefPath = Type.Object({ ref: Type.String({ maxLength: 100 }) })

export const selectRate = { isShared: true, bucket: 'select-company', perMinute: 30, by: 'person' } as const
export const foundRate = { isShared: true, bucket: 'company-create', perHour: 10, by: 'person' } as const
export const transferRate = { isShared: true, bucket: 'transfer-ownership', perMinute: 5, by: 'person' } as const

export function registerCompanyRoutes(app: FastifyInstance, deps: CompanyDeps): void {
  registerSelect(app, deps)
  registerOwn(app, deps)
  registerByRef(app, deps)
  registerMembers(app, deps)
}

function registerSelect(app: FastifyInstance, deps: CompanyDeps): void {
  const Selection = Type.Object({
    access_token: Type.Optional(Type.String({ description: 'Of type `context`; for programs' })),
    token_type: Type.Optional(Type.Literal('bearer')),
    expires_in: Type.Optional(Type.Integer({ description: 'Seconds' })),
    csrf_token: Type.Optional(Type.String({ description: 'For browsers: the session has a new cookie' })),
    tenant_id: Type.Integer(),
    company_id: Type.String(),
    company_name: Type.String(),
    slug: Type.String(),
    role: Type.String(),
    user_role: Type.String(),
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/select-company', '/auth/select-company', '/api/v1/tenants/switch'],
    access: 'signed_in',
    summary: 'Choose the company to work in: a program gets a token for it, a browser a new session cookie',
    tags: ['auth'],
    body: Type.Object({
      company_id: Type.Union([Type.String(), Type.Integer()], { description: 'UUID or integer' }),
      make_default: Type.Optional(Type.Boolean({ description: 'Choose it at every sign-in from now on' })),
    }),
    rate: selectRate,
    reply: { 200: Selection },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      const { tenant, roleName, token, cookie } = await select(deps, request, String(body.company_id), {
        isDefault: body.make_default === true,
      })
      if (cookie !== null) setSessionCookie(reply, deps.config.http, cookie)
      return {
        ...(token && { access_token: token.contextToken, token_type: 'bearer' as const, expires_in: token.expiresInS }),
        ...(cookie !== null && { csrf_token: csrfToken(sessionKeys(deps.secrets), cookie) }),
        tenant_id: tenant.tenantId,
        company_id: tenant.uuid,
        company_name: tenant.name,
        slug: tenant.slug,
        role: roleName,
        user_role: roleName.toLowerCase(),
      }
    },
  })
}

/** Only people whose e-mail is proven, where the operator lets them; who runs the platform always may. */
export async function demandMayFound(deps: CompanyDeps, request: FastifyRequest): Promise<void> {
  const actor = requireActor(request)
  if (actor.isSuperAdmin) return
  if (!deps.config.signup.mayFoundCompanies) throw problem('company_create_closed')
  if ((await q.emailVerifiedAtMs(deps.db, actor.userId)) === null) throw problem('email_not_verified')
}

function registerOwn(app: FastifyInstance, deps: CompanyDeps): void {
  route(app, {
    method: 'GET',
    url: ['/api/v1/companies', '/company', '/company/my_companies', '/api/v1/empresas'],
    access: 'signed_in',
    summary: 'The companies the person works in',
    tags,
    query: Type.Object(PagingQuery),
    reply: { 200: Type.Object({ items: Type.Array(CompanyObject), meta: PageMeta }) },
    handler: async ({ request, reply, query }) => {
      markOther(request, reply)
      const paging = pagingOf(query)
      const own = (await listMemberships(deps.db, requireActor(request).userId)).filter(isUsable)
      const shown = own.slice(paging.offset, paging.offset + paging.limit)
      const companies = await Promise.all(
        shown.map(async ({ tenant, roleName }) => {
          const company = await q.findCompany(deps.db, tenant.tenantId)
          return company ? [companyObject(company, roleName)] : []
        }),
      )
      return listAnswer(companies.flat(), paging, own.length)
    },
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/companies', '/company', '/api/v1/empresas'],
    access: 'signed_in',
    summary: 'Found a company, which the person then owns',
    tags,
    body: CompanyBody,
    rate: foundRate,
    reply: { 201: CompanyObject },
    handler: async ({ request, reply, body }) => {
      markOther(request, reply)
      await demandMayFound(deps, request)
      const { tenantId } = await foundCompany(deps.db, deps, requireActor(request), body, { origin: originOf(request) })
      await deps.companyMade(tenantId)
      return companyObject(await mustFind(deps, tenantId), 'OWNER')
    },
  })
  route(app, {
    method: 'GET',
    url: ['/api/v1/companies/me', '/company/me', '/api/v1/empresas/me', '/api/v1/tenants/current'],
    access: 'signed_in',
    summary: 'The company of this request',
    tags,
    reply: { 200: CompanyObject },
    handler: async ({ request, reply }) => {
      markOther(request, reply)
      const { tenant, roleName } = requireTenant(request)
      return companyObject(await mustFind(deps, tenant.tenantId), roleName)
    },
  })
  changes(['/api/v1/companies/me', '/company/me', '/api/v1/empresas/me'], (method, url) =>
    route(app, {
      method,
      url,
      access: 'manage_company',
      summary: 'Change the company of this request: only what is named changes',
      tags,
      body: CompanyBody,
      reply: { 200: CompanyObject },
      handler: async ({ request, reply, body }) => {
        markOther(request, reply)
        const actor = requireTenant(request)
        await changeCompany(deps.db, deps, actor, actor.tenant.tenantId, body, { origin: originOf(request) })
        return companyObject(await mustFind(deps, actor.tenant.tenantId), actor.roleName)
      },
    }),
  )
  route(app, {
    method: 'POST',
    url: ['/api/v1/companies/me/transfer-ownership', '/company/me/transfer-ownership'],
    access: 'transfer_ownership',
    summary: 'Hand the company over to another of its people; the password is asked again',
    tags,
    body: Type.Object({ user_id: Type.Integer(), password: Type.String({ maxLength: 128 }) }),
    rate: transferRate,
    reply: { 200: Type.Object({ user_id: Type.Integer(), username: Type.String(), role: Type.Literal('OWNER') }) },
    handler: async ({ request, reply, body }) => {
      markOther(request, reply)
      const next = await transferOwnership(
        deps,
        requireTenant(request),
        { userId: body.user_id, password: body.password },
        originOf(request),
      )
      return { user_id: next.userId, username: next.username, role: 'OWNER' as const }
    },
  })
}

/** PATCH and PUT mean the same: only what is named changes. */
function changes(urls: readonly string[], register: (method: 'PATCH' | 'PUT', urls: readonly string[]) => void): void {
  for (const method of ['PATCH', 'PUT'] as const) register(method, urls)
}

function registerByRef(app: FastifyInstance, deps: CompanyDeps): void {
  const urls = ['/api/v1/companies/:ref', '/company/:ref', '/api/v1/empresas/:ref']
  const answerOf = async (request: FastifyRequest, ref: string, needs: Permission | null) => {
    const { company, roleName } = await standingIn(deps, request, ref, needs)
    return companyObject(company, roleName)
  }
  route(app, {
    method: 'GET',
    url: urls,
    access: 'signed_in',
    summary: 'A company of the person, by slug, integer or UUID',
    tags,
    params: RefPath,
    reply: { 200: CompanyObject },
    handler: ({ request, reply, params }) => {
      markOther(request, reply)
      return answerOf(request, params.ref, null)
    },
  })
  changes(urls, (method, url) =>
    route(app, {
      method,
      url,
      access: 'signed_in',
      summary: 'Change a company: needs manage_company there',
      tags,
      params: RefPath,
      body: CompanyBody,
      reply: { 200: CompanyObject },
      handler: async ({ request, reply, params, body }) => {
        markOther(request, reply)
        const { company, roleName } = await standingIn(deps, request, params.ref, 'manage_company')
        await changeCompany(deps.db, deps, requireActor(request), company.tenantId, body, { origin: originOf(request) })
        return companyObject(await mustFind(deps, company.tenantId), roleName)
      },
    }),
  )
  route(app, {
    method: 'DELETE',
    url: urls,
    access: 'signed_in',
    summary: 'Close a company: needs delete_company there; its sessions and tokens end at once',
    tags,
    params: RefPath,
    reply: { 204: emptyReply },
    handler: async ({ request, reply, params }) => {
      markOther(request, reply)
      const { company } = await standingIn(deps, request, params.ref, 'delete_company')
      await setCompanyActive(deps.db, deps, requireActor(request), company.tenantId, {
        isActive: false,
        isDeleted: true,
        origin: originOf(request),
      })
      return answer(204)
    },
  })
}

async function mustFind(deps: Pick<AccessDeps, 'db'>, tenantId: number): Promise<q.Company> {
  const company = await q.findCompany(deps.db, tenantId)
  if (!company) throw problem('company_not_found')
  return company
}
