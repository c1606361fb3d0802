/** A month goes into the object store, and is held against its checksum before anybody relies on it. */
import { mkdtemp, rm } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { recordAudit } from '../../identity/index.ts'
import type { TenantDb } from '../../platform/db/database.ts'
import { type Db, transaction } from '../../platform/db/index.ts'
import { dropFile, type FileStore, findFile, keepFile, saveFile } from '../../platform/files/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { Line, OpenPlant } from '../model/index.ts'
import { type Month, monthText } from '../source/index.ts'
import { ArchiveBrokenError, type ArchiveHeader, type ArchiveRow, copyHashed, readArchive, type Written, writeArchive } from './file.ts'
import { problem } from './problems.ts'
import { type Archive, archivesOf, deleteArchive, insertArchive, isFrom, setState } from './queries.ts'
import { type ArchiveColumns, archiveColumns, findRows, type MonthRows, type Origin, originOf, readMonth } from './rows.ts'

export type ArchiveDeps = { readonly db: Db; readonly clock: Clock; readonly files: FileStore }

/** Of an archive, or of a table: compared, taken out. */
export const rowsPerBatch = 5_000

/** Who is written into the audit log; null = the monthly job. */
export type By = Parameters<typeof recordAudit>[2]

/** In a folder of its own, which goes whatever happens. */
export async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = await mkdtemp(path.join(os.tmpdir(), 'andon-archive-'))
  try {
    return await work(folder)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

export const tenantOf = ({ db }: Pick<ArchiveDeps, 'db'>, { db: plantDb }: Pick<OpenPlant, 'db'>): TenantDb => ({
  ...db,
  tenantId: plantDb.tenantId,
})

/** The month's rows as they are now, in the store: one part stands for them. An equal one that is there already is kept; another one that told of
 *  rows still in the table gives way. Answers null when there are no rows. */
export async function archiveMonth(deps: ArchiveDeps, by: By, plant: OpenPlant, line: Line, found: MonthRows): Promise<Archive | null> {
  const table = line.detectionTable?.name
  if (!table || found.rows === 0) return null
  const tenant = tenantOf(deps, plant)
  const columns = await archiveColumns(plant.db, table)
  const origin = await originOf(plant.db, table)
  return inFolder(async (folder) => {
    const file = path.join(folder, 'rows')
    const header = headerOf(tenant, line, origin, found.month, columns.names)
    const made = await writeArchive(file, header, readMonth(plant.db, table, columns, found))
    if (made.rows === 0) return null
    const known = await archivesOf(tenant, line.lineId, found.month)
    // one that is leaving may be all that is left of rows
    const standing = known.filter((one) => one.state === 'stored' && isFrom(one, origin))
    const [same] = standing
    if (same && standing.length === 1 && same.rowsSha256 === made.rowsSha256 && (await isWhole(deps, tenant, same))) return same
    return keepPart(deps, by, tenant, header, found.month, file, made, standing)
  })
}

/** Another part in place of one that is half out of the table, where rows were corrected before they could leave: as the table has them, where it still
 *  does. The former goes when the store has given the new one back. Throws ArchiveBrokenError. */
export async function renewArchive(deps: ArchiveDeps, by: By, plant: OpenPlant, line: Line, former: Archive): Promise<Archive> {
  const tenant = tenantOf(deps, plant)
  const { db } = plant
  const { table, database, month } = former
  const columns = await archiveColumns(db, table)
  const names = namesWith(columns, former.columns)
  const renewed = await inFolder(async (folder) => {
    const copy = await fetchArchive(deps, tenant, former, folder)
    async function* rows(): AsyncGenerator<readonly ArchiveRow[]> {
      for await (const batch of readArchive(copy, rowsPerBatch)) {
        const ids = batch.rows.map((row) => Number(row[0]))
        const present = await findRows(db, table, columns, null, ids)
        const inMonth = await findRows(db, table, columns, month, ids)
        yield batch.rows.flatMap((row) => {
          const id = Number(row[0])
          const now = inMonth.get(id)
          if (now) return [arranged(columns.names, names, now)]
          // a corrected date: it is a row of another month
          return present.has(id) ? [] : [arranged(former.columns, names, row)]
        })
      }
    }
    const file = path.join(folder, 'rows')
    const header = headerOf(tenant, line, { database, table }, month, names)
    const made = await writeArchive(file, header, rows())
    return keepPart(deps, by, tenant, header, month, file, made, [])
  })
  await inFolder((folder) => fetchArchive(deps, tenant, renewed, folder))
  await transaction(tenant, async (tx) => {
    await deleteArchive(tx, former.archiveId)
    await dropFile(tx, deps, tenant.tenantId, former.fileId)
    await setState(tx, [renewed.archiveId], 'leaving', deps.clock.nowMs())
  })
  return { ...renewed, state: 'leaving' }
}

/** Of an archive, and those that its table has besides. */
export const namesWith = (columns: ArchiveColumns, names: readonly string[]): string[] => [...new Set([...names, ...columns.names])]

/** The values of a row in another order of columns; null for one that it has not. */
export const arranged = (from: readonly string[], to: readonly string[], row: ArchiveRow): ArchiveRow =>
  to.map((name) => row[from.indexOf(name)] ?? null)

const headerOf = (
  tenant: TenantDb,
  { lineId, lineName }: Line,
  origin: Origin,
  month: Month,
  columns: readonly string[],
): ArchiveHeader => ({
  andon_archive: 1,
  company: tenant.tenantId,
  line_id: lineId,
  line_name: lineName,
  ...origin,
  month: monthText(month),
  columns,
})

/** A file that was just written, as the next part of its month; those `instead` of which it stands go. */
async function keepPart(
  deps: ArchiveDeps,
  by: By,
  tenant: TenantDb,
  { line_id: lineId, table, database, columns, month: monthName }: ArchiveHeader,
  month: Month,
  file: string,
  { rows, minId, maxId, rowsSha256, sizeBytes, sha256 }: Written,
  instead: readonly Archive[],
): Promise<Archive> {
  const content = { path: file, sizeBytes, sha256, mime: 'application/octet-stream' } as const
  const fileId = await saveFile(deps.db, deps, { tenantId: tenant.tenantId, userId: null }, 'table-archive', content)
  await transaction(tenant, async (tx) => {
    for (const { archiveId, fileId: former } of instead) {
      await deleteArchive(tx, archiveId)
      await dropFile(tx, deps, tenant.tenantId, former)
    }
    await keepFile(tx, deps, tenant.tenantId, fileId)
    const parts = (await archivesOf(tx, lineId, month)).map(({ part }) => part)
    const part = Math.max(0, ...parts) + 1
    await insertArchive(tx, { lineId, table, database, month, part, fileId, rows, minId, maxId, columns, rowsSha256 }, deps.clock.nowMs())
    const data = { line_id: lineId, table, month: monthName, rows, sha256, bytes: sizeBytes }
    await recordAudit(tx, deps, by, 'CREATE', { tenantId: tx.tenantId, entityType: 'table_archive', entityId: lineId, data })
  })
  const stored = (await archivesOf(tenant, lineId, month)).find((one) => one.fileId === fileId)
  if (!stored) throw new Error('the archive that was just stored is not there')
  return stored
}

/** The store gives back what was given to it. */
export async function isWhole(deps: ArchiveDeps, tenant: TenantDb, archive: Archive): Promise<boolean> {
  try {
    await inFolder((folder) => fetchArchive(deps, tenant, archive, folder))
    return true
  } catch (error) {
    if (error instanceof ArchiveBrokenError) return false
    throw error
  }
}

/** A copy of the file that was held against its checksum. Throws ArchiveBrokenError. */
export async function fetchArchive(deps: ArchiveDeps, tenant: TenantDb, archive: Archive, folder: string): Promise<string> {
  const stored = await findFile(tenant, tenant.tenantId, archive.fileId)
  if (!stored) throw new ArchiveBrokenError('it is not in the store')
  const copy = path.join(folder, 'copy')
  let sha256: string
  try {
    sha256 = await copyHashed(await deps.files.open(stored.key), copy)
  } catch (cause) {
    if ((cause as Error).name !== 'FileMissingError') throw cause
    throw new ArchiveBrokenError('it is not in the store', { cause })
  }
  if (sha256 !== stored.sha256) throw new ArchiveBrokenError('its checksum is another')
  return copy
}

const inSpanish: Readonly<Record<string, string>> = {
  'it is not in the store': 'no está en el almacén de archivos',
  'its checksum is another': 'su suma de comprobación es otra',
  'it is not an archive of this version': 'no es un archivo de esta versión',
  'it cannot be unpacked': 'no se puede descomprimir',
  'its end is missing': 'le falta el final',
  'its rows are not those it was made of': 'sus filas no son aquellas con que se hizo',
  'a line of it is not JSON': 'una de sus líneas no es JSON',
  'it has another number of rows': 'tiene otra cantidad de filas',
}

export const brokenProblem = (line: Line, { month }: Pick<Archive, 'month'>, error: ArchiveBrokenError) =>
  problem('archive_broken', {
    parameters: {
      month: monthText(month),
      line: line.lineName,
      reason: error.message,
      reason_es: inSpanish[error.message] ?? error.message,
    },
    cause: error,
  })
