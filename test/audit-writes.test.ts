/** Every unsafe route of the server has been seen to leave an audit row when it succeeds. Each test server is held to its own requests
 *  (test/harness/audited-writes.ts); the list of routes that some test brought to success is renewed by running the suites with
 *  ANDON_RECORD_WRITES=<file> and `sort -u`. What no other test brings to success is done here. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import sharp from 'sharp'
import { fields, type People, password, startWithPeople } from '../src/identity/people.fixture.ts'
import { leavesNoRow, unaudited, writeName } from './harness/audited-writes.ts'
import { waitingMails } from './harness/mails.ts'

const recorded = new Set(readFileSync(path.join(import.meta.dirname, 'harness/audited-writes.txt'), 'utf8').split('\n'))

/** As if the person had asked to be let in. */
const waitsFor = async ({ ctx }: People, username: string): Promise<void> => {
  const user = ctx.db.kysely.selectFrom('users').select('id').where('username', '=', username)
  await ctx.db.kysely.updateTable('memberships').set({ status: 'pending' }).where('user_id', '=', user).execute()
}

test('ID-58 AC-35 every unsafe route was seen to leave an audit row, or leaves none for a reason', async (t) => {
  const server = await startWithPeople({}, t)
  const unsafe = server.app.shell.routes.filter(({ method, isAlias }) => method !== 'GET' && !isAlias)
  const unseen = unsafe.filter((route) => !leavesNoRow(route) && !recorded.has(writeName(route)))
  assert.deepEqual([...new Set(unseen.map(writeName))], [])
  for (const [pattern, why] of unaudited)
    assert.ok(
      unsafe.some(({ url }) => pattern.test(url)),
      `no route any more: ${why}`,
    )
})

test('ID-58 AC-35 writes of the API that no other test brings to success: catalogues, a browser’s leaving, a rejection', async (t) => {
  const server = await startWithPeople({ env: { RATE_LIMIT_PER_MINUTE: '10000' } }, t)
  await server.ctx.db.kysely.updateTable('users').set({ is_super_admin: 1 }).execute()
  const root = server.newClient()
  await root.signInApi('ana', password)
  const send = (method: string, url: string, body?: object) =>
    root.json(url, undefined, { method, ...(body && { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }) })
  const country = await root.json('/api/v1/catalogs/countries', { iso2: 'ZZ', name: 'Zeta', name_en: 'Zeta' })
  const industry = await root.json('/api/v1/catalogs/industries', { slug: 'zeta', name: 'Zeta', name_en: 'Zeta' })
  const region = await root.json('/api/v1/catalogs/regions', { country: 'ZZ', code: 'Z1', name: 'Uno', map_color: '#112233' })
  const province = await root.json('/api/v1/catalogs/provinces', { country: 'ZZ', code: '99', name: 'Dos' })
  for (const [catalog, made] of Object.entries({ provinces: province, regions: region, industries: industry, countries: country })) {
    assert.equal(made.status, 201, `${catalog}: ${JSON.stringify(made.body)}`)
    const url = `/api/v1/catalogs/${catalog}/${String(fields(made.body).id)}`
    assert.equal((await send('PATCH', url, { name: 'Otra' })).status, 200, url)
    assert.equal((await send('DELETE', url)).status, 204, url)
  }
  const browser = server.newClient()
  await browser.signIn('ana', password)
  assert.equal((await browser.json('/api/v1/auth/session', undefined, { method: 'DELETE' })).status, 204)
  await server.addPerson('vera', 'VIEWER')
  await waitsFor(server, 'vera')
  assert.equal((await root.json('/api/v1/users/vera/reject', {})).status, 200)
  assert.equal((await send('PUT', '/api/v1/users/me/update', { title: 'Jefa' })).status, 200)
  await root.json('/api/v1/auth/forgot-password', { email: 'ana@example.com' })
  const token = (await waitingMails(server.ctx)).findLast(({ template }) => template === 'password_reset')?.token
  assert.equal((await root.json(`/api/v1/auth/reset-password/${token}`, { new_password: 'NewPass456!' })).status, 200)
})

test('ID-58 AC-35 writes of forms that no other test brings to success: company, logo, invitation, rejection, codes', async (t) => {
  const server = await startWithPeople({ env: { RATE_LIMIT_PER_MINUTE: '10000', ALLOW_COMPANY_CREATE: '1' } }, t)
  const { clock, ctx } = server
  const veraId = await server.addPerson('vera', 'VIEWER')
  await server.addPerson('mila', 'VIEWER')
  const ana = server.newClient()
  await ana.signInApi('ana', password)
  const post = async (url: string, body: object | FormData = {}) => {
    const sent = body instanceof FormData ? { body } : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }
    const answer = await ana.fetch(url, { method: 'POST', ...sent })
    assert.ok(answer.status < 400, `${url} answered ${answer.status}: ${(await answer.text()).slice(0, 300)}`)
  }
  const invitation = await ana.json('/api/v1/invitations', { email: 'dora@example.com', role: 'VIEWER' })
  await post(`/t/acme/admin/invitations/${String(fields(invitation.body).invitation_id)}/resend`)
  await waitsFor(server, 'mila')
  await post('/t/acme/admin/users/mila/reject')
  await post('/t/acme/admin/company', { company_name: 'Acme', description: 'Uno' })
  const logo = new FormData()
  const bytes = await sharp({ create: { width: 300, height: 200, channels: 3, background: '#2255aa' } })
    .png()
    .toBuffer()
  logo.append('file', new File([new Uint8Array(bytes)], 'x.png', { type: 'image/png' }))
  await post('/t/acme/admin/logo', logo)
  await post('/t/acme/admin/logo/remove')
  const secret = String(fields((await ana.json('/api/v1/auth/mfa/totp/setup', { password })).body).secret)
  const code = () => {
    clock.advance(30_000)
    return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: clock.nowMs() })
  }
  await ana.json('/api/v1/auth/mfa/totp/confirm', { code: code() })
  await post('/account/second-factor/codes', { password, code: code() })
  await post('/companies/new', { company_name: 'Taller', timezone: 'UTC' })
  await post('/t/acme/admin/company/ownership', { user_id: String(veraId), password })
  const browser = server.newClient()
  await browser.signIn('vera', password)
  const chosen = await browser.json('/companies/selection', { company_id: server.acme.tenantUuid })
  assert.equal(chosen.status, 303)
  await ana.signInApi('vera', password)
  await post('/t/acme/admin/company/closure', { confirmation: 'Acme' })
  assert.equal((await ctx.db.kysely.selectFrom('tenants').select('is_active').where('slug', '=', 'acme').executeTakeFirst())?.is_active, 0)
})
