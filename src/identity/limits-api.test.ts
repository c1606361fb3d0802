/** Every limit of identity: the paths of one thing count together, in all processes, until a slot really frees. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../test/harness/client.ts'
import { forEachEngine } from '../../test/harness/engines.ts'
import { startTestServer } from '../../test/harness/server.ts'
import { fields, noon, password, startWithPeople } from './people.fixture.ts'

type Call = (client: Client) => Promise<{ readonly status: number; readonly headers: Headers; readonly body: unknown }>
const post =
  (path: string, body: object = {}): Call =>
  (client) =>
    client.json(path, body)
const get =
  (path: string): Call =>
  (client) =>
    client.json(path)

type Limit = {
  readonly name: string
  readonly perMinute: number
  readonly perHour?: number
  readonly isSignedIn?: boolean
  readonly calls: readonly Call[]
}
const limits: readonly Limit[] = [
  {
    name: 'sign-in',
    perMinute: 5,
    calls: ['/api/v1/auth/login', '/auth/login', '/auth/token', '/token', '/api/v1/token', '/api/v1/auth/session'].map((path) =>
      post(path, { username: 'nobody', password }),
    ),
  },
  {
    name: 'register',
    perMinute: 5,
    perHour: 20,
    calls: ['/api/v1/auth/register', '/auth/register', '/api/v1/users/register', '/users/'].map((path) => post(path)),
  },
  {
    name: 'verify-email',
    perMinute: 10,
    calls: [
      post('/api/v1/auth/verify-email', { token: 'x' }),
      post('/auth/verify-email', { token: 'x' }),
      get('/api/v1/auth/verify-email?token=x'),
    ],
  },
  {
    name: 'resend',
    perMinute: 3,
    perHour: 10,
    calls: [post('/api/v1/auth/resend-verification', { email: 'x' }), post('/auth/resend-verification', { email: 'x' })],
  },
  {
    name: 'ID-22 AC-38 forgot',
    perMinute: 5,
    perHour: 30,
    calls: ['/api/v1/auth/forgot-password', '/auth/forgot-password', '/auth/request-password-reset'].map((path) =>
      post(path, { email: 'nobody@example.com' }),
    ),
  },
  {
    name: 'reset',
    perMinute: 10,
    calls: [
      post('/api/v1/auth/reset-password', { token: 'x', new_password: 'y' }),
      post('/auth/reset-password', {}),
      post('/auth/reset-password/x', { new_password: 'y' }),
    ],
  },
  {
    name: 'refresh',
    perMinute: 20,
    calls: [
      post('/api/v1/auth/refresh', { refresh_token: 'x' }),
      post('/api/v1/refresh-token', { refresh_token: 'x' }),
      post('/auth/refresh'),
    ],
  },
  { name: 'logout', perMinute: 30, calls: [post('/api/v1/auth/logout'), post('/auth/logout')] },
  { name: 'csrf', perMinute: 60, calls: [get('/api/v1/auth/csrf'), get('/auth/csrf')] },
  {
    name: 'logout_all',
    perMinute: 10,
    isSignedIn: true,
    calls: [post('/api/v1/auth/logout_all', { keep_current: true }), post('/auth/logout-all', { keep_current: true })],
  },
  {
    name: 'change-password',
    perMinute: 5,
    isSignedIn: true,
    calls: [post('/api/v1/auth/change-password'), post('/api/v1/users/me/change-password')],
  },
  { name: 'me', perMinute: 120, isSignedIn: true, calls: [get('/api/v1/auth/me'), get('/users/me')] },
]

for (const limit of limits)
  test(`ID-25 ID-26 ${limit.name}: ${limit.perMinute} a minute over all paths and processes${limit.perHour ? `, ${limit.perHour} an hour` : ''}`, async (t) => {
    const first = await startWithPeople({}, t)
    const second = await startTestServer({ databaseUrl: first.ctx.config.database.url, nowMs: noon }, t)
    const advance = (ms: number) => {
      for (const { clock } of [first, second]) clock.advance(ms)
    }
    const client = first.newClient()
    if (limit.isSignedIn) await client.signInApi('ana', password)
    const elsewhere = second.newClient()
    Object.assign(elsewhere.headers, client.headers)
    let made = 0
    const callNext = () => {
      const call = limit.calls[made % limit.calls.length]
      made += 1
      assert.ok(call)
      return call(made % 2 ? client : elsewhere)
    }
    for (let n = 0; n < limit.perMinute; n += 1) assert.notEqual((await callNext()).status, 429, `call ${n + 1}`)
    advance(20_000)
    for (const each of limit.calls)
      for (const from of [client, elsewhere]) {
        const refused = await each(from)
        assert.deepEqual([refused.status, fields(refused.body).code, refused.headers.get('retry-after')], [429, 'rate_limited', '40'])
        assert.equal(refused.headers.get('x-ratelimit-limit'), String(limit.perMinute))
      }
    if (!limit.isSignedIn) assert.notEqual((await limit.calls[0]?.(first.newClient()))?.status, 429, 'another address is not concerned')
    advance(39_999)
    assert.equal((await callNext()).status, 429)
    advance(1)
    assert.notEqual((await callNext()).status, 429)
    if (limit.perHour === undefined) return
    for (let n = limit.perMinute + 1; n < limit.perHour; n += 1) {
      advance(60_000)
      assert.notEqual((await callNext()).status, 429, `call ${n + 1} of the hour`)
    }
    advance(60_000)
    const full = await callNext()
    const since = (limit.perHour - limit.perMinute + 1) * 60
    assert.deepEqual([full.status, full.headers.get('retry-after')], [429, String(3600 - since)])
    advance((3600 - since) * 1000)
    assert.notEqual((await callNext()).status, 429)
  })

forEachEngine('ID-22 ID-26 of forty at once over two processes exactly five pass', async (engine, t) => {
  const first = await startWithPeople({ engine }, t)
  const second = await startTestServer({ databaseUrl: first.ctx.config.database.url, nowMs: noon }, t)
  const headers = { 'x-forwarded-for': '203.0.113.7', 'content-type': 'application/json' }
  const answers = await Promise.all(
    Array.from({ length: 40 }, (_, n) =>
      (n % 2 ? first : second).fetch('/api/v1/auth/forgot-password', { method: 'POST', headers, body: '{"email":"nobody@example.com"}' }),
    ),
  )
  const passed = answers.filter(({ status }) => status === 200).length
  assert.deepEqual([passed, answers.filter(({ status }) => status === 429).length], [5, 35])
})

test('a refused form is a page that leads back to it', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  const send = () =>
    client.fetch('/forgot-password', {
      method: 'POST',
      headers: { accept: 'text/html', 'content-type': 'application/x-www-form-urlencoded' },
      body: 'email=ana%40example.com',
    })
  for (let n = 0; n < 5; n += 1) assert.equal((await send()).status, 403) // without its token
  const refused = await send()
  assert.deepEqual([refused.status, refused.headers.get('retry-after')], [429, '60'])
  const page = await refused.text()
  assert.match(page, /Espere 60 s/)
  assert.match(page, /href="\/forgot-password"/)
  assert.ok(server.logLines.some(({ event, bucket }) => event === 'rate_limited' && bucket === 'auth-forgot'))
})
