/** What the page of the administrator and the metrics say of connections and slow queries. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { availableEngines } from './harness/engines.ts'
import { startTestServer } from './harness/server.ts'
import { smallPlant } from './harness/small-plant.ts'

const nowMs = Date.parse('2026-10-20T15:00:00Z')
const engine = availableEngines.find((name) => name !== 'sqlite') ?? 'sqlite'

test('PL-TODO-46 the connections to the plant stand on the system page and in the metrics, with the size that was set', async (t) => {
  const server = await startTestServer({ engine, nowMs, env: { PLANT_POOL_SIZE: '3', DATABASE_POOL_SIZE: '7' } }, t)
  const plant = await smallPlant(server, engine, 'POZO', 5)
  const client = server.newClient()
  await client.signIn(plant.username, plant.password)
  const page = await client.fetch(`/t/${plant.slug}/system`, { headers: { accept: 'text/html' } })
  const text = await page.text()
  assert.equal(page.status, 200)
  assert.equal(text.includes('id="connections"'), engine !== 'sqlite', 'a file has none')
  // only the machine itself may ask
  const metrics = await (await fetch(`${server.url}/metrics`)).text()
  assert.match(metrics, /^andon_platform_queries_total [1-9]\d*$/m)
  assert.match(metrics, /^andon_platform_slow_queries_total \d+$/m)
  if (engine === 'sqlite') return
  assert.match(text, /Máximo \(PLANT_POOL_SIZE\)/)
  assert.match(metrics, /^andon_pool_connections\{database="platform",state="size"\} 7$/m)
  assert.match(metrics, /^andon_pool_connections\{database="plant \d+",state="size"\} 3$/m)
  assert.match(metrics, /^andon_pool_timeouts_total\{database="platform"\} 0$/m)
})
