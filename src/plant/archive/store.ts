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
import { monthText } from '../source/index.ts'
import { ArchiveBrokenError, copyHashed, writeArchive } from './file.ts'
import { problem } from './problems.ts'
import { type Archive, archivesOf, deleteArchive, insertArchive, isFrom } from './queries.ts'
import { archiveColumns, type MonthRows, originOf, readMonth } from './rows.ts'

export type ArchiveDeps = { readonly db: Db; readonly clock: Clock; readonly files: FileStore }

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
  const month = monthText(found.month)
  const origin = await originOf(plant.db, table)
  return inFolder(async (folder) => {
    const file = path.join(folder, 'rows')
    const header = {
      andon_archive: 1,
      company: tenant.tenantId,
      line_id: line.lineId,
      line_name: line.lineName,
      ...origin,
      month,
      columns: columns.names,
    } as const
    const made = await writeArchive(file, header, readMonth(plant.db, table, columns, found))
    if (made.rows === 0) return null
    const known = await archivesOf(tenant, line.lineId, found.month)
    const standing = known.filter((one) => one.state !== 'archived' && isFrom(one, origin))
    const [same] = standing
    if (same && standing.length === 1 && same.rowsSha256 === made.rowsSha256 && (await isWhole(deps, tenant, same))) return same
    const content = { path: file, sizeBytes: made.sizeBytes, sha256: made.sha256, mime: 'application/octet-stream' } as const
    const fileId = await saveFile(deps.db, deps, { tenantId: tenant.tenantId, userId: null }, 'table-archive', content)
    await transaction(tenant, async (tx) => {
      const nowMs = deps.clock.nowMs()
      for (const { archiveId, fileId: former } of standing) {
        await deleteArchive(tx, archiveId)
        await dropFile(tx, deps, tenant.tenantId, former)
      }
      await keepFile(tx, deps, tenant.tenantId, fileId)
      const part = Math.max(0, ...known.filter((one) => !standing.includes(one)).map((one) => one.part)) + 1
      await insertArchive(
        tx,
        {
          lineId: line.lineId,
          ...origin,
          month: found.month,
          part,
          fileId,
          rows: made.rows,
          minId: made.minId,
          maxId: made.maxId,
          columns: columns.names,
          rowsSha256: made.rowsSha256,
        },
        nowMs,
      )
      const data = { line_id: line.lineId, table, month, rows: made.rows, sha256: made.sha256, bytes: made.sizeBytes }
      await recordAudit(tx, deps, by, 'CREATE', { tenantId: tx.tenantId, entityType: 'table_archive', entityId: line.lineId, data })
    })
    const stored = (await archivesOf(tenant, line.lineId, found.month)).find((one) => one.fileId === fileId)
    if (!stored) throw new Error('the archive that was just stored is not there')
    return stored
  })
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
