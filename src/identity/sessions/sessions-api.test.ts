import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { identityJobs } from '../jobs.ts'
import { renew } from '../login/renewal.ts'
import { fields, noon, type People, password, startWithPeople } from '../people.fixture.ts'
import { recordSuperAdminAccess } from './refresh.ts'
import { isActivityDue, isLive } from './session.ts'

const minuteMs = 60_000
const dayMs = 86_400_000

const outcome = ({ status, body }: { status: number; body: unknown }) => [status, status === 200 ? 'ok' : fields(body).code]
const refresh = (client: Client, token: string) => client.json('/api/v1/auth/refresh', { refresh_token: token })
const withBearer = (client: Client, path: string, token: string, method = 'GET') =>
  client.json(path, undefined, { method, headers: { authorization: `Bearer ${token}` } })
const logins = (server: People) =>
  server.ctx.db.kysely.selectFrom('user_logins').select(['username', 'login_at', 'logout_at', 'end_reason']).orderBy('id').execute()
const openSessions = async (server: People) =>
  (await server.ctx.db.kysely.selectFrom('sessions').select('id').where('ended_at', 'is', null).execute()).length
const actions = async (server: People) =>
  (await server.ctx.db.kysely.selectFrom('audit_logs').select('action').orderBy('id').execute()).map(({ action }) => action)

forEachEngine('AC-36 AC-35 ID-58 K-36 sign in, me, change password, sign out: then the access token is dead', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const me = await client.json('/api/v1/auth/me')
  assert.deepEqual([me.status, fields(me.body).username, fields(me.body).tenant_id], [200, 'ana', server.acme.tenantId])
  const changed = await client.json('/api/v1/auth/change-password', { current_password: password, new_password: 'NewPass456!' })
  assert.deepEqual([changed.status, fields(changed.body).success], [200, true])
  const out = await client.json('/api/v1/auth/logout', undefined, { method: 'POST' })
  assert.deepEqual([out.status, fields(out.body).success], [200, true])
  assert.deepEqual(outcome(await client.json('/api/v1/auth/me')), [401, 'session_ended'])
  assert.deepEqual(await actions(server), ['COMPANY_CREATED', 'USER_CREATED', 'LOGIN', 'PASSWORD_CHANGED', 'LOGOUT'])
  const fresh = server.newClient()
  assert.equal((await fresh.json('/api/v1/auth/login', { username: 'ana', password })).status, 401)
  await fresh.signInApi('ana', 'NewPass456!')
})

forEachEngine('ID-10 ID-11 a refresh token works once: again at once is harmless, later it ends the session', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const client = server.newClient()
  const first = await client.signInApi('ana', password)
  const renewed = await refresh(client, first.refreshToken)
  assert.equal(renewed.status, 200)
  const second = fields(renewed.body)
  assert.notEqual(second.refresh_token, first.refreshToken)
  server.clock.advance(10_000)
  assert.deepEqual(outcome(await refresh(client, first.refreshToken)), [401, 'refresh_already_rotated'])
  assert.equal((await withBearer(client, '/api/v1/auth/me', String(second.access_token))).status, 200)
  server.clock.advance(1)
  assert.deepEqual(outcome(await refresh(client, first.refreshToken)), [401, 'refresh_revoked_or_expired'])
  assert.deepEqual(outcome(await withBearer(client, '/api/v1/auth/me', String(second.access_token))), [401, 'session_ended'])
  assert.deepEqual(outcome(await refresh(client, String(second.refresh_token))), [401, 'refresh_revoked_or_expired'])
  assert.equal((await logins(server))[0]?.end_reason, 'reuse')
  assert.ok((await actions(server)).includes('REFRESH_REUSE'))
  assert.equal(server.logLines.filter(({ event }) => event === 'refresh_reuse_detected').length, 1)
})

