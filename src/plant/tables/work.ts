/** The work itself, line by line. Tables that are the customer's are never touched without the operator's explicit word. */
import { sql } from 'kysely'
import { recordAudit } from '../../identity/index.ts'
import type { TenantDb } from '../../platform/db/database.ts'
import { listColumns, transaction } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/index.ts'
import { formatLocal, zoneOf } from '../../platform/time/index.ts'
import {
  type By,
  heldMonths,
  leavingMonths,
  monthsWithRows,
  newestMonth,
  planTakeOut,
  restoreMonth,
  settleLeaving,
  type TakeOutDeps,
  takeOut,
  type Unit,
} from '../archive/index.ts'
import type { Line, OpenPlant, Plants } from '../model/index.ts'
import {
  convertTable,
  createIndexes,
  ensureMonths,
  ensurePlan,
  keptFrom,
  missingIndexes,
  partitionsOf,
  readIndexes,
} from '../partitions/index.ts'
import {
  detectionTable,
  detectionTableStatements,
  type Month,
  monthOfLocal,
  monthsAheadOfNew,
  monthText,
  parseMonth,
} from '../source/index.ts'
import { initLineTables } from '../system/index.ts'
import { problem } from './problems.ts'
import type { Note, Work } from './tasks.ts'

export type WorkDeps = TakeOutDeps & { readonly plants: Pick<Plants, 'withPlant' | 'refresh'> }
/** `done` of `total`, and what it is at. */
export type Progress = (done: number, total: number, note: Note) => Promise<void>

export function currentMonth({ model }: Pick<OpenPlant, 'model'>, nowMs: number): Month {
  return monthOfLocal(formatLocal(zoneOf(model.settings.timeZone).toLocalS(Math.floor(nowMs / 1_000))))
}

/** Throws 403 `tables_are_the_customers`. */
export function demandOurs({ canManage }: Pick<OpenPlant, 'canManage'>, mayTouchCustomers = false): void {
  if (!canManage && !mayTouchCustomers) throw problem('tables_are_the_customers')
}

/** Active lines with a table; or the one that is named. Throws `line_not_found`, `line_without_table`. */
export function linesOf({ model }: Pick<OpenPlant, 'model'>, lineId: number | null): Line[] {
  if (lineId === null) return model.lines.filter(({ detectionTable: table }) => table !== null)
  const line = model.lines.find((one) => one.lineId === lineId)
  if (!line) throw problem('line_not_found')
  if (!line.detectionTable) throw problem('line_without_table', { parameters: { line: line.lineName } })
  return [line]
}

/** Of work on one line. Throws `line_not_found`, `line_without_table`. */
export function lineOf(plant: Pick<OpenPlant, 'model'>, lineId: number | null): Line {
  const [line] = lineId === null ? [] : linesOf(plant, lineId)
  if (!line) throw problem('line_not_found')
  return line
}

export const monthsFrom = (first: Month, monthsAhead: number): Month[] => Array.from({ length: monthsAhead + 1 }, (_, at) => first + at)

export const tableOf = ({ detectionTable: table }: Line): string => table?.name ?? ''

/** Fewer months are never left in a table by hand. */
const fewestKept = 3

/** Of a request. Throws 422. */
export function demandMonth(text: string | undefined, plant: Pick<OpenPlant, 'model'>, nowMs: number, isBefore: boolean): Month {
  const month = parseMonth(text ?? '')
  const limit = currentMonth(plant, nowMs) - (isBefore ? fewestKept : 0)
  if (month !== null && month <= limit) return month
  const message =
    month === null
      ? { es: 'Debe ser un mes, como 2026-03', en: 'Must be a month, as 2026-03' }
      : { es: `No puede ser después de ${monthText(limit)}`, en: `Cannot be later than ${monthText(limit)}` }
  throw problem('validation_failed', { fields: [{ path: 'month', rule: 'month', message }] })
}

/** Does what was asked; answers what it came to. Throws problems, after which what was done stays done. */
export function carryOut(deps: WorkDeps, by: By, plant: OpenPlant, work: Work, progress: Progress): Promise<Note> {
  demandOurs(plant, work.mayTouchCustomers)
  switch (work.kind) {
    case 'ensure':
      return ensureAll(deps, by, plant, work, progress)
    case 'take_out':
      return takeOutAll(deps, by, plant, work, progress)
    case 'restore':
      return restore(deps, by, plant, work, progress)
    case 'convert':
      return convert(deps, by, plant, work, progress)
    case 'indexes':
      return addIndexes(deps, by, plant, work, progress)
    case 'create':
      return createTables(deps, by, plant)
  }
}

const tenantOf = ({ db }: WorkDeps, { db: plantDb }: OpenPlant): TenantDb => ({ ...db, tenantId: plantDb.tenantId })

const audit = (deps: WorkDeps, by: By, plant: OpenPlant, action: 'CREATE' | 'UPDATE', entityType: string, data: Record<string, unknown>) =>
  transaction(tenantOf(deps, plant), (tx) => recordAudit(tx, deps, by, action, { tenantId: tx.tenantId, entityType, data }))

