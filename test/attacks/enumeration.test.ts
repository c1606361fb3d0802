/** Nothing tells a stranger whether somebody has an account: same status, body, headers, cookies, and the same number of hashed passwords. */
import assert from 'node:assert/strict'
import { countHashes } from '../../src/identity/passwords/index.ts'
import { password, startWithPeople } from '../../src/identity/people.fixture.ts'
import { forEachEngine } from '../harness/engines.ts'

type Ask = { readonly path: string; readonly body: (who: string) => object; readonly isForm?: boolean }

const email = (who: string) => `${who}@example.com`
const strong = 'Otra123!clave'
const asks: readonly Ask[] = [
  { path: '/api/v1/auth/login', body: (who) => ({ username: who, password: 'Equivocada1' }) },
  { path: '/api/v1/auth/login', body: (who) => ({ email: email(who), password: 'Equivocada1' }) },
  { path: '/api/v1/token', body: (who) => ({ username: who, password: 'Equivocada1' }), isForm: true },
  { path: '/api/v1/auth/session', body: (who) => ({ username: who, password: 'Equivocada1' }) },
  { path: '/login', body: (who) => ({ username: who, password: 'Equivocada1' }), isForm: true },
  { path: '/api/v1/auth/forgot-password', body: (who) => ({ email: email(who) }) },
  { path: '/forgot-password', body: (who) => ({ email: email(who) }), isForm: true },
  { path: '/api/v1/auth/resend-verification', body: (who) => ({ email: email(who) }) },
  { path: '/verify-email/resend', body: (who) => ({ email: email(who) }), isForm: true },
  {
    path: '/api/v1/auth/register',
    body: (who) => ({ email: email(who), password: strong, profile: { first_name: 'Eva', last_name: 'Paz' } }),
  },
  {
    path: '/register',
    body: (who) => ({ email: email(who), password: strong, confirm_password: strong, full_name: 'Eva Paz' }),
    isForm: true,
  },
]

/** What a person would read, without what differs from answer to answer and what was typed. */
const readable = (text: string, who: string): string =>
  text
    .replaceAll(who, 'WHO')
    .replace(/"request_id":"[^"]+"/g, '')
    .replace(/(nonce|name="csrf_token" value|content|data-csrf)="[\w-]{16,}"/g, '')
    .replace(/nonce="[^"]+"/g, '')
    .replace(/[\w-]{86}/g, '')
    .replace(/\b[0-9a-f]{8}-[0-9a-f-]{27}\b/g, '')

const changing = new Set([
  'date',
  'x-request-id',
  'x-process-time',
  'content-length',
  'content-security-policy',
  'connection',
  'keep-alive',
])

forEachEngine(
  'ID-08 known, unknown, disabled, pending, unverified and removed people are answered alike, with the same work',
  async (engine, t) => {
    const env = { SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '1', REQUIRE_APPROVAL: '0' }
    const server = await startWithPeople({ engine, env }, t)
    const { kysely } = server.ctx.db
    const people = {
      disabled: { is_active: 0 },
      pending: { approval_status: 'pending' },
      unproven: { email_verified_at: null },
      removed: { deleted_at: 1 },
    }
    for (const [who, change] of Object.entries(people)) {
      const id = await server.addPerson(who, 'VIEWER')
      await kysely
        .updateTable('users')
        .set(change as never)
        .where('id', '=', id)
        .execute()
    }
    const answered = async ({ path, body, isForm }: Ask, who: string) => {
      const client = server.newClient()
      const csrf = (await client.json('/api/v1/auth/csrf')).body as { csrf_token: string }
      const sent = { ...body(who), ...(isForm && { csrf_token: csrf.csrf_token }) }
      const before = countHashes()
      const response = await client.fetch(path, {
        method: 'POST',
        headers: {
          'content-type': isForm ? 'application/x-www-form-urlencoded' : 'application/json',
          accept: isForm && !path.startsWith('/api') ? 'text/html' : 'application/json',
          'x-csrf-token': csrf.csrf_token,
        },
        body: isForm ? new URLSearchParams(sent as Record<string, string>).toString() : JSON.stringify(sent),
      })
      const text = readable(await response.text(), who)
      const headers = [...response.headers]
        .filter(([name]) => !changing.has(name))
        .map(([name, value]) => [name, readable(value, who).replace(/=[\w-]{20,}/, '=')])
      return { path, status: response.status, text, headers, hashes: countHashes() - before }
    }
    for (const ask of asks) {
      const unknown = await answered(ask, 'nadie')
      assert.ok(unknown.status < 500 && unknown.status !== 429, `${ask.path} answered ${unknown.status}`)
      if (/login|token|session/.test(ask.path)) assert.equal(unknown.hashes, 1, `${ask.path} works for nobody too`)
      for (const who of ['ana', ...Object.keys(people)]) {
        if (ask.path.includes('register') && who === 'removed') continue // an address that is free again
        assert.deepEqual(await answered(ask, who), unknown, `${ask.path} tells of ${who}`)
      }
      // 'nadie' has registered by now and is as unknown as before
      await kysely.deleteFrom('rate_windows').execute()
      await kysely.deleteFrom('login_failures').execute()
    }
  },
)

forEachEngine('ID-45 a link that never was, was used, was withdrawn or ran out: one answer', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const ana = server.newClient()
  await ana.signInApi('ana', password)
  const { waitingMails } = await import('../harness/mails.ts')
  const invite = async (address: string) => {
    const { status, body } = await ana.json('/api/v1/invitations', { email: address, role: 'VIEWER' })
    assert.equal(status, 201)
    const token = (await waitingMails(server.ctx)).findLast(({ to }) => to === address)?.token
    assert.ok(token)
    return { token, id: (body as { invitation_id: string }).invitation_id }
  }
  const accept = (token: string) =>
    server.newClient().json('/api/v1/auth/accept-invitation', { token, password: strong, profile: { first_name: 'Eva', last_name: 'Paz' } })
  const withdrawn = await invite('retirada@example.com')
  assert.equal((await ana.json(`/api/v1/invitations/${withdrawn.id}`, undefined, { method: 'DELETE' })).status, 204)
  const used = await invite('usada@example.com')
  assert.equal((await accept(used.token)).status, 201)
  const late = await invite('tarde@example.com')
  server.clock.advance(8 * 86_400_000)
  const seen = async (token: string) => {
    const before = countHashes()
    const answers = [await server.newClient().json(`/api/v1/invitations/lookup/${token}`), await accept(token)]
    const alike = answers.map(({ status, body }) => ({ status, ...(body as object), request_id: '', instance: '' }))
    return { alike, hashes: countHashes() - before }
  }
  const never = await seen('A'.repeat(43))
  for (const { token } of [withdrawn, used, late]) assert.deepEqual(await seen(token), never)
})
