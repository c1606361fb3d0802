/** Watches plants for new rows: one poll per tenant and second, shared by everybody who looks, and none when nobody does. */

/** What was last seen of each line: line id to a word that changes when its rows do. */
export type LineMarks = ReadonlyMap<number, string>

export type PlantState = 'connecting' | 'live' | 'offline'
export type PlantNews =
  | { readonly kind: 'changed'; readonly lineIds: readonly number[] }
  | { readonly kind: 'status'; readonly state: PlantState }

export type FollowerDeps = {
  /** An indexed read of a few milliseconds; throws when the plant cannot be read. */
  readonly readMarks: (tenantId: number) => Promise<LineMarks>
  readonly publish: (tenantId: number, news: PlantNews) => void
  /** Runs `work` once after the delay; returns how to call it off. */
  readonly schedule: (work: () => void, delayMs: number) => () => void
  readonly onError: (tenantId: number, error: unknown) => void
}

export type Follower = {
  /** Starts following with the first watcher; the returned function ends one watch, and the last one ends the polling. */
  readonly watch: (tenantId: number) => () => void
  readonly stateOf: (tenantId: number) => PlantState
  /** Tenants that are polled now. */
  readonly followed: () => readonly number[]
  readonly close: () => void
}

const pollMs = 1_000
const longestBackoffMs = 30_000

/** 2, 4, 8… seconds: a plant that is down is asked less and less often. */
export const backoffMs = (failures: number): number => Math.min(longestBackoffMs, pollMs * 2 ** failures)

/** Lines whose mark differs; a line that came or went counts too. */
export function changedLines(before: LineMarks, after: LineMarks): number[] {
  const ids = new Set([...before.keys(), ...after.keys()])
  return [...ids].filter((lineId) => before.get(lineId) !== after.get(lineId)).sort((one, other) => one - other)
}

type Followed = { watchers: number; marks: LineMarks | null; state: PlantState; failures: number; cancel: () => void }

export function createFollower(deps: FollowerDeps): Follower {
  const plants = new Map<number, Followed>()

  async function poll(tenantId: number, plant: Followed): Promise<void> {
    try {
      const marks = await deps.readMarks(tenantId)
      if (plants.get(tenantId) !== plant) return
      const changed = plant.marks === null ? [] : changedLines(plant.marks, marks)
      plant.marks = marks
      plant.failures = 0
      turn(tenantId, plant, 'live')
      if (changed.length > 0) deps.publish(tenantId, { kind: 'changed', lineIds: changed })
    } catch (error) {
      if (plants.get(tenantId) !== plant) return
      plant.failures += 1
      if (plant.state !== 'offline') deps.onError(tenantId, error)
      turn(tenantId, plant, 'offline')
    }
    // Only now: a slow plant is never asked twice at once.
    plant.cancel = deps.schedule(() => void poll(tenantId, plant), plant.failures === 0 ? pollMs : backoffMs(plant.failures))
  }

  function turn(tenantId: number, plant: Followed, state: PlantState): void {
    if (plant.state === state) return
    plant.state = state
    deps.publish(tenantId, { kind: 'status', state })
  }

  function release(tenantId: number, plant: Followed): void {
    plant.watchers -= 1
    if (plant.watchers > 0) return
    plant.cancel()
    if (plants.get(tenantId) === plant) plants.delete(tenantId)
  }

  return {
    watch(tenantId) {
      let plant = plants.get(tenantId)
      if (plant === undefined) {
        plant = { watchers: 0, marks: null, state: 'connecting', failures: 0, cancel: () => {} }
        plants.set(tenantId, plant)
        void poll(tenantId, plant)
      }
      plant.watchers += 1
      const watched = plant
      let isReleased = false
      return () => {
        if (!isReleased) release(tenantId, watched)
        isReleased = true
      }
    },
    stateOf: (tenantId) => plants.get(tenantId)?.state ?? 'connecting',
    followed: () => [...plants.keys()],
    close() {
      for (const plant of plants.values()) plant.cancel()
      plants.clear()
    },
  }
}
