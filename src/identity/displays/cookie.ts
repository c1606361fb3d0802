/** The cookies of a screen: the one it lives by, and the link it was opened with, for the moments between link and button. */
import type { FastifyReply, FastifyRequest } from 'fastify'

type Settings = { readonly isSecure: boolean }

const longest = 400 * 86_400 // seconds: browsers keep no cookie for longer

const cookie = (plainName: string, maxAge: number) => {
  const nameOf = ({ isSecure }: Settings) => (isSecure ? `__Host-${plainName}` : plainName)
  const options = ({ isSecure }: Settings) => ({ path: '/', httpOnly: true, secure: isSecure, sameSite: 'lax' }) as const
  return {
    read: (request: FastifyRequest, settings: Settings): string | null => request.cookies[nameOf(settings)] || null,
    set: (reply: FastifyReply, settings: Settings, value: string) =>
      reply.setCookie(nameOf(settings), value, { ...options(settings), maxAge }),
    clear: (reply: FastifyReply, settings: Settings) => reply.clearCookie(nameOf(settings), options(settings)),
  }
}

export const displayCookie = cookie('andon_display', longest)
export const pairingCookie = cookie('andon_pairing', 15 * 60)
