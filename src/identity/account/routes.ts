/** The signed-in person's own account over the API. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { route, type SharedRate } from '../../platform/http/index.ts'
import { type AccessDeps, originOf, requireActor, requirePerson, requireSignedIn } from '../access/index.ts'
import { Company, companiesAnswer, markAlias } from '../login/index.ts'
import { setSessionCookie } from '../sessions/index.ts'
import { listMemberships } from '../tenants/index.ts'
import { loadUserObject, UserObject } from '../users/index.ts'
import { changePassword } from './password.ts'

const tags = ['auth']

export function registerAccountRoutes(app: FastifyInstance, deps: AccessDeps): void {
  route(app, {
    method: 'GET',
    url: ['/api/v1/auth/me', '/auth/me', '/api/v1/users/me', '/users/me'],
    access: 'any_session',
    summary: 'Who is signed in, and what they may do in the current company',
    tags,
    rate: meRate,
    reply: { 200: UserObject },
    handler: ({ request, reply }) => {
      markAlias(request, reply)
      const { userId, tenant, roleName, permissions } = requireActor(request)
      return loadUserObject(deps.db, userId, { tenantId: tenant?.tenantId ?? null, role: roleName, permissions })
    },
  })
  route(app, {
    method: 'GET',
    url: ['/api/v1/auth/context', '/auth/context'],
    access: 'signed_in',
    summary: 'The company that this request works in, and the others',
    tags,
    reply: {
      200: Type.Object({
        user_id: Type.Integer(),
        tenant_id: Type.Union([Type.Integer(), Type.Null()]),
        company_id: Type.Union([Type.String(), Type.Null()]),
        company_name: Type.Union([Type.String(), Type.Null()]),
        role: Type.Union([Type.String(), Type.Null()]),
        user_role: Type.Union([Type.String(), Type.Null()]),
        permissions: Type.Array(Type.String()),
        companies: Type.Array(Company),
      }),
    },
    handler: async ({ request, reply }) => {
      markAlias(request, reply)
      const { userId, tenant, roleName, permissions } = requireActor(request)
      return {
        user_id: userId,
        tenant_id: tenant?.tenantId ?? null,
        company_id: tenant?.uuid ?? null,
        company_name: tenant?.name ?? null,
        role: roleName,
        user_role: roleName?.toLowerCase() ?? null,
        permissions: [...permissions].sort(),
        companies: companiesAnswer(await listMemberships(deps.db, userId)),
      }
    },
  })
  route(app, {
    method: 'GET',
    url: ['/api/v1/auth/companies', '/auth/companies'],
    access: 'signed_in',
    summary: 'The companies the person can work in',
    tags,
    reply: { 200: Type.Object({ companies: Type.Array(Company) }) },
    handler: async ({ request, reply }) => {
      markAlias(request, reply)
      return { companies: companiesAnswer(await listMemberships(deps.db, requireActor(request).userId)) }
    },
  })
  registerChangePassword(app, deps)
}

function registerChangePassword(app: FastifyInstance, deps: AccessDeps): void {
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/change-password', '/auth/change-password', '/api/v1/users/me/change-password'],
    access: 'any_session',
    summary: 'Change the own password; all other sessions end',
    tags,
    body: Type.Object({
      current_password: Type.Optional(Type.String()),
      old_password: Type.Optional(Type.String({ description: 'The same as `current_password`' })),
      new_password: Type.String(),
      confirm_password: Type.Optional(Type.String()),
    }),
    form: true,
    rate: changePasswordRate,
    reply: { 200: Type.Object({ message: Type.String(), success: Type.Boolean(), changed_at: Type.String() }) },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      const change = {
        currentPassword: body.current_password ?? body.old_password ?? '',
        newPassword: body.new_password,
        confirmPassword: body.confirm_password ?? null,
      }
      const actor = requirePerson(request)
      const { changedAtMs, cookie } = await changePassword(deps, actor, requireSignedIn(request).sessionId, change, originOf(request))
      if (cookie !== null) setSessionCookie(reply, deps.config.http, cookie)
      const message = request.language === 'es' ? 'Contraseña cambiada.' : 'Password changed.'
      return { message, success: true, changed_at: new Date(changedAtMs).toISOString() }
    },
  })
}

const meRate: SharedRate = { isShared: true, bucket: 'auth-me', perMinute: 120, by: 'person' }
/** Each try costs a hash, and tells whether a guess was right. */
export const changePasswordRate: SharedRate = { isShared: true, bucket: 'auth-change-password', perMinute: 5, by: 'person' }
