/** SQL of layouts that are edited: the one that counts, and what it was before. */
import type { TenantDb } from '../../platform/db/database.ts'
import { insertUnlessExists, upsert } from '../../platform/db/index.ts'
import { type LayoutOwner, ownerKey } from './layout-owner.ts'

export type VersionRow = {
  readonly version: number
  readonly layoutText: string | null
  readonly savedBy: string | null
  readonly savedAtMs: number
}

/** Newest first. Unique (tenant_id, owner, version). */
export const listVersions = async ({ kysely, tenantId }: TenantDb, owner: LayoutOwner, limit: number): Promise<VersionRow[]> => {
  const rows = await kysely
    .selectFrom('layout_versions as v')
    .select(['v.version', 'v.layout_config', 'v.saved_by', 'v.created_at'])
    .where('v.tenant_id', '=', tenantId)
    .where('v.owner', '=', ownerKey(owner))
    .orderBy('v.version', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ version: row.version, layoutText: row.layout_config, savedBy: row.saved_by, savedAtMs: row.created_at }))
}

/** False: somebody else took the number. */
export const insertVersion = (db: TenantDb, owner: LayoutOwner, row: VersionRow): Promise<boolean> =>
  insertUnlessExists(db, 'layout_versions', {
    tenant_id: db.tenantId,
    owner: ownerKey(owner),
    version: row.version,
    layout_config: row.layoutText,
    saved_by: row.savedBy,
    created_at: row.savedAtMs,
    updated_at: row.savedAtMs,
  })

export const deleteVersionsUpTo = async ({ kysely, tenantId }: TenantDb, owner: LayoutOwner, version: number): Promise<void> => {
  await kysely
    .deleteFrom('layout_versions')
    .where('tenant_id', '=', tenantId)
    .where('owner', '=', ownerKey(owner))
    .where('version', '<=', version)
    .execute()
}

/** Several rows may stand for a role: the newest counts. */
const newestTemplate = async ({ kysely, tenantId }: TenantDb, role: string) => {
  const rows = await kysely
    .selectFrom('dashboard_templates as d')
    .select(['d.template_id', 'd.role_access', 'd.layout_config'])
    .where('d.tenant_id', '=', tenantId)
    .orderBy('d.template_id', 'desc')
    .limit(500)
    .execute()
  const matching = rows.filter((row) => row.role_access.trim().toUpperCase() === role.trim().toUpperCase())
  return { newest: matching[0] ?? null, ids: matching.map((row) => row.template_id) }
}

/** The text that counts now; null = none. */
export async function currentText(db: TenantDb, owner: LayoutOwner): Promise<string | null> {
  if (owner.kind === 'role') return (await newestTemplate(db, owner.role)).newest?.layout_config ?? null
  const row = await db.kysely
    .selectFrom('person_layouts as p')
    .select('p.layout_config')
    .where('p.tenant_id', '=', db.tenantId)
    .where('p.user_id', '=', owner.userId)
    .executeTakeFirst()
  return row?.layout_config ?? null
}

export async function writeCurrent(
  db: TenantDb,
  owner: LayoutOwner,
  { text, version, nowMs }: { readonly text: string; readonly version: number; readonly nowMs: number },
): Promise<void> {
  const { kysely, tenantId } = db
  if (owner.kind === 'person') {
    const row = { tenant_id: tenantId, user_id: owner.userId, layout_config: text, version, created_at: nowMs, updated_at: nowMs }
    await upsert(db, 'person_layouts', row, ['tenant_id', 'user_id'], { layout_config: text, version, updated_at: nowMs })
    return
  }
  const { newest } = await newestTemplate(db, owner.role)
  if (newest === null) {
    await kysely
      .insertInto('dashboard_templates')
      .values({ tenant_id: tenantId, role_access: owner.role.trim(), layout_config: text })
      .execute()
    return
  }
  await kysely
    .updateTable('dashboard_templates')
    .set({ layout_config: text })
    .where('tenant_id', '=', tenantId)
    .where('template_id', '=', newest.template_id)
    .execute()
}

export async function deleteCurrent(db: TenantDb, owner: LayoutOwner): Promise<void> {
  const { kysely, tenantId } = db
  if (owner.kind === 'person') {
    await kysely.deleteFrom('person_layouts').where('tenant_id', '=', tenantId).where('user_id', '=', owner.userId).execute()
    return
  }
  const { ids } = await newestTemplate(db, owner.role)
  if (ids.length > 0)
    await kysely.deleteFrom('dashboard_templates').where('tenant_id', '=', tenantId).where('template_id', 'in', ids).execute()
}

/** Who of the company has a layout of their own, and which version of it. */
export const listPersonVersions = async ({ kysely, tenantId }: TenantDb): Promise<{ userId: number; version: number }[]> => {
  const rows = await kysely
    .selectFrom('person_layouts as p')
    .select(['p.user_id', 'p.version'])
    .where('p.tenant_id', '=', tenantId)
    .orderBy('p.user_id')
    .limit(10_000)
    .execute()
  return rows.map((row) => ({ userId: row.user_id, version: row.version }))
}
