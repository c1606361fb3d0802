/** What the sign-in paths accept. */
import type { FastifyReply, FastifyRequest } from 'fastify'
import { Type } from 'typebox'
import type { Credentials } from './login.ts'

export const LoginBody = Type.Object({
  username: Type.Optional(Type.String({ description: 'Username or e-mail; `email` and `identifier` mean the same' })),
  email: Type.Optional(Type.String()),
  identifier: Type.Optional(Type.String()),
  password: Type.String(),
  company_id: Type.Optional(Type.Union([Type.String(), Type.Integer()], { description: 'UUID or integer of the company to work in' })),
  otp: Type.Optional(Type.String({ description: 'Code of the second factor, or a recovery code, when the person has one' })),
  grant_type: Type.Optional(Type.String()),
})
export type LoginBody = Type.Static<typeof LoginBody>

export const credentialsOf = (body: LoginBody): Credentials => ({
  identifier: [body.username, body.email, body.identifier].find((name) => name?.trim()) ?? '',
  password: body.password,
  companyId: String(body.company_id ?? '').trim() || null,
  otp: body.otp || null,
})

/** The token may be in the body or in the header; then the body may be missing. */
export const TokenBody = Type.Object({ refresh_token: Type.Optional(Type.String()) }, { default: {} })

/** Of a body that nobody checked yet. */
export const tokenOfBody = (body: unknown): string | null => {
  const token = (body as { readonly refresh_token?: unknown } | null | undefined)?.refresh_token
  return typeof token === 'string' ? token : null
}

export const bearerOf = (request: FastifyRequest): string | null =>
  /^Bearer +(\S+)$/i.exec(request.headers.authorization ?? '')?.[1] ?? null

/** Old paths work as ever and say that there is a newer one. */
export function markAlias(request: FastifyRequest, reply: FastifyReply): void {
  if (!request.routeOptions.url?.startsWith('/api/v1/auth/')) reply.header('deprecation', 'true')
}
