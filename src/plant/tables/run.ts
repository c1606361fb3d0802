/** Work asked for and done: by the worker, or by the command that asked. A process that dies in the middle is followed by another one. */
import { type Origin, recordAudit } from '../../identity/index.ts'
import type { TenantDb } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/index.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import type { OpenPlant } from '../model/index.ts'
import { addTask, claimTask, endTask, findTask, type Note, renewTask, type Task, type TaskBy, tellProgress, type Work } from './tasks.ts'
import { carryOut, demandMonth, demandOurs, linesOf, type WorkDeps } from './work.ts'

export type RunDeps = WorkDeps & {
  readonly log: {
    readonly info: (fields: object, message: string) => void
    readonly warn: (fields: object, message: string) => void
    readonly error: (fields: object, message: string) => void
  }
}

export const taskJob = 'tables.task'
const renewEveryMs = 30_000

/** Held against the plant before it is queued: what cannot be done is refused at once. */
function demandPossible(plant: OpenPlant, work: Work, nowMs: number): void {
  demandOurs(plant, work.mayTouchCustomers)
  if (work.kind !== 'create') linesOf(plant, work.lineId)
  if (work.kind === 'take_out') demandMonth(work.month, plant, nowMs, true)
  if (work.kind === 'restore') demandMonth(work.month, plant, nowMs, false)
}

/** Queues the work for the worker. Throws what refuses it. */
export async function askFor(
  deps: Pick<RunDeps, 'db' | 'clock'>,
  plant: OpenPlant,
  by: TaskBy & { readonly origin?: Origin },
  work: Work,
): Promise<number> {
  const nowMs = deps.clock.nowMs()
  demandPossible(plant, work, nowMs)
  const { tenantId } = plant.db
  return transaction({ ...deps.db, tenantId }, async (tx) => {
    const taskId = await addTask(tx, work, by, nowMs)
    await enqueue(tx, { name: taskJob, payload: { tenantId, taskId } }, nowMs)
    await recordAudit(tx, deps, by.userId === null ? null : { userId: by.userId }, 'CREATE', {
      tenantId,
      entityType: 'table_task',
      entityId: taskId,
      ...(by.origin && { origin: by.origin }),
      data: { ...work },
    })
    return taskId
  })
}

/** Adds the work and does it here and now, as a command line does. */
export async function doNow(deps: RunDeps, plant: OpenPlant, by: TaskBy, work: Work): Promise<Task> {
  demandPossible(plant, work, deps.clock.nowMs())
  const tenant = { ...deps.db, tenantId: plant.db.tenantId }
  const taskId = await addTask(tenant, work, by, deps.clock.nowMs(), true)
  const task = await findTask(tenant, taskId)
  if (task) await runClaimed(deps, tenant, task, plant)
  const ended = await findTask(tenant, taskId)
  if (!ended) throw new Error('the task that was just done is not there')
  return ended
}

/** For the worker. Throws while another process may still be at it, so that the queue tries again. */
export async function runTask(deps: RunDeps, tenantId: number, taskId: number): Promise<void> {
  const tenant = { ...deps.db, tenantId }
  const isOurs = await claimTask(tenant, taskId, deps.clock.nowMs())
  const task = await findTask(tenant, taskId)
  if (!task) return
  if (isOurs) return runClaimed(deps, tenant, task)
  if (task.state === 'running') throw new Error('another process is at this work, or died at it a moment ago')
}

async function runClaimed(deps: RunDeps, tenant: TenantDb, task: Task, opened?: OpenPlant): Promise<void> {
  const { clock, log } = deps
  const { taskId } = task
  const { tenantId } = tenant
  const renewal = setInterval(() => {
    renewTask(tenant, taskId, clock.nowMs()).catch(() => {}) // the lease holds for some time yet
  }, renewEveryMs)
  const by = task.byUser === null ? null : { userId: task.byUser }
  const progress = async (done: number, total: number, note: Note): Promise<void> => {
    await tellProgress(tenant, taskId, { done, total, note }, clock.nowMs())
  }
  try {
    const work = (plant: OpenPlant): Promise<Note> => carryOut(deps, by, plant, task.work, progress)
    const note = await (opened ? work(opened) : deps.plants.withPlant(tenantId, work))
    await endTask(tenant, taskId, 'done', note, clock.nowMs())
    log.info({ event: 'table_task_done', tenantId, taskId, kind: task.work.kind }, 'work on tables done')
  } catch (error) {
    const note =
      error instanceof Problem
        ? { es: error.detail('es'), en: error.detail('en') }
        : {
            es: 'No se pudo terminar. Nada se perdió: mire el registro del servidor y pídalo de nuevo.',
            en: 'It could not be finished. Nothing was lost: look at the log of the server and ask for it again.',
          }
    await endTask(tenant, taskId, 'failed', note, clock.nowMs())
    const fields = { event: 'table_task_failed', tenantId, taskId, kind: task.work.kind, err: error }
    if (error instanceof Problem) log.warn(fields, 'work on tables was refused')
    else log.error(fields, 'work on tables failed')
  } finally {
    clearInterval(renewal)
  }
}
