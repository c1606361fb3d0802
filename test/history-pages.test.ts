/** The history as people see it: the banner of a dashboard whose lines are loading, the system page, the metrics, the command. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { runCli } from '../src/cli/index.ts'
import { saveAttachment } from '../src/plant/source/index.ts'
import { openPlantKysely, sqliteUrl } from '../src/platform/db/index.ts'
import type { Client } from './harness/client.ts'
import { migratedDatabase } from './harness/engines.ts'
import { startTestServer, type TestServer } from './harness/server.ts'
import { type SmallPlant, smallPlant } from './harness/small-plant.ts'

const nowMs = Date.UTC(2026, 9, 14, 15, 0, 0)

type Scene = { readonly server: TestServer; readonly plant: SmallPlant; readonly client: Client; readonly tenantId: number }

async function scene(t: TestContext): Promise<Scene> {
  const server = await startTestServer({ nowMs }, t)
  const plant = await smallPlant(server, 'sqlite', 'CANARIO', 200)
  const client = server.newClient()
  await client.signIn(plant.username, plant.password)
  const { id } = await server.ctx.db.kysely.selectFrom('tenants').select('id').where('slug', '=', plant.slug).executeTakeFirstOrThrow()
  return { server, plant, client, tenantId: id }
}

const page = async (client: Client, path: string): Promise<string> => {
  const response = await client.fetch(path)
  assert.equal(response.status, 200)
  return response.text()
}

/** Line 1 as another process leaves it in the middle of its first attach: two fifths of a million ids, so many that no answer waits for them, down from
 *  the newest row, which is the customer's. The returned function ends that. */
async function holdInLoading({ server, tenantId }: Scene): Promise<() => Promise<void>> {
  const { kysely } = server.ctx.db
  const ofLine = kysely.updateTable('line_histories').where('tenant_id', '=', tenantId).where('line_id', '=', 1)
  const { settled_id, lowest_id } = await kysely
    .selectFrom('line_histories')
    .select(['settled_id', 'lowest_id'])
    .where('tenant_id', '=', tenantId)
    .where('line_id', '=', 1)
    .executeTakeFirstOrThrow()
  const top = settled_id ?? 0
  const change = { lowest_id: top - 999_999, loaded_from_id: top - 399_999, lease_until: nowMs + 30_000 }
  await ofLine.set((row) => ({ ...change, revision: row('revision', '+', 1) })).execute()
  return async () => {
    await ofLine.set((row) => ({ lowest_id, loaded_from_id: null, lease_until: 0, revision: row('revision', '+', 1) })).execute()
  }
}

test('PL-62 a dashboard of lines that are loading says so with its percentage, until they are loaded', async (t) => {
  const found = await scene(t)
  const { client, plant } = found
  const board = `/t/${plant.slug}/dashboard`
  assert.ok(!(await page(client, board)).includes('history-progress'), 'complete: nothing is said')

  const finish = await holdInLoading(found)
  const loading = await page(client, `${board}?lang=es`)
  assert.match(loading, /id="history-progress" data-percent="70"/, 'two lines, one of them complete')
  assert.match(loading, /Historia en carga, 70 %/)
  assert.ok(loading.includes('Todavía se lee fila por fila: CANARIO &quot;&gt;&lt;script&gt;'), 'which lines, escaped')
  assert.match(loading, /<progress[^>]* value="70"/)
  assert.ok(!(await page(client, `${board}?line_id=2`)).includes('history-progress'), 'line 2 alone is complete')

  const fragment = await page(client, `${board}/history?line_id=1&tab=oee`)
  assert.match(fragment, /data-percent="40"/)
  assert.match(fragment, /hx-trigger="every 3s"/)
  assert.match(fragment, /tab=oee/)
  await finish()
  const over = await page(client, `${board}/history?line_id=1&tab=oee`)
  assert.match(over, /hx-trigger="load"/)
  assert.match(over, /hx-target="#board"/)
  assert.ok(!over.includes('data-percent'))
})

test('PL-62 the system page tells rows, watermark and state of each line, also while the plant is away', async (t) => {
  const found = await scene(t)
  const { client, plant, server, tenantId } = found
  const system = `/t/${plant.slug}/system?lang=es`
  assert.match(await page(client, system), /Todavía no se pidió/)
  await page(client, `/t/${plant.slug}/dashboard`)
  const read = await page(client, system)
  assert.match(read, /Completa/)
  assert.match(read, /14\/10\/2026 al 14\/10\/2026 \(1\)/)
  assert.match(read, />\s*200\s*</)
  await holdInLoading(found)
  assert.match(await page(client, system), /En carga, 40 %/)
  assert.match(await page(client, `/t/${plant.slug}/system?lang=en`), /Loading, 40 %/)

  const { db, clock, secrets } = server.ctx
  const url = sqliteUrl('/nonexistent/plant.sqlite')
  await saveAttachment({ ...db, tenantId }, secrets, { url, canManage: false, nowMs: clock.nowMs() })
  const away = await page(client, system)
  assert.match(away, /La base de la planta no responde/)
  assert.match(away, /En carga, 40 %/)
})

