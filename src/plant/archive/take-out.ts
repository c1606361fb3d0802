/** Rows of old months leave the table: archived first where that is wanted, their day summaries labelled, counted while nobody can write. Ended in the
 *  middle it loses nothing: what was labelled or marked is looked at again by the next run. */
import { sql } from 'kysely'
import { recordAudit } from '../../identity/index.ts'
import { transaction } from '../../platform/db/index.ts'
import type { DayRange, Histories } from '../history/index.ts'
import type { Line, OpenPlant } from '../model/index.ts'
import { dropSlot, fromSlot, partitionsOf, type Slot, slotsBefore, slotsOf } from '../partitions/index.ts'
import { firstDayOf, type Month, monthText } from '../source/index.ts'
import { ArchiveBrokenError, readArchive } from './file.ts'
import { problem } from './problems.ts'
import { type Archive, isFrom, listArchives, setState } from './queries.ts'
import { deleteRange, idsInRange, type MonthRows, monthsWithRows, originOf } from './rows.ts'
import { type ArchiveDeps, archiveMonth, type By, brokenProblem, fetchArchive, inFolder, tenantOf } from './store.ts'

/** What goes at once: a partition with its months, or one month of a table that has no partitions. */
export type Unit = { readonly slot: Slot | null; readonly months: readonly MonthRows[]; readonly rows: number }

/** What would be taken out so that nothing before `keepFrom` stays; months in `held` stay all the same. Writes nothing. */
export async function planTakeOut(
  { db }: Pick<OpenPlant, 'db'>,
  line: Line,
  keepFrom: Month,
  held: ReadonlySet<Month> = new Set(),
): Promise<Unit[]> {
  const table = line.detectionTable?.name
  if (!table) return []
  const state = await partitionsOf(db, table)
  const isHeld = ({ months }: Unit): boolean => months.some(({ month }) => held.has(month))
  const sum = (months: readonly MonthRows[]): number => months.reduce((all, { rows }) => all + rows, 0)
  const single = (one: MonthRows): Unit => ({ slot: null, months: [one], rows: one.rows })
  if (state.kind === 'monthly') {
    const units: Unit[] = []
    const slots = slotsOf(state)
    const leaving = slotsBefore(slots, keepFrom)
    for (const slot of leaving) {
      const months = await monthsWithRows(db, table, fromSlot(db, table, slot), keepFrom)
      units.push({ slot, months, rows: sum(months) })
    }
    // rows that came after their partition had gone sit in the oldest that is left, or in PostgreSQL's default
    const strays = db.engine === 'postgres' ? slots.find(({ isRest }) => isRest) : slots[leaving.length]
    if (strays) units.push(...(await monthsWithRows(db, table, fromSlot(db, table, strays), keepFrom)).map(single))
    return units.filter((unit) => !isHeld(unit))
  }
  const months = await monthsWithRows(db, table, sql.id(table), keepFrom)
  return months.map(single).filter((unit) => !isHeld(unit))
}

export type TakeOutDeps = ArchiveDeps & { readonly histories: Pick<Histories, 'rowsOf' | 'label'> }
export type TakenOut = { readonly partition: string | null; readonly months: readonly Month[]; readonly rows: number }

const maxAttempts = 3

/** Throws `history_loading`, `rows_keep_coming`, `archive_broken`; then nothing of the unit has left. */
export async function takeOut(
  deps: TakeOutDeps,
  by: By,
  plant: OpenPlant,
  line: Line,
  planned: Unit,
  { isArchiving }: { readonly isArchiving: boolean },
): Promise<TakenOut> {
  const tenant = tenantOf(deps, plant)
  let unit = planned
  for (let attempt = 1; ; attempt++) {
    const range = daysOf(unit)
    const known = unit.rows === 0 ? 0 : await deps.histories.rowsOf(plant, line, range)
    if (known === null || known < unit.rows) throw problem('history_loading', { parameters: { line: line.lineName } })
    const parts = isArchiving ? await archiveAll(deps, by, plant, line, unit) : []
    if (!isArchiving || parts.reduce((sum, { rows }) => sum + rows, 0) === unit.rows) {
      const ids = parts.map(({ archiveId }) => archiveId)
      await setState(tenant, ids, 'leaving', deps.clock.nowMs())
      await deps.histories.label(tenant.tenantId, line.lineId, range, true)
      const rows = await leave(deps, plant, line, unit, parts)
      if (rows !== null) {
        const months = unit.months.map(({ month }) => month)
        await transaction(tenant, async (tx) => {
          await setState(tx, ids, 'archived', deps.clock.nowMs())
          await recordAudit(tx, deps, by, 'DELETE', {
            tenantId: tx.tenantId,
            entityType: 'detection_partition',
            entityId: line.lineId,
            data: {
              line_id: line.lineId,
              table: line.detectionTable?.name,
              partition: unit.slot?.name ?? null,
              months: months.map(monthText),
              rows,
              archived: isArchiving,
            },
          })
        })
        return { partition: unit.slot?.name ?? null, months, rows }
      }
      await deps.histories.label(tenant.tenantId, line.lineId, range, false)
      await setState(tenant, ids, 'stored', deps.clock.nowMs())
    }
    if (attempt === maxAttempts) throw problem('rows_keep_coming', { parameters: { line: line.lineName } })
    unit = await again(plant, line, unit)
  }
}

/** Days of the months; of the oldest partition, all that are older. */
function daysOf({ slot, months }: Unit): DayRange {
  const last = slot?.below ?? Math.max(...months.map(({ month }) => month)) + 1
  const first = slot ? slot.from : Math.min(...months.map(({ month }) => month))
  return { fromDay: first === null ? Number.NEGATIVE_INFINITY : firstDayOf(first), belowDay: firstDayOf(last) }
}

