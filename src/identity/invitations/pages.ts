/** The administration's page of invitations: plain forms. What is shown once is the answer to the form that made it. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { answer, emptyReply, fieldErrorsOf, htmlReply, Problem, pageMeta, pagingOf, route, seeOther } from '../../platform/http/index.ts'
import { type AccessDeps, originOf, pageOf, requireActor, requireTenant, timeZoneOf } from '../access/index.ts'
import { administrationNavigation } from '../navigation.ts'
import { identityPaths } from '../paths.ts'
import { type Role, roleRank, roles } from '../permissions.ts'
import { countWaiting } from '../tenants/index.ts'
import { createLink, type Invited, invite, resend, revoke } from './invite.ts'
import { inviterOf } from './inviter.ts'
import { registerLandingPages } from './landing-pages.ts'
import * as q from './queries.ts'
import { inviteRate } from './routes.ts'
import { type InvitationStatus, invitationStatuses } from './tables.ts'
import { type AdministrationView, type Fields, invitationPaths, invitationsPage } from './views.ts'

const tags = ['pages']
const company = Type.String({ maxLength: 100 })
const CompanyPath = Type.Object({ company })
const IdPath = Type.Object({ company, id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const perPage = 25

export function registerInvitationPages(app: FastifyInstance, deps: AccessDeps): void {
  registerSeedPath(app)
  registerList(app, deps)
  registerInviting(app, deps)
  registerManaging(app, deps)
  registerLandingPages(app, deps)
}

type Form = AdministrationView['form']
const noForm: Form = { name: null, values: {}, errors: {}, refusal: null }
const statusOf = (word: string | undefined): InvitationStatus | null => invitationStatuses.find((status) => status === word) ?? null
/** Highest first; nobody gives a role above their own. */
const offered = (own: Role): readonly string[] => roles.filter((role) => role !== 'SUPER_ADMIN' && roleRank[role] <= roleRank[own])

type Shown = Partial<Pick<AdministrationView, 'made' | 'isRevoked' | 'form'>> & {
  readonly status?: InvitationStatus | null
  readonly page?: number | undefined
}

async function shown(
  deps: AccessDeps,
  request: FastifyRequest,
  { status = null, page: number = 1, made = null, isRevoked = false, form = noForm }: Shown,
) {
  const actor = requireTenant(request)
  const { tenantId, slug, name } = actor.tenant
  const db = { ...deps.db, tenantId }
  const paging = pagingOf({ page: number, per_page: perPage })
  const nowMs = deps.clock.nowMs()
  const { items, total } = await q.listInvitations(db, { status: status ?? undefined }, nowMs, paging)
  const page = pageOf(request)
  return invitationsPage(page, {
    nav: administrationNavigation(page, slug, actor, 'invitations', { pendingUsers: await countWaiting(db, actor) }),
    company: { slug, name },
    items,
    at: pageMeta(paging, total),
    status,
    nowMs,
    timeZone: timeZoneOf(request),
    roles: offered(actor.role),
    linkRoles: ['OPERATOR', 'VIEWER'],
    made,
    isRevoked,
    form,
  })
}

const fieldByCode: Readonly<Record<string, string>> = { already_member: 'email', invitation_pending: 'email', role_above_own: 'role' }

/** The page again, with what was refused. Rethrows bugs, and what is not there. */
async function refused(deps: AccessDeps, request: FastifyRequest, error: unknown, { name, values }: Pick<Form, 'name' | 'values'>) {
  if (!(error instanceof Problem) || error.status === 404) throw error
  const field = name === 'invite' ? fieldByCode[error.code] : undefined
  const errors: Fields = { ...fieldErrorsOf(error, request.language), ...(field && { [field]: error.detail(request.language) }) }
  const refusal = Object.keys(errors).length > 0 ? null : error.detail(request.language)
  return answer(error.status, await shown(deps, request, { form: { name, values, errors, refusal } }))
}

