/** Where the link of an invitation leads, for somebody new and for somebody with an account. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { answer, emptyReply, fieldErrorsOf, htmlReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import { type AccessDeps, originOf, pageOf, requireSignedIn } from '../access/index.ts'
import { forgetLinkToken, keepLinkToken, readLinkToken } from '../links/index.ts'
import { begin, demandSignInForm, preSessionToken, withCookie } from '../login/index.ts'
import { identityPaths } from '../paths.ts'
import { access, isUsable, listMemberships } from '../tenants/index.ts'
import { findUser, maskEmail } from '../users/index.ts'
import { acceptAsExisting, acceptAsNew, findInvitation, type OpenInvitation } from './accept.ts'
import { acceptRate, lookupRate } from './routes.ts'
import { type AcceptView, acceptPage, invitationPaths } from './views.ts'

const tags = ['pages']
const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))

const roleOf = ({ invitation, tenant }: OpenInvitation): string => {
  const { role } = access({ roleName: invitation.role, grants: [], modules: null, tenant })
  return invitation.role === role ? role : invitation.role
}

export function registerLandingPages(app: FastifyInstance, deps: AccessDeps): void {
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
        const { user, passwordChangedAtMs } = found
        const person = { user, passwordChangedAtMs, memberships, chosen }
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
