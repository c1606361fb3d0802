/** Stored stops for those who show them. */

import type { TenantDb } from '../../platform/db/database.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { findEvents } from '../detections/index.ts'
import { editKey, findKeptStop, type LiveReason, readEdits, readLiveReasons, readStopLines, type StopEdit } from '../stop-store/index.ts'
import { storedInOf } from './line-store.ts'
import { lineOf, type StopDeps } from './open.ts'
import { problem } from './problems.ts'
import { storedStop } from './saving.ts'
import type { StoredIn, StoredStop } from './stored-stop.ts'

/** Throws stop_not_found, line_not_found. */
export const findStop = (
  deps: StopDeps,
  tenantId: number,
  { lineId, eventId }: { readonly lineId: number; readonly eventId: number },
): Promise<StoredStop> =>
  deps.plants.withPlant(tenantId, async (plant) => {
    const line = lineOf(plant, lineId)
    const db = { ...deps.db, tenantId }
    const zone = zoneOf(plant.model.settings.timeZone)
    const kept = await findKeptStop(db, zone, lineId, eventId)
    const own = kept === null && line.downtimeTable !== null ? await findEvents(plant.db, zone, line.downtimeTable, [eventId], false) : []
    const event = kept ?? own[0] ?? null
    if (event === null || event === 'hidden') throw problem('stop_not_found')
    const edits = await readEdits(db, [{ lineId, eventId }])
    return storedStop(lineId, event, await storedInOf(deps, plant, line), edits.get(editKey(lineId, eventId)))
  })

/** By line id. */
export const storedIn = (deps: StopDeps, tenantId: number, lineIds: readonly number[]): Promise<Map<number, StoredIn>> =>
  deps.plants.withPlant(tenantId, async (plant) => {
    const found = new Map<number, StoredIn>()
    const seen = await readStopLines({ ...deps.db, tenantId })
    for (const lineId of lineIds) found.set(lineId, await storedInOf(deps, plant, lineOf(plant, lineId), seen.get(lineId)))
    return found
  })

/** Who last edited with Andon, by `${lineId}/${eventId}`; stops that nobody edited are absent. */
export const lastEdits = (
  db: TenantDb,
  stops: readonly { readonly lineId: number; readonly eventId: number }[],
): Promise<Map<string, StopEdit>> => readEdits(db, stops)

/** What was said of the stop that goes on now, by line id. */
export const pendingReasons = (db: TenantDb, lineIds: readonly number[]): Promise<Map<number, LiveReason>> => readLiveReasons(db, lineIds)
