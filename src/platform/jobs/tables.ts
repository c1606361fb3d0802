import type { Generated } from 'kysely'

/** Work to be done, in any process. Rows of finished jobs are deleted. Times are epoch milliseconds. */
export type JobRow = {
  id: Generated<number>
  name: string
  /** JSON. */
  payload: string
  status: 'waiting' | 'running' | 'failed'
  /** Unique while the job is not over; null = no such limit. */
  active_key: string | null
  run_at: number
  /** Until when the process that runs it owns it; past it, another may take it over. */
  lease_until: number | null
  /** Raised by each claim: a process that lost its lease cannot finish the job of its successor. */
  fence: Generated<number>
  attempts: Generated<number>
  last_error: string | null
  created_at: number
  updated_at: number
}

/** When a periodic job comes next. */
export type JobScheduleRow = { name: string; next_run_at: number }

/** A worker that lives, or died lately. */
export type WorkerHeartbeatRow = {
  /** A uuid of the process. */
  worker_key: string
  name: string
  pid: number
  host: string
  /** How often it promised to beat. */
  interval_ms: number
  started_at: number
  beat_at: number
}

export type JobTables = { jobs: JobRow; job_schedules: JobScheduleRow; worker_heartbeats: WorkerHeartbeatRow }
