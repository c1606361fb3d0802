import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { waitingMails } from '../../../test/harness/mails.ts'
import type { Engine } from '../../platform/db/index.ts'
import { newUuid } from '../../platform/ids/index.ts'
import { fields, noon, type People, password, startWithPeople } from '../people.fixture.ts'
import { createTenantWithAdmin } from '../tenants/index.ts'
import { insertUser } from '../users/index.ts'

type Answer = { readonly status: number; readonly body: unknown }
const codeOf = ({ status, body }: Answer) => [status, status < 300 ? 'ok' : fields(body).code]
const paths = ({ body }: Answer) => (fields(body).fields as { path: string; rule: string }[]).map(({ path, rule }) => `${path}:${rule}`)
const open = { ALLOW_COMPANY_CREATE: '1' }

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
const other = (server: People) =>
  createTenantWithAdmin(server.ctx.db, server.ctx, { companyName: 'Otra', username: 'otto', email: 'otto@example.com', password })
const withOperator = async (engine: Engine, t: TestContext) => {
  const server = await startWithPeople({ engine }, t)
  const rootId = await server.addPerson('root', 'ADMIN')
  await server.ctx.db.kysely.updateTable('users').set({ is_super_admin: 1 }).where('id', '=', rootId).execute()
  const root = server.newClient()
  await root.signInApi('root', password)
  return { server, root }
}
const signedIn = async (server: People, username: string) => {
  const client = server.newClient()
  await client.signInApi(username, password)
  return client
}
const patch = (body: unknown) => ({ method: 'PATCH', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })

