/** SQL of the work on the tables of a company: one at a time, owned by a process for a while, told while it goes on. */
import type { TenantDb } from '../../platform/db/database.ts'
import { insertId, isUniqueViolation } from '../../platform/db/index.ts'
import { latestLeaseMs } from '../../platform/time/index.ts'
import { problem } from './problems.ts'
import type { TableTaskRow } from './tables.ts'

export type TaskKind = TableTaskRow['kind']

export type Work = {
  readonly kind: TaskKind
  /** Null = all lines. */
  readonly lineId: number | null
  /** `2026-03`: of `take_out`, months before it; of `restore`, that month. */
  readonly month?: string
  readonly monthsAhead?: number
  readonly isArchiving?: boolean
  /** Of `take_out` by retention: so many months stay; reckoned from the newest row of the line where the clock is far ahead of it. */
  readonly keptMonths?: number
  /** The operator's explicit word for tables of the customer. */
  readonly mayTouchCustomers?: boolean
}

/** In the words of a problem, or of a result. */
export type Note = { readonly es: string; readonly en: string }

export type Task = {
  readonly taskId: number
  readonly work: Work
  readonly state: TableTaskRow['state']
  readonly done: number
  readonly total: number
  readonly note: Note | null
  readonly byUser: number | null
  readonly byName: string
  readonly createdMs: number
  readonly updatedMs: number
}

export type TaskBy = { readonly userId: number | null; readonly name: string }

const leaseMs = 120_000
/** Whoever asks next does not wait for a worker that never came. */
const longestWaitMs = 86_400_000

/** Throws 409 `table_task_running`. One whose process died, or that nobody began in a day, is ended and says so. `isClaimed`: this process does it at
 *  once, and holds it until `leaseFrom`. */
export async function addTask(db: TenantDb, work: Work, by: TaskBy, nowMs: number, isClaimed = false): Promise<number> {
  const giveUp = (state: 'running' | 'waiting', note: Note) =>
    db.kysely
      .updateTable('table_tasks')
      .set({ state: 'failed', active: null, note: JSON.stringify(note), updated_at: nowMs })
      .where('tenant_id', '=', db.tenantId)
      .where('active', '=', 1)
      .where('state', '=', state)
  await giveUp('running', interrupted)
    .where((eb) => eb.or([eb('lease_until', '<', nowMs - leaseMs), eb('lease_until', '>', latestLeaseMs(nowMs, leaseMs))]))
    .execute()
  await giveUp('waiting', neverBegun)
    .where((eb) => eb.or([eb('created_at', '<', nowMs - longestWaitMs), eb('created_at', '>', nowMs + longestWaitMs)]))
    .execute()
  await forgetOldest(db)
  try {
    return await insertId(db, 'table_tasks', {
      tenant_id: db.tenantId,
      kind: work.kind,
      payload: JSON.stringify(work),
      state: isClaimed ? 'running' : 'waiting',
      active: 1,
      done: 0,
      total: 0,
      note: null,
      lease_until: isClaimed ? leaseFrom(nowMs) : 0,
      by_user: by.userId,
      by_name: by.name,
      created_at: nowMs,
      updated_at: nowMs,
    })
  } catch (error) {
    if (isUniqueViolation(error)) throw problem('table_task_running')
    throw error
  }
}

/** Work that fails is asked for again each hour; the audit log has all that was ever done. */
const keptTasks = 200

async function forgetOldest({ kysely, tenantId }: TenantDb): Promise<void> {
  const tasks = kysely.selectFrom('table_tasks').select('id').where('tenant_id', '=', tenantId)
  const last = await tasks.orderBy('id', 'desc').offset(keptTasks).limit(1).executeTakeFirst()
  if (!last) return
  await kysely.deleteFrom('table_tasks').where('tenant_id', '=', tenantId).where('active', 'is', null).where('id', '<=', last.id).execute()
}

const interrupted: Note = {
  es: 'Se interrumpió. Nada se perdió: puede pedirlo de nuevo.',
  en: 'It was interrupted. Nothing was lost: it can be asked for again.',
}

const neverBegun: Note = {
  es: 'Nadie lo empezó en un día. Nada cambió: revise que el proceso de tareas esté en marcha y pídalo de nuevo.',
  en: 'Nobody began it in a day. Nothing changed: see that the worker process is running, and ask for it again.',
}

/** Until when a process holds work that it claimed at `nowMs`. */
export const leaseFrom = (nowMs: number): number => nowMs + leaseMs

/** Until when it is held, for one process; null for others. A running one is taken over when its owner has been silent. */
export async function claimTask({ kysely, tenantId }: TenantDb, taskId: number, nowMs: number): Promise<number | null> {
  const { numUpdatedRows } = await kysely
    .updateTable('table_tasks')
    .set({ state: 'running', lease_until: leaseFrom(nowMs), updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', taskId)
    .where('active', '=', 1)
    .where((eb) => eb.or([eb('lease_until', '<', nowMs), eb('lease_until', '>', latestLeaseMs(nowMs, leaseMs))]))
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n ? leaseFrom(nowMs) : null
}

/** True while `heldUntilMs` is the lease that this process gave itself last: another one that took the work over has given itself its own. */
export async function changeTask(
  { kysely, tenantId }: TenantDb,
  taskId: number,
  heldUntilMs: number,
  changes: Partial<Pick<TableTaskRow, 'done' | 'total' | 'note' | 'state' | 'active' | 'lease_until' | 'updated_at'>>,
): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('table_tasks')
    .set(changes)
    .where('tenant_id', '=', tenantId)
    .where('id', '=', taskId)
    .where('active', '=', 1)
    .where('lease_until', '=', heldUntilMs)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

const shownTasks = 10

/** Newest first. */
export async function listTasks({ kysely, tenantId }: TenantDb, limit = shownTasks): Promise<Task[]> {
  const rows = await kysely
    .selectFrom('table_tasks')
    .select(['id', 'payload', 'state', 'done', 'total', 'note', 'by_user', 'by_name', 'created_at', 'updated_at'])
    .where('tenant_id', '=', tenantId)
    .orderBy('id', 'desc')
    .limit(limit)
    .execute()
  return rows.map((row) => ({
    taskId: row.id,
    work: JSON.parse(row.payload) as Work,
    state: row.state,
    done: row.done,
    total: row.total,
    note: row.note === null ? null : (JSON.parse(row.note) as Note),
    byUser: row.by_user,
    byName: row.by_name,
    createdMs: row.created_at,
    updatedMs: row.updated_at,
  }))
}

export const findTask = async (db: TenantDb, taskId: number): Promise<Task | null> =>
  (await listTasks(db, 100)).find((task) => task.taskId === taskId) ?? null
