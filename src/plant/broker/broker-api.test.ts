/** The data broker over the API and its pages, with servers of the test on this machine. */
import assert from 'node:assert/strict'
import { createServer, type RequestListener } from 'node:http'
import { type TestContext, test } from 'node:test'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { startTestServer } from '../../../test/harness/server.ts'
import { type SmallPlant, smallPlant } from '../../../test/harness/small-plant.ts'
import type { Engine } from '../../platform/db/index.ts'
import { createSecrets } from '../../platform/secrets/index.ts'
import { createSources } from './sources.ts'

const url = '/api/v1/broker'
const noon = Date.UTC(2026, 9, 19, 17, 0)

async function upstream(t: TestContext, answer: RequestListener): Promise<string> {
  const server = createServer(answer)
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    server.closeAllConnections()
    server.close()
  })
  return `http://127.0.0.1:${(server.address() as { port: number }).port}`
}

async function setUp(t: TestContext, engine: Engine = 'sqlite', env: Record<string, string> = {}) {
  const server = await startTestServer(
    { engine, nowMs: noon, env: { SOURCE_NETWORKS: '127.0.0.0/8', SOURCE_WAIT_MS: '60000', RATE_LIMIT_PER_MINUTE: '1000', ...env } },
    t,
  )
  const plant: SmallPlant = await smallPlant(server, engine, 'canario', 5)
  const client = server.newClient()
  await client.signInApi(plant.username, plant.password)
  const put = (id: string, entry: object) => client.json(`${url}/apis/${id}`, entry, { method: 'PUT' })
  const probe = async (id: string) => (await client.json(`${url}/test/${id}`, {})).body as Probe
  return { server, plant, client, put, probe }
}
type Probe = { ok: boolean; status: number | null; error: string | null; data_preview: unknown; truncated: boolean; code?: string }
const codeOf = ({ status, body }: { status: number; body: unknown }) => [status, (body as { code?: string }).code ?? 'ok']

forEachEngine('PL-78 sources are added, changed, tested, switched off and removed; no answer shows a secret', async (engine, t) => {
  const base = await upstream(t, (request, reply) => {
    const { authorization, 'x-api-key': key, 'x-zone': zone } = request.headers
    reply.end(JSON.stringify({ data: [1, 2, 3, 4, 5, 6].map((n) => ({ n })), seen: { authorization, key, zone, url: request.url } }))
  })
  const { client, put, probe, server } = await setUp(t, engine)
  const secrets = ['top-secret-1', 'top-secret-2', 'top-secret-3']
  const entry = {
    name: 'ERP',
    base_url: `${base}/stock?token=top-secret-3`,
    auth_type: 'bearer',
    auth_secret: 'top-secret-1',
    headers: { 'X-Zone': 'top-secret-2' },
  }
  assert.equal((await put('erp', entry)).status, 200)
  assert.deepEqual((await probe('erp')).data_preview, {
    data: [1, 2, 3, 4, 5].map((n) => ({ n })),
    seen: { authorization: 'Bearer top-secret-1', zone: 'top-secret-2', url: '/stock?token=top-secret-3' },
  })
  const list = await client.json(`${url}/apis`)
  const shown = JSON.stringify([list.body, (await client.json(`${url}/apis/erp`)).body, (await client.json(`${url}/apis/enabled`)).body])
  for (const secret of secrets) assert.ok(!shown.includes(secret), 'a listing shows a secret')
  assert.equal(list.headers.get('x-total-count'), '1')
  const [row] = await server.ctx.db.kysely.selectFrom('http_sources').selectAll().execute()
  for (const secret of secrets) assert.ok(!JSON.stringify(row).includes(secret), 'a secret is stored as it is')

  const changed = await put('erp', { ...entry, auth_secret: undefined, base_url: `${base}/stock`, response_key: 'data', version: 1 })
  assert.equal(changed.status, 200)
  const answer = await probe('erp')
  assert.deepEqual([answer.ok, answer.truncated, answer.data_preview], [true, true, [1, 2, 3, 4, 5].map((n) => ({ n }))])
  assert.deepEqual(codeOf(await put('erp', { ...entry, version: 1 })), [409, 'source_edited_meanwhile'])

  await put('erp', { ...entry, enabled: false })
  assert.deepEqual(codeOf(await client.json(`${url}/test/erp`, {})), [400, 'source_disabled'])
  assert.deepEqual(((await client.json(`${url}/apis/enabled`)).body as { items: unknown[] }).items, [])
  assert.deepEqual(codeOf(await client.json(`${url}/apis/nadie`)), [404, 'source_not_found'])
  assert.deepEqual(codeOf(await client.json(`${url}/test/nadie`, {})), [404, 'source_not_found'])
  const imported = await client.json(`${url}/import`, { map: 'clima:\n  base_url: https://a.example\nroto: 7\n' })
  assert.deepEqual((imported.body as { saved: string[] }).saved, ['clima'])
  assert.deepEqual((await client.json(`${url}/config/reload`, {})).body, { status: 'reloaded', total: 2, enabled: 1 })
  assert.deepEqual((await client.json(`${url}/cache/clear?api_id=erp`, {})).body, { cleared: 1 })
  assert.deepEqual(codeOf(await client.json(`${url}/cache/clear?api_id=nadie`, {})), [404, 'source_not_found'])
  assert.equal((await client.json(`${url}/apis/erp`, undefined, { method: 'DELETE' })).status, 204)
  assert.deepEqual(codeOf(await client.json(`${url}/apis/erp`)), [404, 'source_not_found'])
})

