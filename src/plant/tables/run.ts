/** Work asked for and done: by the worker, or by the command that asked. A process that dies in the middle is followed by another one. */
import { type Origin, recordAudit } from '../../identity/index.ts'
import type { TenantDb } from '../../platform/db/database.ts'
import { transaction } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/index.ts'
import { enqueue } from '../../platform/jobs/index.ts'
import type { OpenPlant } from '../model/index.ts'
import { type HeldWork, holdWork, WorkLostError } from './hold.ts'
import { demandMonth, demandOurs, lineOf, linesOf, tableOf, type WorkDeps } from './lines.ts'
import { addTask, claimTask, findTask, leaseFrom, type Note, type Task, type TaskBy, type Work } from './tasks.ts'
import { carryOut, type EnsuredLine, ensuredNote, ensureLines } from './work.ts'

export type RunDeps = WorkDeps & {
  readonly log: {
    readonly info: (fields: object, message: string) => void
    readonly warn: (fields: object, message: string) => void
    readonly error: (fields: object, message: string) => void
  }
}

export const taskJob = 'tables.task'

/** Held against the plant before it is queued: what cannot be done is refused at once. */
function demandPossible(plant: OpenPlant, work: Work, nowMs: number): void {
  demandOurs(plant, work.mayTouchCustomers)
  if (work.kind === 'restore' || work.kind === 'convert') lineOf(plant, work.lineId)
  else if (work.kind !== 'create') linesOf(plant, work.lineId)
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
  const { tenant, claimed } = await claimNow(deps, plant, by, work)
  const own = by.userId === null ? null : { userId: by.userId }
  await runClaimed(deps, tenant, claimed, async ({ demandHeld, progress }) => ({
    note: await carryOut({ ...deps, demandHeld }, own, plant, work, progress),
  }))
  const ended = await findTask(tenant, claimed.taskId)
  if (!ended) throw new Error('the task that was just done is not there')
  return ended
}

/** Makes a line's missing partitions while somebody waits for the answer; audited whether one was missing or not. Throws what refuses or ends it. */
export async function ensureNow(
  deps: RunDeps,
  plant: OpenPlant,
  by: { readonly userId: number; readonly name: string; readonly origin: Origin },
  lineId: number,
  monthsAhead: number,
): Promise<EnsuredLine> {
  const work = { kind: 'ensure', lineId, monthsAhead } as const
  const { tenant, claimed } = await claimNow(deps, plant, by, work)
  const ended = await runClaimed(deps, tenant, claimed, async () => {
    const lines = await ensureLines(deps, plant, work, ({ line, created }) =>
      transaction(tenant, (tx) =>
        recordAudit(tx, deps, by, 'UPDATE', {
          tenantId: tx.tenantId,
          entityType: 'detection_partition',
          entityId: lineId,
          origin: by.origin,
          data: { line_id: lineId, table: tableOf(line), partitions: [...created] },
        }),
      ),
    )
    return { note: ensuredNote(lines), lines }
  })
  if ('fault' in ended) throw ended.fault
  const [line] = ended.done.lines
  if (!line) throw new Error('the line that was ensured is not told')
  return line
}

async function claimNow(deps: RunDeps, plant: OpenPlant, by: TaskBy, work: Work) {
  const nowMs = deps.clock.nowMs()
  demandPossible(plant, work, nowMs)
  const tenant: TenantDb = { ...deps.db, tenantId: plant.db.tenantId }
  const taskId = await addTask(tenant, work, by, nowMs, true)
  return { tenant, claimed: { taskId, work, untilMs: leaseFrom(nowMs) } }
}

/** For the worker. Throws while another process may still be at it, so that the queue tries again. */
export async function runTask(deps: RunDeps, tenantId: number, taskId: number): Promise<void> {
  const tenant = { ...deps.db, tenantId }
  const untilMs = await claimTask(tenant, taskId, deps.clock.nowMs())
  const task = await findTask(tenant, taskId)
  if (!task) return
  if (untilMs === null) {
    if (task.state === 'running') throw new Error('another process is at this work, or died at it a moment ago')
    return
  }
  const by = task.byUser === null ? null : { userId: task.byUser }
  await runClaimed(deps, tenant, { ...task, untilMs }, async ({ demandHeld, progress }) => ({
    note: await deps.plants.withPlant(tenantId, (plant) => carryOut({ ...deps, demandHeld }, by, plant, task.work, progress)),
  }))
}

type Told = { readonly note: Note }

/** Answers what came of it, or what ended it: the task tells either already, unless another process goes on with it. */
async function runClaimed<Done extends Told>(
  { clock, log }: RunDeps,
  tenant: TenantDb,
  { taskId, work, untilMs }: Pick<Task, 'taskId' | 'work'> & { readonly untilMs: number },
  act: (held: HeldWork) => Promise<Done>,
): Promise<{ readonly done: Done } | { readonly fault: unknown }> {
  const fields = { tenantId: tenant.tenantId, taskId, kind: work.kind }
  const held = holdWork(tenant, clock, taskId, untilMs)
  const lost = () => log.warn({ event: 'table_task_lost', ...fields }, 'another process has taken the work on tables over')
  try {
    const done = await act(held)
    if (await held.end('done', done.note)) log.info({ event: 'table_task_done', ...fields }, 'work on tables done')
    else lost()
    return { done }
  } catch (error) {
    const note =
      error instanceof Problem
        ? { es: error.detail('es'), en: error.detail('en') }
        : {
            es: 'No se pudo terminar. Nada se perdió: mire el registro del servidor y pídalo de nuevo.',
            en: 'It could not be finished. Nothing was lost: look at the log of the server and ask for it again.',
          }
    if (error instanceof WorkLostError || !(await held.end('failed', note))) lost()
    else if (error instanceof Problem) log.warn({ event: 'table_task_failed', ...fields, err: error }, 'work on tables was refused')
    else log.error({ event: 'table_task_failed', ...fields, err: error }, 'work on tables failed')
    return { fault: error }
  } finally {
    held.release()
  }
}
