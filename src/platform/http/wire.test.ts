/** What is said on the wire itself, below what fetch would let through: framing, methods, repeated names. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect } from 'node:net'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { silentLog } from '../log/index.ts'
import { publicOnly } from './access.ts'
import { route } from './index.ts'
import { createMetrics } from './metrics.ts'
import { buildServer } from './server.ts'

let app: FastifyInstance
let port: number

before(async () => {
  app = await buildServer({
    settings: {
      basePath: '',
      isSecure: false,
      trustProxyHops: 0,
      rateLimitPerMinute: 1_000,
      overloadDelayMs: 60_000,
      overloadRequests: 1_000,
      tenantRateLimitPerMinute: 1_000,
      allowedOrigins: [],
      metricsToken: '',
    },
    app: { name: 'Andon', version: '0.0.0' },
    log: silentLog(),
    clock: { nowMs: () => 0 },
    policy: publicOnly,
    readiness: async () => ({ db: true }),
    metrics: createMetrics({ withProcess: false }),
    distDir: '/nonexistent',
  })
  route(app, {
    method: 'POST',
    url: '/api/v1/echo',
    access: 'public',
    summary: 'test',
    tags: ['test'],
    query: Type.Object({ name: Type.Optional(Type.String()) }),
    body: Type.Object({ name: Type.String() }),
    reply: { 200: Type.Object({ name: Type.String() }) },
    handler: ({ body }) => body,
  })
  await app.listen({ host: '127.0.0.1', port: 0 })
  port = (app.server.address() as { port: number }).port
})
after(() => app.close())

/** Everything that the server says until it hangs up. */
async function say(text: string): Promise<string> {
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  socket.setEncoding('utf8').on('data', (chunk: string) => {
    heard += chunk
  })
  socket.on('error', () => {})
  socket.write(text)
  socket.end()
  await once(socket, 'close')
  return heard
}
const statusesOf = (heard: string) => [...heard.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status))

const head = 'POST /api/v1/echo HTTP/1.1\r\nHost: andon\r\nContent-Type: application/json\r\n'
const smuggled = 'GET /health HTTP/1.1\r\nHost: andon\r\n\r\n'
for (const c of [
  { name: 'two framings at once', text: `${head}Content-Length: 6\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n${smuggled}` },
  { name: 'two lengths', text: `${head}Content-Length: 2\r\nContent-Length: 40\r\n\r\n{}${smuggled}` },
  { name: 'a framing that is none', text: `${head}Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n${smuggled}` },
  { name: 'a blank before the colon', text: `${head}Content-Length : 2\r\n\r\n{}${smuggled}` },
  { name: 'a bare line feed as end of a header', text: `GET /health HTTP/1.1\r\nHost: andon\r\nX-A: 1\nX-B: 2\r\n\r\n` },
])
  test(`${c.name} is refused, and what comes after it is no request`, async () => assert.deepEqual(statusesOf(await say(c.text)), [400]))

test('TRACE and unknown methods are not answered with what was sent', async () => {
  for (const method of ['TRACE', 'TRACK', 'CONNECT']) {
    const heard = await say(`${method} /api/v1/echo HTTP/1.1\r\nHost: andon\r\nX-Own: secret\r\nConnection: close\r\n\r\n`)
    assert.ok((statusesOf(heard)[0] ?? 400) >= 400, method)
    assert.doesNotMatch(heard, /secret/)
  }
})

test('a name that comes twice is refused, not guessed', async () => {
  const ask = (path: string, body: string) =>
    fetch(`http://127.0.0.1:${port}${path}`, { method: 'POST', headers: { 'content-type': 'application/json' }, body })
  assert.equal((await ask('/api/v1/echo?name=a', '{"name":"x"}')).status, 200)
  assert.equal((await ask('/api/v1/echo?name=a&name=b', '{"name":"x"}')).status, 422)
  assert.equal((await ask('/api/v1/echo?name=from-the-address', '{}')).status, 422, 'and no part stands in for another')
})

test('no answer sends plain http on to https: what was sent in the clear must be noticed', async () => {
  const response = await fetch(`http://127.0.0.1:${port}/api/v1/ping`, { redirect: 'manual', headers: { 'x-forwarded-proto': 'http' } })
  assert.equal(response.status, 200)
  assert.equal(response.headers.get('strict-transport-security'), null)
})