forEachEngine('ID-53 AC-45 K-25 a company is founded, read, changed and closed; then it is not there', async (engine, t) => {
  const server = await startWithPeople({ engine, env: open }, t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const made = await client.json('/api/v1/companies', {
    company_name: 'Plásticos del Sur',
    nit: '900123456-8',
    phone: '+57 300 1234567',
    language: 'es',
  })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const company = fields(made.body)
  assert.deepEqual(
    [company.slug, company.tax_id, company.tax_id_type, company.tax_id_check_digit, company.user_role],
    ['plasticos-del-sur', '900123456', 'NIT', '8', 'OWNER'],
  )
  assert.deepEqual(company.limits, { max_users: 50, max_lines: 10 })
  assert.deepEqual(codeOf(await client.json('/api/v1/companies', { company_name: '  plasticos DEL sur ' })), [409, 'company_name_taken'])
  assert.deepEqual(codeOf(await client.json('/api/v1/companies', { company_name: 'X', slug: 'plasticos-del-sur' })), [409, 'slug_taken'])
  assert.deepEqual(codeOf(await client.json('/company/', { name: 'Otra', nit: '900.123.456' })), [409, 'tax_id_taken'])
  const second = await client.json('/api/v1/empresas', { nombre_empresa: 'Plásticos-del-Sur' })
  assert.deepEqual([second.status, fields(second.body).slug, second.headers.get('deprecation')], [201, 'plasticos-del-sur-2', 'true'])

  const list = await client.json('/company/my_companies')
  assert.deepEqual(
    (fields(list.body).items as { name: string }[]).map(({ name }) => name),
    ['Acme', 'Plásticos del Sur', 'Plásticos-del-Sur'],
  )
  for (const ref of ['plasticos-del-sur', String(company.id), String(company.uuid)])
    assert.equal(fields((await client.json(`/api/v1/companies/${ref}`)).body).name, 'Plásticos del Sur', ref)

  const changed = await client.json(
    '/api/v1/companies/plasticos-del-sur',
    undefined,
    patch({ name: 'Sur', employees_range: '11-50', website: 'https://sur.example.com', address: null }),
  )
  assert.deepEqual(
    [fields(changed.body).name, fields(changed.body).employees_range, fields(changed.body).tax_id],
    ['Sur', '11-50', '900123456'],
  )
  assert.deepEqual(codeOf(await client.json('/api/v1/companies/plasticos-del-sur', undefined, patch({ tax_id: '830063999' }))), [
    409,
    'tax_id_immutable',
  ])
  assert.equal((await client.json('/api/v1/companies/plasticos-del-sur', undefined, patch({ tax_id: '900123456-8' }))).status, 200)
  assert.deepEqual(codeOf(await client.json('/api/v1/companies/plasticos-del-sur', undefined, patch({ name: 'ACME' }))), [
    409,
    'company_name_taken',
  ])

  assert.equal((await client.fetch('/api/v1/companies/plasticos-del-sur', { method: 'DELETE' })).status, 204)
  assert.deepEqual(codeOf(await client.json('/api/v1/companies/plasticos-del-sur')), [404, 'company_not_found'])
  assert.deepEqual(codeOf(await client.json('/api/v1/auth/context', undefined, { headers: { 'x-company-id': String(company.uuid) } })), [
    403,
    'tenant_inactive',
  ])
  const audit = await server.ctx.db.kysely
    .selectFrom('audit_logs')
    .select('action')
    .where('tenant_id', '=', Number(company.id))
    .orderBy('id')
    .execute()
  assert.deepEqual(
    audit.map(({ action }) => action),
    // the second is its plant, given right after
    ['COMPANY_CREATED', 'ROLE_CHANGED', 'COMPANY_UPDATED', 'COMPANY_UPDATED', 'COMPANY_DEACTIVATED'],
  )
})

forEachEngine('ID-53 of companies founded at once under one name or tax id, one is', async (engine, t) => {
  const server = await startWithPeople({ engine, env: open }, t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const [names, numbers] = await Promise.all([
    Promise.all([1, 2, 3].map(() => client.json('/api/v1/companies', { name: 'Misma' }))),
    Promise.all(
      [1, 2, 3].map((n) => client.json('/api/v1/companies', { name: `Distinta ${n}`, tax_id: '30-50001091-2', tax_id_type: 'cuit' })),
    ),
  ])
  assert.deepEqual(names.map(({ status }) => status).sort(), [201, 409, 409])
  assert.deepEqual(numbers.map(codeOf).map(String).sort(), ['201,ok', '409,tax_id_taken', '409,tax_id_taken'])
})

test('ID-55 all faults of a profile come in one answer, and what is not of a profile changes nothing', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const bad = await client.json(
    '/api/v1/companies/me',
    undefined,
    patch({
      company_name: ' ',
      slug: '123',
      country_code: 'XX',
      company_type: 'otra',
      phone: 'llame',
      contact_email: 'no',
      website: 'javascript:alert(1)',
      linkedin_url: 'http://x',
      primary_color: 'red',
      employees_range: '9-3',
      legal_name: 'a\u202eb',
      description_short: 'x'.repeat(501),
      language: 'fr',
      timezone: 'Mars/X',
      nit: '900123456-1',
      signup_domains: ['gmail.com', 'acme.example', 'no domain'],
    }),
  )
  assert.equal(bad.status, 422)
  assert.deepEqual(paths(bad).sort(), [
    'company_name:length',
    'company_type:company_type',
    'contact_email:contact_email',
    'country_code:country_code',
    'description_short:description_short',
    'employees_range:employees_range',
    'language:enum',
    'legal_name:legal_name',
    'linkedin_url:linkedin_url',
    'nit:check_digit',
    'phone:phone',
    'primary_color:primary_color',
    'signup_domains:domain',
    'signup_domains:domain',
    'slug:slug',
    'timezone:time_zone',
    'website:website',
  ])
  const sly = await client.json(
    '/api/v1/companies/me',
    undefined,
    patch({ is_active: false, config: { limits: { max_users: 9 } }, uuid: 'x', limits: { max_users: 9 }, description: 'uno\ndos' }),
  )
  assert.equal(sly.status, 200)
  assert.deepEqual(
    [fields(sly.body).is_active, fields(sly.body).limits, fields(sly.body).description],
    [true, { max_users: null, max_lines: null }, 'uno\ndos'],
  )
})

forEachEngine("ID-53 ID-38 a stranger's company is not there, and a role that may not change it is refused", async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const foreign = await other(server)
  await server.addPerson('vera', 'VIEWER')
  const ana = server.newClient()
  await ana.signInApi('ana', password)
  const vera = server.newClient()
  await vera.signInApi('vera', password)
  for (const ref of ['otra', String(foreign.tenantId), foreign.tenantUuid, 'nobody', '4711']) {
    assert.deepEqual(codeOf(await ana.json(`/api/v1/companies/${ref}`)), [404, 'company_not_found'])
    assert.deepEqual(codeOf(await ana.json(`/api/v1/companies/${ref}`, undefined, patch({ name: 'Mía' }))), [404, 'company_not_found'])
    assert.deepEqual(codeOf(await ana.json(`/api/v1/companies/${ref}`, undefined, { method: 'DELETE' })), [404, 'company_not_found'])
    assert.deepEqual(codeOf(await ana.json(`/api/v1/companies/${ref}/users`)), [404, 'company_not_found'])
  }
  assert.equal((await vera.json('/api/v1/companies/acme')).status, 200)
  assert.deepEqual(codeOf(await vera.json('/api/v1/companies/acme', undefined, patch({ name: 'Mía' }))), [403, 'permission_denied'])
  assert.deepEqual(codeOf(await vera.json('/api/v1/companies/me', undefined, patch({ name: 'Mía' }))), [403, 'permission_denied'])
  assert.deepEqual(codeOf(await vera.json('/api/v1/companies/acme', undefined, { method: 'DELETE' })), [403, 'permission_denied'])
  assert.deepEqual(codeOf(await vera.json('/api/v1/companies/acme/users')), [403, 'permission_denied'])
  assert.deepEqual(codeOf(await ana.json('/api/v1/companies', { name: 'Nueva' })), [403, 'company_create_closed'])
  const people = await ana.json('/api/v1/companies/acme/users')
  assert.deepEqual(
    (fields(people.body).items as { username: string; role: string }[]).map(({ username, role }) => [username, role]),
    [
      ['ana', 'OWNER'],
      ['vera', 'VIEWER'],
    ],
  )
  const viewers = await ana.json('/company/acme/users/role/viewer')
  assert.deepEqual([(fields(viewers.body).items as unknown[]).length, viewers.headers.get('x-total-count')], [1, '1'])
  assert.deepEqual(codeOf(await ana.json('/api/v1/companies/acme/users/role/boss')), [422, 'validation_failed'])
})

