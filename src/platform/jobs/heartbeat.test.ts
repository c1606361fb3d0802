import assert from 'node:assert/strict'
import { hostname } from 'node:os'
import { test } from 'node:test'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import type { Db } from '../db/index.ts'
import { createRoutines, createWorker, heartbeat, listWorkers, type Routine } from './index.ts'

const startMs = Date.UTC(2026, 2, 2, 12)
const everyMs = 30_000
const signal = new AbortController().signal

function setting(db: Db) {
  const clock = { at: startMs, nowMs: () => clock.at }
  const events: Record<string, unknown>[] = []
  const note = (fields: object) => events.push({ ...fields })
  return { db, clock, log: { info: note, warn: note, error: note }, events }
}

forEachEngine(
  'ID-71 a worker says that it lives; silent for three intervals it is stale, after a day forgotten; one that ends takes its row away',
  async (engine, t) => {
    const { db } = await migratedDatabase(engine, t)
    const deps = setting(db)
    const first = heartbeat(deps, { name: 'worker', everyMs })
    const second = heartbeat(deps, { name: 'serve', everyMs })
    assert.equal(first.everyMs, everyMs)
    await first.run(signal)
    await second.run(signal)
    assert.deepEqual(deps.events[0], { event: 'worker_heartbeat', worker: 'worker', pid: process.pid, host: hostname(), uptime_s: 0 })
    const states = async () =>
      (await listWorkers(db, deps.clock.at)).map(({ name, isStale }) => `${name} ${isStale ? 'stale' : 'lives'}`).sort()
    assert.deepEqual(await states(), ['serve lives', 'worker lives'])
    deps.clock.at += 3 * everyMs
    assert.deepEqual(await states(), ['serve lives', 'worker lives'])
    deps.clock.at += 1
    assert.deepEqual(await states(), ['serve stale', 'worker stale'])
    await first.run(signal)
    assert.deepEqual(await states(), ['serve stale', 'worker lives'])
    const [row] = (await listWorkers(db, deps.clock.at)).filter(({ name }) => name === 'worker')
    assert.deepEqual([row?.startedAtMs, row?.beatAtMs, row?.pid], [startMs, deps.clock.at, process.pid])
    deps.clock.at += 86_400_000
    await first.run(signal)
    assert.deepEqual(await states(), ['worker lives'])
    await first.end?.()
    assert.deepEqual(await states(), [])
  },
)

/** Resolves when `count` runs were made. */
function counted(name: string, everyMs: number, work: () => Promise<void> = async () => {}) {
  const waiting: { readonly count: number; readonly done: () => void }[] = []
  let runs = 0
  let ended = 0
  const routine: Routine = {
    name,
    everyMs,
    run: async () => {
      runs += 1
      for (const { count, done } of waiting) if (runs >= count) done()
      await work()
    },
    end: async () => {
      ended += 1
    },
  }
  const until = (count: number) => new Promise<void>((done) => (runs >= count ? done() : waiting.push({ count, done })))
  return { routine, until, runs: () => runs, ended: () => ended }
}

test('ID-71 routines go on beside a job that takes long, and beside one of their own that fails; a stop ends each', async (t) => {
  const { db } = await migratedDatabase('sqlite', t)
  const deps = setting(db)
  const beat = counted('beat', 1)
  const broken = counted('broken', 1, async () => Promise.reject(new Error('no')))
  const worker = createWorker(deps, [], [beat.routine, broken.routine])
  worker.start()
  await Promise.all([beat.until(5), broken.until(5)])
  await worker.stop()
  assert.deepEqual([beat.ended(), broken.ended()], [1, 1])
  assert.equal(deps.events.filter(({ event }) => event === 'routine_failed').length, 1, 'told once per outage')
})

test('ID-71 a stop does not wait for the next turn', async () => {
  const slow = counted('slow', 3_600_000)
  const routines = createRoutines({ log: { error: () => {} } }, [slow.routine])
  routines.start()
  await slow.until(1)
  await routines.stop()
  assert.deepEqual([slow.runs(), slow.ended()], [1, 1])
})
