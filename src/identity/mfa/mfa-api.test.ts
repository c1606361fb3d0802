import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { fields, noon, type People, password, startWithPeople } from '../people.fixture.ts'
import { meetChallenge, openChallenge } from './challenge.ts'
import { resetMfa } from './second-factor.ts'
import { newRecoveryCodes, recoveryCode, stepMs, stepOf } from './totp.ts'

const codeAt = (secret: string, nowMs: number): string => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: nowMs })
const outcome = ({ status, body }: { status: number; body: unknown }) => [status, status < 300 ? 'ok' : fields(body).code]
const origin = { ip: '10.0.0.1', userAgent: null, requestId: null }

/** Signs `ana` in over the API and gives her a second factor; the clock then stands in the next step. */
async function enrol(server: People, username = 'ana') {
  const client = server.newClient()
  await client.signInApi(username, password)
  const setup = await client.json('/api/v1/auth/mfa/totp/setup', { password })
  assert.equal(setup.status, 200, JSON.stringify(setup.body))
  const secret = String(fields(setup.body).secret)
  const confirmed = await client.json('/api/v1/auth/mfa/totp/confirm', { code: codeAt(secret, server.clock.nowMs()) })
  assert.equal(confirmed.status, 200, JSON.stringify(confirmed.body))
  const codes = fields(confirmed.body).recovery_codes as string[]
  server.clock.advance(stepMs)
  return { client, secret, codes, setup: fields(setup.body), now: () => codeAt(secret, server.clock.nowMs()) }
}

const login = (client: Client, more: Record<string, string> = {}) =>
  client.json('/api/v1/auth/login', { username: 'ana', password, ...more })
const form = (values: Record<string, string>): RequestInit => ({
  method: 'POST',
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(values).toString(),
})

forEachEngine(
  'ID-56 enrolling asks the password, counts only once a code was typed, and shows ten recovery codes once',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const client = server.newClient()
    await client.signInApi('ana', password)
    assert.deepEqual(outcome(await client.json('/api/v1/auth/mfa/totp/setup', { password: 'WrongPassword456!' })), [
      400,
      'current_password_incorrect',
    ])
    const setup = fields((await client.json('/api/v1/auth/mfa/totp/setup', { password })).body)
    const secret = String(setup.secret)
    assert.match(secret, /^[A-Z2-7]{32}$/)
    assert.match(String(setup.otpauth_uri), /^otpauth:\/\/totp\/Andon:ana%40example\.com\?issuer=Andon&secret=/)
    assert.match(String(setup.qr_svg), /^<svg /)
    assert.equal(setup.expires_in, 600)
    const stored = await server.ctx.db.kysely
      .selectFrom('totp_credentials')
      .select(['secret_enc', 'confirmed_at'])
      .executeTakeFirstOrThrow()
    assert.ok(!stored.secret_enc.includes(secret), 'the secret is sealed')
    // not confirmed yet: it guards nothing
    assert.equal(fields((await client.json('/api/v1/auth/me')).body).mfa_enabled, false)
    assert.ok(fields((await login(server.newClient())).body).access_token)
    const code = codeAt(secret, server.clock.nowMs())
    const wrong = code === '000000' ? '000001' : '000000'
    assert.deepEqual(outcome(await client.json('/api/v1/auth/mfa/totp/confirm', { code: wrong })), [400, 'mfa_invalid'])
    const confirmed = await client.json('/api/v1/auth/mfa/totp/confirm', { code })
    const codes = fields(confirmed.body).recovery_codes as string[]
    assert.equal(new Set(codes).size, 10)
    for (const each of codes) assert.match(each, /^[A-Z2-7]{5}-[A-Z2-7]{5}$/)
    const hashes = await server.ctx.db.kysely.selectFrom('recovery_codes').select('code_hash').execute()
    assert.ok(hashes.every(({ code_hash: hash }) => /^[0-9a-f]{64}$/.test(hash)))
    assert.equal(fields((await client.json('/api/v1/auth/me')).body).mfa_enabled, true)
    server.clock.advance(60_000)
    assert.deepEqual(outcome(await client.json('/api/v1/auth/mfa/totp/setup', { password })), [409, 'mfa_already_enabled'])
    const mails = await server.ctx.db.kysely.selectFrom('email_outbox').select('template').where('template', '=', 'mfa_changed').execute()
    assert.equal(mails.length, 1)
    const audit = await server.ctx.db.kysely
      .selectFrom('audit_logs')
      .select(['action', 'details'])
      .where('action', 'like', 'MFA%')
      .execute()
    assert.deepEqual(
      audit.map(({ action }) => action),
      ['MFA_ENABLED'],
    )
    const said = JSON.stringify([server.logLines, audit])
    for (const hidden of [secret, code, ...codes]) assert.ok(!said.includes(hidden), 'no secret is logged')
  },
)

