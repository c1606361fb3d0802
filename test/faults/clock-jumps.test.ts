/** The system's clock is set back an hour, or forward a day, under a running server: nobody is locked out, nothing stands still, nothing lives for ever. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { SlidingWindow } from '../../src/platform/http/rate.ts'
import { takeSlot } from '../../src/platform/limits/index.ts'
import type { Client } from '../harness/client.ts'
import { startTestServer } from '../harness/server.ts'
import { smallPlant } from '../harness/small-plant.ts'

const hourMs = 3_600_000
const dayMs = 24 * hourMs
const nowMs = Date.UTC(2026, 9, 20, 15)

test('PL-80 ID-23 a limit that was used up before the clock was set back frees a minute later, not an hour', () => {
  const window = new SlidingWindow()
  for (let hit = 0; hit < 100; hit += 1) window.take('ana', 100, nowMs)
  const back = nowMs - hourMs
  const refused = window.take('ana', 100, back)
  assert.deepEqual([refused.isAllowed, refused.freesAtMs - back], [false, 60_000])
  assert.equal(window.take('ana', 100, back + 60_001).isAllowed, true)

  const minute = [{ limit: 5, windowMs: 60_000 }]
  const shared = takeSlot([nowMs, nowMs, nowMs, nowMs, nowMs], minute, back)
  assert.deepEqual([shared.isAllowed, shared.freesAtMs - back], [false, 60_000])
  assert.equal(takeSlot(shared.hits, minute, back + 60_001).isAllowed, true)
})

test('ID-16 ID-23 PL-89 sessions, sign-in, limits and live streams outlive a clock that jumps', async (t) => {
  const server = await startTestServer({ nowMs, env: { LIVE_HEARTBEAT_SECONDS: '1' } }, t)
  const plant = await smallPlant(server, 'sqlite', 'RELOJ', 20)
  const [browser, program] = [server.newClient(), server.newClient()]
  await browser.signIn(plant.username, plant.password)
  await program.signInApi(plant.username, plant.password)
  const dashboard = (client: Client) => client.json('/api/v1/dashboard/data', { start_date: '2026-10-20', end_date: '2026-10-20' })
  const statusesNow = async () => [(await dashboard(browser)).status, (await dashboard(program)).status]
  assert.deepEqual(await statusesNow(), [200, 200])

  const stop = new AbortController()
  const stream = await browser.fetch(`/t/${plant.slug}/events`, { headers: { accept: 'text/event-stream' }, signal: stop.signal })
  const reader = stream.body?.getReader()
  assert.ok(reader)

  server.clock.advance(-hourMs)
  // a token that says it is from the future is refused, whoever made it: the program signs in anew
  assert.deepEqual(await statusesNow(), [200, 401], 'an hour back: a browser notices nothing')
  await program.signInApi(plant.username, plant.password)
  assert.deepEqual(await statusesNow(), [200, 200])
  const late = server.newClient()
  await late.signIn(plant.username, plant.password)
  assert.equal((await dashboard(late)).status, 200, 'and one can sign in')

  server.clock.advance(hourMs + dayMs)
  assert.deepEqual(await statusesNow(), [401, 401], 'a day forward: what is idle that long is over')
  let text = ''
  const decoder = new TextDecoder()
  for (let part = await reader.read(); !part.done; part = await reader.read()) text += decoder.decode(part.value)
  assert.match(text, /event: bye\ndata: \{"reason":"refused"\}/)
  stop.abort()
  const again = server.newClient()
  await again.signIn(plant.username, plant.password)
  assert.equal((await again.json('/api/v1/dashboard/data', { start_date: '2026-10-20', end_date: '2026-10-21' })).status, 200)
})
