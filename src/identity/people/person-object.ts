/** A person as the API shows them to others. */
import { type Static, Type } from 'typebox'
import type { Actor } from '../actor.ts'
import { permissionModules, rolePermissions } from '../permissions.ts'
import { access, type Tenant } from '../tenants/index.ts'
import { maskEmail, UserObject, userObject } from '../users/index.ts'
import { isForeign } from './person.ts'
import { memberOf, type PersonRow } from './queries.ts'

const yesNo = Type.Union([Type.Boolean(), Type.Null()])
const text = Type.Union([Type.String(), Type.Null()])

/** Null where the account is another company's and so its affair: then the address is masked, too. */
export const PersonObject = Type.Object({
  ...UserObject.properties,
  email_verified: yesNo,
  is_active: yesNo,
  disabled: yesNo,
  must_change_password: yesNo,
  mfa_enabled: yesNo,
  first_login: yesNo,
  membership_status: text,
  grants: Type.Array(Type.String(), { description: 'Permissions given beyond the role' }),
  modules: Type.Union([Type.Array(Type.Enum([...permissionModules])), Type.Null()], { description: 'Null: not narrowed' }),
  is_home: Type.Boolean({ description: "The account is this company's: its data can be changed here" }),
  locked_until: Type.Optional(text),
})
export type PersonObject = Static<typeof PersonObject>

/** `lockedUntilMs` is told only to whoever manages users (undefined: not asked). */
export function personObject(
  row: PersonRow,
  viewer: Pick<Actor, 'userId' | 'isSuperAdmin' | 'tenant'>,
  tenant: Tenant | null,
  lockedUntilMs?: number | null,
): PersonObject {
  const member = memberOf(row)
  const isSuperAdmin = row.is_super_admin === 1
  const role = isSuperAdmin ? 'SUPER_ADMIN' : (member?.roleName ?? null)
  const permissions = isSuperAdmin
    ? rolePermissions('SUPER_ADMIN')
    : member?.status === 'active' && tenant
      ? access({ ...member, tenant }).permissions
      : new Set<never>()
  const standing = { tenantId: tenant?.tenantId ?? null, role, permissions }
  const shown = userObject(row, member ? { ...standing, membership: member.status } : standing)
  const isOthers = row.id !== viewer.userId && isForeign(viewer, row.home_tenant_id)
  return {
    ...shown,
    ...(isOthers && hidden(shown, member?.status ?? null)),
    membership_status: member?.status ?? null,
    grants: [...(member?.grants ?? [])],
    modules: member?.modules ? permissionModules.filter((word) => member.modules?.includes(word)) : null,
    is_home: !isOthers,
    ...(lockedUntilMs !== undefined &&
      !isOthers && { locked_until: lockedUntilMs === null ? null : new Date(lockedUntilMs).toISOString() }),
  }
}

const hidden = ({ email }: { readonly email: string }, status: string | null) => ({
  email: maskEmail(email),
  email_verified: null,
  is_active: null,
  disabled: null,
  must_change_password: null,
  mfa_enabled: null,
  first_login: null,
  status: status === 'pending' || status === 'rejected' ? status : 'approved',
  is_approved: status === 'active',
  approved_at: null,
  last_login_at: null,
  phone: null,
  national_id: null,
  birth_date: null,
  gender: null,
  country_code: null,
  region_id: null,
  province_id: null,
  city_id: null,
  preferred_lang: null,
  preferred_theme: null,
  timezone: null,
})
