/** Processes that take detections are killed at random moments, two of them at work on one line: what was acknowledged is there, and nothing is there twice. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { randomInt } from 'node:crypto'
import { once } from 'node:events'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { forEachEngine } from './harness/engines.ts'
import { goodRow, type IngestPlant, ingestPlant, ingestSecret } from './harness/ingest-plant.ts'
import type { Sent, Told } from './ingest-kills.fixture.ts'

const fixture = fileURLToPath(new URL('./ingest-kills.fixture.ts', import.meta.url))
/** Of each engine; `ANDON_INGEST_KILLS=100` is the long run. */
const kills = { manage: Number(process.env.ANDON_INGEST_KILLS ?? 2), insert: Number(process.env.ANDON_INGEST_KILLS ?? 1) }
/** Kills that a slow machine has no time for are left out, aloud. */
const budgetMs = process.env.ANDON_INGEST_KILLS ? 1_200_000 : 60_000
const inFlight = 24

/** Batches of one to twelve rows, no two rows alike. */
function* batches(): Generator<Sent> {
  let second = 0
  for (let at = 0; ; at++) {
    const rows = Array.from({ length: 1 + (at % 12) }, () => {
      second++
      return goodRow(-second, { area_id: 1 + (second % 2) })
    })
    yield { key: `lote-${at}`, rows }
  }
}

async function started({ databaseUrl, tenantId, clock }: IngestPlant, t: TestContext): Promise<ChildProcess> {
  // later than the one before it, as real time is
  clock.advance(60_000)
  const child = fork(fixture, [databaseUrl, ingestSecret, String(tenantId), String(clock.nowMs())], {
    execArgv: [],
    env: { ...process.env, NODE_COMPILE_CACHE: path.join(os.tmpdir(), 'andon-test-compile-cache') },
  })
  t.after(() => child.kill('SIGKILL'))
  await once(child, 'message')
  return child
}

for (const may of ['manage', 'insert'] as const)
  forEachEngine(
    `PL-71 ingest: kills while two processes write, where the account may ${may}: no acknowledged row lost, none doubled`,
    async (engine, t) => {
      const plant = await ingestPlant(engine, t, may)
      const source = batches()
      const open = new Map<string, Sent>()
      const acknowledged: Sent[] = []
      const faults: string[] = []
      const children: ChildProcess[] = []
      /** Sent again until it is acknowledged, to whichever process is there. */
      const give = (batch: Sent): void => {
        open.set(batch.key, batch)
        const child = children[randomInt(children.length)]
        if (child?.connected) child.send(batch, () => {})
      }
      let isEnding = false
      const hear = (message: Told | string): void => {
        if (typeof message === 'string') return
        const batch = open.get(message.key)
        if (!batch) return
        if ('error' in message) {
          if (!['request_running', 'plant_unavailable', 'database_unavailable'].includes(message.error)) faults.push(message.error)
          setTimeout(give, 50, batch)
          return
        }
        open.delete(message.key)
        assert.equal(message.accepted, batch.rows.length)
        acknowledged.push(batch)
        if (!isEnding) give(source.next().value as Sent)
      }
      const join = async (at: number): Promise<void> => {
        const child = await started(plant, t)
        children[at] = child
        child.on('message', hear)
      }
      await Promise.all([join(0), join(1)])
      for (let at = 0; at < inFlight; at++) give(source.next().value as Sent)
      const untilMs = performance.now() + budgetMs
      let done = 0
      for (; done < kills[may] && performance.now() < untilMs; done++) {
        await sleep(randomInt(20, 400))
        const at = done % 2
        const victim = children[at] as ChildProcess
        const ended = once(victim, 'exit')
        victim.kill('SIGKILL')
        await ended
        await join(at)
        for (const batch of open.values()) give(batch)
      }
      isEnding = true
      while (open.size > 0 && performance.now() < untilMs + 60_000) await sleep(20)
      for (const child of children) child.disconnect()
      assert.deepEqual([open.size, faults], [0, []])
      const wanted = acknowledged.flatMap(({ rows }) =>
        rows.map((row) => {
          const { detected_at, area_id, product_id } = row as Record<string, unknown>
          return `${detected_at} ${area_id} ${product_id}`
        }),
      )
      t.diagnostic(`${done} kills, ${acknowledged.length} batches, ${wanted.length} rows`)
      assert.deepEqual((await plant.written()).sort(), wanted.sort())
    },
  )
