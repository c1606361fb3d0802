/** A person as somebody who administers people meets them, and who may do what to whom. Pure. */
import type { Language } from '../../platform/i18n/i18n.ts'
import type { Actor } from '../actor.ts'
import { type MemberRole, type Permission, parseRole, platformPermissions, roleRank } from '../permissions.ts'
import { access, type Membership, type Tenant } from '../tenants/index.ts'
import { type ApprovalStatus, normaliseUsername } from '../users/index.ts'
import type { peopleProblems } from './problems.ts'

/** What the person is in the company of the question. */
export type Member = Pick<Membership, 'roleName' | 'grants' | 'modules' | 'status'>

export type Person = {
  readonly userId: number
  readonly uuid: string
  readonly username: string
  readonly email: string
  readonly name: string
  readonly language: Language | null
  readonly isSuperAdmin: boolean
  readonly isActive: boolean
  readonly approvalStatus: ApprovalStatus
  /** The company that owns the account; null: the person does. */
  readonly homeTenantId: number | null
  readonly nationalId: string | null
  /** Null where no company is asked about. */
  readonly member: Member | null
}

export type Manager = Pick<Actor, 'userId' | 'username' | 'isSuperAdmin' | 'tenant' | 'role' | 'permissions'>

type Refusal = keyof typeof peopleProblems

/** As somebody names a person: digits are the id, a UUID is one, anything else is a username (none of which looks like the others). */
export type PersonRef = { readonly userId: number } | { readonly uuid: string } | { readonly username: string }

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** `me` is whoever asks. */
export function parsePersonRef(text: string, ownId: number): PersonRef {
  const typed = normaliseUsername(text)
  if (typed === 'me') return { userId: ownId }
  // No id has more digits than this, and engines differ in what they do with longer numbers.
  if (/^\d+$/.test(typed)) return { userId: typed.length <= 15 ? Number(typed) : 0 }
  return uuidShape.test(typed) ? { uuid: typed } : { username: typed.replaceAll('\u0000', '') }
}

const rankOf = (person: Person, tenant: Tenant | null): number => {
  if (person.isSuperAdmin) return roleRank.SUPER_ADMIN
  return person.member && tenant ? roleRank[roleOf(person.member.roleName, tenant)] : 0
}

/** The role of ours behind a stored word. */
export const roleOf = (roleName: string, tenant: Pick<Tenant, 'config'>): MemberRole =>
  access({ roleName, grants: [], modules: null, tenant }).role

const ownRank = ({ role }: Manager): number => (role === null ? 0 : roleRank[role])

/** Somebody of higher rank is not touched by anybody below. Everybody may do to themselves what they may do at all. */
export const refusalToTouch = (actor: Manager, person: Person, tenant: Tenant | null): Refusal | null =>
  person.userId !== actor.userId && rankOf(person, tenant) > ownRank(actor) ? 'role_above_own' : null

/** The account itself (e-mail, password, second factor, profile, disabling) is the home company's; others have the membership only. */
export const refusalToTouchAccount = (actor: Manager, person: Person, tenant: Tenant | null): Refusal | null =>
  refusalToTouch(actor, person, tenant) ?? (isForeign(actor, person.homeTenantId) ? 'other_home_tenant' : null)

/** Whether global data of the account is hidden from the actor. */
export const isForeign = (actor: Pick<Manager, 'isSuperAdmin' | 'tenant'>, homeTenantId: number | null): boolean =>
  !actor.isSuperAdmin && (actor.tenant === null || homeTenantId !== actor.tenant.tenantId)

export const refusalToGive = (actor: Manager, roleName: string, tenant: Tenant): Refusal | null =>
  roleRank[roleOf(roleName, tenant)] > ownRank(actor) ? 'role_above_own' : null

/** Who holds everything may give everything; platform permissions are nobody's to give. `ownModules` narrows what the actor has. */
export function refusalToGrant(
  actor: Manager,
  { added, modules }: { readonly added: readonly Permission[]; readonly modules?: readonly string[] | null | undefined },
  ownModules: readonly string[] | null,
): Refusal | null {
  if (added.some((code) => platformPermissions.has(code) || !actor.permissions.has(code))) return 'permission_not_held'
  const isWider = modules !== undefined && ownModules !== null && (modules === null || modules.some((word) => !ownModules.includes(word)))
  return isWider ? 'permission_not_held' : null
}

/** A filter's word: one of ours in any spelling, or as the company stores its own. */
export const roleWord = (typed: string): string => parseRole(typed) ?? typed.trim().toUpperCase()
