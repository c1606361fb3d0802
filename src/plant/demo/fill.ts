/** Puts a plan's production into a plant database (SQLite, like every demo plant), and remembers in the same transaction how far it got. */
import { type Kysely, sql } from 'kysely'
import { formatLocal, type LocalS } from '../../platform/time/index.ts'
import { lineTableNames } from '../source/index.ts'
import type { ModelAnchor, Piece, RecordedStop } from './machine.ts'
import type { LineArrivals, Production } from './production.ts'

/** Raised when the model changes: an older file is made anew, since its rows would not fit the ones to come. */
export const modelVersion = 1
const stateKey = 'demo_simulator'

/** Everything that arrived until `writtenUntilS` is in the tables, and nothing else. */
export type FillState = ModelAnchor & { readonly version: number; readonly writtenUntilS: LocalS }

// biome-ignore lint/suspicious/noExplicitAny: plant tables, named at run time
export type PlantTables = Kysely<any>

/** Null when the file was not made by this version. */
export async function readState(kysely: PlantTables): Promise<FillState | null> {
  const row = await kysely.selectFrom('system_config').select('value').where('key', '=', stateKey).executeTakeFirst()
  const state = row === undefined ? null : (JSON.parse(String(row.value)) as FillState)
  return state?.version === modelVersion ? state : null
}

export const insertState = (kysely: PlantTables, state: FillState) =>
  kysely
    .insertInto('system_config')
    .values({ key: stateKey, value: JSON.stringify(state) })
    .execute()

/** Writes what arrives after the state's mark until `untilS`; `tx` is the caller's transaction. Returns the moved state and the number of rows. */
export async function writeArrivals(
  tx: PlantTables,
  production: Production,
  state: FillState,
  untilS: LocalS,
): Promise<{ state: FillState; rows: number }> {
  let rows = 0
  for (const arrivals of production.arrivals(state.writtenUntilS, untilS)) rows += await writeLine(tx, arrivals)
  const moved = { ...state, writtenUntilS: untilS }
  await tx
    .updateTable('system_config')
    .set({ value: JSON.stringify(moved) })
    .where('key', '=', stateKey)
    .execute()
  return { state: moved, rows }
}

async function writeLine(tx: PlantTables, { line, pieces, stops }: LineArrivals): Promise<number> {
  if (pieces.length + stops.length === 0) return 0
  const { detectionTable, downtimeTable } = lineTableNames(line.code)
  const newest = await sql<{ id: number | null }>`SELECT max(detection_id) AS id FROM ${sql.id(detectionTable)}`.execute(tx)
  const firstId = Number(newest.rows[0]?.id ?? 0) + 1
  await insertPieces(tx, detectionTable, firstId, pieces)
  if (stops.length > 0)
    await tx
      .insertInto(downtimeTable)
      .values(stops.map((stop) => stopRow(stop, closingId(stop, pieces, firstId))))
      .execute()
  return pieces.length + stops.length
}

/** One statement and one parameter for any number of rows: each is packed into a number that SQLite takes apart again. */
const insertPieces = (tx: PlantTables, table: string, firstId: number, pieces: readonly Piece[]) => {
  const packed = pieces.map(({ detectedS, areaId, productId }) => (detectedS * 1_000 + areaId) * 1_000 + productId)
  return sql`INSERT INTO ${sql.id(table)} (detection_id, detected_at, area_id, product_id)
    SELECT ${firstId} + key, datetime(value / 1000000, 'unixepoch'), value / 1000 % 1000, value % 1000 FROM json_each(${JSON.stringify(packed)})`.execute(
    tx,
  )
}

/** The detection that ended the stop, which arrives together with it. */
function closingId(stop: RecordedStop, pieces: readonly Piece[], firstId: number): number {
  const at = pieces.findIndex(({ detectedS }) => detectedS >= stop.endS)
  return firstId + (at === -1 ? pieces.length - 1 : at)
}

const stopRow = (stop: RecordedStop, lastDetectionId: number) => ({
  last_detection_id: lastDetectionId,
  start_time: formatLocal(stop.startS),
  end_time: formatLocal(stop.endS),
  duration: stop.endS - stop.startS,
  reason_code: stop.incidentId,
  reason: stop.reason,
  is_manual: stop.isManual ? 1 : 0,
  created_at: formatLocal(stop.arrivedS),
})