export type EnsuredLine = { readonly line: Line; readonly created: readonly string[]; readonly isPartitioned: boolean }

/** The current month and `monthsAhead` more, on each line: one that fails does not keep the others from theirs, and is thrown when all were tried.
 *  `onEnsured` null = nothing is made, only told. */
export async function ensureLines(
  deps: Pick<WorkDeps, 'clock' | 'plants'>,
  plant: OpenPlant,
  { lineId, monthsAhead }: { readonly lineId: number | null; readonly monthsAhead: number },
  onEnsured: ((ensured: EnsuredLine) => Promise<void>) | null,
): Promise<EnsuredLine[]> {
  const months = monthsFrom(currentMonth(plant, deps.clock.nowMs()), monthsAhead)
  const done: EnsuredLine[] = []
  const faults: unknown[] = []
  for (const line of linesOf(plant, lineId)) {
    const table = tableOf(line)
    try {
      const found = onEnsured ? await ensureMonths(plant.db, table, months) : ensurePlan(await partitionsOf(plant.db, table), months)
      const ensured = { line, created: found.created, isPartitioned: found.kind === 'monthly' }
      done.push(ensured)
      await onEnsured?.(ensured)
      if (found.stuck.length > 0)
        throw problem('table_missing_month', { parameters: { table, months: found.stuck.map(monthText).join(', ') } })
    } catch (error) {
      faults.push(error)
    }
  }
  if (onEnsured && done.some(({ created }) => created.length > 0)) await deps.plants.refresh(plant.db.tenantId)
  if (faults.length > 0) throw faults.find((fault) => !(fault instanceof Problem)) ?? faults[0]
  return done
}

async function ensureAll(deps: WorkDeps, by: By, plant: OpenPlant, { lineId, monthsAhead = 3 }: Work, progress: Progress): Promise<Note> {
  await progress(0, 1, { es: 'Creando particiones', en: 'Making partitions' })
  return ensuredNote(
    await ensureLines(deps, plant, { lineId, monthsAhead }, async ({ line, created }) => {
      const data = { line_id: line.lineId, table: tableOf(line), partitions: [...created] }
      if (created.length > 0) await audit(deps, by, plant, 'CREATE', 'detection_partition', data)
    }),
  )
}

export function ensuredNote(done: readonly EnsuredLine[]): Note {
  const created = done.reduce((sum, one) => sum + one.created.length, 0)
  return created === 0
    ? { es: 'No faltaba ninguna partición.', en: 'No partition was missing.' }
    : { es: `Particiones creadas: ${created}.`, en: `Partitions made: ${created}.` }
}

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
  const units = await planTakeOut(plant, line, keepFrom, held, limitMs)
  return { line, units, rows: units.reduce((sum, { rows }) => sum + rows, 0) }
}

/** Of one statement. */
const previewLimitMs = 30_000

/** The same for somebody who waits for the answer. Throws 403 `tables_are_the_customers`, 422. */
export async function previewLines(deps: WorkDeps, by: By, plant: OpenPlant, lineId: number | null, month: string): Promise<PlannedLine[]> {
  demandOurs(plant)
  return planLines(deps, by, plant, lineId, demandMonth(month, plant, deps.clock.nowMs(), true), { limitMs: previewLimitMs })
}

async function takeOutAll(deps: WorkDeps, by: By, plant: OpenPlant, work: Work, progress: Progress): Promise<Note> {
  const before = demandMonth(work.month, plant, deps.clock.nowMs(), true)
  const lines = linesOf(plant, work.lineId)
  const refusals: Problem[] = []
  /** One line's months are no reason to keep the others'. */
  const attempt = async (does: () => Promise<void>): Promise<void> => {
    try {
      await does()
    } catch (error) {
      if (!(error instanceof Problem)) throw error
      refusals.push(error)
    }
  }
  const settle = async (line: Line): Promise<void> => attempt(() => settleLeaving(deps, by, plant, line))
  for (const line of lines) await settle(line)
  const planned: PlannedLine[] = []
  for (const line of lines) await attempt(async () => void planned.push(await planLine(deps, by, plant, line, before, work)))
  const total = planned.reduce((sum, { units }) => sum + units.length, 0)
  const { isArchiving = true } = work
  let [done, rows] = [0, 0]
  for (const { line, units } of planned) {
    const stuck = await leavingMonths(deps, plant, line)
    await attempt(async () => {
      for (const unit of units) {
        if (unit.months.some(({ month }) => stuck.has(month))) continue
        const months = unit.months.map(({ month }) => monthText(month)).join(', ') || (unit.slot?.name ?? '')
        await progress(done++, total, { es: `${line.lineName}: ${months}`, en: `${line.lineName}: ${months}` })
        rows += (await takeOut(deps, by, plant, line, unit, { isArchiving })).rows
      }
    })
  }
  // what was refused in its middle
  if (refusals.length > 0) for (const line of lines) await settle(line)
  if (total > 0) await deps.plants.refresh(plant.db.tenantId)
  if (refusals[0]) throw refusals[0]
  return isArchiving
    ? { es: `Filas archivadas y sacadas de las tablas: ${rows}.`, en: `Rows archived and taken out of the tables: ${rows}.` }
    : { es: `Filas eliminadas de las tablas: ${rows}.`, en: `Rows deleted from the tables: ${rows}.` }
}

