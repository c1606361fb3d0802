import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { type Db, openDatabase, transaction } from '../db/index.ts'
import { enqueue } from './queue.ts'
import { queueJobs } from './sweep.ts'
import { createWorker, type JobDefinition } from './worker.ts'

const startMs = Date.UTC(2026, 2, 2, 12, 0, 0)
const minuteMs = 60_000

/** A clock that only moves when told, and a log that remembers. */
function setting(db: Db) {
  const clock = { at: startMs, nowMs: () => clock.at }
  const events: string[] = []
  const note = (fields: object) => events.push((fields as { event: string }).event)
  return { db, clock, log: { info: note, warn: note, error: note }, events }
}

const recorder = (name = 'note') => {
  const seen: unknown[] = []
  const definition: JobDefinition = { name, run: async (payload) => void seen.push(payload) }
  return { seen, definition }
}

const countJobs = async ({ kysely }: Db): Promise<number> => (await kysely.selectFrom('jobs').select('id').execute()).length

forEachEngine('a job is done once, with its payload, and leaves no row', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const deps = setting(db)
  const { seen, definition } = recorder()
  await enqueue(db, { name: 'note', payload: { line: 7, name: 'Ñandú' } }, startMs)
  const worker = createWorker(deps, [definition])
  assert.equal(await worker.runDue(), 1)
  assert.equal(await worker.runDue(), 0)
  assert.deepEqual(seen, [{ line: 7, name: 'Ñandú' }])
  assert.equal(await countJobs(db), 0)
})

forEachEngine('a job belongs to the transaction that adds it', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await assert.rejects(
    transaction(db, async (tx) => {
      await enqueue(tx, { name: 'note' }, startMs)
      throw new Error('changed my mind')
    }),
    /changed my mind/,
  )
  assert.equal(await countJobs(db), 0)
})

forEachEngine('a key keeps a second job out until the first is over', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const { seen, definition } = recorder()
  const job = { name: 'note', key: 'sweep' }
  assert.deepEqual([await enqueue(db, job, startMs), await enqueue(db, job, startMs)], [true, false])
  await createWorker(setting(db), [definition]).runDue()
  assert.equal(await enqueue(db, job, startMs), true)
  assert.equal(seen.length, 1)
})

forEachEngine('a job waits for its time', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const deps = setting(db)
  const { seen, definition } = recorder()
  await enqueue(db, { name: 'note', payload: 1, runAtMs: startMs + minuteMs }, startMs)
  const worker = createWorker(deps, [definition])
  assert.equal(await worker.runDue(), 0)
  deps.clock.at += minuteMs
  assert.equal(await worker.runDue(), 1)
  assert.deepEqual(seen, [1])
})

forEachEngine('ID-71 two processes share the jobs and do none twice', async (engine, t) => {
  const { db, url } = await migratedDatabase(engine, t)
  const other = await openDatabase(url)
  t.after(() => other.close())
  for (let at = 0; at < 20; at++) await enqueue(db, { name: 'note', payload: at }, startMs)
  const { seen, definition } = recorder()
  const counts = await Promise.all([db, other.db].map((own) => createWorker(setting(own), [definition]).runDue()))
  assert.equal(
    counts.reduce((sum, count) => sum + count),
    20,
  )
  assert.deepEqual(
    seen.map(Number).sort((a, b) => a - b),
    Array.from({ length: 20 }, (_, at) => at),
  )
})

forEachEngine('a failing job is tried five times, later each time, and then kept with its error', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const deps = setting(db)
  const attempts: number[] = []
  const worker = createWorker(deps, [
    {
      name: 'note',
      async run(_payload, { attempt }) {
        attempts.push(attempt)
        throw new Error('the printer is on fire')
      },
    },
  ])
  await enqueue(db, { name: 'note', key: 'k' }, startMs)
  for (const waitMs of [0, 30_000, 60_000, 120_000, 240_000]) {
    deps.clock.at += waitMs - 1
    assert.equal(await worker.runDue(), 0)
    deps.clock.at += 1
    assert.equal(await worker.runDue(), 1)
  }
  deps.clock.at += 86_400_000
  assert.equal(await worker.runDue(), 0)
  assert.deepEqual(attempts, [1, 2, 3, 4, 5])
  assert.deepEqual(deps.events, ['job_retry', 'job_retry', 'job_retry', 'job_retry', 'job_failed'])
  assert.deepEqual(await db.kysely.selectFrom('jobs').select(['status', 'active_key', 'last_error']).execute(), [
    { status: 'failed', active_key: null, last_error: 'the printer is on fire' },
  ])
})

