/** All reads and writes of `users`. They are people, not rows of a tenant: no tenant filter here. */
import type { Selectable } from 'kysely'
import type { Db } from '../../platform/db/database.ts'
import { insertId, lockRow } from '../../platform/db/index.ts'
import type { Language } from '../../platform/i18n/i18n.ts'
import { displayName, type ProfileChange, searchKey } from './profile.ts'
import type { UserRow } from './tables.ts'
import type { ApprovalStatus, User } from './user.ts'

const coreColumns = [
  'id',
  'uuid',
  'username',
  'email',
  'password_hash',
  'is_super_admin',
  'is_active',
  'approval_status',
  'token_version',
  'default_tenant_id',
  'email_verified_at',
  'must_change_password',
  'preferred_lang',
  'preferred_theme',
  'deleted_at',
  'password_changed_at',
] as const

type CoreRow = Pick<Selectable<UserRow>, (typeof coreColumns)[number]>

/** The hash travels beside the user, never inside it: what is not there cannot be shown. */
export type UserWithHash = { readonly user: User; readonly passwordHash: string | null; readonly passwordChangedAtMs: number | null }

export const toUser = (row: Omit<CoreRow, 'password_hash' | 'password_changed_at'>): User => ({
  userId: row.id,
  uuid: row.uuid,
  username: row.username,
  email: row.email,
  isSuperAdmin: row.is_super_admin === 1,
  isActive: row.is_active === 1,
  approvalStatus: row.approval_status,
  tokenVersion: row.token_version,
  defaultTenantId: row.default_tenant_id,
  isEmailVerified: row.email_verified_at !== null,
  mustChangePassword: row.must_change_password === 1,
  preferredLanguage: languageOf(row.preferred_lang),
  preferredTheme: themeOf(row.preferred_theme),
  isDeleted: row.deleted_at !== null,
})

export const languageOf = (word: string | null): Language | null => (word === 'es' || word === 'en' ? word : null)
export const themeOf = (word: string | null): 'dark' | 'light' | null => (word === 'dark' || word === 'light' ? word : null)

export type UserKey = { readonly userId: number } | { readonly username: string } | { readonly email: string }

/** Deleted ones too: the caller says what they may do. Index: primary key, username, email. */
export async function findUser(db: Db, key: UserKey): Promise<UserWithHash | null> {
  const query = db.kysely.selectFrom('users').select(coreColumns)
  const row = await ('userId' in key
    ? query.where('id', '=', key.userId)
    : 'username' in key
      ? query.where('username', '=', key.username)
      : query.where('email', '=', key.email)
  ).executeTakeFirst()
  return row ? { user: toUser(row), passwordHash: row.password_hash, passwordChangedAtMs: row.password_changed_at } : null
}

/** Usernames that start with `stem` (which may hold `_`), deleted people's too. */
export async function listUsernamesLike(db: Db, stem: string): Promise<ReadonlySet<string>> {
  const rows = await db.kysely.selectFrom('users').select('username').where('username', 'like', `${stem}%`).execute()
  return new Set(rows.map(({ username }) => username))
}

export type NewUser = {
  readonly uuid: string
  readonly username: string
  readonly email: string
  /** Null: nobody can sign in with a password until it is reset. */
  readonly passwordHash: string | null
  readonly fullName: string | null
  readonly homeTenantId: number | null
  readonly profile?: ProfileChange
  readonly mustChangePassword?: boolean
  /** Without it: approved, since somebody with the right to do so makes the account. */
  readonly approvalStatus?: ApprovalStatus
  /** Without it: proven, for the same reason. */
  readonly isEmailVerified?: boolean
}

