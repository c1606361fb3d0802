/** Verification of an attached plant (spec plant 3.5): reads it the way the dashboard does and says what will be wrong, and what to do. */
import { sql } from 'kysely'
import { isDatabaseUnavailable, QueryTimeoutError, withStatementTimeout } from '../../platform/db/index.ts'
import { localParts, parseLocal, zoneOf } from '../../platform/time/index.ts'
import type { Line, OpenPlant } from '../model/index.ts'
import { filterDiagnostics } from '../scope/index.ts'
import { detectionTable, fixedTables, type PlantDb, readTable } from '../source/index.ts'
import { checkDdl, checkPartitions, checkRead, checkWrite, type ReadProblem } from './checks/access.ts'
import { bad, type Check, ok } from './checks/check.ts'
import { checkAreas, checkFilters, checkLines, checkOverlaps, checkShifts, checkThresholds, checkWarnings } from './checks/metadata.ts'
import { checkIds, checkPerformance, checkTimeZone, type LineSample, type SampleRow } from './checks/sample.ts'
import { checkColumns, checkLineTables, checkTables, checkTypes } from './checks/structure.ts'

const sampleRows = 2_000
/** Of counting one table; a longer count is estimated by the ids. */
const countLimitMs = 3_000
/** Of counting all of them: the page must come within a request's time. */
const countBudgetMs = 10_000

const connected = { es: 'Conexión', en: 'Connection' }

/** Everything that can be checked, in the order it is told. Throws when the plant stops answering meanwhile. */
export async function verifyPlant({ db, loaded, canManage, writableFile }: OpenPlant, nowMs: number): Promise<Check[]> {
  const { model, catalog } = loaded
  const nowLocalS = zoneOf(model.settings.timeZone).toLocalS(Math.floor(nowMs / 1000))
  const { counts, unreadable } = await countTables(db, loaded.model.lines, catalog)
  const isReadable = ({ detectionTable: table }: Line): boolean =>
    table !== null &&
    !unreadable.some((problem) => problem.table === table.name) &&
    detectionTable('').columns.every((column) => catalog.table(table.name)?.columns.has(column.name))
  const samples: LineSample[] = []
  for (const line of model.lines.filter(isReadable)) samples.push({ line, rows: await readSample(db, line) })
  const areaRows = await readTable(db, catalog.find('area'), ['area_id', 'line_id'])
  const shiftRows = await readTable(db, catalog.find('shift'), ['shift_id', 'shift_name', 'days_implemented', 'start_time', 'end_time'])
  const { year, month } = localParts(nowLocalS)
  return [
    ok('connection', connected, { es: `Responde (${engineNames[db.engine]}).`, en: `It answers (${engineNames[db.engine]}).` }),
    checkTables(loaded),
    checkColumns(loaded),
    checkTypes(loaded),
    checkRead(counts, unreadable),
    checkLines(model),
    checkLineTables(loaded),
    checkAreas(model, areaRows),
    checkShifts(shiftRows),
    checkOverlaps(model),
    checkThresholds(model),
    checkFilters(model, filterDiagnostics(model)),
    checkWarnings(loaded.valueWarnings),
    checkTimeZone(samples, nowLocalS, model.settings.timeZone),
    checkPerformance(samples, model),
    checkIds(samples, model),
    checkPartitions(loaded, year * 100 + month),
    await checkWrite(db, loaded, writableFile),
    ...(canManage ? [await checkDdl(db, writableFile)] : []),
  ]
}

const engineNames = { sqlite: 'SQLite', postgres: 'PostgreSQL', mysql: 'MySQL/MariaDB' } as const

/** The only check of a plant that cannot be opened. */
export const unreachable = (reason: string): Check =>
  bad(
    'connection',
    'error',
    connected,
    { es: `No se pudo abrir la base de la planta: ${reason}`, en: `The plant database could not be opened: ${reason}` },
    {
      es: 'Revise dirección, puerto, cuenta y clave, y que el servidor acepte conexiones desde este equipo.',
      en: 'Check address, port, account and password, and that the server accepts connections from this machine.',
    },
  )

/** A table and its growing key. */
type Counted = { readonly table: string; readonly key: string }

async function countTables(db: PlantDb, lines: readonly Line[], catalog: OpenPlant['loaded']['catalog']) {
  const tables: Counted[] = [
    ...fixedTables.flatMap((table) => {
      const real = catalog.find(table.name)
      return real ? [{ table: real.name, key: table.columns[0]?.name ?? '' }] : []
    }),
    ...lines.flatMap(({ detectionTable: detections, downtimeTable: stops }) => [
      ...(detections ? [{ table: detections.name, key: 'detection_id' }] : []),
      ...(stops ? [{ table: stops, key: 'event_id' }] : []),
    ]),
  ]
  const counts: Record<string, number> = {}
  const unreadable: ReadProblem[] = []
  let leftMs = countBudgetMs
  for (const counted of tables) {
    const startedMs = performance.now()
    try {
      counts[counted.table] = leftMs > 0 ? await countRows(db, counted, Math.min(leftMs, countLimitMs)) : await estimateRows(db, counted)
    } catch (error) {
      if (isDatabaseUnavailable(error)) throw error
      unreadable.push({ table: counted.table, message: error instanceof Error ? error.message : String(error) })
    }
    leftMs -= performance.now() - startedMs
  }
  return { counts, unreadable }
}

async function countRows(db: PlantDb, counted: Counted, limitMs: number): Promise<number> {
  try {
    return await withStatementTimeout(db.kysely, Math.ceil(limitMs), async (kysely) => {
      const { rows } = await sql<{ n: unknown }>`select count(*) as n from ${sql.id(counted.table)}`.execute(kysely)
      return Number(rows[0]?.n ?? 0)
    })
  } catch (error) {
    if (!(error instanceof QueryTimeoutError)) throw error
    return estimateRows(db, counted)
  }
}

/** By the ends of the key, which cost nothing to find. */
async function estimateRows(db: PlantDb, { table, key }: Counted): Promise<number> {
  const { rows } = await sql<{ n: unknown }>`select max(${sql.id(key)}) - min(${sql.id(key)}) + 1 as n from ${sql.id(table)}`.execute(
    db.kysely,
  )
  return Number(rows[0]?.n ?? 0)
}

/** The newest rows by id: live tables have no index on their time. */
export async function readSample(db: PlantDb, { detectionTable }: Line): Promise<SampleRow[]> {
  if (!detectionTable) return []
  const { rows } = await sql<{ detected_at: unknown; area_id: unknown; product_id: unknown }>`
    select detected_at as detected_at, area_id as area_id, product_id as product_id
    from ${sql.id(detectionTable.name)} order by detection_id desc limit ${sql.lit(sampleRows)}`.execute(db.kysely)
  return rows.flatMap((row) => {
    const atS = parseLocal(String(row.detected_at).slice(0, 19))
    return atS === null ? [] : [{ atS, areaId: Number(row.area_id), productId: Number(row.product_id) }]
  })
}
