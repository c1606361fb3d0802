/** Pages of the administration of people: the list, a new one, one person, and the forms there. They work without JavaScript. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import {
  answer,
  emptyReply,
  fieldErrorsOf,
  htmlReply,
  Problem,
  pageMeta,
  pagingOf,
  rawReply,
  route,
  seeOther,
} from '../../platform/http/index.ts'
import type { Html } from '../../platform/ui/index.ts'
import { originOf, pageOf, requireSignedIn, requireTenant } from '../access/index.ts'
import type { TenantActor } from '../actor.ts'
import { identityMessages } from '../messages.ts'
import { administrationNavigation } from '../navigation.ts'
import { identityPaths } from '../paths.ts'
import { hasPermission, type MemberRole, roleRank, roles } from '../permissions.ts'
import { problem } from '../problems.ts'
import type { SignupDeps } from '../signup/index.ts'
import { companyRoles, type TenantConfig } from '../tenants/index.ts'
import { approvePerson, rejectPerson } from './approval.ts'
import { changePerson } from './change.ts'
import { createPerson } from './create.ts'
import { getPerson, listPeople } from './list.ts'
import { peoplePage } from './list-view.ts'
import { type PeopleMessage, peopleMessages } from './messages.ts'
import { newPersonPage } from './new-view.ts'
import type { PersonObject } from './person-object.ts'
import { personPage } from './person-view.ts'
import { ProfileForm, placeOptions, profileOfForm } from './profile-form.ts'
import { countPending, listStatuses } from './queries.ts'
import { removePerson } from './removal.ts'
import { sendReset } from './reset.ts'
import { decisionRate, exportRate, isPersonAction, runAction, sendCsv } from './routes.ts'

const tags = ['pages']
const text = Type.Optional(Type.String({ maxLength: 500 }))
const several = Type.Optional(Type.Union([Type.Array(Type.String({ maxLength: 50 }), { maxItems: 100 }), Type.String({ maxLength: 50 })]))
const CompanyPath = Type.Object({ company: Type.String({ maxLength: 100 }) })
const PersonPath = Type.Object({ company: Type.String({ maxLength: 100 }), user: Type.String({ maxLength: 254 }) })
const NewForm = Type.Object({ username: text, email: text, full_name: text, role: text, category: text, password: text }, { default: {} })
const AccountForm = Type.Object({ ...ProfileForm.properties, email: text }, { default: {} })
const perPage = 25

const listOf = (values: readonly string[] | string | undefined): string[] => (typeof values === 'string' ? [values] : [...(values ?? [])])

/** Nobody chooses a word that does not exist: an unknown one in the address is none. */
const statusOf = (word: string | undefined) => listStatuses.find((status) => status === word)
const doneOf = (word: string | undefined): PeopleMessage | null =>
  word !== undefined && Object.hasOwn(peopleMessages, `done.${word}`) ? (`done.${word}` as PeopleMessage) : null

export function registerPeoplePages(app: FastifyInstance, deps: SignupDeps): void {
  registerSeedPath(app)
  registerListPage(app, deps)
  registerNewPage(app, deps)
  registerPersonPage(app, deps)
  registerForms(app, deps)
}

function registerSeedPath(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/admin/users',
    access: 'signed_in',
    summary: "Leads to the page of the session's company",
    tags,
    reply: { 303: emptyReply },
    handler: ({ request }) => {
      const slug = request.actor?.tenant?.slug
      return seeOther(request, slug === undefined ? identityPaths.companies() : identityPaths.users({ company: slug }))
    },
  })
}

/** What every page here needs: who looks, the navigation with what waits, the company's roles. */
async function frame(deps: SignupDeps, request: FastifyRequest) {
  const actor = requireTenant(request)
  const page = pageOf(request)
  const config: TenantConfig = requireSignedIn(request).tenantConfig ?? {}
  const canManage = hasPermission(actor, 'manage_users')
  const pending = canManage ? await countPending({ ...deps.db, tenantId: actor.tenant.tenantId }) : 0
  const nav = administrationNavigation(page, actor.tenant.slug, actor, 'users', { pendingUsers: pending })
  return {
    actor,
    page,
    config,
    canManage,
    pending,
    nav,
    company: actor.tenant,
    timeZone: timeZoneOf(config),
    ...roleOptions(request, actor, config),
  }
}

/** The company's own role names after ours; `roles` are those that the actor may give. */
function roleOptions(request: FastifyRequest, actor: TenantActor, config: TenantConfig) {
  const ours = roles
    .filter((role) => role !== 'SUPER_ADMIN')
    .map((role) => ({ value: role as string, label: identityMessages[`role.${role}`][request.language], base: role as MemberRole }))
  const theirs = Object.entries(companyRoles(config)).map(([name, base]) => ({ value: name, label: name, base }))
  const all = [...ours, ...theirs.filter(({ value }) => !ours.some((role) => role.value === value))]
  return { allRoles: all, roles: all.filter(({ base }) => roleRank[base] <= roleRank[actor.role]) }
}