forEachEngine('a job whose process went silent is taken over, and the first one cannot finish it any more', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const deps = setting(db)
  let finishFirst = () => {}
  const stuck = new Promise<void>((resolve) => {
    finishFirst = resolve
  })
  let started = () => {}
  const isStarted = new Promise<void>((resolve) => {
    started = resolve
  })
  const first = createWorker(deps, [
    {
      name: 'note',
      run() {
        started()
        return stuck
      },
    },
  ])
  await enqueue(db, { name: 'note' }, startMs)
  const running = first.runDue()
  await isStarted
  deps.clock.at += 61_000
  const failing = createWorker(deps, [{ name: 'note', run: async () => Promise.reject(new Error('later')) }])
  assert.equal(await failing.runDue(), 1)
  finishFirst()
  await running
  assert.deepEqual(await db.kysely.selectFrom('jobs').select(['status', 'fence', 'attempts']).execute(), [
    { status: 'waiting', fence: 2, attempts: 2 },
  ])
})

forEachEngine(
  'ID-71 a periodic job runs once per time across two processes, and once for all times that were missed',
  async (engine, t) => {
    const { db, url } = await migratedDatabase(engine, t)
    const other = await openDatabase(url)
    t.after(() => other.close())
    const { seen, definition } = recorder('sweep')
    const here = setting(db)
    const there = { ...setting(other.db), clock: here.clock }
    const workers = [here, there].map((deps) => createWorker(deps, [{ ...definition, schedule: '*/5 * * * *' }]))
    const runAll = () => Promise.all(workers.map((worker) => worker.runDue()))
    await runAll()
    assert.equal(seen.length, 0)
    here.clock.at += 5 * minuteMs
    await runAll()
    await runAll()
    assert.equal(seen.length, 1)
    here.clock.at += 60 * minuteMs
    await runAll()
    assert.equal(seen.length, 2)
    here.clock.at += 5 * minuteMs
    await runAll()
    assert.equal(seen.length, 3)
  },
)

test('ID-71 a stopping worker finishes the running job and takes no other; one that does not end is given up', async (t) => {
  const { db } = await migratedDatabase('sqlite', t)
  const deps = setting(db)
  const release: (() => void)[] = []
  let onStart = () => {}
  const definition: JobDefinition = {
    name: 'slow',
    run: () =>
      new Promise<void>((resolve) => {
        release.push(resolve)
        onStart()
      }),
  }
  const nextStart = () =>
    new Promise<void>((resolve) => {
      onStart = resolve
    })
  for (const key of ['a', 'b']) await enqueue(db, { name: 'slow', key }, startMs)
  const patient = createWorker(deps, [definition])
  let begun = nextStart()
  patient.start()
  await begun
  const stopped = patient.stop()
  release[0]?.()
  await stopped
  assert.equal(await countJobs(db), 1)

  const impatient = createWorker(deps, [definition])
  begun = nextStart()
  impatient.start()
  await begun
  await impatient.stop(0)
  assert.equal(release.length, 2)
  release[1]?.()
})

test('ID-71 what heeds its signal is given back when the process ends: at once, and without having used up a try', async (t) => {
  const { db } = await migratedDatabase('sqlite', t)
  const deps = setting(db)
  let begun = () => {}
  const isBegun = new Promise<void>((resolve) => {
    begun = resolve
  })
  const definition: JobDefinition = {
    name: 'long',
    run: (_, { signal }) =>
      new Promise((_resolve, reject) => {
        signal.addEventListener('abort', () => reject(signal.reason))
        begun()
      }),
  }
  await enqueue(db, { name: 'long' }, startMs)
  const ending = createWorker(deps, [definition])
  ending.start()
  await isBegun
  await ending.stop(0)
  assert.deepEqual(await db.kysely.selectFrom('jobs').select(['status', 'attempts', 'run_at', 'lease_until']).execute(), [
    { status: 'waiting', attempts: 0, run_at: startMs, lease_until: null },
  ])
  assert.ok(deps.events.includes('job_given_back'))
})

forEachEngine('ID-71 a clock that is set back keeps no job of a dead process, and no periodic one, waiting for it', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const deps = setting(db)
  const { seen, definition } = recorder('sweep')
  const worker = createWorker(deps, [{ ...definition, schedule: '*/5 * * * *' }])
  await worker.runDue()
  // a process that died with a lease, just before
  await enqueue(db, { name: 'sweep' }, startMs)
  await db.kysely
    .updateTable('jobs')
    .set({ status: 'running', lease_until: startMs + minuteMs, fence: 1, attempts: 1, run_at: startMs - 61 * minuteMs })
    .execute()
  deps.clock.at -= 60 * minuteMs
  await worker.runDue()
  assert.equal(seen.length, 1)
  deps.clock.at += 5 * minuteMs
  await worker.runDue()
  assert.equal(seen.length, 2, 'periodic work goes on by the new clock')
  deps.clock.at += 25 * 60 * minuteMs
  await worker.runDue()
  assert.equal(seen.length, 3, 'a day forward: what was missed is done once')
})

