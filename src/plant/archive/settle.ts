/** What a run that was ended in its middle left: parts of months that were leaving. */
import { recordAudit } from '../../identity/index.ts'
import { transaction } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/index.ts'
import { dayS, parseLocal } from '../../platform/time/index.ts'
import type { Line, OpenPlant } from '../model/index.ts'
import { type Month, monthText } from '../source/index.ts'
import { ArchiveBrokenError, readArchive, rowText } from './file.ts'
import { deleteArchived } from './leave.ts'
import { problem } from './problems.ts'
import { type Archive, isFrom, listArchives, setState } from './queries.ts'
import { archiveColumns, findRows, idsInRange, originOf } from './rows.ts'
import { arranged, type By, brokenProblem, fetchArchive, inFolder, namesWith, renewArchive, rowsPerBatch, tenantOf } from './store.ts'
import type { TakeOutDeps } from './take-out.ts'

/** Parts whose rows are all gone are archived, others go on leaving, or are in the table as before; `only` of that month. One that cannot be settled keeps
 *  no other from it. Throws `archive_broken`, `history_loading`, `rows_keep_coming`, when all were tried. */
export async function settleLeaving(deps: TakeOutDeps, by: By, plant: OpenPlant, line: Line, only: Month | null = null): Promise<void> {
  let refusal: Problem | null = null
  for (const archive of await listLeaving(deps, plant, line)) {
    if (only !== null && archive.month !== only) continue
    try {
      await settle(deps, by, plant, line, archive)
    } catch (error) {
      const told = error instanceof ArchiveBrokenError ? brokenProblem(line, archive, error) : error
      if (!(told instanceof Problem)) throw told
      refusal ??= told
    }
  }
  if (refusal) throw refusal
}

/** Months of which a part is neither in the table nor out of it: they stay as they are. */
export const leavingMonths = async (deps: TakeOutDeps, plant: OpenPlant, line: Line): Promise<Set<Month>> =>
  new Set((await listLeaving(deps, plant, line)).map(({ month }) => month))

async function listLeaving(deps: TakeOutDeps, plant: OpenPlant, line: Line): Promise<Archive[]> {
  const origin = await originOf(plant.db, line.detectionTable?.name ?? '')
  return (await listArchives(tenantOf(deps, plant), line.lineId)).filter((one) => one.state === 'leaving' && isFrom(one, origin))
}

async function settle(deps: TakeOutDeps, by: By, plant: OpenPlant, line: Line, archive: Archive): Promise<void> {
  const tenant = tenantOf(deps, plant)
  const ids = await idsInRange(plant.db, archive.table, archive.month, archive.minId, archive.maxId)
  let leaving = archive
  if (ids.length > 0) {
    const found = await compare(deps, plant, archive).catch((error: unknown) => {
      // nothing has left: it is archived anew from the table
      const isThere = ids.length === archive.rows && ids.includes(archive.minId) && ids.includes(archive.maxId)
      if (error instanceof ArchiveBrokenError && isThere) return null
      throw error
    })
    await deps.demandHeld?.()
    if (found === null || found.present === archive.rows) {
      if (found) await unlabelWhole(deps, plant, line, found.rowsOfDays)
      await setState(tenant, [archive.archiveId], 'stored', deps.clock.nowMs())
      return
    }
    if (found.isCorrected) leaving = await renewArchive(deps, by, plant, line, archive)
    if (found.present > 0 && (await deleteArchived(deps, plant, line, leaving)) === null)
      throw problem('rows_keep_coming', { parameters: { line: line.lineName } })
  }
  await deps.demandHeld?.()
  await transaction(tenant, async (tx) => {
    await setState(tx, [leaving.archiveId], 'archived', deps.clock.nowMs())
    const data = { line_id: line.lineId, table: leaving.table, months: [monthText(leaving.month)], rows: leaving.rows, archived: true }
    await recordAudit(tx, deps, by, 'DELETE', {
      tenantId: tx.tenantId,
      entityType: 'detection_partition',
      entityId: line.lineId,
      data: { ...data, interrupted: true },
    })
  })
}

type Compared = {
  /** Rows of the archive that the table has, as they were or corrected. */
  readonly present: number
  readonly isCorrected: boolean
  /** Rows of the archive by local day. */
  readonly rowsOfDays: ReadonlyMap<number, number>
}

function compare(deps: TakeOutDeps, plant: OpenPlant, archive: Archive): Promise<Compared> {
  const { db } = plant
  return inFolder(async (folder) => {
    const columns = await archiveColumns(db, archive.table)
    const names = namesWith(columns, archive.columns)
    const timeAt = archive.columns.indexOf('detected_at')
    const rowsOfDays = new Map<number, number>()
    let [present, isCorrected] = [0, false]
    for await (const { rows } of readArchive(await fetchArchive(deps, tenantOf(deps, plant), archive, folder), rowsPerBatch)) {
      const ids = rows.map((row) => Number(row[0]))
      const found = await findRows(db, archive.table, columns, null, ids)
      present += found.size
      for (const row of rows) {
        const now = found.get(Number(row[0]))
        if (now && rowText(arranged(columns.names, names, now)) !== rowText(arranged(archive.columns, names, row))) isCorrected = true
        const atS = parseLocal(String(row[timeAt]).slice(0, 19))
        if (atS !== null) rowsOfDays.set(Math.floor(atS / dayS), (rowsOfDays.get(Math.floor(atS / dayS)) ?? 0) + 1)
      }
    }
    return { present, isCorrected, rowsOfDays }
  })
}

/** A day whose other rows left long ago keeps its label: the next check would take the few that came since for the whole day. */
async function unlabelWhole(deps: TakeOutDeps, plant: OpenPlant, line: Line, rowsOfDays: ReadonlyMap<number, number>): Promise<void> {
  const whole: number[] = []
  for (const [day, rows] of rowsOfDays) {
    const known = await deps.histories.rowsOf(plant, line, { fromDay: day, belowDay: day + 1 })
    if (known === null) throw problem('history_loading', { parameters: { line: line.lineName } })
    if (rows >= known) whole.push(day)
  }
  await deps.histories.label(plant.db.tenantId, line.lineId, whole, false)
}