test('ID-53 only somebody whose e-mail is proven founds a company', async (t) => {
  const server = await startWithPeople({ env: { ...open, REQUIRE_EMAIL_VERIFICATION: '0' } }, t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  await server.ctx.db.kysely.updateTable('users').set({ email_verified_at: null }).execute()
  assert.deepEqual(codeOf(await client.json('/api/v1/companies', { name: 'Nueva' })), [403, 'email_not_verified'])
})

forEachEngine('ID-55 ownership is handed over with the password, told to both, and nobody else gains by it', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const veraId = await server.addPerson('vera', 'VIEWER')
  const foreign = await other(server)
  const ana = server.newClient()
  await ana.signInApi('ana', password)
  const give = (userId: number, typed: string) => ana.json('/api/v1/companies/me/transfer-ownership', { user_id: userId, password: typed })
  assert.deepEqual(codeOf(await give(veraId, 'WrongPass123!')), [400, 'current_password_incorrect'])
  assert.deepEqual(codeOf(await give(server.acme.userId, password)), [409, 'own_role'])
  assert.deepEqual(codeOf(await give(foreign.userId, password)), [404, 'user_not_found'])
  assert.deepEqual((await give(veraId, password)).body, { user_id: veraId, username: 'vera', role: 'OWNER' })
  const rows = await server.ctx.db.kysely
    .selectFrom('memberships')
    .select(['user_id', 'role'])
    .where('tenant_id', '=', server.acme.tenantId)
    .orderBy('user_id')
    .execute()
  assert.deepEqual(
    rows.map(({ role }) => role),
    ['ADMIN', 'OWNER'],
  )
  assert.deepEqual(codeOf(await give(veraId, password)), [403, 'permission_denied'])
  const mails = await waitingMails(server.ctx)
  assert.deepEqual(mails.map(({ template, to }) => `${template} ${to}`).sort(), [
    'ownership_transferred ana@example.com',
    'ownership_transferred vera@example.com',
  ])
  const audit = await server.ctx.db.kysely
    .selectFrom('audit_logs')
    .select('details')
    .where('action', '=', 'OWNERSHIP_TRANSFERRED')
    .execute()
  assert.deepEqual(JSON.parse(audit[0]?.details ?? ''), { from: server.acme.userId, to: veraId, old: 'VIEWER' })
  assert.ok(!JSON.stringify(server.logLines).includes(password))
})

