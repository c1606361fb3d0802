/** All SQL of companies as they are looked after. Companies are the platform's rows: those of people name the company. */
import { type Selectable, sql, type Updateable } from 'kysely'
import type { Db, TenantDb } from '../../platform/db/database.ts'
import type { Paging } from '../../platform/http/index.ts'
import { nameKey, toTenant } from '../tenants/index.ts'
import type { TenantRow } from '../tenants/tables.ts'
import { textColumns } from './profile.ts'
import { bareTaxId } from './tax-id.ts'

const companyColumns = [
  'id',
  'uuid',
  'name',
  'slug',
  'is_active',
  'config',
  'tax_id',
  'tax_id_type',
  'logo_file_id',
  'signup_domains',
  'associated_since',
  'deleted_at',
  'created_at',
  'updated_at',
  ...textColumns,
] as const

type Row = Pick<Selectable<TenantRow>, (typeof companyColumns)[number]>
export type Company = ReturnType<typeof toCompany>

const toCompany = (row: Row) => ({
  ...toTenant(row),
  texts: Object.fromEntries(textColumns.map((column) => [column, row[column]])) as {
    readonly [Column in (typeof textColumns)[number]]: string | null
  },
  taxId: row.tax_id,
  taxIdType: row.tax_id_type,
  logoFileId: row.logo_file_id,
  signupDomains: row.signup_domains === null ? [] : (JSON.parse(row.signup_domains) as readonly string[]),
  associatedSinceMs: row.associated_since,
  isDeleted: row.deleted_at !== null,
  createdAtMs: row.created_at,
  updatedAtMs: row.updated_at,
})

/** Disabled and deleted ones too. */
export async function findCompany(db: Db, tenantId: number): Promise<Company | null> {
  const row = await db.kysely.selectFrom('tenants').select(companyColumns).where('id', '=', tenantId).executeTakeFirst()
  return row ? toCompany(row) : null
}

export const findTenantIdByTaxKey = (db: Db, key: string) =>
  db.kysely.selectFrom('tenants').select('id').where('tax_id_key', '=', key).executeTakeFirst()

export const updateCompanyRow = (db: Db, tenantId: number, changed: Updateable<TenantRow>, nowMs: number) =>
  db.kysely
    .updateTable('tenants')
    .set({ ...changed, updated_at: nowMs })
    .where('id', '=', tenantId)
    .execute()

export type TenantFilter = { readonly isActive?: boolean | undefined; readonly search?: string | undefined }

/** Companies that were not deleted, by name. `search` is part of a name, slug or tax id; accents and case do not matter. */
export async function listCompanies(db: Db, filter: TenantFilter, { offset, limit }: Paging) {
  const rows = await matching(db, filter).select(companyColumns).orderBy('name_key').limit(limit).offset(offset).execute()
  const count = await matching(db, filter)
    .select((eb) => eb.fn.countAll().as('n'))
    .executeTakeFirst()
  return { companies: rows.map(toCompany), total: Number(count?.n ?? 0) }
}

function matching(db: Db, { isActive, search = '' }: TenantFilter) {
  let query = db.kysely.selectFrom('tenants').where('deleted_at', 'is', null)
  if (isActive !== undefined) query = query.where('is_active', '=', isActive ? 1 : 0)
  const wanted = nameKey(search)
  if (wanted === '') return query
  const like = (column: 'name_key' | 'slug' | 'tax_id', part: string) =>
    part === '' ? [] : [sql<boolean>`${sql.ref(column)} like ${`%${part.replace(/[!%_]/g, '!$&')}%`} escape '!'`]
  return query.where((eb) => eb.or([...like('name_key', wanted), ...like('slug', wanted), ...like('tax_id', bareTaxId(search))]))
}

/** How many people each company has, active and waiting. */
export async function countPeople(db: Db, tenantIds: readonly number[]): Promise<ReadonlyMap<number, number>> {
  if (tenantIds.length === 0) return new Map()
  const rows = await db.kysely
    .selectFrom('memberships')
    .select('tenant_id')
    .select((eb) => eb.fn.countAll().as('n'))
    .where('tenant_id', 'in', tenantIds)
    .where('status', 'in', ['active', 'pending'])
    .groupBy('tenant_id')
    .execute()
  return new Map(rows.map((row) => [row.tenant_id, Number(row.n)]))
}

/** Usernames of the active owners of each company. */
export async function listOwners(db: Db, tenantIds: readonly number[]): Promise<ReadonlyMap<number, readonly string[]>> {
  if (tenantIds.length === 0) return new Map()
  const rows = await db.kysely
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['m.tenant_id', 'u.username'])
    .where('m.tenant_id', 'in', tenantIds)
    .where('m.role', '=', 'OWNER')
    .where('m.status', '=', 'active')
    .orderBy('u.username')
    .execute()
  const owners = new Map<number, string[]>()
  for (const { tenant_id, username } of rows) owners.set(tenant_id, [...(owners.get(tenant_id) ?? []), username])
  return owners
}

