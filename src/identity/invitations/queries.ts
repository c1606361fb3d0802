/** All SQL of invitations. A token names its invitation by itself: only those reads know no company. */
import type { Selectable } from 'kysely'
import type { Db, TenantDb } from '../../platform/db/database.ts'
import { insertId } from '../../platform/db/index.ts'
import type { Paging } from '../../platform/http/index.ts'
import type { InvitationRow, InvitationStatus } from './tables.ts'

export type Invitation = ReturnType<typeof toInvitation>

const columns = [
  'id',
  'uuid',
  'tenant_id',
  'email',
  'role',
  'permissions',
  'modules',
  'invited_by',
  'language',
  'expires_at',
  'max_uses',
  'used_count',
  'status',
  'accepted_at',
  'created_at',
] as const

const toInvitation = (row: Pick<Selectable<InvitationRow>, (typeof columns)[number]>) => ({
  id: row.id,
  uuid: row.uuid,
  tenantId: row.tenant_id,
  email: row.email,
  role: row.role,
  grants: JSON.parse(row.permissions) as readonly string[],
  modules: row.modules === null ? null : (JSON.parse(row.modules) as readonly string[]),
  invitedBy: row.invited_by,
  language: row.language,
  expiresAtMs: row.expires_at,
  maxUses: row.max_uses,
  usedCount: row.used_count,
  status: row.status,
  acceptedAtMs: row.accepted_at,
  createdAtMs: row.created_at,
})

export type NewInvitation = {
  readonly uuid: string
  readonly email: string | null
  readonly role: string
  readonly grants: readonly string[]
  readonly modules: readonly string[] | null
  readonly tokenHash: string
  readonly invitedBy: number | null
  readonly language: string | null
  readonly expiresAtMs: number
  readonly maxUses: number
}

export const activeKey = (tenantId: number, email: string): string => `${tenantId}:${email}`

export const insertInvitation = (db: TenantDb, invitation: NewInvitation, nowMs: number): Promise<number> =>
  insertId(db, 'invitations', {
    uuid: invitation.uuid,
    tenant_id: db.tenantId,
    email: invitation.email,
    role: invitation.role,
    permissions: JSON.stringify(invitation.grants),
    modules: invitation.modules === null ? null : JSON.stringify(invitation.modules),
    token_hash: invitation.tokenHash,
    active_key: invitation.email === null ? null : activeKey(db.tenantId, invitation.email),
    invited_by: invitation.invitedBy,
    language: invitation.language,
    expires_at: invitation.expiresAtMs,
    max_uses: invitation.maxUses,
    used_count: 0,
    status: 'pending',
    accepted_at: null,
    accepted_by: null,
    created_at: nowMs,
    updated_at: nowMs,
  })

/** Whatever its state. Index: token_hash. */
export async function findByTokenHash(db: Db, tokenHash: string): Promise<Invitation | null> {
  // A token names its own company: no tenant_id is known before.
  const row = await db.kysely.selectFrom('invitations').select(columns).where('token_hash', '=', tokenHash).executeTakeFirst()
  return row ? toInvitation(row) : null
}

export async function findInvitation({ kysely, tenantId }: TenantDb, id: number): Promise<Invitation | null> {
  const row = await kysely
    .selectFrom('invitations')
    .select(columns)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .executeTakeFirst()
  return row ? toInvitation(row) : null
}

export type InvitationFilter = { readonly status?: InvitationStatus | undefined }

/** Newest first, with the name of who invited. */
export async function listInvitations(db: TenantDb, filter: InvitationFilter, nowMs: number, { offset, limit }: Paging) {
  const rows = await matching(db, filter, nowMs)
    .leftJoin('users as u', 'u.id', 'invitations.invited_by')
    .select(columns.map((name) => `invitations.${name}` as const))
    .select(['u.username', 'u.full_name'])
    .orderBy('invitations.id', 'desc')
    .limit(limit)
    .offset(offset)
    .execute()
  const count = await matching(db, filter, nowMs)
    .select((eb) => eb.fn.countAll().as('n'))
    .executeTakeFirst()
  return {
    items: rows.map((row) => ({ ...toInvitation(row), inviter: row.full_name ?? row.username })),
    total: Number(count?.n ?? 0),
  }
}

