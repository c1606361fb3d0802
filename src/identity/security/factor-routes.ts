/** The own second factor over the API. */
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { emptyReply, Problem, route, type SharedRate } from '../../platform/http/index.ts'
import { type AccessDeps, originOf, requirePerson } from '../access/index.ts'
import { noteFailedFactor } from '../lockout/index.ts'
import { markAlias } from '../login/index.ts'
import { confirmSecondFactor, qrSvg, removeSecondFactor, renewRecoveryCodes, setUpSecondFactor, setupLifeMs } from '../mfa/index.ts'
import { problem } from '../problems.ts'
import { markSecondFactor } from '../sessions/index.ts'
import type { User } from '../users/index.ts'
import { demandPassword, mustHaveFactor } from './person.ts'

const tags = ['auth']
/** Each try costs a hash, or tells whether a guess was right. Page and API count together. */
export const factorRate: SharedRate = { isShared: true, bucket: 'auth-mfa-change', perMinute: 5, by: 'person' }

const Codes = Type.Object({ recovery_codes: Type.Array(Type.String(), { description: 'Shown once' }) })
const PasswordAndCode = Type.Object({ password: Type.String(), code: Type.String({ description: "The app's code, or a recovery code" }) })

/** A wrong code counts as a failed sign-in. */
export async function countingFailure<T>(
  deps: AccessDeps,
  user: User,
  origin: ReturnType<typeof originOf>,
  work: () => Promise<T>,
): Promise<T> {
  try {
    return await work()
  } catch (error) {
    if (error instanceof Problem && error.code === 'mfa_invalid') await noteFailedFactor(deps, user, origin)
    throw error
  }
}

export function registerFactorRoutes(app: FastifyInstance, deps: AccessDeps): void {
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/mfa/totp/setup', '/auth/mfa/totp/setup'],
    access: 'any_session',
    summary: 'A secret for the authenticator app; it guards nothing until a code of it is confirmed, within ten minutes',
    tags,
    body: Type.Object({ password: Type.String() }),
    rate: factorRate,
    reply: {
      200: Type.Object({ secret: Type.String(), otpauth_uri: Type.String(), qr_svg: Type.String(), expires_in: Type.Integer() }),
    },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      const { secret, uri } = await setUpSecondFactor(deps, await demandPassword(deps, request, body.password))
      return { secret, otpauth_uri: uri, qr_svg: qrSvg(uri), expires_in: setupLifeMs / 1000 }
    },
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/mfa/totp/confirm', '/auth/mfa/totp/confirm'],
    access: 'any_session',
    summary: 'The first code: from now on it is asked for at every sign-in. Answers the recovery codes, once',
    tags,
    body: Type.Object({ code: Type.String() }),
    rate: factorRate,
    reply: { 200: Codes },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      const actor = requirePerson(request)
      const codes = await confirmSecondFactor(deps, actor, body.code, originOf(request))
      await markSecondFactor(deps.db, actor.sessionUuid, deps.clock.nowMs())
      return { recovery_codes: [...codes] }
    },
  })
  route(app, {
    method: 'DELETE',
    url: ['/api/v1/auth/mfa/totp', '/auth/mfa/totp'],
    access: 'signed_in',
    summary: 'Turns the second factor off, with password and code; not for whoever holds a role that must have one',
    tags,
    body: PasswordAndCode,
    rate: factorRate,
    reply: { 204: emptyReply },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      const user = await demandPassword(deps, request, body.password)
      if (await mustHaveFactor(deps, user)) throw problem('mfa_required_role')
      const origin = originOf(request)
      await countingFailure(deps, user, origin, () => removeSecondFactor(deps, requirePerson(request), body.code, origin))
      return undefined
    },
  })
  route(app, {
    method: 'POST',
    url: ['/api/v1/auth/mfa/recovery-codes', '/auth/mfa/recovery-codes'],
    access: 'signed_in',
    summary: 'Ten new recovery codes, with password and code; the ones before stop working',
    tags,
    body: PasswordAndCode,
    rate: factorRate,
    reply: { 200: Codes },
    handler: async ({ request, reply, body }) => {
      markAlias(request, reply)
      const user = await demandPassword(deps, request, body.password)
      const origin = originOf(request)
      const codes = await countingFailure(deps, user, origin, () => renewRecoveryCodes(deps, requirePerson(request), body.code, origin))
      return { recovery_codes: [...codes] }
    },
  })
}
