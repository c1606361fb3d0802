import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { tampered } from '../../../test/harness/tampered.ts'
import type { Text } from '../../platform/i18n/index.ts'
import { identityMessages } from '../messages.ts'
import { fields, password, startWithPeople } from '../people.fixture.ts'
import { createTenantWithAdmin } from '../tenants/index.ts'

const html = { accept: 'text/html' }
const get = (client: Client, path: string) => client.fetch(path, { headers: html })
const post = (client: Client, path: string, values: Record<string, string>, headers: Record<string, string> = {}) =>
  client.fetch(path, {
    method: 'POST',
    headers: { ...html, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(values).toString(),
  })
const hidden = (page: string, name: string) => page.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? ''
const signInByForm = async (client: Client, path = '/login', values: Record<string, string> = {}) => {
  const page = await (await get(client, path)).text()
  return post(client, '/login', {
    username: 'ana',
    password,
    csrf_token: hidden(page, 'csrf_token'),
    next: hidden(page, 'next'),
    ...values,
  })
}

forEachEngine('ID-75 the form signs in and out without JavaScript', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const client = server.newClient()
  const first = await get(client, '/')
  assert.deepEqual([first.status, first.headers.get('location')], [303, '/login'])
  const signedIn = await signInByForm(client)
  assert.deepEqual([signedIn.status, signedIn.headers.get('location')], [303, '/t/acme/dashboard'])
  const [cookie] = signedIn.headers.getSetCookie().filter((line) => line.startsWith('andon_sid='))
  assert.match(cookie ?? '', /^andon_sid=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax$/)
  assert.ok(!client.cookies.has('andon_pre'))
  assert.deepEqual([(await get(client, '/login')).status, (await get(client, '/')).headers.get('location')], [303, '/t/acme/dashboard'])
  const account = await (await get(client, '/account')).text()
  assert.match(account, /ana@example\.com/)
  for (const page of ['dashboard', 'downtime', 'admin/users'])
    assert.match(account, new RegExp(`href="/t/acme/${page}"`), 'the way back to the work')
  const out = await post(client, '/logout', { csrf_token: hidden(account, 'csrf_token') })
  assert.deepEqual([out.status, out.headers.get('location')], [303, '/login'])
  assert.ok(!client.cookies.has('andon_sid'))
  const gone = await get(client, '/account')
  assert.deepEqual([gone.status, gone.headers.get('location')], [303, '/login?next=%2Faccount'])
  const [login] = await server.ctx.db.kysely.selectFrom('user_logins').select('end_reason').execute()
  assert.equal(login?.end_reason, 'logout')
})

test('ID-16 over https the cookie is bound to the host', async (t) => {
  const server = await startWithPeople({ env: { PUBLIC_URL: 'https://andon.example.com' } }, t)
  const client = server.newClient()
  const page = await (await get(client, '/login')).text()
  assert.ok(client.cookies.has('__Host-andon_pre'))
  const values = { username: 'ana', password, csrf_token: hidden(page, 'csrf_token') }
  const signedIn = await post(client, '/login', values, { origin: 'https://andon.example.com' })
  const [cookie] = signedIn.headers.getSetCookie().filter((line) => line.includes('andon_sid='))
  assert.match(cookie ?? '', /^__Host-andon_sid=[\w-]{43}; Path=\/; HttpOnly; Secure; SameSite=Lax$/)
})

test('over https every cookie is bound to the host, the choices of look included, and signing out empties the cache', async (t) => {
  const server = await startWithPeople({ env: { PUBLIC_URL: 'https://andon.example.com/plant' } }, t)
  const client = server.newClient()
  const origin = 'https://andon.example.com'
  const page = await get(client, '/login?lang=en&theme=light')
  const chosen = page.headers.getSetCookie().filter((line) => /andon_(lang|theme)=/.test(line))
  assert.equal(chosen.length, 2)
  const csrf_token = hidden(await page.text(), 'csrf_token')
  const signedIn = await post(client, '/login', { username: 'ana', password, csrf_token }, { origin })
  for (const line of [...page.headers.getSetCookie(), ...signedIn.headers.getSetCookie()]) {
    assert.match(line, /^__Host-\w+=/)
    assert.match(line, /; Path=\/;.*; ?Secure/)
  }
  const account = await (await get(client, '/account')).text()
  assert.match(account, /lang="en"/, 'and they are read back')
  const signedOut = await post(client, '/logout', { csrf_token: hidden(account, 'csrf_token') }, { origin })
  assert.equal(signedOut.headers.get('clear-site-data'), '"cache"')
})

