/** Defects that systems like this one had, each as a test that would find it here. Those about one module stand beside it. */
import assert from 'node:assert/strict'
import http from 'node:http'
import { test } from 'node:test'
import { sql } from 'kysely'
import type { Client } from '../../test/harness/client.ts'
import { forEachEngine } from '../../test/harness/engines.ts'
import { waitingMails } from '../../test/harness/mails.ts'
import { readConfig } from '../platform/config/index.ts'
import { listColumns } from '../platform/db/index.ts'
import { setPassword } from './account/index.ts'
import { seedAdmin } from './operators/index.ts'
import { fields, type People, password, startWithPeople } from './people.fixture.ts'
import { createTenantWithAdmin } from './tenants/index.ts'

const weak = 'weak'
const needed = ['at least 8 characters', 'uppercase', 'digit']
const messagesOf = (body: unknown): string => JSON.stringify(fields(body).fields)
const open = { SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '0', REQUIRE_APPROVAL: '0', ALLOW_COMPANY_CREATE: '1' }

const signedIn = async (server: People, username = 'ana'): Promise<Client> => {
  const client = server.newClient()
  await client.signInApi(username, password)
  return client
}
const lastToken = async (server: People): Promise<string> => (await waitingMails(server.ctx)).at(-1)?.token ?? ''

test('ID-03 K-15 K-26 one password rule wherever one is set, all broken parts of it at once', async (t) => {
  const server = await startWithPeople({ env: open }, t)
  const { db } = server.ctx
  const ana = await signedIn(server)
  const guest = server.newClient()
  await guest.json('/api/v1/auth/forgot-password', { email: 'ana@example.com' })
  const reset = await lastToken(server)
  await ana.json('/api/v1/invitations', { email: 'dora@example.com', role: 'VIEWER' })
  const invitation = await lastToken(server)
  const person = { username: 'nueva', email: 'nueva@example.com', password: weak }
  const answers = {
    'signing up': await guest.json('/api/v1/auth/register', person),
    'signing up by the older form': await guest.json('/api/v1/users/register', { ...person, full_name: 'Nueva' }),
    'by an administrator': await ana.json('/api/v1/users', { ...person, role: 'VIEWER' }),
    'changing one’s own': await ana.json('/api/v1/auth/change-password', { current_password: password, new_password: weak }),
    'changing by the older names': await ana.json('/api/v1/users/me/change-password', { old_password: password, new_password: weak }),
    'after forgetting': await guest.json('/api/v1/auth/reset-password', { token: reset, new_password: weak }),
    'with an invitation': await guest.json('/api/v1/auth/accept-invitation', { token: invitation, password: weak }),
  }
  for (const [where, { status, body }] of Object.entries(answers)) {
    assert.equal(status, 422, `${where}: ${JSON.stringify(body)}`)
    for (const part of needed) assert.ok(messagesOf(body).includes(part), `${where} does not say ${part}`)
  }
  const founder = { companyName: 'Otra', username: 'otto', email: 'otto@example.com', password: weak }
  const operator = { email: 'root@example.com', username: null, tenant: null, password: weak, allowsWeak: false, resets: false }
  for (const [where, work] of Object.entries({
    'founding a company': () => createTenantWithAdmin(db, server.ctx, founder),
    'on the command line': () => setPassword(db, server.ctx, 'ana', weak),
    'the first operator': () => seedAdmin(db, server.ctx, operator as never),
  }))
    await assert.rejects(work, { code: 'validation_failed' }, where)
})

/** Paths that programs of before know, each with the method they use. */
const olderPaths = [
  'POST /api/v1/auth/login /api/v1/auth/logout /api/v1/auth/refresh /api/v1/auth/change-password /api/v1/auth/logout_all',
  'POST /auth/token /auth/refresh /auth/login /auth/register /auth/verify-email /auth/select-company /auth/forgot-password',
  'POST /auth/request-password-reset /api/v1/token /token /api/v1/refresh-token /api/v1/users/register /users',
  'POST /api/v1/users/me/change-password /auth/invite-user /auth/accept-invitation',
  'GET /api/v1/auth/me /auth/me /api/v1/users/me /users/me /api/v1/users /api/v1/users/:ref /auth/invitations /auth/company/users',
  'GET /health /healthz /api/v1/health /docs /openapi.json /ping /api/v1/ping /api/version /metrics /agent/env-audit',
  'GET /company/my_companies /api/v1/empresas /locations/departments /locations/cities /locations/summary',
  'GET /api/v1/regions /api/v1/provinces /api/v1/cities',
  'PUT /api/v1/users/me/update',
  'PATCH /admin/users/:ref/approve',
  'DELETE /api/v1/users/:ref',
].flatMap((line) => {
  const [method = '', ...paths] = line.split(' ')
  return paths.map((path) => `${method} ${path}`)
})

