import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { waitingMails } from '../../../test/harness/mails.ts'
import { startTestServer } from '../../../test/harness/server.ts'
import { countHashes } from '../passwords/index.ts'
import { fields, type People, password, startWithPeople } from '../people.fixture.ts'

const minuteMs = 60_000
/** The four profiles of signing up. */
const aurum = { SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '0', REQUIRE_APPROVAL: '0' }
const ally = { SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '1', REQUIRE_APPROVAL: '0' }
const codex = { SIGNUP_MODE: 'invite', REQUIRE_EMAIL_VERIFICATION: '0', REQUIRE_APPROVAL: '1' }
const dashboard = { SIGNUP_MODE: 'closed' }

const bea = { email: 'bea@example.com', password }
const register = (client: Client, send: object, path = '/api/v1/auth/register') => client.json(path, send)
const outcome = ({ status, body }: { status: number; body: unknown }) => [status, fields(body).code]
const signIn = (client: Client, username: string, typed = password) => client.json('/api/v1/auth/login', { username, password: typed })
const mailTo = async (server: People, to: string) => (await waitingMails(server.ctx)).filter((mail) => mail.to === to)
const templates = async (server: People) => (await waitingMails(server.ctx)).map(({ template, to }) => `${template} ${to}`)
const users = (server: People) => server.ctx.db.kysely.selectFrom('users').select(['username', 'email']).orderBy('id').execute()
const actions = async (server: People) =>
  (await server.ctx.db.kysely.selectFrom('audit_logs').select('action').orderBy('id').execute()).map(({ action }) => action)
const events = (server: People, event: string) => server.logLines.filter((line) => line.event === event)

forEachEngine('ID-28 AC-43 open, unverified, unapproved: register, token by form, me', async (engine, t) => {
  const server = await startWithPeople({ engine, env: aurum }, t)
  const client = server.newClient()
  const sent = { username: 'BeaSol', full_name: 'Bea Sol', disabled: false, birth_date: '1990-05-01', gender: 'femenino', ...bea }
  const registered = await register(client, sent, '/api/v1/users/register')
  assert.equal(registered.status, 201)
  assert.equal(registered.headers.get('deprecation'), 'true')
  const { user_id, username, verification_required, approval_required, role, status, birth_date, full_name } = fields(registered.body)
  assert.deepEqual(
    { username, verification_required, approval_required, role, status, birth_date, full_name },
    {
      username: 'beasol',
      verification_required: false,
      approval_required: false,
      role: null,
      status: 'approved',
      birth_date: '1990-05-01',
      full_name: 'Bea Sol',
    },
  )
  assert.ok(!JSON.stringify(registered.body).includes('argon2'))
  const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' } }
  const token = await client.json('/token', undefined, { ...form, body: new URLSearchParams({ username: 'beasol', password }).toString() })
  assert.equal(token.status, 200)
  assert.deepEqual(fields(token.body).companies, [])
  const me = await client.json('/users/me', undefined, { headers: { authorization: `Bearer ${String(fields(token.body).access_token)}` } })
  assert.equal(fields(me.body).user_id, user_id)
  assert.deepEqual(await templates(server), ['welcome bea@example.com'])
  assert.ok((await actions(server)).includes('REGISTER'))
  assert.deepEqual(
    events(server, 'register_ok').map((line) => line.user_id),
    [user_id],
  )
})

