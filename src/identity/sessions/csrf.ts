/** Whether an unsafe request of a browser came from one of our own pages. */
import type { FastifyRequest } from 'fastify'
import type { Secrets } from '../../platform/secrets/index.ts'
import { isCsrfToken, sessionKeys } from './keys.ts'

/** `cookie` is the session's, or the pre-session one of the sign-in form. Both must hold: the token, and the origin that the browser names. */
export const isOwnForm = (request: FastifyRequest, secrets: Secrets, publicUrl: string, cookie: string | null): boolean => {
  if (cookie === null || !isSameOrigin(request, publicUrl)) return false
  const token = request.headers['x-csrf-token'] ?? (request.body as Record<string, unknown> | null | undefined)?.csrf_token
  return typeof token === 'string' && isCsrfToken(sessionKeys(secrets), cookie, token)
}

/** Every current browser sends one of the two with an unsafe request. `Origin` is compared with the address that this very
 *  request came to, too: on a factory network one server is reached by name and by number. */
export function isSameOrigin(request: FastifyRequest, publicUrl: string): boolean {
  const site = request.headers['sec-fetch-site']
  if (site !== undefined && site !== 'same-origin') return false
  const { origin } = request.headers
  if (origin === undefined) return site === 'same-origin'
  // The header itself: `request.host` would take X-Forwarded-Host, which not every proxy sets over what the client sent.
  return origin === new URL(publicUrl).origin || origin === `${request.protocol}://${request.headers.host}`
}
