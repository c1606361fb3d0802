/** The stops of one line as one transaction sees and writes them, wherever they are: in the customer's table or beside it. */
import type { TenantDb } from '../../platform/db/database.ts'
import { type Db, isUnreadableTable, transaction } from '../../platform/db/index.ts'
import { type Clock, hourS, type Span, type Zone, zoneOf } from '../../platform/time/index.ts'
import { findEvents, readEventsOf } from '../detections/index.ts'
import type { StoredEvent } from '../downtime/index.ts'
import type { Line, PlantModel } from '../model/index.ts'
import { isWriteRefused, type PlantDb } from '../source/index.ts'
import {
  deleteKeptStop,
  ensureStopLine,
  findKeptStop,
  holdLine,
  insertKeptStop,
  isPlatformId,
  listKeptStops,
  listReplaced,
  replaceEvent,
  type StopContent,
  type StopLine,
  updateKeptStop,
  updateStopLine,
} from '../stop-store/index.ts'
import { deletePlantStop, fitsPlant, insertPlantStop, mayDeleteStops, mayWriteStops, stopColumns, updatePlantStop } from './plant-rows.ts'
import type { StoredIn } from './stored-stop.ts'

export type LinePlant = { readonly db: PlantDb; readonly model: PlantModel }
export type LineDeps = { readonly db: Db; readonly clock: Clock }

export type LineStore = {
  readonly storedIn: StoredIn
  readonly zone: Zone
  /** The platform's part of the transaction. */
  readonly tx: TenantDb
  /** Held until the end. Null = no such stop. */
  readonly find: (eventId: number) => Promise<StoredEvent | null>
  /** By start. */
  readonly overlapping: (span: Span) => Promise<readonly StoredEvent[]>
  /** `lastDetectionId` 0 = none closes it. */
  readonly insert: (stop: StopContent, lastDetectionId: number) => Promise<StoredEvent>
  readonly update: (event: StoredEvent, stop: StopContent) => Promise<StoredEvent>
  readonly remove: (event: StoredEvent) => Promise<void>
}

/** How long "it may not be written" is believed. */
const recheckMs = 3_600_000

/** Found out once and remembered; asked again after an hour where the answer was no. `seen`: what is remembered, for those who read it of many lines. */
export async function storedInOf(deps: LineDeps, plant: LinePlant, line: Line, seen?: StopLine): Promise<StoredIn> {
  const db = { ...deps.db, tenantId: plant.db.tenantId }
  const nowMs = deps.clock.nowMs()
  const known = seen ?? (await ensureStopLine(db, line.lineId, nowMs))
  if (line.downtimeTable === null) return 'platform'
  if (known.stored_in === 'plant' || (known.stored_in === 'platform' && nowMs - known.stored_checked_at < recheckMs)) return known.stored_in
  const storedIn = (await mayWriteStops(plant.db, line.downtimeTable)) ? 'plant' : 'platform'
  await updateStopLine(db, line.lineId, { stored_in: storedIn, stored_checked_at: nowMs })
  return storedIn
}

/** One change of one line's stops. Nobody else changes them meanwhile, in any process; the customer's own programs may, so a stop is read again with
 *  `find`. The customer's database commits before ours: a crash between the two leaves a stop without its audit row, never an audit row without its
 *  stop. `work` may run again. Everything that takes long is worked out before. */
export async function changeLine<Result>(
  deps: LineDeps,
  plant: LinePlant,
  line: Line,
  work: (store: LineStore) => Promise<Result>,
): Promise<Result> {
  const storedIn = await storedInOf(deps, plant, line)
  try {
    return await changeIn(deps, plant, line, storedIn, work)
  } catch (error) {
    if (storedIn === 'platform' || !(isWriteRefused(error) || isUnreadableTable(error))) throw error
    // the right was taken away since it was found out
    const db = { ...deps.db, tenantId: plant.db.tenantId }
    await updateStopLine(db, line.lineId, { stored_in: 'platform', stored_checked_at: deps.clock.nowMs() })
    return changeIn(deps, plant, line, 'platform', work)
  }
}

