import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { waitingMails } from '../../../test/harness/mails.ts'
import { fields, type People, password, startWithPeople } from '../people.fixture.ts'
import { requestEmailChange } from './index.ts'

const minuteMs = 60_000
const renewed = 'NewPass456!'
const outcome = ({ status, body }: { status: number; body: unknown }) => [status, fields(body).code]
const forgot = (client: Client, email: string, path = '/api/v1/auth/forgot-password') => client.json(path, { email })
const reset = (client: Client, token: unknown, newPassword = renewed) =>
  client.json('/api/v1/auth/reset-password', { token, new_password: newPassword })
const lastToken = async (server: People) => (await waitingMails(server.ctx)).at(-1)?.token ?? ''
const templates = async (server: People) => (await waitingMails(server.ctx)).map(({ template, to }) => `${template} ${to}`)
const actions = async (server: People) =>
  (await server.ctx.db.kysely.selectFrom('audit_logs').select('action').orderBy('id').execute()).map(({ action }) => action)
const origin = { ip: '10.0.0.1', userAgent: null, requestId: 'r' }

forEachEngine(
  'ID-31 K-02 K-03 asking tells nothing: known and unknown address get the same answer, and as much is written',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const gone = await server.addPerson('gone', 'VIEWER')
    await server.ctx.db.kysely.updateTable('users').set({ is_active: 0 }).where('id', '=', gone).execute()
    const rows = async () => {
      const counts = await Promise.all(
        (['link_tokens', 'audit_logs'] as const).map((table) => server.ctx.db.kysely.selectFrom(table).select('id').execute()),
      )
      return counts.map(({ length }) => length)
    }
    const answers = []
    for (const email of ['ana@example.com', ' ANA@Example.com ', 'nobody@example.com', 'gone@example.com']) {
      const before = await rows()
      const { status, body } = await forgot(server.newClient(), email)
      answers.push({ status, body, written: (await rows()).map((count, at) => count - (before[at] ?? 0)) })
    }
    for (const answer of answers) assert.deepEqual(answer, answers[0])
    assert.deepEqual([answers[0]?.status, fields(answers[0]?.body).ok, answers[0]?.written], [200, true, [1, 1]])
    assert.deepEqual(await templates(server), ['password_reset ana@example.com', 'password_reset ana@example.com'])
    const body = JSON.stringify(answers[0]?.body)
    for (const { token } of await waitingMails(server.ctx)) {
      assert.ok(token && !body.includes(token))
      assert.ok(!JSON.stringify(server.logLines).includes(token), 'no token in any log')
    }
    const asked = server.logLines.filter(({ event }) => event === 'password_reset_requested')
    assert.deepEqual(
      asked.map(({ user_id }) => user_id),
      [server.acme.userId, server.acme.userId, null, null],
    )
    const malformed = await forgot(server.newClient(), 'no address')
    assert.deepEqual(
      [malformed.status, fields(malformed.body).ok, fields(malformed.body).error],
      [400, false, 'Is not a valid e-mail address.'],
    )
    const form = { method: 'POST', headers: { 'content-type': 'application/x-www-form-urlencoded' }, body: 'email=ana%40example.com' }
    assert.equal((await server.newClient().json('/auth/request-password-reset', undefined, form)).status, 200)
  },
)