forEachEngine('ID-35 AC-42 K-38 a program chooses its company and works there by a token of its own', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { kysely } = server.ctx.db
  const second = await other(server)
  await join(server, server.acme.userId, second.tenantId, 'VIEWER')
  await kysely.updateTable('users').set({ default_tenant_id: null }).where('id', '=', server.acme.userId).execute()
  const client = server.newClient()
  const { refreshToken } = await client.signInApi('ana', password)
  assert.equal(fields((await client.json('/api/v1/auth/context')).body).tenant_id, null)
  assert.equal((fields((await client.json('/api/v1/auth/companies')).body).companies as unknown[]).length, 2)
  const chosen = await client.json('/api/v1/auth/select-company', { company_id: second.tenantUuid })
  const { access_token: contextToken, ...rest } = fields(chosen.body)
  assert.deepEqual(rest, {
    token_type: 'bearer',
    expires_in: 1800,
    tenant_id: second.tenantId,
    company_id: second.tenantUuid,
    company_name: 'Otra',
    slug: 'otra',
    role: 'VIEWER',
    user_role: 'viewer',
  })
  const within = (headers: Record<string, string>) =>
    client.json('/api/v1/auth/context', undefined, { headers: { authorization: `Bearer ${String(contextToken)}`, ...headers } })
  const context = fields((await within({})).body)
  assert.deepEqual(
    [context.tenant_id, context.company_id, context.user_role, context.role],
    [second.tenantId, second.tenantUuid, 'viewer', 'VIEWER'],
  )
  assert.equal((await within({ 'x-company-id': second.tenantUuid })).status, 200)
  assert.deepEqual(codeOf(await within({ 'x-company-id': server.acme.tenantUuid })), [403, 'tenant_mismatch'])
  // The access token was not changed by it; a refreshed one is of the company chosen.
  assert.equal(fields((await client.json('/api/v1/auth/context')).body).tenant_id, null)
  const renewed = await client.json('/api/v1/auth/refresh', { refresh_token: refreshToken })
  assert.equal(fields(renewed.body).tenant_id, second.tenantId)
  // 2.5-2: the token is worth nothing the moment the membership or the company is not.
  await kysely.updateTable('memberships').set({ status: 'suspended' }).where('tenant_id', '=', second.tenantId).execute()
  assert.deepEqual(codeOf(await within({})), [403, 'no_company_access'])
  assert.deepEqual(
    (await kysely.selectFrom('audit_logs').select('tenant_id').where('action', '=', 'COMPANY_SELECTED').execute()).map(
      (row) => row.tenant_id,
    ),
    [second.tenantId],
  )
  assert.ok(server.logLines.some(({ event, tenant_id: tenantId }) => event === 'company_selected' && tenantId === second.tenantId))
})

test('ID-35 ID-36 who is no member, names nothing, or names a closed company is refused; a stranger learns nothing', async (t) => {
  const server = await startWithPeople({}, t)
  const { kysely } = server.ctx.db
  const foreign = await other(server)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const choose = (companyId: unknown) => client.json('/auth/select-company', { company_id: companyId })
  const bodies = []
  for (const id of [foreign.tenantUuid, foreign.tenantId, 4711, '01a1fd41-06cf-7765-956b-dc196ec64433']) {
    const { status, body } = await choose(id)
    const { request_id: _, ...rest } = fields(body)
    bodies.push({ status, rest })
  }
  assert.deepEqual([bodies[0]?.status, bodies[0]?.rest.code], [403, 'no_company_access'])
  for (const body of bodies) assert.deepEqual(body, bodies[0])
  for (const bad of ['otra', '0', '-1', '1.5']) assert.deepEqual(codeOf(await choose(bad)), [400, 'invalid_company_id'], bad)
  assert.equal((await choose({})).status, 422)
  const own = await other2(server)
  await kysely.updateTable('tenants').set({ is_active: 0 }).where('id', '=', own).execute()
  assert.deepEqual(codeOf(await choose(own)), [403, 'tenant_inactive'])
  assert.deepEqual(codeOf(await choose(server.acme.tenantId)), [200, 'ok'])
})

/** A second company of ana. */
async function other2(server: People): Promise<number> {
  const { tenantId } = await createTenantWithAdmin(server.ctx.db, server.ctx, {
    companyName: 'Tercera',
    username: 'tere',
    email: 'tere@example.com',
    password,
  })
  await join(server, server.acme.userId, tenantId, 'VIEWER')
  return tenantId
}