test('ID-75 after signing in one is where one wanted to be, but only on this site', async (t) => {
  const server = await startWithPeople({}, t)
  const wanted = await get(server.newClient(), '/t/acme/dashboard?line_id=3')
  assert.equal(wanted.headers.get('location'), '/login?next=%2Ft%2Facme%2Fdashboard%3Fline_id%3D3')
  const there = await signInByForm(server.newClient(), '/login?next=%2Ft%2Facme%2Fdashboard%3Fline_id%3D3')
  assert.equal(there.headers.get('location'), '/t/acme/dashboard?line_id=3')
  for (const next of ['//evil.example', 'https://evil.example', '/\\evil.example'])
    assert.equal((await signInByForm(server.newClient(), '/login', { next })).headers.get('location'), '/t/acme/dashboard', next)
})

test('ID-20 the form without its token, with another browser’s, or from another site is refused and says what to do', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  const token = hidden(await (await get(client, '/login')).text(), 'csrf_token')
  const other = hidden(await (await get(server.newClient(), '/login')).text(), 'csrf_token')
  const attempts: [Record<string, string>, Record<string, string>][] = [
    [{}, {}],
    [{ csrf_token: other }, {}],
    [{ csrf_token: token }, { origin: 'https://evil.example' }],
    [{ csrf_token: token }, { 'sec-fetch-site': 'cross-site' }],
  ]
  for (const [values, headers] of attempts) {
    const refused = await post(client, '/login', { username: 'ana', password, ...values }, headers)
    assert.equal(refused.status, 403)
    const page = await refused.text()
    assert.match(page, /La página venció/)
    assert.match(page, /value="ana"/)
    assert.ok(!page.includes(password))
  }
  assert.equal((await post(client, '/login', { username: 'ana', password, csrf_token: token })).status, 303)
})

test('ID-08 a refused form keeps the name, forgets the password and says why, in both languages', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  const refused = await signInByForm(client, '/login', { password: 'WrongPassword456!', username: '<b>ana' })
  assert.equal(refused.status, 401)
  const page = await refused.text()
  assert.match(page, /Usuario o contraseña incorrectos/)
  assert.match(page, /value="&lt;b&gt;ana"/)
  assert.ok(!page.includes('WrongPassword456!'))
  const english = await (await signInByForm(client, '/login?lang=en', { password: 'x' })).text()
  assert.match(english, /Must have 6 to 128 characters/)
  assert.match(english, /<html lang="en"/)
})

forEachEngine(
  'ID-20 PL-TODO-02 with a cookie every unsafe request needs its token and our origin; with a bearer token none',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const client = server.newClient()
    await client.signIn('ana', password)
    const { csrf_token: csrf } = fields((await client.json('/api/v1/auth/csrf')).body)
    const send = async (headers: Record<string, string>) => {
      const cookie = `andon_sid=${client.cookies.get('andon_sid')}`
      const response = await fetch(`${server.url}/api/v1/auth/logout_all`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie, ...headers },
        body: JSON.stringify({ keep_current: true }),
      })
      return response.status
    }
    const token = String(csrf)
    assert.equal(await send({}), 403)
    assert.equal(await send({ origin: server.url }), 403)
    assert.equal(await send({ 'x-csrf-token': token }), 403) // neither Origin nor Sec-Fetch-Site
    assert.equal(await send({ 'x-csrf-token': token, origin: 'https://evil.example' }), 403)
    const forwarded = { 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'https' }
    assert.equal(await send({ 'x-csrf-token': token, origin: 'https://evil.example', ...forwarded }), 403)
    assert.equal(await send({ 'x-csrf-token': token, origin: server.url, 'sec-fetch-site': 'same-site' }), 403)
    assert.equal(await send({ 'x-csrf-token': tampered(token), origin: server.url }), 403)
    assert.equal(await send({ 'x-csrf-token': token, 'sec-fetch-site': 'same-origin' }), 200)
    assert.equal(await send({ 'x-csrf-token': token, origin: server.url }), 200)
    assert.ok(server.logLines.some(({ event }) => event === 'csrf_failed'))
    const program = server.newClient()
    await program.signInApi('ana', password)
    assert.equal(
      (await program.json('/api/v1/auth/logout_all', { keep_current: true }, { headers: { origin: 'https://evil.example' } })).status,
      200,
    )
  },
)

