/** Pages of the administration of people: the list, a new one, one person, and the forms there. They work without JavaScript. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { answer, emptyReply, htmlReply, pageMeta, pagingOf, rawReply, route, seeOther } from '../../platform/http/index.ts'
import { originOf, requireTenant } from '../access/index.ts'
import { identityPaths } from '../paths.ts'
import { hasPermission } from '../permissions.ts'
import type { SignupDeps } from '../signup/index.ts'
import { createPerson } from './create.ts'
import { doneOf, frame, refused } from './frame.ts'
import { listPeople } from './list.ts'
import { peoplePage } from './list-view.ts'
import { peopleMessages } from './messages.ts'
import { newPersonPage } from './new-view.ts'
import { registerPersonPages } from './person-pages.ts'
import { listStatuses } from './queries.ts'
import { exportRate, sendCsv } from './routes.ts'

const tags = ['pages']
const text = Type.Optional(Type.String({ maxLength: 500 }))
const CompanyPath = Type.Object({ company: Type.String({ maxLength: 100 }) })
const NewForm = Type.Object({ username: text, email: text, full_name: text, role: text, category: text, password: text }, { default: {} })
const perPage = 25

/** Nobody chooses a word that does not exist: an unknown one in the address is none. */
const statusOf = (word: string | undefined) => listStatuses.find((status) => status === word)
export function registerPeoplePages(app: FastifyInstance, deps: SignupDeps): void {
  registerSeedPath(app)
  registerListPage(app, deps)
  registerNewPage(app, deps)
  registerPersonPages(app, deps)
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
