/** Clients that send a little and wait: their connections end by themselves, and nobody else waits for them. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildServer, createMetrics } from '../../src/platform/http/index.ts'
import { createLog } from '../../src/platform/log/index.ts'
import { untilHangUp } from '../harness/attacks/raw.ts'

test('ID-64 who does not finish their headers or their body is hung up on with 408, and others are answered meanwhile', async (t) => {
  const app = await buildServer({
    settings: {
      ...{ basePath: '', isSecure: false, trustProxyHops: 0, allowedOrigins: [], metricsToken: '' },
      ...{ rateLimitPerMinute: 100, overloadDelayMs: 60_000, overloadRequests: 1_000, tenantRateLimitPerMinute: 1000 },
    },
    patience: { headersMs: 100, requestMs: 200, checkEveryMs: 20 },
    app: { name: 'Andon', version: '0.0.0' },
    log: createLog('error', { write: () => {} }),
    clock: { nowMs: () => 0 },
    policy: { knows: () => true, authorise: async () => {}, subject: () => null },
    readiness: async () => ({ db: true }),
    metrics: createMetrics({ withProcess: false }),
    distDir: '/nonexistent',
  })
  t.after(() => app.close())
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const slow = [
    'GET /health HTTP/1.1\r\nHost: a\r\nX-Half: ',
    'GET /health HT',
    'POST /health HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nContent-Length: 1000\r\n\r\n{"a":',
    'POST /health HTTP/1.1\r\nHost: a\r\nContent-Type: application/json\r\nTransfer-Encoding: chunked\r\n\r\n5\r\n{"a":\r\n',
  ]
  const heard = Promise.all(slow.flatMap((bytes) => Array.from({ length: 20 }, () => untilHangUp(url, bytes))))
  assert.equal((await fetch(`${url}/health`)).status, 200)
  for (const answer of await heard) assert.match(answer, /^(HTTP\/1\.1 (408|4\d\d) |$)/)
})
