import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { openDatabase } from '../../platform/db/index.ts'
import { newUuid } from '../../platform/ids/index.ts'
import { insertKey, recogniseKey } from '../keys/index.ts'
import { isAllowedFrom, keyText, newKey, parseKey, parseNetwork } from '../keys/key.ts'
import { fields, type People, password, startWithPeople } from '../people.fixture.ts'
import { isPermission, keyPermissions, permissions } from '../permissions.ts'
import { createTenantWithAdmin, updateTenantConfig } from '../tenants/index.ts'

const outcome = ({ status, body }: { status: number; body: unknown }) => [status, status < 300 ? 'ok' : fields(body).code]
/** Acme has no plant: who is let in is told so. */
const guarded = '/api/v1/layout/config'
const letIn = [404, 'plant_not_attached']
const minuteMs = 60_000

async function owner(server: People, username = 'ana'): Promise<Client> {
  const client = server.newClient()
  await client.signInApi(username, password)
  return client
}
const ask = (client: Client, more: Record<string, unknown>) =>
  client.json('/api/v1/api-keys', { name: 'BI', scopes: ['view_dashboard'], ...more })
const create = async (client: Client, more: Record<string, unknown> = {}) => {
  const made = await ask(client, more)
  assert.equal(made.status, 201, JSON.stringify(made.body))
  return { id: String(fields(made.body).id), key: String(fields(made.body).key), body: fields(made.body) }
}
const withKey = (server: People, key: string, path = guarded, headers: Record<string, string> = {}) =>
  server.newClient().json(path, undefined, { headers: { 'x-api-key': key, ...headers } })

forEachEngine('ID-57 PL-92 PL-TODO-53 a key is shown once, works in its header or as a bearer, and is stored hashed', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const client = await owner(server)
  const { id, key, body } = await create(client)
  assert.match(key, /^andon_[a-z0-9]{8}_[\w-]{43}$/)
  assert.deepEqual([body.scopes, body.rate_limit_per_minute, body.allowed_ips, body.created_by], [['view_dashboard'], 60, null, 'ana'])
  assert.deepEqual(outcome(await withKey(server, key)), letIn)
  const bearer = await server.newClient().json(guarded, undefined, { headers: { authorization: `Bearer ${key}` } })
  assert.deepEqual(outcome(bearer), letIn)
  const stored = await server.ctx.db.kysely.selectFrom('api_keys').selectAll().executeTakeFirstOrThrow()
  assert.ok(!JSON.stringify(stored).includes(key.slice(-43)))
  const list = fields((await client.json('/api/v1/api-keys')).body)
  const one = fields((await client.json(`/api/v1/api-keys/${id}`)).body)
  assert.deepEqual((list.items as unknown[])[0], one)
  assert.ok(!('key' in one) && !JSON.stringify(list).includes(key))
  assert.ok(!JSON.stringify(server.logLines).includes(key.slice(-43)), 'never logged')
  const audit = await server.ctx.db.kysely
    .selectFrom('audit_logs')
    .select(['action', 'entity_id'])
    .where('entity_type', '=', 'api_key')
    .execute()
  assert.deepEqual(audit, [{ action: 'API_KEY_CREATED', entity_id: id }])
})

forEachEngine('ID-57 a key notes when it was last used once a minute, and writes nothing at any other request', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { key } = await create(await owner(server))
  const statements: string[] = []
  const opened = await openDatabase(server.ctx.config.database.url, { onStatement: ({ sql }) => void statements.push(sql) })
  t.after(() => opened.close())
  const use = async () => {
    statements.length = 0
    const known = await recogniseKey(opened.db, { secrets: server.ctx.secrets, nowMs: server.clock.nowMs() }, key, '10.0.0.1')
    assert.equal(known.kind, 'known')
    return statements.filter((sql) => /^update/i.test(sql)).length
  }
  const used = []
  for (const waitMs of [0, 1_000, 58_999, 1, 0]) {
    server.clock.advance(waitMs)
    used.push(await use())
  }
  assert.deepEqual(used, [1, 0, 0, 1, 0])
})

