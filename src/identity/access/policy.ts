/** The access policy: turns a request's cookie or token into an actor and holds it to the word its route declares. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import type { Config } from '../../platform/config/index.ts'
import type { Db } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import { type AccessPolicy, Problem } from '../../platform/http/index.ts'
import { asLanguage } from '../../platform/i18n/index.ts'
import type { Log } from '../../platform/log/index.ts'
import type { Actor } from '../actor.ts'
import { displayCookie } from '../displays/index.ts'
import type { MailDeps } from '../mails/index.ts'
import { isEnrolled, type MfaSettings } from '../mfa/index.ts'
import { hasPermission, isPermission, permissions, platformPermissions, type Role } from '../permissions.ts'
import { problem } from '../problems.ts'
import {
  csrfToken,
  endSession,
  hashOf,
  idleEndMs,
  isActivityDue,
  isOwnForm,
  isSameOrigin,
  readSessionCookie,
  recordSuperAdminAccess,
  type SessionDeps,
  sessionKeys,
  updateActivity,
} from '../sessions/index.ts'
import { access as accessOf, isSlug, isUsable, listMemberships, parseCompanyId } from '../tenants/index.ts'
import { decodeToken } from '../tokens/index.ts'
import { themeOf, type User, updatePreferences } from '../users/index.ts'
import { findIdentified, type Identified, type SessionKey, type WantedTenant } from './identified.ts'
import { identifyDisplay, identifyKey, presentedKey } from './programs.ts'
import { originOf } from './request.ts'

export type AccessDeps = SessionDeps &
  MailDeps & {
    readonly db: Db
    readonly log: Log
    readonly config: SessionDeps['config'] & {
      readonly http: { readonly isSecure: boolean; readonly publicUrl: string }
      readonly mfa: MfaSettings
      readonly signup: Config['signup']
      readonly mail: { readonly transport: string }
    }
  }

const unsafeMethods = new Set(['POST', 'PUT', 'PATCH', 'DELETE'])

/** For http: what a route may declare, and what happens before its handler. */
export const accessPolicy = (deps: AccessDeps): AccessPolicy => ({
  knows: (word) => word === 'public' || word === 'signed_in' || word === 'any_session' || isPermission(word),
  authorise: async (request, reply, word) => {
    request.actor = null
    request.signedIn = null
    request.screenCsrf = null
    if (word === 'public') return recognise(deps, request)
    try {
      await identifyAny(deps, request, reply, word)
    } catch (error) {
      if (!(error instanceof Problem) || error.status !== 401 || !isPageVisit(request)) throw error
      // A screen that is not known any more is paired anew: nobody signs in on it.
      const isScreen = displayCookie.read(request, deps.config.http) !== null && readSessionCookie(request, deps.config.http) === null
      return leadTo(request, reply, isScreen ? '/display' : `/login?${new URLSearchParams({ next: request.url })}`)
    }
    demandPermission(request, word)
    const owed = word === 'any_session' ? null : await unfinished(deps, request)
    if (owed === null) return
    if (!isPageVisit(request)) throw problem(owed)
    return leadTo(request, reply, finishedAt[owed])
  },
  subject: ({ actor }) => (actor ? { userId: actor.userId, tenantId: actor.tenant?.tenantId ?? null, ...ownLimit(actor) } : null),
})

/** A program and a screen count by themselves, not with whoever made them. */
function ownLimit(actor: Actor) {
  if (actor.kind === 'api_key') return { own: { name: `key ${actor.keyId}`, perMinute: actor.perMinute } }
  return actor.kind === 'display' ? { own: { name: `display ${actor.displayId}`, perMinute: displayPerMinute } } : {}
}
const displayPerMinute = 300

const leadTo = (request: FastifyRequest, reply: FastifyReply, path: string): void =>
  void reply.redirect(request.server.shell.basePath + path, 303)

/** What the person must do before anything else, and the page where they do it. */
const finishedAt = { password_change_required: '/account/password', mfa_required_role: '/account/second-factor' } as const