forEachEngine('ID-35 ID-44 PL-TODO-50 a SUPER_ADMIN enters by choosing, noted once', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { kysely } = server.ctx.db
  const userId = await server.addPerson('root_', 'VIEWER')
  await kysely.deleteFrom('memberships').where('user_id', '=', userId).execute()
  await kysely.updateTable('users').set({ is_super_admin: 1, default_tenant_id: null }).where('id', '=', userId).execute()
  const client = server.newClient()
  await client.signInApi('root_', password)
  for (let times = 0; times < 2; times += 1)
    assert.equal(fields((await client.json('/api/v1/tenants/switch', { company_id: server.acme.tenantId })).body).role, 'SUPER_ADMIN')
  assert.equal((await kysely.selectFrom('audit_logs').select('id').where('action', '=', 'SUPER_ADMIN_ACCESS').execute()).length, 1)
})

forEachEngine('ID-35 a browser chooses its company: the session has a new name and starts there from now on', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const second = await other(server)
  await join(server, server.acme.userId, second.tenantId, 'ADMIN')
  const client = server.newClient()
  await client.signIn('ana', password)
  const before = client.cookies.get('andon_sid')
  const chosen = await client.json('/api/v1/auth/select-company', { company_id: second.tenantId, make_default: true })
  assert.equal(chosen.status, 200, JSON.stringify(chosen.body))
  assert.deepEqual([fields(chosen.body).access_token, typeof fields(chosen.body).csrf_token], [undefined, 'string'])
  const after = client.cookies.get('andon_sid')
  assert.notEqual(after, before)
  assert.equal(fields((await client.json('/api/v1/auth/context')).body).tenant_id, second.tenantId)
  const stolen = await server.newClient().json('/api/v1/auth/me', undefined, { headers: { cookie: `andon_sid=${before}` } })
  assert.equal(stolen.status, 401)
  // Pages carry their company: the other one is still one click away, in another tab too.
  const tabs = await Promise.all(
    ['/t/acme/admin/company', '/t/otra/admin/company'].map(async (path) =>
      (await client.fetch(path, { headers: { accept: 'text/html' } })).text(),
    ),
  )
  assert.match(tabs[0] ?? '', /value="Acme"/)
  assert.match(tabs[1] ?? '', /value="Otra"/)
  const again = server.newClient()
  await again.signIn('ana', password)
  assert.equal(fields((await again.json('/api/v1/auth/context')).body).tenant_id, second.tenantId)
})

forEachEngine('ID-53 ID-54 closing a company ends the sessions and tokens that work in it, at once, and no others', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const foreign = await other(server)
  const ana = server.newClient()
  await ana.signInApi('ana', password)
  const browser = server.newClient()
  await browser.signIn('ana', password)
  const otto = server.newClient()
  await otto.signInApi('otto', password)
  const own = await ana.json('/api/v1/companies/me', undefined, { method: 'DELETE' })
  assert.equal(own.status, 204)
  assert.deepEqual(codeOf(await browser.json('/api/v1/auth/me')), [401, 'session_ended'])
  assert.deepEqual(codeOf(await ana.json('/api/v1/companies/me')), [403, 'tenant_inactive'])
  assert.equal((await otto.json('/api/v1/companies/me')).status, 200)
  const ends = await server.ctx.db.kysely.selectFrom('user_logins').select('end_reason').where('logout_at', 'is not', null).execute()
  assert.deepEqual(ends, [{ end_reason: 'disabled' }])
  assert.ok(foreign)
})

forEachEngine('ID-54 a company is found by the letters of its tax id, however they are typed', async (engine, t) => {
  const { root, server } = await withOperator(engine, t)
  const rfc = { country_code: 'MX', tax_id_type: 'RFC', tax_id: 'ABC010203XY9' }
  assert.equal((await root.json(`/api/v1/tenants/${server.acme.slug}`, undefined, patch(rfc))).status, 200)
  for (const q of ['ABC0102', 'abc0102'])
    assert.deepEqual(
      (fields((await root.json(`/api/v1/tenants?q=${q}`)).body).items as { slug: string }[]).map(({ slug }) => slug),
      ['acme'],
      q,
    )
})

