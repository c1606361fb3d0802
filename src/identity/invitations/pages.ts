/** Pages of invitations: plain forms. What is shown once is the answer to the form that made it. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { answer, emptyReply, fieldErrorsOf, htmlReply, Problem, pageMeta, pagingOf, route, seeOther } from '../../platform/http/index.ts'
import { type AccessDeps, originOf, pageOf, requireActor, requireSignedIn, requireTenant } from '../access/index.ts'
import { forgetLinkToken, keepLinkToken, readLinkToken } from '../links/index.ts'
import { begin, demandSignInForm, preSessionToken, withCookie } from '../login/index.ts'
import { administrationNavigation } from '../navigation.ts'
import { identityPaths } from '../paths.ts'
import { type Role, roleRank, roles } from '../permissions.ts'
import { access, countWaiting, isUsable, listMemberships } from '../tenants/index.ts'
import { findUser, maskEmail } from '../users/index.ts'
import { acceptAsExisting, acceptAsNew, findInvitation, type OpenInvitation } from './accept.ts'
import { createLink, invite, resend, revoke } from './invite.ts'
import { inviterOf } from './inviter.ts'
import * as q from './queries.ts'
import { acceptRate, inviteRate, lookupRate } from './routes.ts'
import { type InvitationStatus, invitationStatuses } from './tables.ts'
import { type AcceptView, type AdministrationView, acceptPage, type Fields, invitationPaths, invitationsPage } from './views.ts'

const tags = ['pages']
const CompanyPath = Type.Object({ company: Type.String({ maxLength: 100 }) })
const IdPath = Type.Object({ company: Type.String({ maxLength: 100 }), id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const perPage = 25

export function registerInvitationPages(app: FastifyInstance, deps: AccessDeps): void {
  registerAdministration(app, deps)
  registerLanding(app, deps)
}

const noForm: AdministrationView['form'] = { name: null, values: {}, errors: {}, refusal: null }
const statusOf = (word: string | undefined): InvitationStatus | null => invitationStatuses.find((status) => status === word) ?? null
/** Highest first; nobody gives a role above their own. */
const offered = (own: Role): readonly string[] => roles.filter((role) => role !== 'SUPER_ADMIN' && roleRank[role] <= roleRank[own])

type Shown = Partial<Pick<AdministrationView, 'made' | 'isRevoked' | 'form'>> & {
  readonly status?: InvitationStatus | null
  readonly page?: number
}

async function administration(deps: AccessDeps, request: FastifyRequest, asked: Shown) {
  const actor = requireTenant(request)
  const { tenantId, slug, name } = actor.tenant
  const status = asked.status ?? null
  const paging = pagingOf({ page: asked.page ?? 1, per_page: perPage })
  const nowMs = deps.clock.nowMs()
  const { items, total } = await q.listInvitations({ ...deps.db, tenantId }, { status: status ?? undefined }, nowMs, paging)
  const page = pageOf(request)
  const timeZone = requireSignedIn(request).tenantConfig?.timezone
  return invitationsPage(page, {
    nav: administrationNavigation(page, slug, actor, 'invitations', { pendingUsers: await countWaiting({ ...deps.db, tenantId }, actor) }),
    company: { slug, name },
    items,
    at: pageMeta(paging, total),
    status,
    nowMs,
    timeZone: typeof timeZone === 'string' && isZone(timeZone) ? timeZone : 'UTC',
    roles: offered(actor.role),
    linkRoles: ['OPERATOR', 'VIEWER'],
    made: asked.made ?? null,
    isRevoked: asked.isRevoked ?? false,
    form: asked.form ?? noForm,
  })
}

function isZone(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone })
    return true
  } catch {
    return false
  }
}