export type Member = {
  readonly userId: number
  readonly uuid: string
  readonly username: string
  readonly email: string
  readonly fullName: string | null
  readonly language: string | null
  readonly role: string
  readonly status: string
  readonly isActive: boolean
  readonly isEmailVerified: boolean
  readonly joinedAtMs: number
  readonly homeTenantId: number | null
}

/** People of a company, by id. `role` as stored; `isDecided`: without those who were not let in; `isWorking`: those who can work there now. */
export async function listMembers(
  db: TenantDb,
  { role, isDecided = false, isWorking = false }: { readonly role?: string; readonly isDecided?: boolean; readonly isWorking?: boolean },
  { offset, limit }: Paging,
): Promise<{ readonly members: readonly Member[]; readonly total: number }> {
  const members = () => {
    const all = isWorking ? working(membersOf(db, role)) : membersOf(db, role)
    return isDecided ? all.where('m.status', 'in', ['active', 'suspended']) : all
  }
  const rows = await members()
    .select(['u.id', 'u.uuid', 'u.username', 'u.email', 'u.full_name', 'u.preferred_lang', 'u.is_active', 'u.email_verified_at'])
    .select(['m.role', 'm.status', 'm.joined_at', 'u.home_tenant_id'])
    .orderBy('u.id')
    .limit(limit)
    .offset(offset)
    .execute()
  const count = await members()
    .select((eb) => eb.fn.countAll().as('n'))
    .executeTakeFirst()
  return { members: rows.map(toPerson), total: Number(count?.n ?? 0) }
}

const membersOf = ({ kysely, tenantId }: TenantDb, role?: string) => {
  const all = kysely.selectFrom('memberships as m').innerJoin('users as u', 'u.id', 'm.user_id').where('m.tenant_id', '=', tenantId)
  const living = all.where('u.deleted_at', 'is', null)
  return role === undefined ? living : living.where('m.role', '=', role)
}

const working = (members: ReturnType<typeof membersOf>) =>
  members.where('m.status', '=', 'active').where('u.is_active', '=', 1).where('u.approval_status', '=', 'approved')

/** Somebody who can work in the company now, or null. */
export async function findWorkingMember(db: TenantDb, userId: number): Promise<Member | null> {
  const row = await working(membersOf(db))
    .select(['u.id', 'u.uuid', 'u.username', 'u.email', 'u.full_name', 'u.preferred_lang', 'u.is_active', 'u.email_verified_at'])
    .select(['m.role', 'm.status', 'm.joined_at', 'u.home_tenant_id'])
    .where('u.id', '=', userId)
    .executeTakeFirst()
  return row ? toPerson(row) : null
}

type PersonRow = {
  readonly id: number
  readonly uuid: string
  readonly username: string
  readonly email: string
  readonly full_name: string | null
  readonly preferred_lang: string | null
  readonly is_active: number
  readonly email_verified_at: number | null
  readonly role: string
  readonly status: string
  readonly joined_at: number
  readonly home_tenant_id: number | null
}

const toPerson = (row: PersonRow): Member => ({
  userId: row.id,
  uuid: row.uuid,
  username: row.username,
  email: row.email,
  fullName: row.full_name,
  language: row.preferred_lang,
  role: row.role,
  status: row.status,
  isActive: row.is_active === 1,
  isEmailVerified: row.email_verified_at !== null,
  joinedAtMs: row.joined_at,
  homeTenantId: row.home_tenant_id,
})

/** False when the membership is no longer active. */
export async function updateRole({ kysely, tenantId }: TenantDb, userId: number, role: string, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('memberships')
    .set({ role, updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('status', '=', 'active')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Homes and defaults that people did not choose yet. */
export async function adoptCompany(db: Db, userId: number, tenantId: number, nowMs: number): Promise<void> {
  for (const column of ['home_tenant_id', 'default_tenant_id'] as const)
    await db.kysely
      .updateTable('users')
      .set({ [column]: tenantId, updated_at: nowMs })
      .where('id', '=', userId)
      .where(column, 'is', null)
      .execute()
}

export const updateDefaultTenant = (db: Db, userId: number, tenantId: number, nowMs: number) =>
  db.kysely.updateTable('users').set({ default_tenant_id: tenantId, updated_at: nowMs }).where('id', '=', userId).execute()

/** The address whose mails the person is known to read; null when nobody knows. */
export async function provenEmail(db: Db, userId: number): Promise<string | null> {
  const query = db.kysely.selectFrom('users').select('email').where('id', '=', userId).where('email_proven_at', 'is not', null)
  return (await query.executeTakeFirst())?.email ?? null
}

/** Null when the e-mail is neither proven nor good by somebody's word. */
export async function emailVerifiedAtMs(db: Db, userId: number): Promise<number | null> {
  const row = await db.kysely.selectFrom('users').select('email_verified_at').where('id', '=', userId).executeTakeFirst()
  return row?.email_verified_at ?? null
}
