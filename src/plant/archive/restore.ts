/** An archived month goes back into the table, row for row. Ended in the middle, the next run goes on; the archive stays whatever happens. */
import { recordAudit } from '../../identity/index.ts'
import { transaction } from '../../platform/db/index.ts'
import type { Line, OpenPlant } from '../model/index.ts'
import { ensureMonths } from '../partitions/index.ts'
import { firstDayOf, type Month, monthText } from '../source/index.ts'
import { ArchiveBrokenError, type ArchiveRow, readArchive, rowText } from './file.ts'
import { problem } from './problems.ts'
import { type Archive, archivesOf, isFrom, setOrigin, setState } from './queries.ts'
import { archiveColumns, findRows, insertRows, type Origin, originOf } from './rows.ts'
import { type ArchiveDeps, type By, brokenProblem, fetchArchive, inFolder, tenantOf } from './store.ts'
import type { TakeOutDeps } from './take-out.ts'

const rowsPerInsert = 1_000

/** Answers the rows of the month that are in the table again. Throws `archive_missing`, `archive_broken`, `archive_columns`, `archive_conflict`. */
export async function restoreMonth(
  deps: TakeOutDeps,
  by: By,
  plant: OpenPlant,
  line: Line,
  month: Month,
  onProgress: (rows: number) => Promise<void> = async () => {},
  { isAnyOrigin = false }: { readonly isAnyOrigin?: boolean } = {},
): Promise<number> {
  const tenant = tenantOf(deps, plant)
  const { origin, parts } = await partsToRestore(deps, plant, line, month, isAnyOrigin)
  const { table } = origin
  let rows = 0
  for (const archive of parts)
    await inFolder(async (folder) => {
      try {
        const file = await fetchArchive(deps, tenant, archive, folder)
        // read to its end once before the first row goes back: a damaged one restores nothing
        await demandReadable(plant, table, archive, file)
        await ensureMonths(plant.db, table, [month], true)
        for await (const batch of readArchive(file, rowsPerInsert)) {
          await deps.demandHeld?.()
          await putBack(plant, table, month, batch.header.columns, batch.rows)
          rows += batch.rows.length
          await onProgress(rows)
        }
      } catch (error) {
        if (error instanceof ArchiveBrokenError) throw brokenProblem(line, archive, error)
        throw error
      }
    })
  // days that are whole again lose their label; one with fewer rows than its summary says keeps both
  await deps.histories.rowsOf(plant, line, { fromDay: firstDayOf(month), belowDay: firstDayOf(month + 1) })
  await deps.demandHeld?.()
  await transaction(tenant, async (tx) => {
    const nowMs = deps.clock.nowMs()
    await setState(
      tx,
      parts.map(({ archiveId }) => archiveId),
      'stored',
      nowMs,
      nowMs,
    )
    // from now on its rows are here, wherever they were before
    for (const part of parts) if (!isFrom(part, origin)) await setOrigin(tx, part, origin)
    const data = { line_id: line.lineId, table, month: monthText(month), rows }
    await recordAudit(tx, deps, by, 'UPDATE', { tenantId: tx.tenantId, entityType: 'table_archive', entityId: line.lineId, data })
  })
  return rows
}

/** What `restoreMonth` puts back, and where: what left this table, or whichever when `isAnyOrigin`. A part that is leaving is settled before. Throws
 *  `archive_missing`, `archive_other_plant`. */
export async function partsToRestore(
  deps: Pick<ArchiveDeps, 'db'>,
  plant: Pick<OpenPlant, 'db'>,
  line: Line,
  month: Month,
  isAnyOrigin: boolean,
): Promise<{ readonly origin: Origin; readonly parts: readonly Archive[] }> {
  const table = line.detectionTable?.name
  const origin = await originOf(plant.db, table ?? '')
  const out = (await archivesOf(tenantOf(deps, plant), line.lineId, month)).filter(
    (one) => one.state === 'archived' || (one.state === 'leaving' && isFrom(one, origin)),
  )
  const parts = isAnyOrigin ? out : out.filter((one) => isFrom(one, origin))
  const [other] = out
  if (other && parts.length === 0)
    throw problem('archive_other_plant', { parameters: { month: monthText(month), database: other.database, table: other.table } })
  if (!table || parts.length === 0) throw problem('archive_missing', { parameters: { month: monthText(month), line: line.lineName } })
  return { origin, parts }
}

async function demandReadable({ db }: OpenPlant, table: string, archive: Archive, file: string): Promise<void> {
  const { names } = await archiveColumns(db, table)
  let count = 0
  for await (const { header, rows } of readArchive(file, rowsPerInsert)) {
    if (header.columns.some((name) => !names.includes(name)))
      throw problem('archive_columns', { parameters: { table, columns: header.columns.join(', ') } })
    count += rows.length
  }
  if (count !== archive.rows) throw new ArchiveBrokenError('it has another number of rows')
}

/** Rows that are there already, equal, stay: a run before was ended here. */
async function putBack(
  { db }: OpenPlant,
  table: string,
  month: Month,
  names: readonly string[],
  rows: readonly ArchiveRow[],
): Promise<void> {
  const columns = await archiveColumns(db, table)
  const place = names.map((name) => columns.names.indexOf(name))
  const inOrder = (row: ArchiveRow): ArchiveRow => place.map((at) => row[at])
  const ids = rows.map((row) => Number(row[0]))
  await db.kysely.transaction().execute(async (kysely) => {
    const own = { ...db, kysely }
    // in whatever month: an id names one row
    const present = await findRows(own, table, columns, null, ids)
    const wanted = new Map(rows.map((row) => [Number(row[0]), rowText(row)]))
    const differs = (found: ReadonlyMap<number, ArchiveRow>): number | undefined =>
      [...found].find(([id, row]) => rowText(inOrder(row)) !== wanted.get(id))?.[0]
    const other = differs(present)
    if (other !== undefined) throw problem('archive_conflict', { parameters: { id: other, month: monthText(month) } })
    await insertRows(
      own,
      table,
      names,
      rows.filter((row) => !present.has(Number(row[0]))),
    )
    const now = await findRows(own, table, columns, month, ids)
    if (now.size !== rows.length || differs(now) !== undefined) throw new Error('rows did not come back as they were')
  })
}
