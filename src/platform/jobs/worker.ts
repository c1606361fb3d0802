/** Does the queue's jobs: in each process one at a time, and beside it one of those that take long. Periodic ones run once across all processes. */
import { Cron } from 'croner'
import { type Db, decodeJson, transaction } from '../db/index.ts'
import { type Clock, latestLeaseMs, skewMs } from '../time/index.ts'
import * as q from './queries.ts'
import { enqueue } from './queue.ts'
import { createRoutines, pause, type Routine } from './routines.ts'

export type JobRun = {
  /** Aborts when the process is about to end or the job was taken over: stop soon, leave things as they are. */
  readonly signal: AbortSignal
  /** 1 for the first. */
  readonly attempt: number
}

export type JobDefinition = {
  readonly name: string
  /** May be called again after a crash in its middle, or at its very end: one that returns after its signal aborted is not taken for done. What it
   *  throws is tried again, later each time. */
  readonly run: (payload: unknown, run: JobRun) => Promise<void>
  /** Cron pattern in UTC (croner; six fields have seconds first): a periodic job. What was missed while no worker ran is done once. */
  readonly schedule?: string
  /** Minutes or hours, for all companies or one: the others do not wait for it. */
  readonly isLong?: boolean
}

type Log = {
  readonly info: (fields: object, message: string) => void
  readonly warn: (fields: object, message: string) => void
  readonly error: (fields: object, message: string) => void
}
export type WorkerDeps = { readonly db: Db; readonly clock: Clock; readonly log: Log }

export type JobWorker = {
  readonly start: () => void
  /** Takes no new job, waits for the running one, and gives up on it after `graceMs`: it is given back at once where the job heeds its signal, else
   *  another process takes it over when the lease ends. */
  readonly stop: (graceMs?: number) => Promise<void>
  /** Everything that is due now; answers how many jobs it ran. */
  readonly runDue: () => Promise<number>
  /** How many of those that ran did not come to their end, so far. */
  readonly failures: () => number
}

const leaseMs = 60_000
const pollMs = 1_000
/** For a job that heeds its signal to end, and its row to be written. */
const goodbyeMs = 500
const maxAttempts = 5
/** 30 s, 1, 2, 4 min. */
const backOffMs = (attempts: number): number => 30_000 * 2 ** (attempts - 1)

/** Jobs that one after another run in a process: those of `names`, or all others. */
type Lane = {
  readonly only: q.OnlyNames
  readonly periodic: readonly { readonly name: string; readonly times: Cron; lookAtMs: number }[]
}

/** What nobody here has heard of is not long. */
function lanesOf(definitions: readonly JobDefinition[]): readonly Lane[] {
  const names = definitions.filter(({ isLong }) => isLong).map(({ name }) => name)
  return (names.length === 0 ? [false] : [false, true]).map((isLong) => ({
    only: { isAmong: isLong, names },
    periodic: definitions
      .filter((definition) => (definition.isLong ?? false) === isLong)
      .flatMap(({ name, schedule }) =>
        schedule === undefined ? [] : [{ name, times: new Cron(schedule, { timezone: 'UTC' }), lookAtMs: 0 }],
      ),
  }))
}

