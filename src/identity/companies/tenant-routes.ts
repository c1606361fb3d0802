/** `/api/v1/tenants`: companies as the platform's operator looks after them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { answer, emptyReply, listAnswer, PageMeta, PagingQuery, pagingOf, route } from '../../platform/http/index.ts'
import { originOf, requireActor } from '../access/index.ts'
import { findTenant, isRecord, type TenantConfig } from '../tenants/index.ts'
import { TenantObject, tenantObject } from './answers.ts'
import { changeCompany, setCompanyActive } from './manage.ts'
import { createTenant } from './platform.ts'
import { problem } from './problems.ts'
import { CompanyFields, CompanyNames } from './profile.ts'
import * as q from './queries.ts'
import type { CompanyDeps } from './routes.ts'

const tags = ['tenants']
const access = 'manage_tenants'
const urls = '/api/v1/tenants/:ref'
const RefPath = Type.Object({ ref: Type.String({ maxLength: 100 }) })

const Settings = Type.Optional(
  Type.Union([Type.Record(Type.String(), Type.Unknown()), Type.Null()], {
    description: 'Keys of `config_tenant`; others stay, null takes one away',
  }),
)
const Shared = { ...CompanyNames, ...CompanyFields, config_tenant: Settings, is_active: Type.Optional(Type.Boolean()) }
const CreateBody = Type.Object({
  ...Shared,
  owner: Type.Optional(
    Type.Object(
      {
        email: Type.String({ maxLength: 254 }),
        username: Type.Optional(Type.String({ maxLength: 100 })),
        password: Type.Optional(Type.String({ maxLength: 128 })),
      },
      { description: 'With a password the account is made at once and must change it; without one it is invited by mail' },
    ),
  ),
})
const UpdateBody = Type.Object(Shared)

export function registerTenantRoutes(app: FastifyInstance, deps: CompanyDeps): void {
  registerCollection(app, deps)
  registerOne(app, deps)
}

async function shown({ db }: Pick<CompanyDeps, 'db'>, companies: readonly q.Company[]) {
  const ids = companies.map(({ tenantId }) => tenantId)
  const [people, owners] = [await q.countPeople(db, ids), await q.listOwners(db, ids)]
  return companies.map((company) =>
    tenantObject(company, { users: people.get(company.tenantId) ?? 0, owners: owners.get(company.tenantId) ?? [] }),
  )
}

async function oneShown(deps: CompanyDeps, tenantId: number) {
  const company = await q.findCompany(deps.db, tenantId)
  const [tenant] = company ? await shown(deps, [company]) : []
  if (!tenant) throw problem('company_not_found')
  return tenant
}

async function tenantIdOf(deps: CompanyDeps, ref: string): Promise<number> {
  const tenant = await findTenant(deps.db, ref)
  if (!tenant) throw problem('company_not_found')
  return tenant.tenantId
}

/** `config_tenant` may come as the text that it is stored as elsewhere. */
const configOf = ({ config_tenant: config }: Static<typeof UpdateBody>): TenantConfig => (isRecord(config) ? config : {})

function registerCollection(app: FastifyInstance, deps: CompanyDeps): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/tenants',
    access,
    summary: 'All companies, by name',
    tags,
    query: Type.Object({
      ...PagingQuery,
      is_active: Type.Optional(Type.Boolean()),
      q: Type.Optional(Type.String({ maxLength: 100, description: 'Part of a name, slug or tax id' })),
    }),
    reply: { 200: Type.Object({ items: Type.Array(TenantObject), meta: PageMeta }) },
    handler: async ({ query }) => {
      const paging = pagingOf(query)
      const { companies, total } = await q.listCompanies(deps.db, { isActive: query.is_active, search: query.q }, paging)
      return listAnswer(await shown(deps, companies), paging, total)
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/tenants',
    access,
    summary: 'Make a company, with its owner or an invitation to become it',
    tags,
    body: CreateBody,
    reply: { 201: TenantObject },
    handler: async ({ request, body }) => {
      const { owner, is_active: isActive = true, config_tenant: _config, ...profile } = body
      const actor = requireActor(request)
      const made = await createTenant(deps, actor, { ...profile, config: configOf(body), owner }, originOf(request))
      if (!isActive) await setActive(deps, request, made.tenantId, false)
      return oneShown(deps, made.tenantId)
    },
  })
}

const setActive = (deps: CompanyDeps, request: FastifyRequest, tenantId: number, isActive: boolean): Promise<boolean> =>
  setCompanyActive(deps.db, deps, requireActor(request), tenantId, { isActive, origin: originOf(request) })

function registerOne(app: FastifyInstance, deps: CompanyDeps): void {
  route(app, {
    method: 'GET',
    url: urls,
    access,
    summary: 'One company, by slug, integer or UUID',
    tags,
    params: RefPath,
    reply: { 200: TenantObject },
    handler: async ({ params }) => oneShown(deps, await tenantIdOf(deps, params.ref)),
  })
  for (const method of ['PATCH', 'PUT'] as const)
    route(app, {
      method,
      url: urls,
      access,
      summary: 'Change a company: only what is named changes',
      tags,
      params: RefPath,
      body: UpdateBody,
      reply: { 200: TenantObject },
      handler: async ({ request, params, body }) => {
        const tenantId = await tenantIdOf(deps, params.ref)
        const { is_active: isActive, config_tenant: _config, ...profile } = body
        await changeCompany(deps.db, deps, requireActor(request), tenantId, profile, { config: configOf(body), origin: originOf(request) })
        if (isActive !== undefined) await setActive(deps, request, tenantId, isActive)
        return oneShown(deps, tenantId)
      },
    })
  route(app, {
    method: 'DELETE',
    url: urls,
    access,
    summary: 'Disable a company: its sessions and tokens end at once, its data stays',
    tags,
    params: RefPath,
    reply: { 204: emptyReply },
    handler: async ({ request, params }) => {
      await setActive(deps, request, await tenantIdOf(deps, params.ref), false)
      return answer(204)
    },
  })
  for (const [word, isActive] of [
    ['activate', true],
    ['deactivate', false],
  ] as const)
    route(app, {
      method: 'POST',
      url: `${urls}/${word}`,
      access,
      summary: isActive ? 'Open a company again' : 'Disable a company',
      tags,
      params: RefPath,
      reply: { 200: TenantObject },
      handler: async ({ request, params }: { request: FastifyRequest; reply: FastifyReply; params: Static<typeof RefPath> }) => {
        const tenantId = await tenantIdOf(deps, params.ref)
        await setActive(deps, request, tenantId, isActive)
        return oneShown(deps, tenantId)
      },
    })
}
