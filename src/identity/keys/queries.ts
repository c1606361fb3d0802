/** All SQL of API keys. */
import type { Selectable } from 'kysely'
import type { Db, TenantDb } from '../../platform/db/database.ts'
import { insertId } from '../../platform/db/index.ts'
import { type Tenant, toMember, toTenant } from '../tenants/index.ts'
import { toUser, type User } from '../users/index.ts'
import type { ApiKeyRow } from './tables.ts'

export type ApiKey = {
  readonly keyId: number
  readonly uuid: string
  readonly name: string
  readonly prefix: string
  readonly scopes: readonly string[]
  readonly allowedIps: readonly string[] | null
  readonly perMinute: number
  readonly expiresAtMs: number | null
  readonly lastUsedAtMs: number | null
  readonly revokedAtMs: number | null
  readonly createdAtMs: number
}

const keyColumns = [
  'uuid',
  'name',
  'prefix',
  'scopes',
  'allowed_ips',
  'rate_limit_per_minute',
  'expires_at',
  'last_used_at',
  'revoked_at',
] as const

const toKey = (row: Pick<Selectable<ApiKeyRow>, (typeof keyColumns)[number]> & { id: number; created_at: number }): ApiKey => ({
  keyId: row.id,
  uuid: row.uuid,
  name: row.name,
  prefix: row.prefix,
  scopes: JSON.parse(row.scopes) as string[],
  allowedIps: row.allowed_ips === null ? null : (JSON.parse(row.allowed_ips) as string[]),
  perMinute: row.rate_limit_per_minute,
  expiresAtMs: row.expires_at,
  lastUsedAtMs: row.last_used_at,
  revokedAtMs: row.revoked_at,
  createdAtMs: row.created_at,
})

export type KeyHolder = {
  readonly key: ApiKey
  readonly secretHash: string
  readonly user: User
  readonly tenant: Tenant
  readonly membership: ReturnType<typeof toMember> | null
}

/** Key, maker, company and the maker's membership in one statement. Index (prefix), primary keys, memberships (user_id, tenant_id). */
export async function findKeyHolder({ kysely }: Db, prefix: string): Promise<KeyHolder | null> {
  const row = await kysely
    .selectFrom('api_keys as k')
    .innerJoin('users as u', 'u.id', 'k.user_id')
    .innerJoin('tenants as t', 't.id', 'k.tenant_id')
    .leftJoin('memberships as m', (join) => join.onRef('m.user_id', '=', 'k.user_id').onRef('m.tenant_id', '=', 'k.tenant_id'))
    .select(['k.id', 'k.uuid', 'k.name', 'k.prefix', 'k.scopes', 'k.allowed_ips', 'k.rate_limit_per_minute', 'k.expires_at'])
    .select(['k.last_used_at', 'k.revoked_at', 'k.created_at', 'k.secret_hash', 'k.tenant_id'])
    .select(['u.id as user_id', 'u.uuid as user_uuid', 'u.username', 'u.email', 'u.is_super_admin', 'u.is_active', 'u.approval_status'])
    .select(['u.token_version', 'u.default_tenant_id', 'u.preferred_lang', 'u.preferred_theme', 'u.deleted_at'])
    .select(['u.email_verified_at', 'u.must_change_password'])
    .select(['t.uuid as tenant_uuid', 't.name as tenant_name', 't.slug', 't.is_active as tenant_is_active', 't.config'])
    .select(['m.role', 'm.permissions', 'm.modules', 'm.status'])
    .where('k.prefix', '=', prefix)
    .executeTakeFirst()
  if (!row) return null
  return {
    key: toKey(row),
    secretHash: row.secret_hash,
    user: toUser({ ...row, id: row.user_id, uuid: row.user_uuid }),
    tenant: toTenant({
      id: row.tenant_id,
      uuid: row.tenant_uuid,
      name: row.tenant_name,
      slug: row.slug,
      is_active: row.tenant_is_active,
      config: row.config,
    }),
    membership:
      row.role === null || row.status === null
        ? null
        : toMember({ ...row, role: row.role, status: row.status, permissions: row.permissions ?? '[]' }),
  }
}