/** Throws the engine's unique violation. */
export const insertUser = (db: Db, user: NewUser, nowMs: number): Promise<number> => {
  const { approvalStatus = 'approved', isEmailVerified = true, mustChangePassword = false, profile = {} } = user
  const names = { username: user.username, full_name: user.fullName, first_name: null, last_name: null, ...profile }
  return insertId(db, 'users', {
    ...profile,
    uuid: user.uuid,
    username: user.username,
    email: user.email,
    password_hash: user.passwordHash,
    is_super_admin: 0,
    is_active: 1,
    approval_status: approvalStatus,
    approved_at: approvalStatus === 'approved' ? nowMs : null,
    email_verified_at: isEmailVerified ? nowMs : null,
    email_proven_at: null,
    must_change_password: mustChangePassword ? 1 : 0,
    password_changed_at: null,
    token_version: 0,
    last_login_at: null,
    first_login: 1,
    home_tenant_id: user.homeTenantId,
    default_tenant_id: user.homeTenantId,
    full_name: names.full_name,
    search_key: searchKey(names),
    xp_total: 0,
    current_level: 1,
    created_at: nowMs,
    updated_at: nowMs,
  })
}

/** What people call them. */
export async function findDisplayName(db: Db, userId: number): Promise<string> {
  const names = await db.kysely
    .selectFrom('users')
    .select(['username', 'full_name', 'first_name', 'last_name'])
    .where('id', '=', userId)
    .executeTakeFirst()
  return names ? displayName(names) : ''
}

/** Runs in the caller's transaction: the search key is made of old names and new ones. */
export async function updateProfile(tx: Db, userId: number, change: ProfileChange, nowMs: number): Promise<void> {
  const names = await tx.kysely
    .selectFrom('users')
    .select(['username', 'full_name', 'first_name', 'last_name'])
    .where('id', '=', userId)
    .executeTakeFirstOrThrow()
  await tx.kysely
    .updateTable('users')
    .set({ ...change, search_key: searchKey({ ...names, ...change }), updated_at: nowMs })
    .where('id', '=', userId)
    .execute()
}

/** `endsTokens` raises the version that every token carries. An address that was asked for with the old password is asked for no more:
 *  whoever knew that password may have asked. */
export const updatePassword = (
  db: Db,
  userId: number,
  passwordHash: string,
  { endsTokens, nowMs }: { endsTokens: boolean; nowMs: number },
) =>
  db.kysely
    .updateTable('users')
    .set((eb) => ({
      password_hash: passwordHash,
      must_change_password: 0,
      password_changed_at: nowMs,
      pending_email: null,
      token_version: endsTokens ? eb('token_version', '+', 1) : eb.ref('token_version'),
      updated_at: nowMs,
    }))
    .where('id', '=', userId)
    .execute()

/** Whether the password is still the one of when `passwordChangedAtMs` was read: else what was verified then proves nothing any more.
 *  Holds the person's row, so that it stays so until the transaction ends. */
export async function isSamePassword(tx: Db, userId: number, passwordChangedAtMs: number | null): Promise<boolean> {
  await lockRow(tx, 'users', { id: userId })
  const row = await tx.kysely.selectFrom('users').select('password_changed_at').where('id', '=', userId).executeTakeFirst()
  return row?.password_changed_at === passwordChangedAtMs
}

/** Nobody signs in with a password until it is reset. */
export const voidPassword = (db: Db, userId: number, nowMs: number) =>
  db.kysely.updateTable('users').set({ password_hash: null, updated_at: nowMs }).where('id', '=', userId).execute()

/** The same password in the present way of hashing. Nothing when the person changed it meanwhile. */
export const renewPasswordHash = (db: Db, userId: number, oldHash: string, newHash: string, nowMs: number) =>
  db.kysely
    .updateTable('users')
    .set({ password_hash: newHash, updated_at: nowMs })
    .where('id', '=', userId)
    .where('password_hash', '=', oldHash)
    .execute()

export const updateLastLogin = (db: Db, userId: number, nowMs: number) =>
  db.kysely.updateTable('users').set({ last_login_at: nowMs, updated_at: nowMs }).where('id', '=', userId).execute()

export type Preferences = { readonly language?: Language; readonly theme?: 'dark' | 'light' }

export const updatePreferences = (db: Db, userId: number, { language, theme }: Preferences, nowMs: number) =>
  db.kysely
    .updateTable('users')
    .set({ ...(language && { preferred_lang: language }), ...(theme && { preferred_theme: theme }), updated_at: nowMs })
    .where('id', '=', userId)
    .execute()
