/** People and companies of an earlier installation, in our terms. What was odd there becomes right here and is told. Pure. */

import { isKnownHash } from '../passwords/index.ts'
import { isPermission, type Permission, parseRole } from '../permissions.ts'
import { companyRoles, isRecord, type TenantConfig } from '../tenants/index.ts'
import { emailFaults, normaliseEmail, normaliseUsername, usernameFaults } from '../users/index.ts'

export type LegacyTenant = {
  readonly tenantId: number
  readonly companyName: string
  readonly isActive: boolean
  readonly config: string
}

export type LegacyUser = {
  readonly userId: number
  readonly tenantId: number
  readonly username: string
  readonly email: string
  readonly password: string
  readonly role: string
  readonly permissions: string | null
}

/** `warnings` are for the operator, who knows the people. */
export type Mapped<T> = { readonly value: T; readonly warnings: readonly string[] }

export function mapConfig(text: string): Mapped<TenantConfig> {
  try {
    const value: unknown = JSON.parse(text)
    if (isRecord(value)) return { value, warnings: [] }
  } catch {
    // told below
  }
  return { value: {}, warnings: ['its settings are no JSON object and were left out'] }
}

export type NewLegacyUser = {
  readonly username: string
  readonly email: string
  /** Null: the person must reset the password. */
  readonly passwordHash: string | null
  readonly role: string
  readonly grants: readonly Permission[]
}

/** A name or address that our rules refuse is made one that they accept, never dropped with the person. */
export function mapUser(user: LegacyUser, config: TenantConfig): Mapped<NewLegacyUser> {
  const warnings: string[] = []
  const username = mapUsername(user, warnings)
  const email = mapEmail(user, username, warnings)
  const passwordHash = isKnownHash(user.password) ? user.password : null
  if (passwordHash === null) warnings.push('the password cannot be kept: it must be reset')
  const { isAll, grants, unknown } = mapPermissions(user.permissions)
  if (unknown.length > 0) warnings.push(`permissions unknown here were left out: ${unknown.join(', ')}`)
  return { value: { username, email, passwordHash, role: isAll ? 'ADMIN' : mapRole(user.role, config, warnings), grants }, warnings }
}

function mapUsername({ userId, username: written }: LegacyUser, warnings: string[]): string {
  const name = normaliseUsername(written)
  if (usernameFaults(name, 'username').length === 0) return name
  const cleaned = name
    .replace(/@.*$/, '')
    .replace(/[^\p{Script=Latin}\d_-]+/gu, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 40)
  const candidate = usernameFaults(cleaned, 'username').length === 0 ? cleaned : `user-${userId}`
  warnings.push(`the username ${JSON.stringify(written)} is not allowed and became ${candidate}`)
  return candidate
}

function mapEmail({ userId, email: written }: LegacyUser, username: string, warnings: string[]): string {
  const email = normaliseEmail(written)
  if (emailFaults(email, 'email').length === 0) return email
  warnings.push(`${JSON.stringify(written)} is no e-mail address: none can be sent until it is corrected`)
  // RFC 2606: nobody's. With the number, since two names may be one without their accents.
  return `${username.normalize('NFKD').replace(/[^a-z0-9_-]/g, '')}-${userId}@import.invalid`
}

/** The platform's operator is nobody's to import: whoever was one is an administrator of their company. */
function mapRole(written: string, config: TenantConfig, warnings: string[]): string {
  const word = written.trim().toUpperCase()
  if (word === 'SUPER_ADMIN' || word === 'SUPERADMIN') {
    warnings.push('was a super administrator: is ADMIN of the company here (`andon seed-admin` makes operators of the platform)')
    return 'ADMIN'
  }
  const role = parseRole(word)
  if (role) return role
  if (Object.hasOwn(companyRoles(config), word)) return word
  warnings.push(`the role ${JSON.stringify(written)} is unknown here and became VIEWER`)
  return 'VIEWER'
}

/** Null, `{}`, a list of words, or `{"full_access": true}`. */
function mapPermissions(text: string | null): { isAll: boolean; grants: Permission[]; unknown: string[] } {
  const nothing = { isAll: false, grants: [], unknown: [] }
  if (text === null || text.trim() === '') return nothing
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return { ...nothing, unknown: [text.slice(0, 50)] }
  }
  if (isRecord(value)) return { ...nothing, isAll: value.full_access === true }
  if (!Array.isArray(value)) return nothing
  const words = value.filter((word): word is string => typeof word === 'string')
  return { isAll: false, grants: words.filter(isPermission), unknown: words.filter((word) => !isPermission(word)) }
}