forEachEngine(
  'ID-28 ID-30 AC-42 K-37 open and verified: the link proves the address, and signs in where it was asked to',
  async (engine, t) => {
    const server = await startWithPeople({ engine, env: ally }, t)
    const client = server.newClient()
    const profile = { first_name: 'Bea', last_name: 'Sol', phone_number: '+57 300 123', dni: '79.123' }
    const registered = await register(client, { ...bea, profile }, '/auth/register')
    const { message, ...rest } = fields(registered.body)
    assert.deepEqual([registered.status, rest], [201, { email: 'bea@example.com', verification_required: true, approval_required: false }])
    assert.deepEqual(outcome(await signIn(client, 'bea')), [403, 'email_not_verified'])
    assert.equal((await signIn(client, 'bea', 'WrongPassword456!')).status, 401)
    const [mail] = await mailTo(server, 'bea@example.com')
    assert.deepEqual([mail?.template, mail?.path?.startsWith('/verify-email?token=')], ['verify_email', true])
    const token = mail?.token ?? ''
    for (const _ of [1, 2]) {
      const seen = await client.json(`/api/v1/auth/verify-email?token=${token}`)
      assert.deepEqual([seen.status, seen.body], [200, { valid: true }], 'looking uses nothing up')
    }
    const verified = await client.json('/api/v1/auth/verify-email', { token, auto_login: true })
    assert.equal(verified.status, 200)
    const { access_token, user_id, is_active, user } = fields(verified.body)
    assert.equal(is_active, true)
    assert.deepEqual([fields(user).user_id, fields(user).email_verified, fields(user).phone], [user_id, true, '+57 300 123'])
    const me = await client.json('/api/v1/auth/me', undefined, { headers: { authorization: `Bearer ${String(access_token)}` } })
    assert.equal(me.status, 200)
    assert.deepEqual(outcome(await client.json('/auth/verify-email', { token })), [400, 'token_invalid_or_expired'])
    assert.deepEqual((await client.json(`/api/v1/auth/verify-email?token=${token}`)).body, { valid: false })
    assert.equal((await signIn(server.newClient(), 'bea')).status, 200)
    assert.deepEqual(await templates(server), ['verify_email bea@example.com', 'welcome bea@example.com'])
    assert.equal(events(server, 'email_verified').length, 1)
    assert.ok((await actions(server)).includes('EMAIL_VERIFIED'))
    assert.ok(!JSON.stringify(server.logLines).includes(token), 'no token in the log')
  },
)

forEachEngine('ID-28 approved: who registered waits, those who decide are told, and the right password says so', async (engine, t) => {
  const env = { SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '1', REQUIRE_APPROVAL: '1' }
  const server = await startWithPeople({ engine, env }, t)
  const client = server.newClient()
  await register(client, { ...bea, company_slug: 'acme' })
  assert.deepEqual(await templates(server), ['verify_email bea@example.com'], 'nobody is bothered before the address is proven')
  const [mail] = await mailTo(server, 'bea@example.com')
  const verified = await client.json('/api/v1/auth/verify-email', { token: mail?.token, auto_login: true })
  assert.deepEqual([fields(verified.body).is_active, fields(verified.body).access_token], [false, undefined])
  assert.deepEqual(await templates(server), ['verify_email bea@example.com', 'approval_pending ana@example.com'])
  assert.deepEqual(outcome(await signIn(client, 'bea')), [403, 'not_approved'])
  const membership = await server.ctx.db.kysely
    .selectFrom('memberships as m')
    .innerJoin('users as u', 'u.id', 'm.user_id')
    .select(['m.role', 'm.status', 'u.approval_status', 'u.home_tenant_id'])
    .where('m.tenant_id', '=', server.acme.tenantId)
    .where('u.username', '=', 'bea')
    .executeTakeFirst()
  assert.deepEqual(membership, { role: 'VIEWER', status: 'pending', approval_status: 'pending', home_tenant_id: server.acme.tenantId })
})

forEachEngine('ID-28 ID-29 who was rejected or disabled before the proof is neither welcomed nor announced', async (engine, t) => {
  const env = { SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '1', REQUIRE_APPROVAL: '1' }
  const server = await startWithPeople({ engine, env }, t)
  const ana = server.newClient()
  await ana.signInApi('ana', password)
  for (const [name, decide] of [
    ['bea', () => ana.json('/api/v1/users/bea/reject', {}, { method: 'PATCH' })],
    ['carl', () => ana.json('/api/v1/users/carl/disable', {})],
  ] as const) {
    const email = `${name}@example.com`
    await register(server.newClient(), { ...bea, email, company_slug: 'acme' })
    assert.equal((await decide()).status, 200)
    const token = (await mailTo(server, email)).find(({ template }) => template === 'verify_email')?.token
    assert.equal((await server.newClient().json('/api/v1/auth/verify-email', { token })).status, 200)
  }
  assert.deepEqual(
    (await templates(server)).filter((mail) => !mail.startsWith('verify_email')),
    ['rejected bea@example.com'],
  )
})

