/** The platform's own database hangs, dies and comes back under a server that stays: requests are refused in words and in time, what was said yes to is
 *  there once, and nobody has to restart anything. */
import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { migrations } from '../../src/migrations/index.ts'
import { migrateUp, openDatabase } from '../../src/platform/db/index.ts'
import { createWorker, enqueue } from '../../src/platform/jobs/index.ts'
import { silentLog } from '../../src/platform/log/index.ts'
import { missingServer, ownServer, serverEngines } from '../harness/own-server.ts'
import { ask, assertUnavailable } from '../harness/refusal.ts'
import { startTestServer } from '../harness/server.ts'
import { smallPlant } from '../harness/small-plant.ts'
import { listen } from './listen.ts'
import { assertNoted, note, noteUntilStored } from './notes.ts'

const html = { headers: { accept: 'text/html', 'accept-language': 'es' } }

// each waits for limits most of the time
describe('the platform database', { concurrency: true }, () => {
  for (const engine of serverEngines)
    test(`PL-18 the platform database hangs, is killed in the middle of writes and comes back [${engine}]`, {
      skip: missingServer[engine] ?? false,
    }, async (t) => {
      const own = await ownServer(engine, t)
      const databaseUrl = await own.createDatabase('andon')
      const opened = await openDatabase(databaseUrl)
      await migrateUp(opened.db, migrations)
      await opened.close()
      const server = await startTestServer({ databaseUrl, nowMs: Date.parse('2026-10-20T15:00:00Z') }, t)
      const { slug, username, password } = await smallPlant(server, 'sqlite', 'FALLA', 40)
      const client = server.newClient()
      await client.signIn(username, password)
      const dashboard = `/t/${slug}/dashboard`
      assert.equal((await ask(client, dashboard, undefined, html)).status, 200)
      assert.equal((await note(client, slug, 1)).status, 200)
      const stream = await listen(client, slug, t)
      await stream.status('live')
      const { db, clock } = server.ctx
      const hasWorked = Promise.withResolvers<void>()
      const run = async () => hasWorked.resolve()
      const worker = createWorker({ db, clock, log: silentLog() }, [{ name: 'fault.test', run }])
      worker.start()
      t.after(() => worker.stop(0))

      await own.hang()
      const stranger = server.newClient()
      const [page, api, noted, login, ready, alive] = await Promise.all([
        client.fetch(dashboard, html),
        ask(client, '/api/v1/plants'),
        note(client, slug, 2),
        ask(stranger, '/api/v1/auth/login', { username, password }),
        ask(stranger, '/ready'),
        ask(stranger, '/healthz'),
      ])
      assert.deepEqual([page.status, page.headers.has('retry-after')], [503, true])
      assert.match(await page.text(), /Base de datos no disponible/)
      assertUnavailable(api, 'a read')
      assertUnavailable(noted, 'a write')
      assertUnavailable(login, 'a sign-in')
      assert.deepEqual([ready.status, alive.status], [503, 200], 'no traffic, and no restart either')
      await stream.status('offline')
      own.resume()
      await noteUntilStored(server, client, slug, [2])
      await stream.status('live')

      const quantities = Array.from({ length: 24 }, (_, at) => at + 10)
      const some = Promise.withResolvers<void>()
      let answered = 0
      const sending = quantities.map(async (quantity) => {
        const told = await note(client, slug, quantity)
        answered += 1
        if (answered === 5) some.resolve()
        return { quantity, ...told }
      })
      await some.promise
      await own.kill()
      const answers = await Promise.all(sending)
      const refused = answers.filter(({ status }) => status !== 200)
      for (const told of refused) assertUnavailable(told, `note ${told.quantity}`)
      t.diagnostic(`${answers.length - refused.length} notes were stored before the kill, ${refused.length} refused`)
      assertUnavailable(await ask(client, '/api/v1/plants'), 'a read without a database')
      await stream.status('offline')

      await own.start()
      const refusedQuantities = refused.map(({ quantity }) => quantity)
      for (let tries = 0; (await ask(client, dashboard, undefined, html)).status !== 200; tries += 1) {
        assert.ok(tries < 100, 'it never came back')
        await sleep(100)
      }
      await noteUntilStored(server, client, slug, refusedQuantities)
      await enqueue(db, { name: 'fault.test' }, clock.nowMs())
      await hasWorked.promise // the worker outlived it, too
      await worker.stop(0)
      await assertNoted(server, [1, 2, ...quantities])
      await stream.status('live')
      await server.close()
    })
})
