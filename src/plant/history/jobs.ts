/** Nightly: are the summaries still what the customers' tables say? */
import type { Db } from '../../platform/db/database.ts'
import { type Clock, dayOf, zoneOf } from '../../platform/time/index.ts'
import type { Line, PlantModel } from '../model/model.ts'
import { listAttachedTenants } from '../source/index.ts'
import type { PlantDb } from '../source/plant-db.ts'
import type { Histories } from './histories.ts'
import type { HistoryLog } from './options.ts'
import type { Reconciled } from './reconcile.ts'
import { findState, saveCheckedDay } from './store.ts'

type OpenedPlant = { readonly db: PlantDb; readonly model: PlantModel }
export type HistoryJobDeps = {
  readonly db: Db
  readonly clock: Clock
  readonly log: HistoryLog & { readonly info: (data: object, message: string) => void }
  readonly histories: Pick<Histories, 'reconcile'>
  readonly plants: { readonly withPlant: <T>(tenantId: number, work: (plant: OpenedPlant) => Promise<T>) => Promise<T> }
}

/** Late rows come soon or never: the last days each night, and all the others in turn. */
const recentDays = 3
const sliceDays = 30

/** The last days of each line, and the next slice of the older ones; after the oldest it begins again. Throws the signal's reason. */
async function reconcilePlant(deps: HistoryJobDeps, plant: OpenedPlant, signal: AbortSignal): Promise<Reconciled> {
  const sum = { checked: 0, rebuilt: 0, purged: 0 }
  for (const line of plant.model.lines) {
    signal.throwIfAborted()
    if (line.detectionTable === null) continue
    try {
      const { checked, rebuilt, purged } = await reconcileSlice(deps, plant, line, signal)
      sum.checked += checked
      sum.rebuilt += rebuilt
      sum.purged += purged
    } catch (error) {
      if (signal.aborted) throw error
      // the fault of one line must not keep the others from their check
      deps.log.warn({ tenantId: plant.db.tenantId, lineId: line.lineId, err: error }, 'the history of a line could not be reconciled')
    }
  }
  return sum
}

async function reconcileSlice(
  { db, clock, histories }: HistoryJobDeps,
  plant: OpenedPlant,
  line: Line,
  signal: AbortSignal,
): Promise<Reconciled> {
  const tenant = { ...db, tenantId: plant.db.tenantId }
  const today = dayOf(zoneOf(plant.model.settings.timeZone).toLocalS(Math.floor(clock.nowMs() / 1000)))
  const checkedDay = (await findState(tenant, line.lineId))?.checkedDay ?? null
  const beforeDay = Math.min(checkedDay ?? Number.POSITIVE_INFINITY, today - recentDays)
  let slice = 0
  let lowest = beforeDay
  // days are asked newest first
  const isWanted = (day: number): boolean => {
    if (day >= today - recentDays) return true
    if (day >= beforeDay || slice === sliceDays) return false
    slice++
    lowest = day
    return true
  }
  const moveOn = (): Promise<unknown> => saveCheckedDay(tenant, line.lineId, slice < sliceDays ? null : lowest)
  try {
    const result = await histories.reconcile(plant, line, isWanted, signal)
    await moveOn()
    return result
  } catch (error) {
    // a slice that cannot be read must not be the only one that is ever tried
    if (slice > 0 && !signal.aborted) await moveOn()
    throw error
  }
}

export const historyJobs = (deps: HistoryJobDeps) => [
  {
    name: 'history.reconcile',
    schedule: '40 2 * * *',
    isLong: true,
    run: async (_payload: unknown, { signal }: { readonly signal: AbortSignal }): Promise<void> => {
      for (const tenantId of await listAttachedTenants(deps.db)) {
        if (signal.aborted) return
        try {
          const result = await deps.plants.withPlant(tenantId, (plant) => reconcilePlant(deps, plant, signal))
          deps.log.info({ tenantId, ...result }, 'history reconciled')
        } catch (error) {
          if (signal.aborted) return
          // one plant that is away must not keep the others from their check
          deps.log.warn({ tenantId, err: error }, 'history could not be reconciled')
        }
      }
    },
  },
]