test('ID-28 invited and closed: nobody registers by themselves', async (t) => {
  for (const env of [codex, dashboard]) {
    const server = await startWithPeople({ env }, t)
    const client = server.newClient()
    for (const path of ['/api/v1/auth/register', '/auth/register', '/api/v1/users/register', '/users/'])
      assert.deepEqual(outcome(await register(client, bea, path)), [403, 'signup_closed'], path)
    const page = await client.fetch('/register', { headers: { accept: 'text/html' } })
    assert.match(await page.text(), /Hace falta una invitación/)
    assert.doesNotMatch(await (await client.fetch('/login', { headers: { accept: 'text/html' } })).text(), /href="\/register"/)
  }
})

forEachEngine(
  'ID-28 D-10 by domain: of the list, or of a company, which takes its own in once the address is proven',
  async (engine, t) => {
    const env = {
      SIGNUP_MODE: 'domain',
      ALLOWLIST_DOMAINS: 'Example.org, other.org',
      REQUIRE_EMAIL_VERIFICATION: '1',
      REQUIRE_APPROVAL: '0',
    }
    const server = await startWithPeople({ engine, env }, t)
    await server.ctx.db.kysely
      .updateTable('tenants')
      .set({ signup_domains: '["acme.example"]' })
      .where('id', '=', server.acme.tenantId)
      .execute()
    const client = server.newClient()
    assert.deepEqual(outcome(await register(client, bea)), [403, 'domain_not_allowed'])
    assert.equal((await register(client, { ...bea, email: 'bea@EXAMPLE.org' })).status, 201)
    assert.equal((await register(client, { ...bea, email: 'carl@acme.example' })).status, 201)
    assert.equal((await register(client, { ...bea, email: 'dora@example.org', company_slug: 'acme' })).status, 201)
    const joined = await server.ctx.db.kysely
      .selectFrom('memberships as m')
      .innerJoin('users as u', 'u.id', 'm.user_id')
      .select(['u.username', 'm.status'])
      .where('m.tenant_id', '=', server.acme.tenantId)
      .orderBy('u.id')
      .execute()
    assert.deepEqual(joined.slice(1), [
      { username: 'carl', status: 'active' },
      { username: 'dora', status: 'pending' }, // naming a company proves nothing
    ])
  },
)

forEachEngine('ID-28 the default company takes everybody in as VIEWER, while it has room', async (engine, t) => {
  const server = await startWithPeople({ engine, env: { ...aurum, DEFAULT_TENANT: 'acme' } }, t)
  await server.ctx.db.kysely.updateTable('tenants').set({ config: '{"limits":{"max_users":2}}' }).execute()
  const statuses: unknown[] = []
  for (const name of ['bea', 'carl']) {
    const { body } = await register(server.newClient(), { ...bea, email: `${name}@example.com` })
    statuses.push([fields(body).role, fields(body).tenant_id, (await signIn(server.newClient(), name)).status])
  }
  assert.deepEqual(statuses, [
    ['VIEWER', server.acme.tenantId, 200],
    [null, null, 403], // full: its administrator decides
  ])
})

