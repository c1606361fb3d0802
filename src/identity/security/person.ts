/** What guarding an account asks of its owner: the password again, and what their roles demand. */
import type { FastifyRequest } from 'fastify'
import { type AccessDeps, originOf, requirePerson } from '../access/index.ts'
import { noteFailedFactor } from '../lockout/index.ts'
import type { MfaSettings } from '../mfa/index.ts'
import { verifyPassword } from '../passwords/index.ts'
import { problem } from '../problems.ts'
import { access, isUsable, listMemberships } from '../tenants/index.ts'
import { findUser, type User } from '../users/index.ts'

/** The person of this session, with the password given once more. Wrong ones count as failed sign-ins do. Throws 400 `current_password_incorrect`. */
export async function demandPassword(deps: AccessDeps, request: FastifyRequest, password: string): Promise<User> {
  const found = await findUser(deps.db, { userId: requirePerson(request).userId })
  if (!found) throw problem('not_authenticated')
  if (await verifyPassword(found.passwordHash ?? '', password)) return found.user
  await noteFailedFactor(deps, found.user, originOf(request))
  throw problem('current_password_incorrect')
}

/** Whether any role that the person holds, in whatever company, must have a second factor. */
export async function mustHaveFactor({ db, config }: AccessDeps, user: Pick<User, 'userId' | 'isSuperAdmin'>): Promise<boolean> {
  const { isOffered, requiredRoles }: MfaSettings = config.mfa
  if (!isOffered || requiredRoles.size === 0) return false
  if (user.isSuperAdmin && requiredRoles.has('SUPER_ADMIN')) return true
  const memberships = await listMemberships(db, user.userId)
  return memberships.filter(isUsable).some((membership) => requiredRoles.has(access(membership).role))
}