function timeZoneOf({ timezone }: TenantConfig): string {
  try {
    if (typeof timezone === 'string') return new Intl.DateTimeFormat('en', { timeZone: timezone }).resolvedOptions().timeZone
  } catch {
    // not one: an import may have brought any word
  }
  return 'UTC'
}

function registerListPage(app: FastifyInstance, deps: SignupDeps): void {
  const url = identityPaths.users({ company: ':company' })
  const query = { q: text, status: text, role: text }
  route(app, {
    method: 'GET',
    url,
    access: 'view_users',
    summary: 'Page: people of the company',
    tags,
    params: CompanyPath,
    query: Type.Object({ ...query, page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })), done: text }),
    reply: { 200: htmlReply },
    handler: async ({ request, query: { q = '', status, role = '', page: pageNumber, done } }) => {
      const shared = await frame(deps, request)
      const { actor, canManage, page } = shared
      const wanted = statusOf(status)
      const paging = pagingOf({ page: pageNumber ?? 1, per_page: perPage })
      const { items, total } = await listPeople(deps, actor, { q, status: wanted, role }, paging)
      const said = doneOf(done)
      return peoplePage({
        ...shared,
        roles: shared.allRoles,
        ownId: actor.userId,
        asked: { q, status: wanted ?? '', role },
        people: items,
        at: pageMeta(paging, total),
        canExport: canManage && hasPermission(actor, 'export_data'),
        done: said && peopleMessages[said][page.language],
      })
    },
  })
  route(app, {
    method: 'GET',
    url: `${url}/export.csv`,
    access: 'manage_users',
    summary: 'The people of the page as CSV; needs export_data, too',
    tags,
    params: CompanyPath,
    query: Type.Object(query),
    rate: exportRate,
    reply: { 200: rawReply('text/csv') },
    handler: ({ request, reply, query: { q, status, role } }) => sendCsv(deps, request, reply, { q, status: statusOf(status), role }),
  })
}

function registerNewPage(app: FastifyInstance, deps: SignupDeps): void {
  const url = `${identityPaths.users({ company: ':company' })}/new`
  route(app, {
    method: 'GET',
    url,
    access: 'manage_users',
    summary: 'Form: a new person',
    tags,
    params: CompanyPath,
    reply: { 200: htmlReply },
    handler: async ({ request }) => newPersonPage({ ...(await frame(deps, request)), typed: {}, errors: {}, refusal: null }),
  })
  route(app, {
    method: 'POST',
    url,
    access: 'manage_users',
    summary: 'Creates a person from the form',
    tags,
    params: CompanyPath,
    body: NewForm,
    form: true,
    reply: { 303: emptyReply },
    handler: async ({ request, body }) => {
      const actor = requireTenant(request)
      const { username = '', email = '', password = '', ...rest } = body
      try {
        const userId = await createPerson(deps, actor, { username, email, password, ...rest }, originOf(request))
        return seeOther(request, `${identityPaths.users({ company: actor.tenant.slug })}/${userId}?done=created`)
      } catch (error) {
        const { status, errors, refusal } = refused(error, request)
        return answer(status, newPersonPage({ ...(await frame(deps, request)), typed: body, errors, refusal }))
      }
    },
  })
}

type Refused = { readonly status: number; readonly errors: Readonly<Record<string, string>>; readonly refusal: string | null }

/** A refusal as the form shows it: at its fields, and above where there are none. Rethrows bugs, and what is no answer to a form. */
function refused(error: unknown, request: FastifyRequest): Refused {
  if (!(error instanceof Problem) || error.status === 404 || error.status >= 500) throw error
  const fields = { username_taken: 'username', email_taken: 'email' } as const
  const own = Object.hasOwn(fields, error.code) ? { [fields[error.code as keyof typeof fields]]: error.detail(request.language) } : {}
  const errors: Record<string, string> = { ...fieldErrorsOf(error, request.language), ...own }
  return { status: error.status, errors, refusal: Object.keys(errors).length > 0 ? null : error.detail(request.language) }
}

type Shown = Omit<Refused, 'status'> & { readonly done: PeopleMessage | null; readonly typed: Static<typeof AccountForm> | null }

async function showPerson(deps: SignupDeps, request: FastifyRequest, ref: string, shown: Shown): Promise<Html> {
  const shared = await frame(deps, request)
  const { actor, allRoles } = shared
  const person = await getPerson(deps, actor, ref)
  const rank = rankOf(person, allRoles)
  const isSelf = person.id === actor.userId
  return personPage({
    ...shared,
    ...shown,
    person,
    isSelf,
    can: {
      manage: shared.canManage,
      changeRoles: hasPermission(actor, 'manage_roles'),
      touch: isSelf || rank <= roleRank[actor.role],
    },
    grantable: actor.permissions,
    places: await placeOptions(deps.db, person, request.language),
  })
}