test('ID-20 each answer masks the token anew', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  await client.signIn('ana', password)
  const tokens = await Promise.all([1, 2].map(async () => fields((await client.json('/api/v1/auth/csrf')).body).csrf_token))
  assert.notEqual(tokens[0], tokens[1])
})

forEachEngine('ID-32 AC-22 changing the password: other sessions end, this one stays with a new cookie', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const other = server.newClient()
  await other.signInApi('ana', password)
  const client = server.newClient()
  await signInByForm(client)
  const before = client.cookies.get('andon_sid')
  const csrf_token = hidden(await (await get(client, '/account')).text(), 'csrf_token')
  const change = (values: Record<string, string>) => post(client, '/account/password', { csrf_token, ...values })
  const wrong = await change({ current_password: 'OtherPass123!', new_password: 'NewPass456!', confirm_password: 'NewPass456!' })
  assert.equal(wrong.status, 400)
  assert.match(await wrong.text(), /La contraseña actual no es correcta/)
  const weak = await change({ current_password: password, new_password: 'weak', confirm_password: 'week' })
  assert.equal(weak.status, 422)
  const page = await weak.text()
  assert.match(page, /al menos 8 caracteres\. Debe tener una letra mayúscula\. Debe tener un número/)
  assert.match(page, /No coincide/)
  assert.equal((await change({ current_password: password, new_password: password, confirm_password: password })).status, 400)
  const done = await change({ current_password: password, new_password: 'NewPass456!', confirm_password: 'NewPass456!' })
  assert.deepEqual([done.status, done.headers.get('location')], [303, '/account?done=password'])
  assert.notEqual(client.cookies.get('andon_sid'), before)
  assert.match(await (await get(client, '/account?done=password')).text(), /Contraseña cambiada/)
  assert.equal((await other.json('/api/v1/auth/me')).status, 401)
  const stolen = await fetch(`${server.url}/api/v1/auth/me`, { headers: { cookie: `andon_sid=${before}` } })
  assert.equal(stolen.status, 401)
})

test('ID-32 the API takes the older field names, and a form', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  await client.signInApi('ana', password)
  const answer = await client.json('/api/v1/users/me/change-password', undefined, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({ old_password: password, new_password: 'NewPass456!' }).toString(),
  })
  assert.equal(answer.status, 200)
  assert.ok(Date.parse(String(fields(answer.body).changed_at)) > 0)
})

forEachEngine('language and theme: this browser by cookie, the person’s other devices from the account', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const client = server.newClient()
  await signInByForm(client)
  const csrf_token = hidden(await (await get(client, '/account')).text(), 'csrf_token')
  const saved = await post(client, '/account/preferences', { csrf_token, language: 'en', theme: 'light' })
  assert.equal(saved.headers.get('location'), '/account?done=preferences')
  const second = server.newClient()
  await signInByForm(second)
  assert.match(await (await get(second, '/account')).text(), /<html lang="en" data-theme="light"/)
  assert.match(await (await get(second, '/account?theme=dark&lang=es')).text(), /<html lang="es" data-theme="dark"/)
  const third = server.newClient()
  await signInByForm(third)
  assert.match(await (await get(third, '/account')).text(), /<html lang="es" data-theme="dark"/)
  assert.match(await (await get(third, '/account?theme=pink&lang=xx')).text(), /<html lang="es" data-theme="dark"/)
})

