/** `/login/code`: the code after the password. What the first step left owing is in a cookie of its own, not in the page. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { answer, emptyReply, htmlReply, Problem, route, seeOther } from '../../platform/http/index.ts'
import { translator } from '../../platform/i18n/index.ts'
import { type AccessDeps, localPath, pageOf } from '../access/index.ts'
import { codeRate, completeBrowserSession, preSessionToken } from '../login/index.ts'
import { identityMessages } from '../messages.ts'
import { openChallengeKind } from '../mfa/index.ts'
import { identityPaths } from '../paths.ts'
import { clearCodeCookie, readCodeCookie } from '../sessions/index.ts'
import { codePage } from './code-view.ts'
import { loginOffers, loginPage } from './login-view.ts'
import { afterSignIn } from './start.ts'

const tags = ['pages']
const text = Type.Optional(Type.String())

export const codePath = (next: string): string =>
  next === '/' ? identityPaths.loginCode() : `${identityPaths.loginCode()}?${new URLSearchParams({ next })}`

export function registerCodePage(app: FastifyInstance, deps: AccessDeps): void {
  const owed = (request: FastifyRequest) => readCodeCookie(request, deps.config.http) ?? ''
  const form = (request: FastifyRequest, reply: FastifyReply, next: string, isRecovery: boolean, refusal: string | null) =>
    codePage(pageOf(request), { next, csrfToken: preSessionToken(deps, request, reply), isRecovery, refusal })
  route(app, {
    method: 'GET',
    url: identityPaths.loginCode(),
    access: 'public',
    sheds: 'last',
    summary: 'Form for the code of the second factor',
    tags,
    query: Type.Object({ next: text, use: text }),
    reply: { 200: htmlReply, 303: emptyReply },
    handler: async ({ request, reply, query }) => {
      if ((await openChallengeKind(deps, owed(request))) !== 'browser') return seeOther(request, identityPaths.login())
      return form(request, reply, localPath(query.next), query.use === 'recovery', null)
    },
  })
  route(app, {
    method: 'POST',
    url: identityPaths.loginCode(),
    access: 'public',
    sheds: 'last',
    summary: 'Signs a browser in with the code',
    tags,
    body: Type.Object({ code: text, recovery_code: text, next: text, csrf_token: text }, { default: {} }),
    form: true,
    rate: codeRate,
    reply: { 303: emptyReply },
    handler: async ({ request, reply, body }) => {
      const next = localPath(body.next)
      const mfaToken = owed(request)
      try {
        const loggedIn = await completeBrowserSession(deps, request, reply, { mfaToken, code: body.code || body.recovery_code || '' })
        clearCodeCookie(reply, deps.config.http)
        return seeOther(request, afterSignIn(loggedIn, next))
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        const refusal = error.detail(request.language)
        if ((await openChallengeKind(deps, mfaToken)) === 'browser')
          return answer(error.status, form(request, reply, next, body.recovery_code !== undefined, refusal), error.options.headers)
        clearCodeCookie(reply, deps.config.http)
        const isOver = error.code === 'mfa_invalid'
        return answer(
          error.status,
          loginPage(
            pageOf(request),
            {
              identifier: '',
              next,
              csrfToken: preSessionToken(deps, request, reply),
              refusal: isOver ? translator(identityMessages, request.language)('code.over') : refusal,
              fieldErrors: {},
            },
            loginOffers(deps.config),
          ),
          error.options.headers,
        )
      }
    },
  })
}