function registerAdministration(app: FastifyInstance, deps: AccessDeps): void {
  const url = identityPaths.invitations({ company: ':company' })
  const shared = { access: 'invite_users', tags } as const
  const absolute = (path: string): string => `${deps.config.http.publicUrl}${path}`
  /** The page again, with what was refused. */
  const refused = async (request: FastifyRequest, error: unknown, name: AdministrationView['form']['name'], values: Fields) => {
    if (!(error instanceof Problem)) throw error
    const named = { already_member: 'email', invitation_pending: 'email', role_above_own: 'role' }[error.code]
    const errors = {
      ...fieldErrorsOf(error, request.language),
      ...(name === 'invite' && named && { [named]: error.detail(request.language) }),
    } as Fields
    const refusal = Object.keys(errors).length > 0 ? null : error.detail(request.language)
    return answer(error.status, await administration(deps, request, { form: { name, values, errors, refusal } }))
  }
  route(app, {
    ...shared,
    method: 'GET',
    url,
    summary: 'Page: invitations of the company',
    params: CompanyPath,
    query: Type.Object({ status: text(20), done: text(20), page: Type.Optional(Type.Integer({ minimum: 1, maximum: 1_000_000 })) }),
    reply: { 200: htmlReply },
    handler: ({ request, query }) =>
      administration(deps, request, {
        status: statusOf(query.status),
        isRevoked: query.done === 'revoked',
        ...(query.page && { page: query.page }),
      }),
  })
  route(app, {
    ...shared,
    method: 'POST',
    url,
    summary: 'Form: invites a person by mail; the answer shows the link once',
    params: CompanyPath,
    form: true,
    body: Type.Object({ email: text(300), role: text(50) }, { default: {} }),
    rate: inviteRate,
    reply: { 200: htmlReply },
    handler: async ({ request, body: { email = '', role = '' } }) => {
      try {
        const { actor, tenant } = await inviterOf(deps.db, request)
        const made = await invite(deps, actor, tenant, { email, role }, originOf(request))
        return await administration(deps, request, { made: { kind: 'sent', url: absolute(made.path) } })
      } catch (error) {
        return refused(request, error, 'invite', { email, role })
      }
    },
  })
  route(app, {
    ...shared,
    method: 'POST',
    url: invitationPaths.links({ company: ':company' }),
    summary: 'Form: makes an open link; the answer shows it once',
    params: CompanyPath,
    form: true,
    body: Type.Object({ role: text(50), max_uses: text(10), expires_at: text(10) }, { default: {} }),
    rate: inviteRate,
    reply: { 200: htmlReply },
    handler: async ({ request, body: { role = '', max_uses: maxUses = '', expires_at: expiresAt = '' } }) => {
      try {
        const { actor, tenant } = await inviterOf(deps.db, request)
        const made = await createLink(deps, actor, tenant, { role, maxUses: Number(maxUses), expiresAt }, originOf(request))
        return await administration(deps, request, { made: { kind: 'link', url: absolute(made.path) } })
      } catch (error) {
        return refused(request, error, 'link', { role, max_uses: maxUses, expires_at: expiresAt })
      }
    },
  })
  route(app, {
    ...shared,
    method: 'POST',
    url: invitationPaths.resend({ company: ':company', id: ':id' }),
    summary: 'Form: sends an invitation again; the answer shows its new link once',
    params: IdPath,
    form: true,
    body: Type.Object({}, { default: {} }),
    rate: inviteRate,
    reply: { 200: htmlReply },
    handler: async ({ request, params }) => {
      try {
        const { actor, tenant } = await inviterOf(deps.db, request)
        const made = await resend(deps, actor, tenant, params.id, originOf(request))
        return await administration(deps, request, { made: { kind: 'sent', url: absolute(made.path) } })
      } catch (error) {
        if (error instanceof Problem && error.status === 404) throw error
        return refused(request, error, null, {})
      }
    },
  })
  route(app, {
    ...shared,
    method: 'POST',
    url: invitationPaths.revoke({ company: ':company', id: ':id' }),
    summary: 'Form: revokes an invitation',
    params: IdPath,
    form: true,
    body: Type.Object({}, { default: {} }),
    reply: { 303: emptyReply },
    handler: async ({ request, params }) => {
      const { actor, tenant } = await inviterOf(deps.db, request)
      try {
        await revoke(deps, actor, tenant.tenantId, params.id, originOf(request))
      } catch (error) {
        if (error instanceof Problem && error.status === 404) throw error
        return refused(request, error, null, {})
      }
      return seeOther(request, `${identityPaths.invitations({ company: tenant.slug })}?done=revoked`)
    },
  })
  route(app, {
    method: 'GET',
    url: '/admin/invitations',
    access: 'signed_in',
    summary: 'Leads to the invitations of the company that the session works in',
    tags,
    reply: { 303: emptyReply },
    handler: ({ request }) => {
      const company = requireActor(request).tenant?.slug
      return seeOther(request, company === undefined ? identityPaths.companies() : identityPaths.invitations({ company }))
    },
  })
}

const roleOf = ({ invitation, tenant }: OpenInvitation): string => {
  const { role } = access({ roleName: invitation.role, grants: [], modules: null, tenant })
  return invitation.role === role ? role : invitation.role
}