test('K-24 every path that an older program knows is there', async (t) => {
  const server = await startWithPeople({}, t)
  const missing: string[] = []
  for (const each of olderPaths) {
    const [method = '', path = ''] = each.split(' ')
    const answer = await server.newClient().fetch(path.replace(':ref', 'nadie'), { method, headers: { accept: 'application/json' } })
    await answer.text()
    const isNoRoute =
      [404, 405].includes(answer.status) && !server.app.shell.routes.some((route) => `${route.method} ${route.url}` === each)
    if (isNoRoute) missing.push(`${each} answered ${answer.status}`)
  }
  assert.deepEqual(missing, [])
})

forEachEngine('K-39 no token, key or link that was given out stands in any table', async (engine, t) => {
  const server = await startWithPeople({ engine, env: { ...open, REQUIRE_EMAIL_VERIFICATION: '1' } }, t)
  const { db } = server.ctx
  const ana = server.newClient()
  const { accessToken, refreshToken } = await ana.signInApi('ana', password)
  const browser = server.newClient()
  await browser.signIn('ana', password)
  const guest = server.newClient()
  await guest.json('/api/v1/auth/register', { username: 'bea', email: ' BEA@Example.com ', password })
  await guest.json('/api/v1/auth/forgot-password', { email: 'ANA@example.com' })
  await ana.json('/api/v1/invitations', { email: 'dora@example.com', role: 'VIEWER' })
  const link = await ana.json('/api/v1/invitations/links', { role: 'VIEWER' })
  const key = await ana.json('/api/v1/api-keys', { name: 'Lector', scopes: ['view_dashboard'] })
  const mailed = (await waitingMails(server.ctx)).flatMap(({ token }) => token ?? [])
  assert.equal(mailed.length, 3)
  const cookie = browser.cookies.get('andon_sid') ?? ''
  const secret = String(fields(key.body).key).slice('andon_12345678_'.length)
  const opened = new URL(String(fields(link.body).url)).searchParams.get('token') ?? ''
  const given = [accessToken, refreshToken, refreshToken.split('.')[2] ?? '', cookie, secret, opened, ...mailed]
  for (const text of given) assert.ok(text.length >= 20, text)
  const tables = new Set((await listColumns(db)).map(({ table }) => table))
  for (const table of tables) {
    const { rows } = await sql`select * from ${sql.table(table)}`.execute(db.kysely)
    const text = JSON.stringify(rows)
    for (const each of given) assert.ok(!text.includes(each), `${table} holds what was given out`)
  }
  const row = await db.kysely.selectFrom('users').select('email').where('username', '=', 'bea').executeTakeFirstOrThrow()
  assert.equal(row.email, 'bea@example.com', 'addresses are one whatever their letter case')
  const { body } = await server.newClient().json('/api/v1/auth/login', { username: 'ANA@EXAMPLE.COM', password })
  assert.equal(fields(body).expires_in, 1800, 'in seconds')
})

test('K-38 "my company" is the one chosen, not the first', async (t) => {
  const server = await startWithPeople({ env: open }, t)
  const ana = await signedIn(server)
  const founded = fields((await ana.json('/api/v1/companies', { company_name: 'Taller' })).body)
  const mine = async (company: string) =>
    fields((await ana.json('/api/v1/companies/me', undefined, { headers: { 'x-company-id': company } })).body).company_name
  assert.deepEqual([await mine(String(founded.uuid)), await mine(server.acme.tenantUuid)], ['Taller', 'Acme'])
})