forEachEngine('ID-11 K-09 of fifty refreshes with one token at once exactly one succeeds, and its pair works', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { refreshToken } = await server.newClient().signInApi('ana', password)
  // Without the limit of the route, which would let twenty of them race.
  const origin = { ip: '10.0.0.1', userAgent: null, requestId: null }
  const outcomes = await Promise.allSettled(Array.from({ length: 50 }, () => renew(server.ctx, refreshToken, origin)))
  const renewed = outcomes.flatMap((each) => (each.status === 'fulfilled' ? [each.value.tokens] : []))
  assert.equal(renewed.length, 1)
  for (const each of outcomes) if (each.status === 'rejected') assert.equal(each.reason.code, 'refresh_already_rotated')
  const [pair] = renewed
  assert.ok(pair)
  assert.equal((await withBearer(server.newClient(), '/api/v1/auth/me', pair.accessToken)).status, 200)
  const answers = await Promise.all(Array.from({ length: 50 }, () => refresh(server.newClient(), pair.refreshToken)))
  const statuses = answers.map(({ status }) => status)
  assert.deepEqual(
    [200, 401, 429].map((status) => statuses.filter((found) => found === status).length),
    [1, 19, 30],
  )
  server.clock.advance(minuteMs)
  const last = fields(answers.find(({ status }) => status === 200)?.body)
  assert.equal((await refresh(server.newClient(), String(last.refresh_token))).status, 200)
})

forEachEngine('ID-12 K-09 a refresh tells the role of now, and stops with the account', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { kysely } = server.ctx.db
  const userId = await server.addPerson('vera', 'VIEWER')
  const client = server.newClient()
  let token = (await client.signInApi('vera', password)).refreshToken
  await kysely.updateTable('memberships').set({ role: 'MANAGER' }).where('user_id', '=', userId).execute()
  const promoted = fields((await refresh(client, token)).body)
  assert.equal(fields(promoted.user).role, 'MANAGER')
  token = String(promoted.refresh_token)
  await kysely.updateTable('users').set({ is_active: 0 }).where('id', '=', userId).execute()
  assert.deepEqual(outcome(await refresh(client, token)), [403, 'account_disabled'])
  assert.deepEqual(outcome(await withBearer(client, '/api/v1/auth/me', String(promoted.access_token))), [401, 'session_ended'])
  await kysely.updateTable('users').set({ is_active: 1 }).where('id', '=', userId).execute()
  await kysely.updateTable('memberships').set({ status: 'suspended' }).where('user_id', '=', userId).execute()
  assert.deepEqual(outcome(await refresh(client, token)), [403, 'no_company_access'])
})

forEachEngine(
  'ID-05 ID-13 each token only where it belongs; refresh-token renews an access token within its session',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const client = server.newClient()
    const { accessToken, refreshToken } = await client.signInApi('ana', password)
    assert.deepEqual(outcome(await withBearer(client, '/api/v1/auth/me', refreshToken)), [401, 'token_invalid'])
    assert.deepEqual(outcome(await refresh(client, accessToken)), [401, 'refresh_invalid'])
    const anon = server.newClient()
    assert.deepEqual(outcome(await anon.json('/api/v1/auth/refresh', {})), [401, 'refresh_token_required'])
    server.clock.advance(29 * minuteMs)
    const renewed = await withBearer(anon, '/api/v1/refresh-token', accessToken, 'POST')
    assert.deepEqual(Object.keys(fields(renewed.body)), ['access_token', 'token_type', 'expires_in'])
    const next = String(fields(renewed.body).access_token)
    server.clock.advance(minuteMs)
    assert.deepEqual(outcome(await withBearer(anon, '/api/v1/auth/me', accessToken)), [401, 'token_expired'])
    assert.equal((await withBearer(anon, '/api/v1/auth/me', next)).status, 200)
    const pair = await withBearer(anon, '/api/v1/refresh-token', refreshToken, 'POST')
    assert.ok(fields(pair.body).refresh_token)
    await withBearer(anon, '/api/v1/auth/logout', next, 'POST')
    assert.deepEqual(outcome(await withBearer(anon, '/api/v1/refresh-token', next, 'POST')), [401, 'session_ended'])
  },
)