test('ID-56 a secret that waits for more than ten minutes cannot be confirmed', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const secret = String(fields((await client.json('/api/v1/auth/mfa/totp/setup', { password })).body).secret)
  server.clock.advance(10 * 60_000)
  const late = await client.json('/api/v1/auth/mfa/totp/confirm', { code: codeAt(secret, server.clock.nowMs()) })
  assert.deepEqual(outcome(late), [400, 'mfa_setup_expired'])
})

forEachEngine(
  'ID-56 K-06 PL-92 PL-TODO-51 every way in asks for the code: JSON, alias, form, OAuth2, browser session',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const { now } = await enrol(server)
    for (const path of ['/api/v1/auth/login', '/auth/login', '/auth/token']) {
      const { status, body } = await server.newClient().json(path, { username: 'ana', password })
      assert.equal(status, 200)
      assert.deepEqual(Object.keys(fields(body)).sort(), ['expires_in', 'methods', 'mfa_required', 'mfa_token'], path)
    }
    const byForm = await server.newClient().json('/auth/login', undefined, form({ username: 'ana', password }))
    assert.equal(fields(byForm.body).mfa_required, true)
    for (const path of ['/token', '/api/v1/token']) {
      const refused = await server.newClient().json(path, undefined, form({ username: 'ana', password }))
      assert.deepEqual(outcome(refused), [401, 'mfa_required'])
      assert.equal(typeof fields(refused.body).mfa_token, 'string')
      const token = fields(refused.body).mfa_token as string
      const verified = await server.newClient().json('/api/v1/auth/mfa/verify', { mfa_token: token, code: now() })
      assert.equal(verified.status, 200, JSON.stringify(verified.body))
      assert.ok(fields(verified.body).access_token)
      server.clock.advance(stepMs)
      const inOne = await server.newClient().json(path, undefined, form({ username: 'ana', password, otp: now() }))
      assert.equal(inOne.status, 200)
      server.clock.advance(stepMs)
    }
    const browser = server.newClient()
    const csrf = String(fields((await browser.json('/api/v1/auth/csrf')).body).csrf_token)
    const headers = { 'x-csrf-token': csrf }
    const first = await browser.json('/api/v1/auth/session', { username: 'ana', password }, { headers })
    assert.equal(fields(first.body).mfa_required, true)
    assert.ok(!browser.cookies.has('andon_sid'))
    const given = { mfa_token: fields(first.body).mfa_token, code: now() }
    // the challenge of a browser is met by a form of ours only
    assert.deepEqual(outcome(await server.newClient().json('/api/v1/auth/mfa/verify', given)), [403, 'csrf_failed'])
    const second = await browser.json('/api/v1/auth/mfa/verify', given, { headers })
    assert.equal(second.status, 200, JSON.stringify(second.body))
    assert.ok(browser.cookies.has('andon_sid') && !('access_token' in fields(second.body)))
    const sessions = await server.ctx.db.kysely.selectFrom('sessions').select(['mfa_at', 'kind']).orderBy('id', 'desc').execute()
    assert.deepEqual([sessions[0]?.kind, sessions[0]?.mfa_at], ['browser', server.clock.nowMs()])
    assert.deepEqual(
      server.logLines.filter(({ event }) => event === 'mfa_ok').map(({ by }) => by),
      Array.from({ length: 5 }, () => 'totp'),
    )
  },
)

forEachEngine('ID-56 the company asked for with the password is the one after the code, with blanks around it too', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { now } = await enrol(server)
  const company_id = `${' '.repeat(60)}${server.acme.tenantUuid} `
  const owed = await login(server.newClient(), { company_id })
  assert.deepEqual(outcome(owed), [200, 'ok'])
  const done = await server.newClient().json('/api/v1/auth/mfa/verify', { mfa_token: fields(owed.body).mfa_token, code: now() })
  assert.deepEqual([done.status, fields(done.body).tenant_id], [200, server.acme.tenantId])
})

