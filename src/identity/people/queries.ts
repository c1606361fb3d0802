/** All SQL of the administration of people. A company's own see their memberships; the platform's operators see everybody. */
import { type ExpressionBuilder, sql } from 'kysely'
import type { Database, Db, TenantDb } from '../../platform/db/database.ts'
import type { Paging } from '../../platform/http/index.ts'
import { toMember } from '../tenants/index.ts'
import type { MembershipRow } from '../tenants/tables.ts'
import { displayName, folded, languageOf, normaliseEmail, profileColumns, selectUserObjects } from '../users/index.ts'
import type { UserRow } from '../users/tables.ts'
import type { Person, PersonRef } from './person.ts'

/** Whose people: a company's, or (null) everybody. */
export type Scope = { readonly tenantId: number | null }

export const listStatuses = ['pending', 'approved', 'rejected', 'disabled'] as const

export type PeopleFilter = {
  readonly status?: (typeof listStatuses)[number] | undefined
  /** Part of an address, a username or a name. */
  readonly q?: string | undefined
  /** As stored. */
  readonly role?: string | undefined
  /** Without those who were not let in yet. */
  readonly isDecidedOnly: boolean
  /** Global data of accounts of other companies may be looked at. */
  readonly knowsAccounts: boolean
}

/** Memberships of the scope's company beside the people; where no company is asked about, nobody has one. */
const people = (db: Db, { tenantId }: Scope) => {
  const query = selectUserObjects(db)
    .leftJoin('memberships as m', (join) => join.onRef('m.user_id', '=', 'u.id').on('m.tenant_id', '=', tenantId ?? 0))
    .select(['u.home_tenant_id', 'u.is_super_admin', 'm.role', 'm.permissions', 'm.modules', 'm.status', 'm.joined_at'])
    .where('u.deleted_at', 'is', null)
  return tenantId === null ? query : query.where('m.id', 'is not', null)
}

export type PersonRow = Awaited<ReturnType<ReturnType<typeof people>['executeTakeFirstOrThrow']>>

// `!` escapes: a backslash means different things to different engines.
const contains = (text: string): string => `%${text.replace(/[!%_]/g, '!$&')}%`

type Columns = ExpressionBuilder<Database & { u: UserRow; m: MembershipRow }, 'u' | 'm'>

/** Conditions of a list, one each. Index (tenant_id, status) of memberships; the text is searched in what that leaves. */
function conditions({ tenantId }: Scope, filter: PeopleFilter) {
  return (eb: Columns) => {
    const isKnown = filter.knowsAccounts ? sql<boolean>`1 = 1` : eb('u.home_tenant_id', '=', tenantId)
    const isHidden = filter.knowsAccounts
      ? sql<boolean>`1 = 0`
      : eb.or([eb('u.home_tenant_id', 'is', null), eb('u.home_tenant_id', '<>', tenantId)])
    const undecided = (word: 'pending' | 'rejected') => {
      const account = eb('u.approval_status', '=', word)
      if (tenantId === null) return account
      return eb.or([eb('m.status', '=', word), eb.and([eb('m.status', 'in', ['active', 'suspended']), isKnown, account])])
    }
    const byStatus = {
      pending: () => undecided('pending'),
      rejected: () => undecided('rejected'),
      approved: () => {
        const account = eb('u.approval_status', '=', 'approved')
        return tenantId === null ? account : eb.and([eb('m.status', 'in', ['active', 'suspended']), eb.or([isHidden, account])])
      },
      disabled: () => {
        const account = eb('u.is_active', '=', 0)
        return tenantId === null ? account : eb.or([eb('m.status', '=', 'suspended'), eb.and([isKnown, account])])
      },
    }
    const byRole = (role: string) => {
      if (tenantId !== null) return eb('m.role', '=', role)
      if (role === 'SUPER_ADMIN') return eb('u.is_super_admin', '=', 1)
      return eb.exists(
        eb.selectFrom('memberships as any').select('any.id').whereRef('any.user_id', '=', 'u.id').where('any.role', '=', role),
      )
    }
    const byText = (text: string) =>
      eb.or([
        sql<boolean>`${eb.ref('u.search_key')} like ${contains(folded(text))} escape '!'`,
        eb.and([isKnown, sql<boolean>`${eb.ref('u.email')} like ${contains(normaliseEmail(text))} escape '!'`]),
      ])
    const text = filter.q?.trim()
    return eb.and([
      ...(filter.status ? [byStatus[filter.status]()] : []),
      ...(filter.isDecidedOnly && tenantId !== null ? [eb('m.status', 'in', ['active', 'suspended'])] : []),
      ...(filter.role ? [byRole(filter.role)] : []),
      ...(text ? [byText(text)] : []),
    ])
  }
}

