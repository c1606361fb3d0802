/** SQL of which file is whose picture. */
import type { Db, TenantDb } from '../../platform/db/database.ts'

export async function findAvatarId(db: Db, userId: number): Promise<number | null> {
  const row = await db.kysely.selectFrom('users').select('avatar_file_id').where('id', '=', userId).executeTakeFirst()
  return row?.avatar_file_id ?? null
}

export const updateAvatarId = (db: Db, userId: number, fileId: number | null, nowMs: number) =>
  db.kysely.updateTable('users').set({ avatar_file_id: fileId, updated_at: nowMs }).where('id', '=', userId).execute()

export async function findLogoId({ kysely, tenantId }: TenantDb): Promise<number | null> {
  const row = await kysely.selectFrom('tenants').select('logo_file_id').where('id', '=', tenantId).executeTakeFirst()
  return row?.logo_file_id ?? null
}

export const updateLogoId = ({ kysely, tenantId }: TenantDb, fileId: number | null, nowMs: number) =>
  kysely.updateTable('tenants').set({ logo_file_id: fileId, updated_at: nowMs }).where('id', '=', tenantId).execute()

/** Which of these files some person, or some company, shows. */
export async function namedFiles({ kysely }: Db, kind: 'avatar' | 'logo', fileIds: readonly number[]): Promise<ReadonlySet<number>> {
  if (fileIds.length === 0) return new Set()
  const rows =
    kind === 'avatar'
      ? await kysely.selectFrom('users').select('avatar_file_id as id').where('avatar_file_id', 'in', fileIds).execute()
      : await kysely.selectFrom('tenants').select('logo_file_id as id').where('logo_file_id', 'in', fileIds).execute()
  return new Set(rows.map(({ id }) => id).filter((id) => id !== null))
}

/** The uuid of a person's picture; null without one. */
export async function avatarUuid({ kysely }: Db, userId: number): Promise<string | null> {
  const row = await kysely
    .selectFrom('users as u')
    .innerJoin('files as f', (join) => join.onRef('f.id', '=', 'u.avatar_file_id').on('f.tenant_id', 'is', null))
    .select('f.uuid')
    .where('u.id', '=', userId)
    .where('f.state', '=', 'stored')
    .executeTakeFirst()
  return row?.uuid ?? null
}
