/** Headers of every answer (spec identity 4.7), errors and files included. */
import type { FastifyInstance, FastifyRequest } from 'fastify'
import { asLanguage, languageCookie } from '../i18n/index.ts'
import { preferenceCookie, themeCookie } from './request.ts'

export const securityHeaders = {
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'referrer-policy': 'strict-origin-when-cross-origin',
  'permissions-policy': 'geolocation=(), microphone=(), camera=()',
  'x-xss-protection': '0',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
} as const

const strictTransport = 'max-age=63072000; includeSubDomains'

/** What is not a page runs nothing and is framed nowhere. */
export const plainPolicy = "default-src 'none'; frame-ancestors 'none'"

export const pagePolicy = (nonce: string): string =>
  [
    "default-src 'none'",
    `script-src 'nonce-${nonce}' 'strict-dynamic'`,
    "style-src 'self'",
    "img-src 'self' data:",
    "font-src 'self'",
    "connect-src 'self'",
    "form-action 'self'",
    "frame-ancestors 'none'",
    "base-uri 'none'",
    "object-src 'none'",
    "require-trusted-types-for 'script'",
  ].join('; ')

const isHtml = (contentType: unknown): boolean => typeof contentType === 'string' && contentType.startsWith('text/html')
const oneYearS = 31_536_000

/** `?lang=en` and `?theme=light` are kept, so that the switches work without JavaScript. */
function choiceCookies(request: FastifyRequest): readonly string[] {
  const query = request.query as Record<string, unknown> | undefined
  const { basePath, settings } = request.server.shell
  const written = (plainName: string, value: string): string => {
    const { name, path } = preferenceCookie(plainName, settings.isSecure, basePath)
    return `${name}=${value}; Path=${path}; Max-Age=${oneYearS}; SameSite=Lax${settings.isSecure ? '; Secure' : ''}`
  }
  const language = asLanguage(query?.lang)
  const theme = query?.theme === 'dark' || query?.theme === 'light' ? query.theme : null
  return [language && written(languageCookie, language), theme && written(themeCookie, theme)].filter((cookie) => cookie !== null)
}

export function addHeaders(app: FastifyInstance): void {
  const { settings } = app.shell
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(securityHeaders)
    reply.header('x-request-id', request.id)
    if (settings.isSecure || request.protocol === 'https') reply.header('strict-transport-security', strictTransport)
  })
  app.addHook('onSend', async (request, reply) => {
    const contentType = reply.getHeader('content-type')
    if (!reply.hasHeader('content-security-policy'))
      reply.header('content-security-policy', isHtml(contentType) ? pagePolicy(request.nonce) : plainPolicy)
    if (!reply.hasHeader('cache-control')) reply.header('cache-control', 'no-store')
    if (isHtml(contentType)) {
      // The same address answers page, fragment and (by cookie) language.
      reply.header('vary', 'Accept, Accept-Language, Cookie, HX-Request')
      for (const cookie of choiceCookies(request)) reply.header('set-cookie', cookie)
    }
    // Seconds, as API clients of the field know this header.
    reply.header('x-process-time', (reply.elapsedTime / 1000).toFixed(4))
  })
}
