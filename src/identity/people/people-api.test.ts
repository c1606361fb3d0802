import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { waitingMails } from '../../../test/harness/mails.ts'
import type { Engine } from '../../platform/db/index.ts'
import { seedCatalogs } from '../../platform/geo/index.ts'
import { hasPin, setPin } from '../displays/index.ts'
import { fields, type People, password, startWithPeople } from '../people.fixture.ts'
import { createTenantWithAdmin, updateTenantConfig } from '../tenants/index.ts'

type Row = Record<string, unknown>
const start = (engine: Engine, t: Parameters<typeof startWithPeople>[1]) =>
  startWithPeople({ engine, env: { RATE_LIMIT_PER_MINUTE: '100000' } }, t)
const signedIn = async (server: People, username: string): Promise<Client> => {
  const client = server.newClient()
  await client.signInApi(username, password)
  return client
}
const items = (body: unknown) => fields(body).items as Row[]
const names = (body: unknown) => items(body).map((item) => item.username)
const codeOf = ({ status, body }: { status: number; body: unknown }) => `${status} ${String(fields(body).code)}`
const send = (client: Client, method: string, path: string, body?: unknown) => client.json(`/api/v1/users${path}`, body, { method })
const actionsOf = async (server: People, userId?: number) => {
  const rows = await server.ctx.db.kysely.selectFrom('audit_logs').select(['action', 'entity_id', 'details']).orderBy('id').execute()
  return rows.filter((row) => userId === undefined || row.entity_id === String(userId)).map(({ action }) => action)
}
const stateOf = (server: People, userId: number) =>
  server.ctx.db.kysely.selectFrom('users').selectAll().where('id', '=', userId).executeTakeFirstOrThrow()
const membershipOf = (server: People, userId: number, tenantId = server.acme.tenantId) =>
  server.ctx.db.kysely
    .selectFrom('memberships')
    .selectAll()
    .where('user_id', '=', userId)
    .where('tenant_id', '=', tenantId)
    .executeTakeFirst()
const setUser = (server: People, userId: number, change: Row) =>
  server.ctx.db.kysely.updateTable('users').set(change).where('id', '=', userId).execute()