forEachEngine('ID-31 K-05 the link sets a password: sessions and tokens end, the lock opens, the owner is told', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const [program, browser, thief] = [server.newClient(), server.newClient(), server.newClient()]
  const { refreshToken } = await program.signInApi('ana', password)
  await browser.signIn('ana', password)
  for (let n = 0; n < 5; n += 1) await thief.json('/api/v1/auth/login', { username: 'ana', password: 'WrongPassword456!' })
  server.clock.advance(minuteMs)
  await forgot(server.newClient(), 'ana@example.com')
  const token = await lastToken(server)
  const weak = await reset(server.newClient(), token, 'weak')
  assert.deepEqual([weak.status, fields(weak.body).code], [422, 'validation_failed'])
  const mismatch = await server.newClient().json('/auth/reset-password', { token, new_password: renewed, confirm_password: 'Other456!' })
  assert.equal(mismatch.status, 422)
  const done = await server.newClient().json(`/auth/reset-password/${token}`, { new_password: renewed })
  assert.equal(done.status, 200, 'a refused password did not use the link up')
  assert.deepEqual(outcome(await reset(server.newClient(), token)), [400, 'token_invalid_or_expired'])
  assert.equal((await program.json('/api/v1/auth/me')).status, 401)
  assert.equal((await browser.json('/api/v1/auth/me')).status, 401)
  assert.equal((await server.newClient().json('/api/v1/auth/refresh', { refresh_token: refreshToken })).status, 401)
  assert.equal((await thief.json('/api/v1/auth/login', { username: 'ana', password: renewed })).status, 200)
  assert.equal((await server.newClient().json('/api/v1/auth/login', { username: 'ana', password })).status, 401)
  assert.deepEqual((await templates(server)).at(-1), 'password_changed ana@example.com')
  const reasons = await server.ctx.db.kysely.selectFrom('user_logins').select('end_reason').orderBy('id').execute()
  assert.deepEqual(
    reasons.map(({ end_reason }) => end_reason),
    ['password_change', 'password_change', null],
  )
  const ok = server.logLines.filter(({ event }) => event === 'password_reset_ok')
  assert.deepEqual(
    ok.map(({ user_id }) => user_id),
    [server.acme.userId],
  )
  const log = JSON.stringify(server.logLines)
  assert.ok(!log.includes(token) && !log.includes(renewed), 'the address with the token is not logged as it came')
  const audited = await actions(server)
  for (const action of ['PASSWORD_RESET_REQUESTED', 'PASSWORD_RESET', 'LOGIN_LOCKED']) assert.ok(audited.includes(action), action)
})

forEachEngine(
  'ID-31 K-04 a link works for 60 minutes, a newer one replaces it, and of twenty posts at once one succeeds',
  async (engine, t) => {
    const server = await startWithPeople({ engine, env: { ARGON2_CONCURRENCY: '4' } }, t)
    const ask = async () => {
      await forgot(server.newClient(), 'ana@example.com')
      return lastToken(server)
    }
    const first = await ask()
    const second = await ask()
    assert.equal((await reset(server.newClient(), first)).status, 400)
    server.clock.advance(60 * minuteMs)
    assert.equal((await reset(server.newClient(), second)).status, 400)
    const third = await ask()
    const answers = await Promise.all(Array.from({ length: 20 }, () => reset(server.newClient(), third)))
    assert.deepEqual(answers.map(({ status }) => status).sort(), [200, ...Array.from({ length: 19 }, () => 400)])
    const [bare] = await server.ctx.db.kysely.selectFrom('link_tokens').select('token_hash').execute()
    assert.match(bare?.token_hash ?? '', /^[0-9a-f]{64}$/)
    // Of one purpose only: the link of a new password proves no address.
    assert.equal((await server.newClient().json('/api/v1/auth/verify-email', { token: await ask() })).status, 400)
  },
)

