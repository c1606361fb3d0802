/** The process that listens to a broker is killed at random moments: what the broker took is written, each message once. */
import assert from 'node:assert/strict'
import { type ChildProcess, fork } from 'node:child_process'
import { randomBytes, randomInt } from 'node:crypto'
import { once } from 'node:events'
import os from 'node:os'
import path from 'node:path'
import process from 'node:process'
import type { TestContext } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { fileURLToPath } from 'node:url'
import { availableEngines } from './harness/engines.ts'
import { goodRow, type IngestPlant, ingestPlant, ingestSecret } from './harness/ingest-plant.ts'
import { withBroker } from './harness/mosquitto.ts'

const fixture = fileURLToPath(new URL('./mqtt-kills.fixture.ts', import.meta.url))
/** `ANDON_MQTT_KILLS=100` is the long run. */
const kills = Number(process.env.ANDON_MQTT_KILLS ?? 4)
/** Kills that a slow machine has no time for are left out, aloud. */
const budgetMs = process.env.ANDON_MQTT_KILLS ? 500_000 : 40_000
/** As many as a broker keeps for somebody who is away, with room to spare (Mosquitto: 1000). */
const mostAhead = 300

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

for (const engine of availableEngines)
  withBroker(
    `PL-71 kill -9 while messages come over MQTT: no message that the broker took is lost, none is written twice [${engine}]`,
    async (broker, t) => {
      const plant = await ingestPlant(engine, t)
      const { db, tenantId, clock } = plant
      const rule = {
        topic: `${broker.root}/#`,
        line: 'line',
        area: 'area_id',
        product: 'product_id',
        detectedAt: 'detected_at',
        messageId: 'id',
        items: '',
      }
      const nowMs = clock.nowMs()
      await db.kysely
        .insertInto('mqtt_connections')
        .values({
          tenant_id: tenantId,
          url: broker.url,
          username: '',
          sealed_password: null,
          client_id: `andonkill${randomBytes(6).toString('hex')}`,
          topics: JSON.stringify([rule]),
          subscribed: '[]',
          is_enabled: 1,
          version: 1,
          state: 'off',
          state_detail: null,
          state_at: nowMs,
          received: 0,
          accepted_rows: 0,
          refused: 0,
          lease_owner: null,
          lease_until: 0,
          created_at: nowMs,
          updated_at: nowMs,
        })
        .execute()
      const state = async () =>
        (await db.kysely.selectFrom('mqtt_connections').select('state').where('tenant_id', '=', tenantId).executeTakeFirstOrThrow()).state
      const untilMs = performance.now() + budgetMs
      const limitMs = untilMs + 120_000
      let child = await started(plant, t)
      // before the first subscription the broker keeps nothing for anybody
      while ((await state()) !== 'connected' && performance.now() < limitMs) await sleep(20)

      let [sent, isEnding] = [0, false]
      const publishing = (async () => {
        while (!isEnding) {
          if (sent - (await plant.written()).length > mostAhead) await sleep(20)
          else for (let i = 0; i < 20; i++) await broker.publish('l', { ...goodRow(-++sent), id: `m-${sent}` })
        }
      })()
      let done = 0
      for (; done < kills && performance.now() < untilMs; done++) {
        const before = (await plant.written()).length
        // in the middle of work, not of starting
        while ((await plant.written()).length === before && performance.now() < limitMs) await sleep(5)
        await sleep(randomInt(150))
        const ended = once(child, 'exit')
        child.kill('SIGKILL')
        await ended
        child = await started(plant, t)
      }
      isEnding = true
      await publishing
      while ((await plant.written()).length < sent && performance.now() < limitMs) await sleep(20)
      // what would be written twice would be written by now: all came after it
      child.disconnect()
      t.diagnostic(`${done} kills, ${sent} messages`)
      const wanted = Array.from({ length: sent }, (_, at) => `${goodRow(-(at + 1)).detected_at} 2 1`)
      assert.deepEqual((await plant.written()).sort(), wanted.sort())
    },
  )
