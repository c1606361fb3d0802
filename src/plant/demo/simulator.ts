/** Keeps the demo plants producing in real time, from the same model as their history. A pause is made up for first, in larger steps. */

import type { Log } from '../../platform/log/index.ts'
import { type Clock, dayS, hourS, zoneOf } from '../../platform/time/index.ts'
import type { Plants } from '../model/index.ts'
import { readState, writeArrivals } from './fill.ts'
import type { PlantPlan } from './plant-plan.ts'
import { type Production, productionOf } from './production.ts'

export type SimulatedPlant = { readonly tenantId: number; readonly plan: PlantPlan }
export type Simulator = { readonly stop: () => Promise<void> }
export type SimulatorDeps = { readonly plants: Plants; readonly clock: Clock; readonly log: Log }

const tickMs = 1_000
const pauseAfterErrorMs = 15_000
/** One transaction of a longer pause: a few thousand rows. */
const catchUpS = 4 * hourS

/** Writes what is due at `nowMs`, in as many transactions as it takes. Returns the rows written. Throws when the plant cannot be reached. */
export async function catchUp(
  plants: Plants,
  { tenantId, plan }: SimulatedPlant,
  nowMs: number,
  productions: Map<string, Production>,
  isStopped: () => boolean,
): Promise<number> {
  const nowS = zoneOf(plan.timeZone).toLocalS(Math.floor(nowMs / 1000))
  for (let rows = 0; ; ) {
    const step = await plants.withPlant(tenantId, ({ db }) =>
      db.kysely.transaction().execute(async (tx) => {
        const stored = await readState(tx)
        if (stored === null || stored.writtenUntilS >= nowS) return null
        // After a very long pause only the usual length of history is made.
        const state = { ...stored, writtenUntilS: Math.max(stored.writtenUntilS, nowS - plan.historyDays * dayS) }
        const key = `${plan.key}/${state.seed}/${state.newestDay}`
        const production = productions.get(key) ?? productionOf(plan, state)
        productions.set(key, production)
        return writeArrivals(tx, production, state, Math.min(nowS, state.writtenUntilS + catchUpS))
      }),
    )
    if (step === null) return rows
    rows += step.rows
    if (step.state.writtenUntilS >= nowS || isStopped()) return rows
  }
}

/** Starts at once and goes on until `stop`, which waits for the transaction under way. An error pauses that plant, never the process. */
export function startSimulator({ plants, clock, log }: SimulatorDeps, simulated: readonly SimulatedPlant[]): Simulator {
  const stopping = new AbortController()
  const productions = new Map<string, Production>()
  const run = async (plant: SimulatedPlant): Promise<void> => {
    while (!stopping.signal.aborted) {
      const delayMs = await catchUp(plants, plant, clock.nowMs(), productions, () => stopping.signal.aborted).then(
        () => tickMs,
        (error: unknown) => {
          log.warn({ err: error, tenantId: plant.tenantId }, 'demo simulator paused')
          return pauseAfterErrorMs
        },
      )
      await pause(delayMs, stopping.signal)
    }
  }
  const runs = simulated.map(run)
  return {
    stop: async () => {
      stopping.abort()
      await Promise.all(runs)
    },
  }
}

/** Ends early, without an error, when the signal fires. */
const pause = (delayMs: number, signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) return resolve()
    const timer = setTimeout(resolve, delayMs).unref()
    signal.addEventListener(
      'abort',
      () => {
        clearTimeout(timer)
        resolve()
      },
      { once: true },
    )
  })
