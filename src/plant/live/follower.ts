/** Watches plants for new rows: a poll or two per tenant and second, shared by everybody who looks, and none when nobody does. */

/** What was last seen of each line: line id to a word that changes when its rows do. */
export type LineMarks = ReadonlyMap<number, string>

export type PlantState = 'connecting' | 'live' | 'offline'
/** `marks`: of all lines as they are now; null before the first look. */
export type PlantNews = { readonly marks: LineMarks | null } & (
  | { readonly kind: 'changed'; readonly lineIds: readonly number[] }
  | { readonly kind: 'status'; readonly state: PlantState }
)

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
  readonly viewOf: (tenantId: number) => { readonly state: PlantState; readonly marks: LineMarks | null }
  /** Somebody knows of a change in this process: the next look is now. Nothing happens when nobody watches. */
  readonly nudge: (tenantId: number) => void
  /** Tenants that are polled now. */
  readonly followed: () => readonly number[]
  readonly close: () => void
}

/** Between two looks: what a change waits for on the way to the screen. */
const shortestGapMs = 300
const longestGapMs = 1_000
/** A process that follows very many plants looks at each less often. */
const gapPerPlantMs = 40
/** A plant is asked for at most this share of the time. */
const share = 1 / 8
const firstBackoffMs = 1_000
const longestBackoffMs = 30_000

/** 2, 4, 8… seconds: a plant that is down is asked less and less often. */
export const backoffMs = (failures: number): number => Math.min(longestBackoffMs, firstBackoffMs * 2 ** failures)

/** After a look that took `readMs`: a plant that answers slowly is asked less often. */
export const gapMs = (readMs: number, plants = 1): number =>
  Math.min(longestGapMs, Math.max(shortestGapMs, readMs / share, plants * gapPerPlantMs))

/** Lines whose mark differs; a line that came or went counts too. */
export function changedLines(before: LineMarks, after: LineMarks): number[] {
  const ids = new Set([...before.keys(), ...after.keys()])
  return [...ids].filter((lineId) => before.get(lineId) !== after.get(lineId)).sort((one, other) => one - other)
}

type Followed = {
  watchers: number
  marks: LineMarks | null
  state: PlantState
  failures: number
  cancel: () => void
  isReading: boolean
  /** Nudged while it was being read: once more at once. */
  isWanted: boolean
}

export function createFollower(deps: FollowerDeps): Follower {
  const plants = new Map<number, Followed>()

  async function poll(tenantId: number, plant: Followed): Promise<void> {
    const startedMs = performance.now()
    plant.isReading = true
    plant.isWanted = false
    try {
      const marks = await deps.readMarks(tenantId)
      if (plants.get(tenantId) !== plant) return
      const changed = plant.marks === null ? [] : changedLines(plant.marks, marks)
      plant.marks = marks
      plant.failures = 0
      turn(tenantId, plant, 'live')
      if (changed.length > 0) deps.publish(tenantId, { kind: 'changed', lineIds: changed, marks })
    } catch (error) {
      if (plants.get(tenantId) !== plant) return
      plant.failures += 1
      if (plant.state !== 'offline') deps.onError(tenantId, error)
      turn(tenantId, plant, 'offline')
    }
    plant.isReading = false
    // Only now: a slow plant is never asked twice at once.
    const waitMs = plant.failures > 0 ? backoffMs(plant.failures) : plant.isWanted ? 0 : gapMs(performance.now() - startedMs, plants.size)
    plant.cancel = deps.schedule(() => void poll(tenantId, plant), waitMs)
  }

  function turn(tenantId: number, plant: Followed, state: PlantState): void {
    if (plant.state === state) return
    plant.state = state
    deps.publish(tenantId, { kind: 'status', state, marks: plant.marks })
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
        plant = { watchers: 0, marks: null, state: 'connecting', failures: 0, cancel: () => {}, isReading: false, isWanted: false }
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
    viewOf(tenantId) {
      const { state, marks } = plants.get(tenantId) ?? { state: 'connecting', marks: null }
      return { state, marks }
    },
    nudge(tenantId) {
      const plant = plants.get(tenantId)
      // one that is down is asked in its own time
      if (plant === undefined || plant.failures > 0) return
      plant.isWanted = true
      if (plant.isReading) return
      plant.cancel()
      void poll(tenantId, plant)
    },
    followed: () => [...plants.keys()],
    close() {
      for (const plant of plants.values()) plant.cancel()
      plants.clear()
    },
  }
}
