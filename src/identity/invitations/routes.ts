/** Invitations over the API, from both sides. Every alias shares handler, limits and counters. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { answer, emptyReply, listAnswer, PageMeta, route } from '../../platform/http/index.ts'
import { type AccessDeps, originOf, requireSignedIn, requireTenant } from '../access/index.ts'
import { access } from '../tenants/index.ts'
import { findUser, maskEmail, ProfileFields } from '../users/index.ts'
import { acceptAsExisting, acceptAsNew, findInvitation } from './accept.ts'
import { statusAt } from './invitation.ts'
import { createLink, type Invited, invite, resend, revoke } from './invite.ts'
import { inviterOf } from './inviter.ts'
import { problem } from './problems.ts'
import * as q from './queries.ts'
import { invitationStatuses } from './tables.ts'

const tags = ['invitations']
const text = Type.Union([Type.String(), Type.Null()])

export const inviteRate = { isShared: true, bucket: 'invitations', perHour: 20, by: 'person' } as const
/** A token that is guessed is guessed here: by address, before anything is read. */
export const lookupRate = { isShared: true, bucket: 'invitation-lookup', perMinute: 10, by: 'address' } as const
export const acceptRate = { isShared: true, bucket: 'invitation-accept', perMinute: 10, by: 'address' } as const

const InvitationObject = Type.Object({
  id: Type.Integer(),
  invitation_id: Type.Integer(),
  uuid: Type.String(),
  email: text,
  invitee_email: text,
  role: Type.String(),
  permissions: Type.Array(Type.String()),
  modules: Type.Union([Type.Array(Type.String()), Type.Null()]),
  is_link: Type.Boolean(),
  status: Type.String(),
  is_accepted: Type.Boolean(),
  max_uses: Type.Integer(),
  used_count: Type.Integer(),
  invited_by: Type.Union([Type.Integer(), Type.Null()]),
  invited_by_name: text,
  expires_at: Type.String(),
  accepted_at: text,
  created_at: Type.String(),
})

const iso = (atMs: number): string => new Date(atMs).toISOString()

const invitationObject = (invitation: q.Invitation & { readonly inviter: string | null }, nowMs: number) => ({
  id: invitation.id,
  invitation_id: invitation.id,
  uuid: invitation.uuid,
  email: invitation.email,
  invitee_email: invitation.email,
  role: invitation.role,
  permissions: invitation.grants,
  modules: invitation.modules,
  is_link: invitation.email === null,
  status: statusAt(invitation, nowMs),
  is_accepted: invitation.status === 'accepted',
  max_uses: invitation.maxUses,
  used_count: invitation.usedCount,
  invited_by: invitation.invitedBy,
  invited_by_name: invitation.inviter,
  expires_at: iso(invitation.expiresAtMs),
  accepted_at: invitation.acceptedAtMs === null ? null : iso(invitation.acceptedAtMs),
  created_at: iso(invitation.createdAtMs),
})

const IdPath = Type.Object({ id: Type.Integer({ minimum: 1, maximum: Number.MAX_SAFE_INTEGER }) })
const InvitedAnswer = Type.Object({ invitation_id: Type.Integer(), expires_at: Type.String() })
const invitedAnswer = ({ id, expiresAtMs }: Invited) => ({ invitation_id: id, expires_at: iso(expiresAtMs) })

const markOther = (request: FastifyRequest, reply: FastifyReply): void => {
  if (!request.routeOptions.url?.startsWith('/api/v1/')) reply.header('deprecation', 'true')
}

export function registerInvitationRoutes(app: FastifyInstance, deps: AccessDeps): void {
  registerInviting(app, deps)
  registerManaging(app, deps)
  registerAccepting(app, deps)
}