test('PL-78 the kinds of identification, and a variable only where the operator allows it', async (t) => {
  const base = await upstream(t, (request, reply) =>
    reply.end(JSON.stringify(request.headers.authorization ?? request.headers['x-api-key'] ?? null)),
  )
  const { put, probe } = await setUp(t, 'sqlite', {
    SOURCE_VARIABLES: '1:ERP_KEY,2:OTHER_KEY',
    ERP_KEY: 'from-env',
    OTHER_KEY: 'not-theirs',
  })
  const said = async (entry: object) => {
    assert.equal((await put('a', { base_url: base, ...entry })).status, 200)
    const { ok, data_preview: data, error } = await probe('a')
    return ok ? data : error
  }
  assert.equal(await said({ auth_type: 'none' }), null)
  assert.equal(await said({ auth_type: 'bearer', auth_secret: 'b' }), 'Bearer b')
  assert.equal(await said({ auth_type: 'api_key', auth_secret: 'k' }), 'k')
  assert.equal(await said({ auth_type: 'basic', auth_secret: 'u:p' }), `Basic ${btoa('u:p')}`)
  assert.equal(await said({ auth_type: 'bearer', auth_env_var: 'ERP_KEY' }), 'Bearer from-env')
  for (const name of ['OTHER_KEY', 'SECRET_KEY', 'PATH'])
    assert.match(String(await said({ auth_type: 'bearer', auth_env_var: name })), new RegExp(`${name}.*1:${name}`), name)
})

