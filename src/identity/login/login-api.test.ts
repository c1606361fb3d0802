import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { startTestServer } from '../../../test/harness/server.ts'
import { fields, noon, password, startWithPeople } from '../people.fixture.ts'
import { createTenantWithAdmin } from '../tenants/index.ts'

const form = (values: Record<string, string>): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(values).toString(),
})

forEachEngine(
  'ID-06 AC-08 AC-19 signing in by username or e-mail in any letter case gives a pair, the person and the companies',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const client = server.newClient()
    for (const send of [{ username: 'ana' }, { username: ' ANA ' }, { email: 'Ana@Example.com' }, { identifier: 'ana@example.com' }]) {
      const { status, body } = await client.json('/api/v1/auth/login', { ...send, password })
      assert.equal(status, 200)
      const { access_token, refresh_token, token_type, expires_in, tenant_id, user, companies } = fields(body)
      assert.ok(String(access_token).split('.').length === 3 && String(refresh_token).length > 0)
      assert.deepEqual([token_type, expires_in, tenant_id], ['bearer', 1800, server.acme.tenantId])
      assert.equal(fields(user).username, 'ana')
      assert.equal(fields(user).role, 'OWNER')
      assert.deepEqual(companies, [
        {
          id: server.acme.tenantId,
          company_id: server.acme.tenantUuid,
          tenant_id: server.acme.tenantId,
          company_name: 'Acme',
          slug: 'acme',
          role: 'OWNER',
          is_active: true,
          joined_at: new Date(noon).toISOString(),
        },
      ])
      assert.ok(!JSON.stringify(body).includes('argon2'))
    }
    // as a form sends fields that were left empty
    const byForm = await client.json('/auth/login', undefined, form({ username: '', email: 'ana@example.com', password }))
    assert.equal(byForm.status, 200)
    assert.equal(byForm.headers.get('deprecation'), 'true')
  },
)

test('ID-07 the OAuth 2 form works on both of its paths, with grant type password or none', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  assert.equal((await client.json('/api/v1/token', undefined, form({ username: 'ana', password }))).status, 200)
  const answer = await client.json('/token', undefined, form({ username: 'ana', password, grant_type: 'password' }))
  assert.equal(fields(answer.body).token_type, 'bearer')
  assert.equal(answer.headers.get('deprecation'), null)
  const wrong = await client.json('/token', undefined, form({ username: 'ana', password, grant_type: 'client_credentials' }))
  assert.deepEqual([wrong.status, fields(wrong.body).code], [400, 'unsupported_grant_type'])
})

forEachEngine('ID-08 K-46 a wrong password, an unknown and a deleted user get the same answer', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const goneId = await server.addPerson('gone', 'VIEWER')
  await server.ctx.db.kysely.updateTable('users').set({ deleted_at: noon }).where('id', '=', goneId).execute()
  const client = server.newClient()
  const answers = []
  for (const send of [
    { username: 'ana', password: 'WrongPassword456!' },
    { username: 'nobody', password },
    { username: 'gone', password },
    { email: 'nobody@example.com', password },
  ]) {
    const { status, headers, body } = await client.json('/api/v1/auth/login', send)
    const { request_id, ...rest } = fields(body)
    assert.ok(request_id)
    answers.push({ status, authenticate: headers.get('www-authenticate'), rest })
  }
  assert.deepEqual(answers[0], {
    status: 401,
    authenticate: 'Bearer',
    rest: {
      type: 'urn:andon:problem:invalid_credentials',
      title: 'Sign-in required',
      status: 401,
      detail: 'Wrong username or password.',
      code: 'invalid_credentials',
      instance: '/api/v1/auth/login',
    },
  })
  for (const answer of answers.slice(1)) assert.deepEqual(answer, answers[0])
  const rows = await server.ctx.db.kysely
    .selectFrom('audit_logs')
    .select(['user_id', 'attempted_username'])
    .where('action', '=', 'LOGIN_FAILED')
    .orderBy('id')
    .execute()
  assert.deepEqual(rows, [
    { user_id: server.acme.userId, attempted_username: 'ana' },
    { user_id: null, attempted_username: 'nobody' },
    { user_id: goneId, attempted_username: 'gone' },
    { user_id: null, attempted_username: 'nobody@example.com' },
  ])
  const failed = server.logLines.filter(({ event }) => event === 'login_failed')
  assert.equal(failed.length, 4)
  assert.deepEqual(
    failed.map(({ identifier }) => identifier),
    ['ana', null, 'gone', 'n***@example.com'],
  )
})

