import assert from 'node:assert/strict'
import { once } from 'node:events'
import { PassThrough } from 'node:stream'
import { test } from 'node:test'
import { silentLog } from '../log/index.ts'
import { publicOnly } from './access.ts'
import { createMetrics, rawReply, route } from './index.ts'
import { isRefused, roomOf } from './overload.ts'
import { buildServer } from './server.ts'

const limits = { requestsAtOnce: 200, delayMs: 3_000 }
const idle = { ordinary: 0, last: 0, delayMs: 0 }

for (const c of [
  { name: 'an idle process', load: idle, ordinary: false, last: false },
  { name: 'all places taken', load: { ...idle, ordinary: 200 }, ordinary: true, last: false },
  { name: 'turns half a second late, a hundred at work', load: { ...idle, ordinary: 100, delayMs: 500 }, ordinary: true, last: false },
  { name: 'turns half a second late, few at work', load: { ...idle, ordinary: 15, delayMs: 2_900 }, ordinary: false, last: false },
  { name: 'turns later than the limit', load: { ...idle, delayMs: 3_001 }, ordinary: true, last: false },
  { name: 'turns beyond everything', load: { ...idle, delayMs: 12_001 }, ordinary: true, last: true },
  { name: 'very many of the last kind', load: { ...idle, last: 800 }, ordinary: false, last: true },
])
  test(`overload: ${c.name}`, () => {
    assert.deepEqual([isRefused(undefined, c.load, limits), isRefused('last', c.load, limits)], [c.ordinary, c.last])
    assert.equal(isRefused('never', c.load, limits), false)
  })

test('overload: the later the turns, the fewer requests are begun, and a few always', () => {
  const rooms = [0, 250, 500, 900, 1_000, 2_900].map((delayMs) => roomOf(limits, delayMs))
  assert.deepEqual(rooms, [200, 150, 100, 20, 16, 16])
  assert.equal(roomOf({ ...limits, requestsAtOnce: 4 }, 2_900), 4)
})

test('overload: a file that is being sent takes a place like any answer, one who only listens takes none', async (t) => {
  const app = await buildServer({
    settings: {
      ...{ basePath: '', isSecure: false, trustProxyHops: 0, allowedOrigins: [], metricsToken: '' },
      ...{ rateLimitPerMinute: 1_000, tenantRateLimitPerMinute: 1_000, overloadDelayMs: 60_000, overloadRequests: 1 },
    },
    app: { name: 'Andon', version: '0.0.0' },
    log: silentLog(),
    clock: { nowMs: () => 0 },
    policy: publicOnly,
    readiness: async () => ({}),
    metrics: createMetrics({ withProcess: false }),
    distDir: '/nonexistent',
  })
  const open: PassThrough[] = []
  t.after(async () => {
    for (const stream of open) stream.end()
    await app.close()
  })
  const shared = { method: 'GET', access: 'public', summary: 'x', tags: [], rate: false, isStream: true } as const
  for (const isEndless of [false, true])
    route(app, {
      ...shared,
      url: isEndless ? '/events' : '/file',
      isEndless,
      reply: { 200: rawReply('text/plain') },
      handler: ({ reply }) => {
        const stream = new PassThrough()
        stream.write('begun')
        open.push(stream)
        return reply.type('text/plain').send(stream)
      },
    })
  const url = await app.listen({ host: '127.0.0.1', port: 0 })
  const listening = await fetch(`${url}/events`)
  const file = await fetch(`${url}/file`)
  assert.deepEqual([listening.status, file.status], [200, 200])
  const refused = await fetch(`${url}/file`)
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [503, '5'])
  const sending = open[1] as PassThrough
  const isSent = once(sending, 'close')
  sending.end()
  assert.equal(await file.text(), 'begun')
  await isSent
  assert.equal((await fetch(`${url}/file`)).status, 200)
})