test('PL-78 hostile servers: a clear word of at most 200 characters, never an exception', async (t) => {
  const base = await upstream(t, (request, reply) => {
    if (request.url === '/redirect') return reply.writeHead(302, { location: 'http://169.254.169.254/latest/meta-data' }).end()
    if (request.url === '/huge') return reply.end(Buffer.alloc(6_000_000, 0x20))
    if (request.url === '/many') return reply.end(`[${'[],'.repeat(1_500_000)}[]]`)
    if (request.url === '/slow') return
    if (request.url === '/text') return reply.end('<html>')
    if (request.url === '/deep') return reply.end('['.repeat(100_000) + ']'.repeat(100_000))
    reply.writeHead(500).end()
  })
  const { put, probe, client, server, plant } = await setUp(t)
  const said = async (entry: object) => {
    assert.equal((await put('x', entry)).status, 200)
    const { ok, error } = await probe('x')
    assert.ok(error === null || error.length <= 200)
    return ok ? 'ok' : (error ?? '')
  }
  assert.match(await said({ base_url: `${base}/redirect` }), /does not follow/)
  assert.match(await said({ base_url: `${base}/huge` }), /larger than 5 MB/)
  assert.match(await said({ base_url: `${base}/many` }), /too many values/)
  assert.match(await said({ base_url: `${base}/slow`, timeout: 1 }), /in time/)
  assert.match(await said({ base_url: `${base}/text` }), /not JSON/)
  assert.match(await said({ base_url: `${base}/other` }), /error \(500\)/)
  assert.match(await said({ base_url: `${base}/deep`, response_key: 'a.b' }), /no “a.b”/)
  assert.equal(await said({ base_url: `${base}/deep` }), 'ok')
  assert.match(await said({ base_url: 'http://169.254.169.254/latest/meta-data' }), /private network/)
  assert.match(await said({ base_url: 'http://192.168.0.1/' }), /private network/)
  const spanish = await client.json(`${url}/test/x`, {}, { headers: { 'accept-language': 'es' } })
  assert.match((spanish.body as Probe).error ?? '', /red privada/)

  // the other company has its own, under the same word
  const other = await smallPlant(server, 'sqlite', 'ajena', 5)
  const stranger = server.newClient()
  await stranger.signInApi(other.username, other.password)
  assert.deepEqual(codeOf(await stranger.json(`${url}/apis/x`)), [404, 'source_not_found'])
  assert.deepEqual(codeOf(await stranger.json(`${url}/apis/x`, undefined, { method: 'DELETE' })), [404, 'source_not_found'])
  assert.equal((await client.json(`${url}/apis/x`)).status, 200)
  assert.equal((await stranger.fetch(`/t/${plant.slug}/plant/sources`)).status, 404)
})

test('PL-78 answers hold for their time, one question at a time, and are forgotten in every process', async (t) => {
  let asked = 0
  const base = await upstream(t, (_request, reply) => {
    asked += 1
    reply.end(JSON.stringify({ asked }))
  })
  const { server, put, client } = await setUp(t)
  await put('a', { base_url: base, cache_ttl: 60 })
  const ask = async () => (await server.ctx.sources.answersOf(1, ['a'])).get('a')
  const both = await Promise.all([ask(), ask(), ask()])
  assert.deepEqual(
    both.map((answer) => answer?.data),
    Array(3).fill({ asked: 1 }),
  )
  server.clock.advance(59_000)
  assert.deepEqual((await ask())?.data, { asked: 1 })
  server.clock.advance(2_000)
  assert.deepEqual((await ask())?.data, { asked: 2 })
  await client.json(`${url}/cache/clear`, {})
  assert.deepEqual((await ask())?.data, { asked: 3 }, 'forgotten')
  await put('a', { base_url: base, cache_ttl: 60, response_key: 'nada' })
  assert.equal((await ask())?.ok, false, 'an edit is seen at once')
  assert.equal((await server.ctx.sources.answersOf(1, ['nadie'])).get('nadie')?.error?.es, 'La empresa no tiene esa fuente')
})

test('PL-78 an answer of almost all of the room pushes out nobody else, and its server is asked no more often for that', async (t) => {
  const asked: Record<string, number> = {}
  const base = await upstream(t, (request, reply) => {
    const path = request.url ?? ''
    asked[path] = (asked[path] ?? 0) + 1
    // as they weigh in memory: 15 MB and 3 MB
    reply.end(`[${'[],'.repeat(path === '/large' ? 365_000 : 70_000)}[]]`)
  })
  const { server, put } = await setUp(t)
  await put('grande', { base_url: `${base}/large`, cache_ttl: 60 })
  const other = await smallPlant(server, 'sqlite', 'ajena', 5)
  const stranger = server.newClient()
  await stranger.signInApi(other.username, other.password)
  await stranger.json(`${url}/apis/suya`, { base_url: `${base}/small`, cache_ttl: 60 }, { method: 'PUT' })
  const ask = async (tenantId: number, key: string) => (await server.ctx.sources.answersOf(tenantId, [key])).get(key)
  assert.equal((await ask(2, 'suya'))?.ok, true)
  assert.equal((await ask(1, 'grande'))?.ok, true, 'who asked has the answer')
  assert.match((await ask(1, 'grande'))?.error?.en ?? '', /too large to be kept/)
  assert.equal((await ask(2, 'suya'))?.ok, true)
  assert.deepEqual(asked, { '/large': 1, '/small': 1 })
  server.clock.advance(10_000)
  assert.equal((await ask(1, 'grande'))?.ok, true)
})