forEachEngine('ID-27 K-45 a known address gets the answer of a new one; its owner gets a mail', async (engine, t) => {
  const server = await startWithPeople({ engine, env: ally }, t)
  const work = async (send: object) => {
    const before = countHashes()
    const { status, body } = await register(server.newClient(), send)
    return { status, body: fields(body), hashes: countHashes() - before }
  }
  const fresh = await work({ ...bea, email: 'new@example.com' })
  const known = await work({ ...bea, email: 'ANA@example.com' })
  assert.deepEqual({ ...known, body: { ...known.body, email: '' } }, { ...fresh, body: { ...fresh.body, email: '' } })
  assert.equal(fresh.hashes, 2) // one to look whether it is the password of an account, one to keep
  assert.deepEqual(await templates(server), ['verify_email new@example.com', 'email_exists_notice ana@example.com'])
  assert.equal((await mailTo(server, 'ana@example.com'))[0]?.path, '/login', 'where its button says')
  assert.equal((await signIn(server.newClient(), 'ana')).status, 200, 'and keeps the account as it was')
  // Again, before the address is proven: another link.
  await work({ email: 'new@example.com', password: 'OtherPass123!' })
  const links = (await mailTo(server, 'new@example.com')).map(({ token }) => token ?? '')
  assert.equal(links.length, 2)
  const client = server.newClient()
  assert.equal((await client.json('/api/v1/auth/verify-email', { token: links[0] })).status, 400, 'the older link stopped working')
  assert.equal((await client.json('/api/v1/auth/verify-email', { token: links[1] })).status, 200)
  // One of the two passwords may be of somebody who waited for the owner of the address to prove it: neither holds.
  for (const typed of [password, 'OtherPass123!']) assert.equal((await signIn(client, 'new', typed)).status, 401)
  assert.equal((await client.json('/api/v1/auth/forgot-password', { email: 'new@example.com' })).status, 200)
  const [reset] = (await mailTo(server, 'new@example.com')).filter(({ template }) => template === 'password_reset')
  const chosen = { token: reset?.token, new_password: 'NewPass456!' }
  assert.equal((await client.json('/api/v1/auth/reset-password', chosen)).status, 200)
  assert.equal((await signIn(client, 'new', 'NewPass456!')).status, 200)
})

forEachEngine('ID-27 K-45 a chosen username tells nobody whether an address had an account', async (engine, t) => {
  const server = await startWithPeople({ engine, env: { ...aurum, REQUIRE_EMAIL_VERIFICATION: '1' } }, t)
  const send = (body: object) => register(server.newClient(), { ...bea, ...body })
  // `ana@example.com` is known, the second address is not; whether `vera` is taken then must not show.
  for (const email of ['ana@example.com', 'vera@b.example', 'someone@c.example'])
    assert.equal((await send({ email, username: 'vera' })).status, 201, email)
  assert.deepEqual(
    (await users(server)).map(({ username }) => username),
    ['ana', 'vera', 'vera-2'],
  )
})

forEachEngine('ID-27 AC-26 AC-27 AC-28 AC-29 K-23 names: derived, unique, never privileged', async (engine, t) => {
  const server = await startWithPeople({ engine, env: aurum }, t)
  const send = (body: object) => register(server.newClient(), { ...bea, ...body })
  for (const email of ['bea@a.example', 'bea@b.example', 'Bea@c.example']) assert.equal((await send({ email })).status, 201)
  assert.equal((await send({ email: '123@a.example' })).status, 201)
  assert.equal((await send({ email: 'me@a.example' })).status, 201)
  assert.equal((await send({ email: 'j.p+x@a.example' })).status, 201)
  assert.deepEqual(
    (await users(server)).slice(1).map(({ username }) => username),
    ['bea', 'bea-2', 'bea-3', 'user-123', 'user-me', 'j-p-x'],
  )
  assert.deepEqual(outcome(await send({ email: 'x@a.example', username: 'BEA' })), [409, 'username_taken'])
  assert.deepEqual(outcome(await send({ email: 'bea@A.example', username: 'other' })), [409, 'email_taken'])
  const bad = await send({
    username: 'test user!',
    email: 'not-an-email',
    password: 'weak',
    profile: { first_name: 'B' },
    birth_date: '1890-01-01',
  })
  assert.equal(bad.status, 422)
  assert.deepEqual(
    [...new Set((fields(bad.body).fields as { path: string }[]).map(({ path }) => path))],
    ['username', 'email', 'password', 'first_name', 'birth_date'],
  )
  const nowhere = await send({ email: 'far@a.example', city_id: 1e21 })
  assert.deepEqual(outcome(nowhere), [422, 'validation_failed'], 'a number that no database counts to is no place, and no fault of ours')
  const privileged = {
    is_super_admin: true,
    role: 'OWNER',
    permissions: ['manage_tenants'],
    tenant_id: server.acme.tenantId,
    xp_total: 99,
    disabled: true,
    approval_status: 'approved',
  }
  const { body } = await send({ email: 'eve@a.example', ...privileged })
  const { role, permissions, tenant_id, xp_total, disabled } = fields(body)
  assert.deepEqual(
    { role, permissions, tenant_id, xp_total, disabled },
    { role: null, permissions: [], tenant_id: null, xp_total: 0, disabled: false },
  )
})
forEachEngine(
  'ID-27 twenty registrations of one address at once make one account, and of one derived name twenty names',
  async (engine, t) => {
    const server = await startWithPeople({ engine, env: { ...aurum, ARGON2_CONCURRENCY: '2' } }, t)
    const same = await Promise.all(Array.from({ length: 8 }, () => register(server.newClient(), bea)))
    assert.deepEqual(same.map(({ status }) => status).sort(), [201, ...Array.from({ length: 7 }, () => 409)])
    const named = await Promise.all(
      Array.from({ length: 4 }, (_, n) => register(server.newClient(), { ...bea, email: `carl@${n}.example` })),
    )
    assert.deepEqual(
      named.map(({ status }) => status),
      [201, 201, 201, 201],
    )
    const names = (await users(server)).map(({ username }) => username)
    assert.equal(new Set(names).size, names.length)
  },
)

