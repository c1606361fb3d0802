/** Pages of companies: plain forms, each answered with a redirect or with itself and what was wrong. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { answer, emptyReply, fieldErrorsOf, htmlReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import { translator } from '../../platform/i18n/index.ts'
import { originOf, pageOf, requireActor, requireSignedIn, requireTenant } from '../access/index.ts'
import { administrationNavigation } from '../navigation.ts'
import { identityPaths } from '../paths.ts'
import { hasPermission } from '../permissions.ts'
import { logoCard } from '../pictures/index.ts'
import { setSessionCookie } from '../sessions/index.ts'
import { countWaiting, isUsable, listMemberships } from '../tenants/index.ts'
import { changeCompany, foundCompany, setCompanyActive } from './manage.ts'
import { companyMessages } from './messages.ts'
import { transferOwnership } from './ownership.ts'
import { problem } from './problems.ts'
import type { CompanyInput } from './profile.ts'
import * as q from './queries.ts'
import { type CompanyDeps, demandMayFound, foundRate, selectRate, transferRate } from './routes.ts'
import { select } from './select.ts'
import { type CompanyView, choicePage, companyPage, companyPaths, doneWords, type Fields, type FormState, newCompanyPage } from './views.ts'

const tags = ['pages']
const CompanyPath = Type.Object({ company: Type.String({ maxLength: 100 }) })
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

export function registerCompanyPages(app: FastifyInstance, deps: CompanyDeps): void {
  registerChoice(app, deps)
  registerFounding(app, deps)
  registerOwn(app, deps)
  registerOwnership(app, deps)
}

function registerChoice(app: FastifyInstance, deps: CompanyDeps): void {
  route(app, {
    method: 'GET',
    url: [identityPaths.companies(), '/select-company'],
    access: 'signed_in',
    summary: 'Page: choice of company',
    tags,
    reply: { 200: htmlReply },
    handler: async ({ request }) => {
      const { user } = requireSignedIn(request)
      const own = (await listMemberships(deps.db, user.userId)).filter(isUsable)
      const mayFound = user.isSuperAdmin || deps.config.signup.mayFoundCompanies
      return choicePage(pageOf(request), {
        companies: own.map(({ tenant, roleName }) => ({ ...tenant, roleName, isDefault: tenant.tenantId === user.defaultTenantId })),
        mayFound,
        isOperator: user.isSuperAdmin,
      })
    },
  })
  route(app, {
    method: 'POST',
    url: companyPaths.select(),
    access: 'signed_in',
    summary: 'Form: works in a company from now on, and starts there at sign-in',
    tags,
    form: true,
    body: Type.Object({ company_id: text(50) }, { default: {} }),
    rate: selectRate,
    reply: { 303: emptyReply },
    handler: async ({ request, reply, body }) => {
      const { tenant, cookie } = await select(deps, request, body.company_id ?? '', { isDefault: true })
      if (cookie !== null) setSessionCookie(reply, deps.config.http, cookie)
      return seeOther(request, identityPaths.dashboard({ company: tenant.slug }))
    },
  })
  // Addresses without a company lead to the one that the session works in.
  route(app, {
    method: 'GET',
    url: '/admin/company',
    access: 'signed_in',
    summary: 'Leads to the page of the company that the session works in',
    tags,
    reply: { 303: emptyReply },
    handler: ({ request }) => {
      const company = requireActor(request).tenant?.slug
      return seeOther(request, company === undefined ? identityPaths.companies() : identityPaths.company({ company }))
    },
  })
}

const formOf = (error: unknown, request: FastifyRequest, values: Fields): FormState & { readonly status: number } => {
  if (!(error instanceof Problem)) throw error
  const named = fieldByCode[error.code]
  const errors: Fields = { ...fieldErrorsOf(error, request.language), ...(named && { [named]: error.detail(request.language) }) }
  return { status: error.status, values, errors, refusal: Object.keys(errors).length > 0 ? null : error.detail(request.language) }
}
/** Refusals that are about one field. */
const fieldByCode: Readonly<Record<string, string>> = {
  company_name_taken: 'company_name',
  slug_taken: 'slug',
  tax_id_taken: 'tax_id',
  tax_id_immutable: 'tax_id',
}

/** Empty boxes of a new company say nothing. */
const filled = (values: Fields): CompanyInput => Object.fromEntries(Object.entries(values).filter(([, value]) => value.trim() !== ''))

function registerFounding(app: FastifyInstance, deps: CompanyDeps): void {
  route(app, {
    method: 'GET',
    url: companyPaths.create(),
    access: 'signed_in',
    summary: 'Page: a new company of the person',
    tags,
    reply: { 200: htmlReply },
    handler: async ({ request }) => {
      await demandMayFound(deps, request)
      return newCompanyPage(pageOf(request), { values: {}, errors: {}, refusal: null })
    },
  })
  route(app, {
    method: 'POST',
    url: companyPaths.create(),
    access: 'signed_in',
    summary: 'Form: founds a company, which the person then owns',
    tags,
    form: true,
    body: Type.Object(
      { company_name: text(200), country_code: text(10), tax_id_type: text(20), tax_id: text(60), timezone: text(100) },
      { default: {} },
    ),
    rate: foundRate,
    reply: { 303: emptyReply },
    handler: async ({ request, body }) => {
      await demandMayFound(deps, request)
      try {
        const made = await foundCompany(deps.db, deps, requireActor(request), filled(body as Fields), { origin: originOf(request) })
        await deps.companyMade(made.tenantId)
        return seeOther(request, `${identityPaths.company({ company: made.slug })}?done=created`)
      } catch (error) {
        const { status, ...form } = formOf(error, request, body as Fields)
        return answer(status, newCompanyPage(pageOf(request), form))
      }
    },
  })
}