test('PL-78 a look-up that goes on after the deadline keeps its place', async (t) => {
  const { server, put } = await setUp(t)
  for (const key of ['a', 'b', 'c']) await put(key, { base_url: `https://${key}.example/`, timeout: 1 })
  const ends: (() => void)[] = []
  const find = (): Promise<{ address: string; family: number }[]> => new Promise((resolve) => ends.push(() => resolve([])))
  const { db, secrets, clock } = server.ctx
  const options = { openNetworks: [], variables: new Map(), waitMs: 60_000, find }
  const sources = createSources({ db, secrets, clock, log: { error: () => {} }, options })
  const late = await sources.answersOf(1, ['a', 'b'])
  assert.deepEqual(
    [...late.values()].map(({ error }) => error?.en),
    Array(2).fill('It did not answer in time'),
  )
  const third = sources.answersOf(1, ['c'])
  await new Promise((resolve) => setTimeout(resolve, 50))
  assert.equal(ends.length, 2, 'no third look-up beside two that go on')
  for (const end of ends) end()
  while (ends.length < 3) await new Promise(setImmediate)
  ends[2]?.()
  assert.match((await third).get('c')?.error?.en ?? '', /Nobody knows/)
})

test('PL-78 after SECRET_KEY changed the source says so, is asked nothing, and is mended by writing it again', async (t) => {
  let asked = 0
  const base = await upstream(t, (_request, reply) => {
    asked += 1
    reply.end('1')
  })
  const { server, put, probe } = await setUp(t)
  const entry = { base_url: base, auth_type: 'bearer', auth_secret: 'b' }
  await put('a', entry)
  const other = createSecrets('another secret key, long enough for it').sealSecret('source', '{}')
  await server.ctx.db.kysely.updateTable('http_sources').set({ sealed: other }).where('tenant_id', '=', 1).execute()
  assert.match((await probe('a')).error ?? '', /SECRET_KEY/)
  assert.equal(asked, 0)
  assert.equal((await put('a', { base_url: base, auth_type: 'bearer' })).status, 422)
  await put('a', entry)
  assert.equal((await probe('a')).ok, true)
})

