/** Stores stops that are over in the customers' tables (spec plant 7.3): exactly those that every screen calculates, each once, whoever runs it how often. */
import { latestLeaseMs } from '../../platform/time/index.ts'
import type { Line } from '../model/index.ts'
import { listAttachedTenants } from '../source/index.ts'
import { ensureStopLine, takeLease, updateStopLine } from '../stop-store/index.ts'
import { rescanLateDays } from './late-rows.ts'
import { type LinePlant, storedInOf } from './line-store.ts'
import { nowSOf, type StopDeps } from './open.ts'
import { settlePending } from './pending.ts'
import { storeClosed } from './store-closed.ts'

type Log = { readonly info: (data: object, message: string) => void; readonly warn: (data: object, message: string) => void }
export type JobDeps = StopDeps & { readonly log: Log }

/** `busy`: another process does it. `off`: the company does not want it. `no_right`, `no_table`: nothing is stored, stops are calculated on read. */
export type LineOutcome = 'stored' | 'busy' | 'off' | 'loading' | 'no_data' | 'no_right' | 'no_table' | 'not_detecting' | 'failed'
export type LineRun = {
  readonly lineId: number
  readonly lineName: string
  readonly outcome: LineOutcome
  /** Rows added, and rows that grew. */
  readonly stored: number
  readonly extended: number
  /** Days that were looked at again because rows came late. */
  readonly lateDays: number
  readonly error: string | null
}
export type TenantRun = { readonly tenantId: number; readonly lines: readonly LineRun[]; readonly error: string | null }

/** A process that died gives its line back after this long. */
const leaseMs = 120_000

const nothing = { stored: 0, extended: 0, lateDays: 0 }
type Stored = typeof nothing & { readonly outcome: LineOutcome }

/** `tenantIds` null = every company with a plant. One that fails leaves the others alone. */
export async function storeStops(deps: JobDeps, tenantIds: readonly number[] | null, signal?: AbortSignal): Promise<TenantRun[]> {
  const runs: TenantRun[] = []
  for (const tenantId of tenantIds ?? (await listAttachedTenants(deps.db))) {
    if (signal?.aborted) break
    try {
      const lines = await deps.plants.withPlant(tenantId, async ({ model }) => model.lines.filter(({ isActive }) => isActive))
      const done: LineRun[] = []
      for (const { lineId } of lines) if (!signal?.aborted) done.push(...(await storeLine(deps, tenantId, lineId, signal)))
      runs.push({ tenantId, lines: done, error: null })
      deps.log.info({ tenantId, lines: done.length, stored: done.reduce((sum, line) => sum + line.stored, 0) }, 'stops stored')
    } catch (error) {
      deps.log.warn({ tenantId, err: error }, 'stops of a plant could not be stored')
      runs.push({ tenantId, lines: [], error: textOf(error) })
    }
  }
  return runs
}

const textOf = (error: unknown): string => (error instanceof Error ? error.message : String(error))

/** Opened anew for each line: what the one before it stored is seen. */
const storeLine = (deps: JobDeps, tenantId: number, lineId: number, signal: AbortSignal | undefined): Promise<LineRun[]> =>
  deps.plants.withPlant(tenantId, async (plant) => {
    const line = plant.model.lines.find((one) => one.lineId === lineId)
    if (!line) return []
    const db = { ...deps.db, tenantId }
    const { lineName } = line
    const nowMs = deps.clock.nowMs()
    try {
      const { outcome, ...counts } = await storeOne(deps, plant, line, signal)
      if (outcome !== 'busy') await updateStopLine(db, lineId, { last_run_at: nowMs, last_outcome: outcome, last_stored: counts.stored })
      return [{ lineId, lineName, outcome, ...counts, error: null }]
    } catch (error) {
      deps.log.warn({ tenantId, lineId, err: error }, 'stops of a line could not be stored')
      await updateStopLine(db, lineId, { last_run_at: nowMs, last_outcome: 'failed', last_stored: 0 })
      return [{ lineId, lineName, outcome: 'failed', ...nothing, error: textOf(error) }]
    }
  })

async function storeOne(deps: JobDeps, plant: LinePlant, line: Line, signal: AbortSignal | undefined): Promise<Stored> {
  const db = { ...deps.db, tenantId: plant.db.tenantId }
  const { lineId } = line
  const nowMs = deps.clock.nowMs()
  const known = await ensureStopLine(db, lineId, nowMs)
  if (line.detectionTable === null) return { ...nothing, outcome: 'no_table' }
  if (!line.autoDetectDowntime || line.downtimeThresholdS <= 0) return { ...nothing, outcome: 'not_detecting' }
  const mayWrite = (await storedInOf(deps, plant, line)) === 'plant'
  await settlePending(deps, plant, line)
  if (!plant.model.settings.isStopJobOn) return { ...nothing, outcome: 'off' }
  if (!mayWrite) return { ...nothing, outcome: line.downtimeTable === null ? 'no_table' : 'no_right' }

  // the plant may have taken long to answer what is above
  const leasedMs = deps.clock.nowMs()
  let untilMs = leasedMs + leaseMs
  const isHeld = known.lease_until > leasedMs && known.lease_until <= latestLeaseMs(leasedMs, leaseMs)
  if (isHeld || !(await takeLease(db, lineId, known.lease_until, untilMs))) return { ...nothing, outcome: 'busy' }
  /** False: the process was too slow, and another one goes on from what is stored. */
  const renew = async (): Promise<boolean> => {
    const next = deps.clock.nowMs() + leaseMs
    if (next === untilMs) return true
    const isOurs = await takeLease(db, lineId, untilMs, next)
    untilMs = next
    return isOurs
  }
  try {
    const state = await ensureStopLine(db, lineId, deps.clock.nowMs())
    const nowS = nowSOf(deps)
    const lateDays = await rescanLateDays(deps, plant, line, state, nowS)
    return {
      lateDays,
      ...(await storeClosed(deps, plant, line, state.scanned_until_s, nowS, async () => !signal?.aborted && (await renew()))),
    }
  } finally {
    await takeLease(db, lineId, untilMs, 0)
  }
}

export const stopJobs = (deps: JobDeps, isEnabled: boolean) =>
  isEnabled
    ? [
        {
          name: 'downtime.store',
          schedule: '*/15 * * * *',
          run: async (_payload: unknown, { signal }: { readonly signal: AbortSignal }): Promise<void> => {
            await storeStops(deps, null, signal)
          },
        },
      ]
    : []
