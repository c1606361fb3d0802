/** SQL of imported configurations. */
import type { TenantDb } from '../../platform/db/database.ts'
import type { ConfigurationFile } from './document.ts'

/** Applied ones beyond these are forgotten. */
const keptImports = 20

export type ImportRow = { readonly importId: number; readonly file: unknown; readonly base: string }

export async function findPending({ kysely, tenantId }: TenantDb, userId: number): Promise<ImportRow | null> {
  const row = await kysely
    .selectFrom('configuration_imports')
    .select(['id', 'file_text', 'base'])
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('state', '=', 'pending')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  return row ? { importId: row.id, file: JSON.parse(row.file_text) as unknown, base: row.base ?? '' } : null
}

export const dropPending = ({ kysely, tenantId }: TenantDb, userId: number): Promise<unknown> =>
  kysely
    .deleteFrom('configuration_imports')
    .where('tenant_id', '=', tenantId)
    .where('user_id', '=', userId)
    .where('state', '=', 'pending')
    .execute()

type New = { readonly userId: number; readonly byName: string; readonly file: ConfigurationFile; readonly nowMs: number }

export const insertPending = (db: TenantDb, { userId, byName, file, base, nowMs }: New & { readonly base: string }): Promise<unknown> =>
  db.kysely
    .insertInto('configuration_imports')
    .values({
      tenant_id: db.tenantId,
      user_id: userId,
      by_name: byName,
      state: 'pending',
      file_text: JSON.stringify(file),
      before_text: null,
      base,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .execute()

export async function markApplied(
  db: TenantDb,
  { userId, byName, file, before, after, nowMs }: New & { readonly before: ConfigurationFile; readonly after: string },
): Promise<void> {
  const { kysely, tenantId } = db
  await kysely
    .insertInto('configuration_imports')
    .values({
      tenant_id: tenantId,
      user_id: userId,
      by_name: byName,
      state: 'applied',
      file_text: JSON.stringify(file),
      before_text: JSON.stringify(before),
      base: after,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .execute()
  const rows = await kysely
    .selectFrom('configuration_imports')
    .select('id')
    .where('tenant_id', '=', tenantId)
    .where('state', '!=', 'pending')
    .orderBy('id', 'desc')
    .limit(keptImports)
    .execute()
  const oldest = rows.length === keptImports ? rows.at(-1)?.id : undefined
  if (oldest === undefined) return
  await kysely
    .deleteFrom('configuration_imports')
    .where('tenant_id', '=', tenantId)
    .where('state', '!=', 'pending')
    .where('id', '<', oldest)
    .execute()
}

export type Applied = {
  readonly importId: number
  readonly byName: string
  readonly atMs: number
  readonly before: unknown
  /** Stamp of what the import left. */
  readonly after: string | null
}

/** Null when there is none, or the last one was taken back. */
export async function lastApplied({ kysely, tenantId }: TenantDb): Promise<Applied | null> {
  const row = await kysely
    .selectFrom('configuration_imports')
    .select(['id', 'by_name', 'state', 'before_text', 'base', 'created_at'])
    .where('tenant_id', '=', tenantId)
    .where('state', '!=', 'pending')
    .orderBy('id', 'desc')
    .limit(1)
    .executeTakeFirst()
  if (row?.state !== 'applied' || row.before_text === null) return null
  return { importId: row.id, byName: row.by_name, atMs: row.created_at, before: JSON.parse(row.before_text) as unknown, after: row.base }
}

/** False when somebody else was faster. */
export async function markUndone({ kysely, tenantId }: TenantDb, importId: number, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('configuration_imports')
    .set({ state: 'undone', updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', importId)
    .where('state', '=', 'applied')
    .executeTakeFirst()
  return numUpdatedRows > 0n
}
