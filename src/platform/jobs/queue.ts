/** Work that outlives a request: kept in the platform database, done by any process that runs a worker. */
import type { Db } from '../db/index.ts'
import { encodeJson } from '../db/index.ts'
import { insertJob } from './queries.ts'

export type NewJob = {
  readonly name: string
  readonly payload?: unknown
  /** While a job with this key waits or runs, another one is not added. */
  readonly key?: string
  /** Not before; default now. */
  readonly runAtMs?: number
}

/** Adds a job in the caller's transaction: it exists only if that commits. False when its key is taken. */
export const enqueue = (db: Db, { name, payload = null, key, runAtMs }: NewJob, nowMs: number): Promise<boolean> =>
  insertJob(db, { name, payload: encodeJson(payload), key: key ?? null, runAtMs: runAtMs ?? nowMs, nowMs })
