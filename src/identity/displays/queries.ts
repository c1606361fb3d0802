/** All SQL of displays. */
import type { Db, TenantDb } from '../../platform/db/database.ts'
import { insertId } from '../../platform/db/index.ts'
import { type Tenant, toTenant } from '../tenants/index.ts'

/** What a screen opens once it is paired. */
export const displayPages = ['dashboard', 'operator', 'tv'] as const
export type DisplayPage = (typeof displayPages)[number]

export type Display = {
  readonly displayId: number
  readonly uuid: string
  readonly tenantId: number
  readonly name: string
  readonly lineIds: readonly number[] | null
  readonly page: DisplayPage
  readonly isPaired: boolean
  /** While a link and a code wait for a screen. */
  readonly pairingExpiresAtMs: number | null
  readonly pairedAtMs: number | null
  readonly idleDays: number | null
  readonly lastSeenAtMs: number | null
  readonly lastPage: string | null
  readonly lastIp: string | null
  readonly revokedAtMs: number | null
  readonly createdBy: number
  readonly createdAtMs: number
}

const columns = [
  'd.id',
  'd.uuid',
  'd.tenant_id',
  'd.name as display_name',
  'd.line_ids',
  'd.page as display_page',
  'd.token_hash',
  'd.pairing_expires_at',
  'd.paired_at',
  'd.idle_days',
  'd.last_seen_at',
  'd.last_page',
  'd.last_ip',
  'd.revoked_at',
  'd.created_by',
  'd.created_at',
] as const

type Row = {
  readonly id: number
  readonly uuid: string
  readonly tenant_id: number
  readonly display_name: string
  readonly line_ids: string | null
  readonly display_page: string
  readonly token_hash: string | null
  readonly pairing_expires_at: number | null
  readonly paired_at: number | null
  readonly idle_days: number | null
  readonly last_seen_at: number | null
  readonly last_page: string | null
  readonly last_ip: string | null
  readonly revoked_at: number | null
  readonly created_by: number
  readonly created_at: number
}

const toDisplay = (row: Row): Display => ({
  displayId: row.id,
  uuid: row.uuid,
  tenantId: row.tenant_id,
  name: row.display_name,
  lineIds: row.line_ids === null ? null : (JSON.parse(row.line_ids) as number[]),
  page: displayPages.find((page) => page === row.display_page) ?? 'dashboard',
  isPaired: row.token_hash !== null,
  pairingExpiresAtMs: row.pairing_expires_at,
  pairedAtMs: row.paired_at,
  idleDays: row.idle_days,
  lastSeenAtMs: row.last_seen_at,
  lastPage: row.last_page,
  lastIp: row.last_ip,
  revokedAtMs: row.revoked_at,
  createdBy: row.created_by,
  createdAtMs: row.created_at,
})

export type DisplayOfTenant = { readonly display: Display; readonly tenant: Tenant }
/** `token_hash` of a paired screen; `pairing_hash` of a link, `pairing_code_hash` of a short code. */
export type DisplayKey = 'token_hash' | 'pairing_hash' | 'pairing_code_hash'

/** By what a screen shows; revoked ones and those of inactive companies too. Indexes: the three hashes; key tenants. */
export async function findDisplayByHash({ kysely }: Db, by: DisplayKey, hash: string): Promise<DisplayOfTenant | null> {
  const row = await kysely
    .selectFrom('displays as d')
    .innerJoin('tenants as t', 't.id', 'd.tenant_id')
    .select(columns)
    .select(['t.uuid as tenant_uuid', 't.name as tenant_name', 't.slug', 't.is_active', 't.config'])
    .where(`d.${by}`, '=', hash)
    .executeTakeFirst()
  if (!row) return null
  const tenant = toTenant({ ...row, id: row.tenant_id, uuid: row.tenant_uuid, name: row.tenant_name })
  return { display: toDisplay(row), tenant }
}

/** Those that are not revoked, by name. */
export async function listDisplays({ kysely, tenantId }: TenantDb): Promise<Display[]> {
  const rows = await kysely
    .selectFrom('displays as d')
    .select(columns)
    .where('d.tenant_id', '=', tenantId)
    .where('d.revoked_at', 'is', null)
    .orderBy('d.name')
    .orderBy('d.id')
    .limit(500)
    .execute()
  return rows.map(toDisplay)
}

