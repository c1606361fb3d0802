import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { fields, noon, type People, password, startWithPeople } from '../people.fixture.ts'
import { createTenantWithAdmin } from '../tenants/index.ts'
import { localPath } from './request.ts'

const outcome = ({ status, body }: { status: number; body: unknown }) => [status, status === 200 ? 'ok' : fields(body).code]
const html = { headers: { accept: 'text/html' } }
/** Asks for a permission that every role but SELLER and ACCOUNTANT has. Acme has no plant: who is let in is told so. */
const guarded = '/api/v1/layout/config'
const letIn = [404, 'plant_not_attached']

const withOther = async (server: People) => {
  const { db } = server.ctx
  return createTenantWithAdmin(db, server.ctx, { companyName: 'Other', username: 'otto', email: 'otto@example.com', password })
}
const join = (server: People, userId: number, tenantId: number, role: string) =>
  server.ctx.db.kysely
    .insertInto('memberships')
    .values({
      user_id: userId,
      tenant_id: tenantId,
      role,
      permissions: '[]',
      modules: null,
      status: 'active',
      joined_at: noon,
      created_at: noon,
      updated_at: noon,
    })
    .execute()

forEachEngine('ID-36 AC-34 X-Company-ID chooses the company of one request, by uuid or integer; the body never does', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const other = await withOther(server)
  await join(server, server.acme.userId, other.tenantId, 'VIEWER')
  const client = server.newClient()
  await client.signInApi('ana', password)
  const context = async (company?: string) => {
    const answer = await client.json(
      '/api/v1/auth/context',
      undefined,
      company === undefined ? {} : { headers: { 'x-company-id': company } },
    )
    return answer.status === 200 ? [fields(answer.body).tenant_id, fields(answer.body).user_role] : outcome(answer)
  }
  assert.deepEqual(await context(), [server.acme.tenantId, 'owner'])
  assert.deepEqual(await context(other.tenantUuid), [other.tenantId, 'viewer'])
  assert.deepEqual(await context(other.tenantUuid.toUpperCase()), [other.tenantId, 'viewer'])
  assert.deepEqual(await context(String(other.tenantId)), [other.tenantId, 'viewer'])
  assert.deepEqual(await context(), [server.acme.tenantId, 'owner'])
  for (const bad of ['other', '0', '-1', '1.5', '1e3', '99999999999999999', "1' or '1'='1"])
    assert.deepEqual(await context(bad), [400, 'invalid_company_id'], bad)
})

forEachEngine('AC-41 K-29 K-30 2.5-3 a stranger and a company that is not there get the same answer', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const other = await withOther(server)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const answers = []
  for (const company of [other.tenantUuid, String(other.tenantId), '4711', '01a1fd41-06cf-7765-956b-dc196ec64433']) {
    const { status, body } = await client.json(guarded, undefined, { headers: { 'x-company-id': company } })
    const { request_id, ...rest } = fields(body)
    assert.ok(request_id)
    answers.push({ status, rest })
  }
  assert.deepEqual([answers[0]?.status, answers[0]?.rest.code], [403, 'no_company_access'])
  for (const answer of answers.slice(1)) assert.deepEqual(answer, answers[0])
  const browser = server.newClient()
  await browser.signIn('ana', password)
  const pages = await Promise.all(['/t/other/dashboard', '/t/nobody/dashboard'].map((path) => browser.fetch(path, html)))
  assert.deepEqual(
    pages.map(({ status }) => status),
    [404, 404],
  )
  const [foreign, missing] = await Promise.all(pages.map(async (page) => (await page.text()).match(/<h1[^>]*>.*?<\/h1>/)?.[0]))
  assert.equal(foreign, missing)
})

forEachEngine('ID-37 K-31 2.5-2 a suspended membership or a closed company ends access at the next request', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { kysely } = server.ctx.db
  const client = server.newClient()
  await client.signInApi('ana', password)
  const browser = server.newClient()
  await browser.signIn('ana', password)
  assert.deepEqual(outcome(await client.json(guarded)), letIn)
  await kysely.updateTable('memberships').set({ status: 'suspended' }).execute()
  assert.deepEqual(outcome(await client.json(guarded)), [403, 'no_company_access'])
  assert.deepEqual(outcome(await client.json('/api/v1/auth/me')), [403, 'no_company_access'])
  assert.equal((await browser.fetch('/t/acme/dashboard', html)).status, 404)
  await kysely.updateTable('memberships').set({ status: 'active' }).execute()
  await kysely.updateTable('tenants').set({ is_active: 0 }).execute()
  assert.deepEqual(outcome(await client.json(guarded)), [403, 'tenant_inactive'])
  assert.equal((await browser.fetch('/t/acme/dashboard', html)).status, 403)
  assert.equal((await browser.fetch('/account', html)).status, 200) // the person is still who they are
  await kysely.updateTable('tenants').set({ is_active: 1 }).execute()
  assert.deepEqual(outcome(await client.json(guarded)), letIn)
})