test('PL-78 the pages: added by a form, masked on opening, tested, refused under its field, removed', async (t) => {
  const base = await upstream(t, (_request, reply) => reply.end('[{"a":"<b>x</b>"}]'))
  const { server, plant } = await setUp(t)
  const browser = server.newClient()
  await browser.signIn(plant.username, plant.password)
  const page = `/t/${plant.slug}/plant/sources`
  const post = (path: string, form: Record<string, string>) =>
    browser.fetch(path, {
      method: 'POST',
      headers: { 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams(form).toString(),
    })
  const form = {
    key: 'erp',
    name: 'ERP',
    base_url: base,
    auth_type: 'api_key',
    auth_secret: 'never-shown',
    headers: 'X-Zone: hidden-zone',
    enabled: '1',
  }
  const refused = await post(`${page}/new`, { ...form, timeout: '99' })
  assert.equal(refused.status, 422)
  assert.match(await refused.text(), /Segundos enteros de 1 a 30/)
  const made = await post(`${page}/new`, form)
  assert.deepEqual([made.status, made.headers.get('location')], [303, `${page}/edit/erp?done=saved`])
  const opened = await (await browser.fetch(`${page}/edit/erp`)).text()
  assert.ok(!opened.includes('never-shown') && !opened.includes('hidden-zone') && opened.includes('X-Zone: ••••'))
  const tested = await (await post(`${page}/edit/erp/test`, {})).text()
  assert.ok(tested.includes('&lt;b&gt;x') && !tested.includes('<b>x'))
  assert.equal(
    (await post(`${page}/edit/erp`, { ...form, key: '', auth_secret: '', headers: 'X-Zone: ••••••••', version: '1' })).status,
    303,
  )
  assert.equal((await post(`${page}/edit/erp`, { ...form, version: '1' })).status, 409)
  const imported = await (await post(`${page}/import`, { map: 'clima: {base_url: "https://a.example"}\nroto: 7' })).text()
  assert.match(imported, /Fuentes guardadas: 1/)
  assert.equal((await post(`${page}/import`, { map: 'roto: []' })).status, 200)
  const broken = await post(`${page}/import`, { map: 'a: [' })
  assert.equal(broken.status, 422)
  assert.match(await broken.text(), /Nada cambió.*En la línea 1/)
  assert.equal((await post(`${page}/edit/erp/remove`, {})).status, 303)
  assert.equal((await browser.fetch(`${page}/edit/erp`)).status, 404)
})

test('PL-78 a widget on an external source: figure and table on the dashboard, and a word instead when it fails', async (t) => {
  let fails = false
  const base = await upstream(t, (_request, reply) =>
    reply.writeHead(fails ? 500 : 200).end('{"main":{"temp":21.5},"list":[{"hora":"12:00","grados":21}]}'),
  )
  const { client, put, server, plant } = await setUp(t)
  await put('clima', { base_url: base, name: 'Clima' })
  const catalogue = await server.ctx.db.kysely.selectFrom('widget_catalog').select(['widget_id', 'widget_name']).execute()
  const idOf = (name: string) => catalogue.find(({ widget_name: one }) => one === name)?.widget_id ?? 0
  const [first, second] = [idOf('ExternalSource'), idOf('Fuente externa 2')]
  const layout = {
    widgets: [
      { widget_id: first, params: { api_source_id: 'clima', display: 'number', value_path: 'main.temp', unit: '°C' } },
      { widget_id: second, params: { api_source_id: 'clima', display: 'table', value_path: 'list' } },
    ],
    filters: [],
  }
  const saved = await client.json('/api/v1/dashboard/my-layout', { layout_config: layout, seen_version: 0 }, { method: 'PUT' })
  assert.equal(saved.status, 200, JSON.stringify(saved.body))
  type Shown = { widgets: Record<string, { data: { value: number | null; unit: string; rows: string[][]; error: string | null } }> }
  const data = async () => ((await client.json('/api/v1/dashboard/data', {})).body as Shown).widgets
  const shown = await data()
  assert.deepEqual([shown[first]?.data.value, shown[first]?.data.unit, shown[second]?.data.rows], [21.5, '°C', [['12:00', '21']]])
  const browser = server.newClient()
  await browser.signIn(plant.username, plant.password)
  const page = await (await browser.fetch(`/t/${plant.slug}/dashboard?lang=es`)).text()
  assert.ok(page.includes('21,5') && page.includes('°C') && page.includes('Clima'))
  fails = true
  await client.json(`${url}/cache/clear`, {})
  server.clock.advance(1_000)
  const later = (await data())[first]?.data
  assert.deepEqual([later?.value, /\(500\)/.test(later?.error ?? '')], [null, true])
})

test('PL-78 a dashboard does not wait for a source that is slow: it says so, and has the answer next time', async (t) => {
  let answerNow = () => {}
  const base = await upstream(t, (_request, reply) => {
    answerNow = () => void reply.end('7')
  })
  const { put, server } = await setUp(t, 'sqlite', { SOURCE_WAIT_MS: '100' })
  await put('lenta', { base_url: base })
  const ask = async () => (await server.ctx.sources.answersOf(1, ['lenta'])).get('lenta')
  assert.equal((await ask())?.error?.es, 'Todavía no respondió')
  answerNow()
  let last = await ask()
  for (let i = 0; i < 100 && !last?.ok; i++) last = await ask()
  assert.deepEqual([last?.ok, last?.data], [true, 7])
})
