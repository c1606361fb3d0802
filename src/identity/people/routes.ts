/** People over the API: the own profile, the list, one person, and what is done to them. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { emptyReply, listAnswer, PageMeta, pagingOf, rawReply, route, type SharedRate } from '../../platform/http/index.ts'
import { originOf, requireActor, requirePerson, takeSlot } from '../access/index.ts'
import { changePasswordRate } from '../account/index.ts'
import { markAlias } from '../login/index.ts'
import { requestEmailChange } from '../recovery/index.ts'
import { readSessionCookie } from '../sessions/index.ts'
import { RegisterAnswer, registerAnswer, registerRate, type SignupDeps } from '../signup/index.ts'
import { loadUserObject, UserObject } from '../users/index.ts'
import {
  disablePerson,
  enablePerson,
  reactivateMember,
  requirePasswordChange,
  resetSecondFactor,
  suspendMember,
  unlockPerson,
} from './account.ts'
import { approvePerson, rejectPerson } from './approval.ts'
import { ApproveBody, MeBody, NewPersonBody, PersonAnswer, PersonBody, PersonParams, RejectBody } from './bodies.ts'
import { changePerson } from './change.ts'
import { createPerson } from './create.ts'
import { exportPeople } from './export.ts'
import { getPerson, ListQuery, listPeople } from './list.ts'
import { changeOwnProfile, setFirstLogin } from './me.ts'
import { PersonObject } from './person-object.ts'
import { removePerson } from './removal.ts'
import { sendReset } from './reset.ts'

const tags = ['users']
const perPerson = (bucket: string, perMinute: number): SharedRate => ({ isShared: true, bucket, perMinute, by: 'person' })
export const exportRate = perPerson('users-export', 10)
export const decisionRate = perPerson('users-decide', 30)
export const resetRate = perPerson('users-send-reset', 10)

export function registerPeopleRoutes(app: FastifyInstance, deps: SignupDeps): void {
  registerMe(app, deps)
  registerList(app, deps)
  registerPerson(app, deps)
  registerDecisions(app, deps)
  registerActions(app, deps)
}

function registerMe(app: FastifyInstance, deps: SignupDeps): void {
  const me = async (request: FastifyRequest) => {
    const { userId, tenant, roleName, permissions } = requireActor(request)
    return loadUserObject(deps.db, userId, { tenantId: tenant?.tenantId ?? null, role: roleName, permissions })
  }
  for (const method of ['PATCH', 'PUT'] as const)
    route(app, {
      method,
      url: ['/api/v1/users/me', '/api/v1/users/me/update', '/users/me'],
      access: 'signed_in',
      summary: 'Change the own profile: what is absent stays as it is',
      tags,
      body: MeBody,
      reply: { 200: UserObject },
      rate: perPerson('users-me', 30),
      handler: async ({ request, reply, body }) => {
        markOldPath(request, reply)
        const actor = requirePerson(request)
        const { email, current_password: currentPassword = '', ...profile } = body
        await changeOwnProfile(deps, actor, profile, originOf(request))
        // Its own transaction, and the last: a wrong password here leaves the profile changed, never the address.
        if (email === undefined) return me(request)
        await takeSlot(request, changePasswordRate) // it tells whether a password is right
        await requestEmailChange(deps, actor, { email, currentPassword }, originOf(request))
        return me(request)
      },
    })
  route(app, {
    method: 'PATCH',
    url: '/api/v1/users/me/first-login',
    access: 'signed_in',
    summary: 'The tour of the first sign-in was seen',
    tags,
    body: Type.Object({ first_login: Type.Boolean() }),
    reply: { 200: UserObject },
    handler: async ({ request, body }) => {
      await setFirstLogin(deps, requireActor(request), body.first_login, originOf(request))
      return me(request)
    },
  })
}

function registerList(app: FastifyInstance, deps: SignupDeps): void {
  route(app, {
    method: 'GET',
    url: '/api/v1/users',
    access: 'view_users',
    summary: 'People of the company, by id; for a platform operator outside of any company, everybody',
    tags,
    query: ListQuery,
    reply: { 200: Type.Object({ items: Type.Array(PersonObject), meta: PageMeta }) },
    rate: perPerson('users-list', 60),
    handler: async ({ request, query }) => {
      const paging = pagingOf(query)
      const { items, total } = await listPeople(deps, requireActor(request), query, paging)
      return listAnswer(items, paging, total)
    },
  })
  route(app, {
    method: 'GET',
    url: '/api/v1/users/export.csv',
    access: 'manage_users',
    summary: 'The same list as CSV; needs export_data, too',
    tags,
    query: ListQuery,
    reply: { 200: rawReply('text/csv') },
    rate: exportRate,
    handler: ({ request, reply, query }) => sendCsv(deps, request, reply, query),
  })
}

/** For the page's button, too. */
export async function sendCsv(
  deps: SignupDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  wish: Parameters<typeof exportPeople>[2],
): Promise<FastifyReply> {
  const stream = await exportPeople(deps, requireActor(request), wish, originOf(request))
  return reply.header('content-disposition', 'attachment; filename="users.csv"').type('text/csv; charset=utf-8').send(stream)
}

