/** The work itself, line by line. Tables that are the customer's are never touched without the operator's explicit word. */
import { sql } from 'kysely'
import { recordAudit } from '../../identity/index.ts'
import type { TenantDb } from '../../platform/db/database.ts'
import { listColumns, transaction } from '../../platform/db/index.ts'
import { type By, monthsWithRows } from '../archive/index.ts'
import type { Line, OpenPlant } from '../model/index.ts'
import {
  convertTable,
  createIndexes,
  ensureMonths,
  ensurePlan,
  hasTriggers,
  missingIndexes,
  partitionsOf,
  readIndexes,
} from '../partitions/index.ts'
import { detectionTable, detectionTableStatements, type Month, monthsAheadOfNew, monthText } from '../source/index.ts'
import { initLineTables } from '../system/index.ts'
import { endsAll } from './hold.ts'
import {
  currentMonth,
  demandOurs,
  firstFault,
  lineOf,
  linesOf,
  monthsFrom,
  onLine,
  type Progress,
  tableOf,
  type WorkDeps,
} from './lines.ts'
import { problem } from './problems.ts'
import { restore, takeOutAll } from './take-out.ts'
import type { Note, Work } from './tasks.ts'

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
      const found = onEnsured
        ? await onLine(line, () => ensureMonths(plant.db, table, months))
        : ensurePlan(await partitionsOf(plant.db, table), months)
      const ensured = { line, created: found.created, isPartitioned: found.kind === 'monthly' }
      done.push(ensured)
      await onEnsured?.(ensured)
      if (found.stuck.length > 0)
        throw problem('table_missing_month', { parameters: { table, months: found.stuck.map(monthText).join(', ') } })
    } catch (error) {
      if (endsAll(error)) throw error
      faults.push(error)
    }
  }
  if (onEnsured && done.some(({ created }) => created.length > 0)) await deps.plants.refresh(plant.db.tenantId)
  if (faults.length > 0) throw firstFault(faults)
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

/** Months of the partitions that a table would get: from its oldest row on, but no more than ten years of them. */
const mostMonths = 120

async function convert(deps: WorkDeps, by: By, plant: OpenPlant, work: Work, progress: Progress): Promise<Note> {
  const line = lineOf(plant, work.lineId)
  const table = tableOf(line)
  const months = await onLine(line, () => convertMonths(plant, line, deps.clock.nowMs()))
  await progress(0, 1, {
    es: `Copiando ${table}: no se escribe en ella mientras tanto`,
    en: `Copying ${table}: nobody writes to it meanwhile`,
  })
  const statements = detectionTableStatements(plant.db.engine, table, months[0] ?? null, months.length)
  await onLine(line, () => convertTable(plant.db, table, months, statements))
  await audit(deps, by, plant, 'UPDATE', 'detection_partition', { line_id: line.lineId, table, partitions: months.length + 1 })
  await deps.plants.refresh(plant.db.tenantId)
  return { es: `${table} tiene ahora ${months.length + 1} particiones.`, en: `${table} has ${months.length + 1} partitions now.` }
}

/** Throws 409 `table_not_convertible` with its reason. */
async function convertMonths(plant: OpenPlant, line: Line, nowMs: number): Promise<Month[]> {
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
  if (await hasTriggers(db, table)) throw refuse('tiene disparadores propios', 'it has triggers of its own')
  const first = currentMonth(plant, nowMs)
  const oldest = (await monthsWithRows(db, table, sql.id(table), first))[0]?.month ?? first
  const from = Math.max(oldest, first - mostMonths + monthsAheadOfNew + 1)
  return monthsFrom(from, first - from + monthsAheadOfNew)
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
      await onLine(line, () => createIndexes(plant.db, advice, tell))
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