forEachEngine(
  'ID-54 what its owner closed stays closed when the platform disables it, and is whole again when it is opened',
  async (engine, t) => {
    const { root, server } = await withOperator(engine, t)
    const deletedAt = async () =>
      (await server.ctx.db.kysely.selectFrom('tenants').select('deleted_at').where('id', '=', server.acme.tenantId).executeTakeFirst())
        ?.deleted_at
    const ana = server.newClient()
    await ana.signInApi('ana', password)
    assert.equal((await ana.fetch('/api/v1/companies/acme', { method: 'DELETE' })).status, 204)
    await root.signInApi('root', password)
    const closedAt = await deletedAt()
    assert.equal(closedAt, server.clock.nowMs())
    assert.equal((await root.fetch('/api/v1/tenants/acme', { method: 'DELETE' })).status, 204)
    assert.equal(await deletedAt(), closedAt)
    assert.equal((await root.json('/api/v1/tenants/acme/activate', {})).status, 200)
    assert.equal(await deletedAt(), null)
  },
)

forEachEngine('ID-55 a company is not handed to somebody who cannot come in', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const vera = await server.addPerson('vera', 'ADMIN')
  await server.ctx.db.kysely.updateTable('users').set({ approval_status: 'rejected' }).where('id', '=', vera).execute()
  const ana = server.newClient()
  await ana.signInApi('ana', password)
  const given = await ana.json('/api/v1/companies/me/transfer-ownership', { user_id: vera, password })
  assert.deepEqual(codeOf(given), [404, 'user_not_found'])
})

test('ID-55 everybody who may receive the company is offered, whoever else there is', async (t) => {
  const server = await startWithPeople({}, t)
  const { db } = server.ctx
  for (let n = 0; n < 201; n += 1) {
    const username = `gone-${n}`
    const userId = await insertUser(
      db,
      { uuid: newUuid(), username, email: `${username}@example.com`, passwordHash: null, fullName: null, homeTenantId: null },
      noon,
    )
    await db.kysely.updateTable('users').set({ is_active: 0 }).where('id', '=', userId).execute()
    await join(server, userId, server.acme.tenantId, 'VIEWER')
  }
  const vera = await server.addPerson('vera', 'ADMIN')
  const ana = server.newClient()
  await ana.signIn('ana', password)
  const page = await (await ana.fetch('/t/acme/admin/company', { headers: { accept: 'text/html' } })).text()
  assert.match(page, new RegExp(`<option value="${vera}">vera</option>`))
  assert.ok(!page.includes('gone-1'))
})

forEachEngine(
  'ID-55 a mail domain is claimed by whoever reads its mails, not by an address that the company gave itself',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const vera = await server.addPerson('vera', 'ADMIN')
    const people = { own: await signedIn(server, 'vera'), boss: await signedIn(server, 'ana') }
    const claim = (client: Client) => client.json('/api/v1/companies/me', undefined, patch({ signup_domains: ['bigcorp.test'] }))
    const address = patch({ email: 'vera@bigcorp.test' })
    assert.equal((await people.boss.json(`/api/v1/users/${vera}`, undefined, address)).status, 200)
    const refused = await claim(people.own)
    assert.deepEqual([refused.status, paths(refused)], [422, ['signup_domains:own_domain']])
    const invited = await people.boss.json('/api/v1/users', { username: 'bob', email: 'bob@bigcorp.test', password, role: 'ADMIN' })
    assert.equal(invited.status, 201)
    await server.ctx.db.kysely.updateTable('users').set({ must_change_password: 0 }).where('username', '=', 'bob').execute()
    assert.equal((await claim(await signedIn(server, 'bob'))).status, 422)

    await people.boss.json('/api/v1/auth/forgot-password', { email: 'vera@bigcorp.test' })
    const link = (await waitingMails(server.ctx)).findLast(({ template }) => template === 'password_reset')
    const token = /token=([\w-]{43})/.exec(JSON.stringify(link))?.[1]
    const newPassword = 'NewPass456!'
    assert.equal((await people.boss.json('/api/v1/auth/reset-password', { token, new_password: newPassword })).status, 200)
    const proven = server.newClient()
    await proven.signInApi('vera', newPassword)
    const claimed = await claim(proven)
    assert.deepEqual([claimed.status, fields(claimed.body).signup_domains], [200, ['bigcorp.test']])
  },
)