function registerInviting(app: FastifyInstance, deps: AccessDeps): void {
  const Offer = {
    role: Type.String(),
    permissions: Type.Optional(Type.Array(Type.String(), { maxItems: 100 })),
    modules: Type.Optional(Type.Union([Type.Array(Type.String(), { maxItems: 10 }), Type.Null()])),
  }
  route(app, {
    method: 'POST',
    url: ['/api/v1/invitations', '/api/v1/auth/invite-user', '/auth/invite-user'],
    access: 'invite_users',
    summary: 'Invite a person by e-mail; the link is valid for seven days, once',
    tags,
    body: Type.Object({ email: Type.String({ maxLength: 254 }), ...Offer }),
    rate: inviteRate,
    reply: { 201: InvitedAnswer },
    handler: async ({ request, reply, body }) => {
      markOther(request, reply)
      const { actor, tenant } = await inviterOf(deps.db, request)
      return invitedAnswer(await invite(deps, actor, tenant, body, originOf(request)))
    },
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/invitations/links',
    access: 'invite_users',
    summary: 'A link for several people, viewer or operator; its address is told once',
    tags,
    body: Type.Object({ ...Offer, max_uses: Type.Optional(Type.Integer()), expires_at: Type.Optional(Type.String()) }),
    rate: inviteRate,
    reply: { 201: Type.Object({ invitation_id: Type.Integer(), url: Type.String(), max_uses: Type.Integer(), expires_at: Type.String() }) },
    handler: async ({ request, body }) => {
      const { actor, tenant } = await inviterOf(deps.db, request)
      const input = { ...body, maxUses: body.max_uses ?? 1, expiresAt: body.expires_at }
      const { maxUses, path, ...made } = await createLink(deps, actor, tenant, input, originOf(request))
      return { ...invitedAnswer({ ...made, path }), url: `${deps.config.http.publicUrl}${path}`, max_uses: maxUses }
    },
  })
}

function registerManaging(app: FastifyInstance, deps: AccessDeps): void {
  route(app, {
    method: 'GET',
    url: ['/api/v1/invitations', '/api/v1/auth/invitations', '/auth/invitations'],
    access: 'invite_users',
    summary: 'Invitations of the company, newest first',
    tags,
    query: Type.Object({
      status: Type.Optional(Type.Union(invitationStatuses.map((word) => Type.Literal(word)))),
      limit: Type.Optional(Type.Integer({ minimum: 1 })),
      offset: Type.Optional(Type.Integer({ minimum: 0, maximum: 1_000_000_000 })),
    }),
    reply: { 200: Type.Object({ items: Type.Array(InvitationObject), meta: PageMeta }) },
    handler: async ({ request, reply, query }) => {
      markOther(request, reply)
      const paging = { limit: Math.min(query.limit ?? 20, 100), offset: query.offset ?? 0 }
      const db = { ...deps.db, tenantId: requireTenant(request).tenant.tenantId }
      const nowMs = deps.clock.nowMs()
      const { items, total } = await q.listInvitations(db, { status: query.status }, nowMs, paging)
      return listAnswer(
        items.map((invitation) => invitationObject(invitation, nowMs)),
        paging,
        total,
      )
    },
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/invitations/:id/resend', '/api/v1/auth/invitations/:id/resend', '/auth/invitations/:id/resend'],
    access: 'invite_users',
    summary: 'Send an invitation again, with a new link; the former one stops working',
    tags,
    params: IdPath,
    rate: inviteRate,
    reply: { 200: InvitedAnswer },
    handler: async ({ request, reply, params }) => {
      markOther(request, reply)
      const { actor, tenant } = await inviterOf(deps.db, request)
      return invitedAnswer(await resend(deps, actor, tenant, params.id, originOf(request)))
    },
  })
  route(app, {
    method: 'DELETE',
    url: ['/api/v1/invitations/:id', '/api/v1/auth/invitations/:id', '/auth/invitations/:id'],
    access: 'invite_users',
    summary: 'Revoke an invitation: its link stops working',
    tags,
    params: IdPath,
    reply: { 204: emptyReply },
    handler: async ({ request, reply, params }) => {
      markOther(request, reply)
      const { actor, tenant } = await inviterOf(deps.db, request)
      await revoke(deps, actor, tenant.tenantId, params.id, originOf(request))
      return answer(204)
    },
  })
}