forEachEngine('ID-40 what a member may do follows role, company words, grants and modules, read anew each time', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { kysely } = server.ctx.db
  const userId = await server.addPerson('vera', 'SELLER')
  const client = server.newClient()
  await client.signInApi('vera', password)
  assert.deepEqual(outcome(await client.json(guarded)), [403, 'permission_denied'])
  const set = (change: { role?: string; permissions?: string; modules?: string | null }) =>
    kysely.updateTable('memberships').set(change).where('user_id', '=', userId).execute()
  await set({ permissions: '["view_dashboard","no_such_code"]' })
  assert.deepEqual(outcome(await client.json(guarded)), letIn)
  await set({ role: 'PORTERO', permissions: '[]' }) // a word the company does not map: a VIEWER
  assert.deepEqual(outcome(await client.json(guarded)), letIn)
  assert.deepEqual(fields((await client.json('/api/v1/auth/context')).body).role, 'PORTERO')
  await set({ modules: '["erp"]' })
  assert.deepEqual(outcome(await client.json(guarded)), [403, 'permission_denied'])
})

forEachEngine('ID-44 2.5-5 a SUPER_ADMIN enters a company only by naming it, noted once per session', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { kysely } = server.ctx.db
  const userId = await server.addPerson('root_', 'VIEWER')
  await kysely.deleteFrom('memberships').where('user_id', '=', userId).execute()
  await kysely.updateTable('users').set({ is_super_admin: 1 }).where('id', '=', userId).execute()
  const client = server.newClient()
  await client.signInApi('root_', password)
  assert.deepEqual(outcome(await client.json(guarded)), [400, 'company_required'])
  const inside = { headers: { 'x-company-id': server.acme.tenantUuid } }
  for (let times = 0; times < 3; times += 1) assert.deepEqual(outcome(await client.json(guarded, undefined, inside)), letIn)
  const rows = await kysely.selectFrom('audit_logs').select(['tenant_id', 'user_id']).where('action', '=', 'SUPER_ADMIN_ACCESS').execute()
  assert.deepEqual(rows, [{ tenant_id: server.acme.tenantId, user_id: userId }])
  assert.deepEqual(outcome(await client.json(guarded, undefined, { headers: { 'x-company-id': '4711' } })), [403, 'no_company_access'])
})

test('ID-38 somebody without a company is asked for one, and may still see who they are', async (t) => {
  const server = await startWithPeople({}, t)
  const userId = await server.addPerson('sole', 'VIEWER')
  await server.ctx.db.kysely.deleteFrom('memberships').where('user_id', '=', userId).execute()
  const client = server.newClient()
  await client.signInApi('sole', password)
  assert.deepEqual(outcome(await client.json(guarded)), [400, 'company_required'])
  const me = await client.json('/api/v1/auth/me')
  assert.deepEqual([fields(me.body).tenant_id, fields(me.body).role, fields(me.body).permissions], [null, null, []])
  assert.deepEqual((await client.json('/api/v1/auth/companies')).body, { companies: [] })
})

test('ID-05 ID-74 K-11 no header, flag or malformed token opens a guarded route', async (t) => {
  const server = await startWithPeople({}, t)
  for (const headers of [
    {},
    { 'x-role': 'admin' },
    { 'x-api-key': 'andon_x' },
    { authorization: 'Bearer' },
    { authorization: 'Bearer invalid.token.here' },
    { authorization: 'Basic YW5hOlZhbGlkUGFzczEyMyE=' },
    { authorization: 'null' },
    { cookie: 'andon_sid=guess' },
    { cookie: '__Host-andon_sid=guess' },
  ] as Record<string, string>[]) {
    const { status, headers: sent } = await server.newClient().json('/api/v1/auth/me', undefined, { headers })
    assert.deepEqual([status, sent.get('www-authenticate')], [401, 'Bearer'], JSON.stringify(headers))
  }
})

test('4.6 a request with an Authorization header ignores its cookies', async (t) => {
  const server = await startWithPeople({}, t)
  const browser = server.newClient()
  await browser.signIn('ana', password)
  const cookie = `andon_sid=${browser.cookies.get('andon_sid')}`
  const me = (headers: Record<string, string>) => server.newClient().json('/api/v1/auth/me', undefined, { headers: { cookie, ...headers } })
  assert.equal((await me({})).status, 200)
  assert.deepEqual(outcome(await me({ authorization: 'Bearer invalid.token.here' })), [401, 'token_invalid'])
})

test('a token of before the version was raised is none', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  await server.ctx.db.kysely.updateTable('users').set({ token_version: 1 }).execute()
  assert.deepEqual(outcome(await client.json('/api/v1/auth/me')), [401, 'token_invalid'])
})

for (const [path, want] of [
  ['/account', '/account'],
  ['/t/acme/dashboard?x=1&y=/a', '/t/acme/dashboard?x=1&y=/a'],
  ['//evil.example', '/'],
  ['/\\evil.example', '/'],
  ['/a\\b', '/'],
  ['https://evil.example', '/'],
  ['javascript:alert(1)', '/'],
  ['/\t/evil.example', '/'],
  ['', '/'],
  [undefined, '/'],
  [['/account'], '/'],
] as const)
  test(`K-08 "next" ${JSON.stringify(path)} leads to ${want}`, () => assert.equal(localPath(path), want))