/** By id. */
export async function listRows(
  db: Db,
  scope: Scope,
  filter: PeopleFilter,
  { offset, limit }: Paging,
): Promise<{ readonly rows: readonly PersonRow[]; readonly total: number }> {
  const matching = people(db, scope).where(conditions(scope, filter) as never)
  const counted = await matching
    .clearSelect()
    .select((eb) => eb.fn.countAll().as('total'))
    .executeTakeFirst()
  const rows = await matching.orderBy('u.id').limit(limit).offset(offset).execute()
  return { rows, total: Number(counted?.total ?? 0) }
}

const batch = 500

/** All that match, a batch at a time, by id: memory does not grow with their number. */
export async function* allRows(db: Db, scope: Scope, filter: PeopleFilter): AsyncGenerator<PersonRow> {
  for (let lastId = 0; ; ) {
    const rows = await people(db, scope)
      .where(conditions(scope, filter) as never)
      .where('u.id', '>', lastId)
      .orderBy('u.id')
      .limit(batch)
      .execute()
    yield* rows
    const last = rows.at(-1)
    if (!last || rows.length < batch) return
    lastId = last.id
  }
}

export function findRow(db: Db, scope: Scope, ref: PersonRef): Promise<PersonRow | undefined> {
  const query = people(db, scope)
  return (
    'userId' in ref
      ? query.where('u.id', '=', ref.userId)
      : 'uuid' in ref
        ? query.where('u.uuid', '=', ref.uuid)
        : query.where('u.username', '=', ref.username)
  ).executeTakeFirst()
}

export const toPerson = (row: PersonRow): Person => ({
  userId: row.id,
  uuid: row.uuid,
  username: row.username,
  email: row.email,
  name: displayName(row),
  language: languageOf(row.preferred_lang),
  isSuperAdmin: row.is_super_admin === 1,
  isActive: row.is_active === 1,
  approvalStatus: row.approval_status,
  homeTenantId: row.home_tenant_id,
  nationalId: row.national_id,
  member: memberOf(row),
})

export const memberOf = ({ role, permissions, modules, status }: Pick<PersonRow, 'role' | 'permissions' | 'modules' | 'status'>) =>
  role === null || status === null ? null : toMember({ role, permissions: permissions ?? '[]', modules, status })

/** Ids of the companies that a person has a part in, whatever its state, in the order in which they are locked. */
export async function listTenantIds(db: Db, userId: number): Promise<readonly number[]> {
  const rows = await db.kysely.selectFrom('memberships').select('tenant_id').where('user_id', '=', userId).orderBy('tenant_id').execute()
  return rows.map((row) => row.tenant_id)
}

export async function countActive({ kysely, tenantId }: TenantDb): Promise<number> {
  const row = await kysely
    .selectFrom('memberships')
    .select((eb) => eb.fn.countAll().as('active'))
    .where('tenant_id', '=', tenantId)
    .where('status', '=', 'active')
    .executeTakeFirst()
  return Number(row?.active ?? 0)
}

