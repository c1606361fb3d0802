/** What is said on the wire itself, below what fetch would let through: framing, methods, repeated names. */
import assert from 'node:assert/strict'
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { PassThrough } from 'node:stream'
import { after, before, test } from 'node:test'
import type { FastifyInstance } from 'fastify'
import { Type } from 'typebox'
import { silentLog } from '../log/index.ts'
import { html } from '../ui/html.ts'
import { publicOnly } from './access.ts'
import { htmlReply, pageBase, rawReply, route } from './index.ts'
import { createMetrics } from './metrics.ts'
import { buildServer } from './server.ts'

let app: FastifyInstance
let port: number
const stream = new PassThrough()

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
  const get = { method: 'GET', access: 'public', summary: 'test', tags: ['test'] } as const
  route(app, {
    ...get,
    url: '/stream',
    isStream: true,
    reply: { 200: rawReply('text/plain') },
    handler: ({ reply }) => reply.type('text/plain').send(stream),
  })
  route(app, { ...get, url: '/*', reply: { 200: htmlReply }, handler: ({ request }) => html`here=${pageBase(request).here}` })
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

for (const c of [
  { name: 'h2c, as Java’s client offers it', offer: 'Connection: Upgrade, HTTP2-Settings\r\nUpgrade: h2c\r\nHTTP2-Settings: AAMAAABk\r\n' },
  {
    name: 'a WebSocket, to a route that takes none',
    offer: 'Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n',
  },
])
  test(`an offer of another protocol is left alone, and the request answered: ${c.name}`, async () => {
    const posted = await say(`${head}${c.offer}Content-Length: 12\r\n\r\n{"name":"x"}`)
    assert.deepEqual([statusesOf(posted), posted.endsWith('{"name":"x"}')], [[200], true], posted)
    const got = await say(`GET /health HTTP/1.1\r\nHost: andon\r\n${c.offer}\r\n`)
    assert.deepEqual([statusesOf(got), got.includes('x-content-type-options: nosniff')], [[200], true], got)
  })

test('what is broken behind an answer that has begun ends it, and puts nothing into it', async () => {
  const socket = connect(port, '127.0.0.1')
  let heard = ''
  socket.setEncoding('utf8').on('error', () => {})
  const hasBegun = new Promise<void>((resolve) =>
    socket.on('data', (chunk: string) => {
      heard += chunk
      if (heard.includes('begun')) resolve()
    }),
  )
  socket.write('GET /stream HTTP/1.1\r\nHost: andon\r\n\r\n')
  stream.write('begun')
  await hasBegun
  socket.write('NONSENSE\r\n\r\n')
  await once(socket, 'close')
  assert.deepEqual(statusesOf(heard), [200])
})

test('who is refused and goes on sending is hung up on', { timeout: 30_000 }, async (t) => {
  const accepted = once(app.server, 'connection') as Promise<[Socket]>
  const socket = connect({ port, host: '127.0.0.1', allowHalfOpen: true }).on('error', () => {})
  socket.write('NONSENSE\r\n\r\n')
  const dribble = setInterval(() => socket.writable && socket.write('x'), 50)
  t.after(() => {
    clearInterval(dribble)
    socket.destroy()
  })
  const [ours] = await accepted
  await once(ours, 'close')
})

test('an address with two slashes leads to no other host', async () => {
  const heard = await say('GET //evil.example/x?lang=en HTTP/1.1\r\nHost: andon\r\nConnection: close\r\n\r\n')
  assert.match(heard, /here=\/evil\.example\/x\?lang=en$/)
})