/** `routines` run beside the jobs, in this process, from `start` to `stop`. */
export function createWorker(
  { db, clock, log }: WorkerDeps,
  definitions: readonly JobDefinition[],
  routines: readonly Routine[] = [],
  { renewMs = 20_000 }: { readonly renewMs?: number } = {},
): JobWorker {
  const byName = new Map(definitions.map((definition) => [definition.name, definition]))
  const lanes = lanesOf(definitions)
  const stopping = new AbortController()
  const abandoning = new AbortController()
  const beside = createRoutines({ log }, routines)
  let loops: Promise<unknown> | null = null
  let hasFailed = false
  let failures = 0

  const runLane = async ({ only, periodic }: Lane): Promise<number> => {
    for (const job of periodic) {
      // a clock that was set back must not keep us from looking
      if (clock.nowMs() >= job.lookAtMs || job.lookAtMs > clock.nowMs() + maxUnlookedMs)
        job.lookAtMs = await enqueuePeriodic(db, job, clock.nowMs())
    }
    let count = 0
    for (;;) {
      const nowMs = clock.nowMs()
      const due = await q.listDueJobs(db, nowMs, 10, { only, latestLeaseMs: latestLeaseMs(nowMs, leaseMs), latestWriteMs: nowMs + skewMs })
      let claimed = 0
      for (const job of due) {
        if (stopping.signal.aborted) return count
        const leaseUntilMs = clock.nowMs() + leaseMs
        if (!(await q.claimJob(db, job, clock.nowMs(), leaseUntilMs))) continue
        claimed += 1
        await runClaimed({ ...job, fence: job.fence + 1, attempts: job.attempts + 1 }, leaseUntilMs)
      }
      count += claimed
      if (claimed === 0) return count
    }
  }

  const runClaimed = async (job: q.DueJob, claimedUntilMs: number): Promise<void> => {
    const lost = new AbortController()
    let heldUntilMs = claimedUntilMs
    const renew = async (): Promise<void> => {
      const untilMs = clock.nowMs() + leaseMs
      try {
        if (await q.renewLease(db, job, untilMs)) heldUntilMs = untilMs
        else lost.abort(new Error('the job was taken over'))
      } catch {
        // The database is away, perhaps only from here: what was held is held until its end, and then anybody's.
        if (clock.nowMs() >= heldUntilMs) lost.abort(new Error('the lease could not be renewed in time'))
      }
    }
    const renewal = setInterval(() => void renew(), renewMs)
    const startedMs = clock.nowMs()
    const signal = AbortSignal.any([lost.signal, abandoning.signal])
    try {
      await runOne(byName.get(job.name), job, signal)
      // it may have come back half done, as its signal asked it to
      signal.throwIfAborted()
      await q.deleteJob(db, job)
      log.info({ event: 'job_done', job: job.name, duration_ms: clock.nowMs() - startedMs }, 'job done')
    } catch (error) {
      failures += 1
      if (lost.signal.aborted) return log.warn({ event: 'job_lost', job: job.name, err: lost.signal.reason }, 'the job is no longer ours')
      const nowMs = clock.nowMs()
      // its process ends: no fault of the job's, and no reason to wait
      const isGivenBack = abandoning.signal.aborted
      const isLast = !isGivenBack && job.attempts >= maxAttempts
      const text = error instanceof Error ? error.message : String(error)
      await q.putBack(db, job, {
        runAtMs: isLast ? null : isGivenBack ? nowMs : nowMs + backOffMs(job.attempts),
        attempts: isGivenBack ? job.attempts - 1 : job.attempts,
        error: [...text].slice(0, 1_000).join(''),
        nowMs,
      })
      if (isGivenBack) log.info({ event: 'job_given_back', job: job.name }, 'the process ends, the job waits for another')
      else if (isLast) log.error({ event: 'job_failed', job: job.name, attempts: job.attempts, err: error }, 'job failed for good')
      else log.warn({ event: 'job_retry', job: job.name, attempts: job.attempts, err: error }, 'job failed, will be tried again')
    } finally {
      clearInterval(renewal)
    }
  }

  const poll = async (lane: Lane): Promise<void> => {
    while (!stopping.signal.aborted) {
      try {
        await runLane(lane)
        hasFailed = false
      } catch (error) {
        // Once per outage: a database that is down is said by everything else too.
        if (!hasFailed) log.error({ event: 'worker_error', err: error }, 'the queue cannot be read')
        hasFailed = true
      }
      await pause(pollMs, stopping.signal)
    }
  }

  return {
    async runDue() {
      const counts = await Promise.allSettled(lanes.map(runLane))
      const broken = counts.find((lane) => lane.status === 'rejected')
      if (broken) throw broken.reason
      return counts.reduce((sum, lane) => sum + (lane.status === 'fulfilled' ? lane.value : 0), 0)
    },
    failures: () => failures,
    start() {
      loops ??= Promise.all(lanes.map(poll))
      beside.start()
    },
    async stop(graceMs = 7_000) {
      stopping.abort()
      const timer = setTimeout(() => abandoning.abort(new Error('the process is ending')), graceMs)
      let goodbye: NodeJS.Timeout | undefined
      await Promise.race([
        Promise.all([loops, beside.stop()]),
        new Promise((resolve) =>
          abandoning.signal.addEventListener('abort', () => {
            goodbye = setTimeout(resolve, goodbyeMs)
          }),
        ),
      ])
      clearTimeout(timer)
      clearTimeout(goodbye)
    },
  }
}

async function runOne(definition: JobDefinition | undefined, job: q.DueJob, signal: AbortSignal): Promise<void> {
  if (!definition) throw new Error(`no job is called ${job.name}`)
  if (job.attempts > maxAttempts) throw new Error('its process ended in the middle each time')
  const payload = decodeJson(job.payload)
  if (!payload.ok) throw new Error('the payload is not JSON')
  await definition.run(payload.value, { signal, attempt: job.attempts })
}

const maxUnlookedMs = 60_000

/** The latest time that another process of this version may have planned: one whose clock is ahead of ours has done already what is still to come here. */
const latestMs = (times: Cron, nowMs: number, nextMs: number): number => times.nextRun(new Date(nowMs + skewMs))?.getTime() ?? nextMs

/** Adds the job when its time has come; answers when to look again. Of several processes the one that moves the schedule on adds it. */
async function enqueuePeriodic(db: Db, { name, times }: { readonly name: string; readonly times: Cron }, nowMs: number): Promise<number> {
  const next = times.nextRun(new Date(nowMs))
  if (!next) throw new Error(`the schedule of ${name} never comes`)
  const nextMs = next.getTime()
  const planned = await q.findSchedule(db, name)
  if (!planned) await q.insertSchedule(db, name, nextMs)
  else if (planned.next_run_at > latestMs(times, nowMs, nextMs))
    await q.moveSchedule(db, name, planned.next_run_at, nextMs) // this version's pattern comes more often, or a clock was set back
  else if (planned.next_run_at <= nowMs) {
    await transaction(db, async (tx) => {
      if (await q.moveSchedule(tx, name, planned.next_run_at, nextMs)) await enqueue(tx, { name, key: `schedule:${name}` }, nowMs)
    })
  }
  return Math.min(nextMs, nowMs + maxUnlookedMs)
}
