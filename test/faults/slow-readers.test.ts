/** Clients that ask and do not take the answer: their connections end by themselves, memory is freed, and others are answered meanwhile.
 *  Who is slow in asking: test/attacks/slow-clients.test.ts. */
import assert from 'node:assert/strict'
import { connect, type Socket } from 'node:net'
import { test } from 'node:test'
import { buildServer, createMetrics, rawReply, route } from '../../src/platform/http/index.ts'
import { createLog } from '../../src/platform/log/index.ts'

const answerBytes = 32 * 2 ** 20

test('a client that takes nothing of a long answer is hung up on, one that takes it slowly gets all of it', async (t) => {
  const app = await buildServer({
    settings: {
      ...{ basePath: '', isSecure: false, trustProxyHops: 0, allowedOrigins: [], metricsToken: '' },
      ...{ rateLimitPerMinute: 1000, overloadDelayMs: 60_000, overloadRequests: 1_000, tenantRateLimitPerMinute: 1000 },
    },
    patience: { headersMs: 5_000, requestMs: 5_000, checkEveryMs: 1_000, silentMs: 4_000 },
    app: { name: 'Andon', version: '0.0.0' },
    log: createLog('error', { write: () => {} }),
    clock: { nowMs: () => 0 },
    policy: { knows: () => true, authorise: async () => {}, subject: () => null },
    readiness: async () => ({ db: true }),
    metrics: createMetrics({ withProcess: false }),
    distDir: '/nonexistent',
  })
  t.after(() => app.close())
  route(app, {
    ...{ method: 'GET', url: '/long', access: 'public', summary: 'x', tags: [] },
    reply: { 200: rawReply('application/octet-stream') },
    handler: ({ reply }) => reply.type('application/octet-stream').send(Buffer.alloc(answerBytes)),
  })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const ask = (): Socket => {
    const { hostname, port } = new URL(url)
    const socket = connect(Number(port), hostname, () => socket.write('GET /long HTTP/1.1\r\nHost: a\r\n\r\n'))
    t.after(() => socket.destroy())
    return socket
  }
  const closedByServer = (count: number) =>
    new Promise<void>((resolve) => {
      let left = count
      app.server.on('connection', (socket: Socket) =>
        socket.once('close', () => {
          left -= 1
          if (left === 0) resolve()
        }),
      )
    })
  const gone = closedByServer(10)
  // never read from: the kernel's buffers fill, and nothing moves any more
  for (let at = 0; at < 10; at += 1) ask().pause()
  assert.equal((await fetch(`${url}/healthz`)).status, 200)
  await gone

  const slow = ask()
  let received = 0
  await new Promise<void>((resolve, reject) => {
    slow.on('data', (chunk: Buffer) => {
      received += chunk.length
      if (received >= answerBytes) return resolve()
      // a sip every now and then, always before the patience is over
      slow.pause()
      setTimeout(() => slow.resume(), received < 2 ** 22 ? 10 : 0)
    })
    slow.on('close', () => reject(new Error(`hung up on after ${received} bytes`)))
  })
  assert.ok(received >= answerBytes)
})