test('ID-71 what heeds its signal by returning in its middle is not taken for done', async (t) => {
  const { db } = await migratedDatabase('sqlite', t)
  const deps = setting(db)
  let begun = () => {}
  const isBegun = new Promise<void>((resolve) => {
    begun = resolve
  })
  const definition: JobDefinition = {
    name: 'long',
    run: (_, { signal }) =>
      new Promise((resolve) => {
        signal.addEventListener('abort', () => resolve())
        begun()
      }),
  }
  await enqueue(db, { name: 'long' }, startMs)
  const ending = createWorker(deps, [definition])
  ending.start()
  await isBegun
  await ending.stop(0)
  assert.deepEqual(await db.kysely.selectFrom('jobs').select(['status', 'attempts', 'run_at', 'lease_until']).execute(), [
    { status: 'waiting', attempts: 0, run_at: startMs, lease_until: null },
  ])
})

forEachEngine('ID-71 a periodic job that failed while the clock was months ahead goes on by the right clock', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const deps = setting(db)
  deps.clock.at += 240 * 24 * 60 * minuteMs
  let runs = 0
  const run = async (): Promise<void> => {
    runs++
    if (runs === 1) throw new Error('the plant is away')
  }
  const worker = createWorker(deps, [{ name: 'sweep', schedule: '*/15 * * * *', run }])
  await worker.runDue()
  deps.clock.at += 15 * minuteMs
  await worker.runDue()
  assert.equal(runs, 1)
  deps.clock.at = startMs
  for (let quarter = 0; quarter < 96; quarter++) {
    deps.clock.at += 15 * minuteMs
    await worker.runDue()
  }
  assert.ok(runs >= 96, `${runs} runs in a day`)
})

forEachEngine('ID-71 a process whose clock is late does not do again what one with an earlier clock has done', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const { seen, definition } = recorder('nightly')
  const job = { ...definition, schedule: '0 3 * * *' }
  const early = setting(db)
  const late = setting(db)
  await createWorker(early, [job]).runDue()
  early.clock.at = Date.UTC(2026, 2, 3, 3)
  await createWorker(early, [job]).runDue()
  assert.equal(seen.length, 1)
  late.clock.at = early.clock.at - 30_000
  const second = createWorker(late, [job])
  await second.runDue()
  late.clock.at += minuteMs
  await second.runDue()
  assert.equal(seen.length, 1)
  late.clock.at = Date.UTC(2026, 2, 4, 3)
  await second.runDue()
  assert.equal(seen.length, 2, 'the next night is anybody’s')
})

forEachEngine('ID-71 what is long keeps no short job waiting, and no other process from it', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const deps = setting(db)
  let finish = () => {}
  const isFinished = new Promise<void>((resolve) => {
    finish = resolve
  })
  let shortRuns = 0
  const order: string[] = []
  const definitions: readonly JobDefinition[] = [
    {
      name: 'archive',
      isLong: true,
      run: async (payload) => {
        await isFinished
        order.push(`archive ${String(payload)}`)
      },
    },
    {
      name: 'seal',
      run: async () => {
        order.push('seal')
        shortRuns += 1
        if (shortRuns === 2) finish()
      },
    },
  ]
  for (const payload of [1, 2]) await enqueue(db, { name: 'archive', payload }, startMs)
  for (const key of ['a', 'b']) await enqueue(db, { name: 'seal', key }, startMs)
  await enqueue(db, { name: 'of another version' }, startMs)
  assert.equal(await createWorker(deps, definitions).runDue(), 5)
  assert.deepEqual(order, ['seal', 'seal', 'archive 1', 'archive 2'])
  assert.deepEqual(await db.kysely.selectFrom('jobs').select(['name', 'status']).execute(), [
    { name: 'of another version', status: 'waiting' },
  ])
})

test('ID-71 who cannot renew a lease holds nothing when it is over, and stops', { timeout: 60_000 }, async (t) => {
  const { db, url } = await migratedDatabase('sqlite', t)
  const own = await openDatabase(url)
  const deps = setting(own.db)
  const definition: JobDefinition = {
    name: 'long',
    run: async (_, { signal }) => {
      await own.close()
      deps.clock.at += minuteMs
      await new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason)))
    },
  }
  await enqueue(db, { name: 'long' }, startMs)
  await assert.rejects(createWorker(deps, [definition], [], { renewMs: 5 }).runDue())
  assert.deepEqual(deps.events, ['job_lost'])
  const { seen, definition: again } = recorder('long')
  await createWorker({ ...deps, db }, [again]).runDue()
  assert.equal(seen.length, 1, 'another process does it')
})

forEachEngine('ID-71 a job that failed for good is told about for a week', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const deps = setting(db)
  for (const name of ['long ago', 'lately']) await enqueue(db, { name }, startMs)
  await db.kysely.updateTable('jobs').set({ status: 'failed' }).execute()
  await db.kysely
    .updateTable('jobs')
    .set({ updated_at: startMs - 8 * 24 * 60 * minuteMs })
    .where('name', '=', 'long ago')
    .execute()
  const worker = createWorker(deps, queueJobs(deps))
  await worker.runDue()
  deps.clock.at += 24 * 60 * minuteMs
  await worker.runDue()
  assert.deepEqual(await db.kysely.selectFrom('jobs').select('name').execute(), [{ name: 'lately' }])
})
