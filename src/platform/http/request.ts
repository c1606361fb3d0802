/** What a request carries besides fastify's own: language, nonce, whether htmx asks. Computed at first use. */
import { randomBytes, randomUUID } from 'node:crypto'
import type { IncomingMessage } from 'node:http'
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { chooseLanguage, type Language, languageCookie } from '../i18n/index.ts'
import type { PageContext } from '../ui/page.ts'

export const themeCookie = 'andon_theme'

/** A cookie that holds a choice of somebody's look: over https bound to this host and its whole site, as every cookie of ours. */
export const preferenceCookie = (name: string, isSecure: boolean, basePath: string): { readonly name: string; readonly path: string } =>
  isSecure ? { name: `__Host-${name}`, path: '/' } : { name, path: basePath || '/' }

export const readPreference = (request: FastifyRequest, name: string): string | undefined =>
  request.cookies?.[`__Host-${name}`] ?? request.cookies?.[name]

declare module 'fastify' {
  interface FastifyRequest {
    readonly language: Language
    /** The signed-in person's own; identity sets it. */
    preferredLanguage: Language | null
    /** CSP nonce of this answer. */
    readonly nonce: string
    readonly isHtmx: boolean
    /** Path with BASE_PATH as the client wrote it, without query and without one-time tokens: it goes into logs. */
    readonly fullPath: string
    cachedNonce: string | null
  }
}

/** Accepts a caller's request id when it is harmless in a log line, else makes one. */
export const requestId = (raw: IncomingMessage): string => {
  const given = raw.headers['x-request-id']
  return typeof given === 'string' && /^[A-Za-z0-9._-]{1,64}$/.test(given) ? given : randomUUID()
}

export const isHtmlPreferred = (request: FastifyRequest): boolean => {
  const accept = request.headers.accept ?? ''
  return !/^\/(api|auth)\//.test(request.url) && accept.includes('text/html')
}

const isPageRequest = (request: FastifyRequest): boolean =>
  request.routeOptions.config?.isPage === true || request.isHtmx || isHtmlPreferred(request)

/** Steps that look like a one-time token (43 characters of base64url, some in upper case: no slug, no id) are not for logs. */
const withoutTokens = (path: string): string => path.replace(/(?<=\/)(?=[^/]*[A-Z])[\w-]{43}(?=\/|$)/g, ':token')

export function decorateRequests(app: FastifyInstance): void {
  app.decorateRequest('preferredLanguage', null)
  app.decorateRequest('cachedNonce', null)
  app.decorateRequest('nonce', {
    getter(this: FastifyRequest) {
      this.cachedNonce ??= randomBytes(16).toString('base64url')
      return this.cachedNonce
    },
  })
  app.decorateRequest('isHtmx', {
    getter(this: FastifyRequest) {
      return this.headers['hx-request'] === 'true'
    },
  })
  app.decorateRequest('fullPath', {
    getter(this: FastifyRequest) {
      return this.server.shell.basePath + withoutTokens(this.url.split('?', 1)[0] ?? '/')
    },
  })
  app.decorateRequest('language', {
    getter(this: FastifyRequest) {
      // Pages are Spanish until somebody chooses otherwise: plants have browsers in any language. Programs say what they want.
      const isPage = isPageRequest(this)
      return chooseLanguage({
        query: (this.query as Record<string, unknown> | undefined)?.lang,
        cookie: readPreference(this, languageCookie),
        preferred: this.preferredLanguage,
        acceptLanguage: isPage ? undefined : this.headers['accept-language'],
        fallback: isPage ? 'es' : 'en',
      })
    },
  })
}

/** A page's context without the person: identity's `pageOf` adds user and CSRF token. */
export type PageBase = Omit<PageContext, 'user' | 'csrfToken'>

export function pageBase(request: FastifyRequest): PageBase {
  const { shell } = request.server
  const { language } = request
  const query = request.query as Record<string, unknown> | undefined
  const theme = [query?.theme, readPreference(request, themeCookie)].find((value) => value === 'dark' || value === 'light')
  return {
    language,
    theme: theme === 'light' ? 'light' : 'dark',
    nonce: request.nonce,
    url: (path) => shell.basePath + path,
    asset: shell.assets.urlOf,
    // two slashes would name another host
    here: request.url.replace(/^[/\\]+/, '/'),
    banners: shell.banners(language),
  }
}