forEachEngine('ID-30 a link works once, for 24 hours; of twenty posts at once one succeeds', async (engine, t) => {
  const server = await startWithPeople({ engine, env: ally }, t)
  await register(server.newClient(), bea)
  await register(server.newClient(), { ...bea, email: 'late@example.com' })
  const tokenOf = async (to: string) => (await mailTo(server, to)).at(-1)?.token ?? ''
  const token = await tokenOf('bea@example.com')
  const late = await tokenOf('late@example.com')
  const answers = await Promise.all(Array.from({ length: 20 }, () => server.newClient().json('/api/v1/auth/verify-email', { token })))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 19 }, () => 400)])
  server.clock.advance(24 * 60 * minuteMs)
  assert.deepEqual(outcome(await server.newClient().json('/api/v1/auth/verify-email', { token: late })), [400, 'token_invalid_or_expired'])
  const resend = (email: string) => server.newClient().json('/api/v1/auth/resend-verification', { email })
  const before = (await waitingMails(server.ctx)).length
  const answered = []
  for (const email of ['late@example.com', 'bea@example.com', 'nobody@example.com']) {
    const { status, body } = await resend(email)
    answered.push({ status, body })
  }
  assert.deepEqual(answered[1], answered[0])
  assert.deepEqual(answered[2], answered[0])
  assert.deepEqual((await templates(server)).slice(before), ['verify_email late@example.com'], 'only who awaits it gets one')
  assert.deepEqual(outcome(await resend('no address')), [400, 'email_malformed'])
  assert.equal((await server.newClient().json('/auth/verify-email', { token: await tokenOf('late@example.com') })).status, 200)
  for (const wrong of ['', 'x', 'x'.repeat(43), token.slice(1), `${token}%00`])
    assert.equal((await server.newClient().json('/api/v1/auth/verify-email', { token: wrong })).status, 400, wrong)
})

forEachEngine('ID-30 an unproven account loses its sessions when proof becomes required, and can ask for a link', async (engine, t) => {
  const first = await startWithPeople({ engine, env: aurum }, t)
  await register(first.newClient(), bea)
  const client = first.newClient()
  const { refreshToken } = await client.signInApi('bea', password)
  const second = await startTestServer({ databaseUrl: first.ctx.config.database.url, nowMs: first.clock.nowMs(), env: ally }, t)
  const me = await second.newClient().json('/api/v1/auth/me', undefined, { headers: { authorization: client.headers.authorization ?? '' } })
  assert.deepEqual(outcome(me), [401, 'session_ended'])
  const renewed = await second.newClient().json('/api/v1/auth/refresh', { refresh_token: refreshToken })
  assert.deepEqual(outcome(renewed), [403, 'email_not_verified'])
  await second.newClient().json('/api/v1/auth/resend-verification', { email: 'bea@example.com' })
  const token = (await waitingMails(second.ctx)).at(-1)?.token
  assert.equal((await second.newClient().json('/api/v1/auth/verify-email', { token })).status, 200)
  assert.equal((await second.newClient().json('/api/v1/auth/login', { username: 'bea', password })).status, 200)
})

