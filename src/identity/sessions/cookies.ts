/** The browser's cookies. `__Host-` binds them to this host, to https and to the whole site; over plain http browsers refuse the prefix. */
import type { FastifyReply, FastifyRequest } from 'fastify'

export type CookieSettings = {
  /** PUBLIC_URL is https. */
  readonly isSecure: boolean
}

const nameOf = (settings: CookieSettings, name: string): string => (settings.isSecure ? `__Host-${name}` : name)
const options = ({ isSecure }: CookieSettings) => ({ path: '/', httpOnly: true, secure: isSecure, sameSite: 'lax' }) as const

export const readSessionCookie = (request: FastifyRequest, settings: CookieSettings): string | null =>
  request.cookies[nameOf(settings, 'andon_sid')] || null
/** Without lifetime: the browser forgets it when it closes, the server decides before that. */
export const setSessionCookie = (reply: FastifyReply, settings: CookieSettings, value: string): FastifyReply =>
  reply.setCookie(nameOf(settings, 'andon_sid'), value, options(settings))
export const clearSessionCookie = (reply: FastifyReply, settings: CookieSettings): FastifyReply =>
  reply.clearCookie(nameOf(settings, 'andon_sid'), options(settings))

/** Between password and code: what the first step left owing. Of no use without the code, and for five minutes only. */
export const readCodeCookie = (request: FastifyRequest, settings: CookieSettings): string | null =>
  request.cookies[nameOf(settings, 'andon_mfa')] || null
export const setCodeCookie = (reply: FastifyReply, settings: CookieSettings, value: string, maxAgeS: number): FastifyReply =>
  reply.setCookie(nameOf(settings, 'andon_mfa'), value, { ...options(settings), maxAge: maxAgeS })
export const clearCodeCookie = (reply: FastifyReply, settings: CookieSettings): FastifyReply =>
  reply.clearCookie(nameOf(settings, 'andon_mfa'), options(settings))

/** Names a browser that has not signed in, so that the sign-in form can be bound to it. */
export const readPreSessionCookie = (request: FastifyRequest, settings: CookieSettings): string | null =>
  request.cookies[nameOf(settings, 'andon_pre')] || null
export const setPreSessionCookie = (reply: FastifyReply, settings: CookieSettings, value: string): FastifyReply =>
  reply.setCookie(nameOf(settings, 'andon_pre'), value, options(settings))
export const clearPreSessionCookie = (reply: FastifyReply, settings: CookieSettings): FastifyReply =>
  reply.clearCookie(nameOf(settings, 'andon_pre'), options(settings))