for (const c of [
  { why: 'AC-20 a username of two letters', send: { username: 'ab', password: 'password123' }, path: 'username' },
  { why: 'AC-21 a password of three', send: { username: 'testuser', password: '123' }, path: 'password' },
  { why: 'no username at all', send: { password: 'password123' }, path: 'username' },
  { why: 'a password of 129', send: { username: 'testuser', password: 'x'.repeat(129) }, path: 'password' },
  { why: 'a zero character in the username', send: { username: 'an\u0000a', password: 'password123' }, path: 'username' },
  { why: 'a number as password', send: { username: 'testuser', password: 12345678 }, path: 'password' },
])
  test(`signing in with ${c.why} is a 422 that names the field`, async (t) => {
    const server = await startTestServer({}, t)
    const { status, body } = await server.json('/api/v1/auth/login', c.send)
    assert.equal(status, 422)
    assert.deepEqual(
      (fields(body).fields as { path: string }[]).map(({ path }) => path),
      [c.path],
    )
  })

forEachEngine(
  'ID-09 AC-40 K-23 accounts and companies that may not come in are told so only after the right password',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const { kysely } = server.ctx.db
    const { tenantId } = await createTenantWithAdmin(server.ctx.db, server.ctx, {
      companyName: 'Closed',
      username: 'cora',
      email: 'c@example.com',
      password,
    })
    await kysely.updateTable('tenants').set({ is_active: 0 }).where('id', '=', tenantId).execute()
    const off = await server.addPerson('off', 'VIEWER')
    await kysely.updateTable('users').set({ is_active: 0 }).where('id', '=', off).execute()
    const pending = await server.addPerson('pending', 'VIEWER')
    await kysely.updateTable('users').set({ approval_status: 'pending' }).where('id', '=', pending).execute()
    const away = await server.addPerson('away', 'VIEWER')
    await kysely.updateTable('memberships').set({ status: 'suspended' }).where('user_id', '=', away).execute()
    for (const [username, code] of [
      ['cora', 'tenant_inactive'],
      ['off', 'account_disabled'],
      ['pending', 'not_approved'],
      ['away', 'no_company_access'],
    ] as const) {
      const client = server.newClient()
      const right = await client.json('/api/v1/auth/login', { username, password })
      assert.deepEqual([right.status, fields(right.body).code], [403, code])
      const wrong = await client.json('/api/v1/auth/login', { username, password: 'WrongPassword456!' })
      assert.deepEqual([wrong.status, fields(wrong.body).code], [401, 'invalid_credentials'])
    }
    assert.equal(server.logLines.filter(({ event }) => event === 'login_not_approved').length, 1)
  },
)

forEachEngine(
  'AC-37 ID-21 the sixth attempt in a minute is refused on any mix of paths, until the first is a minute old',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const client = server.newClient()
    const attempts = [
      () => client.json('/api/v1/auth/login', { username: 'ana', password }),
      () => client.json('/auth/token', { username: 'ana', password: 'WrongPassword456!' }),
      () => client.json('/token', undefined, { method: 'POST', headers: { 'content-type': 'application/json' }, body: '{not json' }),
      () => client.json('/api/v1/auth/session', { username: 'ana', password }), // no pre-session token: 403
      () => client.fetch('/login', form({ username: 'ana', password })).then(({ status }) => ({ status })),
    ]
    const statuses: number[] = []
    for (const attempt of attempts) {
      statuses.push((await attempt()).status)
      server.clock.advance(1000)
    }
    assert.deepEqual(statuses, [200, 401, 400, 403, 403])
    for (const path of ['/api/v1/auth/login', '/auth/login', '/api/v1/token', '/api/v1/auth/session', '/auth/login/']) {
      const refused = await client.json(path, { username: 'ana', password })
      assert.deepEqual([refused.status, fields(refused.body).code, refused.headers.get('retry-after')], [429, 'rate_limited', '55'], path)
      assert.equal(fields(refused.body).retry_after_s, 55)
    }
    const page = await client.fetch('/login', form({ username: 'ana', password }))
    assert.deepEqual([page.status, page.headers.get('retry-after')], [429, '55'])
    assert.match(await page.text(), /Espere 55 s/)
    assert.equal((await server.newClient().json('/api/v1/auth/login', { username: 'ana', password })).status, 200) // another address
    server.clock.advance(54_999)
    assert.equal((await client.json('/api/v1/auth/login', { username: 'ana', password })).headers.get('retry-after'), '1')
    server.clock.advance(1)
    assert.equal((await client.json('/api/v1/auth/login', { username: 'ana', password })).status, 200)
  },
)