forEachEngine('ID-56 a code works once, and after it no older one; one step of drift is accepted', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { secret, now } = await enrol(server)
  const code = now()
  assert.equal((await login(server.newClient(), { otp: code })).status, 200)
  assert.deepEqual(outcome(await login(server.newClient(), { otp: code })), [401, 'mfa_invalid'])
  // the step before, which a slow phone still shows: older than the one used
  assert.deepEqual(outcome(await login(server.newClient(), { otp: codeAt(secret, server.clock.nowMs() - stepMs) })), [401, 'mfa_invalid'])
  assert.equal((await login(server.newClient(), { otp: codeAt(secret, server.clock.nowMs() + stepMs) })).status, 200)
  assert.deepEqual(outcome(await login(server.newClient(), { otp: codeAt(secret, server.clock.nowMs() + 2 * stepMs) })), [
    401,
    'mfa_invalid',
  ])
})

forEachEngine('ID-56 twenty sign-ins with one code at once: one is in; of twenty with one recovery code likewise', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { now, codes } = await enrol(server)
  for (const code of [now(), codes[0] ?? '']) {
    const tokens = await Promise.all(
      Array.from({ length: 20 }, () => openChallenge(server.ctx, { userId: server.acme.userId, kind: 'api', companyId: null })),
    )
    const met = await Promise.all(tokens.map((token) => meetChallenge(server.ctx, { token, code, kind: 'api', origin })))
    assert.equal(met.filter(({ kind }) => kind === 'met').length, 1)
  }
})

forEachEngine(
  'ID-56 five wrong codes end the challenge, also when they come at once; it lives five minutes and is used once',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const { now, codes } = await enrol(server)
    const open = () => openChallenge(server.ctx, { userId: server.acme.userId, kind: 'api', companyId: null })
    const meet = (token: string, code: string, kind: 'api' | 'browser' = 'api') => meetChallenge(server.ctx, { token, code, kind, origin })
    const right = now()
    const wrong = right === '123456' ? '654321' : '123456'
    const token = await open()
    const kinds = (await Promise.all(Array.from({ length: 12 }, () => meet(token, wrong)))).map(({ kind }) => kind)
    assert.deepEqual(kinds.filter((kind) => kind === 'wrong').length, 5)
    assert.equal((await meet(token, right)).kind, 'unknown')
    const late = await open()
    server.clock.advance(300_000)
    assert.equal((await meet(late, now())).kind, 'unknown')
    const once = await open()
    assert.equal((await meet(once, now())).kind, 'met')
    assert.equal((await meet(once, codes[1] ?? '')).kind, 'unknown')
    const ofBrowser = await openChallenge(server.ctx, { userId: server.acme.userId, kind: 'browser', companyId: null })
    assert.equal((await meet(ofBrowser, codes[2] ?? '')).kind, 'unknown')
    assert.equal((await meet('x'.repeat(43), codes[2] ?? '')).kind, 'unknown')
  },
)

forEachEngine('ID-56 a recovery code stands in for the phone, once, in any spelling; what is left is counted', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { codes, client } = await enrol(server)
  const [first = '', second = ''] = codes
  const spelled = first.toLowerCase().replace('-', ' ').replaceAll('o', '0').replaceAll('i', '1').replaceAll('b', '8')
  const token = String(fields((await login(server.newClient())).body).mfa_token)
  const verify = (mfaToken: string, code: string) =>
    server.newClient().json('/api/v1/auth/mfa/verify', { mfa_token: mfaToken, recovery_code: code })
  assert.equal((await verify(token, spelled)).status, 200)
  const again = String(fields((await login(server.newClient())).body).mfa_token)
  assert.deepEqual(outcome(await verify(again, first)), [401, 'mfa_invalid'])
  assert.equal((await verify(again, second)).status, 200)
  const used = await server.ctx.db.kysely.selectFrom('audit_logs').select('details').where('action', '=', 'RECOVERY_CODE_USED').execute()
  assert.deepEqual(
    used.map(({ details }) => JSON.parse(details)),
    [{ left: 9 }, { left: 8 }],
  )
  server.clock.advance(60_000)
  const renewed = await client.json('/api/v1/auth/mfa/recovery-codes', { password, code: codes[3] })
  assert.equal((fields(renewed.body).recovery_codes as string[]).length, 10)
  const third = String(fields((await login(server.newClient())).body).mfa_token)
  assert.deepEqual(outcome(await verify(third, codes[4] ?? '')), [401, 'mfa_invalid'])
})