forEachEngine('ID-34 another address: in force once proven there; the old one is told', async (engine, t) => {
  const server = await startWithPeople({ engine, env: { REQUIRE_EMAIL_VERIFICATION: '1' } }, t)
  const change = (email: string, currentPassword: string | null = password) =>
    requestEmailChange(server.ctx, { userId: server.acme.userId }, { email, currentPassword }, origin)
  const emailOf = async () =>
    (await server.ctx.db.kysely.selectFrom('users').select('email').where('id', '=', server.acme.userId).executeTakeFirst())?.email
  await assert.rejects(change('new@example.com', null), { code: 'current_password_incorrect' })
  await assert.rejects(change('new@example.com', 'WrongPassword456!'), { code: 'current_password_incorrect' })
  await assert.rejects(change('nonsense'), { code: 'validation_failed' })
  assert.deepEqual(await change('New@Example.com'), { isPending: true })
  assert.equal(await emailOf(), 'ana@example.com')
  assert.deepEqual(await templates(server), ['email_change_confirm new@example.com', 'email_change_notice ana@example.com'])
  const mails = await waitingMails(server.ctx)
  assert.ok(!mails[1]?.text.includes('new@example.com'), 'the notice shows the new address masked')
  await forgot(server.newClient(), 'ana@example.com')
  const resetToken = await lastToken(server)
  const verified = await server.newClient().json('/api/v1/auth/verify-email', { token: mails[0]?.token, auto_login: true })
  assert.deepEqual([verified.status, fields(verified.body).access_token], [200, undefined], 'a changed address signs nobody in')
  assert.equal(await emailOf(), 'new@example.com')
  assert.equal((await reset(server.newClient(), resetToken)).status, 400, 'what went to the old address opens nothing')
  assert.ok((await actions(server)).includes('EMAIL_CHANGED'))
  // An address that somebody has: the same answer, word to its owner, and nothing changes.
  await server.addPerson('vera', 'VIEWER')
  const before = (await templates(server)).length
  assert.deepEqual(await change('vera@example.com'), { isPending: true })
  assert.deepEqual((await templates(server)).slice(before), ['email_exists_notice vera@example.com', 'email_change_notice new@example.com'])
  assert.equal(await emailOf(), 'new@example.com')
})

forEachEngine('ID-34 who asks for the address they have takes back what they asked for before', async (engine, t) => {
  const server = await startWithPeople({ engine, env: { REQUIRE_EMAIL_VERIFICATION: '1' } }, t)
  const { userId } = server.acme
  const change = (email: string) => requestEmailChange(server.ctx, { userId }, { email, currentPassword: password }, origin)
  const pending = async () =>
    (await server.ctx.db.kysely.selectFrom('users').select('pending_email').where('id', '=', userId).executeTakeFirst())?.pending_email
  await change('mistyped@example.com')
  const [confirm] = await waitingMails(server.ctx)
  assert.equal(await pending(), 'mistyped@example.com')
  assert.deepEqual(await change('Ana@example.com'), { isPending: false })
  assert.equal(await pending(), null)
  const stranger = await server.newClient().json('/api/v1/auth/verify-email', { token: confirm?.token })
  assert.deepEqual(outcome(stranger), [400, 'token_invalid_or_expired'], 'whoever reads the mails of the mistyped address')
  const noted = (await actions(server)).filter((action) => action === 'USER_UPDATED').length
  assert.deepEqual(await change('ana@example.com'), { isPending: false })
  assert.equal((await actions(server)).filter((action) => action === 'USER_UPDATED').length, noted, 'nothing was pending, nothing changed')
  await change('mistyped@example.com')
  await server.ctx.db.kysely.deleteFrom('link_tokens').execute() // over, and swept
  await change('ana@example.com')
  assert.equal(await pending(), null)
})

forEachEngine('ID-34 two people, one new address: the first who proves it has it', async (engine, t) => {
  const server = await startWithPeople({ engine, env: { REQUIRE_EMAIL_VERIFICATION: '1' } }, t)
  const veraId = await server.addPerson('vera', 'VIEWER')
  for (const userId of [server.acme.userId, veraId])
    await requestEmailChange(server.ctx, { userId }, { email: 'shared@example.com', currentPassword: password }, origin)
  const tokens = (await waitingMails(server.ctx)).filter(({ template }) => template === 'email_change_confirm').map(({ token }) => token)
  const answers = await Promise.all(tokens.map((token) => server.newClient().json('/api/v1/auth/verify-email', { token })))
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 400])
})

