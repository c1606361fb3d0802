/** Pages of a forgotten password. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { answer, emptyReply, fieldErrorsOf, htmlReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import { type AccessDeps, originOf, pageOf } from '../access/index.ts'
import { forgetLinkToken, keepLinkToken, readLinkToken } from '../links/index.ts'
import { demandSignInForm, type LoginDeps, preSessionToken } from '../login/index.ts'
import { identityPaths } from '../paths.ts'
import { clearSessionCookie } from '../sessions/index.ts'
import { forgotPassword } from './forgot.ts'
import { forgotRate, resetRate } from './rates.ts'
import { findResetOwner, resetPassword } from './reset.ts'
import { forgotPage, recoveryStatePage, resetPage } from './views.ts'

const tags = ['pages']
const text = Type.Optional(Type.String())

type Deps = AccessDeps & LoginDeps

export function registerRecoveryPages(app: FastifyInstance, deps: Deps): void {
  registerForgot(app, deps)
  registerReset(app, deps)
}

function registerForgot(app: FastifyInstance, deps: Deps): void {
  route(app, {
    method: 'GET',
    url: identityPaths.forgotPassword(),
    access: 'public',
    summary: 'Form that asks for a link to choose another password',
    tags,
    query: Type.Object({ done: text }),
    reply: { 200: htmlReply },
    handler: ({ request, reply, query }) => {
      if (query.done === 'sent') return recoveryStatePage(pageOf(request), 'sent')
      return forgotPage(pageOf(request), { email: '', csrfToken: preSessionToken(deps, request, reply), error: undefined })
    },
  })
  route(app, {
    method: 'POST',
    url: identityPaths.forgotPassword(),
    access: 'public',
    summary: 'Mails the link, if the address has an account',
    tags,
    body: Type.Object({ email: text, csrf_token: text }, { default: {} }),
    form: true,
    rate: forgotRate,
    reply: { 303: emptyReply },
    handler: async ({ request, reply, body }) => {
      demandSignInForm(deps, request)
      try {
        await forgotPassword(deps, body.email ?? '', originOf(request))
      } catch (error) {
        if (!(error instanceof Problem) || error.code !== 'email_malformed') throw error
        const form = { email: body.email ?? '', csrfToken: preSessionToken(deps, request, reply), error: error.detail(request.language) }
        return answer(error.status, forgotPage(pageOf(request), form))
      }
      return seeOther(request, `${identityPaths.forgotPassword()}?done=sent`)
    },
  })
}

function registerReset(app: FastifyInstance, deps: Deps): void {
  const { http } = deps.config
  route(app, {
    method: 'GET',
    url: identityPaths.resetPassword(),
    access: 'public',
    summary: 'Where the link of a forgotten password leads; the token leaves the address at once, the form survives reloading',
    tags,
    query: Type.Object({ token: text, done: text }),
    reply: { 200: htmlReply, 303: emptyReply },
    handler: async ({ request, reply, query }) => {
      if (query.token !== undefined) {
        keepLinkToken(reply, http, 'reset', query.token)
        return seeOther(request, identityPaths.resetPassword())
      }
      if (query.done === 'reset') return recoveryStatePage(pageOf(request), 'done')
      const user = await findResetOwner(deps.db, deps, readLinkToken(request, http, 'reset'))
      if (!user) return recoveryStatePage(pageOf(request), 'invalid')
      return resetPage(pageOf(request), { username: user.username, csrfToken: preSessionToken(deps, request, reply), fieldErrors: {} })
    },
  })
  route(app, {
    method: 'POST',
    url: identityPaths.resetPassword(),
    access: 'public',
    summary: 'Sets the new password; all sessions end, this browser’s too',
    tags,
    body: Type.Object({ new_password: text, confirm_password: text, csrf_token: text }, { default: {} }),
    form: true,
    rate: resetRate,
    reply: { 303: emptyReply },
    handler: async ({ request, reply, body }) => {
      demandSignInForm(deps, request)
      const token = readLinkToken(request, http, 'reset')
      try {
        const given = { token, newPassword: body.new_password ?? '', confirmPassword: body.confirm_password ?? '' }
        await resetPassword(deps, given, originOf(request))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        if (error.code === 'token_invalid_or_expired') return answer(error.status, recoveryStatePage(pageOf(request), 'invalid'))
        const fieldErrors = fieldErrorsOf(error, request.language)
        const user = await findResetOwner(deps.db, deps, token)
        if (!user || Object.keys(fieldErrors).length === 0) throw error
        const form = { username: user.username, csrfToken: preSessionToken(deps, request, reply), fieldErrors }
        return answer(error.status, resetPage(pageOf(request), form))
      }
      forgetLinkToken(reply, http, 'reset')
      clearSessionCookie(reply, http)
      return seeOther(request, `${identityPaths.resetPassword()}?done=reset`)
    },
  })
}
