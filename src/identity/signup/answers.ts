/** What signing up accepts and answers over the API. */
import type { FastifyRequest } from 'fastify'
import { type Static, Type } from 'typebox'
import { type Answer, answer } from '../../platform/http/index.ts'
import { translator } from '../../platform/i18n/index.ts'
import { originOf } from '../access/index.ts'
import { chooseCompany, standingOf } from '../login/index.ts'
import { listMemberships } from '../tenants/index.ts'
import { findUser, loadUserObject, ProfileFields, type ProfileInput, UserObject } from '../users/index.ts'
import { signupMessages } from './messages.ts'
import { type Registered, type Registration, register, type SignupDeps } from './register.ts'

const text = Type.Optional(Type.Union([Type.String(), Type.Null()]))

export const RegisterBody = Type.Object({
  ...ProfileFields,
  username: Type.Optional(Type.String({ description: 'Without it, derived from the e-mail' })),
  email: Type.String(),
  password: Type.String(),
  profile: Type.Optional(Type.Object({ ...ProfileFields, phone_number: text, dni: text })),
  invitation_token: Type.Optional(Type.String()),
  company_slug: Type.Optional(Type.String({ description: 'The company to join; its administrator decides' })),
})
export type RegisterBody = Static<typeof RegisterBody>

const flags = { verification_required: Type.Boolean(), approval_required: Type.Boolean(), message: Type.String() }

/** The account; or, where addresses must be proven, nothing that tells whether there was one already. */
export const RegisterAnswer = Type.Union([
  Type.Object({ ...UserObject.properties, ...flags }),
  Type.Object({ email: Type.String(), ...flags }, { additionalProperties: false }),
])

/** Both the flat form and the one with a `profile`; what neither names is left out. */
export function registrationOf(body: RegisterBody): Registration {
  const { profile: { phone_number, dni, ...nested } = {}, username, email, password, company_slug, invitation_token, ...flat } = body
  const older: ProfileInput = { ...(phone_number !== undefined && { phone: phone_number }), ...(dni !== undefined && { national_id: dni }) }
  return {
    username: username?.trim() ? username : null,
    email,
    password,
    profile: { ...flat, ...older, ...nested },
    company: company_slug ?? null,
    invitationToken: invitation_token || null,
  }
}

/** Registers and answers 201. Throws what `register` throws. */
export async function registerAnswer(deps: SignupDeps, request: FastifyRequest, body: RegisterBody): Promise<Answer> {
  return answer(201, await shown(deps, request, await register(deps, registrationOf(body), originOf(request))))
}

async function shown(deps: SignupDeps, request: FastifyRequest, { email, userId, isApprovalRequired }: Registered) {
  const t = translator(signupMessages, request.language)
  const tells = (key: 'api.verify' | 'api.pending' | 'api.ready') => ({
    verification_required: userId === null,
    approval_required: isApprovalRequired,
    message: t(key),
  })
  const found = userId === null ? null : await findUser(deps.db, { userId })
  if (!found) return { email, ...tells('api.verify') }
  const memberships = await listMemberships(deps.db, found.user.userId)
  const standing = standingOf(found.user, chooseCompany(found.user, memberships, null))
  return { ...(await loadUserObject(deps.db, found.user.userId, standing)), ...tells(isApprovalRequired ? 'api.pending' : 'api.ready') }
}