/** The unit as it is now. */
async function again({ db }: OpenPlant, line: Line, { slot, months }: Unit): Promise<Unit> {
  const table = line.detectionTable?.name ?? ''
  const below = (slot?.below ?? Math.max(...months.map(({ month }) => month)) + 1) as Month
  const wanted = new Set(months.map(({ month }) => month))
  const found = (await monthsWithRows(db, table, slot ? fromSlot(db, table, slot) : sql.id(table), below)).filter(
    ({ month }) => slot !== null || wanted.has(month),
  )
  return { slot, months: found, rows: found.reduce((all, { rows }) => all + rows, 0) }
}

async function archiveAll(deps: ArchiveDeps, by: By, plant: OpenPlant, line: Line, { months }: Unit): Promise<Archive[]> {
  const tenant = tenantOf(deps, plant)
  const parts: Archive[] = []
  for (const found of months) {
    const archive = await archiveMonth(deps, by, plant, line, found)
    if (!archive) continue
    try {
      // what the store gives back decides, not what was sent
      await inFolder((folder) => fetchArchive(deps, tenant, archive, folder))
    } catch (error) {
      if (error instanceof ArchiveBrokenError) throw brokenProblem(line, archive, error)
      throw error
    }
    parts.push(archive)
  }
  return parts
}

/** Rows that left; null = others came meanwhile, nothing left. */
async function leave(deps: ArchiveDeps, plant: OpenPlant, line: Line, unit: Unit, parts: readonly Archive[]): Promise<number | null> {
  const table = line.detectionTable?.name ?? ''
  if (unit.slot) {
    const { isDropped, rows } = await dropSlot(plant.db, table, unit.slot, unit.rows)
    return isDropped ? rows : null
  }
  let rows = 0
  if (parts.length > 0) for (const part of parts) rows += await deleteArchived(deps, plant, line, part)
  else for (const { month, minId, maxId } of unit.months) rows += await deleteMonth(plant, table, month, minId, maxId)
  return rows
}

const rowsPerDelete = 5_000

async function deleteMonth({ db }: OpenPlant, table: string, month: Month, minId: number, maxId: number): Promise<number> {
  let rows = 0
  for (let from = minId; from <= maxId; from += rowsPerDelete)
    rows += await deleteRange(db, table, month, from, Math.min(maxId, from + rowsPerDelete - 1))
  return rows
}

/** Takes out just the rows that the archive holds, some at a time, so that cameras can write in between. Done before, it does nothing. */
export async function deleteArchived(deps: ArchiveDeps, plant: OpenPlant, line: Line, archive: Archive): Promise<number> {
  const tenant = tenantOf(deps, plant)
  let deleted = 0
  await inFolder(async (folder) => {
    const file = await fetchArchive(deps, tenant, archive, folder)
    for await (const { rows } of readArchive(file, rowsPerDelete)) {
      const archived = new Set(rows.map((row) => Number(row[0])))
      const [from, to] = [Number(rows[0]?.[0]), Number(rows.at(-1)?.[0])]
      deleted += await plant.db.kysely.transaction().execute(async (kysely) => {
        const db = { ...plant.db, kysely }
        const present = await idsInRange(db, archive.table, archive.month, from, to)
        if (present.some((id) => !archived.has(id))) throw problem('rows_keep_coming', { parameters: { line: line.lineName } })
        const gone = present.length === 0 ? 0 : await deleteRange(db, archive.table, archive.month, from, to)
        // one that was committed between the two is not ours to take
        if (gone !== present.length) throw problem('rows_keep_coming', { parameters: { line: line.lineName } })
        return gone
      })
    }
  })
  return deleted
}

/** What a run that was ended in its middle left: months whose rows are all gone are archived, others are in the table as before. */
export async function settleLeaving(deps: TakeOutDeps, by: By, plant: OpenPlant, line: Line): Promise<void> {
  const tenant = tenantOf(deps, plant)
  const origin = await originOf(plant.db, line.detectionTable?.name ?? '')
  const leaving = (await listArchives(tenant, line.lineId)).filter((one) => one.state === 'leaving' && isFrom(one, origin))
  for (const archive of leaving) {
    const present = await idsInRange(plant.db, archive.table, archive.month, archive.minId, archive.maxId)
    const range = { fromDay: firstDayOf(archive.month), belowDay: firstDayOf(archive.month + 1) }
    if (present.length === archive.rows) {
      await deps.histories.label(tenant.tenantId, line.lineId, range, false)
      await setState(tenant, [archive.archiveId], 'stored', deps.clock.nowMs())
      continue
    }
    if (present.length > 0) await deleteArchived(deps, plant, line, archive)
    await transaction(tenant, async (tx) => {
      await setState(tx, [archive.archiveId], 'archived', deps.clock.nowMs())
      const data = { line_id: line.lineId, table: archive.table, months: [monthText(archive.month)], rows: archive.rows, archived: true }
      await recordAudit(tx, deps, by, 'DELETE', {
        tenantId: tx.tenantId,
        entityType: 'detection_partition',
        entityId: line.lineId,
        data: { ...data, interrupted: true },
      })
    })
  }
}

/** Months that somebody brought back lately: they are wanted. */
export async function heldMonths(deps: ArchiveDeps, plant: OpenPlant, lineId: number): Promise<Set<Month>> {
  const sinceMs = deps.clock.nowMs() - heldMs
  const archives = await listArchives(tenantOf(deps, plant), lineId)
  return new Set(archives.filter(({ restoredMs }) => restoredMs !== null && restoredMs > sinceMs).map(({ month }) => month))
}

const heldMs = 60 * 86_400_000
export const heldDays = heldMs / 86_400_000
