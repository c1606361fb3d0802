/** Old months out of the tables, line by line, and back. */
import {
  type By,
  heldMonths,
  leavingMonths,
  newestMonth,
  planTakeOut,
  restoreMonth,
  settleLeaving,
  takeOut,
  type Unit,
} from '../archive/index.ts'
import type { Line, OpenPlant } from '../model/index.ts'
import { keptFrom } from '../partitions/index.ts'
import { type Month, monthText } from '../source/index.ts'
import { endsAll } from './hold.ts'
import { demandMonth, demandOurs, firstFault, lineOf, linesOf, onLine, type Progress, type WorkDeps } from './lines.ts'
import type { Note, Work } from './tasks.ts'

export type PlannedLine = { readonly line: Line; readonly units: readonly Unit[]; readonly rows: number }

/** What taking out everything before `before` would take, line by line. Months that somebody brought back lately stay, unless a person asks: `by`.
 *  Writes nothing. */
export async function planLines(
  deps: WorkDeps,
  by: By,
  plant: OpenPlant,
  lineId: number | null,
  before: Month,
  limits: PlanLimits = {},
): Promise<PlannedLine[]> {
  const planned: PlannedLine[] = []
  for (const line of linesOf(plant, lineId)) planned.push(await planLine(deps, by, plant, line, before, limits))
  return planned
}

/** `limitMs`: of one statement. */
type PlanLimits = { readonly keptMonths?: number; readonly limitMs?: number }

/** A plant may stand still for this long before its own last row is believed rather than our clock. */
const stillMonths = 2

/** Of retention: a clock that runs a year ahead would take out all but nothing. `before` is reckoned from it. */
async function keepFromOf(plant: OpenPlant, line: Line, before: Month, keptMonths: number): Promise<Month> {
  const newest = await newestMonth(plant, line)
  return newest === null || before + keptMonths - newest <= stillMonths ? before : keptFrom(newest, keptMonths)
}

async function planLine(
  deps: WorkDeps,
  by: By,
  plant: OpenPlant,
  line: Line,
  before: Month,
  { keptMonths, limitMs }: PlanLimits,
): Promise<PlannedLine> {
  const held = by === null ? await heldMonths(deps, plant, line.lineId) : new Set<Month>()
  const keepFrom = keptMonths === undefined ? before : await keepFromOf(plant, line, before, keptMonths)
  const units = await onLine(line, () => planTakeOut(plant, line, keepFrom, held, limitMs))
  return { line, units, rows: units.reduce((sum, { rows }) => sum + rows, 0) }
}

/** Of one statement. */
const previewLimitMs = 30_000

/** The same for somebody who waits for the answer. Throws 403 `tables_are_the_customers`, 422. */
export async function previewLines(deps: WorkDeps, by: By, plant: OpenPlant, lineId: number | null, month: string): Promise<PlannedLine[]> {
  demandOurs(plant)
  return planLines(deps, by, plant, lineId, demandMonth(month, plant, deps.clock.nowMs(), true), { limitMs: previewLimitMs })
}

export async function takeOutAll(deps: WorkDeps, by: By, plant: OpenPlant, work: Work, progress: Progress): Promise<Note> {
  const before = demandMonth(work.month, plant, deps.clock.nowMs(), true)
  const lines = linesOf(plant, work.lineId)
  const faults: unknown[] = []
  /** One line's months are no reason to keep the others'. False when it failed. */
  const attempt = async (line: Line, does: () => Promise<void>): Promise<boolean> => {
    try {
      await onLine(line, does)
      return true
    } catch (error) {
      if (endsAll(error)) throw error
      faults.push(error)
      return false
    }
  }
  const settle = (line: Line): Promise<boolean> => attempt(line, () => settleLeaving(deps, by, plant, line))
  for (const line of lines) await settle(line)
  const planned: PlannedLine[] = []
  for (const line of lines) await attempt(line, async () => void planned.push(await planLine(deps, by, plant, line, before, work)))
  const total = planned.reduce((sum, { units }) => sum + units.length, 0)
  const { isArchiving = true } = work
  let [done, rows] = [0, 0]
  for (const { line, units } of planned) {
    const stuck = await leavingMonths(deps, plant, line)
    const isThrough = await attempt(line, async () => {
      for (const unit of units) {
        if (unit.months.some(({ month }) => stuck.has(month))) continue
        const months = unit.months.map(({ month }) => monthText(month)).join(', ') || (unit.slot?.name ?? '')
        await progress(done++, total, { es: `${line.lineName}: ${months}`, en: `${line.lineName}: ${months}` })
        rows += (await takeOut(deps, by, plant, line, unit, { isArchiving })).rows
      }
    })
    // what was half out goes on leaving, or is as before
    if (!isThrough) await settle(line)
  }
  if (total > 0) await deps.plants.refresh(plant.db.tenantId)
  if (faults.length > 0) throw firstFault(faults)
  return isArchiving
    ? { es: `Filas archivadas y sacadas de las tablas: ${rows}.`, en: `Rows archived and taken out of the tables: ${rows}.` }
    : { es: `Filas eliminadas de las tablas: ${rows}.`, en: `Rows deleted from the tables: ${rows}.` }
}

export async function restore(deps: WorkDeps, by: By, plant: OpenPlant, work: Work, progress: Progress): Promise<Note> {
  const month = demandMonth(work.month, plant, deps.clock.nowMs(), false)
  const line = lineOf(plant, work.lineId)
  const tell = (done: number): Promise<void> => progress(done, 0, { es: `Filas de vuelta: ${done}`, en: `Rows back: ${done}` })
  const rows = await onLine(line, async () => {
    await settleLeaving(deps, by, plant, line, month)
    return restoreMonth(deps, by, plant, line, month, tell, { isAnyOrigin: work.mayTouchCustomers ?? false })
  })
  await deps.plants.refresh(plant.db.tenantId)
  return { es: `${monthText(month)}: ${rows} filas de vuelta en la tabla.`, en: `${monthText(month)}: ${rows} rows are back in the table.` }
}