forEachEngine('ID-57 a key dies with its end, its revocation, its maker’s membership, account and company', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const client = await owner(server)
  const { kysely } = server.ctx.db
  const ends = await create(client, { expires_at: new Date(server.clock.nowMs() + minuteMs).toISOString() })
  assert.deepEqual(outcome(await withKey(server, ends.key)), letIn)
  server.clock.advance(minuteMs)
  assert.deepEqual(outcome(await withKey(server, ends.key)), [401, 'api_key_invalid'])
  const { id, key } = await create(client)
  assert.equal((await client.json(`/api/v1/api-keys/${id}`, undefined, { method: 'DELETE' })).status, 204)
  assert.deepEqual(outcome(await withKey(server, key)), [401, 'api_key_invalid'])
  assert.deepEqual(outcome(await client.json(`/api/v1/api-keys/${id}`, undefined, { method: 'DELETE' })), [404, 'api_key_not_found'])
  const last = await create(client)
  for (const [table, change, back] of [
    ['memberships', { status: 'suspended' }, { status: 'active' }],
    ['users', { is_active: 0 }, { is_active: 1 }],
    ['users', { approval_status: 'rejected' }, { approval_status: 'approved' }],
    ['tenants', { is_active: 0 }, { is_active: 1 }],
  ] as const) {
    await kysely
      .updateTable(table as 'users')
      .set(change as never)
      .execute()
    assert.deepEqual(outcome(await withKey(server, last.key)), [401, 'api_key_invalid'], JSON.stringify(change))
    await kysely
      .updateTable(table as 'users')
      .set(back as never)
      .execute()
    assert.deepEqual(outcome(await withKey(server, last.key)), letIn)
  }
})

forEachEngine('ID-57 scopes: only what a key may carry and its maker holds; less as soon as the maker has less', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const adminId = await server.addPerson('adam', 'ADMIN')
  const adam = await owner(server, 'adam')
  const refused = async (scopes: unknown) => outcome(await adam.json('/api/v1/api-keys', { name: 'x', scopes }))
  for (const code of [
    'manage_tenants',
    'manage_users',
    'invite_users',
    'manage_roles',
    'manage_api_keys',
    'manage_company',
    'view_users',
    'nonsense',
  ])
    assert.deepEqual(await refused(['view_dashboard', code]), [422, 'validation_failed'], code)
  assert.deepEqual(await refused([]), [422, 'validation_failed'])
  await server.ctx.db.kysely.updateTable('memberships').set({ modules: '["erp"]' }).where('user_id', '=', adminId).execute()
  assert.deepEqual(await refused(['view_dashboard']), [403, 'scope_above_own'])
  await server.ctx.db.kysely.updateTable('memberships').set({ modules: null }).where('user_id', '=', adminId).execute()
  const { id, key } = await create(adam, { scopes: ['view_dashboard', 'refresh_cache'] })
  assert.deepEqual(outcome(await withKey(server, key)), letIn)
  await server.ctx.db.kysely.updateTable('memberships').set({ role: 'SELLER' }).where('user_id', '=', adminId).execute()
  assert.deepEqual(outcome(await withKey(server, key)), [403, 'permission_denied'])
  const ana = await owner(server)
  const patch = (send: unknown) =>
    ana.json(`/api/v1/api-keys/${id}`, undefined, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(send),
    })
  // More scopes on somebody else's key do not make it more than its maker is.
  assert.equal(
    (await patch({ scopes: ['view_dashboard', 'export_data'], secret_hash: 'x', tenant_id: 7, user_id: server.acme.userId })).status,
    200,
  )
  assert.deepEqual(outcome(await withKey(server, key)), [403, 'permission_denied'])
  const row = await server.ctx.db.kysely.selectFrom('api_keys').select(['tenant_id', 'user_id']).executeTakeFirstOrThrow()
  assert.deepEqual(row, { tenant_id: server.acme.tenantId, user_id: adminId })
})