async function unfinished({ db, config }: AccessDeps, { actor, signedIn }: FastifyRequest): Promise<keyof typeof finishedAt | null> {
  if (actor?.kind !== 'person') return null
  if (signedIn?.user.mustChangePassword) return 'password_change_required'
  const role = actor.isSuperAdmin ? 'SUPER_ADMIN' : actor.role
  return role !== null && (await owesFactor({ db, config }, actor.userId, role)) ? 'mfa_required_role' : null
}

/** Whether somebody who acts in `role` must enrol a second factor first. */
async function owesFactor({ db, config }: Pick<AccessDeps, 'db' | 'config'>, userId: number, role: Role): Promise<boolean> {
  const { isOffered, requiredRoles } = config.mfa
  return isOffered && requiredRoles.has(role) && !(await isEnrolled(db, userId))
}

/** For handlers that act in another company than the request's: the role there counts. Throws 403 `mfa_required_role`. */
export async function demandFactor(deps: Pick<AccessDeps, 'db' | 'config'>, userId: number, role: Role): Promise<void> {
  if (await owesFactor(deps, userId, role)) throw problem('mfa_required_role')
}

/** By key, by session, or by a screen's cookie; the last also where a session that somebody had on that screen is over. */
async function identifyAny(deps: AccessDeps, request: FastifyRequest, reply: FastifyReply, word: string): Promise<void> {
  const key = presentedKey(request)
  if (key !== null) return identifyKey(deps, request, key)
  const screen = request.headers.authorization === undefined ? displayCookie.read(request, deps.config.http) : null
  // A form that the screen was given is the screen's, also where the session of somebody who was signed in on it left its cookie behind.
  if (screen !== null && isScreenForm(deps, request, screen) && (await identifyDisplay(deps, request, reply, screen))) return
  try {
    await identify(deps, request, word)
  } catch (error) {
    if (screen === null || !(error instanceof Problem) || error.status !== 401) throw error
    demandOwnForm(deps, request, screen)
    if (!(await identifyDisplay(deps, request, reply, screen))) throw error
  }
}

const isScreenForm = ({ secrets, config }: AccessDeps, request: FastifyRequest, screen: string): boolean =>
  unsafeMethods.has(request.method) && isOwnForm(request, secrets, config.http.publicUrl, screen)

/** A public route greets whom it knows and asks nothing: without session, or with one that does not hold, there is no actor. */
async function recognise(deps: AccessDeps, request: FastifyRequest): Promise<void> {
  try {
    if (presentedKey(request) !== null) return
    if (request.headers.authorization !== undefined || readSessionCookie(request, deps.config.http) !== null)
      await identify(deps, request, 'public')
  } catch (error) {
    if (!(error instanceof Problem)) throw error
    request.actor = null
    request.signedIn = null
  }
}

/** Somebody opened an address in a browser, as opposed to a script or a fragment of a page. */
const isPageVisit = (request: FastifyRequest): boolean =>
  request.method === 'GET' && !request.isHtmx && !isApi(request) && (request.headers.accept ?? '').includes('text/html')

const isApi = (request: FastifyRequest): boolean => /^\/(api|auth)\//.test(request.url)

function demandPermission({ actor }: FastifyRequest, word: string): void {
  if (!actor) throw problem('not_authenticated')
  if (word === 'signed_in' || word === 'any_session') {
    // What is a person's own: account, sessions, companies. No key and no screen comes near it.
    if (actor.kind !== 'person') throw problem('person_required')
    return
  }
  // The platform's own permissions need no company, and only a SUPER_ADMIN has them; people can be looked after across companies.
  if (!actor.tenant && !(actor.isSuperAdmin && platformWide.has(word))) throw problem('company_required')
  if (!hasPermission(actor, word)) throw problem('permission_denied')
}
const platformWide: ReadonlySet<string> = new Set([...platformPermissions, 'view_users', 'manage_users'])

/** How the request says who it is. A request with an Authorization header ignores its cookies. */
type Presented = {
  readonly key: SessionKey
  readonly cookie: string | null
  readonly token: {
    readonly userId: number
    readonly version: number
    readonly tenantId: number | null
    readonly isContext: boolean
  } | null
}