test("a company's theme is the one of a first visit", async (t) => {
  const server = await startWithPeople({}, t)
  await server.ctx.db.kysely.updateTable('tenants').set({ config: '{"theme":"light"}' }).execute()
  const client = server.newClient()
  await signInByForm(client)
  assert.match(await (await get(client, '/account')).text(), /data-theme="light"/)
})

forEachEngine('somebody of several companies chooses, somebody of none is told what to do', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const { db } = server.ctx
  const other = await createTenantWithAdmin(db, server.ctx, {
    companyName: '<i>Other</i>',
    username: 'otto',
    email: 'otto@example.com',
    password,
  })
  const now = server.clock.nowMs()
  await db.kysely
    .insertInto('memberships')
    .values({
      user_id: server.acme.userId,
      tenant_id: other.tenantId,
      role: 'VIEWER',
      permissions: '[]',
      modules: null,
      status: 'active',
      joined_at: now,
      created_at: now,
      updated_at: now,
    })
    .execute()
  await db.kysely.updateTable('users').set({ default_tenant_id: null }).execute()
  const client = server.newClient()
  assert.equal((await signInByForm(client)).headers.get('location'), '/companies')
  const page = await (await get(client, '/companies')).text()
  assert.match(page, /href="\/t\/acme\/dashboard"/)
  assert.match(page, new RegExp(`href="/t/${other.slug}/dashboard"`))
  assert.match(page, /&lt;i&gt;Other&lt;\/i&gt;/)
  const sole = await server.addPerson('sole', 'VIEWER')
  await db.kysely.deleteFrom('memberships').where('user_id', '=', sole).execute()
  const lone = server.newClient()
  assert.equal((await signInByForm(lone, '/login', { username: 'sole' })).headers.get('location'), '/companies')
  assert.match(await (await get(lone, '/companies')).text(), /Todavía no pertenece a ninguna empresa/)
})

test('refusals are pages for people and fragments for htmx, in their language', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  await signInByForm(client)
  const missing = await get(client, '/t/nobody/dashboard')
  assert.equal(missing.status, 404)
  const page = await missing.text()
  assert.match(page, /<html lang="es"/)
  assert.match(page, /404/)
  assert.match(page, /href="\/"/)
  const english = await client.fetch('/t/nobody/dashboard?lang=en', { headers: html })
  assert.match(await english.text(), /Page not found/)
  const expired = await post(client, '/account/password', { csrf_token: 'old' })
  assert.equal(expired.status, 403)
  const fragment = await server.newClient().fetch('/t/acme/dashboard', { headers: { ...html, 'hx-request': 'true' } })
  assert.equal(fragment.status, 401)
  assert.ok(!(await fragment.text()).includes('<html'))
})

test('ID-75 every message is there in both languages and differs where it should', () => {
  const same = Object.entries(identityMessages as Record<string, Text>).filter(([, { es, en }]) => es === '' || en === '' || es === en)
  assert.deepEqual(same, [])
})

test('ID-63 no password, token, cookie or e-mail reaches the log', async (t) => {
  const server = await startWithPeople({}, t)
  const client = server.newClient()
  const { accessToken, refreshToken } = await client.signInApi('ana@example.com', password)
  await client.json('/api/v1/auth/login', { email: 'ana@example.com', password: 'WrongPassword456!' })
  await client.json('/api/v1/auth/refresh', { refresh_token: refreshToken })
  await client.json('/api/v1/auth/change-password', { current_password: password, new_password: 'NewPass456!' })
  const browser = server.newClient()
  await signInByForm(browser, '/login', { password: 'NewPass456!' })
  const log = JSON.stringify(server.logLines)
  const cookie = browser.cookies.get('andon_sid') ?? ''
  for (const secret of [
    password,
    'NewPass456!',
    'WrongPassword456!',
    accessToken,
    refreshToken,
    accessToken.slice(-12),
    cookie,
    'ana@example.com',
  ])
    assert.ok(!log.includes(secret), secret.slice(0, 6))
  for (const event of ['login_ok', 'login_failed', 'refresh_ok', 'password_changed'])
    assert.ok(
      server.logLines.some((line) => line.event === event && line.request_id),
      event,
    )
})
