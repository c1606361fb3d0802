/** `/t/{company}/plant/dashboards/{role}` and `/t/{company}/my-dashboard`: building a dashboard. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import Type from 'typebox'
import { findTenant, pageOf, type Role, requireTenant, roleText } from '../../identity/index.ts'
import { type Answer, answer, htmlReply, route, seeOther } from '../../platform/http/index.ts'
import { translator } from '../../platform/i18n/index.ts'
import { type Html, html, pageHead, shell } from '../../platform/ui/index.ts'
import { configurationPage } from '../configuration/index.ts'
import { companyDefault, type DashboardDeps, layoutRoles, ownerOfPerson, ownerOfRole, previewOf } from '../dashboards/index.ts'
import { plantNavigation } from '../navigation.ts'
import { answerEdit, openEditor } from './editor.ts'
import { EditorBody } from './form.ts'
import type { Place } from './ground.ts'
import { messages } from './messages.ts'
import type { EditorModel } from './model.ts'
import { layoutPaths } from './paths.ts'
import { editorView, roleChoice } from './views.ts'

const tags = ['pages']
/** A step each time a key is held down: moving a widget through a long tab stays below it. */
const rate = { bucket: 'layout-editor', perMinute: 240 }
const company = Type.String({ maxLength: 100 })
const text = Type.Optional(Type.String({ maxLength: 100 }))
const Query = Type.Object({ tab: text, columns: text, done: text })
const ofRole = layoutPaths.role(':company')
const mine = layoutPaths.mine(':company')

const ours: readonly Role[] = ['OWNER', 'ADMIN', 'MANAGER', 'OPERATOR', 'VIEWER']

/** Whose capabilities a word of the company has: only the built-in layout asks. */
async function roleOfWord(deps: Pick<DashboardDeps, 'db'>, tenantId: number, word: string): Promise<Role> {
  const find = (role: unknown): Role | undefined => ours.find((one) => one === String(role).trim().toUpperCase())
  const own = (await findTenant(deps.db, tenantId))?.config.roles
  const mapped = Object.entries(typeof own === 'object' && own !== null ? own : {}).find(
    ([name]) => name.toUpperCase() === word.toUpperCase(),
  )
  return find(word) ?? find(mapped?.[1]) ?? 'VIEWER'
}

async function placeOfRole(deps: DashboardDeps, request: FastifyRequest, word: string): Promise<Place & { readonly role: string }> {
  const actor = requireTenant(request)
  const owner = await ownerOfRole(deps.db, actor, word)
  const role = owner.kind === 'role' ? owner.role : word
  const base = await roleOfWord(deps, actor.tenant.tenantId, role)
  return {
    owner,
    role,
    action: layoutPaths.role(actor.tenant.slug, role),
    shown: ({ tenant }) => deps.layouts.ofRole({ tenant, role: base, roleName: role }),
  }
}

function placeOfPerson(deps: DashboardDeps, request: FastifyRequest): Place {
  const actor = requireTenant(request)
  return { owner: ownerOfPerson(actor), role: null, action: layoutPaths.mine(actor.tenant.slug), shown: (who) => deps.layouts.of(who) }
}

async function rolePage(deps: DashboardDeps, request: FastifyRequest, model: EditorModel): Promise<Html> {
  const actor = requireTenant(request)
  const page = pageOf(request)
  const t = translator(messages, page.language)
  const { slug, tenantId } = actor.tenant
  const stored = await deps.layouts.rolesWithOwn(actor)
  const roles = (await layoutRoles(deps.db, tenantId)).map((role) => ({
    role,
    label: role === companyDefault ? t('role.default') : roleText(role.toUpperCase(), page.language),
    href: page.url(layoutPaths.role(slug, role)),
    isOwn: stored.includes(role.trim().toUpperCase()),
  }))
  return configurationPage({
    page,
    actor,
    current: 'dashboards',
    title: t('title.roles'),
    subtitle: t('lead.roles'),
    body: html`<div class="progress" id="progress" aria-hidden="true"></div>${roleChoice({ page, current: model.role, roles, mine: page.url(layoutPaths.mine(slug)) })}${sheet(page)}${editorView(model)}`,
  })
}

