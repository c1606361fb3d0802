/** SQL of `files`. A file is a company's, or (tenant null) a person's. */
import type { Db } from '../db/database.ts'
import { insertId } from '../db/index.ts'

export type StoredFile = {
  readonly fileId: number
  readonly uuid: string
  readonly key: string
  readonly mime: string
  readonly sizeBytes: number
  readonly sha256: string
}

type Row = { id: number; uuid: string; storage_key: string; mime: string; size_bytes: number; sha256: string }
const columns = ['id', 'uuid', 'storage_key', 'mime', 'size_bytes', 'sha256'] as const
const toFile = (row: Row): StoredFile => ({
  fileId: row.id,
  uuid: row.uuid,
  key: row.storage_key,
  mime: row.mime,
  sizeBytes: row.size_bytes,
  sha256: row.sha256,
})

export type NewFile = Omit<StoredFile, 'fileId'> & {
  readonly tenantId: number | null
  readonly kind: string
  readonly createdBy: number | null
}

export const insertFile = (db: Db, file: NewFile, nowMs: number): Promise<number> =>
  insertId(db, 'files', {
    uuid: file.uuid,
    tenant_id: file.tenantId,
    kind: file.kind,
    storage_key: file.key,
    sha256: file.sha256,
    size_bytes: file.sizeBytes,
    mime: file.mime,
    state: 'pending',
    created_by: file.createdBy,
    created_at: nowMs,
    updated_at: nowMs,
  })

/** Only a signed link names a file by its uuid: the link says whose it is. */
export async function findFileByUuid(db: Db, uuid: string): Promise<StoredFile | null> {
  const row = await db.kysely.selectFrom('files').select(columns).where('uuid', '=', uuid).where('state', '=', 'stored').executeTakeFirst()
  return row ? toFile(row) : null
}

/** Null when there is none, or it belongs to somebody else. */
export async function findFile(db: Db, tenantId: number | null, fileId: number): Promise<StoredFile | null> {
  const query = db.kysely.selectFrom('files').select(columns).where('id', '=', fileId).where('state', '=', 'stored')
  const row = await query.where('tenant_id', tenantId === null ? 'is' : '=', tenantId).executeTakeFirst()
  return row ? toFile(row) : null
}

/** True when it was in state `from`. */
export async function moveState(
  db: Db,
  tenantId: number | null,
  fileId: number,
  from: 'pending' | 'stored',
  to: 'stored' | 'removed',
  nowMs: number,
): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('files')
    .set({ state: to, updated_at: nowMs })
    .where('id', '=', fileId)
    .where('tenant_id', tenantId === null ? 'is' : '=', tenantId)
    .where('state', '=', from)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

/** Uploads that nobody finished become removed. */
export const removeAbandoned = ({ kysely }: Db, createdBeforeMs: number, nowMs: number) =>
  kysely
    .updateTable('files')
    .set({ state: 'removed', updated_at: nowMs })
    .where('state', '=', 'pending')
    .where('updated_at', '<', createdBeforeMs)
    .execute()

/** Index (state, updated_at). */
export async function listRemoved({ kysely }: Db, afterId: number, limit: number): Promise<StoredFile[]> {
  const rows = await kysely
    .selectFrom('files')
    .select(columns)
    .where('state', '=', 'removed')
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map(toFile)
}

export const deleteFileRow = ({ kysely }: Db, fileId: number) =>
  kysely.deleteFrom('files').where('id', '=', fileId).where('state', '=', 'removed').execute()

/** Stored files of a kind, of everybody, by id. */
export async function listStored({ kysely }: Db, kind: string, afterId: number, limit: number) {
  const rows = await kysely
    .selectFrom('files')
    .select(['id', 'tenant_id'])
    .where('kind', '=', kind)
    .where('state', '=', 'stored')
    .where('id', '>', afterId)
    .orderBy('id')
    .limit(limit)
    .execute()
  return rows.map((row) => ({ fileId: row.id, tenantId: row.tenant_id }))
}
