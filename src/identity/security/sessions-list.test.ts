import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { fields, password, startWithPeople } from '../people.fixture.ts'
import { deviceOf } from './device.ts'

const outcome = ({ status, body }: { status: number; body: unknown }) => [status, status < 300 ? 'ok' : fields(body).code]
const html = { accept: 'text/html' }
const minuteMs = 60_000
const hidden = (page: string, name: string) => page.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? ''
const sessionsOf = async (client: Client) =>
  fields((await client.json('/api/v1/auth/sessions')).body).items as Readonly<Record<string, unknown>>[]
const end = (client: Client, uuid: unknown) => client.json(`/api/v1/auth/sessions/${uuid}`, undefined, { method: 'DELETE' })

forEachEngine('ID-18 one sees the own live sessions and ends one of them; another’s neither seen nor ended', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  await server.addPerson('olga', 'OPERATOR')
  const [browser, program, olga] = [server.newClient(), server.newClient(), server.newClient()]
  await browser.signIn('ana', password)
  server.clock.advance(minuteMs)
  await program.signInApi('ana', password)
  await olga.signInApi('olga', password)
  const mine = await sessionsOf(program)
  assert.deepEqual(
    mine.map(({ kind, is_current, mfa }) => [kind, is_current, mfa]),
    [
      ['api', true, false],
      ['browser', false, false],
    ],
  )
  assert.ok(mine.every(({ ip, created_at }) => typeof ip === 'string' && typeof created_at === 'string'))
  assert.ok(!JSON.stringify(mine).includes('hash'))
  const [hers] = await sessionsOf(olga)
  assert.deepEqual(outcome(await end(program, hers?.uuid)), [404, 'session_not_found'])
  assert.deepEqual(outcome(await end(program, '00000000-0000-7000-8000-000000000000')), [404, 'session_not_found'])
  assert.equal((await olga.json('/api/v1/auth/me')).status, 200)
  assert.equal((await end(program, mine[1]?.uuid)).status, 204)
  assert.equal((await browser.json('/api/v1/auth/me')).status, 401)
  assert.deepEqual(outcome(await end(program, mine[1]?.uuid)), [404, 'session_not_found'])
  assert.equal((await end(program, mine[0]?.uuid)).status, 204, 'this one too')
  assert.equal((await program.json('/api/v1/auth/me')).status, 401)
  const ended = await server.ctx.db.kysely.selectFrom('user_logins').select('end_reason').where('username', '=', 'ana').execute()
  assert.deepEqual(
    ended.map(({ end_reason: reason }) => reason),
    ['logout', 'logout'],
  )
})

forEachEngine(
  'ID-17 with SESSION_LIMIT_POLICY=reject the fourth sign-in is refused on every path, until one ends or times out',
  async (engine, t) => {
    const server = await startWithPeople({ engine, env: { SESSION_LIMIT_POLICY: 'reject' } }, t)
    const clients = [server.newClient(), server.newClient(), server.newClient()]
    for (const client of clients) await client.signInApi('ana', password)
    const login = () => server.newClient().json('/api/v1/auth/login', { username: 'ana', password })
    assert.deepEqual(outcome(await login()), [409, 'session_limit'])
    const browser = server.newClient()
    const page = await (await browser.fetch('/login', { headers: html })).text()
    const refused = await browser.fetch('/login', {
      method: 'POST',
      headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ username: 'ana', password, csrf_token: hidden(page, 'csrf_token') }).toString(),
    })
    assert.equal(refused.status, 409)
    assert.match(await refused.text(), /Ya tiene 3 sesiones abiertas/)
    for (const client of clients) assert.equal((await client.json('/api/v1/auth/me')).status, 200, 'nobody was put out')
    assert.equal((await clients[0]?.json('/api/v1/auth/logout', {}))?.status, 200)
    const parallel = await Promise.all(Array.from({ length: 4 }, login))
    assert.deepEqual(parallel.map(({ status }) => status).sort(), [200, 409, 409, 409])
    assert.equal((await server.ctx.db.kysely.selectFrom('sessions').select('id').where('ended_at', 'is', null).execute()).length, 3)
    server.clock.advance(8 * 86_400_000)
    assert.equal((await login()).status, 200)
  },
)