test('ID-13 D-07 no token outlives the 30 days of its session', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  let pair = await client.signInApi('ana', password)
  delete client.headers.authorization
  for (let day = 6; day < 30; day += 6) {
    server.clock.advance(6 * dayMs)
    const { body, status } = await refresh(client, pair.refreshToken)
    assert.equal(status, 200)
    pair = { accessToken: String(fields(body).access_token), refreshToken: String(fields(body).refresh_token) }
  }
  server.clock.advance(6 * dayMs - 10 * minuteMs)
  const last = fields((await refresh(client, pair.refreshToken)).body)
  assert.equal(last.expires_in, 600)
  server.clock.advance(10 * minuteMs)
  assert.equal((await refresh(client, String(last.refresh_token))).status, 401)
  assert.equal((await withBearer(client, '/api/v1/auth/me', String(last.access_token))).status, 401)
})

forEachEngine('ID-14 AC-39 K-10 signing out by access token, refresh Bearer or body ends that session only', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const client = server.newClient()
  const pairs = []
  for (let index = 0; index < 3; index += 1) pairs.push(await client.signInApi('ana', password))
  delete client.headers.authorization
  const [one, two, three] = pairs
  assert.ok(one && two && three)
  const anon = server.newClient()
  assert.equal((await withBearer(anon, '/api/v1/auth/logout', one.accessToken, 'POST')).status, 200)
  assert.equal((await withBearer(anon, '/auth/logout', two.refreshToken, 'POST')).status, 200)
  assert.equal((await withBearer(anon, '/api/v1/auth/me', three.accessToken)).status, 200)
  assert.equal((await anon.json('/api/v1/auth/logout', { refresh_token: three.refreshToken })).status, 200)
  for (const { accessToken } of pairs) assert.equal((await withBearer(anon, '/api/v1/auth/me', accessToken)).status, 401)
  assert.equal((await withBearer(anon, '/api/v1/auth/logout', one.accessToken, 'POST')).status, 200) // again: nothing left to end
  assert.deepEqual(outcome(await anon.json('/api/v1/auth/logout', {})), [400, 'logout_missing_token'])
  assert.deepEqual(outcome(await anon.json('/api/v1/auth/logout', { refresh_token: 'invalid.token.here' })), [
    401,
    'logout_invalid_refresh',
  ])
  assert.deepEqual(
    (await logins(server)).map(({ logout_at, end_reason }) => [logout_at, end_reason]),
    Array.from({ length: 3 }, () => [noon, 'logout']),
  )
  for (const event of ['logout_ok', 'logout_missing_token', 'logout_invalid_refresh'])
    assert.ok(
      server.logLines.some((line) => line.event === event),
      event,
    )
})

test('D-06 the refresh token in the body signs out even when the access token beside it has expired', async (t) => {
  const server = await startWithPeople({}, t)
  const { accessToken, refreshToken } = await server.newClient().signInApi('ana', password)
  server.clock.advance(31 * minuteMs)
  const answer = await server
    .newClient()
    .json('/api/v1/auth/logout', { refresh_token: refreshToken }, { headers: { authorization: `Bearer ${accessToken}` } })
  assert.equal(answer.status, 200)
  assert.equal(await openSessions(server), 0)
})

test("D-06 somebody else's refresh token in the body is refused", async (t) => {
  const server = await startWithPeople({}, t)
  await server.addPerson('vera', 'VIEWER')
  const { accessToken } = await server.newClient().signInApi('ana', password)
  const vera = await server.newClient().signInApi('vera', password)
  const answer = await server
    .newClient()
    .json('/api/v1/auth/logout', { refresh_token: vera.refreshToken }, { headers: { authorization: `Bearer ${accessToken}` } })
  assert.deepEqual(outcome(answer), [401, 'logout_invalid_refresh'])
  assert.equal(await openSessions(server), 2)
})

forEachEngine('ID-15 AC-39 logout_all ends every session, or all but the current one', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const clients = [server.newClient(), server.newClient(), server.newClient()]
  for (const client of clients) await client.signInApi('ana', password)
  const [first, second] = clients
  assert.ok(first && second)
  const kept = await first.json('/api/v1/auth/logout_all', { keep_current: true })
  assert.deepEqual(fields(kept.body).revoked, 2)
  assert.equal((await first.json('/api/v1/auth/me')).status, 200)
  assert.equal((await second.json('/api/v1/auth/me')).status, 401)
  assert.deepEqual(fields((await first.json('/api/v1/auth/logout-all', undefined, { method: 'POST' })).body).revoked, 1)
  assert.equal((await first.json('/api/v1/auth/me')).status, 401)
  assert.equal(await openSessions(server), 0)
})

