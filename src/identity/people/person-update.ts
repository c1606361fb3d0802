/** A change to a person: only what is named changes. Pure. */
import type { ProblemField } from '../../platform/http/index.ts'
import { isPermission, type Permission, type PermissionModule, parseRole, permissionModules } from '../permissions.ts'
import { emailFaults, normaliseEmail } from '../users/index.ts'

export type PersonUpdate = {
  readonly email?: string
  /** As stored. */
  readonly role?: string
  readonly permissions?: readonly Permission[]
  /** Null: not narrowed. */
  readonly modules?: readonly PermissionModule[] | null
}

export type PersonUpdateInput = {
  readonly email?: string | undefined
  readonly role?: string | undefined
  readonly permissions?: readonly string[] | undefined
  readonly modules?: readonly string[] | null | undefined
}

const isModule = (word: string): word is PermissionModule => permissionModules.some((known) => known === word)

/** `undefined` stays undefined: absent is "unchanged", never "empty". Unknown words are faults here, since a person typed them.
 *  `storedRole` knows the company's own role names, too. */
export function parsePersonUpdate(
  input: PersonUpdateInput,
  storedRole: (typed: string) => string | null = parseRole,
): { readonly update: PersonUpdate; readonly faults: readonly ProblemField[] } {
  const email = input.email === undefined ? undefined : normaliseEmail(input.email)
  const role = input.role === undefined ? undefined : storedRole(input.role)
  const unknown = (input.permissions ?? []).filter((code) => !isPermission(code))
  const strange = (input.modules ?? []).filter((word) => !isModule(word))
  const faults: ProblemField[] = [
    ...(email === undefined ? [] : emailFaults(email, 'email')),
    ...(role === null ? [{ path: 'role', rule: 'role', message: { es: 'No es un rol conocido', en: 'Is not a known role' } }] : []),
    ...unknown.map((code) => ({
      path: 'permissions',
      rule: 'permission',
      message: { es: '{code} no es un permiso', en: '{code} is not a permission' },
      parameters: { code },
    })),
    ...strange.map((word) => ({
      path: 'modules',
      rule: 'module',
      message: { es: '{word} no es un módulo', en: '{word} is not a module' },
      parameters: { word },
    })),
  ]
  return {
    update: {
      ...(email !== undefined && { email }),
      ...(role && { role }),
      ...(input.permissions && { permissions: [...new Set(input.permissions.filter(isPermission))].sort() }),
      ...(input.modules !== undefined && {
        modules: input.modules && permissionModules.filter((word) => input.modules?.includes(word)),
      }),
    },
    faults,
  }
}
