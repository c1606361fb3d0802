/** A change to a person: only what is named changes. Pure. */
import type { ProblemField } from '../../platform/http/index.ts'
import { isPermission, type MemberRole, type Permission, parseRole } from '../permissions.ts'
import { emailFaults, normaliseEmail } from './user.ts'

export type UserUpdate = { readonly email?: string; readonly role?: MemberRole; readonly permissions?: readonly Permission[] }

/** `undefined` stays undefined: absent is "unchanged", never "empty". Unknown permission codes are faults here, since a person typed them. */
export function parseUserUpdate(input: { readonly email?: string; readonly role?: string; readonly permissions?: readonly string[] }): {
  readonly update: UserUpdate
  readonly faults: readonly ProblemField[]
} {
  const email = input.email === undefined ? undefined : normaliseEmail(input.email)
  const role = input.role === undefined ? undefined : parseRole(input.role)
  const unknown = (input.permissions ?? []).filter((code) => !isPermission(code))
  const faults: ProblemField[] = [
    ...(email === undefined ? [] : emailFaults(email, 'email')),
    ...(role === null ? [{ path: 'role', rule: 'role', message: { es: 'No es un rol conocido', en: 'Is not a known role' } }] : []),
    ...unknown.map((code) => ({
      path: 'permissions',
      rule: 'permission',
      message: { es: '{code} no es un permiso', en: '{code} is not a permission' },
      parameters: { code },
    })),
  ]
  return {
    update: {
      ...(email !== undefined && { email }),
      ...(role && { role }),
      ...(input.permissions && { permissions: input.permissions.filter(isPermission) }),
    },
    faults,
  }
}
