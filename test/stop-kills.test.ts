/** Processes that store stops are killed at random moments, two of them at work at once: every stop is stored once, and as it is calculated. */
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
import { calculateStops } from '../src/plant/facts/index.ts'
import { storeStops } from '../src/plant/stops/index.ts'
import { line, plantModel } from './harness/plant-model.ts'
import { type StopPlant, stopPlant } from './harness/stop-plant.ts'

const fixture = fileURLToPath(new URL('./stop-kills.fixture.ts', import.meta.url))
const kills = Number(process.env.ANDON_KILLS ?? 20)
/** Kills that a slow machine has no time for are left out, aloud. */
const budgetMs = 90_000

async function started({ platformUrl, plant, tenantId }: StopPlant, clockS: number, t: TestContext): Promise<ChildProcess> {
  const child = spawn(process.execPath, [fixture, platformUrl, plant.url, String(tenantId), String(clockS)], {
    stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, NODE_COMPILE_CACHE: path.join(os.tmpdir(), 'andon-test-compile-cache') },
  })
  t.after(() => child.kill('SIGKILL'))
  if (child.stdout) await once(child.stdout, 'data')
  return child
}

/** A day of production with a stop in each hour, of another length each. */
const dayRows = ({ at, wall }: StopPlant, day: number): [string][] => {
  const startS = at('2026-09-01 00:00:00') + day * 86_400
  const rows: [string][] = []
  for (let hour = 0; hour < 24; hour++)
    for (let s = 0; s < 3_600 - (600 + ((hour * 37 + day * 11) % 900)); s += 120) rows.push([wall(startS + hour * 3_600 + s)])
  return rows
}

test('PL-62 20 kills while stops are stored, by two processes at once: none is lost, none is stored twice', async (t) => {
  const made = await stopPlant('sqlite', t, { now: '2026-09-01 00:00:00', model: plantModel({ lines: [line()] }) })
  const untilMs = performance.now() + budgetMs
  let clockS = made.at('2026-09-02 06:00:00')
  let done = 0
  for (; done < kills && performance.now() < untilMs; done += 2) {
    await made.plant.insert(dayRows(made, done))
    await made.plant.insert(dayRows(made, done + 1))
    clockS += 2 * 86_400
    const children = await Promise.all([started(made, clockS, t), started(made, clockS + 1, t)])
    for (const child of children) {
      await sleep(randomInt(250))
      const ended = once(child, 'exit')
      child.kill('SIGKILL')
      await ended
    }
  }
  t.diagnostic(`${done} kills`)
  const rowsNow = async () =>
    (
      await sql<{
        s: string
        e: string
        d: number
      }>`select start_time as s, end_time as e, duration as d from downtime_events_l1 order by start_time, event_id`.execute(
        made.plant.db.kysely,
      )
    ).rows.map(({ s, e, d }) => `${s} ${e} ${d}`)
  made.clock.nowS = clockS + 86_400
  const log = { info: () => {}, warn: () => {} }
  const [run] = await storeStops({ ...made.deps, log }, [made.tenantId])
  assert.equal(run?.lines[0]?.outcome, 'stored')
  const plant = await made.open()
  const [own] = plant.model.lines
  assert.ok(own)
  const span = { fromS: made.at('2026-09-01 00:00:00'), toS: made.clock.nowS }
  const found = await calculateStops(plant, own, span, {
    nowS: made.clock.nowS,
    history: made.deps.histories.of(plant),
    isLeftOut: () => true,
  })
  const wanted = found.stops
    .filter(({ isLive, span: { fromS } }) => !isLive && Number.isFinite(fromS))
    .map(({ span: { fromS, toS } }) => `${made.wall(fromS)} ${made.wall(toS)} ${toS - fromS}`)
  assert.ok(wanted.length > 20)
  assert.deepEqual(await rowsNow(), wanted)
})
