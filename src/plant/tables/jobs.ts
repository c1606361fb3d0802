/** What the worker does for tables: work that was asked for, and the monthly run on day 1 at 02:00 of the plant's clock. */
import { formatLocal, localParts, zoneOf } from '../../platform/time/index.ts'
import type { OpenPlant } from '../model/index.ts'
import { keptFrom } from '../partitions/index.ts'
import { listAttachedTenants, monthOfLocal, monthText, yearMonthOf } from '../source/index.ts'
import { markMaintained, readPolicy } from './policy.ts'
import { doNow, type RunDeps, runTask, taskJob } from './run.ts'
import type { Task } from './tasks.ts'

const dayMs = 86_400_000
const maintenanceHour = 2

export const tableJobs = (deps: RunDeps) => [
  {
    name: taskJob,
    isLong: true,
    run: async (payload: unknown): Promise<void> => {
      const { tenantId, taskId } = payload as { readonly tenantId: number; readonly taskId: number }
      await runTask(deps, tenantId, taskId)
    },
  },
  {
    name: 'tables.monthly',
    schedule: '2 * * * *',
    isLong: true,
    run: async (_payload: unknown, { signal }: { readonly signal: AbortSignal }): Promise<void> => {
      for (const tenantId of await listAttachedTenants(deps.db)) {
        if (signal.aborted) return
        // nowhere on earth is it a later month: the plant need not be opened
        const latest = new Date(deps.clock.nowMs() + dayMs)
        const { maintainedMonth } = await readPolicy({ ...deps.db, tenantId })
        if (maintainedMonth === latest.getUTCFullYear() * 100 + latest.getUTCMonth() + 1) continue
        try {
          await deps.plants.withPlant(tenantId, (plant) => maintain(deps, plant))
        } catch (error) {
          // one plant that is away must not keep the others from their month
          deps.log.warn({ tenantId, err: error }, 'tables could not be maintained')
        }
      }
    },
  },
]

const system = { userId: null, name: 'Andon' }

/** Once a month from day 1, 02:00 on; sooner when it never ran. Null = not due, or not ours to do. */
export async function maintain(deps: RunDeps, plant: OpenPlant, isForced = false): Promise<readonly Task[] | null> {
  const nowMs = deps.clock.nowMs()
  const tenant = { ...deps.db, tenantId: plant.db.tenantId }
  const policy = await readPolicy(tenant)
  const nowLocalS = zoneOf(plant.model.settings.timeZone).toLocalS(Math.floor(nowMs / 1_000))
  const month = monthOfLocal(formatLocal(nowLocalS))
  const { day, hour } = localParts(nowLocalS)
  // a month that is not here yet was told by a clock that ran ahead
  const last = policy.maintainedMonth > yearMonthOf(month) ? 0 : policy.maintainedMonth
  const isDue = last < yearMonthOf(month) && (day > 1 || hour >= maintenanceHour || last === 0)
  if (!isForced && !isDue) return null
  if (!plant.canManage) {
    await markMaintained(tenant, yearMonthOf(month), nowMs)
    return null
  }
  const tasks = [await doNow(deps, plant, system, { kind: 'ensure', lineId: null, monthsAhead: policy.monthsAhead })]
  if (policy.retentionMonths !== null)
    tasks.push(
      await doNow(deps, plant, system, {
        kind: 'take_out',
        lineId: null,
        month: monthText(keptFrom(month, policy.retentionMonths)),
        isArchiving: policy.isArchiving,
        keptMonths: policy.retentionMonths,
      }),
    )
  // what failed is tried again in an hour
  if (tasks.every(({ state }) => state === 'done')) await markMaintained(tenant, yearMonthOf(month), nowMs)
  return tasks
}