forEachEngine('ID-17 the fourth session ends the one unused for longest', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const clients = [server.newClient(), server.newClient(), server.newClient(), server.newClient()]
  const [a, b, c, d] = clients
  assert.ok(a && b && c && d)
  for (const client of [a, b, c]) {
    await client.signInApi('ana', password)
    server.clock.advance(minuteMs)
  }
  server.clock.advance(5 * minuteMs)
  assert.equal((await a.json('/api/v1/auth/me')).status, 200) // the oldest, but used again: b is the one
  await d.signIn('ana', password)
  const statuses = await Promise.all(clients.map(async (client) => (await client.json('/api/v1/auth/me')).status))
  assert.deepEqual(statuses, [200, 401, 200, 200])
  assert.deepEqual(
    (await logins(server)).map(({ end_reason }) => end_reason),
    [null, 'evicted', null, null],
  )
  assert.ok((await actions(server)).includes('SESSION_EVICTED'))
})

test('signing in again from the same browser replaces its session and nobody else’s', async (t) => {
  const server = await startWithPeople({}, t)
  const others = [server.newClient(), server.newClient()]
  for (const other of others) await other.signInApi('ana', password)
  const browser = server.newClient()
  await browser.signIn('ana', password)
  await browser.signIn('ana', password)
  for (const client of [...others, browser]) assert.equal((await client.json('/api/v1/auth/me')).status, 200)
  assert.deepEqual(
    (await logins(server)).map(({ end_reason }) => end_reason),
    [null, null, 'logout', null],
  )
})

test('a live refresh does not keep a session alive, a person does', async (t) => {
  const server = await startWithPeople({}, t)
  const browser = server.newClient()
  await browser.signIn('ana', password)
  const seen = async () => (await server.ctx.db.kysely.selectFrom('sessions').select('last_seen_at').executeTakeFirstOrThrow()).last_seen_at
  server.clock.advance(6 * minuteMs)
  const routes: readonly { url: string; keepsSessionAlive?: boolean }[] = server.app.shell.routes
  const live = routes.find(({ url, keepsSessionAlive }) => keepsSessionAlive === false && url.startsWith('/t/:company/'))
  assert.ok(live, 'there is a live route')
  await browser.fetch(live.url.replace(':company', 'acme'))
  assert.equal(await seen(), noon)
  await browser.fetch('/account')
  assert.equal(await seen(), noon + 6 * minuteMs)
})

forEachEngine('ID-17 sign-ins at the same time never leave a fourth session', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const answers = await Promise.all(
    Array.from({ length: 8 }, () => server.newClient().json('/api/v1/auth/login', { username: 'ana', password })),
  )
  assert.deepEqual(
    answers.map(({ status }) => status),
    Array.from({ length: 8 }, () => 200),
  )
  assert.equal(await openSessions(server), 3)
  assert.equal((await logins(server)).filter(({ end_reason }) => end_reason === 'evicted').length, 5)
})

forEachEngine('ID-16 D-08 a browser session ends after 30 idle minutes; use prolongs it, at most every 5', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const client = server.newClient()
  await client.signIn('ana', password)
  const me = async () => (await client.json('/api/v1/auth/me')).status
  server.clock.advance(4 * minuteMs)
  assert.equal(await me(), 200) // too soon to be written
  server.clock.advance(25 * minuteMs)
  assert.equal(await me(), 200) // minute 29: written, so good until minute 59
  server.clock.advance(30 * minuteMs - 1)
  assert.equal(await me(), 200)
  server.clock.advance(30 * minuteMs)
  const late = await client.json('/api/v1/auth/me')
  assert.deepEqual(outcome(late), [401, 'session_ended'])
  const [login] = await logins(server)
  // Ended when its time was up, not when somebody noticed.
  assert.deepEqual([login?.end_reason, login?.logout_at], ['timeout', noon + 89 * minuteMs - 1])
  assert.ok((await actions(server)).includes('SESSION_TIMEOUT'))
})

