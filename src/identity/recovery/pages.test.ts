import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { waitingMails } from '../../../test/harness/mails.ts'
import type { Text } from '../../platform/i18n/index.ts'
import { type People, password, startWithPeople } from '../people.fixture.ts'
import { signupMessages } from '../signup/messages.ts'
import { recoveryMessages } from './messages.ts'

const html = { accept: 'text/html' }
const get = (client: Client, path: string) => client.fetch(path, { headers: html })
const textOf = async (client: Client, path: string) => (await get(client, path)).text()
const post = (client: Client, path: string, values: Record<string, string>, headers: Record<string, string> = {}) =>
  client.fetch(path, {
    method: 'POST',
    headers: { ...html, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    body: new URLSearchParams(values).toString(),
  })
const tokenIn = (page: string) => page.match(/name="csrf_token" value="([^"]*)"/)?.[1] ?? ''
/** The form of a page, sent with its token. */
const send = async (client: Client, path: string, values: Record<string, string>, to = path) =>
  post(client, to, { csrf_token: tokenIn(await textOf(client, path)), ...values })
const linkTo = async (server: People, to: string) => (await waitingMails(server.ctx)).filter((mail) => mail.to === to).at(-1)
const where = (response: Response) => [response.status, response.headers.get('location')]
const open = { SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '1', REQUIRE_APPROVAL: '0' }

forEachEngine(
  'ID-31 K-02 without JavaScript: the link leaves the address at once, survives reloading, and works once',
  async (engine, t) => {
    const server = await startWithPeople({ engine }, t)
    const client = server.newClient()
    assert.deepEqual(where(await send(client, '/forgot-password', { email: 'ana@example.com' })), [303, '/forgot-password?done=sent'])
    const sent = await textOf(client, '/forgot-password?done=sent')
    const mail = await linkTo(server, 'ana@example.com')
    assert.match(sent, /Revise su correo/)
    assert.ok(!sent.includes(mail?.token ?? '?'), 'the page shows no link')
    const landed = await get(client, mail?.path ?? '')
    assert.deepEqual(where(landed), [303, '/reset-password'])
    assert.match(
      landed.headers.getSetCookie().find((line) => line.startsWith('andon_reset=')) ?? '',
      /Max-Age=3600; Path=\/; HttpOnly; SameSite=Lax$/,
    )
    for (const _ of [1, 2]) assert.match(await textOf(client, '/reset-password'), /Contraseña nueva/)
    const weak = await send(client, '/reset-password', { new_password: 'weak', confirm_password: 'other' })
    assert.equal(weak.status, 422)
    assert.match(await weak.text(), /al menos 8 caracteres/)
    const right = { new_password: 'NewPass456!', confirm_password: 'NewPass456!' }
    assert.equal((await post(client, '/reset-password', right)).status, 403, 'not without the token of the form')
    assert.equal((await post(client, '/reset-password', right, { origin: 'https://evil.example' })).status, 403)
    assert.deepEqual(where(await send(client, '/reset-password', right)), [303, '/reset-password?done=reset'])
    assert.ok(!client.cookies.has('andon_reset'))
    assert.match(await textOf(client, '/reset-password'), /Enlace no válido/)
    assert.deepEqual(where(await send(client, '/login', { username: 'ana', password: 'NewPass456!' })), [303, '/t/acme/dashboard'])
    assert.deepEqual(where(await get(server.newClient(), '/auth/forgot-password')), [303, '/forgot-password'])
  },
)

forEachEngine('ID-30 without JavaScript: register, confirm, be in; a dead link offers another', async (engine, t) => {
  const server = await startWithPeople({ engine, env: open }, t)
  const client = server.newClient()
  const refused = await send(client, '/register', { email: 'bea@', full_name: '<b>Bea', password: 'weak' })
  assert.equal(refused.status, 422)
  const again = await refused.text()
  assert.match(again, /value="&lt;b&gt;Bea"/)
  assert.ok(!again.includes('value="weak"'))
  const person = { email: 'bea@example.com', full_name: 'Bea', password }
  assert.equal((await post(client, '/register', person)).status, 403, 'not without the token of the form')
  assert.deepEqual(where(await send(client, '/register', person)), [303, '/register?done=verify'])
  const mail = await linkTo(server, 'bea@example.com')
  assert.deepEqual(where(await get(client, `/auth/verify-email?token=${mail?.token}`)), [303, `/verify-email?token=${mail?.token}`])
  assert.deepEqual(where(await get(client, mail?.path ?? '')), [303, '/verify-email?auto_login=1'])
  assert.match(await textOf(client, '/verify-email?auto_login=1'), /Confirmar/)
  assert.deepEqual(where(await send(client, '/verify-email', { auto_login: '1' })), [303, '/'])
  assert.ok(client.cookies.has('andon_sid') && !client.cookies.has('andon_verify'))
  assert.equal((await get(client, '/account')).status, 200)
  const late = server.newClient()
  await get(late, mail?.path ?? '')
  const dead = await textOf(late, '/verify-email')
  assert.match(dead, /Enlace no válido/)
  assert.deepEqual(where(await send(late, '/verify-email', { email: 'bea@example.com' }, '/verify-email/resend')), [
    303,
    '/verify-email?done=sent',
  ])
  assert.equal((await send(late, '/verify-email', { email: 'x' }, '/verify-email/resend')).status, 400)
})

test('ID-30 the sign-in page offers another link to whoever has not confirmed, and only what this installation offers', async (t) => {
  const server = await startWithPeople({ env: open }, t)
  const client = server.newClient()
  await send(client, '/register', { email: 'bea@example.com', password })
  const refused = await send(client, '/login', { username: 'bea', password })
  assert.equal(refused.status, 403)
  const page = await refused.text()
  assert.match(page, /Falta confirmar el correo/)
  assert.match(page, /href="\/verify-email"/)
  assert.match(page, /href="\/register"/)
  const bare = await startWithPeople({ env: { MAIL_TRANSPORT: 'none' } }, t)
  const login = await textOf(bare.newClient(), '/login')
  assert.doesNotMatch(login, /href="\/(register|forgot-password|verify-email)"/)
})

test('ID-31 over https the token of a link is bound to the host', async (t) => {
  const server = await startWithPeople({ env: { PUBLIC_URL: 'https://andon.example.com' } }, t)
  const landed = await get(server.newClient(), `/reset-password?token=${'x'.repeat(43)}`)
  assert.match(landed.headers.getSetCookie().join(), /__Host-andon_reset=x{43}; Max-Age=3600; Path=\/; HttpOnly; Secure; SameSite=Lax/)
})

test('ID-75 what sign-up and recovery say is there in both languages and differs', () => {
  const all = { ...signupMessages, ...recoveryMessages } as Record<string, Text>
  assert.deepEqual(
    Object.entries(all).filter(([, { es, en }]) => es === '' || en === '' || es === en),
    [],
  )
})
