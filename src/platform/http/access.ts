/** What the platform must know about permissions: nothing but these questions. app.ts gives the answers. */
import type { FastifyReply, FastifyRequest } from 'fastify'

export type Subject = {
  readonly userId: number
  readonly tenantId: number | null
  /** Of what acts for a person but counts by itself (a program, a screen): its name, and how much it may ask in all, per minute. */
  readonly own?: { readonly name: string; readonly perMinute: number }
}

export type AccessPolicy = {
  /** Whether `access` is a word of the vocabulary (`public` and `signed_in` included). */
  readonly knows: (access: string) => boolean
  /** Runs after the body is parsed and before it is validated. Throws a `Problem`, or answers itself (then `reply.sent`). */
  readonly authorise: (request: FastifyRequest, reply: FastifyReply, access: string) => Promise<void>
  /** Who asks, for logs and rate limits; null before or without sign-in. */
  readonly subject: (request: FastifyRequest) => Subject | null
}

/** A server without identity: everything must be public. For tests of the platform itself. */
export const publicOnly: AccessPolicy = { knows: (access) => access === 'public', authorise: async () => {}, subject: () => null }