const rankOf = ({ role }: PersonObject, all: readonly { readonly value: string; readonly base: MemberRole }[]): number => {
  if (role === 'SUPER_ADMIN') return roleRank.SUPER_ADMIN
  const base = all.find(({ value }) => value === role)?.base
  return base === undefined ? 0 : roleRank[base]
}

const nothing = { done: null, refusal: null, errors: {}, typed: null }

function registerPersonPage(app: FastifyInstance, deps: SignupDeps): void {
  route(app, {
    method: 'GET',
    url: `${identityPaths.users({ company: ':company' })}/:user`,
    access: 'view_users',
    summary: 'Page: one person of the company',
    tags,
    params: PersonPath,
    query: Type.Object({ done: text }),
    reply: { 200: htmlReply },
    handler: ({ request, params, query }) => showPerson(deps, request, params.user, { ...nothing, done: doneOf(query.done) }),
  })
}

function registerForms(app: FastifyInstance, deps: SignupDeps): void {
  const url = (action: string) => `${identityPaths.users({ company: ':company' })}/:user/${action}`
  /** Does it and goes back to the person; or shows the page again, with why not. */
  const run = async (request: FastifyRequest, ref: string, done: string, work: () => Promise<unknown>, typed: Shown['typed'] = null) => {
    try {
      await work()
    } catch (error) {
      const { status, ...why } = refused(error, request)
      return answer(status, await showPerson(deps, request, ref, { ...nothing, ...why, typed }))
    }
    const { slug } = requireTenant(request).tenant
    return seeOther(request, `${identityPaths.users({ company: slug })}/${encodeURIComponent(ref)}?done=${done}`)
  }
  const form = { tags, params: PersonPath, form: true, rate: decisionRate, reply: { 303: emptyReply } } as const

  route(app, {
    ...form,
    method: 'POST',
    url: url('approve'),
    access: 'manage_users',
    summary: 'Lets somebody in from the form',
    body: Type.Object({ role: text, category: text }, { default: {} }),
    handler: ({ request, params, body: { role, category } }) =>
      run(request, params.user, 'approve', () =>
        approvePerson(
          deps,
          requireTenant(request),
          params.user,
          { role: role || undefined, category: category || undefined },
          originOf(request),
        ),
      ),
  })
  route(app, {
    ...form,
    method: 'POST',
    url: url('reject'),
    access: 'manage_users',
    summary: 'Refuses somebody from the form',
    body: Type.Object({ reason: text }, { default: {} }),
    handler: ({ request, params, body }) =>
      run(request, params.user, 'reject', () =>
        rejectPerson(deps, requireTenant(request), params.user, body.reason?.trim() || null, originOf(request)),
      ),
  })
  route(app, {
    ...form,
    method: 'POST',
    url: url('access'),
    access: 'manage_roles',
    summary: 'Changes role, modules and grants from the form',
    body: Type.Object({ role: text, modules: several, permissions: several }, { default: {} }),
    handler: ({ request, params, body: { role, modules, permissions } }) => {
      const chosen = listOf(modules)
      const change = { role: role || undefined, permissions: listOf(permissions), modules: chosen.length === 0 ? null : chosen }
      return run(request, params.user, 'saved', () => changePerson(deps, requireTenant(request), params.user, change, originOf(request)))
    },
  })
  route(app, {
    ...form,
    method: 'POST',
    url: url('profile'),
    access: 'manage_users',
    summary: 'Changes address and profile from the form',
    body: AccountForm,
    handler: async ({ request, params, body }) => {
      const actor = requireTenant(request)
      const { email, ...profile } = body
      const stored = await getPerson(deps, actor, params.user)
      const change = { ...profileOfForm(profile, stored), ...(email !== undefined && email !== stored.email && { email }) }
      return run(request, params.user, 'saved', () => changePerson(deps, actor, params.user, change, originOf(request)), body)
    },
  })
  route(app, {
    ...form,
    method: 'POST',
    url: url('remove'),
    access: 'manage_users',
    summary: 'Takes somebody out of the company from the form',
    handler: async ({ request, params }) => {
      const actor = requireTenant(request)
      if (actor.kind !== 'person') throw new Error('only people hold manage_users')
      const outcome = await run(request, params.user, 'remove', () => removePerson(deps, actor, params.user, originOf(request)))
      return outcome.status === 303 ? seeOther(request, `${identityPaths.users({ company: actor.tenant.slug })}?done=remove`) : outcome
    },
  })
  route(app, {
    ...form,
    method: 'POST',
    url: url(':action'),
    access: 'manage_users',
    summary: 'Does something to an account or a membership from the form',
    params: Type.Object({ ...PersonPath.properties, action: Type.String({ maxLength: 40 }) }),
    handler: ({ request, params: { user, action } }) => {
      const actor = requireTenant(request)
      if (action === 'send-reset') return run(request, user, action, () => sendReset(deps, actor, user, originOf(request)))
      if (!isPersonAction(action)) throw problem('user_not_found')
      return run(request, user, action, () => runAction(action)(deps, actor, user, originOf(request)))
    },
  })
}