forEachEngine('ID-57 a key belongs to one company: another’s header, page and ids are closed', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { db } = server.ctx
  const other = await createTenantWithAdmin(db, server.ctx, { companyName: 'Other', username: 'otto', email: 'otto@example.com', password })
  const mine = await create(await owner(server))
  const otto = await owner(server, 'otto')
  assert.deepEqual(outcome(await withKey(server, mine.key, guarded, { 'x-company-id': other.tenantUuid })), [403, 'tenant_mismatch'])
  assert.deepEqual(outcome(await withKey(server, mine.key, guarded, { 'x-company-id': server.acme.tenantUuid })), letIn)
  assert.deepEqual(outcome(await withKey(server, mine.key, guarded, { 'x-company-id': 'x' })), [400, 'invalid_company_id'])
  const page = await server.newClient().fetch('/t/other/dashboard', { headers: { 'x-api-key': mine.key } })
  assert.equal(page.status, 404)
  for (const method of ['GET', 'PATCH', 'DELETE'])
    assert.deepEqual(
      outcome(
        await otto.json(`/api/v1/api-keys/${mine.id}`, undefined, {
          method,
          ...(method === 'PATCH' && { headers: { 'content-type': 'application/json' }, body: '{"name":"mine now"}' }),
        }),
      ),
      [404, 'api_key_not_found'],
      method,
    )
  assert.deepEqual((fields((await otto.json('/api/v1/api-keys')).body).items as unknown[]).length, 0)
})

test('ID-57 forged keys: a wrong secret, another key’s prefix, in the address, twice in one request, cut or padded', async (t) => {
  const server = await startWithPeople({}, t)
  const client = await owner(server)
  const [first, second] = [await create(client), await create(client)]
  const mixed = `${first.key.slice(0, 15)}${second.key.slice(15)}`
  const forged = [
    mixed,
    `${first.key.slice(0, -1)}${first.key.endsWith('A') ? 'B' : 'A'}`,
    first.key.slice(0, -1),
    `${first.key}A`,
    first.key.toUpperCase(),
    'andon_',
    '',
  ]
  for (const key of forged) assert.deepEqual(outcome(await withKey(server, key)), [401, 'api_key_invalid'], key)
  for (const name of ['api_key', 'x-api-key', 'access_token', 'key', 'token'])
    assert.deepEqual(outcome(await server.newClient().json(`${guarded}?${name}=${first.key}`)), [401, 'not_authenticated'], name)
  const both = await withKey(server, first.key, guarded, { authorization: `Bearer ${second.key}` })
  assert.deepEqual(outcome(both), [401, 'api_key_invalid'])
  // A person's session does not lend itself to a bad key.
  const session = await client.json(guarded, undefined, { headers: { 'x-api-key': mixed } })
  assert.deepEqual(outcome(session), [401, 'api_key_invalid'])
})

test('ID-57 no key with all scopes there are reaches a route of people, companies, sessions or keys', async (t) => {
  const server = await startWithPeople({ env: { RATE_LIMIT_PER_MINUTE: '100000' } }, t)
  const { key } = await create(await owner(server), { scopes: keyPermissions, rate_limit_per_minute: 6000 })
  const { routes } = server.app.shell
  const grantable = new Set<string>(keyPermissions)
  assert.ok(routes.length > 60)
  let refusals = 0
  for (const { method, url, access, isStream } of routes) {
    if (access === 'public' || isStream) continue
    assert.ok(access === 'signed_in' || access === 'any_session' || isPermission(access), `${method} ${url}: ${access}`)
    if (grantable.has(access)) continue
    server.clock.advance(minuteMs) // not to be refused for asking too often instead
    const path = url.replace('/t/:company', '/t/acme').replace(/:\w+/g, '1').replace('*', 'x')
    const answer = await server.newClient().json(path, undefined, {
      method,
      headers: { 'x-api-key': key, ...(method !== 'GET' && { 'content-type': 'application/json' }) },
      ...(method !== 'GET' && { body: '{}' }),
    })
    assert.equal(answer.status, 403, `${method} ${url} (${access}) answered ${answer.status}`)
    assert.ok(
      ['person_required', 'permission_denied'].includes(String(fields(answer.body).code)) || typeof answer.body === 'string',
      `${method} ${url}`,
    )
    refusals += 1
  }
  assert.ok(refusals > 40, String(refusals))
  const closed = routes.filter(({ url }) => /\/(auth|account|users|invitations|api-keys|companies|tenants)\b/.test(url))
  assert.deepEqual(
    closed.filter(({ access }) => grantable.has(access)).map(({ method, url }) => `${method} ${url}`),
    [],
  )
  for (const code of permissions.slice(0, permissions.indexOf('view_users')))
    if (grantable.has(code)) assert.ok(['view_audit_log', 'refresh_cache', 'manage_partitions'].includes(code), code)
})

