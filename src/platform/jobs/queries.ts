/** SQL of the queue. Every change of a running job names its fence. */
import type { Selectable } from 'kysely'
import type { Db } from '../db/index.ts'
import { insertId, insertUnlessExists } from '../db/index.ts'
import type { JobRow } from './tables.ts'

export type DueJob = Pick<Selectable<JobRow>, 'id' | 'name' | 'payload' | 'status' | 'fence' | 'attempts'>

export async function insertJob(
  db: Db,
  job: { name: string; payload: string; key: string | null; runAtMs: number; nowMs: number },
): Promise<boolean> {
  const row = {
    name: job.name,
    payload: job.payload,
    status: 'waiting' as const,
    active_key: job.key,
    run_at: job.runAtMs,
    created_at: job.nowMs,
    updated_at: job.nowMs,
  }
  if (job.key !== null) return insertUnlessExists(db, 'jobs', row)
  await insertId(db, 'jobs', row)
  return true
}

/** Jobs of these names, or all but these; `names` empty = all. */
export type OnlyNames = { readonly isAmong: boolean; readonly names: readonly string[] }

/** Waiting jobs whose time has come, then running ones whose process went silent; longest due first. What a clock that is set back since had written
 *  waits for no time of it: a lease beyond `latestLeaseMs`, which nobody renews, and a waiting job of after `latestWriteMs`. */
export async function listDueJobs(
  { kysely }: Db,
  nowMs: number,
  limit: number,
  { only, latestLeaseMs, latestWriteMs }: { readonly only: OnlyNames; readonly latestLeaseMs: number; readonly latestWriteMs: number },
): Promise<DueJob[]> {
  const due = (status: 'waiting' | 'running') =>
    kysely
      .selectFrom('jobs')
      .select(['id', 'name', 'payload', 'status', 'fence', 'attempts'])
      .where('status', '=', status)
      .$if(only.names.length > 0, (query) => query.where('name', only.isAmong ? 'in' : 'not in', only.names))
      .where((eb) =>
        status === 'waiting'
          ? eb.or([eb('run_at', '<=', nowMs), eb('updated_at', '>', latestWriteMs)])
          : eb.or([eb('lease_until', '<=', nowMs), eb('lease_until', '>', latestLeaseMs)]),
      )
      .orderBy('run_at')
      .orderBy('id')
      .limit(limit)
      .execute()
  const waiting = await due('waiting')
  return waiting.length < limit ? [...waiting, ...(await due('running'))] : waiting
}

/** True for exactly one of those that try. */
export async function claimJob({ kysely }: Db, job: DueJob, nowMs: number, leaseUntilMs: number): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('jobs')
    .set({ status: 'running', lease_until: leaseUntilMs, fence: job.fence + 1, attempts: job.attempts + 1, updated_at: nowMs })
    .where('id', '=', job.id)
    .where('fence', '=', job.fence)
    .where('status', '=', job.status)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

type Claim = { readonly id: number; readonly fence: number }

export async function renewLease({ kysely }: Db, { id, fence }: Claim, leaseUntilMs: number): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('jobs')
    .set({ lease_until: leaseUntilMs })
    .where('id', '=', id)
    .where('fence', '=', fence)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

export const deleteJob = ({ kysely }: Db, { id, fence }: Claim) =>
  kysely.deleteFrom('jobs').where('id', '=', id).where('fence', '=', fence).execute()

/** `runAtMs` null: never again. */
export const putBack = (
  { kysely }: Db,
  { id, fence }: Claim,
  outcome: { runAtMs: number | null; error: string; nowMs: number; attempts: number },
) =>
  kysely
    .updateTable('jobs')
    .set({
      lease_until: null,
      last_error: outcome.error,
      attempts: outcome.attempts,
      updated_at: outcome.nowMs,
      ...(outcome.runAtMs === null
        ? { status: 'failed' as const, active_key: null }
        : { status: 'waiting' as const, run_at: outcome.runAtMs }),
    })
    .where('id', '=', id)
    .where('fence', '=', fence)
    .execute()

export const deleteFailedJobs = ({ kysely }: Db, beforeMs: number) =>
  kysely.deleteFrom('jobs').where('status', '=', 'failed').where('updated_at', '<', beforeMs).execute()

export const findSchedule = ({ kysely }: Db, name: string) =>
  kysely.selectFrom('job_schedules').select('next_run_at').where('name', '=', name).executeTakeFirst()

export const insertSchedule = (db: Db, name: string, nextRunAtMs: number) =>
  insertUnlessExists(db, 'job_schedules', { name, next_run_at: nextRunAtMs })

/** True for exactly one of those that saw `seenMs`. */
export async function moveSchedule({ kysely }: Db, name: string, seenMs: number, nextRunAtMs: number): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('job_schedules')
    .set({ next_run_at: nextRunAtMs })
    .where('name', '=', name)
    .where('next_run_at', '=', seenMs)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}
