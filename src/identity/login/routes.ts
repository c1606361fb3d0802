/** Signing in and out over the API. Every alias shares handler, limits and counters. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { transaction } from '../../platform/db/index.ts'
import { emptyReply, route, type SharedRate, seeOther } from '../../platform/http/index.ts'
import { type AccessDeps, originOf, requirePerson } from '../access/index.ts'
import { challengeLifeS, mfaProblem, openChallengeKind } from '../mfa/index.ts'
import { problem } from '../problems.ts'
import { csrfToken, endSessionsOf, sessionKeys } from '../sessions/index.ts'
import { loadUserObject } from '../users/index.ts'
import { CodeOwedAnswer, codeOwedAnswer, companiesAnswer, SessionAnswer, standingOf, TokenAnswer, tokenAnswer } from './answers.ts'
import { bearerOf, credentialsOf, LoginBody, markAlias, TokenBody, tokenOfBody } from './bodies.ts'
import { type BrowserLoggedIn, completeBrowserSession, endBrowserSession, preSessionToken, startBrowserSession } from './browser.ts'
import { type CodeOwed, type LoggedIn, logIn } from './login.ts'
import { codeRate, csrfRate, loginRate, logoutAllRate, logoutRate } from './rates.ts'
import { logOut, renew, renewAccess, tokenOwner, tokenTypeOf } from './renewal.ts'
import { completeLogIn } from './second-step.ts'

const tags = ['auth']

export function registerLoginRoutes(app: FastifyInstance, deps: AccessDeps): void {
  registerSignIn(app, deps)
  registerCode(app, deps)
  registerRefresh(app, deps)
  registerSignOut(app, deps)
  registerCsrf(app, deps)
}

async function signedInAnswer(deps: AccessDeps, loggedIn: LoggedIn) {
  if (!loggedIn.session.tokens) throw new Error('a session of the API has tokens')
  return tokenAnswer(deps.db, loggedIn.session.tokens, loggedIn)
}

const sessionAnswer = async ({ db, secrets }: AccessDeps, { user, memberships, chosen, cookie }: BrowserLoggedIn) => ({
  user: await loadUserObject(db, user.userId, standingOf(user, chosen)),
  companies: companiesAnswer(memberships),
  csrf_token: csrfToken(sessionKeys(secrets), cookie),
})

function registerSignIn(app: FastifyInstance, deps: AccessDeps): void {
  const signIn = (request: FastifyRequest, body: LoginBody): Promise<LoggedIn | CodeOwed> =>
    logIn(deps, credentialsOf(body), { kind: 'api', origin: originOf(request) })
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/login', '/auth/login', '/auth/token'],
    access: 'public',
    sheds: 'last',
    summary: 'Sign in: a pair of tokens. Five attempts per minute and address, all sign-in paths together',
    tags,
    body: LoginBody,
    form: true,
    rate: loginRate,
    reply: { 200: Type.Union([TokenAnswer, CodeOwedAnswer]) },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      const outcome = await signIn(request, body)
      return outcome.kind === 'code_owed' ? codeOwedAnswer(outcome) : signedInAnswer(deps, outcome)
    },
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/token', '/token'],
    access: 'public',
    sheds: 'last',
    summary: 'Sign in as OAuth 2 asks: a form with grant type `password`',
    tags,
    body: LoginBody,
    form: true,
    rate: loginRate,
    reply: { 200: TokenAnswer },
    handler: async ({ request, body }) => {
      if ((body.grant_type || 'password') !== 'password') throw problem('unsupported_grant_type')
      const outcome = await signIn(request, body)
      if (outcome.kind === 'logged_in') return signedInAnswer(deps, outcome)
      // OAuth 2 knows tokens and refusals, nothing between.
      throw mfaProblem('mfa_required', { extra: { mfa_token: outcome.mfaToken, expires_in: challengeLifeS } })
    },
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/session', '/auth/session'],
    access: 'public',
    sheds: 'last',
    summary: 'Sign a browser in: sets the session cookie. Needs the token of /api/v1/auth/csrf',
    tags,
    body: LoginBody,
    form: true,
    rate: loginRate,
    reply: { 200: Type.Union([SessionAnswer, CodeOwedAnswer]) },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      const outcome = await startBrowserSession(deps, request, reply, credentialsOf(body))
      return outcome.kind === 'code_owed' ? codeOwedAnswer(outcome) : sessionAnswer(deps, outcome)
    },
  })
}

function registerCode(app: FastifyInstance, deps: AccessDeps): void {
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/mfa/verify', '/auth/mfa/verify'],
    access: 'public',
    sheds: 'last',
    summary: 'The second step of a sign-in: the code, with the token of the first. Answers as the first step does without a second factor',
    tags,
    body: Type.Object({
      mfa_token: Type.String(),
      code: Type.Optional(Type.String({ description: 'Six digits of the authenticator app' })),
      recovery_code: Type.Optional(Type.String()),
    }),
    form: true,
    rate: codeRate,
    reply: { 200: Type.Union([TokenAnswer, SessionAnswer]) },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      const given = { mfaToken: body.mfa_token, code: body.code || body.recovery_code || '' }
      if ((await openChallengeKind(deps, given.mfaToken)) === 'browser')
        return sessionAnswer(deps, await completeBrowserSession(deps, request, reply, given))
      return signedInAnswer(deps, await completeLogIn(deps, given, { kind: 'api', origin: originOf(request) }))
    },
  })
}

function registerRefresh(app: FastifyInstance, deps: AccessDeps): void {
  // Whose token it is counts: a factory's people share an address. What is no token of ours counts for the address.
  const rate: SharedRate = {
    isShared: true,
    bucket: 'auth-refresh',
    perMinute: 20,
    by: async (request) => tokenOwner(deps, tokenOfBody(request.body) ?? bearerOf(request)),
  }
  const refresh = async (request: FastifyRequest, token: string | null) => {
    const renewed = await renew(deps, token, originOf(request))
    return tokenAnswer(deps.db, renewed.tokens, renewed)
  }
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/refresh', '/auth/refresh'],
    access: 'public',
    sheds: 'last',
    summary: 'A new pair for a refresh token, which is used up by it',
    tags,
    body: TokenBody,
    form: true,
    rate,
    reply: { 200: TokenAnswer },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      return refresh(request, body.refresh_token ?? bearerOf(request))
    },
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/refresh-token', '/refresh-token'],
    access: 'public',
    sheds: 'last',
    summary: 'As /auth/refresh; with a valid access token as Bearer, a new access token of the same session',
    tags,
    body: TokenBody,
    form: true,
    rate,
    reply: {
      200: Type.Union([
        TokenAnswer,
        Type.Object({ access_token: Type.String(), token_type: Type.Literal('bearer'), expires_in: Type.Integer() }),
      ]),
    },
    handler: async ({ request, body }) => {
      const bearer = bearerOf(request)
      const type = body.refresh_token === undefined && bearer !== null ? await tokenTypeOf(deps, bearer) : null
      if (bearer === null || type === null || type === 'refresh') return refresh(request, body.refresh_token ?? bearer)
      const { accessToken, expiresInS } = await renewAccess(deps, bearer, originOf(request))
      return { access_token: accessToken, token_type: 'bearer' as const, expires_in: expiresInS }
    },
  })
}

function registerSignOut(app: FastifyInstance, deps: AccessDeps): void {
  const rate = logoutRate
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/logout', '/auth/logout'],
    access: 'public',
    sheds: 'last',
    summary: 'End the session of the access or refresh token, in the body or as Bearer',
    tags,
    body: TokenBody,
    form: true,
    rate,
    reply: { 200: Type.Object({ detail: Type.String(), message: Type.String(), success: Type.Boolean() }) },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      await logOut(deps, { body: body.refresh_token ?? null, bearer: bearerOf(request) }, originOf(request))
      const message = request.language === 'es' ? 'Sesión cerrada.' : 'Signed out.'
      return { detail: message, message, success: true }
    },
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/logout_all', '/api/v1/auth/logout-all', '/auth/logout_all', '/auth/logout-all'],
    access: 'any_session',
    sheds: 'last',
    summary: 'End all sessions of the person, or all but this one',
    tags,
    body: Type.Object({ keep_current: Type.Boolean({ default: false }) }, { default: {} }),
    form: true,
    rate: logoutAllRate,
    reply: { 200: Type.Object({ revoked: Type.Integer(), success: Type.Boolean() }) },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      const actor = requirePerson(request)
      const revoked = await transaction(deps.db, (tx) =>
        endSessionsOf(tx, deps, actor, actor.userId, {
          reason: 'logout_all',
          origin: originOf(request),
          ...(body.keep_current && { keepUuid: actor.sessionUuid }),
        }),
      )
      deps.log.info({ event: 'logout_all_ok', user_id: actor.userId, revoked, request_id: request.id, ip: request.ip }, 'logout all ok')
      return { revoked, success: true }
    },
  })
  route(app, {
    method: 'DELETE',
    url: ['/api/v1/auth/session', '/auth/session'],
    access: 'public',
    sheds: 'last',
    summary: "End this browser's session",
    tags,
    rate,
    reply: { 204: emptyReply },
    handler: async ({ request, reply }) => {
      markAlias(request, reply)
      await endBrowserSession(deps, request, reply)
      return undefined
    },
  })
}

function registerCsrf(app: FastifyInstance, deps: AccessDeps): void {
  route(app, {
    method: 'GET',
    url: ['/api/v1/auth/csrf', '/auth/csrf'],
    access: 'public',
    sheds: 'last',
    summary: "The token that a browser's unsafe requests carry: of its session, or of the sign-in form before there is one",
    tags,
    rate: csrfRate,
    reply: { 200: Type.Object({ csrf_token: Type.String() }) },
    handler: async ({ request, reply }) => {
      markAlias(request, reply)
      return { csrf_token: request.signedIn?.csrfToken ?? preSessionToken(deps, request, reply) }
    },
  })
  route(app, {
    method: 'GET',
    url: '/auth/login',
    access: 'public',
    sheds: 'last',
    summary: 'The page is /login',
    tags,
    reply: { 303: emptyReply },
    handler: ({ request }) => seeOther(request, '/login'),
  })
}