forEachEngine(
  'ID-16 asking how long a session lasts does not prolong it, renewing does, and neither outlives its day',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const client = server.newClient()
    await client.signIn('ana', password)
    const life = async (path: string, init: RequestInit = {}) => {
      const { status, body } = await client.json(path, undefined, init)
      return status === 200 ? [fields(body).idle_expires_in, fields(body).absolute_expires_in] : status
    }
    const ask = () => life('/api/v1/auth/session')
    const renew = () => life('/api/v1/auth/session/renewal', { method: 'POST' })
    assert.deepEqual(await ask(), [1_800, 86_400])
    server.clock.advance(26 * minuteMs)
    assert.deepEqual(await ask(), [240, 84_840])
    assert.deepEqual(await renew(), [1_800, 84_840])
    for (let n = 0; n < 47; n += 1) {
      server.clock.advance(29 * minuteMs)
      assert.ok(Array.isArray(await renew()))
    }
    assert.deepEqual(await ask(), [1_800, 3_060])
    server.clock.advance(29 * minuteMs)
    assert.deepEqual(await renew(), [1_320, 1_320])
    server.clock.advance(22 * minuteMs)
    assert.equal(await ask(), 401)
    assert.equal(await renew(), 401)
    const forged = server.newClient()
    await forged.signIn('ana', password)
    const foreign = await forged.json('/api/v1/auth/session/renewal', undefined, { method: 'POST', headers: { 'x-csrf-token': 'x' } })
    assert.deepEqual(outcome(foreign), [403, 'csrf_failed'])
  },
)

forEachEngine(
  'ID-18 ID-75 the account page lists sessions, ends one or all others by plain forms, and tells the script when this one ends',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const [client, other, third] = [server.newClient(), server.newClient(), server.newClient()]
    await other.signInApi('ana', password)
    await third.signInApi('ana', password)
    server.clock.advance(minuteMs)
    await client.signIn('ana', password)
    const page = await (await client.fetch('/account', { headers: html })).text()
    assert.match(page, /Sesiones abiertas/)
    assert.match(page, /data-session-ends="1800"/)
    assert.equal([...page.matchAll(/name="uuid"/g)].length, 2, 'not this one')
    const post = (values: Record<string, string>) =>
      client.fetch('/account/sessions', {
        method: 'POST',
        headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
        body: new URLSearchParams({ csrf_token: hidden(page, 'csrf_token'), ...values }).toString(),
      })
    const one = hidden(page, 'uuid')
    assert.equal((await post({ uuid: one })).headers.get('location'), '/account?done=session#sessions')
    assert.equal((await post({ uuid: one })).status, 303, 'twice is no error')
    assert.equal((await post({ others: '1' })).headers.get('location'), '/account?done=sessions#sessions')
    for (const gone of [other, third]) assert.equal((await gone.json('/api/v1/auth/me')).status, 401)
    assert.equal((await client.json('/api/v1/auth/me')).status, 200)
  },
)

for (const [userAgent, want] of [
  [
    'Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Safari/537.36 Edg/140.0',
    'Edge, Windows',
  ],
  ['Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1 (KHTML, like Gecko) Version/19.0 Safari/605.1', 'Safari, macOS'],
  ['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/140.0 Mobile Safari/537.36', 'Chrome, Android'],
  ['Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1 CriOS/140 Safari/605', 'Chrome, iPhone'],
  ['python-requests/2.32', 'python-requests'],
  ['', null],
  ['<script>', null],
] as const)
  test(`a device in a few words: ${want ?? 'unknown'}`, () => assert.equal(deviceOf(userAgent), want))