export const updateLastUsed = (db: TenantDb, keyId: number, nowMs: number) =>
  db.kysely.updateTable('api_keys').set({ last_used_at: nowMs }).where('tenant_id', '=', db.tenantId).where('id', '=', keyId).execute()

export type ListedKey = ApiKey & { readonly createdBy: string }

const listed = (db: TenantDb) =>
  db.kysely
    .selectFrom('api_keys as k')
    .innerJoin('users as u', 'u.id', 'k.user_id')
    .where('k.tenant_id', '=', db.tenantId)
    .select(['k.id', 'k.uuid', 'k.name', 'k.prefix', 'k.scopes', 'k.allowed_ips', 'k.rate_limit_per_minute', 'k.expires_at'])
    .select(['k.last_used_at', 'k.revoked_at', 'k.created_at', 'u.username'])

/** Revoked ones too, newest first. */
export async function listKeys(db: TenantDb, { limit, offset }: { readonly limit: number; readonly offset: number }): Promise<ListedKey[]> {
  const rows = await listed(db).orderBy('k.id', 'desc').limit(limit).offset(offset).execute()
  return rows.map((row) => ({ ...toKey(row), createdBy: row.username }))
}

export async function countKeys(db: TenantDb): Promise<number> {
  const { count } = await db.kysely
    .selectFrom('api_keys')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', db.tenantId)
    .executeTakeFirstOrThrow()
  return Number(count)
}

/** Neither revoked nor past their end. */
export async function countUsableKeys(db: TenantDb, nowMs: number): Promise<number> {
  const { count } = await db.kysely
    .selectFrom('api_keys')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('tenant_id', '=', db.tenantId)
    .where('revoked_at', 'is', null)
    .where((eb) => eb.or([eb('expires_at', 'is', null), eb('expires_at', '>', nowMs)]))
    .executeTakeFirstOrThrow()
  return Number(count)
}

export async function findKey(db: TenantDb, uuid: string): Promise<ListedKey | null> {
  const row = await listed(db).where('k.uuid', '=', uuid).executeTakeFirst()
  return row ? { ...toKey(row), createdBy: row.username } : null
}

export type NewKeyRow = {
  readonly uuid: string
  readonly userId: number
  readonly name: string
  readonly prefix: string
  readonly secretHash: string
  readonly scopes: readonly string[]
  readonly allowedIps: readonly string[] | null
  readonly perMinute: number
  readonly expiresAtMs: number | null
}

export const insertKey = (db: TenantDb, key: NewKeyRow, nowMs: number): Promise<number> =>
  insertId(db, 'api_keys', {
    uuid: key.uuid,
    tenant_id: db.tenantId,
    user_id: key.userId,
    name: key.name,
    prefix: key.prefix,
    secret_hash: key.secretHash,
    scopes: JSON.stringify(key.scopes),
    allowed_ips: key.allowedIps === null ? null : JSON.stringify(key.allowedIps),
    rate_limit_per_minute: key.perMinute,
    expires_at: key.expiresAtMs,
    last_used_at: null,
    revoked_at: null,
    created_at: nowMs,
    updated_at: nowMs,
  })

export type KeyChange = Partial<Pick<NewKeyRow, 'name' | 'scopes' | 'allowedIps' | 'perMinute' | 'expiresAtMs'>>

/** False when it is not there or has been revoked. */
export async function updateKey(db: TenantDb, keyId: number, change: KeyChange, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('api_keys')
    .set({
      ...(change.name !== undefined && { name: change.name }),
      ...(change.scopes !== undefined && { scopes: JSON.stringify(change.scopes) }),
      ...(change.allowedIps !== undefined && { allowed_ips: change.allowedIps === null ? null : JSON.stringify(change.allowedIps) }),
      ...(change.perMinute !== undefined && { rate_limit_per_minute: change.perMinute }),
      ...(change.expiresAtMs !== undefined && { expires_at: change.expiresAtMs }),
      updated_at: nowMs,
    })
    .where('tenant_id', '=', db.tenantId)
    .where('id', '=', keyId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** True for exactly one of any number of callers. */
export async function markRevoked(db: TenantDb, keyId: number, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('api_keys')
    .set({ revoked_at: nowMs, updated_at: nowMs })
    .where('tenant_id', '=', db.tenantId)
    .where('id', '=', keyId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}