test('PL-84 metrics count history, plain reads and followers by company id, and name nobody', async (t) => {
  const found = await scene(t)
  const { server, client, tenantId, plant } = found
  const metrics = async (): Promise<string> => (await fetch(`${server.url}/metrics`)).text()
  const figure = (text: string, name: string): number => Number(new RegExp(`^${name}(?:\\{[^}]*\\})? (\\S+)$`, 'm').exec(text)?.[1])
  await client.json('/api/v1/dashboard/data', {})
  const before = await metrics()
  assert.match(before, new RegExp(`^andon_history_lag_rows\\{tenant="${tenantId}"\\} \\d+$`, 'm'))
  assert.ok(figure(before, 'andon_history_cache_bytes') > 0)
  assert.ok(figure(before, 'andon_plant_queries_total') > 0)
  assert.equal(figure(before, 'andon_plant_plain_reads_total'), 0, 'everything came from the history')
  assert.equal(figure(before, 'andon_live_streams'), 0)
  assert.ok(figure(before, 'andon_facts_memory_bytes') > 0)
  const shared = (text: string) =>
    ['andon_dashboard_answers_total', 'andon_dashboard_answers_shared_total'].map((name) => figure(text, name))
  const [asked = 0, same = 0] = shared(before)
  // the clock of the test stands still: the same second
  await client.json('/api/v1/dashboard/data', {})
  assert.deepEqual(shared(await metrics()), [asked + 1, same + 1])
  const system = await page(client, `/t/${plant.slug}/system?lang=es`)
  assert.match(system, /Tableros respondidos/)
  assert.match(system, new RegExp(`>${asked + 1}, de ellos ${same + 1} con la respuesta`))
  // no day of line 1 is loaded for sure
  await holdInLoading(found)
  await client.json('/api/v1/dashboard/data', {})
  const after = await metrics()
  assert.ok(figure(after, 'andon_plant_plain_reads_total') > 0)
  const plainRows = figure(after, 'andon_plant_plain_rows_total')
  assert.ok(plainRows >= 200 && plainRows < 400, `${plainRows}: rows of line 1, of no other`)
  assert.ok(!after.includes('CANARIO') && !after.includes(plant.slug))
})

test('PL-62 load-history reads every line before anybody asks, and again finds nothing to do', async (t) => {
  const { url } = await migratedDatabase('sqlite', t)
  const server = await startTestServer({ nowMs, databaseUrl: url }, t)
  const plant = await smallPlant(server, 'sqlite', 'CANARIO', 200)
  const env = { APP_ENV: 'test', SECRET_KEY: 'test-secret-key-of-at-least-32-bytes', DATABASE_URL: url }
  const andon = async (...argv: string[]) => {
    const written = { out: '', err: '' }
    const stream = (name: 'out' | 'err') => ({
      write: (text: string) => {
        written[name] += text
      },
    })
    return { code: await runCli(argv, env, { out: stream('out'), err: stream('err') }), ...written }
  }
  for (const time of ['first', 'second']) {
    const { code, out, err } = await andon('load-history', plant.slug, '--json')
    assert.equal(code, 0, err)
    const told = JSON.parse(out) as { rows: number; lines: { loaded_fraction: number; rows: number }[] }
    assert.equal(told.rows, 400, time)
    assert.deepEqual(
      told.lines.map((line) => [line.loaded_fraction, line.rows]),
      [
        [1, 200],
        [1, 200],
      ],
    )
  }
  // a customer corrects what was long settled
  const opened = await openPlantKysely(plant.plantUrl)
  await opened.kysely.updateTable('detection_line_l1').set({ product_id: 2 }).where('detection_id', '<', 11).execute()
  await opened.close()
  const compared = async () =>
    (JSON.parse((await andon('load-history', plant.slug, '--check', '--json')).out) as { compared: unknown }).compared
  assert.deepEqual(await compared(), { checked: 2, rebuilt: 1, purged: 0 })
  assert.deepEqual(await compared(), { checked: 2, rebuilt: 0, purged: 0 })
  const one = await andon('load-history', plant.slug, '--line', 'l2', '--json')
  assert.equal((JSON.parse(one.out) as { rows: number }).rows, 200)
  const refused = await andon('load-history', 'nobody')
  assert.equal(refused.code, 1)
  assert.match(refused.err, /There is no company nobody/)
})