forEachEngine('ID-34 where addresses need no proof they change at once, and a taken one is refused', async (engine, t) => {
  const server = await startWithPeople({ engine, env: { REQUIRE_EMAIL_VERIFICATION: '0' } }, t)
  await server.addPerson('vera', 'VIEWER')
  const change = (email: string) => requestEmailChange(server.ctx, { userId: server.acme.userId }, { email, currentPassword: null }, origin)
  await assert.rejects(change('vera@example.com'), { code: 'email_taken' })
  assert.deepEqual(await change('new@example.com'), { isPending: false })
  assert.equal((await server.newClient().json('/api/v1/auth/login', { email: 'new@example.com', password })).status, 200)
  assert.deepEqual(await templates(server), ['email_changed ana@example.com'], 'nothing is left to confirm, and the mail does not say so')
})

forEachEngine('ID-32 ID-33 who must change the password can do that, see who they are and leave: nothing else', async (engine, t) => {
  const server = await startWithPeople({ engine, env: { ACCESS_TOKEN_EXPIRE_MINUTES: '1440' } }, t)
  await server.ctx.db.kysely.updateTable('users').set({ must_change_password: 1 }).where('id', '=', server.acme.userId).execute()
  const program = server.newClient()
  await program.signInApi('ana', password)
  const me = await program.json('/api/v1/auth/me')
  assert.deepEqual([me.status, fields(me.body).must_change_password], [200, true])
  const guarded = server.app.shell.routes.filter(
    ({ method, url, access }) =>
      method === 'GET' && url.startsWith('/api/v1/') && !url.includes(':') && !['public', 'any_session'].includes(access),
  )
  assert.ok(guarded.length > 10)
  for (const { url } of guarded) {
    server.clock.advance(minuteMs) // each in a minute of its own, as the limits go
    const [status, code] = outcome(await program.json(url))
    // The platform's own routes are closed to her anyway.
    assert.ok(status === 403 && (code === 'password_change_required' || code === 'permission_denied'), `${url}: ${status} ${String(code)}`)
  }
  const browser = server.newClient()
  await browser.signIn('ana', password)
  const html = { accept: 'text/html' }
  for (const path of ['/account', '/t/acme/dashboard', '/companies']) {
    const led = await browser.fetch(path, { headers: html })
    assert.deepEqual([led.status, led.headers.get('location')], [303, '/account/password'], path)
  }
  const page = await (await browser.fetch('/account/password', { headers: html })).text()
  assert.match(page, /Elija su contraseña/)
  const csrf_token = page.match(/name="csrf_token" value="([^"]*)"/)?.[1] ?? ''
  const change = (values: Record<string, string>) =>
    browser.fetch('/account/password', {
      method: 'POST',
      headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrf_token, current_password: password, ...values }).toString(),
    })
  assert.equal((await change({ new_password: 'weak', confirm_password: 'weak' })).status, 422)
  const done = await change({ new_password: renewed, confirm_password: renewed })
  assert.deepEqual([done.status, done.headers.get('location')], [303, '/'])
  assert.equal((await browser.fetch('/account', { headers: html })).status, 200)
  assert.deepEqual(await templates(server), ['password_changed ana@example.com'])
  assert.equal((await program.json('/api/v1/auth/logout', undefined, { method: 'POST' })).status, 200)
})

forEachEngine('ID-11 whose refresh token was used twice is told by mail', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { refreshToken } = await server.newClient().signInApi('ana', password)
  const refresh = () => server.newClient().json('/api/v1/auth/refresh', { refresh_token: refreshToken })
  assert.equal((await refresh()).status, 200)
  server.clock.advance(10_001)
  assert.equal((await refresh()).status, 401)
  assert.equal((await refresh()).status, 401)
  assert.deepEqual(await templates(server), ['refresh_reuse_alert ana@example.com'], 'once')
})

test('ID-17 four sign-ins at once leave three sessions, with the lockout in between', async (t) => {
  const server = await startWithPeople({}, t)
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => server.newClient().json('/api/v1/auth/login', { username: 'ana', password })),
  )
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200],
  )
  const open = await server.ctx.db.kysely.selectFrom('sessions').select('id').where('ended_at', 'is', null).execute()
  assert.equal(open.length, 3)
})