test('ID-57 a public route does not know who a key stands for, and a key cannot sign in', async (t) => {
  const server = await startWithPeople({}, t)
  const { key } = await create(await owner(server))
  const csrf = await server.newClient().json('/api/v1/auth/csrf', undefined, { headers: { 'x-api-key': key } })
  assert.equal(csrf.status, 200)
  const refresh = await withKey(server, key, '/api/v1/auth/refresh')
  assert.ok([401, 404, 405].includes(refresh.status))
  const login = await server.newClient().json('/api/v1/auth/refresh', { refresh_token: key })
  assert.deepEqual(outcome(login), [401, 'refresh_invalid'])
})

test('ID-57 networks: a key bound to some works from there only', async (t) => {
  const server = await startWithPeople({}, t)
  const { key } = await create(await owner(server), { allowed_ips: ['10.1.0.0/16', '2001:db8::/32'] })
  const from = (ip: string) => withKey(server, key, guarded, { 'x-forwarded-for': ip })
  assert.deepEqual(outcome(await from('10.1.2.3')), letIn)
  assert.deepEqual(outcome(await from('2001:db8:7::1')), letIn)
  assert.deepEqual(outcome(await from('10.2.2.3')), [403, 'address_not_allowed'])
  const wrong = await (await owner(server)).json('/api/v1/api-keys', {
    name: 'x',
    scopes: ['view_dashboard'],
    allowed_ips: ['10.0.0.0/33'],
  })
  assert.deepEqual(outcome(wrong), [422, 'validation_failed'])
})

test('ID-57 a key has a limit of its own, and its last use is written at most once a minute', async (t) => {
  const server = await startWithPeople({}, t)
  const client = await owner(server)
  const { id, key } = await create(client, { rate_limit_per_minute: 3 })
  const free = await create(client)
  for (let n = 0; n < 3; n += 1) assert.deepEqual(outcome(await withKey(server, key)), letIn)
  const fourth = await withKey(server, key)
  assert.equal(fourth.status, 429)
  assert.equal(fourth.headers.get('retry-after'), '60')
  assert.deepEqual(outcome(await withKey(server, free.key)), letIn, 'another key of the same person has its own')
  assert.equal((await client.json('/api/v1/auth/context')).status, 200, 'and so has the person')
  const usedAt = async () => fields((await client.json(`/api/v1/api-keys/${id}`)).body).last_used_at
  const first = await usedAt()
  assert.equal(first, new Date(server.clock.nowMs()).toISOString())
  server.clock.advance(minuteMs - 1)
  await withKey(server, key)
  assert.equal(await usedAt(), first)
  server.clock.advance(1)
  await withKey(server, key)
  assert.equal(await usedAt(), new Date(server.clock.nowMs()).toISOString())
})

const html = { accept: 'text/html' }
const hidden = (page: string, name: string) => page.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? ''
const post = (client: Client, path: string, values: [string, string][]) =>
  client.fetch(path, {
    method: 'POST',
    headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams(values).toString(),
  })

forEachEngine('ID-57 ID-75 the page of keys: none yet, a faulty form, a key shown once, a question before revoking', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const client = server.newClient()
  await client.signIn('ana', password)
  const here = '/t/acme/admin/api-keys'
  const empty = await (await client.fetch(here, { headers: html })).text()
  assert.match(empty, /Todavía no hay claves/)
  const csrf_token = hidden(empty, 'csrf_token')
  const faulty = await post(client, here, [
    ['csrf_token', csrf_token],
    ['name', '<b>BI'],
    ['allowed_ips', 'nowhere'],
  ])
  assert.equal(faulty.status, 422)
  const page = await faulty.text()
  assert.match(page, /value="&lt;b&gt;BI"/)
  assert.match(page, /Elija al menos un permiso/)
  assert.match(page, /Use direcciones o redes/)
  const made = await (
    await post(client, here, [
      ['csrf_token', csrf_token],
      ['name', 'BI'],
      ['scopes', 'view_dashboard'],
      ['scopes', 'export_data'],
      ['expires_at', '2026-12-31'],
    ])
  ).text()
  const key = made.match(/value="(andon_[^"]+)"/)?.[1] ?? ''
  assert.deepEqual(outcome(await withKey(server, key)), letIn)
  const list = await (await client.fetch(here, { headers: html })).text()
  assert.ok(!list.includes(key.slice(-43)) && list.includes(key.slice(0, 14)))
  const revoke = list.match(/href="([^"]+\/revoke)"/)?.[1] ?? ''
  assert.match(await (await client.fetch(revoke, { headers: html })).text(), /¿Revocar la clave «BI»\?/)
  const done = await post(client, revoke, [['csrf_token', csrf_token]])
  assert.deepEqual([done.status, done.headers.get('location')], [303, `${here}?done=revoked`])
  assert.deepEqual(outcome(await withKey(server, key)), [401, 'api_key_invalid'])
  assert.equal((await client.fetch(revoke, { headers: html })).status, 404)
  await server.addPerson('mara', 'MANAGER')
  const mara = server.newClient()
  await mara.signIn('mara', password)
  assert.equal((await mara.fetch(here, { headers: html })).status, 403)
})

