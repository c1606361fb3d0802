/** Two companies on one server, asked at the same time: each answer is wholly its own. And what a customer's rows say is shown, never run. */
import assert from 'node:assert/strict'
import type { Client } from './harness/client.ts'
import { forEachEngine } from './harness/engines.ts'
import { startTestServer } from './harness/server.ts'
import { type SmallPlant, smallPlant } from './harness/small-plant.ts'

const nowMs = Date.UTC(2026, 9, 14, 15, 0, 0)
// Below the sixty dashboards a minute that one person may ask for.
const rounds = 12

async function signedIn(newClient: () => Client, plant: SmallPlant): Promise<Client> {
  const client = newClient()
  await client.signIn(plant.username, plant.password)
  return client
}

/** Everything a company can be asked for, page and API, as text. */
const questions = (plant: SmallPlant): ((client: Client) => Promise<string>)[] => [
  async (client) => (await client.fetch(`/t/${plant.slug}/dashboard`)).text(),
  async (client) => JSON.stringify((await client.json('/api/v1/dashboard/data', { interval: 'hour' })).body),
  async (client) => JSON.stringify((await client.json('/api/v1/downtime/list', {})).body),
  async (client) => JSON.stringify((await client.json('/api/v1/metrics/summary', {})).body),
  async (client) => JSON.stringify((await client.json('/api/v1/filters')).body),
  async (client) => JSON.stringify((await client.json('/api/v1/layout/config')).body),
  async (client) => JSON.stringify((await client.json('/api/v1/auth/me')).body),
]

forEachEngine('PL-83 K-43 two companies hammered in parallel never mix', async (engine, t) => {
  const server = await startTestServer({ engine, nowMs, env: { RATE_LIMIT_PER_MINUTE: '100000' } }, t)
  const north = await smallPlant(server, engine, 'CANARIONORTE', 500)
  const south = await smallPlant(server, engine, 'CANARIOSUR', 300)
  const [ofNorth, ofSouth] = await Promise.all([signedIn(server.newClient, north), signedIn(server.newClient, south)])

  const asked = Array.from({ length: rounds }).flatMap(() => [
    ...questions(north).map((ask) => ({ mine: north, other: south, answer: ask(ofNorth) })),
    ...questions(south).map((ask) => ({ mine: south, other: north, answer: ask(ofSouth) })),
  ])
  for (const { mine, other, answer } of asked) {
    const text = await answer
    assert.ok(!text.includes(other.canary), `an answer of ${mine.canary} holds ${other.canary}`)
  }

  for (const [client, plant] of [
    [ofNorth, north],
    [ofSouth, south],
  ] as const) {
    const { body } = await client.json('/api/v1/dashboard/data', {})
    const text = JSON.stringify(body)
    assert.ok(text.includes(plant.canary), 'a company sees its own names')
    const { widgets } = body as { widgets: Record<string, { metadata: { class_name: string }; data: { value: number } }> }
    const production = Object.values(widgets).find((widget) => widget.metadata.class_name === 'KpiTotalProduction')
    assert.equal(production?.data.value, plant.pieces)
  }
})

forEachEngine('ID-41 another company is not there: its pages are 404, its header 403, its events 404', async (engine, t) => {
  const server = await startTestServer({ engine, nowMs }, t)
  const north = await smallPlant(server, engine, 'CANARIONORTE', 20)
  const south = await smallPlant(server, engine, 'CANARIOSUR', 20)
  const client = await signedIn(server.newClient, north)
  for (const path of ['dashboard', 'events', 'system', 'system/verification', 'no-such-page']) {
    const answer = await client.fetch(`/t/${south.slug}/${path}`)
    assert.equal(answer.status, 404, path)
    assert.ok(!(await answer.text()).includes(south.canary))
  }
  const program = server.newClient()
  await program.signInApi(north.username, north.password)
  program.headers['x-company-id'] = '2'
  const byHeader = await program.json('/api/v1/dashboard/data', {})
  assert.equal(byHeader.status, 403)
  assert.ok(!JSON.stringify(byHeader.body).includes(south.canary))
  const unknown = await program.json('/api/v1/dashboard/data', {}, { headers: { 'x-company-id': '999' } })
  const withoutIds = (body: unknown) => ({ ...(body as Record<string, unknown>), request_id: '', instance: '' })
  assert.deepEqual(withoutIds(unknown.body), withoutIds(byHeader.body), 'a stranger cannot tell a foreign company from none')
})

forEachEngine('PL-82 PL-TODO-57 hostile names and reasons are shown as text', async (engine, t) => {
  const server = await startTestServer({ engine, nowMs }, t)
  const plant = await smallPlant(server, engine, 'CANARIO', 40)
  const client = await signedIn(server.newClient, plant)
  for (const query of ['', '?tab=oee', '?line_id=1', '?line_id=1&lang=en']) {
    const page = await (await client.fetch(`/t/${plant.slug}/dashboard${query}`)).text()
    assert.ok(page.includes('CANARIO'), `the page names the lines ${query}`)
    assert.doesNotMatch(page, /<img src=x/i, query)
    assert.doesNotMatch(page, /<script>alert/i, query)
  }
  const search = encodeURIComponent('"><script>alert(1)</script>')
  const echoed = await (await client.fetch(`/t/${plant.slug}/dashboard?search=${search}&line_id=${search}`)).text()
  assert.doesNotMatch(echoed, /<script>alert/i)
})
