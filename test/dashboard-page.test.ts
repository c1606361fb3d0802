/** The dashboard page over a real server, without a browser: what it says when there is nothing to show, and what a fragment carries. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { createTenantWithAdmin } from '../src/identity/index.ts'
import { giveOwnPlant } from '../src/plant/tenants/plant.ts'
import type { Client } from './harness/client.ts'
import { startTestServer, type TestServer } from './harness/server.ts'
import { type SmallPlant, smallPlant } from './harness/small-plant.ts'

let server: TestServer
let plant: SmallPlant
let person: Client

before(async () => {
  server = await startTestServer({ nowMs: Date.parse('2026-10-20T15:00:00Z') })
  plant = await smallPlant(server, 'sqlite', 'CANARIO', 40)
  person = server.newClient()
  await person.signIn(plant.username, plant.password)
})
after(() => server?.close())

const page = async (path: string, headers: Record<string, string> = {}) => {
  const response = await person.fetch(path, { headers: { accept: 'text/html', ...headers } })
  return { response, body: await response.text() }
}

test('every element with an hx-* attribute carries the nonce of its own answer', async () => {
  const kinds: Record<string, string>[] = [{}, { 'hx-request': 'true' }]
  for (const headers of kinds) {
    const { response, body } = await page(`/t/${plant.slug}/dashboard`, headers)
    const nonce = /'nonce-([^']+)'/.exec(response.headers.get('content-security-policy') ?? '')?.[1]
    assert.ok(nonce)
    const elements = [...body.matchAll(/<[a-z][^>]*\shx-get="[^>]*>/g)].map(([element]) => element)
    assert.ok(elements.length > 0)
    for (const element of elements) assert.ok(element.includes(`hx-nonce="${nonce}"`), element)
    assert.doesNotMatch(body, /\sstyle="|\son[a-z]+="|<script(?![^>]*nonce=)/)
  }
})

test('a company whose plant has no lines yet gets a page that says so, and what to do', async () => {
  const founder = { companyName: 'Vacía', username: 'fundadora', email: 'fundadora@example.com', password: 'Segura123!' }
  const made = await createTenantWithAdmin(server.ctx.db, server.ctx, founder)
  await giveOwnPlant(server.ctx, { actor: null, mayBeFile: true }, made.slug)
  const owner = server.newClient()
  await owner.signIn(founder.username, founder.password)
  const open = async (path: string, headers: Record<string, string> = {}) => {
    const response = await owner.fetch(`/t/${made.slug}${path}`, { headers: { accept: 'text/html', ...headers } })
    return { status: response.status, body: await response.text() }
  }
  for (const headers of [{}, { 'hx-request': 'true' }] as Record<string, string>[]) {
    const { status, body } = await open('/dashboard', headers)
    assert.equal(status, 200)
    assert.match(body, /La planta todavía no tiene líneas/)
    assert.match(body, new RegExp(`href="/t/${made.slug}/system"`))
    assert.doesNotMatch(body, /banner--danger|data-live=/)
  }
  assert.match((await open('/dashboard?lang=en')).body, /The plant has no lines yet/)
  assert.equal((await open('/dashboard?line_id=7')).status, 422, 'a line that is not there stays a refusal')
  const api = await owner.json('/api/v1/dashboard/data', {})
  assert.equal(api.status, 422, 'a program is told that there is no line')
})

test('a fragment is the board and the dates, not the page', async () => {
  const { body } = await page(`/t/${plant.slug}/dashboard?preset=today`, { 'hx-request': 'true' })
  assert.doesNotMatch(body, /<html|<header class="app-header"/)
  assert.match(body, /id="board"/)
  assert.match(body, /<hx-partial hx-target="#filter-range"/)
})

test('PL-33 only the visible tab is computed', async () => {
  const { body } = await page(`/t/${plant.slug}/dashboard`)
  assert.match(body, /data-widget="KpiTotalProduction"/)
  assert.doesNotMatch(body, /data-widget="KpiOee"/)
})

test('a live refresh leaves no trace in the query log', async () => {
  const count = async () => {
    const row = await server.ctx.db.kysely
      .selectFrom('user_queries')
      .select(({ fn }) => fn.countAll<number>().as('count'))
      .executeTakeFirstOrThrow()
    return Number(row.count)
  }
  await server.ctx.userQueries.drain()
  const before = await count()
  assert.equal((await page(`/t/${plant.slug}/dashboard/live`)).response.status, 200)
  await server.ctx.userQueries.drain()
  assert.equal(await count(), before)
})

test('a refused filter keeps the page: 422, the fault named, the choice kept', async () => {
  const { response, body } = await page(`/t/${plant.slug}/dashboard?line_id=999&interval=hour`)
  assert.equal(response.status, 422)
  assert.match(body, /role="alert"/)
  assert.match(body, /id="filters-form"/)
})

test('names and reasons of the plant are escaped in markup and in chart data', async () => {
  const { body } = await page(`/t/${plant.slug}/dashboard?line_id=1`)
  assert.doesNotMatch(body, /<img src=x|<script>alert/)
  assert.match(body, /&lt;img src=x/)
})

test('a company whose plant is not attached gets a page that says so, with the way to attach it, and can be left', async () => {
  const { db, clock } = server.ctx
  const lonely = { username: 'sola', email: 'sola@example.com', password: 'Segura123!' }
  const { slug } = await createTenantWithAdmin(db, { clock }, { companyName: 'Sin planta', ...lonely })
  const client = server.newClient()
  await client.signIn(lonely.username, lonely.password)
  const response = await client.fetch(`/t/${slug}/dashboard`, { headers: { accept: 'text/html' } })
  const body = await response.text()
  assert.equal(response.status, 200)
  assert.match(body, new RegExp(`class="btn btn--primary" href="/t/${slug}/plant/attach`))
  assert.match(body, /action="\/logout"/)
})
