/** Bodies that are not what a route expects: of other types, too deep, too large, twice the same name, and names that JavaScript takes for its own. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { password as peoplesPassword, startWithPeople } from '../../src/identity/people.fixture.ts'
import { requestWith } from '../harness/attacks/spots.ts'
import { startTarget } from '../harness/attacks/target.ts'
import { forEachEngine } from '../harness/engines.ts'
import { waitingMails } from '../harness/mails.ts'

const deep = (levels: number, [open, close]: readonly [string, string]): string => open.repeat(levels) + close.repeat(levels)
/** None of them is what any route asks for. */
const malformed: readonly (readonly [what: string, body: string, statuses: readonly number[]])[] = [
  ['__proto__', '{"__proto__":{"isSuperAdmin":true,"role":"OWNER"}}', [400]],
  ['constructor.prototype', '{"constructor":{"prototype":{"role":"OWNER"}}}', [400]],
  ['__proto__ further in', '{"profile":{"__proto__":{"role":"OWNER"}},"a":[{"__proto__":1}]}', [400]],
  ['objects a hundred thousand deep', deep(100_000, ['{"a":', '}']).replace('}', '1}'), [400]],
  ['lists ten thousand deep', `{"a":${deep(10_000, ['[', ']'])}}`, [400, 422]],
  ['objects in objects', `{"a":${'{"a":'.repeat(30)}1${'}'.repeat(30)}}`, [400, 422]],
  ['no JSON', '{"username":', [400]],
  ['two values', '{}{}', [400]],
  ['a comment', '{/**/}', [400]],
  ['a number that is none', '{"page":NaN}', [400]],
  ['a byte order mark alone', '\ufeff', [400, 422]],
]

test('ID-64 no body of another shape breaks a route, or what comes after it', async (t) => {
  const target = await startTarget(t)
  const { server, north, owner, nobody } = target
  const faults: string[] = []
  const seen = new Set<unknown>()
  for (const route of server.app.shell.routes) {
    if (route.body === undefined || route.method === 'GET' || route.upload || seen.has(route.body)) continue
    seen.add(route.body)
    const visitor = route.access === 'public' ? nobody : owner
    const { path } = requestWith(route, north.ids, [], '')
    const send = (body: string) => visitor.send({ method: route.method, path, body })
    for (const [what, body, statuses] of malformed) {
      const { status } = await send(body)
      // Who is refused is refused before the body is looked at closely.
      if (![...statuses, 401, 403, 404, 429].includes(status) && !(status < 400 && statuses.includes(422)))
        faults.push(`${route.method} ${path}, ${what}: ${status}`)
    }
    for (const value of ['null', '[]', '1e400', '"x"', 'true', '-1', '{}']) {
      const { status } = await send(value)
      if (status >= 500) faults.push(`${route.method} ${path}, ${value}: ${status}`)
    }
    const names = Object.keys((route.body as { properties?: object }).properties ?? {})
    for (const value of ['[]', '{}', 'null', '1e400', '-9007199254740993', '{"$ne":null}', '["x",["y"]]', '9'.repeat(400)]) {
      const { status } = await send(`{${names.map((name) => `"${name}":${value}`).join(',')}}`)
      if (status >= 500) faults.push(`${route.method} ${path}, every field ${value.slice(0, 20)}: ${status}`)
    }
    await target.restore()
    if (route.access !== 'public') await owner.recover()
  }
  assert.deepEqual(faults, [])
  assert.equal(({} as Record<string, unknown>).role, undefined)
  assert.equal(({} as Record<string, unknown>).isSuperAdmin, undefined)
  assert.ok(seen.size > 50, `only ${seen.size} bodies`)
})

