/** The user as the API shows it: everything a person may know about themselves; never a hash, a token or a lock. */
import { Type } from 'typebox'
import type { Db } from '../../platform/db/database.ts'
import type { Permission } from '../permissions.ts'

const text = Type.Union([Type.String(), Type.Null()])
const integer = Type.Union([Type.Integer(), Type.Null()])

export const UserObject = Type.Object({
  user_id: Type.Integer(),
  id: Type.Integer(),
  uuid: Type.String(),
  tenant_id: integer,
  username: Type.String(),
  email: Type.String(),
  email_verified: Type.Boolean(),
  full_name: text,
  first_name: text,
  last_name: text,
  role: text,
  permissions: Type.Array(Type.String()),
  is_active: Type.Boolean(),
  disabled: Type.Boolean(),
  status: Type.String(),
  is_approved: Type.Boolean(),
  approved_at: text,
  must_change_password: Type.Boolean(),
  mfa_enabled: Type.Boolean(),
  first_login: Type.Boolean(),
  phone: text,
  national_id: text,
  birth_date: text,
  gender: text,
  country_code: text,
  region_id: integer,
  province_id: integer,
  city_id: integer,
  title: text,
  category: text,
  preferred_lang: text,
  preferred_theme: text,
  timezone: text,
  xp_total: Type.Integer(),
  current_level: Type.Integer(),
  last_login_at: text,
  created_at: Type.String(),
  updated_at: Type.String(),
})

/** What the person is where they are now. `membership` is their state in that company; without it they are taken to be in. */
export type Standing = {
  readonly tenantId: number | null
  readonly role: string | null
  readonly permissions: ReadonlySet<Permission>
  readonly membership?: 'pending' | 'active' | 'suspended' | 'rejected'
}

/** People as the object needs them; join companies to it by `u.id`. */
export const selectUserObjects = (db: Db) =>
  db.kysely
    .selectFrom('users as u')
    .leftJoin('totp_credentials as totp', 'totp.user_id', 'u.id')
    .select(['u.id', 'u.uuid', 'u.username', 'u.email', 'u.email_verified_at', 'u.is_active', 'u.approval_status', 'u.approved_at'])
    .select(['u.must_change_password', 'u.first_login', 'u.last_login_at', 'u.created_at', 'u.updated_at'])
    .select(['u.full_name', 'u.first_name', 'u.last_name', 'u.phone', 'u.national_id', 'u.birth_date', 'u.gender', 'u.country_code'])
    .select(['u.region_id', 'u.province_id', 'u.city_id', 'u.title', 'u.category', 'u.preferred_lang', 'u.preferred_theme', 'u.timezone'])
    .select(['u.xp_total', 'u.current_level', 'totp.confirmed_at as mfa_confirmed_at'])

export type UserObjectRow = Awaited<ReturnType<ReturnType<typeof selectUserObjects>['executeTakeFirstOrThrow']>>

/** Pure. In a company, `status` is the membership's as far as it is undecided, and approved means let in there. */
export function userObject(row: UserObjectRow, { tenantId, role, permissions, membership = 'active' }: Standing) {
  const { id, email_verified_at, is_active, approval_status, approved_at, last_login_at, created_at, updated_at, ...shown } = row
  const isUndecided = membership === 'pending' || membership === 'rejected'
  return {
    ...shown,
    user_id: id,
    id,
    tenant_id: tenantId,
    email_verified: email_verified_at !== null,
    role,
    permissions: [...permissions].sort(),
    is_active: is_active === 1,
    disabled: is_active !== 1,
    status: isUndecided ? membership : approval_status,
    is_approved: approval_status === 'approved' && membership === 'active',
    approved_at: isoOrNull(approved_at),
    must_change_password: row.must_change_password === 1,
    mfa_enabled: row.mfa_confirmed_at !== null,
    first_login: row.first_login === 1,
    last_login_at: isoOrNull(last_login_at),
    created_at: iso(created_at),
    updated_at: iso(updated_at),
  }
}

export const loadUserObject = async (db: Db, userId: number, standing: Standing) =>
  userObject(await selectUserObjects(db).where('u.id', '=', userId).executeTakeFirstOrThrow(), standing)

const iso = (atMs: number): string => new Date(atMs).toISOString()
const isoOrNull = (atMs: number | null): string | null => (atMs === null ? null : iso(atMs))
