/** SQL of the archived months of a company. */
import type { TenantDb } from '../../platform/db/database.ts'
import { insertId } from '../../platform/db/index.ts'
import { type Month, monthOfYearMonth, yearMonthOf } from '../source/index.ts'
import type { TableArchiveRow } from './tables.ts'

export type Archive = {
  readonly archiveId: number
  readonly lineId: number
  readonly table: string
  readonly month: Month
  readonly part: number
  readonly state: TableArchiveRow['state']
  readonly fileId: number
  readonly rows: number
  readonly minId: number
  readonly maxId: number
  /** Name of the database that the table is in: another plant may have a table of that name. */
  readonly database: string
  readonly columns: readonly string[]
  readonly rowsSha256: string
  readonly sha256: string
  readonly sizeBytes: number
  readonly restoredMs: number | null
  readonly createdMs: number
}

const selected = [
  'a.id',
  'a.line_id',
  'a.table_name',
  'a.month',
  'a.part',
  'a.state',
  'a.file_id',
  'a.row_count',
  'a.min_id',
  'a.max_id',
  'a.columns',
  'a.rows_sha256',
  'a.restored_at',
  'a.created_at',
  'f.sha256',
  'f.size_bytes',
] as const

/** Newest month first; of one line, or of all. */
export async function listArchives({ kysely, tenantId }: TenantDb, lineId: number | null = null): Promise<Archive[]> {
  let query = kysely
    .selectFrom('table_archives as a')
    .leftJoin('files as f', (join) => join.onRef('f.id', '=', 'a.file_id').onRef('f.tenant_id', '=', 'a.tenant_id'))
    .select(selected)
    .where('a.tenant_id', '=', tenantId)
  if (lineId !== null) query = query.where('a.line_id', '=', lineId)
  const rows = await query.orderBy('a.month', 'desc').orderBy('a.line_id').orderBy('a.part').execute()
  return rows.map((row) => ({
    archiveId: row.id,
    lineId: row.line_id,
    table: row.table_name,
    month: monthOfYearMonth(row.month),
    part: row.part,
    state: row.state,
    fileId: row.file_id,
    rows: row.row_count,
    minId: row.min_id,
    maxId: row.max_id,
    ...(JSON.parse(row.columns) as Pick<Archive, 'columns' | 'database'>),
    rowsSha256: row.rows_sha256,
    sha256: row.sha256 ?? '',
    sizeBytes: row.size_bytes ?? 0,
    restoredMs: row.restored_at,
    createdMs: row.created_at,
  }))
}

/** It came out of this table, and not out of one of that name in a plant that the company had before. */
export const isFrom = (archive: Archive, { database, table }: { readonly database: string; readonly table: string }): boolean =>
  archive.database === database && archive.table === table

export const archivesOf = async (db: TenantDb, lineId: number, month: Month): Promise<Archive[]> =>
  (await listArchives(db, lineId)).filter((archive) => archive.month === month)

const columnsText = ({ columns }: Pick<Archive, 'columns'>, { database }: Pick<Archive, 'database'>): string =>
  JSON.stringify({ columns, database })

export type NewArchive = Pick<
  Archive,
  'lineId' | 'table' | 'month' | 'part' | 'fileId' | 'rows' | 'minId' | 'maxId' | 'columns' | 'database' | 'rowsSha256'
>

export const insertArchive = (tx: TenantDb, archive: NewArchive, nowMs: number): Promise<number> =>
  insertId(tx, 'table_archives', {
    tenant_id: tx.tenantId,
    line_id: archive.lineId,
    table_name: archive.table,
    month: yearMonthOf(archive.month),
    part: archive.part,
    state: 'stored',
    file_id: archive.fileId,
    row_count: archive.rows,
    min_id: archive.minId,
    max_id: archive.maxId,
    columns: columnsText(archive, archive),
    rows_sha256: archive.rowsSha256,
    restored_at: null,
    created_at: nowMs,
    updated_at: nowMs,
  })

export const deleteArchive = ({ kysely, tenantId }: TenantDb, archiveId: number): Promise<unknown> =>
  kysely.deleteFrom('table_archives').where('tenant_id', '=', tenantId).where('id', '=', archiveId).execute()

export const setState = (
  { kysely, tenantId }: TenantDb,
  archiveIds: readonly number[],
  state: TableArchiveRow['state'],
  nowMs: number,
  restoredMs?: number,
): Promise<unknown> | null =>
  archiveIds.length === 0
    ? null
    : kysely
        .updateTable('table_archives')
        .set({ state, updated_at: nowMs, ...(restoredMs !== undefined && { restored_at: restoredMs }) })
        .where('tenant_id', '=', tenantId)
        .where('id', 'in', [...archiveIds])
        .execute()

/** Its rows are in another table now. */
export const setOrigin = (
  { kysely, tenantId }: TenantDb,
  archive: Pick<Archive, 'archiveId' | 'columns'>,
  origin: Pick<Archive, 'database' | 'table'>,
): Promise<unknown> =>
  kysely
    .updateTable('table_archives')
    .set({ table_name: origin.table, columns: columnsText(archive, origin) })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', archive.archiveId)
    .execute()
