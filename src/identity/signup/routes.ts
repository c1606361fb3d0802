/** Signing up and proving an address over the API. Every alias shares handler, limits and counters. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { emptyReply, route, seeOther } from '../../platform/http/index.ts'
import { translator } from '../../platform/i18n/index.ts'
import { originOf } from '../access/index.ts'
import { markAlias, TokenAnswer, tokenAnswer } from '../login/index.ts'
import { identityPaths } from '../paths.ts'
import { RegisterAnswer, RegisterBody, registerAnswer } from './answers.ts'
import { signInVerified } from './auto-login.ts'
import { signupMessages } from './messages.ts'
import { registerRate, resendRate, verifyRate } from './rates.ts'
import type { SignupDeps } from './register.ts'
import { isVerificationLink, resendVerification, verifyEmail } from './verify.ts'

const tags = ['auth']

export function registerSignupRoutes(app: FastifyInstance, deps: SignupDeps): void {
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/register', '/auth/register', '/api/v1/users/register', '/users'],
    access: 'public',
    summary: 'Create an account, where the operator lets people do so',
    tags,
    body: RegisterBody,
    form: true,
    rate: registerRate,
    reply: { 201: RegisterAnswer },
    handler: ({ request, reply, body }) => {
      markAlias(request, reply)
      return registerAnswer(deps, request, body)
    },
  })
  registerVerification(app, deps)
  route(app, {
    method: 'GET',
    url: '/auth/register',
    access: 'public',
    summary: 'The page is /register',
    tags,
    reply: { 303: emptyReply },
    handler: ({ request }) => seeOther(request, identityPaths.register()),
  })
}

const VerifiedAnswer = Type.Object({
  message: Type.String(),
  user_id: Type.Integer(),
  is_active: Type.Boolean({ description: 'Whether the person may sign in now' }),
  ...Type.Partial(TokenAnswer).properties,
})

function registerVerification(app: FastifyInstance, deps: SignupDeps): void {
  const urls = ['/api/v1/auth/verify-email', '/auth/verify-email']
  route(app, {
    method: 'POST',
    url: urls,
    access: 'public',
    summary: 'Prove an e-mail address with the token of the mail, which is used up by it',
    tags,
    body: Type.Object({ token: Type.String(), auto_login: Type.Optional(Type.Boolean()) }),
    form: true,
    rate: verifyRate,
    reply: { 200: VerifiedAnswer },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      const origin = originOf(request)
      const verified = await verifyEmail(deps, body.token, origin)
      const loggedIn = body.auto_login ? await signInVerified(deps, verified, { kind: 'api', origin }) : null
      const tokens = loggedIn?.session.tokens
      return {
        message: translator(signupMessages, request.language)(verified.gate === 'not_approved' ? 'api.pending' : 'api.verified'),
        user_id: verified.user.userId,
        is_active: verified.gate === null,
        ...(loggedIn && tokens && (await tokenAnswer(deps.db, tokens, loggedIn))),
      }
    },
  })
  route(app, {
    method: 'GET',
    url: urls,
    access: 'public',
    summary: 'Whether a token would do; uses nothing up. A browser is led to the page',
    tags,
    query: Type.Object({ token: Type.Optional(Type.String()) }),
    rate: verifyRate,
    reply: { 200: Type.Object({ valid: Type.Boolean() }), 303: emptyReply },
    handler: async ({ request, reply, query }) => {
      markAlias(request, reply)
      const token = query.token ?? ''
      if ((request.headers.accept ?? '').includes('text/html'))
        return seeOther(request, `${identityPaths.verifyEmail()}?${new URLSearchParams({ token })}`)
      return { valid: await isVerificationLink(deps.db, deps, token) }
    },
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/resend-verification', '/auth/resend-verification'],
    access: 'public',
    summary: 'Mail a new link to an address that awaits its proof; the answer never tells whether there is one',
    tags,
    body: Type.Object({ email: Type.String() }),
    form: true,
    rate: resendRate,
    reply: { 200: Type.Object({ ok: Type.Literal(true), message: Type.String(), detail: Type.String() }) },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      await resendVerification(deps, body.email, originOf(request))
      const message = translator(signupMessages, request.language)('api.resent')
      return { ok: true as const, message, detail: message }
    },
  })
}
