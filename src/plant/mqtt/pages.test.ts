import assert from 'node:assert/strict'
import { test } from 'node:test'
import { withBroker } from '../../../test/harness/mosquitto.ts'
import { startTestServer } from '../../../test/harness/server.ts'
import { smallPlant } from '../../../test/harness/small-plant.ts'

const noon = Date.UTC(2026, 9, 19, 17, 0)
const form = { 'content-type': 'application/x-www-form-urlencoded' }

async function setUp(t: Parameters<typeof startTestServer>[1]) {
  const server = await startTestServer({ nowMs: noon, env: { SOURCE_NETWORKS: '127.0.0.0/8' } }, t)
  const plant = await smallPlant(server, 'sqlite', 'canario', 5)
  const browser = server.newClient()
  await browser.signIn(plant.username, plant.password)
  const page = `/t/${plant.slug}/plant/mqtt`
  const post = (path: string, fields: Record<string, string>) =>
    browser.fetch(page + path, { method: 'POST', headers: form, body: new URLSearchParams(fields).toString() })
  const text = async (path = '') => (await browser.fetch(page + path)).text()
  return { server, plant, page, post, text }
}
const topic = { topic: 'planta/{line}', area: 'a', product: '=1', detectedAt: 'at', messageId: 'id', action: 'save' }

test('PL-71 the MQTT page: broker and topics are kept, refused under their field, and seen by others in between', async (t) => {
  const { server, plant, page, post, text } = await setUp(t)
  assert.match(await text(), /Sin configurar/)
  assert.equal((await post('/topics', { ...topic, version: '0' })).status, 409, 'the broker comes first')
  const wrong = await post('/broker', { url: 'http://x', version: '0' })
  assert.equal(wrong.status, 422)
  assert.match(await wrong.text(), /mqtts:\/\/broker\.example\.com/)
  const made = await post('/broker', { url: 'mqtts://b.example', username: 'u', password: 'never-shown', version: '0', enabled: '1' })
  assert.deepEqual([made.status, made.headers.get('location')], [303, `${page}?done=saved`])
  assert.equal((await post('/broker', { url: 'mqtts://b.example', version: '0' })).status, 409)
  const refused = await post('/topics', { ...topic, topic: 'a/#/b', line: 'x', version: '1' })
  assert.equal(refused.status, 422)
  assert.match(await refused.text(), /# sólo al final/)
  assert.equal((await post('/topics', { ...topic, version: '1' })).status, 303)
  assert.equal((await post('/topics', { ...topic, version: '1' })).status, 409)
  assert.equal((await post('/topics', { ...topic, former: 'planta/{line}', items: 'list', version: '2' })).status, 303)
  const shown = await text()
  assert.ok(!shown.includes('never-shown') && shown.includes('planta/{line}') && shown.includes('Ningún proceso escucha'))
  assert.match(await text('/now'), /id="mqtt-now"/)
  const tried = await text(`?topic=planta%2FL1&payload=${encodeURIComponent('{"id":1,"list":[{"a":2,"at":"<b>"}]}')}`)
  assert.ok(tried.includes('&lt;b&gt;') && tried.includes('Saldrían 1'))
  assert.match(await text('?topic=otro&payload=x'), /Ningún tema/)
  assert.equal((await post('/topics', { former: 'planta/{line}', action: 'remove', version: '3' })).status, 303)

  const other = await smallPlant(server, 'sqlite', 'ajena', 5)
  const stranger = server.newClient()
  await stranger.signIn(other.username, other.password)
  assert.equal((await stranger.fetch(page)).status, 404)
  assert.match(await (await stranger.fetch(`/t/${other.slug}/plant/mqtt`)).text(), /Sin configurar/)
  assert.ok(plant.slug !== other.slug)
})

withBroker('PL-71 the MQTT page: a connection is tried, and what is wrong is said', async (broker, t) => {
  const { post } = await setUp(t)
  await post('/broker', { url: broker.url, version: '0', enabled: '0' })
  assert.match(await (await post('/test', {})).text(), /La prueba anduvo/)
  await post('/broker', { url: 'mqtt://127.0.0.1:9', version: '1', enabled: '0' })
  assert.match(await (await post('/test', {})).text(), /No se pudo conectar/)
  await post('/broker', { url: 'mqtts://192.168.9.9', version: '2', enabled: '0' })
  assert.match(await (await post('/test', {})).text(), /red privada/)
})
