/** SQL of the work on the tables of a company: one at a time, owned by a process for a while, told while it goes on. */
import type { TenantDb } from '../../platform/db/database.ts'
import { insertId, isUniqueViolation } from '../../platform/db/index.ts'
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

/** Throws 409 `table_task_running`. One whose process died is ended and says so. `isClaimed`: this process does it at once. */
export async function addTask(db: TenantDb, work: Work, by: TaskBy, nowMs: number, isClaimed = false): Promise<number> {
  await db.kysely
    .updateTable('table_tasks')
    .set({ state: 'failed', active: null, note: JSON.stringify(interrupted), updated_at: nowMs })
    .where('tenant_id', '=', db.tenantId)
    .where('active', '=', 1)
    .where('state', '=', 'running')
    .where('lease_until', '<', nowMs - leaseMs)
    .execute()
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
      lease_until: isClaimed ? nowMs + leaseMs : 0,
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

const interrupted: Note = {
  es: 'Se interrumpió. Nada se perdió: puede pedirlo de nuevo.',
  en: 'It was interrupted. Nothing was lost: it can be asked for again.',
}

/** True for one process. A running one is taken over when its owner has been silent. */
export async function claimTask({ kysely, tenantId }: TenantDb, taskId: number, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('table_tasks')
    .set({ state: 'running', lease_until: nowMs + leaseMs, updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', taskId)
    .where('active', '=', 1)
    .where('lease_until', '<', nowMs)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

export const tellProgress = (
  { kysely, tenantId }: TenantDb,
  taskId: number,
  { done, total, note }: Pick<Task, 'done' | 'total' | 'note'>,
  nowMs: number,
): Promise<unknown> =>
  kysely
    .updateTable('table_tasks')
    .set({ done, total, note: note && JSON.stringify(note), lease_until: nowMs + leaseMs, updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', taskId)
    .where('active', '=', 1)
    .execute()

export const renewTask = ({ kysely, tenantId }: TenantDb, taskId: number, nowMs: number): Promise<unknown> =>
  kysely
    .updateTable('table_tasks')
    .set({ lease_until: nowMs + leaseMs })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', taskId)
    .where('active', '=', 1)
    .execute()

export const endTask = (
  { kysely, tenantId }: TenantDb,
  taskId: number,
  state: 'done' | 'failed',
  note: Note,
  nowMs: number,
): Promise<unknown> =>
  kysely
    .updateTable('table_tasks')
    .set({ state, active: null, note: JSON.stringify(note), updated_at: nowMs })
    .where('tenant_id', '=', tenantId)
    .where('id', '=', taskId)
    .where('active', '=', 1)
    .execute()

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