/** Signed up and waiting. */
const addPending = async (server: People, username: string) => {
  const userId = await server.addPerson(username, 'VIEWER')
  await setUser(server, userId, { approval_status: 'pending', approved_at: null })
  await server.ctx.db.kysely.updateTable('memberships').set({ status: 'pending' }).where('user_id', '=', userId).execute()
  return userId
}
/** A second company, and somebody whose account is its own, with a membership in Acme. */
const addForeigner = async (server: People, username: string, role = 'VIEWER') => {
  const { db, clock } = server.ctx
  const other = await createTenantWithAdmin(
    db,
    { clock },
    { companyName: `Home of ${username}`, username: `boss-${username}`, email: `boss-${username}@other.test`, password },
  )
  const userId = await server.addPerson(username, 'VIEWER', other.tenantId)
  const nowMs = clock.nowMs()
  await db.kysely
    .insertInto('memberships')
    .values({
      user_id: userId,
      tenant_id: server.acme.tenantId,
      role,
      permissions: '[]',
      modules: null,
      status: 'active',
      joined_at: nowMs,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .execute()
  return { userId, tenantId: other.tenantId }
}
const makeSuperAdmin = (server: People, userId: number) => setUser(server, userId, { is_super_admin: 1 })

forEachEngine('ID-48 the list has pages in both ways, a clamp, a total, and its order', async (engine, t) => {
  const server = await start(engine, t)
  const ids = [server.acme.userId]
  for (const n of [1, 2, 3, 4]) ids.push(await server.addPerson(`worker${n}`, 'OPERATOR'))
  const ana = await signedIn(server, 'ana')
  const first = await ana.json('/api/v1/users?page=1&per_page=2')
  assert.equal(first.headers.get('x-total-count'), '5')
  assert.deepEqual(fields(first.body).meta, { page: 1, per_page: 2, pages: 3, total: 5 })
  assert.deepEqual(
    items(first.body).map(({ id }) => id),
    ids.slice(0, 2),
  )
  assert.deepEqual(
    items((await ana.json('/api/v1/users?page=3&per_page=2')).body).map(({ id }) => id),
    ids.slice(4),
  )
  assert.deepEqual(
    items((await ana.json('/api/v1/users/?skip=1&limit=3')).body).map(({ id }) => id),
    ids.slice(1, 4),
  )
  assert.deepEqual(fields((await ana.json('/api/v1/users?per_page=5000')).body).meta, { page: 1, per_page: 100, pages: 1, total: 5 })
  assert.deepEqual(items((await ana.json('/api/v1/users?page=9')).body), [])
  for (const bad of ['page=1&skip=0', 'limit=2&per_page=2', 'page=x', 'page=0', 'skip=-1', 'status=sleeping'])
    assert.equal((await ana.json(`/api/v1/users?${bad}`)).status, 422, bad)
  assert.deepEqual(names((await ana.json('/api/v1/users?role=supervisor')).body), [])
  assert.deepEqual(names((await ana.json('/api/v1/users?role=editor')).body).length, 4)
  assert.deepEqual(names((await ana.json('/api/v1/users?unknown=1&role=owner')).body), ['ana'])
})

forEachEngine(
  'ID-48 a search finds parts of names and addresses in any case, with accents, and takes wildcards literally',
  async (engine, t) => {
    const server = await start(engine, t)
    const ana = await signedIn(server, 'ana')
    const add = (username: string, full_name: string) =>
      send(ana, 'POST', '', { username, full_name, email: `${username}@example.com`, password, role: 'VIEWER' })
    assert.equal((await add('pía', 'Pía Peña Ñandú')).status, 201)
    assert.equal((await add('hundred', '100% Real_Name!')).status, 201)
    for (const [q, want] of [
      ['PEÑA', ['pía']],
      ['peña', ['pía']],
      ['pena', ['pía']],
      ['ÑANDÚ', ['pía']],
      ['PÍA', ['pía']],
      ['ANA@EXAMPLE', ['ana']],
      ['0%', ['hundred']],
      ['real_n', ['hundred']],
      ['name!', ['hundred']],
      ['_', ['hundred']],
      ['%', ['hundred']],
      ["' or 1=1 --", []],
      ['\\', []],
    ] as const)
      assert.deepEqual(names((await ana.json(`/api/v1/users?q=${encodeURIComponent(q)}`)).body), want, q)
  },
)

forEachEngine(
  'ID-48 K-13 who waits, was refused or is disabled is filtered for who decides, and hidden from the others',
  async (engine, t) => {
    const server = await start(engine, t)
    await server.addPerson('marta', 'MANAGER')
    await server.addPerson('vera', 'VIEWER')
    await addPending(server, 'pedro')
    const rosa = await addPending(server, 'rosa')
    const dora = await server.addPerson('dora', 'VIEWER')
    const ana = await signedIn(server, 'ana')
    assert.equal((await send(ana, 'PATCH', `/${rosa}/reject`, {})).status, 200)
    assert.equal((await send(ana, 'POST', `/${dora}/disable`)).status, 200)
    const by = async (client: Client, status: string) => names((await client.json(`/api/v1/users?status=${status}`)).body)
    assert.deepEqual(await by(ana, 'pending'), ['pedro'])
    assert.deepEqual(await by(ana, 'rejected'), ['rosa'])
    assert.deepEqual(await by(ana, 'disabled'), ['dora'])
    assert.deepEqual(await by(ana, 'approved'), ['ana', 'marta', 'vera', 'dora'])
    const marta = await signedIn(server, 'marta')
    assert.equal(codeOf(await marta.json('/api/v1/users?status=pending')), '403 permission_denied')
    assert.equal(codeOf(await marta.json('/api/v1/users?status=rejected')), '403 permission_denied')
    assert.deepEqual(names((await marta.json('/api/v1/users')).body), ['ana', 'marta', 'vera', 'dora'])
    assert.equal((await marta.json(`/api/v1/users/${rosa}`)).status, 404)
    assert.ok(!('locked_until' in (items((await marta.json('/api/v1/users')).body)[0] ?? {})))
    assert.ok('locked_until' in (items((await ana.json('/api/v1/users')).body)[0] ?? {}))
    const vera = await signedIn(server, 'vera')
    assert.equal(codeOf(await vera.json('/api/v1/users')), '403 permission_denied')
    assert.equal(codeOf(await vera.json('/api/v1/users/ana')), '403 permission_denied')
    assert.equal(fields((await vera.json('/api/v1/users/vera')).body).username, 'vera')
  },
)

forEachEngine('ID-49 a person is named by id, UUID or username; nobody of another company is there', async (engine, t) => {
  const server = await start(engine, t)
  const marta = await server.addPerson('marta', 'MANAGER')
  const { uuid } = await stateOf(server, marta)
  const foreign = await addForeigner(server, 'fabio')
  const boss = await server.ctx.db.kysely
    .selectFrom('users')
    .select(['id', 'uuid'])
    .where('username', '=', 'boss-fabio')
    .executeTakeFirstOrThrow()
  const ana = await signedIn(server, 'ana')
  for (const ref of [String(marta), uuid, uuid.toUpperCase(), 'marta', 'MARTA', '%20marta'])
    assert.equal(fields((await ana.json(`/api/v1/users/${ref}`)).body).user_id, marta, ref)
  assert.equal(fields((await ana.json(`/api/v1/users/${foreign.userId}`)).body).username, 'fabio')
  for (const ref of [boss.id, boss.uuid, 'boss-fabio', '999999', '99999999999999999999', 'nobody', 'null', 'marta%20x'])
    for (const [method, path, body] of [
      ['GET', ''],
      ['PATCH', '', { role: 'VIEWER' }],
      ['DELETE', ''],
      ['POST', '/disable'],
      ['PATCH', '/approve', {}],
      ['POST', '/send-reset'],
    ] as const)
      assert.equal(codeOf(await send(ana, method, `/${ref}${path}`, body)), '404 user_not_found', `${method} ${ref}${path}`)
  assert.equal(fields((await ana.json('/api/v1/users/me')).body).username, 'ana')
  assert.equal(fields((await send(ana, 'POST', '', { username: 'me', email: 'me@example.com', password })).body).code, 'validation_failed')
})

forEachEngine(
  'ID-49 ID-47 an administrator makes a person: approved, with a password to change, within the limit, never above themselves',
  async (engine, t) => {
    const server = await start(engine, t)
    await server.addPerson('adam', 'ADMIN')
    const adam = await signedIn(server, 'adam')
    const body = {
      username: 'Nora',
      email: 'Nora@Example.com',
      password,
      role: 'operator',
      full_name: 'Nora Núñez',
      xp_total: 99,
      is_super_admin: true,
      permissions: ['export_data'],
    }
    const made = await send(adam, 'POST', '', body)
    assert.equal(made.status, 201)
    const nora = fields(made.body)
    const { username, email, role, status, is_approved, must_change_password, xp_total, grants, email_verified } = nora
    assert.deepEqual(
      { username, email, role, status, is_approved, must_change_password, xp_total, grants, email_verified },
      {
        username: 'nora',
        email: 'nora@example.com',
        role: 'OPERATOR',
        status: 'approved',
        is_approved: true,
        must_change_password: true,
        xp_total: 0,
        grants: ['export_data'],
        email_verified: true,
      },
    )
    assert.ok((nora.permissions as string[]).includes('export_data'))
    assert.ok(!JSON.stringify(nora).match(/hash|secret|argon/))
    assert.equal((await stateOf(server, Number(nora.id))).is_super_admin, 0)
    assert.deepEqual(await actionsOf(server, Number(nora.id)), ['USER_CREATED'])
    const attempt = async (change: Row) =>
      codeOf(await send(adam, 'POST', '', { ...body, username: 'other', email: 'other@example.com', permissions: [], ...change }))
    assert.equal(await attempt({ username: 'nora' }), '409 username_taken')
    assert.equal(await attempt({ email: 'NORA@example.com' }), '409 email_taken')
    assert.equal(await attempt({ role: 'OWNER' }), '403 role_above_own')
    assert.equal(await attempt({ permissions: ['delete_company'] }), '403 permission_not_held')
    assert.equal(await attempt({ permissions: ['manage_tenants'] }), '403 permission_not_held')
    assert.equal(await attempt({ tenant_id: server.acme.tenantId + 1 }), '403 no_company_access')
    const wrong = await send(adam, 'POST', '', {
      username: 'x',
      email: 'y',
      password: 'short',
      role: 'KING',
      permissions: ['fly'],
      modules: ['moon'],
      birth_date: 'soon',
    })
    assert.deepEqual(
      (fields(wrong.body).fields as Row[])
        .map(({ path }) => path)
        .filter((path, index, all) => all.indexOf(path) === index)
        .sort(),
      ['birth_date', 'email', 'modules', 'password', 'permissions', 'role', 'username'],
    )
    await updateTenantConfig(server.ctx.db, server.ctx, null, server.acme.tenantId, (config) => ({ ...config, limits: { max_users: 4 } }))
    const raced = await Promise.all([1, 2, 3].map((n) => attempt({ username: `racer${n}`, email: `racer${n}@example.com` })))
    assert.deepEqual(raced.sort(), ['201 undefined', '409 tenant_user_limit', '409 tenant_user_limit'])
  },
)

forEachEngine('ID-29 approving lets in, rejecting does not; each once, with its mail and its audit row', async (engine, t) => {
  const server = await start(engine, t)
  const pedro = await addPending(server, 'pedro')
  const rosa = await addPending(server, 'rosa')
  const ana = await signedIn(server, 'ana')
  const refused = await server.newClient().json('/api/v1/auth/login', { username: 'pedro', password })
  assert.equal(codeOf(refused), '403 not_approved')
  const approved = await Promise.all([1, 2, 3].map(() => send(ana, 'PATCH', '/pedro/approve', { role: 'operator', category: 'inspector' })))
  for (const { status, body } of approved) {
    assert.equal(status, 200)
    const { role, category, status: state, is_approved } = fields(fields(body).user)
    assert.deepEqual(
      { role, category, state, is_approved },
      { role: 'OPERATOR', category: 'inspector', state: 'approved', is_approved: true },
    )
  }
  const state = await stateOf(server, pedro)
  assert.deepEqual([state.approval_status, state.approved_by], ['approved', server.acme.userId])
  assert.equal((await membershipOf(server, pedro))?.approved_by, server.acme.userId)
  await signedIn(server, 'pedro')
  const rejected = await ana.json(`/admin/users/${rosa}/reject`, { reason: 'No trabaja aquí' })
  assert.equal(rejected.status, 200)
  assert.equal(rejected.headers.get('deprecation'), 'true')
  assert.equal((await send(ana, 'POST', '/rosa/reject', { reason: 'again' })).status, 200)
  assert.equal(codeOf(await send(ana, 'PATCH', '/pedro/reject', {})), '409 not_pending')
  assert.deepEqual(await actionsOf(server, pedro), ['USER_CREATED', 'USER_APPROVED'])
  assert.deepEqual(await actionsOf(server, rosa), ['USER_CREATED', 'USER_REJECTED'])
  const mails = await waitingMails(server.ctx)
  assert.deepEqual(
    mails.map(({ template, to }) => `${template} ${to}`),
    ['approved pedro@example.com', 'rejected rosa@example.com'],
  )
  assert.match(mails[1]?.text ?? '', /No trabaja aquí/)
  assert.equal(codeOf(await server.newClient().json('/api/v1/auth/login', { username: 'rosa', password })), '403 not_approved')
  assert.equal((await send(ana, 'POST', '/rosa/approve', {})).status, 200)
  await signedIn(server, 'rosa')
  assert.deepEqual(
    server.logLines.filter(({ event }) => /^user_(approved|rejected)$/.test(String(event))).map(({ event }) => event),
    ['user_approved', 'user_rejected', 'user_approved'],
  )
})

forEachEngine(
  'ID-29 ID-47 nobody approves above themselves, with an unknown role, or more people than the company may have',
  async (engine, t) => {
    const server = await start(engine, t)
    await server.addPerson('adam', 'ADMIN')
    await server.addPerson('marta', 'MANAGER')
    for (const name of ['p1', 'p2', 'p3'].map((word) => `wait${word}`)) await addPending(server, name)
    const adam = await signedIn(server, 'adam')
    assert.equal(codeOf(await send(adam, 'PATCH', '/waitp1/approve', { role: 'OWNER' })), '403 role_above_own')
    assert.equal(codeOf(await send(adam, 'PATCH', '/waitp1/approve', { role: 'KING' })), '422 validation_failed')
    assert.equal(codeOf(await send(adam, 'PATCH', '/waitp1/approve', { category: 'jefe' })), '422 validation_failed')
    assert.equal(codeOf(await send(await signedIn(server, 'marta'), 'PATCH', '/waitp1/approve', {})), '403 permission_denied')
    await updateTenantConfig(server.ctx.db, server.ctx, null, server.acme.tenantId, (config) => ({ ...config, limits: { max_users: 4 } }))
    const raced = await Promise.all(
      ['waitp1', 'waitp2', 'waitp3'].map(async (name) => codeOf(await send(adam, 'PATCH', `/${name}/approve`, {}))),
    )
    assert.deepEqual(raced.sort(), ['200 undefined', '409 tenant_user_limit', '409 tenant_user_limit'])
  },
)

forEachEngine('ID-42 roles, grants and modules change by the rules, and at once', async (engine, t) => {
  const server = await start(engine, t)
  await server.addPerson('adam', 'ADMIN')
  await server.addPerson('other', 'ADMIN')
  const vera = await server.addPerson('vera', 'VIEWER')
  const [ana, adam, veraClient] = [await signedIn(server, 'ana'), await signedIn(server, 'adam'), await signedIn(server, 'vera')]
  assert.equal((await veraClient.json('/api/v1/users')).status, 403)
  const changed = await send(adam, 'PATCH', `/${vera}`, { role: 'supervisor', permissions: ['view_audit_log'], modules: ['factory'] })
  assert.equal(changed.status, 200)
  const { role, grants, modules, permissions } = fields(changed.body) as Record<string, string[]>
  assert.deepEqual({ role, grants, modules }, { role: 'MANAGER', grants: ['view_audit_log'], modules: ['factory'] })
  assert.ok(permissions?.includes('view_audit_log') && permissions.includes('view_dashboard') && !permissions.includes('view_stock'))
  assert.equal((await veraClient.json('/api/v1/users')).status, 200)
  assert.deepEqual(await actionsOf(server, vera), ['USER_CREATED', 'ROLE_CHANGED', 'PERMISSIONS_CHANGED'])
  const attempt = async (client: Client, ref: string, body: Row) => codeOf(await send(client, 'PATCH', `/${ref}`, body))
  assert.equal(await attempt(adam, 'adam', { role: 'OWNER' }), '403 own_role')
  assert.equal(await attempt(adam, 'adam', { modules: null }), '403 own_role')
  assert.equal(await attempt(ana, 'ana', { role: 'VIEWER' }), '403 own_role')
  assert.equal(await attempt(adam, 'vera', { role: 'OWNER' }), '403 role_above_own')
  assert.equal(await attempt(adam, 'ana', { role: 'VIEWER' }), '403 role_above_own')
  assert.equal(await attempt(adam, 'ana', { full_name: 'Gotcha' }), '403 role_above_own')
  assert.equal(await attempt(adam, 'vera', { permissions: ['transfer_ownership'] }), '403 permission_not_held')
  assert.equal(await attempt(ana, 'vera', { permissions: ['manage_tenants'] }), '403 permission_not_held')
  assert.equal(await attempt(adam, 'vera', { permissions: ['fly'] }), '422 validation_failed')
  assert.equal(await attempt(adam, 'vera', { role: 'INVALID_ROLE' }), '422 validation_failed')
  assert.equal(await attempt(adam, 'other', { role: 'VIEWER' }), '200 undefined')
  assert.equal(await attempt(ana, 'adam', { modules: ['factory'] }), '200 undefined')
  assert.equal(await attempt(adam, 'vera', { modules: null }), '403 permission_not_held')
  assert.equal(await attempt(adam, 'vera', { modules: ['factory', 'erp'] }), '403 permission_not_held')
  const unchanged = await send(adam, 'PATCH', `/${vera}`, {})
  assert.equal(unchanged.status, 200)
  assert.equal(fields(unchanged.body).role, 'MANAGER')
})

forEachEngine('ID-42 with manage_users alone nobody changes roles', async (engine, t) => {
  const server = await start(engine, t)
  await server.addPerson('vera', 'VIEWER')
  const helper = await server.addPerson('helper', 'MANAGER')
  await server.ctx.db.kysely.updateTable('memberships').set({ permissions: '["manage_users"]' }).where('user_id', '=', helper).execute()
  const client = await signedIn(server, 'helper')
  assert.equal(codeOf(await send(client, 'PATCH', '/vera', { role: 'OPERATOR' })), '403 permission_denied')
  assert.equal(codeOf(await send(client, 'PATCH', '/vera', { full_name: 'Vera Vega' })), '200 undefined')
})

forEachEngine('ID-49 a company keeps an owner, whatever is tried at once', async (engine, t) => {
  const server = await start(engine, t)
  const olga = await server.addPerson('olga', 'OWNER')
  const [ana, olgaClient] = [await signedIn(server, 'ana'), await signedIn(server, 'olga')]
  const outcome = await Promise.all([
    send(ana, 'PATCH', `/${olga}`, { role: 'ADMIN' }),
    send(olgaClient, 'PATCH', `/${server.acme.userId}`, { role: 'ADMIN' }),
  ])
  const owners = await server.ctx.db.kysely
    .selectFrom('memberships')
    .select('user_id')
    .where('role', '=', 'OWNER')
    .where('tenant_id', '=', server.acme.tenantId)
    .execute()
  assert.ok(owners.length >= 1, outcome.map(codeOf).join(', '))
  const operator = await server.addPerson('root', 'VIEWER')
  await makeSuperAdmin(server, operator)
  const root = await signedIn(server, 'root')
  root.headers['x-company-id'] = String(server.acme.tenantId)
  await send(root, 'PATCH', `/${server.acme.userId}`, { role: 'OWNER' })
  await send(root, 'PATCH', `/${olga}`, { role: 'OWNER' })
  const both = await Promise.all(
    [server.acme.userId, olga].flatMap((id) => [
      send(root, 'PATCH', `/${id}`, { role: 'VIEWER' }),
      send(root, 'POST', `/${id}/disable`),
      send(root, 'POST', `/${id}/suspend`),
      send(root, 'DELETE', `/${id}`),
    ]),
  )
  assert.ok(
    both.some((answer) => codeOf(answer) === '409 last_owner'),
    both.map(codeOf).join(', '),
  )
  const left = await server.ctx.db.kysely
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select('u.id')
    .where('m.tenant_id', '=', server.acme.tenantId)
    .where('m.role', '=', 'OWNER')
    .where('m.status', '=', 'active')
    .where('u.is_active', '=', 1)
    .where('u.deleted_at', 'is', null)
    .execute()
  assert.equal(left.length, 1, both.map(codeOf).join(', '))
})

forEachEngine('ID-43 K-48 an account of another company is not this one’s to read or change, only its membership', async (engine, t) => {
  const server = await start(engine, t)
  const { userId, tenantId } = await addForeigner(server, 'fabio')
  await setUser(server, userId, { national_id: '0912345678', phone: '+593 2 222', birth_date: '1990-01-01' })
  const before = await stateOf(server, userId)
  const ana = await signedIn(server, 'ana')
  const shown = fields((await ana.json('/api/v1/users/fabio')).body)
  const {
    email,
    mfa_enabled,
    is_active,
    disabled,
    must_change_password,
    email_verified,
    national_id,
    phone,
    birth_date,
    is_home,
    username,
  } = shown
  assert.deepEqual(
    { email, mfa_enabled, is_active, disabled, must_change_password, email_verified, national_id, phone, birth_date, is_home, username },
    {
      email: 'f***@example.com',
      mfa_enabled: null,
      is_active: null,
      disabled: null,
      must_change_password: null,
      email_verified: null,
      national_id: null,
      phone: null,
      birth_date: null,
      is_home: false,
      username: 'fabio',
    },
  )
  assert.deepEqual(names((await ana.json('/api/v1/users?q=fabio%40example')).body), [], 'not to be found by what is not shown')
  assert.deepEqual(names((await ana.json('/api/v1/users?q=fabio')).body), ['fabio'])
  for (const [method, path, body] of [
    ['PATCH', '', { email: 'mine@example.com' }],
    ['PATCH', '', { full_name: 'Mine' }],
    ['PUT', '', { national_id: '1' }],
    ['POST', '/disable'],
    ['POST', '/enable'],
    ['POST', '/require-password-change'],
    ['POST', '/send-reset'],
    ['POST', '/unlock'],
    ['POST', '/mfa-reset'],
  ] as const)
    assert.equal(codeOf(await send(ana, method, `/fabio${path}`, body)), '403 other_home_tenant', `${method} ${path}`)
  assert.deepEqual(await stateOf(server, userId), before)
  await setUser(server, userId, { is_active: 0 })
  assert.deepEqual(names((await ana.json('/api/v1/users?status=disabled')).body), [], 'disabling is the other company’s affair')
  await setUser(server, userId, { is_active: 1 })
  assert.equal((await send(ana, 'PATCH', '/fabio', { role: 'OPERATOR' })).status, 200)
  assert.equal((await send(ana, 'POST', '/fabio/suspend')).status, 200)
  assert.deepEqual(names((await ana.json('/api/v1/users?status=disabled')).body), ['fabio'])
  const fabio = await signedIn(server, 'fabio')
  assert.equal((await fabio.json('/api/v1/dashboard/data', {}, { headers: { 'x-company-id': String(server.acme.tenantId) } })).status, 403)
  assert.equal((await send(ana, 'POST', '/fabio/reactivate')).status, 200)
  assert.equal((await membershipOf(server, userId))?.status, 'active')
  assert.equal((await send(ana, 'DELETE', '/fabio')).status, 204)
  assert.equal(await membershipOf(server, userId), undefined)
  assert.equal((await membershipOf(server, userId, tenantId))?.status, 'active')
  const after = await stateOf(server, userId)
  assert.deepEqual([after.username, after.deleted_at, after.home_tenant_id], ['fabio', null, tenantId])
  assert.equal((await ana.json('/api/v1/users/fabio')).status, 404)
  assert.deepEqual((await waitingMails(server.ctx)).length, 0)
})

forEachEngine('ID-43 an approval here decides on the membership, not on another company’s account', async (engine, t) => {
  const server = await start(engine, t)
  const { userId } = await addForeigner(server, 'fabio')
  await server.ctx.db.kysely
    .updateTable('memberships')
    .set({ status: 'pending' })
    .where('user_id', '=', userId)
    .where('tenant_id', '=', server.acme.tenantId)
    .execute()
  await setUser(server, userId, { approval_status: 'pending' })
  const ana = await signedIn(server, 'ana')
  assert.equal(codeOf(await send(ana, 'PATCH', '/fabio/approve', { category: 'operario' })), '403 other_home_tenant')
  assert.equal((await send(ana, 'PATCH', '/fabio/approve', {})).status, 200)
  assert.equal((await membershipOf(server, userId))?.status, 'active')
  assert.equal((await stateOf(server, userId)).approval_status, 'pending')
})

forEachEngine(
  'ID-49 disabling ends sessions and sign-ins everywhere; enabling undoes it; nobody does it to themselves',
  async (engine, t) => {
    const server = await start(engine, t)
    const vera = await server.addPerson('vera', 'VIEWER')
    const [ana, veraClient] = [await signedIn(server, 'ana'), await signedIn(server, 'vera')]
    assert.equal(codeOf(await send(ana, 'POST', '/ana/disable')), '403 own_account')
    assert.equal(codeOf(await send(ana, 'POST', '/me/suspend')), '403 own_account')
    assert.equal((await send(ana, 'POST', '/vera/disable')).status, 200)
    assert.equal((await send(ana, 'POST', '/vera/disable')).status, 200)
    assert.equal((await veraClient.json('/api/v1/auth/me')).status, 401)
    assert.equal(codeOf(await server.newClient().json('/api/v1/auth/login', { username: 'vera', password })), '403 account_disabled')
    const session = await server.ctx.db.kysely
      .selectFrom('sessions')
      .select('end_reason')
      .where('user_id', '=', vera)
      .executeTakeFirstOrThrow()
    assert.equal(session.end_reason, 'disabled')
    const enabled = await send(ana, 'POST', '/vera/enable')
    assert.equal(fields(fields(enabled.body).user).disabled, false)
    await signedIn(server, 'vera')
    assert.deepEqual(await actionsOf(server, vera), ['USER_CREATED', 'USER_DISABLED', 'USER_ENABLED'])
  },
)

forEachEngine('ID-49 a new password is demanded, a reset mailed, an account unlocked, a second factor removed', async (engine, t) => {
  const server = await start(engine, t)
  const vera = await server.addPerson('vera', 'VIEWER')
  const ana = await signedIn(server, 'ana')
  const demanded = await send(ana, 'POST', '/vera/require-password-change')
  assert.equal(fields(fields(demanded.body).user).must_change_password, true)
  assert.equal(codeOf(await send(ana, 'POST', '/ana/require-password-change')), '403 own_account')
  const reset = await send(ana, 'POST', '/vera/send-reset')
  assert.deepEqual(reset.body, { sent: true })
  const [mail] = await waitingMails(server.ctx)
  assert.deepEqual([mail?.template, mail?.to], ['password_reset', 'vera@example.com'])
  assert.match(mail?.path ?? '', /^\/reset-password\?token=[\w-]{43}$/)
  assert.ok(!JSON.stringify(server.logLines).includes(mail?.token ?? 'no token'))
  const nowMs = server.clock.nowMs()
  await server.ctx.db.kysely
    .insertInto('totp_credentials')
    .values({ user_id: vera, secret_enc: 'x', confirmed_at: nowMs, last_used_step: null, created_at: nowMs, updated_at: nowMs })
    .execute()
  assert.equal(fields((await ana.json('/api/v1/users/vera')).body).mfa_enabled, true)
  const removed = await send(ana, 'POST', '/vera/mfa-reset')
  assert.equal(fields(fields(removed.body).user).mfa_enabled, false)
  for (let n = 0; n < 5; n++) await server.newClient().json('/api/v1/auth/login', { username: 'vera', password: 'WrongPassword1!' })
  assert.equal((await send(ana, 'POST', '/vera/unlock')).status, 200)
  assert.deepEqual(
    (await actionsOf(server, vera)).filter((action) => !/LOGIN/.test(action)),
    ['USER_CREATED', 'USER_UPDATED', 'PASSWORD_RESET_REQUESTED', 'MFA_RESET', 'USER_UNLOCKED'],
  )
})

forEachEngine('ID-49 a new address set by the company is told to the old one, and old links die', async (engine, t) => {
  const server = await start(engine, t)
  const vera = await server.addPerson('vera', 'VIEWER')
  const ana = await signedIn(server, 'ana')
  await send(ana, 'POST', '/vera/send-reset')
  assert.equal(codeOf(await send(ana, 'PATCH', '/vera', { email: 'ANA@example.com' })), '409 email_taken')
  assert.equal(codeOf(await send(ana, 'PATCH', '/vera', { email: 'no' })), '422 validation_failed')
  assert.equal(codeOf(await send(ana, 'PATCH', '/ana', { email: 'new@example.com' })), '403 own_account')
  const changed = await send(ana, 'PATCH', '/vera', { email: 'Vera.New@example.com' })
  assert.equal(fields(changed.body).email, 'vera.new@example.com')
  const mails = await waitingMails(server.ctx)
  assert.deepEqual(
    mails.map(({ template, to }) => `${template} ${to}`),
    ['password_reset vera@example.com', 'email_changed vera@example.com'],
  )
  assert.ok((await actionsOf(server, vera)).includes('EMAIL_CHANGED'))
  const open = await server.ctx.db.kysely.selectFrom('link_tokens').selectAll().where('user_id', '=', vera).execute()
  assert.equal(open.filter((link) => link.used_at === null && link.expires_at > server.clock.nowMs()).length, 0)
})

forEachEngine('ID-49 the last membership takes the account of the company with it, without a name left', async (engine, t) => {
  const server = await start(engine, t)
  const vera = await server.addPerson('vera', 'VIEWER')
  await setUser(server, vera, { full_name: 'Vera Vega', phone: '+1', national_id: '7' })
  const [ana, veraClient] = [await signedIn(server, 'ana'), await signedIn(server, 'vera')]
  assert.equal((await send(ana, 'DELETE', '/vera')).status, 204)
  const gone = await stateOf(server, vera)
  assert.deepEqual(
    [gone.username, gone.email, gone.full_name, gone.phone, gone.national_id, gone.password_hash, gone.is_active, gone.search_key],
    [`deleted:${vera}`, `deleted:${vera}@deleted.invalid`, null, null, null, null, 0, ''],
  )
  assert.equal((await veraClient.json('/api/v1/auth/me')).status, 401)
  assert.equal(codeOf(await server.newClient().json('/api/v1/auth/login', { username: 'vera', password })), '401 invalid_credentials')
  assert.equal(codeOf(await send(ana, 'DELETE', '/vera')), '404 user_not_found')
  assert.equal((await send(ana, 'POST', '', { username: 'vera', email: 'vera@example.com', password, role: 'VIEWER' })).status, 201)
  assert.ok((await actionsOf(server, vera)).includes('USER_DELETED'))
})

forEachEngine('ID-49 an account that works elsewhere is its person’s own after its company let go', async (engine, t) => {
  const server = await start(engine, t)
  const { userId, tenantId } = await addForeigner(server, 'fabio')
  const boss = await signedIn(server, 'boss-fabio')
  assert.equal((await send(boss, 'DELETE', '/fabio')).status, 204)
  const kept = await stateOf(server, userId)
  assert.deepEqual([kept.username, kept.home_tenant_id, kept.deleted_at], ['fabio', null, null])
  assert.equal(await membershipOf(server, userId, tenantId), undefined)
  const ana = await signedIn(server, 'ana')
  assert.equal(codeOf(await send(ana, 'POST', '/fabio/disable')), '403 other_home_tenant')
})

forEachEngine('ID-49 people leave by themselves, soon after signing in; the last owner does not', async (engine, t) => {
  const server = await start(engine, t)
  const vera = await server.addPerson('vera', 'VIEWER')
  const veraClient = await signedIn(server, 'vera')
  server.clock.advance(6 * 60_000)
  assert.equal(codeOf(await send(veraClient, 'DELETE', '/vera')), '403 reauthentication_required')
  const again = await signedIn(server, 'vera')
  assert.equal(codeOf(await send(again, 'DELETE', '/ana')), '403 permission_denied')
  assert.equal((await send(again, 'DELETE', '/me')).status, 204)
  assert.notEqual((await stateOf(server, vera)).deleted_at, null)
  assert.equal(codeOf(await send(await signedIn(server, 'ana'), 'DELETE', '/ana')), '409 last_owner')
})

forEachEngine('ID-50 people write their own profile, and nothing that is not theirs to write', async (engine, t) => {
  const server = await start(engine, t)
  const vera = await server.addPerson('vera', 'VIEWER')
  const client = await signedIn(server, 'vera')
  const profile = {
    full_name: 'Vera Vega',
    birth_date: '1990-05-04',
    gender: 'femenino',
    phone: '+593 2 222 2222',
    national_id: '0912345678',
    timezone: 'America/Guayaquil',
    preferred_lang: 'en',
  }
  for (const [method, path] of [
    ['PATCH', '/api/v1/users/me'],
    ['PUT', '/api/v1/users/me/update'],
    ['PUT', '/users/me'],
  ] as const) {
    const answer = await client.json(
      path,
      { ...profile, xp_total: 9, current_level: 9, role: 'OWNER', disabled: true, permissions: ['manage_users'], approval_status: 'x' },
      { method },
    )
    assert.equal(answer.status, 200, path)
    const me = fields(answer.body)
    assert.deepEqual(Object.fromEntries(Object.keys(profile).map((name) => [name, me[name]])), profile)
    assert.deepEqual([me.xp_total, me.current_level, me.role, me.disabled], [0, 1, 'VIEWER', false])
  }
  assert.equal(codeOf(await send(client, 'PATCH', '/me', { national_id: '1' })), '422 validation_failed')
  assert.equal(codeOf(await send(client, 'PATCH', '/me', { birth_date: '2999-01-01' })), '422 validation_failed')
  assert.equal(fields((await send(client, 'PATCH', '/me', { phone: null })).body).phone, null)
  assert.equal(fields((await send(client, 'PATCH', '/me/first-login', { first_login: false })).body).first_login, false)
  assert.equal((await stateOf(server, vera)).search_key, 'vera vera vega')
  assert.ok((await actionsOf(server, vera)).includes('USER_UPDATED'))
})

forEachEngine('ID-52 K-19 the list goes out as CSV that no spreadsheet runs, to who may export, and the log says so', async (engine, t) => {
  const server = await start(engine, t)
  await server.addPerson('seller', 'SELLER')
  const ana = await signedIn(server, 'ana')
  await send(ana, 'POST', '', {
    username: 'formula',
    email: 'formula@example.com',
    password,
    full_name: '=HYPERLINK("http://evil")',
    role: 'VIEWER',
  })
  const file = await ana.fetch('/api/v1/users/export.csv?role=viewer')
  assert.equal(file.status, 200)
  assert.match(file.headers.get('content-type') ?? '', /^text\/csv/)
  assert.match(file.headers.get('content-disposition') ?? '', /attachment/)
  const text = await file.text()
  const lines = text.trim().split('\r\n')
  assert.equal(lines.length, 2)
  assert.match(lines[1] ?? '', /formula,formula@example\.com,"'=HYPERLINK/)
  assert.ok(!/argon|hash/.test(text))
  assert.ok((await actionsOf(server)).includes('EXPORT'))
  const helper = await server.addPerson('helper', 'OPERATOR')
  await server.ctx.db.kysely.updateTable('memberships').set({ permissions: '["manage_users"]' }).where('user_id', '=', helper).execute()
  assert.equal(codeOf(await (await signedIn(server, 'helper')).json('/api/v1/users/export.csv')), '403 permission_denied')
  assert.equal(codeOf(await (await signedIn(server, 'seller')).json('/api/v1/users/export.csv')), '403 permission_denied')
})

forEachEngine('ID-48 a platform operator sees everybody outside of any company, and acts on anyone', async (engine, t) => {
  const server = await start(engine, t)
  const { userId } = await addForeigner(server, 'fabio')
  const rootId = await server.addPerson('root', 'VIEWER')
  await makeSuperAdmin(server, rootId)
  await server.ctx.db.kysely.deleteFrom('memberships').where('user_id', '=', rootId).execute()
  const root = await signedIn(server, 'root')
  assert.deepEqual(names((await root.json('/api/v1/users')).body), ['ana', 'boss-fabio', 'fabio', 'root'])
  assert.deepEqual(names((await root.json('/api/v1/users?role=super_admin')).body), ['root'])
  assert.deepEqual(names((await root.json('/api/v1/users?role=owner')).body), ['ana', 'boss-fabio'])
  await setUser(server, userId, { approval_status: 'pending' })
  assert.deepEqual(names((await root.json('/api/v1/users?status=pending')).body), ['fabio'])
  assert.equal((await send(root, 'PATCH', '/fabio/approve', {})).status, 200)
  assert.equal((await stateOf(server, userId)).approval_status, 'approved')
  assert.equal(fields((await root.json('/api/v1/users/fabio')).body).email, 'fabio@example.com')
  assert.equal(codeOf(await send(root, 'POST', '', { username: 'x1y', email: 'x1y@example.com', password })), '400 company_required')
  assert.equal(
    (await send(root, 'POST', '', { username: 'x1y', email: 'x1y@example.com', password, tenant_id: server.acme.tenantId })).status,
    201,
  )
  const adam = await server.addPerson('adam', 'ADMIN')
  assert.equal(codeOf(await send(await signedIn(server, 'adam'), 'POST', `/${rootId}/disable`)), '404 user_not_found')
  assert.ok(adam > 0)
})

test('ID-43 an administrator of the home company cannot touch a platform operator', async (t) => {
  const server = await start('sqlite', t)
  const rootId = await server.addPerson('root', 'VIEWER')
  await makeSuperAdmin(server, rootId)
  const ana = await signedIn(server, 'ana')
  for (const [method, path, body] of [
    ['PATCH', '', { email: 'mine@example.com' }],
    ['POST', '/disable'],
    ['POST', '/send-reset'],
    ['POST', '/mfa-reset'],
    ['DELETE', ''],
  ] as const)
    assert.equal(codeOf(await send(ana, method, `/root${path}`, body)), '403 role_above_own', `${method} ${path}`)
})

forEachEngine('ID-50 AC-44 a place is whole: a city brings its province and region, and contradictions are told', async (engine, t) => {
  const server = await start(engine, t)
  await seedCatalogs(server.ctx.db, { nowMs: server.clock.nowMs() })
  const cuenca = await server.ctx.db.kysely
    .selectFrom('geo_cities as c')
    .innerJoin('geo_provinces as p', 'p.id', 'c.province_id')
    .select(['c.id', 'p.id as province_id', 'p.region_id', 'p.country'])
    .where('c.name', '=', 'Cuenca')
    .where('p.country', '=', 'EC')
    .executeTakeFirstOrThrow()
  const bolivar = await server.ctx.db.kysely
    .selectFrom('geo_provinces')
    .select('id')
    .where('country', '=', 'CO')
    .where('name', '=', 'Bolívar')
    .executeTakeFirstOrThrow()
  const ana = await signedIn(server, 'ana')
  const made = await send(ana, 'POST', '', {
    username: 'nora',
    email: 'nora@example.com',
    password,
    birth_date: '1991-02-03',
    city_id: cuenca.id,
  })
  const { birth_date, city_id, province_id, region_id, country_code } = fields(made.body)
  assert.deepEqual(
    { birth_date, city_id, province_id, region_id, country_code },
    { birth_date: '1991-02-03', city_id: cuenca.id, province_id: cuenca.province_id, region_id: cuenca.region_id, country_code: 'EC' },
  )
  for (const [method, path] of [
    ['PATCH', '/nora'],
    ['PATCH', '/me'],
  ] as const) {
    const wrong = await send(ana, method, path, { city_id: cuenca.id, province_id: bolivar.id })
    assert.equal(codeOf(wrong), '422 validation_failed', path)
    assert.deepEqual(
      (fields(wrong.body).fields as Row[]).map((field) => field.path),
      ['province_id'],
    )
    assert.equal(codeOf(await send(ana, method, path, { city_id: 99_999_999 })), '422 validation_failed')
  }
  const moved = fields((await send(ana, 'PATCH', '/nora', { province_id: bolivar.id })).body)
  assert.deepEqual([moved.country_code, moved.province_id, moved.city_id], ['CO', bolivar.id, null])
  const gone = fields((await send(ana, 'PATCH', '/nora', { country_code: null })).body)
  assert.deepEqual([gone.country_code, gone.region_id, gone.province_id, gone.city_id], [null, null, null, null])
})

forEachEngine(
  'ID-49 without a session the same path signs up, under the same limit; with one that does not hold it refuses',
  async (engine, t) => {
    const server = await startWithPeople(
      { engine, env: { RATE_LIMIT_PER_MINUTE: '100000', SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '0', REQUIRE_APPROVAL: '0' } },
      t,
    )
    const stranger = server.newClient()
    const body = (n: number) => ({
      username: `free${n}x`,
      email: `free${n}@example.com`,
      password,
      role: 'OWNER',
      tenant_id: server.acme.tenantId,
    })
    const made = await send(stranger, 'POST', '', body(1))
    assert.equal(made.status, 201)
    const { username, role, tenant_id } = fields(made.body)
    assert.deepEqual({ username, role, tenant_id }, { username: 'free1x', role: null, tenant_id: null })
    const broken = await stranger.json('/api/v1/users', body(2), { headers: { authorization: 'Bearer a.b.c' } })
    assert.equal(codeOf(broken), '401 token_invalid')
    assert.equal(codeOf(await send(await signedIn(server, 'free1x'), 'POST', '', body(3))), '400 company_required')
    for (const n of [4, 5]) assert.equal((await stranger.json('/api/v1/auth/register', body(n))).status, 201)
    for (const n of [6, 7]) assert.equal((await send(stranger, 'POST', '', body(n))).status, 201)
    assert.equal(codeOf(await send(stranger, 'POST', '', body(8))), '429 rate_limited')
    assert.equal(codeOf(await stranger.json('/api/v1/auth/register', body(9))), '429 rate_limited')
  },
)

forEachEngine(
  'ID-49 another address of one’s own: at once where none is proven, else after the password and the link',
  async (engine, t) => {
    const server = await startWithPeople({ engine, env: { REQUIRE_EMAIL_VERIFICATION: '1' } }, t)
    const vera = await server.addPerson('vera', 'VIEWER')
    const client = await signedIn(server, 'vera')
    assert.equal(
      codeOf(await send(client, 'PATCH', '/me', { email: 'v2@example.com', current_password: 'WrongPass1!' })),
      '400 current_password_incorrect',
    )
    const asked = await send(client, 'PATCH', '/me', { email: 'v2@example.com', current_password: password, full_name: 'Vera' })
    assert.deepEqual([fields(asked.body).email, fields(asked.body).full_name], ['vera@example.com', 'Vera'])
    assert.equal((await stateOf(server, vera)).pending_email, 'v2@example.com')
    for (let n = 0; n < 3; n++) await send(client, 'PATCH', '/me', { email: 'v2@example.com', current_password: 'WrongPass1!' })
    assert.equal(codeOf(await send(client, 'PATCH', '/me', { email: 'v2@example.com', current_password: password })), '429 rate_limited')
    assert.equal(codeOf(await send(client, 'PATCH', '/me', { full_name: 'Vera Vega' })), '200 undefined')
  },
)

forEachEngine('ID-49 no account can be called as those are that were erased: an erasure is never in its way', async (engine, t) => {
  const server = await start(engine, t)
  const vera = await server.addPerson('vera', 'VIEWER')
  const ana = await signedIn(server, 'ana')
  const named = { username: `deleted-${vera}`, email: `deleted-${vera}@deleted.invalid`, password, role: 'VIEWER' }
  assert.equal((await send(ana, 'POST', '', named)).status, 201)
  assert.equal((await send(ana, 'DELETE', '/vera')).status, 204)
  const { username, email } = await stateOf(server, vera)
  const again = await send(ana, 'POST', '', { ...named, username, email })
  assert.deepEqual(
    [codeOf(again), (fields(again.body).fields as { path: string }[]).map(({ path }) => path)],
    ['422 validation_failed', ['username', 'email']],
  )
})

forEachEngine('ID-49 whoever leaves a company leaves no PIN there', async (engine, t) => {
  const server = await start(engine, t)
  const { tenantId } = server.acme
  const db = { ...server.ctx.db, tenantId }
  const fabio = await addForeigner(server, 'fabio')
  const vera = await server.addPerson('vera', 'OPERATOR')
  const ana = await signedIn(server, 'ana')
  for (const userId of [vera, fabio.userId]) await setPin(db, server.ctx, { userId: server.acme.userId }, userId, '2580')
  for (const name of ['vera', 'fabio']) assert.equal((await send(ana, 'DELETE', `/${name}`)).status, 204)
  assert.deepEqual([await hasPin(db, vera), await hasPin(db, fabio.userId)], [false, false])
})

forEachEngine('ID-49 a number that no database keeps is refused by name', async (engine, t) => {
  const server = await start(engine, t)
  const ana = await signedIn(server, 'ana')
  const refusedAt = ({ status, body }: { status: number; body: unknown }) => [status, (fields(body).fields as { path: string }[])[0]?.path]
  for (const city_id of [1e20, 2 ** 53]) assert.deepEqual(refusedAt(await send(ana, 'PATCH', '/me', { city_id })), [422, 'city_id'])
  const given = await ana.json('/api/v1/companies/me/transfer-ownership', { user_id: 1e20, password })
  assert.deepEqual(refusedAt(given), [422, 'user_id'])
})
