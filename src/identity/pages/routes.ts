/** Pages: sign-in, the own account, choice of company, language and theme. */
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import { transaction } from '../../platform/db/index.ts'
import {
  type Answer,
  answer,
  emptyReply,
  fieldErrorsOf,
  htmlReply,
  Problem,
  preferenceCookie,
  route,
  seeOther,
  themeCookie,
} from '../../platform/http/index.ts'
import { asLanguage, languageCookie } from '../../platform/i18n/index.ts'
import { type AccessDeps, localPath, originOf, pageOf, requireActor, requirePerson, requireSignedIn } from '../access/index.ts'
import { changePassword, changePasswordRate } from '../account/index.ts'
import { recordAudit } from '../audit/index.ts'
import { endBrowserSession, loginRate, preSessionToken, startBrowserSession } from '../login/index.ts'
import { challengeLifeS } from '../mfa/index.ts'
import { accountNavigation, type CompanyLinks } from '../navigation.ts'
import { identityPaths } from '../paths.ts'
import { loadOwnProfile, type OwnProfile, registerOwnProfilePages } from '../people/index.ts'
import { loadSecurity, registerSecurityPages, type Security } from '../security/index.ts'
import { setCodeCookie, setSessionCookie } from '../sessions/index.ts'
import { themeOf, updatePreferences } from '../users/index.ts'
import { accountPage, isDone, passwordPage } from './account-view.ts'
import { codePath, registerCodePage } from './code-routes.ts'
import { loginOffers, loginPage } from './login-view.ts'
import { afterSignIn, startPath } from './start.ts'

const tags = ['pages']
const text = Type.Optional(Type.String())

export type PageDeps = AccessDeps & { readonly companyLinks: CompanyLinks }

export function registerIdentityPages(app: FastifyInstance, deps: PageDeps): void {
  registerEntry(app, deps)
  registerCodePage(app, deps)
  registerAccountPages(app, deps)
}

const startOf = (request: FastifyRequest): string =>
  request.actor && request.signedIn ? startPath(request.signedIn.companies, request.actor.tenant?.slug ?? null) : identityPaths.login()

function registerEntry(app: FastifyInstance, deps: AccessDeps): void {
  route(app, {
    method: 'GET',
    url: identityPaths.home(),
    access: 'public',
    summary: 'Leads to the sign-in or to the dashboard',
    tags,
    reply: { 303: emptyReply },
    handler: ({ request }) => seeOther(request, startOf(request)),
  })
  route(app, {
    method: 'GET',
    url: identityPaths.login(),
    sheds: 'last',
    access: 'public',
    summary: 'Sign-in form',
    tags,
    query: Type.Object({ next: text }),
    reply: { 200: htmlReply, 303: emptyReply },
    handler: ({ request, reply, query }) => {
      const next = localPath(query.next)
      if (request.actor) return seeOther(request, next === '/' ? startOf(request) : next)
      const form = { identifier: '', next, csrfToken: preSessionToken(deps, request, reply), refusal: null, fieldErrors: {} }
      return loginPage(pageOf(request), form, loginOffers(deps.config))
    },
  })
  route(app, {
    method: 'POST',
    url: identityPaths.login(),
    sheds: 'last',
    access: 'public',
    summary: 'Signs a browser in from the form',
    tags,
    body: Type.Object({ username: text, password: text, next: text, csrf_token: text }, { default: {} }),
    form: true,
    rate: loginRate,
    reply: { 303: emptyReply },
    handler: async ({ request, reply, body }) => {
      const credentials = { identifier: body.username ?? '', password: body.password ?? '', companyId: null, otp: null }
      const next = localPath(body.next)
      try {
        const outcome = await startBrowserSession(deps, request, reply, credentials)
        if (outcome.kind === 'logged_in') return seeOther(request, afterSignIn(outcome, next))
        setCodeCookie(reply, deps.config.http, outcome.mfaToken, challengeLifeS)
        return seeOther(request, codePath(next))
      } catch (error) {
        return refusedLogin(deps, request, reply, { error, identifier: credentials.identifier, next })
      }
    },
  })
  route(app, {
    method: 'POST',
    url: identityPaths.logout(),
    sheds: 'last',
    access: 'public',
    summary: 'Signs the browser out',
    tags,
    form: true,
    body: Type.Object({ csrf_token: text }, { default: {} }),
    reply: { 303: emptyReply },
    handler: async ({ request, reply }) => {
      await endBrowserSession(deps, request, reply)
      return seeOther(request, identityPaths.login())
    },
  })
}

/** The form again, with what was typed (but the password) and why it was refused. Rethrows bugs. */
function refusedLogin(
  deps: AccessDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  { error, identifier, next }: { readonly error: unknown; readonly identifier: string; readonly next: string },
): Answer {
  if (!(error instanceof Problem)) throw error
  const fieldErrors = fieldErrorsOf(error, request.language)
  const refusal = Object.keys(fieldErrors).length > 0 ? null : error.detail(request.language)
  const form = { identifier, next, csrfToken: preSessionToken(deps, request, reply), refusal, fieldErrors }
  const offers = { ...loginOffers(deps.config), mustVerify: error.code === 'email_not_verified' }
  return answer(error.status, loginPage(pageOf(request), form, offers), error.options.headers)
}