test('what a key looks like: it is read back as it was written, and nothing else is', () => {
  for (let n = 0; n < 200; n += 1) {
    const key = newKey()
    assert.deepEqual(parseKey(keyText(key)), key)
  }
  fc.assert(fc.property(fc.string(), (text) => parseKey(text) === null))
})

for (const [text, want] of [
  ['10.0.0.7', true],
  ['10.0.0.0/8', true],
  ['2001:db8::/32', true],
  ['10.0.0.0/33', false],
  ['10.0.0.0/-1', false],
  ['10.0.0/8', false],
  ['localhost', false],
  ['fe80::1%eth0', false],
  ['10.0.0.0/8/8', false],
  ['', false],
] as const)
  test(`a network: ${text || 'nothing'} ${want ? 'is' : 'is not'} one`, () => assert.equal(parseNetwork(text) !== null, want))

test('an address inside, outside, mapped into IPv6, and no address at all', () => {
  assert.equal(isAllowedFrom('::ffff:10.0.0.9', ['10.0.0.0/24']), true)
  assert.equal(isAllowedFrom('10.0.1.9', ['10.0.0.0/24']), false)
  assert.equal(isAllowedFrom('unknown', ['0.0.0.0/0']), false)
  assert.equal(isAllowedFrom('anything', null), true)
  assert.equal(isAllowedFrom('10.0.0.9', ['garbage']), false)
})

forEachEngine('ID-57 of keys made at once no more are made than a company may have', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const { tenantId, userId } = server.acme
  const row = { userId, name: 'BI', scopes: ['view_dashboard'], allowedIps: null, perMinute: 1, expiresAtMs: null }
  for (let n = 1; n < 100; n += 1) {
    const { prefix } = newKey()
    await insertKey({ ...server.ctx.db, tenantId }, { ...row, uuid: newUuid(), prefix, secretHash: `${n}` }, n)
  }
  const made = await Promise.all([1, 2, 3].map((n) => ask(client, { name: `BI ${n}` })))
  assert.deepEqual(made.map(({ status }) => status).sort(), [201, 409, 409])
})

forEachEngine('ID-57 a day as the end of a key is over when it is over in the company', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  await updateTenantConfig(server.ctx.db, server.ctx, null, server.acme.tenantId, () => ({ timezone: 'America/Bogota' }))
  const client = server.newClient()
  await client.signInApi('ana', password)
  const made = await create(client, { expires_at: '2026-03-02' })
  assert.equal(made.body.expires_at, '2026-03-03T05:00:00.000Z')
  for (const expires_at of ['2026-03-02T23:00', 'mañana', '2026-02-30'])
    assert.equal((await ask(client, { expires_at })).status, 422, expires_at)
  const browser = server.newClient()
  await browser.signIn('ana', password)
  const here = '/t/acme/admin/api-keys'
  const csrf_token = hidden(await (await browser.fetch(here, { headers: html })).text(), 'csrf_token')
  await post(browser, here, [
    ['csrf_token', csrf_token],
    ['name', 'Form'],
    ['scopes', 'view_dashboard'],
    ['expires_at', '2026-03-02'],
  ])
  const stored = await server.ctx.db.kysely.selectFrom('api_keys').select('expires_at').where('name', '=', 'Form').executeTakeFirst()
  assert.equal(stored?.expires_at, Date.UTC(2026, 2, 3, 5))
})
