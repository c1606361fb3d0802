/** What a process holds of the work that it does: a lease that it renews, and that another one takes over when it has been silent. */
import type { TenantDb } from '../../platform/db/database.ts'
import { isDatabaseUnavailable } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import type { Progress } from './lines.ts'
import { changeTask, leaseFrom, type Note } from './tasks.ts'

const renewEveryMs = 30_000

/** Another process goes on with the work: this one has nothing more to do or to say in it. */
export class WorkLostError extends Error {
  override readonly name = 'WorkLostError'
}

/** No reason to try the other lines: the work is another process's, or the plant is away. */
export const endsAll = (error: unknown): boolean =>
  error instanceof WorkLostError || (!(error instanceof Problem) && isDatabaseUnavailable(error))

export type HeldWork = {
  /** Throws `WorkLostError`. */
  readonly demandHeld: () => Promise<void>
  /** Throws `WorkLostError`. */
  readonly progress: Progress
  /** False when it was lost. */
  readonly end: (state: 'done' | 'failed', note: Note) => Promise<boolean>
  /** Renews it no more. */
  readonly release: () => void
}

/** `untilMs`: as it was claimed. */
export function holdWork(tenant: TenantDb, clock: Clock, taskId: number, untilMs: number): HeldWork {
  let heldUntilMs = untilMs
  let turn: Promise<unknown> = Promise.resolve()
  /** One after another: each names the lease of the one before. */
  const change = (changes: Parameters<typeof changeTask>[3]): Promise<boolean> => {
    const next = turn.then(async () => {
      const nextMs = leaseFrom(clock.nowMs())
      const isOurs = await changeTask(tenant, taskId, heldUntilMs, { ...changes, lease_until: nextMs })
      if (isOurs) heldUntilMs = nextMs
      return isOurs
    })
    turn = next.catch(() => {})
    return next
  }
  const demand = async (changes: Parameters<typeof changeTask>[3]): Promise<void> => {
    if (!(await change(changes))) throw new WorkLostError('another process has taken the work over')
  }
  const renewal = setInterval(() => {
    change({}).catch(() => {}) // the lease holds for some time yet
  }, renewEveryMs)
  return {
    demandHeld: () => demand({}),
    progress: (done, total, note) => demand({ done, total, note: JSON.stringify(note), updated_at: clock.nowMs() }),
    end: (state, note) => change({ state, active: null, note: JSON.stringify(note), updated_at: clock.nowMs() }),
    release: () => clearInterval(renewal),
  }
}
