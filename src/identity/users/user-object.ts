/** The user as the API shows it: everything a person may know about themselves; never a hash, a token or a lock. */
import { Type } from 'typebox'
import type { Db } from '../../platform/db/database.ts'
import type { Permission } from '../permissions.ts'
import { themeOf } from './queries.ts'

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

/** What the person is where they are now. */
export type Standing = { readonly tenantId: number | null; readonly role: string | null; readonly permissions: ReadonlySet<Permission> }

const shownAsStored = [
  'full_name',
  'first_name',
  'last_name',
  'phone',
  'national_id',
  'birth_date',
  'gender',
  'country_code',
  'region_id',
  'province_id',
  'city_id',
  'title',
  'category',
  'preferred_lang',
  'timezone',
  'xp_total',
  'current_level',
] as const

export async function loadUserObject(db: Db, userId: number, standing: Standing) {
  const row = await db.kysely
    .selectFrom('users')
    .select(['id', 'uuid', 'username', 'email', 'email_verified_at', 'is_active', 'approval_status', 'approved_at'])
    .select(['must_change_password', 'first_login', 'preferred_theme', 'last_login_at', 'created_at', 'updated_at'])
    .select(shownAsStored)
    .where('id', '=', userId)
    .executeTakeFirstOrThrow()
  const {
    id,
    preferred_theme,
    email_verified_at,
    is_active,
    approval_status,
    approved_at,
    last_login_at,
    created_at,
    updated_at,
    ...shown
  } = row
  return {
    ...shown,
    user_id: id,
    id,
    tenant_id: standing.tenantId,
    email_verified: email_verified_at !== null,
    role: standing.role,
    permissions: [...standing.permissions].sort(),
    is_active: is_active === 1,
    disabled: is_active !== 1,
    status: approval_status,
    is_approved: approval_status === 'approved',
    approved_at: isoOrNull(approved_at),
    must_change_password: row.must_change_password === 1,
    mfa_enabled: false, // there is no second factor to enrol in
    first_login: row.first_login === 1,
    preferred_theme: themeOf(preferred_theme),
    last_login_at: isoOrNull(last_login_at),
    created_at: iso(created_at),
    updated_at: iso(updated_at),
  }
}

const iso = (atMs: number): string => new Date(atMs).toISOString()
const isoOrNull = (atMs: number | null): string | null => (atMs === null ? null : iso(atMs))