forEachEngine(
  'ID-56 turning it off asks password and code; who administers the account can reset it; both are told by mail',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const { client, now } = await enrol(server)
    const remove = (send: Record<string, string>) =>
      client.json('/api/v1/auth/mfa/totp', undefined, {
        method: 'DELETE',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(send),
      })
    assert.deepEqual(outcome(await remove({ password: 'WrongPassword456!', code: now() })), [400, 'current_password_incorrect'])
    assert.deepEqual(outcome(await remove({ password, code: '12345' })), [400, 'mfa_invalid'])
    server.clock.advance(60_000)
    assert.equal((await remove({ password, code: now() })).status, 204)
    assert.ok(fields((await login(server.newClient())).body).access_token)
    assert.equal((await server.ctx.db.kysely.selectFrom('recovery_codes').select('id').execute()).length, 0)
    server.clock.advance(60_000)
    const otherId = await server.addPerson('otto', 'VIEWER')
    await enrol(server, 'otto')
    assert.equal(await resetMfa(server.ctx.db, server.ctx, { userId: server.acme.userId }, otherId, origin), true)
    assert.equal(await resetMfa(server.ctx.db, server.ctx, { userId: server.acme.userId }, otherId, origin), false)
    assert.ok(fields((await server.newClient().json('/api/v1/auth/login', { username: 'otto', password })).body).access_token)
    const actions = await server.ctx.db.kysely
      .selectFrom('audit_logs')
      .select('action')
      .where('action', 'like', 'MFA%')
      .orderBy('id')
      .execute()
    assert.deepEqual(
      actions.map(({ action }) => action),
      ['MFA_ENABLED', 'MFA_DISABLED', 'MFA_ENABLED', 'MFA_RESET'],
    )
    assert.equal(
      (await server.ctx.db.kysely.selectFrom('email_outbox').select('id').where('template', '=', 'mfa_changed').execute()).length,
      4,
    )
  },
)

test('ID-56 D-25 a role that must have a second factor can only enrol until it has one, and cannot turn it off', async (t) => {
  const server = await startWithPeople({ env: { MFA_REQUIRED_ROLES: 'OWNER, admin' } }, t)
  await server.addPerson('vera', 'VIEWER')
  const viewer = server.newClient()
  await viewer.signInApi('vera', password)
  assert.equal((await viewer.json('/api/v1/auth/context')).status, 200)
  const client = server.newClient()
  await client.signInApi('ana', password)
  for (const path of ['/api/v1/auth/context', '/api/v1/layout/config', '/api/v1/api-keys', '/api/v1/auth/sessions'])
    assert.deepEqual(outcome(await client.json(path)), [403, 'mfa_required_role'], path)
  assert.equal((await client.json('/api/v1/auth/me')).status, 200)
  const browser = server.newClient()
  await browser.signIn('ana', password)
  const page = await browser.fetch('/t/acme/dashboard', { headers: { accept: 'text/html' } })
  assert.deepEqual([page.status, page.headers.get('location')], [303, '/account/second-factor'])
  assert.match(
    await (await browser.fetch('/account/second-factor', { headers: { accept: 'text/html' } })).text(),
    /Su rol exige un segundo factor/,
  )
  const secret = String(fields((await client.json('/api/v1/auth/mfa/totp/setup', { password })).body).secret)
  await client.json('/api/v1/auth/mfa/totp/confirm', { code: codeAt(secret, server.clock.nowMs()) })
  assert.equal((await client.json('/api/v1/auth/context')).status, 200)
  server.clock.advance(60_000)
  const removal = await client.json('/api/v1/auth/mfa/totp', undefined, {
    method: 'DELETE',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ password, code: codeAt(secret, server.clock.nowMs()) }),
  })
  assert.deepEqual(outcome(removal), [403, 'mfa_required_role'])
})

