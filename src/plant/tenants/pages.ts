/** The platform's pages of companies: plain forms, each answered with a redirect or with itself and what was wrong. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import {
  type Company,
  countPeople,
  createTenant,
  findCompany,
  type InviteDeps,
  listCompanies,
  listOwners,
  originOf,
  pageOf,
  requireActor,
  setCompanyActive,
} from '../../identity/index.ts'
import {
  type Answer,
  answer,
  emptyReply,
  fieldErrorsOf,
  htmlReply,
  Problem,
  pageMeta,
  pagingOf,
  route,
  seeOther,
} from '../../platform/http/index.ts'
import { readSettings } from '../model/index.ts'
import { listAttachedTenants } from '../source/index.ts'
import { type Check, verifyTenant } from '../system/index.ts'
import type { Fields } from './parts.ts'
import { tenantPaths } from './paths.ts'
import { attachPlant, detachPlant, giveOwnPlant, mustFindTenant, plantState, rotatePlant } from './plant.ts'
import { problem } from './problems.ts'
import { byOperator, RefPath, type TenantDeps, tryRate } from './routes.ts'
import { createPage, doneWords, type TenantRow, type TenantView, tenantPage, tenantsPage } from './views.ts'

type Deps = TenantDeps & InviteDeps
type Form = TenantView['form']

const tags = ['pages']
const access = 'manage_tenants'
const perPage = 25
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const noForm: Form = { name: null, values: {}, errors: {}, refusal: null }

export function registerTenantPages(app: FastifyInstance, deps: Deps): void {
  registerList(app, deps)
  registerCreate(app, deps)
  registerTenant(app, deps)
  registerPlantForms(app, deps)
}

const figure = (value: unknown): number | null => (Number.isSafeInteger(value) ? Number(value) : null)
const limitsOf = ({ config }: Company) => {
  const limits = (typeof config.limits === 'object' && config.limits !== null ? config.limits : {}) as Readonly<Record<string, unknown>>
  return { max_users: figure(limits.max_users ?? config.max_users), max_lines: figure(limits.max_lines ?? config.max_lines) }
}

async function rowsOf({ db }: Deps, companies: readonly Company[]): Promise<readonly TenantRow[]> {
  const ids = companies.map(({ tenantId }) => tenantId)
  const attached = new Set(await listAttachedTenants(db))
  const [people, owners] = [await countPeople(db, ids), await listOwners(db, ids)]
  return companies.map((company) => ({
    tenantId: company.tenantId,
    name: company.name,
    slug: company.slug,
    isActive: company.isActive,
    hasPlant: attached.has(company.tenantId),
    users: people.get(company.tenantId) ?? 0,
    maxUsers: limitsOf(company).max_users,
    owners: owners.get(company.tenantId) ?? [],
    sinceMs: company.associatedSinceMs,
  }))
}

function registerList(app: FastifyInstance, deps: Deps): void {
  route(app, {
    method: 'GET',
    url: tenantPaths.list(),
    access,
    summary: 'Page: all companies',
    tags,
    query: Type.Object({ q: text(100), state: text(10), page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })) }),
    reply: { 200: htmlReply },
    handler: async ({ request, query }) => {
      const state = query.state === 'active' || query.state === 'disabled' ? query.state : ''
      const paging = pagingOf({ page: query.page ?? 1, per_page: perPage })
      const isActive = state === '' ? undefined : state === 'active'
      const { companies, total } = await listCompanies(deps.db, { isActive, search: query.q }, paging)
      return tenantsPage(pageOf(request), {
        rows: await rowsOf(deps, companies),
        at: pageMeta(paging, total),
        asked: { q: query.q ?? '', state },
      })
    },
  })
}

function registerCreate(app: FastifyInstance, deps: Deps): void {
  route(app, {
    method: 'GET',
    url: tenantPaths.create(),
    access,
    summary: 'Page: a new company',
    tags,
    reply: { 200: htmlReply },
    handler: ({ request }) => createPage(pageOf(request), { values: {}, errors: {}, refusal: null }),
  })
  route(app, {
    method: 'POST',
    url: tenantPaths.create(),
    access,
    summary: 'Form: makes a company with its owner, or invites the owner',
    tags,
    form: true,
    body: Type.Object(
      { company_name: text(200), slug: text(200), timezone: text(100), email: text(254), username: text(100), password: text(128) },
      { default: {} },
    ),
    reply: { 303: emptyReply },
    handler: async ({ request, body }) => {
      const { email = '', username = '', password = '', ...company } = body
      try {
        const owner = { email, ...(username && { username }), ...(password && { password }) }
        const made = await createTenant(deps, requireActor(request), { ...company, owner }, originOf(request))
        return seeOther(request, `${tenantPaths.one({ ref: made.slug })}?done=${made.invitation ? 'invited' : 'created'}`)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        const errors = fieldErrorsOf(error, request.language)
        const values = { ...company, email, username } as Fields
        const refusal = Object.keys(errors).length > 0 ? null : error.detail(request.language)
        return answer(error.status, createPage(pageOf(request), { values, errors, refusal }))
      }
    },
  })
}

async function tenantView(
  deps: Deps,
  request: FastifyRequest,
  ref: string,
  more: { readonly done?: string | undefined; readonly form?: Form; readonly checks?: readonly Check[] | null },
) {
  const { tenantId } = await mustFindTenant(deps.db, ref)
  const company = await findCompany(deps.db, tenantId)
  const [tenant] = company ? await rowsOf(deps, [company]) : []
  if (!company || !tenant) throw problem('tenant_not_found')
  return tenantPage(pageOf(request), {
    tenant,
    uuid: company.uuid,
    timeZone: typeof company.config.timezone === 'string' ? company.config.timezone : null,
    performanceUnit: readSettings(company.config, 'UTC').settings.performanceUnit,
    limits: limitsOf(company),
    plant: await plantState(deps, tenantId),
    done: doneWords.find((word) => word === more.done) ?? null,
    form: more.form ?? noForm,
    checks: more.checks ?? null,
  })
}

function registerTenant(app: FastifyInstance, deps: Deps): void {
  route(app, {
    method: 'GET',
    url: tenantPaths.one({ ref: ':ref' }),
    access,
    summary: 'Page: one company and its plant; `verify=1` checks the plant',
    tags,
    params: RefPath,
    query: Type.Object({ done: text(20), verify: text(1) }),
    reply: { 200: htmlReply },
    handler: async ({ request, params, query }) => {
      const { tenantId } = await mustFindTenant(deps.db, params.ref)
      const checks = query.verify === '1' ? await verifyTenant(deps, tenantId) : null
      return tenantView(deps, request, params.ref, { done: query.done, checks })
    },
  })
  route(app, {
    method: 'POST',
    url: tenantPaths.state({ ref: ':ref' }),
    access,
    summary: 'Form: disables or enables a company',
    tags,
    params: RefPath,
    form: true,
    body: Type.Object({ state: Type.Enum(['enabled', 'disabled']) }, { default: {} }),
    reply: { 303: emptyReply },
    handler: async ({ request, params, body }) => {
      const { tenantId, slug } = await mustFindTenant(deps.db, params.ref)
      const isActive = body.state === 'enabled'
      await setCompanyActive(deps.db, deps, requireActor(request), tenantId, { isActive, origin: originOf(request) })
      return seeOther(request, `${tenantPaths.one({ ref: slug })}?done=${isActive ? 'enabled' : 'disabled'}`)
    },
  })
}

function registerPlantForms(app: FastifyInstance, deps: Deps): void {
  /** Does it and goes back to the page, or shows the page with what was wrong; passwords and addresses are not shown again. */
  const attempt = async (
    request: FastifyRequest,
    ref: string,
    name: Form['name'],
    values: Fields,
    done: (typeof doneWords)[number],
    work: () => Promise<unknown>,
  ): Promise<Answer> => {
    const { slug } = await mustFindTenant(deps.db, ref)
    try {
      await work()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      const errors: Fields = {
        ...fieldErrorsOf(error, request.language),
        ...(error.code === 'confirmation_mismatch' && { confirmation: error.detail(request.language) }),
      }
      const refusal = Object.keys(errors).length > 0 ? null : error.detail(request.language)
      return answer(error.status, await tenantView(deps, request, ref, { form: { name, values, errors, refusal } }))
    }
    return seeOther(request, `${tenantPaths.one({ ref: slug })}?done=${done}#plant`)
  }
  const shared = { access, tags, params: RefPath, form: true, reply: { 303: emptyReply } } as const
  route(app, {
    ...shared,
    method: 'POST',
    url: tenantPaths.attach({ ref: ':ref' }),
    summary: 'Form: tries a plant database and attaches it',
    body: Type.Object({ url: text(2000), mode: text(10), timezone: text(100), performance_unit: text(30) }, { default: {} }),
    rate: tryRate,
    handler: ({ request, params, body: { url = '', ...values } }) =>
      attempt(request, params.ref, 'attach', values as Fields, 'attached', () =>
        attachPlant(deps, byOperator(request), params.ref, {
          url,
          canManage: values.mode === 'managed',
          timeZone: values.timezone || null,
          performanceUnit: values.performance_unit || null,
        }),
      ),
  })
  route(app, {
    ...shared,
    method: 'POST',
    url: tenantPaths.own({ ref: ':ref' }),
    summary: 'Form: gives the company a plant made by Andon',
    body: Type.Object({}, { default: {} }),
    handler: ({ request, params }) =>
      attempt(request, params.ref, 'attach', {}, 'attached', () => giveOwnPlant(deps, byOperator(request), params.ref)),
  })
  route(app, {
    ...shared,
    method: 'POST',
    url: tenantPaths.rotate({ ref: ':ref' }),
    summary: 'Form: tries another account of the plant database and keeps it',
    body: Type.Object({ user: text(200), password: text(500) }, { default: {} }),
    rate: tryRate,
    handler: ({ request, params, body: { user = '', password = '' } }) =>
      attempt(request, params.ref, 'rotate', { user }, 'rotated', () =>
        rotatePlant(deps, byOperator(request), params.ref, { user, password }),
      ),
  })
  route(app, {
    ...shared,
    method: 'POST',
    url: tenantPaths.detach({ ref: ':ref' }),
    summary: "Form: detaches the plant once the company's name was typed",
    body: Type.Object({ confirmation: text(200) }, { default: {} }),
    handler: ({ request, params, body: { confirmation = '' } }) =>
      attempt(request, params.ref, 'detach', { confirmation }, 'detached', () =>
        detachPlant(deps, byOperator(request), params.ref, confirmation),
      ),
  })
}