function minePage(request: FastifyRequest, model: EditorModel): Html {
  const actor = requireTenant(request)
  const page = pageOf(request)
  const t = translator(messages, page.language)
  return shell({
    page,
    title: t('title.mine'),
    nav: plantNavigation(page, actor.tenant.slug, actor, 'dashboard'),
    body: html`<div class="progress" id="progress" aria-hidden="true"></div>${pageHead({ title: t('title.mine'), subtitle: t('lead.mine') })}${sheet(page)}${editorView(model)}`,
  })
}

/** The grid's own rules come with the page that needs them. */
const sheet = (page: EditorModel['page']): Html => html`<link rel="stylesheet" href="${page.asset('gridstack.css')}">`

export function registerLayoutEditor(app: FastifyInstance, deps: DashboardDeps): void {
  const edited = async (
    request: FastifyRequest,
    place: Place,
    body: EditorBody,
    whole: (model: EditorModel) => Promise<Html> | Html,
  ): Promise<Answer> => {
    const { status, model, done } = await answerEdit(deps, request, place, body)
    if (request.isHtmx) return answer(status, editorView(model))
    if (done !== null) return seeOther(request, `${place.action}?${new URLSearchParams({ done, tab: model.tab })}`)
    return answer(status, await whole(model))
  }

  route(app, {
    method: 'GET',
    url: ofRole,
    access: 'edit_dashboard',
    summary: 'Page: the dashboard of everybody who has none of their role',
    tags,
    params: Type.Object({ company }),
    query: Query,
    reply: { 200: htmlReply },
    handler: async ({ request, query }) =>
      rolePage(deps, request, await openEditor(deps, request, await placeOfRole(deps, request, companyDefault), query)),
  })
  const OfRole = Type.Object({ company, role: Type.String({ maxLength: 50 }) })
  route(app, {
    method: 'GET',
    url: `${ofRole}/:role`,
    access: 'edit_dashboard',
    summary: 'Page: the dashboard of a role',
    tags,
    params: OfRole,
    query: Query,
    reply: { 200: htmlReply },
    handler: async ({ request, params, query }) =>
      rolePage(deps, request, await openEditor(deps, request, await placeOfRole(deps, request, params.role), query)),
  })
  route(app, {
    method: 'POST',
    url: `${ofRole}/:role`,
    access: 'edit_dashboard',
    summary: 'One step of the editor, or saving; with HX-Request only the editor',
    tags,
    params: OfRole,
    body: EditorBody,
    form: true,
    rate,
    reply: { 200: htmlReply },
    handler: async ({ request, params, body }) =>
      edited(request, await placeOfRole(deps, request, params.role), body, (model) => rolePage(deps, request, model)),
  })
  route(app, {
    method: 'GET',
    url: mine,
    access: 'view_dashboard',
    summary: 'Page: the caller’s own dashboard',
    tags,
    params: Type.Object({ company }),
    query: Query,
    reply: { 200: htmlReply },
    handler: async ({ request, query }) => minePage(request, await openEditor(deps, request, placeOfPerson(deps, request), query)),
  })
  route(app, {
    method: 'POST',
    url: mine,
    access: 'view_dashboard',
    summary: 'One step of the editor of the caller’s own dashboard, or saving',
    tags,
    params: Type.Object({ company }),
    body: EditorBody,
    form: true,
    rate,
    reply: { 200: htmlReply },
    handler: async ({ request, body }) => edited(request, placeOfPerson(deps, request), body, (model) => minePage(request, model)),
  })
  for (const [url, access] of [
    [`${ofRole}/:role/widgets/:id`, 'edit_dashboard'],
    [`${mine}/widgets/:id`, 'view_dashboard'],
  ] as const)
    route(app, {
      method: 'GET',
      url,
      access,
      summary: 'One widget of the catalogue with the figures of yesterday',
      tags,
      params: Type.Object({
        company,
        ...(url.includes(':role') && { role: Type.String({ maxLength: 50 }) }),
        id: Type.Integer({ minimum: 1 }),
      }),
      rate,
      reply: { 200: htmlReply },
      handler: ({ request, params }) => {
        const widget = { widget_id: params.id, tab: 'vista', title: null, col_span: 4, row_span: 1, refresh_seconds: null, params: {} }
        const layout = { widgets: [widget], filters: [], tabs: [{ key: 'vista', name: 'Vista', line_ids: null }] }
        return previewOf(deps, request, { page: pageOf(request), layout, tab: 'vista' })
      },
    })
}