async function presented(deps: AccessDeps, request: FastifyRequest): Promise<Presented> {
  const { authorization } = request.headers
  if (authorization !== undefined) {
    const bearer = /^Bearer ([\w-]+\.[\w-]+\.[\w-]+)$/i.exec(authorization)?.[1]
    if (!bearer) throw problem('token_invalid')
    const claims = await decodeToken(sessionKeys(deps.secrets).tokens, bearer, deps.clock.nowMs(), ['access', 'context'])
    return { key: { uuid: claims.sessionUuid }, cookie: null, token: { ...claims, isContext: claims.tokenType === 'context' } }
  }
  const cookie = readSessionCookie(request, deps.config.http)
  if (cookie === null) throw problem('not_authenticated')
  demandOwnForm(deps, request, cookie)
  return { key: { cookieHash: hashOf(deps.secrets, cookie) }, cookie, token: null }
}

/** A browser sends its cookie with whatever any site asks of it: what changes something, or stays open, must come from our pages. */
function demandOwnForm({ secrets, config, log }: AccessDeps, request: FastifyRequest, cookie: string): void {
  const { publicUrl } = config.http
  const isStream = (request.headers.accept ?? '').includes('text/event-stream')
  const isForeignStream = isStream && request.headers.origin !== undefined && !isSameOrigin(request, publicUrl)
  // a browser says the origin of every WebSocket, and hands what comes over it to whoever opened it
  const isForeignSocket = request.ws && !isSameOrigin(request, publicUrl)
  if (!isForeignStream && !isForeignSocket && (!unsafeMethods.has(request.method) || isOwnForm(request, secrets, publicUrl, cookie))) return
  log.warn({ event: 'csrf_failed', request_id: request.id, ip: request.ip, path: request.fullPath }, 'csrf failed')
  throw problem('csrf_failed')
}

type Wish = { readonly wanted: WantedTenant; readonly by: 'page' | 'header' | 'token' | 'session' }

/** A page carries its company in the address; the header chooses for one request; else it is the session's or the token's. */
function wishOf(request: FastifyRequest, { token }: Presented): Wish {
  const { company } = (request.params ?? {}) as { company?: unknown }
  if (typeof company === 'string' && request.routeOptions.url?.startsWith('/t/:company')) {
    // MariaDB ignores blanks at the end of a text when it compares: what is no slug is no company.
    return { wanted: { slug: isSlug(company) ? company : '' }, by: 'page' }
  }
  const header = request.headers['x-company-id']
  if (header === undefined) {
    if (!token) return { wanted: 'of_session', by: 'session' }
    return { wanted: token.tenantId === null ? null : { tenantId: token.tenantId }, by: 'token' }
  }
  const wanted = typeof header === 'string' ? parseCompanyId(header) : null
  if (!wanted) throw problem('invalid_company_id')
  return { wanted, by: 'header' }
}