type Shown = Partial<Pick<CompanyView, 'done' | 'form' | 'closing'>> & { readonly ownershipErrors?: Fields }

/** To hand the company to; the API takes anybody. */
const mostOffered = 1_000

/** The page as it is, with what was refused. */
async function shown(deps: CompanyDeps, request: FastifyRequest, { done = null, form = null, closing, ownershipErrors = {} }: Shown) {
  const actor = requireTenant(request)
  const { tenantId, slug } = actor.tenant
  const company = await q.findCompany(deps.db, tenantId)
  if (!company) throw problem('company_not_found')
  const page = pageOf(request)
  const db = { ...deps.db, tenantId }
  const mayHandOver = hasPermission(actor, 'transfer_ownership')
  const people = mayHandOver ? (await q.listMembers(db, { isWorking: true }, { offset: 0, limit: mostOffered })).members : []
  const others = people.filter(({ userId }) => userId !== actor.userId)
  return companyPage(page, {
    nav: administrationNavigation(page, slug, actor, 'company', { pendingUsers: await countWaiting(db, actor) }),
    company,
    users: (await q.countPeople(deps.db, [tenantId])).get(tenantId) ?? 0,
    logo: logoCard(page, { slug }),
    done,
    form,
    ownership: mayHandOver ? { people: others, errors: ownershipErrors } : null,
    closing: hasPermission(actor, 'delete_company') ? (closing ?? { error: null }) : null,
  })
}

const formFields = {
  company_name: text(200),
  slug: text(200),
  legal_name: text(400),
  country_code: text(10),
  tax_id_type: text(20),
  tax_id: text(60),
  industry: text(200),
  economic_activity: text(200),
  company_type: text(40),
  employees_range: text(40),
  address: text(600),
  city: text(200),
  phone: text(60),
  contact_email: text(300),
  website: text(400),
  linkedin_url: text(400),
  twitter_url: text(400),
  description_short: text(1000),
  description: text(20_000),
  primary_color: text(20),
  language: text(10),
  timezone: text(100),
  signup_domains: text(2000),
}

function registerOwn(app: FastifyInstance, deps: CompanyDeps): void {
  const url = identityPaths.company({ company: ':company' })
  route(app, {
    method: 'GET',
    url,
    access: 'manage_company',
    summary: 'Page: the company, its profile, settings and limits',
    tags,
    params: CompanyPath,
    query: Type.Object({ done: text(20) }),
    reply: { 200: htmlReply },
    handler: ({ request, query }) => shown(deps, request, { done: doneWords.find((word) => word === query.done) ?? null }),
  })
  route(app, {
    method: 'POST',
    url,
    access: 'manage_company',
    summary: 'Form: changes the company',
    tags,
    params: CompanyPath,
    form: true,
    body: Type.Object(formFields, { default: {} }),
    reply: { 303: emptyReply },
    handler: async ({ request, body }) => {
      const actor = requireTenant(request)
      const { tenantId } = actor.tenant
      const { signup_domains: domains, ...values } = body
      const input = { ...values, ...(domains !== undefined && { signup_domains: domains.split(/[\s,;]+/) }) }
      try {
        await changeCompany(deps.db, deps, actor, tenantId, input, { origin: originOf(request) })
      } catch (error) {
        const { status, ...form } = formOf(error, request, body as Fields)
        return answer(status, await shown(deps, request, { form }))
      }
      const company = (await q.findCompany(deps.db, tenantId))?.slug ?? actor.tenant.slug
      return seeOther(request, `${identityPaths.company({ company })}?done=saved`)
    },
  })
}

function registerOwnership(app: FastifyInstance, deps: CompanyDeps): void {
  route(app, {
    method: 'POST',
    url: companyPaths.ownership({ company: ':company' }),
    access: 'transfer_ownership',
    summary: 'Form: hands the company over',
    tags,
    params: CompanyPath,
    form: true,
    body: Type.Object({ user_id: text(20), password: text(128) }, { default: {} }),
    rate: transferRate,
    reply: { 303: emptyReply },
    handler: async ({ request, body }) => {
      const actor = requireTenant(request)
      const userId = /^\d{1,15}$/.test(body.user_id ?? '') ? Number(body.user_id) : 0
      try {
        await transferOwnership(deps, actor, { userId, password: body.password ?? '' }, originOf(request))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        const at = error.code === 'current_password_incorrect' ? 'password' : 'user_id'
        return answer(error.status, await shown(deps, request, { ownershipErrors: { [at]: error.detail(request.language) } }))
      }
      return seeOther(request, `${identityPaths.company({ company: actor.tenant.slug })}?done=transferred`)
    },
  })
  route(app, {
    method: 'POST',
    url: companyPaths.closure({ company: ':company' }),
    access: 'delete_company',
    summary: 'Form: closes the company once its name was typed',
    tags,
    params: CompanyPath,
    form: true,
    body: Type.Object({ confirmation: text(200) }, { default: {} }),
    reply: { 303: emptyReply },
    handler: async ({ request, body }) => {
      const actor = requireTenant(request)
      const { tenantId, name } = actor.tenant
      if ((body.confirmation ?? '').trim().normalize('NFC') !== name) {
        const error = translator(companyMessages, request.language)('closing.mismatch')
        return answer(422, await shown(deps, request, { closing: { error } }))
      }
      await setCompanyActive(deps.db, deps, actor, tenantId, { isActive: false, isDeleted: true, origin: originOf(request) })
      return seeOther(request, identityPaths.companies())
    },
  })
}
