/** An invitation: what may be asked of whom, and how it stands. Pure. */
import type { ProblemField } from '../../platform/http/problem.ts'
import {
  baseRole,
  isPermission,
  type MemberRole,
  type Permission,
  permissionModules,
  platformPermissions,
  type Role,
  roleRank,
} from '../permissions.ts'
import { companyRoles, companyTimeZone, momentMs, storedRole, type TenantConfig } from '../tenants/index.ts'
import { emailFaults, normaliseEmail } from '../users/index.ts'
import type { InvitationStatus } from './tables.ts'

const dayMs = 86_400_000
/** Of an e-mailed invitation, and of a link that names no other end. */
export const invitationLifeMs = 7 * dayMs
const longestLinkMs = 90 * dayMs
const mostUses = 1000
/** An open link lets in whoever holds it: only roles that change little. */
const linkRoles: readonly MemberRole[] = ['VIEWER', 'OPERATOR']

/** Who invites: their own role and permissions bound what they may give. */
export type Inviter = {
  readonly role: Role
  readonly permissions: ReadonlySet<Permission>
  /** What narrows the inviter's own role; null = nothing. */
  readonly modules: readonly string[] | null
}

export type Offer = {
  /** As the company stores it. */
  readonly role: string
  readonly permissions: readonly Permission[]
  readonly modules: readonly string[] | null
}
export type OfferInput = {
  readonly role: string
  readonly permissions?: readonly string[] | undefined
  readonly modules?: readonly string[] | null | undefined
}

type Refusal = 'role_above_own' | 'permission_not_held'
export type ParsedOffer =
  | { readonly kind: 'offer'; readonly offer: Offer }
  | { readonly kind: 'faults'; readonly faults: readonly ProblemField[] }
  | { readonly kind: 'refused'; readonly code: Refusal }

/** Nobody gives a role above their own, nor a permission they do not hold. */
export function parseOffer(input: OfferInput, config: TenantConfig, inviter: Inviter): ParsedOffer {
  const role = storedRole(input.role, config)
  const codes = input.permissions ?? []
  const modules = input.modules ?? null
  const faults: ProblemField[] = []
  if (role === null) faults.push({ path: 'role', rule: 'role', message: { es: 'No es un rol conocido', en: 'Is not a known role' } })
  for (const code of codes)
    if (!isPermission(code))
      faults.push({
        path: 'permissions',
        rule: 'permission',
        message: { es: '{code} no es un permiso', en: '{code} is not a permission' },
        parameters: { code },
      })
  for (const module of modules ?? [])
    if (!(permissionModules as readonly string[]).includes(module))
      faults.push({
        path: 'modules',
        rule: 'enum',
        message: { es: '{module} no es un módulo', en: '{module} is not a module' },
        parameters: { module },
      })
  if (faults.length > 0 || role === null) return { kind: 'faults', faults }
  if (roleRank[baseRole(role, companyRoles(config))] > roleRank[inviter.role]) return { kind: 'refused', code: 'role_above_own' }
  const permissions = codes.filter(isPermission)
  const isWider = inviter.modules !== null && (modules === null || modules.some((module) => !inviter.modules?.includes(module)))
  if (isWider || permissions.some((code) => platformPermissions.has(code) || !inviter.permissions.has(code)))
    return { kind: 'refused', code: 'permission_not_held' }
  return { kind: 'offer', offer: { role, permissions, modules } }
}

export function mailFaults(email: string): readonly ProblemField[] {
  return emailFaults(normaliseEmail(email), 'email')
}

export type LinkInput = {
  readonly role: string
  readonly permissions?: readonly string[] | undefined
  readonly maxUses: number
  readonly expiresAt?: string | undefined
}

/** What is wrong with an open link, besides its role being unknown. */
export function linkFaults(
  { role, permissions = [], maxUses, expiresAt }: LinkInput,
  config: TenantConfig,
  nowMs: number,
): readonly ProblemField[] {
  const faults: ProblemField[] = []
  const stored = storedRole(role, config)
  if (stored !== null && !linkRoles.includes(baseRole(stored, companyRoles(config))))
    faults.push({
      path: 'role',
      rule: 'link_role',
      message: { es: 'Un enlace abierto da solo lectura u operación', en: 'An open link gives viewer or operator only' },
    })
  // Whoever lets somebody in sees the role, not what is added to it.
  if (permissions.length > 0)
    faults.push({
      path: 'permissions',
      rule: 'link_permissions',
      message: { es: 'Un enlace abierto no lleva permisos adicionales', en: 'An open link carries no further permissions' },
    })
  if (!Number.isSafeInteger(maxUses) || maxUses < 1 || maxUses > mostUses)
    faults.push({
      path: 'max_uses',
      rule: 'range',
      message: { es: `Debe estar entre 1 y ${mostUses}`, en: `Must be from 1 to ${mostUses}` },
    })
  const endsMs = linkEndMs(expiresAt, config, nowMs)
  if (endsMs <= nowMs || endsMs > nowMs + longestLinkMs)
    faults.push({
      path: 'expires_at',
      rule: 'range',
      message: { es: 'Debe ser una fecha de los próximos 90 días', en: 'Must be a date within 90 days' },
    })
  return faults
}

/** A day alone means its end, so that "until Friday" holds on Friday where the company is. What cannot be read is over. */
export const linkEndMs = (expiresAt: string | undefined, config: TenantConfig, nowMs: number): number =>
  expiresAt ? (momentMs(expiresAt, companyTimeZone(config), 'end') ?? 0) : nowMs + invitationLifeMs

/** How it stands now: one whose time has passed is over whatever the row says. */
export const statusAt = (
  { status, expiresAtMs }: { readonly status: InvitationStatus; readonly expiresAtMs: number },
  nowMs: number,
): InvitationStatus => (status === 'pending' && expiresAtMs <= nowMs ? 'expired' : status)
