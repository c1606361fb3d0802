/** Processes that load a first attach and follow a growing table are killed at random moments: what the next ones answer is what the rows say. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import { type TestContext, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { gatherFacts } from '../src/plant/facts/index.ts'
import { createHistories, loadingLines } from '../src/plant/history/index.ts'
import { parseScope } from '../src/plant/scope/index.ts'
import { formatLocal, parseLocal, zoneOf } from '../src/platform/time/index.ts'
import { companyIn } from './harness/company.ts'
import { migratedDatabase } from './harness/engines.ts'
import { lineDatabase } from './harness/line-database.ts'
import { line, plantModel } from './harness/plant-model.ts'

const fixture = fileURLToPath(new URL('./history-kills.fixture.ts', import.meta.url))
const kills = Number(process.env.ANDON_KILLS ?? 100)
const rounds = 4
/** Kills that a slow machine has no time for are left out, aloud. */
const budgetMs = 60_000
const leaseMs = 31_000
const startS = parseLocal('2026-10-10 06:00:00') ?? 0

/** Numbers of one seed (mulberry32). */
function randomOf(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return Math.floor((((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32) * below)
  }
}

async function started(arguments_: readonly string[], t: TestContext): Promise<ChildProcess> {
  const child = spawn(process.execPath, [fixture, ...arguments_], {
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { ...process.env, NODE_COMPILE_CACHE: path.join(os.tmpdir(), 'andon-test-compile-cache') },
  })
  t.after(() => child.kill('SIGKILL'))
  if (child.stdout) await once(child.stdout, 'data')
  return child
}

test('PL-62 PL-76 100 random kills while loading and catching up leave neither lost nor doubled counts', async (t) => {
  const seed = Number(process.env.ANDON_SEED ?? randomInt(2 ** 31))
  t.diagnostic(`seed ${seed} (ANDON_SEED repeats the moments)`)
  const random = randomOf(seed)
  const platform = await migratedDatabase('sqlite', t)
  const plant = await lineDatabase('sqlite', t)
  const model = plantModel({ lines: [line()] })
  const zone = zoneOf(model.settings.timeZone)
  const nowMs = zone.toEpochS(startS + 60 * 86_400) * 1000
  const scope = parseScope(model, { start_date: '2026-10-01', end_date: '2026-12-01', interval: 'day' }, nowMs)

  let lastId = 0
  let held: number[] = []
  const write = async (ids: readonly number[]): Promise<void> => {
    if (ids.length === 0) return
    const tuples = ids.map((id) => sql`(${id}, ${formatLocal(startS + id * 90 - (id % 7 === 0 ? 90_000 : 0))}, ${2}, ${(id % 3) + 1})`)
    await sql`insert into detection_line_l1 (detection_id, detected_at, area_id, product_id) values ${sql.join(tuples)}`.execute(
      plant.db.kysely,
    )
  }
  /** Every eleventh id is committed later than those above it. */
  const insert = async (count: number): Promise<void> => {
    const ids = Array.from({ length: count }, () => ++lastId)
    const late = ids.filter((id) => id % 11 === 0)
    await write(ids.filter((id) => id % 11 !== 0))
    held.push(...late)
  }
  const fill = async (): Promise<void> => {
    await write(held)
    held = []
  }

  const untilMs = performance.now() + budgetMs
  let aheadMs = 0
  let killed = 0
  let inLoading = 0
  for (let round = 0; round < rounds; round++) {
    // its own company: everything is read from the first row again
    const tenantId = await companyIn(platform.db)
    const db = { ...plant.db, tenantId }
    const tenant = { ...platform.db, tenantId }
    const start = () => {
      aheadMs += leaseMs
      return started([platform.url, plant.url, String(tenantId), String(aheadMs)], t)
    }
    await insert(3_000)
    await fill()
    let own = await start()
    for (let i = 0; i < kills / rounds && performance.now() < untilMs; i++) {
      const next = start()
      // some are killed alone and young, some beside another that works too
      const other = random(2) === 0 ? await next : null
      const momentMs = performance.now() + random(150)
      while (performance.now() < momentMs) {
        await insert(1 + random(8))
        await sleep(random(5))
      }
      if (random(4) === 0) await fill()
      own.kill('SIGKILL')
      killed++
      if ((await loadingLines(tenant)).length > 0) inLoading++
      own = other ?? (await next)
    }
    own.kill('SIGKILL')
    await fill()

    const clock = { nowMs: () => Date.now() + aheadMs + 2 * leaseMs }
    const histories = createHistories({ db: platform.db, clock, log: console })
    for (const one of model.lines) assert.equal((await histories.load({ db, model }, one)).loadedFraction, 1)
    const found = await gatherFacts(db, model, scope, { history: histories.of({ db, model }) })
    const wanted = await gatherFacts(db, model, scope)
    await histories.close()
    assert.equal(found.warnings.length, 0)
    assert.equal(found.summary.totalDetections, lastId)
    assert.deepEqual(found.summary, wanted.summary)
    assert.deepEqual(found.products, wanted.products)
    assert.deepEqual(found.series, wanted.series)
    assert.deepEqual(found.kpi, wanted.kpi)
    assert.deepEqual(found.stops, wanted.stops)
  }
  t.diagnostic(`${killed} of ${kills} kills, ${inLoading} of them while loading; ${lastId} rows`)
  assert.ok(inLoading > 0, 'kills fell into the loading')
})