test('ID-16 a browser session ends after 24 hours however busy it is', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  await client.signIn('ana', password)
  for (let minutes = 0; minutes + 20 < 24 * 60; minutes += 20) {
    server.clock.advance(20 * minuteMs)
    assert.equal((await client.json('/api/v1/auth/context')).status, 200)
  }
  server.clock.advance(20 * minuteMs)
  assert.equal((await client.json('/api/v1/auth/context')).status, 401)
})

forEachEngine('2.5-5 a company that a SUPER_ADMIN enters by many requests at once is noted once', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { db } = server.ctx
  const client = server.newClient()
  await client.signInApi('ana', password)
  const { uuid } = await db.kysely.selectFrom('sessions').select('uuid').executeTakeFirstOrThrow()
  const ten = <T>(work: () => Promise<T>) => Promise.all(Array.from({ length: 10 }, work))
  await ten(() => db.kysely.selectFrom('users').select('id').execute()) // connections for all
  const { userId, tenantId } = server.acme
  const origin = { ip: '10.0.0.1', userAgent: null, requestId: null }
  await ten(() => recordSuperAdminAccess(db, server.ctx, { userId, tenantId, sessionUuid: uuid, origin }))
  assert.equal((await actions(server)).filter((action) => action === 'SUPER_ADMIN_ACCESS').length, 1)
})

test('the throttle and the ends are exact', () => {
  const limits = {
    accessTokenS: 1800,
    refreshTokenS: 604_800,
    idleS: 1800,
    refreshThresholdS: 300,
    maxConcurrent: 3,
    limitPolicy: 'evict_oldest' as const,
  }
  assert.equal(isActivityDue(0, limits, 299_999), false)
  assert.equal(isActivityDue(0, limits, 300_000), true)
  const ends = { idleExpiresAtMs: 100, absoluteExpiresAtMs: 200, endedAtMs: null }
  assert.equal(isLive(ends, 99), true)
  assert.equal(isLive(ends, 100), false)
  assert.equal(isLive({ ...ends, idleExpiresAtMs: 300 }, 200), false)
  assert.equal(isLive({ ...ends, endedAtMs: 5 }, 50), false)
})

forEachEngine('ID-19 ID-70 the sweep closes what timed out and keeps what reuse detection needs', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { kysely } = server.ctx.db
  const sweep = async () => {
    for (const job of identityJobs(server.ctx)) await job.run(null, { signal: new AbortController().signal, attempt: 1 })
  }
  const browser = server.newClient()
  await browser.signIn('ana', password)
  const program = server.newClient()
  const { refreshToken } = await program.signInApi('ana', password)
  const renewed = fields((await refresh(program, refreshToken)).body)
  server.clock.advance(61 * minuteMs)
  await sweep()
  assert.deepEqual(
    (await logins(server)).map(({ logout_at, end_reason }) => [logout_at, end_reason]),
    [
      [noon + 30 * minuteMs, 'timeout'],
      [null, null],
    ],
  )
  assert.equal((await kysely.selectFrom('rate_windows').select('window_key').execute()).length, 0)
  const states = await kysely.selectFrom('refresh_tokens').select('state').orderBy('id').execute()
  assert.deepEqual(
    states.map(({ state }) => state),
    ['rotated', 'active'],
  )
  assert.equal((await refresh(program, String(renewed.refresh_token))).status, 200)
  server.clock.advance(8 * dayMs)
  await sweep()
  await sweep() // twice is once
  assert.equal(await openSessions(server), 0)
  assert.equal((await kysely.selectFrom('refresh_tokens').select('id').execute()).length, 0)
  server.clock.advance(36 * dayMs)
  await sweep()
  assert.equal((await kysely.selectFrom('sessions').select('id').execute()).length, 0)
  assert.equal((await logins(server)).length, 2)
})
