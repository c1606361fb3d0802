/** The token of a link leaves the address at once: the page keeps it in a cookie of its own, so that reloading the form works. */
import type { FastifyReply, FastifyRequest } from 'fastify'

export type LinkCookie = 'reset' | 'verify' | 'invitation'
type Settings = { readonly isSecure: boolean }

// As the session's: bound to this host over https.
const nameOf = ({ isSecure }: Settings, link: LinkCookie): string => `${isSecure ? '__Host-' : ''}andon_${link}`
const options = ({ isSecure }: Settings) => ({ path: '/', httpOnly: true, secure: isSecure, sameSite: 'lax' }) as const
const lifeS = 3600

export const keepLinkToken = (reply: FastifyReply, settings: Settings, link: LinkCookie, token: string): FastifyReply =>
  reply.setCookie(nameOf(settings, link), token, { ...options(settings), maxAge: lifeS })
/** '' when there is none. */
export const readLinkToken = (request: FastifyRequest, settings: Settings, link: LinkCookie): string =>
  request.cookies[nameOf(settings, link)] ?? ''
export const forgetLinkToken = (reply: FastifyReply, settings: Settings, link: LinkCookie): FastifyReply =>
  reply.clearCookie(nameOf(settings, link), options(settings))