/** Those that are not revoked. */
export async function countDisplays({ kysely, tenantId }: TenantDb): Promise<number> {
  const row = await kysely
    .selectFrom('displays')
    .select((eb) => eb.fn.countAll().as('displays'))
    .where('tenant_id', '=', tenantId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return Number(row?.displays ?? 0)
}

/** Null for one of another company. */
export async function findDisplay({ kysely, tenantId }: TenantDb, uuid: string): Promise<Display | null> {
  const row = await kysely
    .selectFrom('displays as d')
    .select(columns)
    .where('d.tenant_id', '=', tenantId)
    .where('d.uuid', '=', uuid)
    .where('d.revoked_at', 'is', null)
    .executeTakeFirst()
  return row ? toDisplay(row) : null
}

export type NewDisplay = {
  readonly uuid: string
  readonly name: string
  readonly lineIds: readonly number[] | null
  readonly page: DisplayPage
  readonly idleDays: number | null
  readonly createdBy: number
}

export const insertDisplay = (db: TenantDb, display: NewDisplay, nowMs: number): Promise<number> =>
  insertId(db, 'displays', {
    uuid: display.uuid,
    tenant_id: db.tenantId,
    name: display.name,
    line_ids: display.lineIds === null ? null : JSON.stringify(display.lineIds),
    page: display.page,
    token_hash: null,
    pairing_hash: null,
    pairing_code_hash: null,
    pairing_expires_at: null,
    paired_at: null,
    idle_days: display.idleDays,
    last_seen_at: null,
    last_page: null,
    last_ip: null,
    revoked_at: null,
    created_by: display.createdBy,
    created_at: nowMs,
    updated_at: nowMs,
  })

export type DisplayChange = Partial<Pick<NewDisplay, 'name' | 'lineIds' | 'page' | 'idleDays'>>

export async function updateDisplay(
  { kysely, tenantId }: TenantDb,
  displayId: number,
  change: DisplayChange,
  nowMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('displays')
    .set({
      ...(change.name !== undefined && { name: change.name }),
      ...(change.lineIds !== undefined && { line_ids: change.lineIds === null ? null : JSON.stringify(change.lineIds) }),
      ...(change.page !== undefined && { page: change.page }),
      ...(change.idleDays !== undefined && { idle_days: change.idleDays }),
      updated_at: nowMs,
    })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', displayId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** A new link and code; those before them stop working. */
export const updatePairing = (
  { kysely, tenantId }: TenantDb,
  displayId: number,
  pairing: { readonly linkHash: string; readonly codeHash: string; readonly expiresAtMs: number },
  nowMs: number,
) =>
  kysely
    .updateTable('displays')
    .set({
      pairing_hash: pairing.linkHash,
      pairing_code_hash: pairing.codeHash,
      pairing_expires_at: pairing.expiresAtMs,
      updated_at: nowMs,
    })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', displayId)
    .where('revoked_at', 'is', null)
    .execute()

/** True for exactly one of any number of screens with the same link or code. The screen paired before is out. */
export async function pair(
  { kysely, tenantId }: TenantDb,
  displayId: number,
  given: { readonly by: 'pairing_hash' | 'pairing_code_hash'; readonly hash: string; readonly tokenHash: string },
  nowMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('displays')
    .set({
      token_hash: given.tokenHash,
      pairing_hash: null,
      pairing_code_hash: null,
      pairing_expires_at: null,
      paired_at: nowMs,
      last_seen_at: nowMs,
      updated_at: nowMs,
    })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', displayId)
    .where(given.by, '=', given.hash)
    .where('pairing_expires_at', '>', nowMs)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function markDisplayRevoked({ kysely, tenantId }: TenantDb, displayId: number, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('displays')
    .set({
      revoked_at: nowMs,
      token_hash: null,
      pairing_hash: null,
      pairing_code_hash: null,
      pairing_expires_at: null,
      updated_at: nowMs,
    })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', displayId)
    .where('revoked_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export const updateSeen = (
  { kysely, tenantId }: TenantDb,
  displayId: number,
  seen: { readonly page?: string; readonly ip: string },
  nowMs: number,
) =>
  kysely
    .updateTable('displays')
    .set({ last_seen_at: nowMs, last_ip: seen.ip, ...(seen.page !== undefined && { last_page: seen.page }) })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', displayId)
    .execute()