function matching({ kysely, tenantId }: TenantDb, { status }: InvitationFilter, nowMs: number) {
  const all = kysely.selectFrom('invitations').where('invitations.tenant_id', '=', tenantId)
  if (status === undefined) return all
  if (status === 'expired')
    return all.where((eb) => eb.or([eb('status', '=', 'expired'), eb.and([eb('status', '=', 'pending'), eb('expires_at', '<=', nowMs)])]))
  return status === 'pending' ? all.where('status', '=', 'pending').where('expires_at', '>', nowMs) : all.where('status', '=', status)
}

/** E-mailed invitations that wait: each may become a member. */
export async function countPending({ kysely, tenantId }: TenantDb, nowMs: number): Promise<number> {
  const row = await kysely
    .selectFrom('invitations')
    .select((eb) => eb.fn.countAll().as('n'))
    .where('tenant_id', '=', tenantId)
    .where('status', '=', 'pending')
    .where('email', 'is not', null)
    .where('expires_at', '>', nowMs)
    .executeTakeFirst()
  return Number(row?.n ?? 0)
}

/** Makes room for another invitation of the same person: those of theirs whose time has passed say so from now on. */
export const expireOf = ({ kysely, tenantId }: TenantDb, email: string, nowMs: number) =>
  kysely
    .updateTable('invitations')
    .set({ status: 'expired', active_key: null, updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('active_key', '=', activeKey(tenantId, email))
    .where('status', '=', 'pending')
    .where('expires_at', '<=', nowMs)
    .execute()

export async function hasPending({ kysely, tenantId }: TenantDb, email: string): Promise<boolean> {
  const row = await kysely
    .selectFrom('invitations')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('active_key', '=', activeKey(tenantId, email))
    .executeTakeFirst()
  return row !== undefined
}

/** Takes one use; false when none is left, it is over, or its time has passed. Of any number at once, `max_uses` win. */
export async function takeUse(
  { kysely, tenantId }: TenantDb,
  id: number,
  { userId, nowMs }: { readonly userId: number | null; readonly nowMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('invitations')
    .set((eb) => ({ used_count: eb('used_count', '+', 1), accepted_at: nowMs, accepted_by: userId, updated_at: nowMs }))
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .where('expires_at', '>', nowMs)
    .whereRef('used_count', '<', 'max_uses')
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** The last use ends it. */
export const closeWhenUsedUp = ({ kysely, tenantId }: TenantDb, id: number, nowMs: number) =>
  kysely
    .updateTable('invitations')
    .set({ status: 'accepted', active_key: null, updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .whereRef('used_count', '>=', 'max_uses')
    .execute()

/** A new token and a new end; the former token stops working. False when it was accepted or revoked. */
export async function renew(
  { kysely, tenantId }: TenantDb,
  id: number,
  {
    tokenHash,
    email,
    expiresAtMs,
    nowMs,
  }: { readonly tokenHash: string; readonly email: string; readonly expiresAtMs: number; readonly nowMs: number },
): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('invitations')
    .set({ token_hash: tokenHash, expires_at: expiresAtMs, status: 'pending', active_key: activeKey(tenantId, email), updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('status', 'in', ['pending', 'expired'])
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function revoke({ kysely, tenantId }: TenantDb, id: number, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('invitations')
    .set({ status: 'revoked', active_key: null, updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', id)
    .where('status', 'in', ['pending', 'expired'])
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** How somebody with that address stands in the company; null = not at all. */
export async function findMembership(
  { kysely, tenantId }: TenantDb,
  userId: number,
): Promise<{ readonly status: 'pending' | 'active' | 'suspended' | 'rejected' } | null> {
  const row = await kysely
    .selectFrom('memberships')
    .select('status')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row ?? null
}

/** Somebody who was rejected once is asked again. */
export const readmit = (
  { kysely, tenantId }: TenantDb,
  userId: number,
  member: {
    readonly role: string
    readonly grants: readonly string[]
    readonly modules: readonly string[] | null
    readonly status: 'active' | 'pending'
  },
  nowMs: number,
) =>
  kysely
    .updateTable('memberships')
    .set({
      role: member.role,
      permissions: JSON.stringify(member.grants),
      modules: member.modules === null ? null : JSON.stringify(member.modules),
      status: member.status,
      joined_at: nowMs,
      updated_at: nowMs,
    })
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .execute()