forEachEngine('ID-26 two processes share the limit, and twenty attempts at once get exactly five slots', async (engine, t) => {
  const first = await startWithPeople({ engine }, t)
  const second = await startTestServer({ databaseUrl: first.ctx.config.database.url, nowMs: noon }, t)
  const ip = { 'x-forwarded-for': '203.0.113.9', 'content-type': 'application/json' }
  const answers = await Promise.all(
    Array.from({ length: 20 }, (_, index) =>
      (index % 2 ? first : second).fetch('/api/v1/auth/login', {
        method: 'POST',
        headers: ip,
        body: JSON.stringify({ username: 'nobody', password }),
      }),
    ),
  )
  const statuses = answers.map(({ status }) => status)
  assert.equal(statuses.filter((status) => status === 401).length, 5)
  assert.equal(statuses.filter((status) => status === 429).length, 15)
})

test('an IPv6 customer is a /64, whichever of its addresses asks', async (t) => {
  const server = await startTestServer({}, t)
  const from = (ip: string) =>
    server.json('/api/v1/auth/login', { username: 'nobody', password }, { headers: { 'x-forwarded-for': ip } }).then(({ status }) => status)
  for (const end of ['1', '2', 'ffff', 'a:b:c:d', '5']) assert.equal(await from(`2001:db8:1:2:${end.includes(':') ? end : `:${end}`}`), 401)
  assert.equal(await from('2001:db8:1:2::77'), 429)
  assert.equal(await from('2001:db8:1:3::77'), 401)
})

forEachEngine('ID-03 ID-35 D-03 K-28 the company is the one asked for, the only one, or the default one', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { db } = server.ctx
  const other = await createTenantWithAdmin(db, server.ctx, { companyName: 'Other', username: 'otto', email: 'otto@example.com', password })
  await db.kysely
    .insertInto('memberships')
    .values({
      user_id: server.acme.userId,
      tenant_id: other.tenantId,
      role: 'VIEWER',
      permissions: '[]',
      modules: null,
      status: 'active',
      joined_at: noon,
      created_at: noon,
      updated_at: noon,
    })
    .execute()
  const signIn = async (send: object = {}) => {
    const { status, body } = await server.newClient().json('/api/v1/auth/login', { username: 'ana', password, ...send })
    return status === 200 ? [fields(body).tenant_id, fields(fields(body).user).role] : [status, fields(body).code]
  }
  assert.deepEqual(await signIn(), [server.acme.tenantId, 'OWNER'])
  assert.deepEqual(await signIn({ company_id: other.tenantUuid }), [other.tenantId, 'VIEWER'])
  assert.deepEqual(await signIn({ company_id: other.tenantId }), [other.tenantId, 'VIEWER'])
  assert.deepEqual(await signIn({ company_id: 999 }), [403, 'no_company_access'])
  assert.deepEqual(await signIn({ company_id: 'acme' }), [400, 'invalid_company_id'])
  await db.kysely.updateTable('users').set({ default_tenant_id: null }).where('id', '=', server.acme.userId).execute()
  assert.deepEqual(await signIn(), [null, null])
})

test('aliases of the own account say that there is a newer path, too', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const saysDeprecated = async (path: string) => (await client.json(path)).headers.get('deprecation')
  for (const path of ['/auth/me', '/users/me', '/api/v1/users/me', '/auth/context', '/auth/companies'])
    assert.equal(await saysDeprecated(path), 'true', path)
  for (const path of ['/api/v1/auth/me', '/api/v1/auth/context', '/api/v1/auth/companies'])
    assert.equal(await saysDeprecated(path), null, path)
})