const Joined = Type.Object({
  message: Type.String(),
  user_id: Type.Integer(),
  tenant_id: Type.Integer(),
  company_name: Type.String(),
  slug: Type.String(),
  role: Type.String(),
  status: Type.String({ description: '`pending`: somebody of the company has to let the person in' }),
})

function registerAccepting(app: FastifyInstance, deps: AccessDeps): void {
  const joinedAnswer = (joined: Awaited<ReturnType<typeof acceptAsNew>>, { language }: FastifyRequest) => ({
    message: language === 'es' ? 'Invitación aceptada.' : 'Invitation accepted.',
    user_id: joined.userId,
    tenant_id: joined.tenantId,
    company_name: joined.company,
    slug: joined.slug,
    role: joined.role,
    status: joined.status,
  })
  route(app, {
    method: 'GET',
    url: ['/api/v1/invitations/lookup/:token', '/api/v1/auth/invitation/:token', '/auth/invitation/:token'],
    access: 'public',
    summary: 'What an invitation is for; consumes nothing',
    tags,
    params: Type.Object({ token: Type.String({ maxLength: 100 }) }),
    rate: lookupRate,
    reply: {
      200: Type.Object({
        company_name: Type.String(),
        email: text,
        role: Type.String(),
        expires_at: Type.String(),
        is_link: Type.Boolean(),
        user_exists: Type.Boolean(),
      }),
    },
    handler: async ({ request, reply, params }) => {
      markOther(request, reply)
      const open = await findInvitation(deps.db, deps, params.token)
      if (!open) throw problem('token_invalid_or_expired')
      const { invitation, tenant } = open
      return {
        company_name: tenant.name,
        email: invitation.email === null ? null : maskEmail(invitation.email),
        role: access({ roleName: invitation.role, grants: [], modules: null, tenant }).role,
        expires_at: iso(invitation.expiresAtMs),
        is_link: invitation.email === null,
        user_exists: invitation.email !== null && (await findUser(deps.db, { email: invitation.email })) !== null,
      }
    },
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/accept-invitation', '/auth/accept-invitation'],
    access: 'public',
    summary: 'Accept an e-mailed invitation as a new person: an approved, verified account and the membership',
    tags,
    body: Type.Object({
      token: Type.String({ maxLength: 100 }),
      password: Type.String(),
      confirm_password: Type.Optional(Type.String()),
      username: Type.Optional(Type.String()),
      profile: Type.Optional(Type.Object({ ...ProfileFields, phone_number: ProfileFields.phone, dni: ProfileFields.national_id })),
    }),
    rate: acceptRate,
    reply: { 201: Joined },
    handler: async ({ request, reply, body }) => {
      markOther(request, reply)
      const { phone_number: phone, dni, ...profile } = body.profile ?? {}
      const given = { ...profile, ...(phone !== undefined && { phone }), ...(dni !== undefined && { national_id: dni }) }
      const input = { ...body, confirmPassword: body.confirm_password, profile: given }
      return joinedAnswer(await acceptAsNew(deps, input, originOf(request)), request)
    },
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/accept-invitation/existing', '/auth/accept-invitation/existing'],
    access: 'signed_in',
    summary: 'Accept an invitation with the own account',
    tags,
    body: Type.Object({ token: Type.String({ maxLength: 100 }) }),
    rate: acceptRate,
    reply: { 200: Joined },
    handler: async ({ request, reply, body }) => {
      markOther(request, reply)
      return joinedAnswer(await acceptAsExisting(deps, requireSignedIn(request).user, body.token, originOf(request)), request)
    },
  })
}
