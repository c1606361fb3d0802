/** A company, its settings and what a membership of it allows. Pure. */
import type { ProblemField } from '../../platform/http/problem.ts'
import { baseRole, effectivePermissions, type MemberRole, type Permission, parseRole } from '../permissions.ts'

/** `config` as stored: each house reads its own keys and keeps the others. */
export type TenantConfig = Readonly<Record<string, unknown>>

export type Tenant = {
  readonly tenantId: number
  readonly uuid: string
  readonly name: string
  readonly slug: string
  readonly isActive: boolean
  readonly config: TenantConfig
}

export type MembershipStatus = 'pending' | 'active' | 'suspended' | 'rejected'

export type Membership = {
  readonly tenant: Tenant
  /** As stored; the company may have its own words. */
  readonly roleName: string
  readonly grants: readonly string[]
  /** Null = not narrowed. */
  readonly modules: readonly string[] | null
  readonly status: MembershipStatus
  readonly joinedAtMs: number
}

export const isUsable = (membership: Membership): boolean => membership.status === 'active' && membership.tenant.isActive

/** What the member may do: role of the company's own words, narrowed by modules, plus grants. */
export const access = (
  membership: Pick<Membership, 'roleName' | 'grants' | 'modules'> & { readonly tenant: Pick<Tenant, 'config'> },
): { readonly role: MemberRole; readonly permissions: ReadonlySet<Permission> } => {
  const role = baseRole(membership.roleName, companyRoles(membership.tenant.config))
  return { role, permissions: effectivePermissions(role, membership.grants, membership.modules) }
}

/** `config.roles`: the company's own role names (upper case here) to a role of ours; one that maps to nothing known is a VIEWER. */
export function companyRoles(config: TenantConfig): Readonly<Record<string, MemberRole>> {
  if (!isRecord(config.roles)) return {}
  return Object.fromEntries(
    Object.entries(config.roles).map(([name, base]) => [
      name.trim().toUpperCase(),
      (typeof base === 'string' && parseRole(base)) || 'VIEWER',
    ]),
  )
}

/** How `typed` is stored: a role of ours, or a word of the company; null when it is neither. */
export const storedRole = (typed: string, config: TenantConfig): string | null => {
  const own = typed.trim().toUpperCase()
  return parseRole(typed) ?? (Object.hasOwn(companyRoles(config), own) ? own : null)
}

/** `limits.max_users`, or the older `max_users` beside it; null = unlimited. */
export function maxUsers(config: TenantConfig): number | null {
  const limit = (isRecord(config.limits) ? config.limits.max_users : undefined) ?? config.max_users
  return Number.isSafeInteger(limit) && Number(limit) >= 0 ? Number(limit) : null
}

export const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Control characters and the marks that turn the direction of writing around have no place in a line of text. */
export const unprintable = /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u

export const companyNameFaults = (name: string): ProblemField[] =>
  name.length > 0 && [...name].length <= 100 && !unprintable.test(name)
    ? []
    : [
        {
          path: 'company_name',
          rule: 'length',
          message: { es: 'Debe tener entre 1 y 100 caracteres', en: 'Must have 1 to 100 characters' },
        },
      ]

/** Two names that differ in case, accents or spaces are the same company. */
export const nameKey = (name: string): string => withoutMarks(name).toLowerCase().trim().replace(/\s+/g, ' ')

/** Words of `a-z0-9` joined by single hyphens; `empresa` when the name has none of those, or only digits. */
export function slugFrom(name: string): string {
  const slug = withoutMarks(name)
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 90)
    .replace(/-+$/, '')
  return isSlug(slug) ? slug : ['empresa', slug].filter((part) => part !== '').join('-')
}

const uuidShape = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/
/** Words that stand in addresses where a slug may stand. */
const reservedSlugs = new Set(['me', 'new', 'current', 'switch'])

export const slugMessage: ProblemField['message'] = {
  es: 'Solo a-z, 0-9 y guiones entre ellos, con alguna letra',
  en: 'Only a-z, 0-9 and hyphens between them, with some letter',
}

/** Never what an integer id, a UUID or a fixed address could be taken for. */
export const isSlug = (text: string): boolean =>
  text.length <= 100 && /^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(text) && !/^\d+$/.test(text) && !uuidShape.test(text) && !reservedSlugs.has(text)

/** `slug`, or the first of `slug-2`, `slug-3`… that is free. */
export function freeSlug(slug: string, taken: ReadonlySet<string>): string {
  for (let n = 1; ; n += 1) {
    const candidate = n === 1 ? slug : `${slug}-${n}`
    if (!taken.has(candidate)) return candidate
  }
}

const withoutMarks = (text: string): string => text.normalize('NFKD').replace(/\p{M}/gu, '')