function registerSeedPath(app: FastifyInstance): void {
  route(app, {
    method: 'GET',
    url: '/admin/invitations',
    access: 'signed_in',
    summary: 'Leads to the invitations of the company that the session works in',
    tags,
    reply: { 303: emptyReply },
    handler: ({ request }) => {
      const slug = requireActor(request).tenant?.slug
      return seeOther(request, slug === undefined ? identityPaths.companies() : identityPaths.invitations({ company: slug }))
    },
  })
}

function registerList(app: FastifyInstance, deps: AccessDeps): void {
  route(app, {
    method: 'GET',
    url: identityPaths.invitations({ company: ':company' }),
    access: 'invite_users',
    summary: 'Page: invitations of the company',
    tags,
    params: CompanyPath,
    query: Type.Object({ status: text(20), done: text(20), page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })) }),
    reply: { 200: htmlReply },
    handler: ({ request, query: { status, done, page } }) =>
      shown(deps, request, { status: statusOf(status), isRevoked: done === 'revoked', page }),
  })
}

/** Forms that answer with the page and, this once, the link that they made. */
function registerInviting(app: FastifyInstance, deps: AccessDeps): void {
  const common = { method: 'POST', access: 'invite_users', tags, form: true, rate: inviteRate, reply: { 200: htmlReply } } as const
  type Making = (by: Awaited<ReturnType<typeof inviterOf>>) => Promise<Invited>
  const made = async (request: FastifyRequest, name: Form['name'], values: Fields, make: Making) => {
    try {
      const { path } = await make(await inviterOf(deps.db, request))
      const kind = name === 'link' ? 'link' : 'sent'
      return await shown(deps, request, { made: { kind, url: `${deps.config.http.publicUrl}${path}` } })
    } catch (error) {
      return refused(deps, request, error, { name, values })
    }
  }
  route(app, {
    ...common,
    url: identityPaths.invitations({ company: ':company' }),
    summary: 'Form: invites a person by mail; the answer shows the link once',
    params: CompanyPath,
    body: Type.Object({ email: text(300), role: text(50) }, { default: {} }),
    handler: ({ request, body: { email = '', role = '' } }) =>
      made(request, 'invite', { email, role }, ({ actor, tenant }) => invite(deps, actor, tenant, { email, role }, originOf(request))),
  })
  route(app, {
    ...common,
    url: invitationPaths.links({ company: ':company' }),
    summary: 'Form: makes an open link; the answer shows it once',
    params: CompanyPath,
    body: Type.Object({ role: text(50), max_uses: text(10), expires_at: text(10) }, { default: {} }),
    handler: ({ request, body: { role = '', max_uses: maxUses = '', expires_at: expiresAt = '' } }) =>
      made(request, 'link', { role, max_uses: maxUses, expires_at: expiresAt }, ({ actor, tenant }) =>
        createLink(deps, actor, tenant, { role, maxUses: Number(maxUses), expiresAt }, originOf(request)),
      ),
  })
  route(app, {
    ...common,
    url: invitationPaths.resend({ company: ':company', id: ':id' }),
    summary: 'Form: sends an invitation again; the answer shows its new link once',
    params: IdPath,
    body: Type.Object({}, { default: {} }),
    handler: ({ request, params }) =>
      made(request, null, {}, ({ actor, tenant }) => resend(deps, actor, tenant, params.id, originOf(request))),
  })
}

function registerManaging(app: FastifyInstance, deps: AccessDeps): void {
  route(app, {
    method: 'POST',
    url: invitationPaths.revoke({ company: ':company', id: ':id' }),
    access: 'invite_users',
    summary: 'Form: revokes an invitation',
    tags,
    params: IdPath,
    form: true,
    body: Type.Object({}, { default: {} }),
    reply: { 303: emptyReply },
    handler: async ({ request, params }) => {
      const { actor, tenant } = await inviterOf(deps.db, request)
      try {
        await revoke(deps, actor, tenant.tenantId, params.id, originOf(request))
      } catch (error) {
        return refused(deps, request, error, { name: null, values: {} })
      }
      return seeOther(request, `${identityPaths.invitations({ company: tenant.slug })}?done=revoked`)
    },
  })
}
