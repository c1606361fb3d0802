/** Ways into an account or a company that no module opens by itself, only two of them together. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { fields, noon, type People, password, startWithPeople } from '../src/identity/people.fixture.ts'
import { createTenantWithAdmin } from '../src/identity/tenants/index.ts'
import { forEachEngine } from './harness/engines.ts'
import { waitingMails } from './harness/mails.ts'

const minuteMs = 60_000
const renewed = 'NewPass456!'
const free = { RATE_LIMIT_PER_MINUTE: '100000' }
const outcome = ({ status, body }: { readonly status: number; readonly body: unknown }) => [status, fields(body ?? {}).code ?? 'ok']
const tokenTo = async (server: People, to: string) => (await waitingMails(server.ctx)).filter((mail) => mail.to === to).at(-1)?.token ?? ''
const signIn = (server: People, username: string, typed: string) =>
  server.newClient().json('/api/v1/auth/login', { username, password: typed })
const signedIn = async (server: People, username: string, typed = password) => {
  const client = server.newClient()
  await client.signInApi(username, typed)
  return client
}
const patch = { method: 'PATCH' }
const otherCompany = (server: People) =>
  createTenantWithAdmin(server.ctx.db, server.ctx, { companyName: 'Otra', username: 'otto', email: 'otto@other.test', password })
const join = (server: People, userId: number, tenantId: number, role: string, status: 'active' | 'pending' = 'active') =>
  server.ctx.db.kysely
    .insertInto('memberships')
    .values({
      ...{ user_id: userId, tenant_id: tenantId, role, permissions: '[]', modules: null, status },
      ...{ joined_at: noon, created_at: noon, updated_at: noon },
    })
    .execute()

forEachEngine('ID-31 a changed password ends the links that were mailed before it: reset, and change of address', async (engine, t) => {
  const server = await startWithPeople({ engine, env: { ...free, REQUIRE_EMAIL_VERIFICATION: '1' } }, t)
  const ana = await signedIn(server, 'ana')
  const change = (body: object) => ana.json('/api/v1/auth/change-password', body)
  await server.newClient().json('/api/v1/auth/forgot-password', { email: 'ana@example.com' })
  await ana.json('/api/v1/users/me', { email: 'thief@example.com', current_password: password }, patch)
  const links = { reset: await tokenTo(server, 'ana@example.com'), confirm: await tokenTo(server, 'thief@example.com') }
  assert.ok(links.confirm !== '')
  server.clock.advance(minuteMs)
  assert.deepEqual(outcome(await change({ current_password: password, new_password: renewed })), [200, 'ok'])
  const stranger = server.newClient()
  assert.deepEqual(outcome(await stranger.json('/api/v1/auth/verify-email', { token: links.confirm })), [400, 'token_invalid_or_expired'])
  for (const { token, template } of await waitingMails(server.ctx))
    if (template === 'password_reset')
      assert.deepEqual(outcome(await stranger.json('/api/v1/auth/reset-password', { token, new_password: 'Thief789!x' })), [
        400,
        'token_invalid_or_expired',
      ])
  assert.equal(fields((await ana.json('/api/v1/auth/me')).body).email, 'ana@example.com')
  await server.newClient().json('/api/v1/auth/forgot-password', { email: 'ana@example.com' })
  const fresh = await tokenTo(server, 'ana@example.com')
  assert.deepEqual(outcome(await stranger.json('/api/v1/auth/reset-password', { token: fresh, new_password: 'Third789!x' })), [200, 'ok'])
})

forEachEngine('ID-30 whoever registers an address first has no way in once its owner proves it', async (engine, t) => {
  const env = { ...free, SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '1', REQUIRE_APPROVAL: '0' }
  const server = await startWithPeople({ engine, env }, t)
  const register = (typed: string) => server.newClient().json('/api/v1/auth/register', { email: 'bea@example.com', password: typed })
  const answers = [await register('Attacker1!x'), await register(password)]
  assert.deepEqual(answers[0]?.body, answers[1]?.body)
  const proof = { token: await tokenTo(server, 'bea@example.com'), auto_login: true }
  const verified = await server.newClient().json('/api/v1/auth/verify-email', proof)
  assert.equal(verified.status, 200)
  assert.ok(fields(verified.body).access_token, 'the mail leads in')
  for (const typed of ['Attacker1!x', password]) assert.equal((await signIn(server, 'bea@example.com', typed)).status, 401)
  await server.newClient().json('/api/v1/auth/forgot-password', { email: 'bea@example.com' })
  await server.newClient().json('/api/v1/auth/reset-password', { token: await tokenTo(server, 'bea@example.com'), new_password: renewed })
  assert.equal((await signIn(server, 'bea@example.com', renewed)).status, 200)
})

test('ID-30 asking for the mail once more by registering again with the same password keeps it', async (t) => {
  const env = { ...free, SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '1', REQUIRE_APPROVAL: '0' }
  const server = await startWithPeople({ env }, t)
  for (let n = 0; n < 2; n += 1) await server.newClient().json('/api/v1/auth/register', { email: 'bea@example.com', password })
  await server.newClient().json('/api/v1/auth/verify-email', { token: await tokenTo(server, 'bea@example.com') })
  assert.equal((await signIn(server, 'bea@example.com', password)).status, 200)
})

forEachEngine('ID-43 the company of an account cannot lead it away while it works for another company, too', async (engine, t) => {
  const server = await startWithPeople({ engine, env: free }, t)
  const other = await otherCompany(server)
  const bobId = await server.addPerson('bob', 'VIEWER', other.tenantId)
  const otto = await signedIn(server, 'otto')
  const reMail = (email: string) => otto.json('/api/v1/users/bob', { email }, patch)
  assert.equal((await reMail('bob2@example.com')).status, 200)
  await join(server, bobId, server.acme.tenantId, 'ADMIN')
  assert.deepEqual(outcome(await reMail('otto2@other.test')), [403, 'works_elsewhere'])
  const stored = server.ctx.db.kysely.selectFrom('users').select('email').where('id', '=', bobId)
  assert.equal((await stored.executeTakeFirstOrThrow()).email, 'bob2@example.com')
})

forEachEngine('ID-43 the list of members tells no more of foreign accounts and of who waits than the list of people', async (engine, t) => {
  const server = await startWithPeople({ engine, env: free }, t)
  const other = await otherCompany(server)
  const bobId = await server.addPerson('bob', 'VIEWER', other.tenantId)
  await join(server, bobId, server.acme.tenantId, 'VIEWER')
  await server.addPerson('max', 'MANAGER')
  const waiting = await server.addPerson('wim', 'VIEWER', other.tenantId)
  await join(server, waiting, server.acme.tenantId, 'VIEWER', 'pending')
  const [ana, max] = [await signedIn(server, 'ana'), await signedIn(server, 'max')]
  type Item = { readonly username: string; readonly email: string; readonly email_verified: unknown; readonly is_active: unknown }
  const paths = [
    '/api/v1/companies/me/users',
    '/api/v1/companies/acme/users',
    '/api/v1/companies/acme/users/role/viewer',
    '/auth/company/users',
  ]
  for (const path of paths) {
    const seen = async (client: typeof ana) => {
      const { body } = await client.json(path)
      const { items, meta } = body as { items: Item[]; meta: { total: number } }
      assert.equal(meta.total, items.length)
      return new Map(items.map((item) => [item.username, item]))
    }
    const [byOwner, byManager] = [await seen(ana), await seen(max)]
    const { email, email_verified, is_active } = byOwner.get('bob') ?? {}
    assert.deepEqual([email, email_verified, is_active], ['b***@example.com', null, null], path)
    assert.deepEqual([byOwner.has('wim'), byManager.has('wim')], [true, false], path)
    if (!path.includes('/role/')) assert.equal(byManager.get('ana')?.email, 'ana@example.com')
  }
})

test('ID-34 a role that must have a second factor must have it wherever the request itself works', async (t) => {
  const server = await startWithPeople({ env: { ...free, MFA_REQUIRED_ROLES: 'OWNER,ADMIN' } }, t)
  const other = await otherCompany(server)
  await join(server, server.acme.userId, other.tenantId, 'VIEWER')
  const ana = server.newClient()
  await ana.json('/api/v1/auth/login', { username: 'ana', password, company_id: other.tenantId })
  await ana.signInApi('ana', password)
  const there = (path: string, body?: object, method = 'GET') =>
    ana.json(path, body, { method, headers: { 'x-company-id': String(other.tenantId) } })
  assert.equal((await there('/api/v1/companies/otra')).status, 200)
  for (const [path, method, body] of [
    ['/api/v1/companies/acme', 'PATCH', { city: 'Quito' }],
    ['/api/v1/companies/acme', 'DELETE', undefined],
    ['/api/v1/companies/acme/users', 'GET', undefined],
    ['/company/acme', 'PUT', { city: 'Quito' }],
  ] as const)
    assert.deepEqual(outcome(await there(path, body, method)), [403, 'mfa_required_role'], `${method} ${path}`)
})

test('ID-46 an open link carries a role and nothing more: whoever lets somebody in sees the role', async (t) => {
  const server = await startWithPeople({ env: free }, t)
  const ana = await signedIn(server, 'ana')
  const asked = await ana.json('/api/v1/invitations/links', { role: 'VIEWER', permissions: ['manage_users'] })
  assert.equal(asked.status, 422)
  assert.deepEqual(
    (fields(asked.body).fields as { path: string }[]).map(({ path }) => path),
    ['permissions'],
  )
})

test('ID-57 a key reads the logs that its scopes name, with days of the company', async (t) => {
  const server = await startWithPeople({ env: free }, t)
  const ana = await signedIn(server, 'ana')
  const made = await ana.json('/api/v1/api-keys', { name: 'logs', scopes: ['view_audit_log', 'view_query_log', 'export_data'] })
  const headers = { 'x-api-key': String(fields(made.body).key) }
  for (const path of [
    '/api/v1/audit',
    '/api/v1/audit?from=2026-03-02',
    '/api/v1/user-logins',
    '/api/v1/user-queries',
    '/api/v1/audit/export.csv',
  ])
    assert.equal((await server.newClient().fetch(path, { headers })).status, 200, path)
})

test('ID-57 a key of the owner does what its scopes name, and nothing else that the owner may', async (t) => {
  const server = await startWithPeople({ env: free }, t)
  const made = await (await signedIn(server, 'ana')).json('/api/v1/api-keys', { name: 'logs', scopes: ['view_audit_log'] })
  const program = server.newClient()
  program.headers['x-api-key'] = String(fields(made.body).key)
  assert.equal((await program.json('/api/v1/audit')).status, 200)
  for (const path of ['/api/v1/user-queries', '/api/v1/user-logins', '/api/v1/audit/export.csv', '/t/acme/dashboard'])
    assert.deepEqual(outcome(await program.json(path)), [403, 'permission_denied'], path)
})

forEachEngine(
  'ID-46 of many who register by one open link at once, as many as it has uses come in, and nobody waits in vain',
  async (engine, t) => {
    const env = { ...free, SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '1' }
    const server = await startWithPeople({ engine, env }, t)
    const made = await (await signedIn(server, 'ana')).json('/api/v1/invitations/links', { role: 'VIEWER', max_uses: 3 })
    const invitation_token = new URL(String(fields(made.body).url)).searchParams.get('token')
    const asked = Array.from({ length: 10 }, (_, n) =>
      server.newClient().json('/api/v1/auth/register', { email: `p${n}@example.com`, password, invitation_token }),
    )
    const statuses = (await Promise.all(asked)).map(({ status }) => status).sort()
    assert.deepEqual(statuses, [201, 201, 201, ...Array<number>(7).fill(400)])
  },
)