function registerPerson(app: FastifyInstance, deps: SignupDeps): void {
  const url = '/api/v1/users/:ref'
  route(app, {
    method: 'POST',
    url: '/api/v1/users',
    access: 'public',
    summary: 'With manage_users: a person who may sign in at once, and must change the password then. Without any session: sign-up',
    tags,
    body: NewPersonBody,
    reply: { 201: Type.Union([PersonObject, RegisterAnswer]) },
    handler: async ({ request, reply, body }) => {
      if (isAnonymous(request, deps)) {
        await takeSlot(request, registerRate)
        return registerAnswer(deps, request, body)
      }
      await request.server.shell.policy.authorise(request, reply, 'manage_users')
      const actor = requireActor(request)
      const { tenant_id: tenantId, username = '', ...input } = body
      const userId = await createPerson(deps, actor, { ...input, username, tenantId }, originOf(request))
      return getPerson(deps, actor, String(userId))
    },
  })
  route(app, {
    method: 'GET',
    url,
    access: 'signed_in',
    summary: 'One person by id, UUID or username: oneself, or with view_users',
    tags,
    params: PersonParams,
    reply: { 200: PersonObject },
    handler: ({ request, params }) => getPerson(deps, requireActor(request), params.ref),
  })
  for (const method of ['PATCH', 'PUT'] as const)
    route(app, {
      method,
      url,
      access: 'manage_users',
      summary: 'Change a person: role, permissions and modules (with manage_roles), address and profile (of own accounts)',
      tags,
      params: PersonParams,
      body: PersonBody,
      reply: { 200: PersonObject },
      rate: perPerson('users-change', 60),
      handler: async ({ request, params, body }) => {
        const actor = requireActor(request)
        const userId = await changePerson(deps, actor, params.ref, body, originOf(request))
        return getPerson(deps, actor, String(userId))
      },
    })
  route(app, {
    method: 'DELETE',
    url,
    access: 'signed_in',
    summary: 'Remove a person from the company, and an account that nothing is left of: oneself, or with manage_users',
    tags,
    params: PersonParams,
    reply: { 204: emptyReply },
    rate: decisionRate,
    handler: async ({ request, params }) => {
      await removePerson(deps, requirePerson(request), params.ref, originOf(request))
      return undefined
    },
  })
}

/** Whoever shows a key, a token or a session means to be somebody, and is refused when it does not hold. */
const isAnonymous = (request: FastifyRequest, { config }: SignupDeps): boolean =>
  request.headers.authorization === undefined &&
  request.headers['x-api-key'] === undefined &&
  readSessionCookie(request, config.http) === null

/** The canonical path first; the others are old ones. */
const pathsOf = (action: string): string[] => [`/api/v1/users/:ref/${action}`, `/admin/users/:ref/${action}`]

function markOldPath(request: FastifyRequest, reply: FastifyReply): void {
  const url = request.routeOptions.url ?? ''
  if (!url.startsWith('/api/v1/') || url.endsWith('/me/update')) markAlias(request, reply)
}

function registerDecisions(app: FastifyInstance, deps: SignupDeps): void {
  for (const method of ['PATCH', 'POST'] as const) {
    route(app, {
      method,
      url: pathsOf('approve'),
      access: 'manage_users',
      summary: 'Let somebody in who waits, or who was refused before',
      tags,
      params: PersonParams,
      body: ApproveBody,
      reply: { 200: PersonAnswer },
      rate: decisionRate,
      handler: async ({ request, reply, params, body }) => {
        markOldPath(request, reply)
        const actor = requireActor(request)
        const userId = await approvePerson(deps, actor, params.ref, body, originOf(request))
        return { user: await getPerson(deps, actor, String(userId)) }
      },
    })
    route(app, {
      method,
      url: pathsOf('reject'),
      access: 'manage_users',
      summary: 'Refuse somebody who waits',
      tags,
      params: PersonParams,
      body: RejectBody,
      reply: { 200: PersonAnswer },
      rate: decisionRate,
      handler: async ({ request, reply, params, body }) => {
        markOldPath(request, reply)
        const actor = requireActor(request)
        const userId = await rejectPerson(deps, actor, params.ref, body.reason?.trim() || null, originOf(request))
        return { user: await getPerson(deps, actor, String(userId)) }
      },
    })
  }
}

const actions = {
  disable: { summary: 'Close the account everywhere; its sessions end', run: disablePerson },
  enable: { summary: 'Open the account again', run: enablePerson },
  suspend: { summary: 'Keep somebody out of this company alone', run: suspendMember },
  reactivate: { summary: 'Let a suspended member back in', run: reactivateMember },
  'require-password-change': { summary: 'A new password is asked for at the next request', run: requirePasswordChange },
  unlock: { summary: 'Forget failed sign-ins', run: unlockPerson },
  'mfa-reset': { summary: 'Remove the second factor; sessions end', run: resetSecondFactor },
} as const

export type PersonAction = keyof typeof actions
export const isPersonAction = (word: string): word is PersonAction => Object.hasOwn(actions, word)
export const runAction = (action: PersonAction) => actions[action].run

function registerActions(app: FastifyInstance, deps: SignupDeps): void {
  for (const [action, { summary, run }] of Object.entries(actions))
    route(app, {
      method: 'POST',
      url: pathsOf(action),
      access: 'manage_users',
      summary,
      tags,
      params: PersonParams,
      reply: { 200: PersonAnswer },
      rate: decisionRate,
      handler: async ({ request, reply, params }) => {
        markOldPath(request, reply)
        const actor = requireActor(request)
        const userId = await run(deps, actor, params.ref, originOf(request))
        return { user: await getPerson(deps, actor, String(userId)) }
      },
    })
  route(app, {
    method: 'POST',
    url: pathsOf('send-reset'),
    access: 'manage_users',
    summary: 'Mail the person a link for a new password',
    tags,
    params: PersonParams,
    reply: { 200: Type.Object({ sent: Type.Boolean() }) },
    rate: resetRate,
    handler: async ({ request, reply, params }) => {
      markOldPath(request, reply)
      await sendReset(deps, requireActor(request), params.ref, originOf(request))
      return { sent: true }
    },
  })
}