async function changeIn<Result>(
  deps: LineDeps,
  plant: LinePlant,
  line: Line,
  storedIn: StoredIn,
  work: (store: LineStore) => Promise<Result>,
): Promise<Result> {
  const mayDelete = storedIn === 'plant' && line.downtimeTable !== null && (await mayDeleteStops(plant.db, line.downtimeTable))
  return transaction({ ...deps.db, tenantId: plant.db.tenantId }, async (tx) => {
    await holdLine(tx, line.lineId)
    if (storedIn === 'platform') return work(storeOf(deps, plant, line, { storedIn, mayDelete }, tx))
    return plant.db.kysely
      .transaction()
      .execute((kysely) => work(storeOf(deps, { ...plant, db: { ...plant.db, kysely } }, line, { storedIn, mayDelete }, tx)))
  })
}

type Rights = { readonly storedIn: StoredIn; readonly mayDelete: boolean }

function storeOf(
  { clock }: LineDeps,
  { db: plantDb, model }: LinePlant,
  line: Line,
  { storedIn, mayDelete }: Rights,
  tx: TenantDb,
): LineStore {
  const zone = zoneOf(model.settings.timeZone)
  const { lineId, downtimeTable: table } = line
  const nowMs = clock.nowMs()
  const nowS = Math.floor(nowMs / 1000)
  const isPlant = storedIn === 'plant' && table !== null
  let columns: ReadonlySet<string> | null = null
  const eventOf = (eventId: number, { span, reasonCode, reasonText, isManual }: StopContent): StoredEvent => ({
    eventId,
    span,
    startLocalS: zone.toLocalS(span.fromS),
    endLocalS: zone.toLocalS(span.toS),
    storedDurationS: span.toS - span.fromS,
    reasonCode,
    reasonText,
    isManual,
  })
  return {
    storedIn,
    zone,
    tx,
    async find(eventId) {
      const kept = await findKeptStop(tx, zone, lineId, eventId)
      if (kept !== null) return kept === 'hidden' ? null : kept
      if (isPlatformId(eventId) || table === null) return null
      return (await findEvents(plantDb, zone, table, [eventId], isPlant))[0] ?? null
    },
    async overlapping(span) {
      const window = { fromLocalS: Math.max(0, zone.toLocalS(span.fromS) - 3 * hourS), toLocalS: zone.toLocalS(span.toS) + 3 * hourS }
      const own = table === null ? [] : (await readEventsOf(plantDb, zone, line, window)).parse().events
      const replaced = await listReplaced(tx, lineId)
      const all = [...own.filter(({ eventId }) => !replaced.has(eventId)), ...(await listKeptStops(tx, zone, lineId, span))]
      return all
        .filter((event) => event.span.fromS < span.toS && event.span.toS > span.fromS)
        .sort((a, b) => a.span.fromS - b.span.fromS || a.eventId - b.eventId)
    },
    async insert(stop, lastDetectionId) {
      if (!isPlant || !fitsPlant(zone, stop)) return eventOf(await insertKeptStop(tx, lineId, stop, nowMs), stop)
      columns ??= await stopColumns(plantDb, table)
      return eventOf(await insertPlantStop(plantDb, zone, table, columns, stop, { lastDetectionId, nowS }), stop)
    },
    async update({ eventId }, stop) {
      const isKept = (await findKeptStop(tx, zone, lineId, eventId)) !== null
      if (isPlatformId(eventId)) await updateKeptStop(tx, eventId, stop, nowMs)
      else if (isKept || !isPlant || !fitsPlant(zone, stop)) await replaceEvent(tx, lineId, eventId, stop, false, nowMs)
      else await updatePlantStop(plantDb, zone, table, eventId, stop)
      return eventOf(eventId, stop)
    },
    async remove(event) {
      const { eventId } = event
      if (isPlatformId(eventId)) await deleteKeptStop(tx, eventId)
      else if (isPlant && mayDelete) {
        await deletePlantStop(plantDb, table, eventId)
        if ((await findKeptStop(tx, zone, lineId, eventId)) !== null) await replaceEvent(tx, lineId, eventId, event, true, nowMs)
      } else await replaceEvent(tx, lineId, eventId, event, true, nowMs)
    },
  }
}