test('ID-64 names of JavaScript in queries, forms and paths are names like any other', async (t) => {
  const { server, north, owner } = await startTarget(t)
  const names = '__proto__[role]=OWNER&__proto__.role=OWNER&constructor[prototype][role]=OWNER&toString=1&hasOwnProperty=1&__proto__=1'
  const faults: string[] = []
  for (const route of server.app.shell.routes.filter(
    ({ method, isAlias, isStream }) => method === 'GET' && !isAlias && isStream !== true,
  )) {
    const { path } = requestWith(route, north.ids, [], '')
    const { status } = await owner.send({ method: 'GET', path: `${path}?${names}`, body: undefined }, { accept: 'text/html' })
    if (status >= 500) faults.push(`${path} answered ${status}`)
    server.clock.advance(1_000)
  }
  for (const path of ['/login', '/register', '/forgot-password', '/account/profile', `/t/${north.slug}/admin/users/new`]) {
    const { status } = await owner.send({ method: 'POST', path, body: names }, { 'content-type': 'application/x-www-form-urlencoded' })
    if (status >= 500) faults.push(`POST ${path} answered ${status}`)
  }
  for (const word of ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf'])
    for (const path of [
      `/api/v1/filters/${word}`,
      `/api/v1/users/${word}`,
      `/api/v1/companies/me/users/role/${word}`,
      `/api/v1/companies/${word}`,
      `/t/${word}/dashboard`,
    ]) {
      const { status } = await owner.send({ method: 'GET', path, body: undefined })
      if (status < 400 || status >= 500) faults.push(`${path} answered ${status}`)
    }
  assert.deepEqual(faults, [])
  assert.equal(({} as Record<string, unknown>).role, undefined)
})

test('ID-64 a megabyte is the limit, said or not, and of a name that comes twice the last one counts for all', async (t) => {
  const server = await startWithPeople({}, t)
  const login = (body: string, headers: Record<string, string> = {}) =>
    server
      .newClient()
      .json('/api/v1/auth/login', undefined, { method: 'POST', body, headers: { 'content-type': 'application/json', ...headers } })
  assert.equal((await login(JSON.stringify({ username: 'ana', password: 'x'.repeat(1_048_576) }))).status, 413)
  const chunks = new ReadableStream({
    start(controller) {
      for (let i = 0; i < 20; i += 1) controller.enqueue(Buffer.alloc(65_536, 0x20))
      controller.close()
    },
  })
  const streamed = await server.newClient().fetch('/api/v1/auth/login', {
    method: 'POST',
    body: chunks,
    duplex: 'half',
    headers: { 'content-type': 'application/json' },
  } as RequestInit)
  assert.equal(streamed.status, 413)
  const twice = `{"username":"ana","password":"Equivocada1","username":"nadie","password":"${peoplesPassword}"}`
  assert.equal((await login(twice)).status, 401, 'never the name of one and the password of the other')
  for (const type of ['text/plain', 'application/xml', 'multipart/form-data; boundary=x', 'text/json'])
    assert.ok([400, 415, 422].includes((await login('{"username":"ana"}', { 'content-type': type })).status), type)
})

/** Columns, and how the API calls them: what only the server may set. None of them is a field that anybody may send. */
const privileged = {
  ...{
    id: 1,
    user_id: 1,
    uuid: '00000000-0000-4000-8000-000000000000',
    is_super_admin: true,
    isSuperAdmin: 1,
    super_admin: true,
    disabled: false,
  },
  ...{
    is_active: true,
    isActive: true,
    status: 'approved',
    approval_status: 'approved',
    approved_at: '2020-01-01T00:00:00Z',
    is_approved: true,
  },
  ...{
    email_verified: true,
    email_verified_at: 1,
    must_change_password: false,
    password_hash: '$argon2id$v=19$m=8,t=1,p=1$AAAA$AAAA',
    token_version: 99,
  },
  ...{
    xp_total: 9_999,
    current_level: 99,
    home_tenant_id: 2,
    default_tenant_id: 2,
    failed_logins: 0,
    deleted_at: null,
    mfa_enabled: false,
  },
  ...{
    created_at: '2001-01-01T00:00:00Z',
    updated_at: '2001-01-01T00:00:00Z',
    token_hash: 'x',
    used_count: 0,
    secret_hash: 'x',
    invited_by: 2,
  },
  ...{ max_users: 1_000_000, limits: { max_users: 1_000_000 }, owner_id: 2, tenant_id: 2, tenantId: 2, key_id: 9, prefix: 'aaaaaaaa' },
} as const
const personal = { ...privileged, role: 'OWNER', roles: ['OWNER'], permissions: ['manage_users'], modules: null } as const

forEachEngine('ID-27 fields that only the server sets are dropped wherever somebody sends them', async (engine, t) => {
  const env = { SIGNUP_MODE: 'open', REQUIRE_APPROVAL: '1', REQUIRE_EMAIL_VERIFICATION: '1', ALLOW_COMPANY_CREATE: '1' }
  const server = await startWithPeople({ engine, env }, t)
  const { kysely } = server.ctx.db
  const userId = await server.addPerson('vera', 'VIEWER')
  const [ana, vera] = [server.newClient(), server.newClient()]
  await ana.signInApi('ana', peoplesPassword)
  await vera.signInApi('vera', peoplesPassword)
  const changing = new Set(['updated_at', 'search_key', 'full_name', 'first_login', 'last_login_at'])
  const userOf = async (username: string) => {
    const row = await kysely.selectFrom('users').selectAll().where('username', '=', username).executeTakeFirstOrThrow()
    return Object.fromEntries(Object.entries(row).filter(([name]) => !changing.has(name))) as Record<string, unknown>
  }
  const memberships = () =>
    kysely.selectFrom('memberships').select(['user_id', 'tenant_id', 'role', 'status', 'permissions', 'modules']).orderBy('id').execute()
  const before = { user: await userOf('vera'), memberships: await memberships() }

  // The own account, by every path there is.
  for (const [method, path] of [
    ...(['PATCH', 'PUT'] as const).flatMap((method) =>
      ['/api/v1/users/me', '/api/v1/users/me/update', '/users/me'].map((path) => [method, path] as const),
    ),
    ['PATCH', '/api/v1/users/me/first-login'],
  ] as const) {
    const body = path.endsWith('first-login') ? { ...personal, first_login: false } : { ...personal, full_name: 'Vera Nueva' }
    const { status } = await vera.json(path, body, { method })
    assert.equal(status, 200, `${method} ${path}`)
  }
  assert.deepEqual({ user: await userOf('vera'), memberships: await memberships() }, before)

  // An administrator's change of somebody: a name, and nothing that belongs to the account.
  const { must_change_password: _, is_active: __, disabled: ___, ...others } = privileged
  assert.equal((await ana.json('/api/v1/users/vera', { ...others, full_name: 'Vera' }, { method: 'PATCH' })).status, 200)
  assert.deepEqual({ user: await userOf('vera'), memberships: await memberships() }, before)

  // Sign-up.
  const profile = { ...personal, first_name: 'Eva', last_name: 'Paz' }
  for (const [path, username] of [
    ['/api/v1/auth/register', 'eva'],
    ['/api/v1/users/register', 'noe'],
    ['/api/v1/users', 'lia'],
    ['/users/', 'sol'],
  ] as const) {
    const body = {
      ...personal,
      username,
      email: `${username}@example.com`,
      password: 'Otra123!clave',
      profile,
      company_slug: server.acme.slug,
    }
    assert.equal((await server.newClient().json(path, body)).status, 201, path)
    const row = await userOf(username)
    assert.deepEqual(
      [
        row.is_super_admin,
        row.approval_status,
        row.email_verified_at,
        row.xp_total,
        row.current_level,
        row.token_version,
        Number(row.id) > userId,
      ],
      [0, 'pending', null, 0, 1, before.user.token_version, true],
      path,
    )
    assert.match(String(row.password_hash), /^\$argon2id\$v=19\$m=\d+,t=2,p=1\$/)
    const own = await kysely
      .selectFrom('memberships')
      .select(['role', 'status', 'tenant_id'])
      .where('user_id', '=', Number(row.id))
      .execute()
    const asked = own.filter(({ role, status, tenant_id: id }) => role !== 'VIEWER' || status !== 'pending' || id !== server.acme.tenantId)
    assert.deepEqual(asked, [], path)
  }

  // People that an administrator makes belong to the own company and have no more than was said.
  const { tenant_id: _tenant, tenantId: _tenantId, ...withoutTenant } = privileged
  const made = await ana.json('/api/v1/users', {
    ...withoutTenant,
    username: 'raul',
    email: 'raul@example.com',
    password: 'Otra123!clave',
    role: 'VIEWER',
  })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const raul = await userOf('raul')
  assert.deepEqual([raul.is_super_admin, raul.xp_total, raul.home_tenant_id, raul.must_change_password], [0, 0, server.acme.tenantId, 1])
  const elsewhere = { username: 'otro', email: 'otro@example.com', password: 'Otra123!clave', role: 'VIEWER', tenant_id: 999 }
  assert.ok([403, 422].includes((await ana.json('/api/v1/users', elsewhere)).status))

  // Companies: neither their standing nor their limits.
  const tenantBefore = await kysely.selectFrom('tenants').selectAll().where('id', '=', server.acme.tenantId).executeTakeFirstOrThrow()
  const { id: _id, ...company } = privileged
  assert.equal(
    (await ana.json('/api/v1/companies/me', { ...company, is_active: false, phone: '+593 2 222' }, { method: 'PATCH' })).status,
    200,
  )
  const {
    phone,
    updated_at: at,
    ...tenantAfter
  } = await kysely.selectFrom('tenants').selectAll().where('id', '=', server.acme.tenantId).executeTakeFirstOrThrow()
  assert.equal(phone, '+593 2 222')
  assert.deepEqual({ ...tenantAfter, phone: tenantBefore.phone, updated_at: at }, { ...tenantBefore, updated_at: at })
  const founded = await vera.json('/api/v1/companies', {
    ...company,
    company_name: 'Vera SA',
    is_active: false,
    config: { limits: { max_users: 1_000_000 } },
  })
  assert.equal(founded.status, 201, JSON.stringify(founded.body))
  const mine = await kysely
    .selectFrom('tenants')
    .select(['is_active', 'config', 'id'])
    .where('name', '=', 'Vera SA')
    .executeTakeFirstOrThrow()
  assert.equal(mine.is_active, 1)
  assert.doesNotMatch(mine.config, /1000000/)

  // Invitations and keys.
  const invitation = {
    ...privileged,
    email: 'ines@example.com',
    role: 'VIEWER',
    max_uses: 1_000,
    used_count: 0,
    status: 'accepted',
    token: 'x',
    accepted_by: userId,
  }
  assert.equal((await ana.json('/api/v1/invitations', invitation)).status, 201)
  const kept = await kysely
    .selectFrom('invitations')
    .select(['tenant_id', 'status', 'max_uses', 'used_count', 'role'])
    .where('email', '=', 'ines@example.com')
    .executeTakeFirstOrThrow()
  assert.deepEqual(kept, { tenant_id: server.acme.tenantId, status: 'pending', max_uses: 1, used_count: 0, role: 'VIEWER' })
  const token = (await waitingMails(server.ctx)).findLast(({ to }) => to === 'ines@example.com')?.token
  const accepted = { ...personal, token, password: 'Otra123!clave', username: 'ines', email: 'otra@example.com', profile }
  assert.equal((await server.newClient().json('/api/v1/auth/accept-invitation', accepted)).status, 201)
  const ines = await userOf('ines')
  assert.deepEqual([ines.email, ines.is_super_admin, ines.xp_total, ines.home_tenant_id], ['ines@example.com', 0, 0, server.acme.tenantId])
  const role = await kysely.selectFrom('memberships').select('role').where('user_id', '=', Number(ines.id)).executeTakeFirstOrThrow()
  assert.equal(role.role, 'VIEWER')
  assert.equal(
    (await ana.json('/api/v1/api-keys', { ...privileged, name: 'llave', scopes: ['view_dashboard'], secret: 'x', revoked_at: null }))
      .status,
    201,
  )
  const apiKey = await kysely.selectFrom('api_keys').select(['tenant_id', 'user_id', 'scopes', 'prefix']).executeTakeFirstOrThrow()
  const anaId = Number((await userOf('ana')).id)
  assert.deepEqual([apiKey.tenant_id, apiKey.user_id, apiKey.scopes], [server.acme.tenantId, anaId, '["view_dashboard"]'])
  assert.notEqual(apiKey.prefix, 'aaaaaaaa')
})
