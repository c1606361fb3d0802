/** A company's plant database hangs, dies and comes back: its own pages say so within their limits and recover by themselves; nobody else's notice. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { missingServer, ownServer, serverEngines } from '../harness/own-server.ts'
import { ask, assertUnavailable } from '../harness/refusal.ts'
import { startTestServer } from '../harness/server.ts'
import { smallPlant } from '../harness/small-plant.ts'
import { listen } from './listen.ts'

const html = { headers: { accept: 'text/html', 'accept-language': 'es' } }
const openPauseMs = 31_000

// each waits for limits most of the time
describe('a plant database', { concurrency: true }, () => {
  for (const engine of serverEngines)
    test(`PL-18 a plant database hangs and is killed; other companies go on, and it is used again by itself [${engine}]`, {
      skip: missingServer[engine] ?? false,
    }, async (t) => {
      const own = await ownServer(engine, t)
      const server = await startTestServer({ nowMs: Date.parse('2026-10-20T15:00:00Z') }, t)
      const broken = await smallPlant(server, engine, 'ROTA', 40, await own.createDatabase('planta'))
      const other = await smallPlant(server, 'sqlite', 'SANA', 40)
      const [client, neighbour] = [server.newClient(), server.newClient()]
      await client.signIn(broken.username, broken.password)
      await neighbour.signIn(other.username, other.password)
      const [dashboard, theirs] = [`/t/${broken.slug}/dashboard`, `/t/${other.slug}/dashboard`]
      const stillServed = async (about: string) => assert.equal((await ask(neighbour, theirs, undefined, html)).status, 200, about)
      assert.equal((await ask(client, dashboard, undefined, html)).status, 200)
      await stillServed('before')
      const stream = await listen(client, broken.slug, t)
      await stream.status('live')

      await own.hang()
      let hasEnded = false
      const asked = Promise.all(Array.from({ length: 6 }, () => ask(client, dashboard, undefined, html))).finally(() => {
        hasEnded = true
      })
      for (let times = 0; times < 5; times += 1) await stillServed('beside a plant that hangs')
      assert.ok(!hasEnded, 'the neighbour did not wait for the limits of the other')
      for (const told of await asked) assertUnavailable(told, 'a dashboard of a plant that hangs')
      await stream.status('offline')
      const page = await client.fetch(dashboard, html)
      assert.match(await page.text(), /base de datos de la planta/i)
      // who asks while it is left alone is told at once
      assertUnavailable(await ask(client, dashboard, undefined, html), 'a dashboard while the plant is left alone')
      own.resume()
      const again = async () => {
        for (let tries = 0; ; tries += 1) {
          server.clock.advance(openPauseMs)
          if ((await ask(client, dashboard, undefined, html)).status === 200) return
          assert.ok(tries < 10, 'it never came back')
        }
      }
      await again()
      await stream.status('live')

      const during = Array.from({ length: 6 }, () => ask(client, dashboard, undefined, html))
      await own.kill()
      for (const told of await Promise.all(during))
        if (told.status !== 200) assertUnavailable(told, 'a dashboard of a plant that was killed')
      assertUnavailable(await ask(client, dashboard, undefined, html), 'a dashboard of a plant that is gone')
      await stillServed('beside a plant that is gone')
      assert.equal((await ask(client, '/ready')).status, 200, 'one plant is not the server')
      await own.start()
      await again()
      const { body } = await client.json('/api/v1/dashboard/data', { line_id: 'all' })
      const { metadata } = body as { metadata?: { total_detections?: number } }
      assert.equal(metadata?.total_detections, broken.pieces, 'and every row of it')
      await server.close()
    })
})
