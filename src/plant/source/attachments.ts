/** What the platform database knows of each company's plant: where it is, and which table is whose. */
import type { Db, TenantDb } from '../../platform/db/database.ts'
import { decodeJson, prepared, upsert } from '../../platform/db/index.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { TableMapping } from './names.ts'

export type Attachment = {
  /** Holds a password: never logged, never sent. */
  readonly url: string
  readonly canManage: boolean
  /** Given by the company's own people: its host may only be where the operator lets them. */
  readonly isGuarded: boolean
  readonly revision: number
}

/** Null when the company has no plant database. Throws `SealBrokenError` after a change of SECRET_KEY. */
export async function findAttachment(db: TenantDb, secrets: Pick<Secrets, 'openSecret'>): Promise<Attachment | null> {
  const row = await db.kysely
    .selectFrom('plant_attachments')
    .select(['url_sealed', 'can_manage', 'is_guarded', 'revision'])
    .where('tenant_id', '=', db.tenantId)
    .executeTakeFirst()
  return row
    ? {
        url: secrets.openSecret('plant-url', row.url_sealed),
        canManage: row.can_manage === 1,
        isGuarded: row.is_guarded === 1,
        revision: row.revision,
      }
    : null
}

/** What decides how a company's plant is opened. Every request asks, so that a new address or setting holds at once, in every process. */
export type PlantSource = {
  /** Equal texts: nothing changed. */
  readonly version: string
  /** Changes with what Andon keeps about the plant's stops. */
  readonly stopStamp: string
  /** Opens the sealed address. Throws `SealBrokenError` after a change of SECRET_KEY. */
  readonly open: () => { readonly attachment: Attachment; readonly config: unknown }
}

const findSourceRow = prepared(({ kysely }, tenantId: number) =>
  kysely
    .selectFrom('plant_attachments as a')
    .innerJoin('tenants as t', 't.id', 'a.tenant_id')
    .select(['a.url_sealed', 'a.can_manage', 'a.is_guarded', 'a.revision', 'a.stop_changes', 't.config'])
    .where('a.tenant_id', '=', tenantId),
)

/** Null when the company is unknown or has no plant database. */
export async function findPlantSource(db: TenantDb, secrets: Pick<Secrets, 'openSecret'>): Promise<PlantSource | null> {
  const [row] = await findSourceRow(db, db.tenantId)
  if (!row) return null
  return {
    // Every sealing is another text: an address that was taken away and given again is another one, whatever its number.
    version: `${row.revision} ${row.url_sealed} ${row.config}`,
    stopStamp: `${row.stop_changes} ${row.url_sealed.slice(-16)}`,
    open() {
      const config = decodeJson(row.config)
      const url = secrets.openSecret('plant-url', row.url_sealed)
      return {
        attachment: { url, canManage: row.can_manage === 1, isGuarded: row.is_guarded === 1, revision: row.revision },
        config: config.ok ? config.value : {},
      }
    },
  }
}

/** Companies with a plant database, by id. */
export async function listAttachedTenants(db: Db): Promise<number[]> {
  const rows = await db.kysely.selectFrom('plant_attachments').select('tenant_id').orderBy('tenant_id').execute()
  return rows.map((row) => row.tenant_id)
}

/** First attachment or a new address; the revision makes every process open it anew. */
export async function saveAttachment(
  db: TenantDb,
  secrets: Pick<Secrets, 'sealSecret'>,
  {
    url,
    canManage,
    isGuarded = false,
    nowMs,
  }: { readonly url: string; readonly canManage: boolean; readonly isGuarded?: boolean; readonly nowMs: number },
): Promise<void> {
  const known = await db.kysely
    .selectFrom('plant_attachments')
    .select(['revision', 'created_at'])
    .where('tenant_id', '=', db.tenantId)
    .executeTakeFirst()
  const row = {
    tenant_id: db.tenantId,
    url_sealed: secrets.sealSecret('plant-url', url),
    can_manage: canManage ? 1 : 0,
    is_guarded: isGuarded ? 1 : 0,
    revision: (known?.revision ?? 0) + 1,
    created_at: known?.created_at ?? nowMs,
    updated_at: nowMs,
  }
  const { url_sealed, can_manage, is_guarded, revision, updated_at } = row
  await upsert(db, 'plant_attachments', row, ['tenant_id'], {
    url_sealed,
    can_manage,
    is_guarded,
    revision,
    updated_at,
  })
}

/** Every process closes what it held at its next request. False when there was none. */
export async function deleteAttachment(db: TenantDb): Promise<boolean> {
  const { numDeletedRows } = await db.kysely.deleteFrom('plant_attachments').where('tenant_id', '=', db.tenantId).executeTakeFirst()
  return numDeletedRows > 0n
}

/** Tells every process to read the plant's metadata again. */
export const bumpRevision = (db: TenantDb, nowMs: number): Promise<unknown> =>
  db.kysely
    .updateTable('plant_attachments')
    .set((eb) => ({ revision: eb('revision', '+', 1), updated_at: nowMs }))
    .where('tenant_id', '=', db.tenantId)
    .execute()

export async function listMappings(db: TenantDb): Promise<TableMapping[]> {
  const rows = await db.kysely
    .selectFrom('plant_line_tables')
    .select(['line_id', 'kind', 'table_name'])
    .where('tenant_id', '=', db.tenantId)
    .execute()
  return rows.map((row) => ({ lineId: row.line_id, kind: row.kind, tableName: row.table_name }))
}

/** Adds or replaces; the others stay. */
export async function saveMappings(db: TenantDb, mappings: readonly TableMapping[], nowMs: number): Promise<void> {
  for (const { lineId, kind, tableName } of mappings) {
    const row = { tenant_id: db.tenantId, line_id: lineId, kind, table_name: tableName, created_at: nowMs, updated_at: nowMs }
    await upsert(db, 'plant_line_tables', row, ['tenant_id', 'line_id', 'kind'], { table_name: tableName, updated_at: nowMs })
  }
}

/** For a plant that moved to another database: names settled there mean nothing here. */
export const forgetMappings = (db: TenantDb): Promise<unknown> =>
  db.kysely.deleteFrom('plant_line_tables').where('tenant_id', '=', db.tenantId).execute()