test('ID-56 with ENABLE_2FA=0 nobody enrols and nobody has to, and whoever is enrolled still owes the code', async (t) => {
  const first = await startWithPeople({}, t)
  await enrol(first)
  const databaseUrl = first.ctx.config.database.url
  const { startTestServer } = await import('../../../test/harness/server.ts')
  const second = await startTestServer({ databaseUrl, nowMs: noon, env: { ENABLE_2FA: '0', MFA_REQUIRED_ROLES: 'OWNER,VIEWER' } }, t)
  assert.equal(fields((await login(second.newClient())).body).mfa_required, true)
  await first.addPerson('vera', 'VIEWER')
  const vera = second.newClient()
  await vera.signInApi('vera', password)
  assert.equal((await vera.json('/api/v1/auth/context')).status, 200)
  assert.deepEqual(outcome(await vera.json('/api/v1/auth/mfa/totp/setup', { password })), [403, 'mfa_unavailable'])
})

test('ID-56 a changed password or a disabled account ends what a right password had opened', async (t) => {
  const server = await startWithPeople({}, t)
  const { now } = await enrol(server)
  const verify = (token: unknown) => server.newClient().json('/api/v1/auth/mfa/verify', { mfa_token: token, code: now() })
  const before = fields((await login(server.newClient())).body).mfa_token
  server.clock.advance(1_000)
  const { kysely } = server.ctx.db
  await kysely.updateTable('users').set({ password_changed_at: server.clock.nowMs() }).where('username', '=', 'ana').execute()
  assert.deepEqual(outcome(await verify(before)), [401, 'mfa_invalid'])
  server.clock.advance(60_000)
  const open = fields((await login(server.newClient())).body).mfa_token
  await kysely.updateTable('users').set({ is_active: 0 }).where('username', '=', 'ana').execute()
  assert.deepEqual(outcome(await verify(open)), [403, 'account_disabled'])
})

test('ID-56 K-06 wrong codes are failed sign-ins: after five the account is closed to that address, code and password alike', async (t) => {
  const server = await startWithPeople({}, t)
  const { now } = await enrol(server)
  const client = server.newClient()
  for (let n = 0; n < 5; n += 1) {
    assert.deepEqual(outcome(await login(client, { otp: 'AAAAA-AAAAA' })), [401, 'mfa_invalid'])
    server.clock.advance(61_000)
  }
  assert.deepEqual(outcome(await login(client, { otp: now() })), [401, 'invalid_credentials'])
  const reasons = await server.ctx.db.kysely.selectFrom('audit_logs').select('details').where('action', '=', 'LOGIN_FAILED').execute()
  assert.ok(reasons.filter(({ details }) => details.includes('wrong_code')).length >= 5)
})