forEachEngine('ID-28 D-10 invited and approved: an open link lets somebody register, an administrator lets them in', async (engine, t) => {
  const server = await startWithPeople({ engine, env: codex }, t)
  const ana = server.newClient()
  await ana.signInApi('ana', password)
  const made = await ana.json('/api/v1/invitations/links', { role: 'OPERATOR', max_uses: 1 })
  assert.equal(made.status, 201)
  const invitation_token = new URL(String(fields(made.body).url)).searchParams.get('token')
  const client = server.newClient()
  assert.deepEqual(outcome(await register(client, { ...bea, invitation_token: 'x'.repeat(43) })), [400, 'token_invalid_or_expired'])
  const registered = await register(client, { ...bea, invitation_token })
  assert.deepEqual([registered.status, fields(registered.body).approval_required, fields(registered.body).status], [201, true, 'pending'])
  assert.deepEqual(outcome(await signIn(client, 'bea')), [403, 'not_approved'])
  assert.deepEqual(await templates(server), ['approval_pending ana@example.com'])
  assert.equal(events(server, 'login_not_approved').length, 1)
  assert.equal((await register(server.newClient(), { ...bea, email: 'late@example.com', invitation_token })).status, 400, 'used up')
  const approved = await ana.json('/api/v1/users/bea/approve', { role: 'OPERATOR' }, { method: 'PATCH' })
  assert.equal(approved.status, 200)
  const signedIn = await signIn(client, 'bea')
  assert.deepEqual([signedIn.status, fields(fields(signedIn.body).user).role], [200, 'OPERATOR'])
})

test('ID-28 ID-46 who registers by an open link and has to prove the address is announced once, then', async (t) => {
  const server = await startWithPeople({ env: { ...codex, REQUIRE_EMAIL_VERIFICATION: '1' } }, t)
  const ana = server.newClient()
  await ana.signInApi('ana', password)
  const made = await ana.json('/api/v1/invitations/links', { role: 'OPERATOR', max_uses: 1 })
  const invitation_token = new URL(String(fields(made.body).url)).searchParams.get('token')
  assert.equal((await register(server.newClient(), { ...bea, invitation_token })).status, 201)
  assert.deepEqual(await templates(server), ['verify_email bea@example.com'])
  const [mail] = await mailTo(server, 'bea@example.com')
  assert.equal((await server.newClient().json('/api/v1/auth/verify-email', { token: mail?.token })).status, 200)
  assert.deepEqual(await templates(server), ['verify_email bea@example.com', 'approval_pending ana@example.com'])
})

forEachEngine('ID-28 closed: who was invited by mail may register with that address, proven and let in by it', async (engine, t) => {
  const server = await startWithPeople({ engine, env: { ...dashboard, REQUIRE_EMAIL_VERIFICATION: '1' } }, t)
  const ana = server.newClient()
  await ana.signInApi('ana', password)
  assert.equal((await ana.json('/api/v1/invitations', { email: 'bea@example.com', role: 'VIEWER' })).status, 201)
  const [mail] = await mailTo(server, 'bea@example.com')
  const invitation_token = mail?.token
  const client = server.newClient()
  const other = await register(client, { ...bea, email: 'carl@example.com', invitation_token })
  assert.deepEqual(outcome(other), [403, 'invitation_for_other_account'])
  const registered = await register(client, { ...bea, invitation_token })
  assert.deepEqual([registered.status, fields(registered.body).email_verified, fields(registered.body).role], [201, true, 'VIEWER'])
  assert.equal((await signIn(client, 'bea')).status, 200)
})