function registerLanding(app: FastifyInstance, deps: AccessDeps): void {
  const { http } = deps.config
  const tokenOf = (request: FastifyRequest): string => readLinkToken(request, http, 'invitation')
  const formToken = (request: FastifyRequest, reply: FastifyReply): string =>
    request.signedIn?.csrfToken ?? preSessionToken(deps, request, reply)

  async function viewOf(request: FastifyRequest, reply: FastifyReply): Promise<AcceptView> {
    const open = await findInvitation(deps.db, deps, tokenOf(request))
    if (!open) return { kind: 'invalid' }
    const { invitation, tenant } = open
    const email = invitation.email === null ? null : maskEmail(invitation.email)
    const offer = { company: tenant.name, role: roleOf(open), email }
    const user = request.signedIn?.user
    if (user) {
      const isMember = (await listMemberships(deps.db, user.userId)).some((own) => own.tenant.tenantId === tenant.tenantId && isUsable(own))
      if (isMember) return { kind: 'member', ...offer, slug: tenant.slug }
      if (invitation.email !== null && invitation.email !== user.email) return { kind: 'other', ...offer, name: user.username }
      return { kind: 'join', ...offer, name: user.username, refusal: null }
    }
    if (invitation.email === null) return { kind: 'link', ...offer }
    if (await findUser(deps.db, { email: invitation.email })) return { kind: 'known', ...offer }
    return { kind: 'new', ...offer, csrfToken: formToken(request, reply), values: {}, errors: {}, refusal: null }
  }

  route(app, {
    method: 'GET',
    url: identityPaths.acceptInvitation(),
    access: 'public',
    summary: 'Where the link of an invitation leads. Looking at it uses nothing up; the token leaves the address at once',
    tags,
    query: Type.Object({ token: text(100) }),
    rate: { ...lookupRate, perMinute: 30, bucket: 'invitation-page' },
    reply: { 200: htmlReply, 303: emptyReply },
    handler: async ({ request, reply, query }) => {
      if (query.token !== undefined) {
        keepLinkToken(reply, http, 'invitation', query.token)
        return seeOther(request, identityPaths.acceptInvitation())
      }
      return acceptPage(pageOf(request), await viewOf(request, reply))
    },
  })
  route(app, {
    method: 'POST',
    url: identityPaths.acceptInvitation(),
    access: 'public',
    summary: 'Form: accepts an e-mailed invitation as a new person and signs in',
    tags,
    form: true,
    body: Type.Object(
      { full_name: text(300), username: text(100), password: text(200), confirm_password: text(200), csrf_token: text(200) },
      { default: {} },
    ),
    rate: acceptRate,
    reply: { 303: emptyReply },
    handler: async ({ request, reply, body }) => {
      const replacedCookie = demandSignInForm(deps, request)
      const { full_name: fullName = '', username = '', password = '', confirm_password: confirmPassword = '' } = body
      const origin = originOf(request)
      try {
        const profile = fullName.trim() === '' ? {} : { full_name: fullName }
        const joined = await acceptAsNew(deps, { token: tokenOf(request), password, confirmPassword, username, profile }, origin)
        forgetLinkToken(reply, http, 'invitation')
        const found = await findUser(deps.db, { userId: joined.userId })
        if (!found) throw new Error('somebody who just joined is there')
        const memberships = await listMemberships(deps.db, joined.userId)
        const chosen = memberships.find(({ tenant }) => tenant.tenantId === joined.tenantId) ?? null
        const person = { user: found.user, memberships, chosen }
        withCookie(deps, reply, await begin(deps, person, { kind: 'browser', origin, replacedCookie }, false))
        return seeOther(request, identityPaths.dashboard({ company: joined.slug }))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        const view = await viewOf(request, reply)
        if (view.kind !== 'new') return answer(error.status, acceptPage(pageOf(request), view), error.options.headers)
        const errors = {
          ...fieldErrorsOf(error, request.language),
          ...(error.code === 'username_taken' && { username: error.detail(request.language) }),
        }
        const refusal = Object.keys(errors).length > 0 ? null : error.detail(request.language)
        const values = { full_name: fullName, username }
        return answer(error.status, acceptPage(pageOf(request), { ...view, values, errors, refusal }), error.options.headers)
      }
    },
  })
  route(app, {
    method: 'POST',
    url: invitationPaths.join(),
    access: 'signed_in',
    summary: 'Form: accepts an invitation with the own account',
    tags,
    form: true,
    body: Type.Object({}, { default: {} }),
    rate: acceptRate,
    reply: { 200: htmlReply, 303: emptyReply },
    handler: async ({ request, reply }) => {
      const page = pageOf(request)
      try {
        const joined = await acceptAsExisting(deps, requireSignedIn(request).user, tokenOf(request), originOf(request))
        forgetLinkToken(reply, http, 'invitation')
        if (joined.status === 'pending') return acceptPage(page, { kind: 'pending', company: joined.company })
        return seeOther(request, identityPaths.dashboard({ company: joined.slug }))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        const view = await viewOf(request, reply)
        return answer(error.status, acceptPage(page, view.kind === 'join' ? { ...view, refusal: error.detail(request.language) } : view))
      }
    },
  })
}
