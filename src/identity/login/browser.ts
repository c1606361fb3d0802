/** Signing a browser in and out, the same for the API and for the form. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { transaction } from '../../platform/db/index.ts'
import { type AccessDeps, originOf } from '../access/index.ts'
import { problem } from '../problems.ts'
import {
  clearPreSessionCookie,
  clearSessionCookie,
  csrfToken,
  endSessionOfCookie,
  isOwnForm,
  randomSecret,
  readPreSessionCookie,
  readSessionCookie,
  sessionKeys,
  setPreSessionCookie,
  setSessionCookie,
} from '../sessions/index.ts'
import { type CodeOwed, type Credentials, type LoggedIn, logIn } from './login.ts'
import { completeLogIn } from './second-step.ts'

/** The token for the sign-in form, bound to a cookie that this answer sets when the browser has none. */
export function preSessionToken(deps: AccessDeps, request: FastifyRequest, reply: FastifyReply): string {
  const known = readPreSessionCookie(request, deps.config.http)
  const cookie = known ?? randomSecret()
  if (known === null) setPreSessionCookie(reply, deps.config.http, cookie)
  return csrfToken(sessionKeys(deps.secrets), cookie)
}

export type BrowserLoggedIn = LoggedIn & { readonly cookie: string }

/** Throws `csrf_failed` (403), and what `logIn` throws. A session that this browser still had ends: its cookie is replaced. */
export async function startBrowserSession(
  deps: AccessDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  credentials: Credentials,
): Promise<BrowserLoggedIn | CodeOwed> {
  const replacedCookie = demandSignInForm(deps, request)
  const outcome = await logIn(deps, credentials, { kind: 'browser', origin: originOf(request), replacedCookie })
  return outcome.kind === 'code_owed' ? outcome : withCookie(deps, reply, outcome)
}

/** The second step of it. Throws `csrf_failed` (403), and what `completeLogIn` throws. */
export async function completeBrowserSession(
  deps: AccessDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  given: { readonly mfaToken: string; readonly code: string },
): Promise<BrowserLoggedIn> {
  const replacedCookie = demandSignInForm(deps, request)
  return withCookie(deps, reply, await completeLogIn(deps, given, { kind: 'browser', origin: originOf(request), replacedCookie }))
}

/** The form is one of ours, opened in this browser. Answers the cookie of the session that it still has. */
export function demandSignInForm(deps: AccessDeps, request: FastifyRequest): string | null {
  const { http } = deps.config
  const replacedCookie = readSessionCookie(request, http)
  // /auth/csrf gives whoever is signed in the token of their session.
  const isOurs = [readPreSessionCookie(request, http), replacedCookie].some((known) =>
    isOwnForm(request, deps.secrets, http.publicUrl, known),
  )
  if (!isOurs) throw csrfFailed(deps, request)
  return replacedCookie
}

/** Gives the browser the cookie of its session. */
export function withCookie(deps: AccessDeps, reply: FastifyReply, loggedIn: LoggedIn): BrowserLoggedIn {
  const { http } = deps.config
  const { cookie } = loggedIn.session
  if (cookie === null) throw new Error('a browser session has a cookie')
  setSessionCookie(reply, http, cookie)
  clearPreSessionCookie(reply, http)
  return { ...loggedIn, cookie }
}

/** Ends this browser's session, live or not, and forgets its cookie. Throws `csrf_failed` (403). */
export async function endBrowserSession(deps: AccessDeps, request: FastifyRequest, reply: FastifyReply): Promise<void> {
  const { http } = deps.config
  const cookie = readSessionCookie(request, http)
  if (cookie !== null && !isOwnForm(request, deps.secrets, http.publicUrl, cookie)) throw csrfFailed(deps, request)
  if (cookie !== null) {
    const ended = await transaction(deps.db, (tx) => endSessionOfCookie(tx, deps, cookie, originOf(request)))
    if (ended) deps.log.info({ event: 'logout_ok', user_id: ended.userId, request_id: request.id, ip: request.ip }, 'logout ok')
  }
  clearSessionCookie(reply, http)
  // Pictures of people may be kept by the browser for an hour: not past the end of the session. Browsers heed it over https only.
  reply.header('clear-site-data', '"cache"')
}

function csrfFailed({ log }: AccessDeps, request: FastifyRequest) {
  log.warn({ event: 'csrf_failed', request_id: request.id, ip: request.ip, path: request.fullPath }, 'csrf failed')
  return problem('csrf_failed')
}
