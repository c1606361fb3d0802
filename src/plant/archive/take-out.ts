/** Rows of old months leave the table: archived first where that is wanted, their day summaries labelled, counted while nobody can write. Ended in the
 *  middle it loses nothing: what was labelled or marked is looked at again by the next run. */
import { isDeepStrictEqual } from 'node:util'
import { sql } from 'kysely'
import { recordAudit } from '../../identity/index.ts'
import type { TenantDb } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import { type DayRange, findState, type Histories } from '../history/index.ts'
import type { Line, OpenPlant } from '../model/index.ts'
import { dropSlot, fromSlot, partitionsOf, type Slot, slotsBefore, slotsOf } from '../partitions/index.ts'
import { firstDayOf, type Month, monthText } from '../source/index.ts'
import { ArchiveBrokenError } from './file.ts'
import { deleteArchived, deletePrinted, type LeaveDeps, type Print, printRows } from './leave.ts'
import { problem } from './problems.ts'
import { type Archive, isFrom, listArchives, setState } from './queries.ts'
import { type MonthRows, monthsWithRows, originOf } from './rows.ts'
import { type ArchiveDeps, archiveMonth, type By, brokenProblem, fetchArchive, inFolder, tenantOf } from './store.ts'

/** What goes at once: a partition with its months, or one month of a table that has no partitions. */
export type Unit = { readonly slot: Slot | null; readonly months: readonly MonthRows[]; readonly rows: number }

/** What would be taken out so that nothing before `keepFrom` stays; months in `held` stay all the same. Writes nothing. */
export async function planTakeOut(
  { db }: Pick<OpenPlant, 'db'>,
  line: Line,
  keepFrom: Month,
  held: ReadonlySet<Month> = new Set(),
  /** Of one statement; without it, that of work. */
  limitMs?: number,
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
      const months = await monthsWithRows(db, table, fromSlot(db, table, slot), keepFrom, limitMs)
      units.push({ slot, months, rows: sum(months) })
    }
    // rows that came after their partition had gone sit in the oldest that is left, or in PostgreSQL's default
    const strays = db.engine === 'postgres' ? slots.find(({ isRest }) => isRest) : slots[leaving.length]
    if (strays) units.push(...(await monthsWithRows(db, table, fromSlot(db, table, strays), keepFrom, limitMs)).map(single))
    return units.filter((unit) => !isHeld(unit))
  }
  const months = await monthsWithRows(db, table, sql.id(table), keepFrom, limitMs)
  return months.map(single).filter((unit) => !isHeld(unit))
}

export type TakeOutDeps = LeaveDeps & { readonly histories: Pick<Histories, 'rowsOf' | 'label'> }
export type TakenOut = { readonly partition: string | null; readonly months: readonly Month[]; readonly rows: number }

const maxAttempts = 3

/** Throws `history_loading`, `archive_broken`, and then nothing of the unit has left; `rows_keep_coming`, when a part may have: `settleLeaving` goes on. */
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
    // before the summaries are asked: what is corrected after this does not leave
    const prints = isArchiving || unit.slot ? [] : await printRows(plant, line.detectionTable?.name ?? '', unit.months)
    if (!(await isSummarised(deps, plant, line, unit, range))) {
      const now = await again(plant, line, unit)
      if (attempt === maxAttempts || isDeepStrictEqual(now.months, unit.months))
        throw problem('history_loading', { parameters: { line: line.lineName } })
      unit = now
      continue
    }
    const parts = isArchiving ? await archiveAll(deps, by, plant, line, unit) : []
    const counted = !isArchiving && unit.slot ? unit.rows : [...parts, ...prints].reduce((sum, { rows }) => sum + rows, 0)
    if (counted === unit.rows) {
      await deps.demandHeld?.()
      const ids = (isArchiving ? parts : await storedOf(tenant, plant, line, unit)).map(({ archiveId }) => archiveId)
      await setState(tenant, ids, 'leaving', deps.clock.nowMs())
      const labelled = await deps.histories.label(tenant.tenantId, line.lineId, range, true)
      const takeBack = async (): Promise<void> => {
        // others bear the label for rows that left long ago
        await deps.histories.label(tenant.tenantId, line.lineId, labelled, false)
        await setState(tenant, ids, 'stored', deps.clock.nowMs())
      }
      const rows = await leave(deps, plant, line, unit, parts[0], prints).catch(async (error: unknown) => {
        // what cannot be seen now, the next run sees; so does the process that took the work over
        const mayTakeBack = async (): Promise<boolean> => {
          await deps.demandHeld?.()
          return isAllThere(plant, line, unit)
        }
        if (await mayTakeBack().catch(() => false)) await takeBack()
        throw error
      })
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
      await takeBack()
    }
    if (attempt === maxAttempts) throw problem('rows_keep_coming', { parameters: { line: line.lineName } })
    unit = await again(plant, line, unit)
  }
}

/** Archives from before, of rows that are deleted now: from then on nothing else holds them. */
async function storedOf(tenant: TenantDb, { db }: OpenPlant, { lineId, detectionTable }: Line, { months }: Unit): Promise<Archive[]> {
  const origin = await originOf(db, detectionTable?.name ?? '')
  const leaving = new Set(months.map(({ month }) => month))
  return (await listArchives(tenant, lineId)).filter((one) => one.state === 'stored' && isFrom(one, origin) && leaving.has(one.month))
}

/** Its rows are in the summaries, none of them above the watermark: there no summary has it yet. */
async function isSummarised(deps: TakeOutDeps, plant: OpenPlant, line: Line, { rows, months }: Unit, range: DayRange): Promise<boolean> {
  if (rows === 0) return true
  const known = await deps.histories.rowsOf(plant, line, range)
  if (known === null || known < rows) return false
  const settledId = (await findState(tenantOf(deps, plant), line.lineId))?.settledId ?? null
  return settledId !== null && months.every(({ maxId }) => maxId <= settledId)
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

/** Deleting begins at the lowest id: one that is gone shows, although others came. */
const isAllThere = async (plant: OpenPlant, line: Line, unit: Unit): Promise<boolean> =>
  isDeepStrictEqual((await again(plant, line, unit)).months, unit.months)

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

/** Rows that left; null = others came meanwhile, or one was corrected, and nothing has left. */
async function leave(
  deps: TakeOutDeps,
  plant: OpenPlant,
  line: Line,
  unit: Unit,
  archive: Archive | undefined,
  prints: readonly Print[],
): Promise<number | null> {
  const table = line.detectionTable?.name ?? ''
  await deps.demandHeld?.()
  if (!unit.slot) return archive ? deleteArchived(deps, plant, line, archive) : deletePrinted(deps, plant, line, table, prints)
  const { isDropped, rows } = await dropSlot(plant.db, table, unit.slot, unit.rows)
  return isDropped ? rows : null
}

/** Months that somebody brought back lately: they are wanted. */
export async function heldMonths(deps: ArchiveDeps, plant: OpenPlant, lineId: number): Promise<Set<Month>> {
  const sinceMs = deps.clock.nowMs() - heldMs
  const archives = await listArchives(tenantOf(deps, plant), lineId)
  return new Set(archives.filter(({ restoredMs }) => restoredMs !== null && restoredMs > sinceMs).map(({ month }) => month))
}

const heldMs = 60 * 86_400_000
export const heldDays = heldMs / 86_400_000