/** Stored role names of those who can work in the company now, with whose they are. */
export const listWorking = ({ kysely, tenantId }: TenantDb) =>
  kysely
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['m.user_id', 'm.role'])
    .where('m.tenant_id', '=', tenantId)
    .where('m.status', '=', 'active')
    .where('u.is_active', '=', 1)
    .where('u.approval_status', '=', 'approved')
    .where('u.deleted_at', 'is', null)
    .execute()

export type MembershipChange = {
  readonly role?: string
  readonly grants?: readonly string[]
  readonly modules?: readonly string[] | null
  readonly status?: MembershipRow['status']
  readonly approvedBy?: number
  readonly approvedAtMs?: number
}

export const updateMembership = ({ kysely, tenantId }: TenantDb, userId: number, change: MembershipChange, nowMs: number) =>
  kysely
    .updateTable('memberships')
    .set({
      ...(change.role !== undefined && { role: change.role }),
      ...(change.grants !== undefined && { permissions: JSON.stringify(change.grants) }),
      ...(change.modules !== undefined && { modules: change.modules === null ? null : JSON.stringify(change.modules) }),
      ...(change.status !== undefined && { status: change.status }),
      ...(change.approvedBy !== undefined && { approved_by: change.approvedBy, approved_at: change.approvedAtMs ?? nowMs }),
      updated_at: nowMs,
    })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .execute()

export const deleteMembership = ({ kysely, tenantId }: TenantDb, userId: number) =>
  kysely.deleteFrom('memberships').where('tenant_id', '=', tenantId).where('user_id', '=', userId).execute()

type AccountChange = Partial<
  Pick<
    UserRow,
    | 'is_active'
    | 'approval_status'
    | 'approved_at'
    | 'approved_by'
    | 'must_change_password'
    | 'first_login'
    | 'email'
    | 'pending_email'
    | 'email_verified_at'
    | 'email_proven_at'
    | 'category'
    | 'home_tenant_id'
    | 'default_tenant_id'
  >
>

export const updateAccount = (db: Db, userId: number, change: AccountChange, nowMs: number) =>
  db.kysely
    .updateTable('users')
    .set({ ...change, updated_at: nowMs })
    .where('id', '=', userId)
    .execute()

/** Nothing of the person stays but the number that old rows point to; username and address are free again. What stands in their place nobody
 *  can take: no username and no address has a colon. */
export const anonymise = (db: Db, userId: number, nowMs: number) =>
  db.kysely
    .updateTable('users')
    .set((eb) => ({
      username: `deleted:${userId}`,
      email: `deleted:${userId}@deleted.invalid`,
      pending_email: null,
      email_proven_at: null,
      password_hash: null,
      is_active: 0,
      is_super_admin: 0,
      token_version: eb('token_version', '+', 1),
      home_tenant_id: null,
      default_tenant_id: null,
      search_key: '',
      full_name: null,
      first_name: null,
      last_name: null,
      phone: null,
      national_id: null,
      birth_date: null,
      gender: null,
      country_code: null,
      region_id: null,
      province_id: null,
      city_id: null,
      title: null,
      category: null,
      avatar_file_id: null,
      deleted_at: nowMs,
      updated_at: nowMs,
    }))
    .where('id', '=', userId)
    .execute()

export async function findPendingEmail(db: Db, userId: number): Promise<string | null> {
  const row = await db.kysely.selectFrom('users').select('pending_email').where('id', '=', userId).executeTakeFirst()
  return row?.pending_email ?? null
}

export const storedProfile = (db: Db, userId: number) =>
  db.kysely.selectFrom('users').select(profileColumns).where('id', '=', userId).executeTakeFirstOrThrow()

export async function deleteSecondFactor(db: Db, userId: number): Promise<void> {
  await db.kysely.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()
  await db.kysely.deleteFrom('totp_credentials').where('user_id', '=', userId).execute()
}

/** When the session began: how fresh a sign-in is. */
export async function sessionStartMs(db: Db, uuid: string): Promise<number | null> {
  const row = await db.kysely.selectFrom('sessions').select('created_at').where('uuid', '=', uuid).executeTakeFirst()
  return row?.created_at ?? null
}