const html = { accept: 'text/html' }
const hidden = (page: string, name: string) => page.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? ''
const post = (client: Client, path: string, values: Record<string, string>) =>
  client.fetch(path, { ...form(values), headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' } })

forEachEngine(
  'ID-56 ID-75 the sign-in page asks for the code on a second page, without JavaScript, and keeps where one was going',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const { now, codes } = await enrol(server)
    const client = server.newClient()
    const begin = async () => {
      const page = await (await client.fetch('/login?next=%2Faccount', { headers: html })).text()
      return post(client, '/login', { username: 'ana', password, next: '/account', csrf_token: hidden(page, 'csrf_token') })
    }
    const first = await begin()
    assert.deepEqual([first.status, first.headers.get('location')], [303, '/login/code?next=%2Faccount'])
    assert.ok(client.cookies.has('andon_mfa') && !client.cookies.has('andon_sid'))
    assert.match(
      first.headers.getSetCookie().find((line) => line.startsWith('andon_mfa=')) ?? '',
      /Max-Age=300; Path=\/; HttpOnly; SameSite=Lax/,
    )
    const page = await (await client.fetch('/login/code?next=%2Faccount', { headers: html })).text()
    assert.match(page, /Segundo factor/)
    assert.match(page, /autocomplete="one-time-code"/)
    assert.ok(!page.includes(client.cookies.get('andon_mfa') ?? '?'), 'the token is not in the page')
    const wrong = await post(client, '/login/code', { code: '1', next: '/account', csrf_token: hidden(page, 'csrf_token') })
    assert.equal(wrong.status, 401)
    assert.match(await wrong.text(), /El código no es válido/)
    const stranger = await post(server.newClient(), '/login/code', { code: now(), csrf_token: hidden(page, 'csrf_token') })
    assert.equal(stranger.status, 403)
    const right = await post(client, '/login/code', { code: now(), next: '/account', csrf_token: hidden(page, 'csrf_token') })
    assert.deepEqual([right.status, right.headers.get('location')], [303, '/account'])
    assert.ok(client.cookies.has('andon_sid') && !client.cookies.has('andon_mfa'))
    const other = server.newClient()
    const start = await (await other.fetch('/login', { headers: html })).text()
    await post(other, '/login', { username: 'ana', password, csrf_token: hidden(start, 'csrf_token') })
    const recovery = await (await other.fetch('/login/code?use=recovery', { headers: html })).text()
    assert.match(recovery, /name="recovery_code"/)
    const byRecovery = await post(other, '/login/code', { recovery_code: codes[0] ?? '', csrf_token: hidden(recovery, 'csrf_token') })
    assert.deepEqual([byRecovery.status, byRecovery.headers.get('location')], [303, '/t/acme/dashboard'])
    // nothing is owed: the page leads to the sign-in
    assert.equal((await server.newClient().fetch('/login/code', { headers: html })).headers.get('location'), '/login')
  },
)

forEachEngine(
  'ID-56 ID-75 the account page turns the second factor on, shows the QR and the codes once, and off again',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const client = server.newClient()
    await client.signIn('ana', password)
    const account = await (await client.fetch('/account', { headers: html })).text()
    assert.match(account, /Segundo factor/)
    const csrf = hidden(account, 'csrf_token')
    const refused = await post(client, '/account/second-factor', { password: 'WrongPassword456!', csrf_token: csrf })
    assert.equal(refused.status, 400)
    assert.match(await refused.text(), /La contraseña actual no es correcta/)
    const setup = await (await post(client, '/account/second-factor', { password, csrf_token: csrf })).text()
    assert.match(setup, /<img class="qr" src="data:image\/svg\+xml;base64,/)
    const secret = (setup.match(/<code class="secret">([^<]+)</)?.[1] ?? '').replaceAll(' ', '')
    const wrong = await post(client, '/account/second-factor/confirm', { code: '1', csrf_token: csrf })
    assert.equal(wrong.status, 400)
    assert.match(await wrong.text(), /<img class="qr"/)
    const done = await (
      await post(client, '/account/second-factor/confirm', { code: codeAt(secret, server.clock.nowMs()), csrf_token: csrf })
    ).text()
    assert.equal([...done.matchAll(/<li><code class="secret">/g)].length, 10)
    const after = await (await client.fetch('/account/second-factor', { headers: html })).text()
    assert.ok(!after.includes(secret) && !after.includes('class="qr"') && !/[A-Z2-7]{5}-[A-Z2-7]{5}/.test(after))
    assert.match(after, /Códigos de recuperación sin usar: 10 de 10/)
    server.clock.advance(90_000)
    const removed = await post(client, '/account/second-factor/remove', {
      password,
      code: codeAt(secret, server.clock.nowMs()),
      csrf_token: csrf,
    })
    assert.equal(removed.headers.get('location'), '/account/second-factor?done=removed')
  },
)

test('steps and codes: RFC 6238 vectors, one step around, letters that look like digits', () => {
  const secret = new Secret({ buffer: new TextEncoder().encode('12345678901234567890').buffer as ArrayBuffer }).base32
  // RFC 6238 appendix B, SHA-1, its last six digits
  for (const [atS, code] of [
    [59, '287082'],
    [1_111_111_109, '081804'],
    [1_234_567_890, '005924'],
    [20_000_000_000, '353130'],
  ] as const) {
    assert.equal(stepOf(secret, code, atS * 1000), Math.floor(atS / 30))
    assert.equal(stepOf(secret, code, atS * 1000 + stepMs), Math.floor(atS / 30))
    assert.equal(stepOf(secret, code, atS * 1000 + 2 * stepMs), null)
  }
  for (const bad of ['', '12345', '1234567', 'abcdef', '１２３４５６']) assert.equal(stepOf(secret, bad, 59_000), null)
  assert.equal(recoveryCode('abcde-0119z'), null)
  for (const code of newRecoveryCodes()) assert.equal(recoveryCode(` ${code.toLowerCase()} `), code.replace('-', ''))
})