test('K-41 two companies may have one telephone number, also a fixed line of ten digits', async (t) => {
  const server = await startWithPeople({ env: open }, t)
  const ana = await signedIn(server)
  for (const [name, phone] of [
    ['Uno', '+57 601 234 5678'],
    ['Dos', '+57 601 234 5678'],
    ['Tres', '6012345678'],
    ['Cuatro', '3001234567'],
  ]) {
    const made = await ana.json('/api/v1/companies', { company_name: name, phone })
    assert.equal(made.status, 201, JSON.stringify(made.body))
  }
})

test('K-44 a token names no database, nobody is signed out by a link, and no page holds a token', async (t) => {
  const server = await startWithPeople({}, t)
  const { accessToken } = await server.newClient().signInApi('ana', password)
  const claims = JSON.parse(Buffer.from(accessToken.split('.')[1] ?? '', 'base64url').toString()) as object
  const known = ['aud', 'exp', 'iat', 'iss', 'jti', 'nbf', 'role', 'sid', 'sub', 'tenant_id', 'tid', 'type', 'uid', 'username', 'ver']
  assert.deepEqual(Object.keys(claims).sort(), known)
  const browser = server.newClient()
  await browser.signIn('ana', password)
  for (const path of ['/logout', '/api/v1/auth/logout', '/auth/logout', '/api/v1/auth/logout_all'])
    assert.ok([404, 405].includes((await browser.fetch(path)).status), path)
  const page = await browser.fetch('/account', { headers: { accept: 'text/html' } })
  assert.equal(page.status, 200)
  assert.doesNotMatch(await page.text(), /eyJ[\w-]{10}/)
})

test('K-40 no setting opens the API to every origin', () => {
  const env = { APP_ENV: 'test', SECRET_KEY: 'test-secret-key-of-at-least-32-bytes' }
  for (const origins of ['*', 'https://app.example.com,*'])
    assert.throws(() => readConfig({ ...env, ALLOWED_ORIGINS: origins }), /ALLOWED_ORIGINS/, origins)
})

/** With headers that fetch would not send. */
const forged = (url: string, path: string, body: object, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = http.request(
      new URL(path, url),
      { method: 'POST', headers: { 'content-type': 'application/json', ...headers } },
      (answer) => {
        answer.resume()
        answer.on('end', () => resolve(answer.statusCode ?? 0))
      },
    )
    request.on('error', reject)
    request.end(JSON.stringify(body))
  })

test('ID-68 K-02 links in mails lead to PUBLIC_URL whatever the request calls its host', async (t) => {
  const env = { ...open, REQUIRE_EMAIL_VERIFICATION: '1', PUBLIC_URL: 'https://andon.example.com' }
  const server = await startWithPeople({ env }, t)
  const lies = { host: 'evil.example', 'x-forwarded-host': 'evil.example', 'x-forwarded-proto': 'gopher', forwarded: 'host=evil.example' }
  assert.equal(await forged(server.url, '/api/v1/auth/forgot-password', { email: 'ana@example.com' }, lies), 200)
  const newcomer = { username: 'bea', email: 'bea@example.com', password }
  assert.equal(await forged(server.url, '/api/v1/auth/register', newcomer, lies), 201)
  const { accessToken } = await server.newClient().signInApi('ana', password)
  const invitation = { email: 'dora@example.com', role: 'VIEWER' }
  assert.equal(await forged(server.url, '/api/v1/invitations', invitation, { ...lies, authorization: `Bearer ${accessToken}` }), 201)
  const mails = await waitingMails(server.ctx)
  assert.equal(mails.length, 3)
  for (const { template, html, text } of mails) {
    assert.ok(!`${html}${text}`.includes('evil.example'), template)
    assert.ok(html.includes('https://andon.example.com/') && text.includes('https://andon.example.com/'), template)
  }
})

forEachEngine('ID-17 of exactly four sign-ins at once three sessions are left, and the fourth was ended by name', async (engine, t) => {
  const server = await startWithPeople({ engine }, t)
  const answers = await Promise.all(
    Array.from({ length: 4 }, () => server.newClient().json('/api/v1/auth/login', { username: 'ana', password })),
  )
  assert.deepEqual(
    answers.map(({ status }) => status),
    [200, 200, 200, 200],
  )
  const sessions = await server.ctx.db.kysely.selectFrom('sessions').select('end_reason').orderBy('end_reason').execute()
  assert.deepEqual(sessions.map(({ end_reason: reason }) => reason ?? 'open').sort(), ['evicted', 'open', 'open', 'open'])
})
