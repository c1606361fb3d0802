/** A worker says every so often that it lives. One that ended by itself takes its row away; one that died leaves it to grow stale. */
import os from 'node:os'
import process from 'node:process'
import { type Db, upsert } from '../db/index.ts'
import { newUuid } from '../ids/index.ts'
import type { Clock } from '../time/index.ts'
import type { Routine } from './routines.ts'

type Log = { readonly info: (fields: object, message: string) => void }
export type HeartbeatDeps = { readonly db: Db; readonly clock: Clock; readonly log: Log }

/** A dead worker is told about for a day. */
const keepMs = 86_400_000
const staleIntervals = 3

/** `name`: what the process is, such as `worker`. */
export function heartbeat(
  { db, clock, log }: HeartbeatDeps,
  { name, everyMs }: { readonly name: string; readonly everyMs: number },
): Routine {
  const key = newUuid()
  const startedMs = clock.nowMs()
  const who = { name, pid: process.pid, host: [...os.hostname()].slice(0, 255).join('') }
  return {
    name: 'heartbeat',
    everyMs,
    run: async () => {
      const nowMs = clock.nowMs()
      const row = { worker_key: key, ...who, interval_ms: everyMs, started_at: startedMs, beat_at: nowMs }
      await upsert(db, 'worker_heartbeats', row, ['worker_key'], { beat_at: nowMs })
      await db.kysely
        .deleteFrom('worker_heartbeats')
        .where('beat_at', '<', nowMs - keepMs)
        .execute()
      log.info(
        { event: 'worker_heartbeat', worker: name, pid: who.pid, host: who.host, uptime_s: Math.round((nowMs - startedMs) / 1000) },
        'worker lives',
      )
    },
    end: async () => void (await db.kysely.deleteFrom('worker_heartbeats').where('worker_key', '=', key).execute()),
  }
}

export type LiveWorker = {
  readonly name: string
  readonly pid: number
  readonly host: string
  readonly startedAtMs: number
  readonly beatAtMs: number
  /** Silent for three of its own intervals: taken for dead. */
  readonly isStale: boolean
}

/** Youngest first. */
export async function listWorkers({ kysely }: Db, nowMs: number): Promise<LiveWorker[]> {
  const rows = await kysely
    .selectFrom('worker_heartbeats')
    .select(['name', 'pid', 'host', 'interval_ms', 'started_at', 'beat_at'])
    .orderBy('started_at', 'desc')
    .limit(200)
    .execute()
  return rows.map((row) => ({
    name: row.name,
    pid: row.pid,
    host: row.host,
    startedAtMs: row.started_at,
    beatAtMs: row.beat_at,
    isStale: nowMs - row.beat_at > staleIntervals * row.interval_ms,
  }))
}
