/** Rows of the customer's `downtime_events_*`, the only tables of his that Andon writes (spec plant 2.3). */
import { sql } from 'kysely'
import { asInteger, listColumns } from '../../platform/db/index.ts'
import { formatLocal, type Zone } from '../../platform/time/index.ts'
import { isWriteRefused, type PlantDb } from '../source/index.ts'
import type { StopContent } from '../stop-store/index.ts'

/** Tables that lack one of these cannot hold a stop; the others are written where they are. */
const needed = ['event_id', 'start_time', 'end_time', 'duration', 'reason_code', 'reason', 'is_manual']

export const stopColumns = async ({ kysely, engine }: PlantDb, table: string): Promise<ReadonlySet<string>> =>
  new Set((await listColumns({ kysely, engine }, table)).map(({ name }) => name))

/** Asks for the right to write by writing nothing. Throws what the database throws when it is not there. */
export async function mayWriteStops(plant: PlantDb, table: string): Promise<boolean> {
  const columns = await stopColumns(plant, table)
  if (needed.some((name) => !columns.has(name))) return false
  const name = sql.id(table)
  try {
    await sql`update ${name} set duration = duration where 1 = 0`.execute(plant.kysely)
    const others = sql.join([...columns].filter((column) => column !== 'event_id').map((column) => sql.id(column)))
    await sql`insert into ${name} (${others}) select ${others} from ${name} where 1 = 0`.execute(plant.kysely)
    return true
  } catch (error) {
    if (isWriteRefused(error)) return false
    throw error
  }
}

const deletable = new WeakMap<object, Map<string, Promise<boolean>>>()

/** Some customers grant INSERT and UPDATE alone: then a deleted stop is hidden by a row of ours. Asked once per opened plant, outside of transactions. */
export function mayDeleteStops(plant: PlantDb, table: string): Promise<boolean> {
  const tables = deletable.get(plant.kysely) ?? new Map<string, Promise<boolean>>()
  deletable.set(plant.kysely, tables)
  const known = tables.get(table) ?? isDeletable(plant, table)
  tables.set(table, known)
  known.catch(() => tables.delete(table))
  return known
}

async function isDeletable({ kysely }: PlantDb, table: string): Promise<boolean> {
  try {
    await sql`delete from ${sql.id(table)} where 1 = 0`.execute(kysely)
    return true
  } catch (error) {
    if (isWriteRefused(error)) return false
    throw error
  }
}

const content = (zone: Zone, { span, reasonCode, reasonText, isManual }: StopContent): Record<string, unknown> => ({
  start_time: formatLocal(zone.toLocalS(span.fromS)),
  end_time: formatLocal(zone.toLocalS(span.toS)),
  // elapsed: across a clock change not the difference of the wall times
  duration: span.toS - span.fromS,
  reason_code: reasonCode,
  reason: reasonText,
  is_manual: isManual ? 1 : 0,
})

/** Answers the event id. `columns`: those that the table has. `lastDetectionId`: of the detection that closes the stop. */
export async function insertPlantStop(
  plant: PlantDb,
  zone: Zone,
  table: string,
  columns: ReadonlySet<string>,
  stop: StopContent,
  { lastDetectionId, nowS }: { readonly lastDetectionId: number; readonly nowS: number },
): Promise<number> {
  const row = { last_detection_id: lastDetectionId, ...content(zone, stop), created_at: formatLocal(zone.toLocalS(nowS)) }
  const present = Object.fromEntries(Object.entries(row).filter(([name]) => columns.has(name)))
  const insert = plant.kysely.insertInto(table).values(present)
  const id =
    plant.engine === 'postgres'
      ? (await insert.returning('event_id').executeTakeFirstOrThrow()).event_id
      : (await insert.executeTakeFirstOrThrow()).insertId
  const eventId = asInteger(id)
  if (eventId === null) throw new Error(`${table} gave the new stop no id`)
  return eventId
}

export async function updatePlantStop(plant: PlantDb, zone: Zone, table: string, eventId: number, stop: StopContent): Promise<void> {
  await plant.kysely.updateTable(table).set(content(zone, stop)).where('event_id', '=', eventId).execute()
}

export async function deletePlantStop(plant: PlantDb, table: string, eventId: number): Promise<void> {
  await plant.kysely.deleteFrom(table).where('event_id', '=', eventId).execute()
}

/** A wall time of the repeated hour is read as its first pass: the second pass cannot be told in the customer's table. */
export const fitsPlant = (zone: Zone, { span: { fromS, toS } }: StopContent): boolean =>
  zone.toEpochS(zone.toLocalS(fromS)) === fromS && zone.toEpochS(zone.toLocalS(toS)) === toS