async function identify(deps: AccessDeps, request: FastifyRequest, word: string): Promise<void> {
  const shown = await presented(deps, request)
  const wish = wishOf(request, shown)
  const nowMs = deps.clock.nowMs()
  const found = await findIdentified(deps.db, shown.key, wish.wanted, nowMs)
  if (!found) throw problem(shown.token ? 'session_ended' : 'not_authenticated')
  const { session, user } = found
  if (shown.token && (user.userId !== shown.token.userId || user.tokenVersion !== shown.token.version)) throw problem('token_invalid')
  if (session.isOpen && !session.isLive) {
    await transaction(deps.db, (tx) => endSession(tx, deps, { userId: user.userId }, session, 'timeout'))
  }
  const isProven = user.isEmailVerified || !deps.config.signup.requiresVerification
  if (!session.isLive || !user.isActive || user.isDeleted || !isProven || user.approvalStatus !== 'approved') throw problem('session_ended')
  if (shown.token?.isContext && found.tenant?.tenantId !== shown.token.tenantId) throw problem('tenant_mismatch')
  const inside = companyOf(found, wish, word)
  const isDue = request.routeOptions.config.keepsSessionAlive !== false && isActivityDue(session.lastSeenAtMs, deps.config.session, nowMs)
  const prolongedToMs = idleEndMs(session.kind, deps.config.session, nowMs, session.absoluteExpiresAtMs)
  request.preferredLanguage = user.preferredLanguage
  request.actor = {
    kind: 'person',
    lineIds: null,
    userId: user.userId,
    username: user.username,
    isSuperAdmin: user.isSuperAdmin,
    sessionUuid: session.uuid,
    sessionKind: session.kind,
    language: request.language,
    ...inside,
  }
  request.signedIn = {
    user,
    tenantConfig: inside.tenant ? (found.tenant?.config ?? null) : null,
    sessionId: session.id,
    nowMs,
    idleExpiresAtMs: isDue ? prolongedToMs : session.idleExpiresAtMs,
    absoluteExpiresAtMs: session.absoluteExpiresAtMs,
    csrfToken: shown.cookie === null ? null : csrfToken(sessionKeys(deps.secrets), shown.cookie),
    companies: isApi(request) ? [] : await companiesOf(deps.db, user.userId),
    look: inside.tenant ? found.look : { ...found.look, logoFileId: null, primaryColor: null },
  }
  if (user.isSuperAdmin && inside.tenant && !found.membership) {
    const { tenantId } = inside.tenant
    await recordSuperAdminAccess(deps.db, deps, { userId: user.userId, tenantId, sessionUuid: session.uuid, origin: originOf(request) })
  }
  await keepAskedPreferences(deps, request, user)
  if (isDue) await updateActivity(deps.db, session.id, nowMs, prolongedToMs)
}

/** A page's header switches with `?lang=` and `?theme=`; the cookie of it is http's, here the person's other devices learn it. */
async function keepAskedPreferences({ db, clock }: AccessDeps, request: FastifyRequest, user: User): Promise<void> {
  const { lang, theme } = (request.query ?? {}) as { lang?: unknown; theme?: unknown }
  if (request.method !== 'GET' || isApi(request) || (lang === undefined && theme === undefined)) return
  const language = asLanguage(lang)
  const chosen = themeOf(typeof theme === 'string' ? theme : null)
  const isNew = (language && language !== user.preferredLanguage) || (chosen && chosen !== user.preferredTheme)
  if (isNew) await updatePreferences(db, user.userId, { ...(language && { language }), ...(chosen && { theme: chosen }) }, clock.nowMs())
}

/** The company of this request and what the person may do in it. A stranger's page answers as if the company did not exist; the
 *  header's answer is the same for a stranger and for a company that is not there. */
function companyOf({ user, tenant, membership }: Identified, { wanted, by }: Wish, word: string) {
  const none = { tenant: null, role: null, roleName: null, permissions: new Set<never>() }
  if (wanted === null) return user.isSuperAdmin ? { ...none, ...superAdmin } : none
  const isMember = membership?.status === 'active'
  if (tenant?.isActive && (user.isSuperAdmin || isMember)) {
    const { tenantId, uuid, slug, name } = tenant
    const place = { tenant: { tenantId, uuid, slug, name } }
    if (user.isSuperAdmin || !membership) return { ...place, ...superAdmin }
    return { ...place, roleName: membership.roleName, ...accessOf({ ...membership, tenant }) }
  }
  if (by === 'session' && (tenant === null || word === 'signed_in' || word === 'any_session' || word === 'public'))
    return user.isSuperAdmin ? { ...none, ...superAdmin } : none
  if (tenant && isMember) throw problem('tenant_inactive')
  throw problem(by === 'page' ? 'company_not_found' : 'no_company_access')
}

const superAdmin = { role: 'SUPER_ADMIN' as Role, roleName: 'SUPER_ADMIN', permissions: new Set(permissions) }

async function companiesOf(db: Db, userId: number) {
  const memberships = await listMemberships(db, userId)
  return memberships.filter(isUsable).map(({ tenant: { slug, name } }) => ({ slug, name }))
}