function registerAccountPages(app: FastifyInstance, deps: PageDeps): void {
  const accountView = async (
    request: FastifyRequest,
    done: string | undefined,
    passwordErrors: Readonly<Record<string, string>>,
    { security, own }: { readonly security?: Security; readonly own?: OwnProfile } = {},
  ) => {
    const actor = requireActor(request)
    const { username, tenant, roleName } = actor
    const page = pageOf(request)
    return accountPage(page, {
      nav: accountNavigation(page, actor, deps.companyLinks),
      username,
      companyName: tenant?.name ?? null,
      roleName,
      done: isDone(done) ? done : null,
      passwordErrors,
      security: security ?? (await loadSecurity(deps, request)),
      own: own ?? (await loadOwnProfile(deps, request)),
    })
  }
  registerSecurityPages(app, deps, (request, security) => accountView(request, undefined, {}, { security }))
  registerOwnProfilePages(app, deps, (request, own) => accountView(request, undefined, {}, { own }))
  route(app, {
    method: 'GET',
    url: identityPaths.account(),
    access: 'signed_in',
    summary: 'The own account: profile, password, preferences',
    tags,
    query: Type.Object({ done: text }),
    reply: { 200: htmlReply },
    handler: ({ request, query }) => accountView(request, query.done, {}),
  })
  route(app, {
    method: 'GET',
    url: identityPaths.changePassword(),
    access: 'any_session',
    summary: 'Form of a new password by itself: where somebody whose password must be changed is led to',
    tags,
    reply: { 200: htmlReply },
    handler: ({ request }) => passwordPage(pageOf(request), { mustChange: requireSignedIn(request).user.mustChangePassword, errors: {} }),
  })
  route(app, {
    method: 'POST',
    url: identityPaths.changePassword(),
    access: 'any_session',
    summary: 'Changes the own password from the form',
    tags,
    body: Type.Object({ current_password: text, new_password: text, confirm_password: text }, { default: {} }),
    form: true,
    rate: changePasswordRate,
    reply: { 303: emptyReply },
    handler: async ({ request, reply, body }) => {
      const change = {
        currentPassword: body.current_password ?? '',
        newPassword: body.new_password ?? '',
        confirmPassword: body.confirm_password ?? '',
      }
      const actor = requirePerson(request)
      const { mustChangePassword: mustChange } = requireSignedIn(request).user
      try {
        const { cookie } = await changePassword(deps, actor, requireSignedIn(request).sessionId, change, originOf(request))
        if (cookie !== null) setSessionCookie(reply, deps.config.http, cookie)
      } catch (error) {
        if (!(error instanceof Problem)) throw error
        const errors = {
          ...fieldErrorsOf(error, request.language),
          ...(error.code === 'current_password_incorrect' && { current_password: error.detail(request.language) }),
          ...(error.code === 'password_unchanged' && { new_password: error.detail(request.language) }),
        }
        if (Object.keys(errors).length === 0) throw error
        if (mustChange) return answer(error.status, passwordPage(pageOf(request), { mustChange, errors }))
        return answer(error.status, await accountView(request, undefined, errors))
      }
      return seeOther(request, mustChange ? identityPaths.home() : `${identityPaths.account()}?done=password`)
    },
  })
  route(app, {
    method: 'POST',
    url: identityPaths.accountPreferences(),
    access: 'signed_in',
    summary: 'Keeps language and theme for the person',
    tags,
    body: Type.Object({ language: text, theme: text }, { default: {} }),
    form: true,
    reply: { 303: emptyReply },
    handler: async ({ request, reply, body }) => {
      await keepPreferences(deps, request, reply, body)
      return seeOther(request, `${identityPaths.account()}?done=preferences`)
    },
  })
}

/** In this browser by cookie and, for somebody signed in, for their other devices too. Unknown words change nothing. */
async function keepPreferences(
  { db, clock, config }: AccessDeps,
  request: FastifyRequest,
  reply: FastifyReply,
  asked: { readonly language?: string | undefined; readonly theme?: string | undefined },
): Promise<void> {
  const language = asLanguage(asked.language)
  const theme = themeOf(asked.theme ?? null)
  if (!language && !theme) return
  // The browser's script sets the theme, too: not httpOnly.
  const { isSecure } = config.http
  const keep = (plainName: string, value: string) => {
    const { name, path } = preferenceCookie(plainName, isSecure, request.server.shell.basePath)
    reply.setCookie(name, value, { path, maxAge: 31_536_000, sameSite: 'lax', secure: isSecure })
  }
  if (language) keep(languageCookie, language)
  if (theme) keep(themeCookie, theme)
  const { actor } = request
  if (!actor) return
  await transaction(db, async (tx) => {
    await updatePreferences(tx, actor.userId, { ...(language && { language }), ...(theme && { theme }) }, clock.nowMs())
    const about = { entityType: 'user', entityId: actor.userId, origin: originOf(request) }
    await recordAudit(tx, { clock }, actor, 'USER_UPDATED', { ...about, data: { fields: ['preferences'] } })
  })
}
