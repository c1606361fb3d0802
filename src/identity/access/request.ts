/** What handlers and views ask of a request once access was decided. */
import type { FastifyRequest } from 'fastify'
import { pageBase, readPreference, themeCookie } from '../../platform/http/index.ts'
import type { PageContext } from '../../platform/ui/index.ts'
import type { Actor, ActorTenant, PersonActor, TenantActor } from '../actor.ts'
import { cut, type Origin } from '../audit/index.ts'
import { identityPaths } from '../paths.ts'
import { problem } from '../problems.ts'
import { companyTimeZone, isRecord, type TenantConfig } from '../tenants/index.ts'
import type { User } from '../users/index.ts'
import type { Look } from './identified.ts'

/** Set by the access policy; null on a public route without a (valid) session. */
export type SignedIn = {
  readonly user: User
  /** Of the company in `request.actor`. */
  readonly tenantConfig: TenantConfig | null
  readonly sessionId: number
  /** When the session ends if nothing more happens, and in any case. */
  readonly nowMs: number
  readonly idleExpiresAtMs: number
  readonly absoluteExpiresAtMs: number
  /** Null for programs: they need none. */
  readonly csrfToken: string | null
  /** Usable ones, by name; read for pages only. */
  readonly companies: readonly { readonly slug: string; readonly name: string }[]
  readonly look: Look
}

declare module 'fastify' {
  interface FastifyRequest {
    actor: Actor | null
    signedIn: SignedIn | null
    /** Of the cookie of the screen that asks; null for people and programs. */
    screenCsrf: string | null
  }
}

/** Throws `not_authenticated` (401). */
export function requireActor(request: FastifyRequest): Actor {
  if (!request.actor) throw problem('not_authenticated')
  return request.actor
}

/** Behind `signed_in` and `any_session` there are only people. Throws `not_authenticated` (401), `person_required` (403). */
export function requirePerson(request: FastifyRequest): PersonActor {
  const actor = requireActor(request)
  if (actor.kind !== 'person') throw problem('person_required')
  return actor
}

/** Throws `not_authenticated` (401), `company_required` (400). */
export function requireTenant(request: FastifyRequest): TenantActor {
  const actor = requireActor(request)
  const { tenant, role, roleName } = actor
  if (!tenant || !role || roleName === null) throw problem('company_required')
  return { ...actor, tenant, role, roleName }
}

export function requireSignedIn(request: FastifyRequest): SignedIn {
  if (!request.signedIn) throw problem('not_authenticated')
  return request.signedIn
}

/** Context of every page and fragment. A theme chosen in this browser wins over the person's own, and that over the company's. */
export function pageOf(request: FastifyRequest): PageContext {
  const base = pageBase(request)
  const { actor, signedIn } = request
  if (actor?.kind === 'display')
    return {
      ...base,
      csrfToken: request.screenCsrf ?? '',
      user: { name: actor.username, companies: [], company: actor.tenant, isScreen: true },
    }
  if (!actor || !signedIn) return { ...base, csrfToken: '', user: null }
  const isThemeChosen =
    (readPreference(request, themeCookie) ?? (request.query as Record<string, unknown> | undefined)?.theme) !== undefined
  const preferred = signedIn.user.preferredTheme ?? companyTheme(signedIn.tenantConfig)
  return {
    ...base,
    theme: isThemeChosen ? base.theme : (preferred ?? base.theme),
    csrfToken: signedIn.csrfToken ?? '',
    user: { name: actor.username, companies: signedIn.companies, ...shownLook(actor.tenant, signedIn), ...sessionEnd(actor, signedIn) },
  }
}

/** For the script that warns before a browser's session ends; programs have no pages. */
const sessionEnd = (actor: Actor, { nowMs, idleExpiresAtMs }: SignedIn) =>
  actor.sessionKind === 'browser' ? { sessionEndsInS: Math.max(0, Math.floor((idleExpiresAtMs - nowMs) / 1000)) } : {}

/** Pictures are asked for by their file, so that browsers may keep them until another one is chosen. */
function shownLook(company: ActorTenant | null, { look, tenantConfig }: SignedIn) {
  const { avatarFileId, logoFileId } = look
  const theme = isRecord(tenantConfig?.theme) ? tenantConfig.theme.primary_color : null
  return {
    avatar: avatarFileId === null ? null : `${identityPaths.avatar()}/${avatarFileId}`,
    company: company && {
      slug: company.slug,
      name: company.name,
      logo: logoFileId === null ? null : `/t/${company.slug}/logo/${logoFileId}`,
      color: look.primaryColor ?? (typeof theme === 'string' ? theme : null),
    },
  }
}

/** `config.theme` is a word, or an object of branding. */
function companyTheme(config: TenantConfig | null): 'dark' | 'light' | null {
  const theme = isRecord(config?.theme) ? config.theme.mode : config?.theme
  return theme === 'dark' || theme === 'light' ? theme : null
}

/** In which instants are shown to this person: the company's; UTC when it has not said. */
export const timeZoneOf = ({ signedIn }: FastifyRequest): string => companyTimeZone(signedIn?.tenantConfig ?? null)

export const originOf = (request: FastifyRequest): Origin => ({
  ip: cut(request.ip, 45),
  userAgent: cut(request.headers['user-agent'], 255),
  requestId: request.id,
})

/** A path of this application, to return to: it starts with one `/`. Anything else, such as another site's address, is `/`. */
export const localPath = (path: unknown): string =>
  // biome-ignore lint/suspicious/noControlCharactersInRegex: browsers drop them, which would turn "/\t/evil" into "//evil"
  typeof path === 'string' && path.length <= 2000 && /^\/(?![/\\])[^\\\x00-\x1f\x7f]*$/.test(path) ? path : '/'