async function restore(deps: WorkDeps, by: By, plant: OpenPlant, work: Work, progress: Progress): Promise<Note> {
  const month = demandMonth(work.month, plant, deps.clock.nowMs(), false)
  const line = lineOf(plant, work.lineId)
  await settleLeaving(deps, by, plant, line, month)
  const rows = await restoreMonth(
    deps,
    by,
    plant,
    line,
    month,
    (done) => progress(done, 0, { es: `Filas de vuelta: ${done}`, en: `Rows back: ${done}` }),
    { isAnyOrigin: work.mayTouchCustomers ?? false },
  )
  await deps.plants.refresh(plant.db.tenantId)
  return { es: `${monthText(month)}: ${rows} filas de vuelta en la tabla.`, en: `${monthText(month)}: ${rows} rows are back in the table.` }
}

/** Months of the partitions that a table would get: from its oldest row on, but no more than ten years of them. */
const mostMonths = 120

async function convert(deps: WorkDeps, by: By, plant: OpenPlant, work: Work, progress: Progress): Promise<Note> {
  const line = lineOf(plant, work.lineId)
  const table = tableOf(line)
  const months = await convertMonths(plant, line, deps.clock.nowMs())
  await progress(0, 1, {
    es: `Copiando ${table}: no se escribe en ella mientras tanto`,
    en: `Copying ${table}: nobody writes to it meanwhile`,
  })
  await convertTable(plant.db, table, months, detectionTableStatements(plant.db.engine, table, months[0] ?? null, months.length))
  await audit(deps, by, plant, 'UPDATE', 'detection_partition', { line_id: line.lineId, table, partitions: months.length + 1 })
  await deps.plants.refresh(plant.db.tenantId)
  return { es: `${table} tiene ahora ${months.length + 1} particiones.`, en: `${table} has ${months.length + 1} partitions now.` }
}

/** Throws 409 `table_not_convertible` with its reason. */
export async function convertMonths(plant: OpenPlant, line: Line, nowMs: number): Promise<Month[]> {
  const table = tableOf(line)
  const { db } = plant
  const refuse = (es: string, en: string) => problem('table_not_convertible', { parameters: { table, reason: en, reason_es: es } })
  if (db.engine === 'sqlite') throw refuse('SQLite no tiene particiones', 'SQLite has no partitions')
  const state = await partitionsOf(db, table)
  const isOld = state.kind === 'monthly' && state.scheme === 'year_month'
  if (state.kind !== 'none' && !isOld) throw refuse('ya tiene particiones', 'it has partitions already')
  const columns = (await listColumns(db, table)).map(({ name }) => name)
  const own = detectionTable(table).columns.map(({ name }) => name)
  if (db.engine === 'postgres' && columns.join() !== own.join()) throw refuse('tiene columnas propias', 'it has columns of its own')
  const first = currentMonth(plant, nowMs)
  const oldest = (await monthsWithRows(db, table, sql.id(table), first))[0]?.month ?? first
  const from = Math.max(oldest, first - mostMonths + monthsAheadOfNew + 1)
  return Array.from({ length: first - from + monthsAheadOfNew + 1 }, (_, at) => from + at)
}

async function addIndexes(deps: WorkDeps, by: By, plant: OpenPlant, work: Work, progress: Progress): Promise<Note> {
  let made = 0
  for (const line of linesOf(plant, work.lineId)) {
    const tables = [
      { kind: 'detection' as const, table: tableOf(line) },
      ...(line.downtimeTable === null ? [] : [{ kind: 'downtime' as const, table: line.downtimeTable }]),
    ]
    for (const { kind, table } of tables) {
      const advice = missingIndexes(plant.db.engine, kind, table, await readIndexes(plant.db, table))
      if (advice.length === 0) continue
      const tell = (done: number): Promise<void> => progress(done, advice.length, { es: `Índices de ${table}`, en: `Indexes of ${table}` })
      await tell(0)
      await createIndexes(plant.db, advice, tell)
      made += advice.length
      await audit(deps, by, plant, 'CREATE', 'detection_index', {
        line_id: line.lineId,
        table,
        indexes: advice.map(({ columns }) => columns.join(', ')),
      })
    }
  }
  return { es: `Índices creados: ${made}.`, en: `Indexes made: ${made}.` }
}

async function createTables(deps: WorkDeps, by: By, plant: OpenPlant): Promise<Note> {
  const made = await initLineTables(plant, { dryRun: false, nowMs: deps.clock.nowMs() })
  if (made.length > 0) {
    await audit(deps, by, plant, 'CREATE', 'detection_table', { tables: made.map(({ name }) => name) })
    await deps.plants.refresh(plant.db.tenantId)
  }
  return { es: `Tablas creadas: ${made.length}.`, en: `Tables made: ${made.length}.` }
}
