/** All SQL of companies and memberships. */
import type { Selectable } from 'kysely'
import type { Db, TenantDb } from '../../platform/db/database.ts'
import { insertId } from '../../platform/db/index.ts'
import { normaliseUsername } from '../users/index.ts'
import type { MembershipRow, TenantRow } from './tables.ts'
import { isRecord, type Membership, nameKey, type Tenant, type TenantConfig } from './tenant.ts'

const tenantColumns = ['id', 'uuid', 'name', 'slug', 'is_active', 'config'] as const
type TenantCore = Pick<Selectable<TenantRow>, (typeof tenantColumns)[number]>

export const toTenant = (row: TenantCore): Tenant => ({
  tenantId: row.id,
  uuid: row.uuid,
  name: row.name,
  slug: row.slug,
  isActive: row.is_active === 1,
  config: parseConfig(row.config),
})

export const parseConfig = (text: string): TenantConfig => {
  const value: unknown = JSON.parse(text)
  return isRecord(value) ? value : {}
}

/** A company as somebody names it: our integer, its UUID, or its slug. */
export type TenantRef = { readonly tenantId: number } | { readonly uuid: string } | { readonly slug: string }

const uuidShape = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/

/** The canonical forms of `X-Company-ID` and `company_id`; null for anything else. */
export function parseCompanyId(text: string): Exclude<TenantRef, { slug: string }> | null {
  const typed = text.trim().toLowerCase()
  if (/^[1-9]\d{0,15}$/.test(typed) && Number.isSafeInteger(Number(typed))) return { tenantId: Number(typed) }
  return uuidShape.test(typed) ? { uuid: typed } : null
}

export const parseTenantRef = (text: string): TenantRef => parseCompanyId(text) ?? { slug: text.trim().toLowerCase() }

/** Inactive ones too. `ref` may be the integer, the UUID or the slug, as text. */
export async function findTenant(db: Db, ref: number | string): Promise<Tenant | null> {
  const key = typeof ref === 'number' ? { tenantId: ref } : parseTenantRef(ref)
  const query = db.kysely.selectFrom('tenants').select(tenantColumns)
  const row = await ('tenantId' in key
    ? query.where('id', '=', key.tenantId)
    : 'uuid' in key
      ? query.where('uuid', '=', key.uuid)
      : query.where('slug', '=', key.slug)
  ).executeTakeFirst()
  return row ? toTenant(row) : null
}

export const findTenantIdByNameKey = (db: Db, key: string) =>
  db.kysely.selectFrom('tenants').select('id').where('name_key', '=', key).executeTakeFirst()

/** Slugs that start like `slug`, to number a new one. */
export async function listSlugsLike(db: Db, slug: string): Promise<ReadonlySet<string>> {
  const rows = await db.kysely.selectFrom('tenants').select('slug').where('slug', 'like', `${slug}%`).execute() // a slug holds no wildcard
  return new Set(rows.map((row) => row.slug))
}

export type NewTenant = {
  readonly uuid: string
  readonly name: string
  readonly nameKey: string
  readonly slug: string
  readonly config: TenantConfig
}

export const insertTenant = (db: Db, tenant: NewTenant, nowMs: number): Promise<number> =>
  insertId(db, 'tenants', {
    uuid: tenant.uuid,
    name: tenant.name,
    name_key: tenant.nameKey,
    slug: tenant.slug,
    is_active: 1,
    associated_since: nowMs,
    config: JSON.stringify(tenant.config),
    created_at: nowMs,
    updated_at: nowMs,
  })

export const updateConfig = ({ kysely, tenantId }: TenantDb, config: TenantConfig, nowMs: number) =>
  kysely
    .updateTable('tenants')
    .set({ config: JSON.stringify(config), updated_at: nowMs })
    .where('id', '=', tenantId)
    .execute()

export const insertMembership = (
  { kysely, tenantId }: TenantDb,
  member: {
    readonly userId: number
    readonly role: string
    readonly grants: readonly string[]
    readonly modules?: readonly string[] | null
    readonly status?: 'active' | 'pending'
    readonly invitedBy?: number | null
  },
  nowMs: number,
) =>
  kysely
    .insertInto('memberships')
    .values({
      user_id: member.userId,
      tenant_id: tenantId,
      role: member.role,
      permissions: JSON.stringify(member.grants),
      modules: member.modules ? JSON.stringify(member.modules) : null,
      status: member.status ?? 'active',
      joined_at: nowMs,
      invited_by: member.invitedBy ?? null,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .execute()

/** People who count towards `limits.max_users`. Who waits to be let in does not: strangers who register must not fill a company. */
export async function countMembers({ kysely, tenantId }: TenantDb): Promise<number> {
  const row = await kysely
    .selectFrom('memberships')
    .select((eb) => eb.fn.countAll().as('members'))
    .where('tenant_id', '=', tenantId)
    .where('status', '=', 'active')
    .executeTakeFirst()
  return Number(row?.members ?? 0)
}

/** All companies of a person, whatever their state, by name. Index (user_id, tenant_id). */
export async function listMemberships(db: Db, userId: number): Promise<Membership[]> {
  const rows = await db.kysely
    .selectFrom('memberships as m')
    .innerJoin('tenants as t', 't.id', 'm.tenant_id')
    .select(['t.id', 't.uuid', 't.name', 't.slug', 't.is_active', 't.config'])
    .select(['m.role', 'm.permissions', 'm.modules', 'm.status', 'm.joined_at'])
    .where('m.user_id', '=', userId)
    .orderBy('t.name_key')
    .execute()
  return rows.map((row) => ({ tenant: toTenant(row), ...toMember(row), joinedAtMs: row.joined_at }))
}

export const toMember = (row: Pick<MembershipRow, 'role' | 'permissions' | 'modules' | 'status'>) => ({
  roleName: row.role,
  grants: JSON.parse(row.permissions) as readonly string[],
  modules: row.modules === null ? null : (JSON.parse(row.modules) as readonly string[]),
  status: row.status,
})

/** What a repeated registration asks: the company of that name, and whether the person already works there. Null when there is none. */
export async function findRegistration(
  db: Db,
  companyName: string,
  username: string,
): Promise<{ readonly tenant: Tenant; readonly isMember: boolean } | null> {
  const row = await findTenantIdByNameKey(db, nameKey(companyName.trim().normalize('NFC')))
  const tenant = row ? await findTenant(db, row.id) : null
  if (!tenant) return null
  const member = await db.kysely
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select('m.id')
    .where('m.tenant_id', '=', tenant.tenantId)
    .where('u.username', '=', normaliseUsername(username))
    .executeTakeFirst()
  return { tenant, isMember: member !== undefined }
}
