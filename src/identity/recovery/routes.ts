/** Forgotten passwords over the API. Every alias shares handler, limits and counters. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { emptyReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import { translator } from '../../platform/i18n/index.ts'
import { originOf } from '../access/index.ts'
import { type LoginDeps, markAlias } from '../login/index.ts'
import { identityPaths } from '../paths.ts'
import { problem } from '../problems.ts'
import { forgotPassword } from './forgot.ts'
import { recoveryMessages } from './messages.ts'
import { forgotRate, resetRate } from './rates.ts'
import { resetPassword } from './reset.ts'

const tags = ['auth']

export function registerRecoveryRoutes(app: FastifyInstance, deps: LoginDeps): void {
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/forgot-password', '/auth/forgot-password', '/api/v1/auth/request-password-reset', '/auth/request-password-reset'],
    access: 'public',
    summary: 'Mail a link to choose another password; the answer never tells whether there is such an account',
    tags,
    body: Type.Object({ email: Type.String() }),
    form: true,
    rate: forgotRate,
    reply: { 200: Type.Object({ ok: Type.Literal(true), message: Type.String(), detail: Type.String() }) },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      await forgotPassword(deps, body.email, originOf(request)).catch((error: unknown) => {
        if (error instanceof Problem && error.code === 'email_malformed')
          throw problem('email_malformed', { extra: { ok: false, error: error.detail(request.language) } })
        throw error
      })
      const message = translator(recoveryMessages, request.language)('api.forgot')
      return { ok: true as const, message, detail: message }
    },
  })
  registerReset(app, deps)
  route(app, {
    method: 'GET',
    url: ['/auth/forgot-password', '/auth/reset-password'],
    access: 'public',
    summary: 'The pages are /forgot-password and /reset-password',
    tags,
    query: Type.Object({ token: Type.Optional(Type.String()) }),
    reply: { 303: emptyReply },
    handler: ({ request, query }) => {
      if (request.routeOptions.url?.endsWith('forgot-password')) return seeOther(request, identityPaths.forgotPassword())
      const asked = query.token === undefined ? '' : `?${new URLSearchParams({ token: query.token })}`
      return seeOther(request, identityPaths.resetPassword() + asked)
    },
  })
}

function registerReset(app: FastifyInstance, deps: LoginDeps): void {
  const reply = { 200: Type.Object({ message: Type.String() }) }
  const passwords = { new_password: Type.String(), confirm_password: Type.Optional(Type.String()) }
  type Given = { readonly new_password: string; readonly confirm_password?: string }
  const reset = async (request: FastifyRequest, sent: FastifyReply, token: string, given: Given) => {
    markAlias(request, sent)
    const wanted = { token, newPassword: given.new_password, confirmPassword: given.confirm_password ?? null }
    await resetPassword(deps, wanted, originOf(request))
    return { message: translator(recoveryMessages, request.language)('api.reset') }
  }
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/reset-password', '/auth/reset-password'],
    access: 'public',
    summary: 'Set a new password with the token of the mail, which is used up by it; all sessions end',
    tags,
    body: Type.Object({ token: Type.String(), ...passwords }),
    form: true,
    rate: resetRate,
    reply,
    handler: ({ request, reply: sent, body }) => reset(request, sent, body.token, body),
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/reset-password/:token', '/auth/reset-password/:token'],
    access: 'public',
    summary: 'The same with the token in the address',
    tags,
    params: Type.Object({ token: Type.String() }),
    body: Type.Object(passwords),
    form: true,
    rate: resetRate,
    reply,
    handler: ({ request, reply: sent, params, body }) => reset(request, sent, params.token, body),
  })
}
