/** SIGTERM with work in flight: what was asked is answered, who listens is told to come back, and the process ends in time with code 0. */
import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import { migratedDatabase } from '../harness/engines.ts'
import { served } from '../harness/served.ts'
import { startTestServer } from '../harness/server.ts'
import { smallPlant } from '../harness/small-plant.ts'

const nowMs = Math.floor(Date.now() / 86_400_000) * 86_400_000 + 18 * 3_600_000
/** The process's own limit is 9 s; systemd and most hosts kill after 10. */
const limitMs = 10_000

test('ID-71 PL-89 a server that is told to stop answers what was asked, sends its listeners away and ends with code 0', async (t) => {
  const { url: databaseUrl } = await migratedDatabase('sqlite', t)
  const made = await startTestServer({ databaseUrl, nowMs }, t)
  const plant = await smallPlant(made, 'sqlite', 'FIN', 5)
  // hashing at its real price, one at a time: the sign-ins queue up
  const server = await served(databaseUrl, { ARGON2_MEMORY_KIB: '65536', ARGON2_CONCURRENCY: '1' }, t)
  let address = 0
  const signIn = () =>
    new Promise<number>((resolve, reject) => {
      address += 1
      const body = JSON.stringify({ username: plant.username, password: plant.password })
      const headers = { 'content-type': 'application/json', 'content-length': body.length, 'x-forwarded-for': `10.1.1.${address}` }
      const request = http.request(`${server.url}/api/v1/auth/login`, { method: 'POST', headers }, (response) => {
        response.resume().on('end', () => resolve(response.statusCode ?? 0))
      })
      request.on('error', reject).end(body)
    })
  const { access_token: token } = (await (
    await fetch(`${server.url}/api/v1/auth/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ username: plant.username, password: plant.password }),
    })
  ).json()) as { access_token: string }

  const stream = await fetch(`${server.url}/api/v1/events`, { headers: { authorization: `Bearer ${token}`, accept: 'text/event-stream' } })
  const socket = new WebSocket(`${server.url.replace('http', 'ws')}/api/v1/ws`, ['andon.v1', `bearer.${token}`])
  await new Promise((resolve, reject) => {
    socket.addEventListener('message', resolve, { once: true })
    socket.addEventListener('error', reject)
  })
  const closed = new Promise<number>((resolve) => socket.addEventListener('close', ({ code }) => resolve(code)))

  const answers = Array.from({ length: 4 }, signIn)
  await Promise.race(answers)
  const stoppedMs = performance.now()
  server.child.kill('SIGTERM')
  const text = await stream.text()
  assert.match(text, /event: bye\ndata: \{"reason":"restart"\}\n\n$/)
  assert.equal(await closed, 1012)
  assert.deepEqual(await Promise.all(answers), Array(4).fill(200))
  assert.equal(await server.ended, 0)
  assert.ok(performance.now() - stoppedMs < limitMs, `${performance.now() - stoppedMs} ms`)
  await assert.rejects(fetch(`${server.url}/healthz`), 'nobody listens any more')
  assert.ok(server.logLines.some(({ event }) => event === 'stopped'))
  assert.ok(!server.logLines.some(({ level }) => level === 'error' || level === 'fatal'))
})
