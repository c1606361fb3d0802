import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { availableEngines, forEachEngine, temporaryDatabase } from '../../../test/harness/engines.ts'
import { waitingMails } from '../../../test/harness/mails.ts'
import { startTestServer, type TestServer, type TestServerOptions } from '../../../test/harness/server.ts'
import { createTenantWithAdmin, createUser } from '../../identity/index.ts'
import { openPlantKysely } from '../../platform/db/index.ts'
import { createManagedPlant } from '../source/index.ts'

const password = 'ValidPass123!'
const html = { accept: 'text/html' }
type Answer = { readonly status: number; readonly body: unknown }
type Fields = Record<string, unknown>
const fieldsOf = ({ body }: Answer): Fields => body as Fields
const codeOf = (answer: Answer) => [answer.status, answer.status < 300 ? 'ok' : fieldsOf(answer).code]
const send = (method: string, body: unknown) => ({ method, body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })

/** Acme with its owner ana, and `operadora`, who runs the platform and belongs to no company. */
async function setUp(options: TestServerOptions, t: Parameters<typeof startTestServer>[1]) {
  const server = await startTestServer(options, t)
  const { db, clock } = server.ctx
  const acme = await createTenantWithAdmin(db, { clock }, { companyName: 'Acme', username: 'ana', email: 'ana@example.com', password })
  const { userId } = await createUser(db, { clock }, null, {
    tenantId: acme.tenantId,
    username: 'operadora',
    email: 'op@example.com',
    password,
    role: 'VIEWER',
  })
  await db.kysely.deleteFrom('memberships').where('user_id', '=', userId).execute()
  await db.kysely
    .updateTable('users')
    .set({ is_super_admin: 1, home_tenant_id: null, default_tenant_id: null })
    .where('id', '=', userId)
    .execute()
  return { server, acme }
}
const signedIn = async (server: TestServer, username: string): Promise<Client> => {
  const client = server.newClient()
  await client.signInApi(username, password)
  return client
}

forEachEngine('ID-54 the operator makes, finds, changes, closes and opens companies', async (engine, t) => {
  const { server, acme } = await setUp({ engine }, t)
  const client = await signedIn(server, 'operadora')
  const made = await client.json('/api/v1/tenants', {
    company_name: 'Metalúrgica Ñandú',
    config_tenant: { timezone: 'America/Asuncion', limits: { max_users: 7 }, theirs: { kept: true } },
    owner: { email: 'duena@example.com' },
  })
  assert.equal(made.status, 201, JSON.stringify(made.body))
  const { tenant_id: id, slug, uuid, config_tenant: config, users, is_active: isActive, company_name: name } = fieldsOf(made)
  assert.deepEqual([slug, users, isActive, name], ['metalurgica-nandu', 0, true, 'Metalúrgica Ñandú'])
  assert.deepEqual(config, {
    language: 'es',
    theme: 'dark',
    timezone: 'America/Asuncion',
    limits: { max_users: 7 },
    theirs: { kept: true },
  })
  const [mail] = await waitingMails(server.ctx)
  assert.deepEqual([mail?.template, mail?.to], ['invitation', 'duena@example.com'])
  const joined = await server.newClient().json('/api/v1/auth/accept-invitation', { token: mail?.token, password })
  assert.deepEqual([joined.status, fieldsOf(joined).role], [201, 'OWNER'])

  const direct = await client.json('/api/v1/tenants', {
    company_name: 'Directa',
    owner: { email: 'jefe@example.com', username: 'jefe', password },
  })
  assert.deepEqual(fieldsOf(direct).owners, ['jefe'])
  const [jefe] = await server.ctx.db.kysely.selectFrom('users').select('must_change_password').where('username', '=', 'jefe').execute()
  assert.equal(jefe?.must_change_password, 1)

  const find = async (query: string) => (fieldsOf(await client.json(`/api/v1/tenants?${query}`)).items as Fields[]).map((item) => item.slug)
  assert.deepEqual(await find(''), ['acme', 'directa', 'metalurgica-nandu'])
  assert.deepEqual(await find('q=ÑANDU'), ['metalurgica-nandu'])
  assert.deepEqual(await find('q=%25'), [])
  assert.deepEqual(await find('per_page=1&page=2'), ['directa'])
  for (const ref of [String(id), String(uuid), String(slug)])
    assert.equal(fieldsOf(await client.json(`/api/v1/tenants/${ref}`)).company_name, 'Metalúrgica Ñandú')

  const changed = await client.json(
    `/api/v1/tenants/${id}`,
    undefined,
    send('PATCH', { company_name: 'Ñandú', config_tenant: { limits: { max_lines: 3 }, theirs: null } }),
  )
  assert.deepEqual(fieldsOf(changed).config_tenant, {
    language: 'es',
    theme: 'dark',
    timezone: 'America/Asuncion',
    limits: { max_users: 7, max_lines: 3 },
  })
  assert.deepEqual(codeOf(await client.json(`/api/v1/tenants/${id}`, undefined, send('PUT', { company_name: 'acme' }))), [
    409,
    'company_name_taken',
  ])
  assert.deepEqual(codeOf(await client.json('/api/v1/tenants', { company_name: ' ' })), [422, 'validation_failed'])
  assert.deepEqual(codeOf(await client.json('/api/v1/tenants', { company_name: 'Nada', owner: { email: 'no' } })), [
    422,
    'validation_failed',
  ])
  assert.deepEqual(await find('q=nada'), [], 'nothing is left of what was refused')
  assert.deepEqual(codeOf(await client.json('/api/v1/tenants/4711')), [404, 'company_not_found'])

  const ana = await signedIn(server, 'ana')
  assert.equal((await client.json(`/api/v1/tenants/${acme.tenantId}`, undefined, { method: 'DELETE' })).status, 204)
  assert.deepEqual(codeOf(await ana.json('/api/v1/auth/me')), [401, 'session_ended'])
  assert.deepEqual(codeOf(await server.newClient().json('/api/v1/auth/login', { username: 'ana', password })), [403, 'tenant_inactive'])
  assert.deepEqual(await find('is_active=false'), ['acme'])
  assert.equal(fieldsOf(await client.json('/api/v1/tenants/acme/activate', {})).is_active, true)
  assert.equal((await server.newClient().json('/api/v1/auth/login', { username: 'ana', password })).status, 200)
  assert.equal(fieldsOf(await client.json('/api/v1/tenants/acme/deactivate', {})).is_active, false)
})

test('ID-54 ID-41 nobody of a company, whatever their role, reaches the platform', async (t) => {
  const { server } = await setUp({}, t)
  const ana = await signedIn(server, 'ana')
  for (const [method, path, body] of [
    ['GET', '/api/v1/tenants', undefined],
    ['POST', '/api/v1/tenants', { company_name: 'X' }],
    ['GET', '/api/v1/tenants/acme', undefined],
    ['PATCH', '/api/v1/tenants/acme', { company_name: 'X' }],
    ['DELETE', '/api/v1/tenants/acme', undefined],
    ['POST', '/api/v1/tenants/acme/deactivate', {}],
    ['GET', '/api/v1/tenants/acme/plant', undefined],
    ['POST', '/api/v1/tenants/acme/plant', { url: 'mysql://h/x' }],
    ['PUT', '/api/v1/tenants/acme/plant/credentials', { user: 'x', password: 'y' }],
    ['DELETE', '/api/v1/tenants/acme/plant', { confirmation: 'Acme' }],
    ['GET', '/api/v1/tenants/acme/plant/verification', undefined],
    ['GET', '/platform/tenants', undefined],
    ['GET', '/platform/tenants/acme', undefined],
  ] as const)
    assert.deepEqual(
      codeOf(await ana.json(path, undefined, body === undefined ? { method } : send(method, body))),
      [403, 'permission_denied'],
      `${method} ${path}`,
    )
})

const hidden = (page: string, name: string) => page.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? ''
const form = (values: Record<string, string>) => ({
  method: 'POST',
  headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
  body: new URLSearchParams(values).toString(),
})

for (const engine of availableEngines.filter((name) => name !== 'sqlite'))
  test(`ID-54 ID-75 by pages: a company is made, its plant attached, verified, rotated and detached [${engine}]`, async (t) => {
    const { server } = await setUp({ engine }, t)
    const client = server.newClient()
    await client.signIn('operadora', password)
    const page = async (path: string) => (await client.fetch(path, { headers: html })).text()
    const post = async (path: string, values: Record<string, string>) => {
      const answer = await client.fetch(path, form({ csrf_token: hidden(await page('/platform/tenants/acme'), 'csrf_token'), ...values }))
      return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() }
    }
    assert.match(await page('/platform/tenants'), /Acme/)
    assert.match(await page('/platform/tenants?q=zzz'), /Ninguna empresa coincide/)
    const bad = await post('/platform/tenants/new', { company_name: 'acme', email: 'x@example.com' })
    assert.deepEqual([bad.status, /Ya existe una empresa llamada acme/.test(bad.text)], [409, true])
    const made = await post('/platform/tenants/new', { company_name: 'Nueva', timezone: 'America/Lima', email: 'x@example.com' })
    assert.deepEqual([made.status, made.location], [303, '/platform/tenants/nueva?done=invited'])
    assert.match(await page('/platform/tenants/nueva?done=invited'), /No tiene base de planta/)

    const plantUrl = await temporaryDatabase(engine, t)
    const opened = await openPlantKysely(plantUrl)
    await createManagedPlant(opened.kysely, engine)
    await opened.close()
    const base = '/platform/tenants/nueva/plant'
    const attach = (values: Record<string, string>) =>
      post(`${base}/attachment`, { mode: 'read', timezone: 'America/Lima', performance_unit: 'units_per_minute', ...values })
    const refused = await attach({ url: plantUrl.replace(/:\/\/[^@]*@/, '://nobody:s3cretpw@') })
    assert.equal(refused.status, 422)
    assert.match(refused.text, /No se pudo conectar, y nada cambió/)
    assert.ok(!refused.text.includes('s3cretpw'), 'what was typed is not shown again')
    assert.match((await attach({ url: 'sqlite:////etc/passwd' })).text, /línea de comandos/)
    assert.equal((await attach({ url: plantUrl })).location, '/platform/tenants/nueva?done=attached#plant')
    const shown = await page('/platform/tenants/nueva?verify=1')
    assert.match(shown, /Solo lectura/)
    assert.match(shown, /id="checks"/)
    assert.ok(!shown.includes(plantUrl))

    const wrong = await post(`${base}/credentials`, { user: 'nobody', password: 'wr0ngpw' })
    assert.deepEqual([wrong.status, /No se pudo conectar/.test(wrong.text), wrong.text.includes('wr0ngpw')], [422, true, false])
    assert.equal((await post(`${base}/credentials`, accountOf(plantUrl))).location, '/platform/tenants/nueva?done=rotated#plant')
    const mistyped = await post(`${base}/detachment`, { confirmation: 'nueva' })
    assert.deepEqual([mistyped.status, /Escriba el nombre exacto/.test(mistyped.text)], [422, true])
    assert.equal((await post(`${base}/detachment`, { confirmation: 'Nueva' })).location, '/platform/tenants/nueva?done=detached#plant')
    assert.equal((await post(`${base}/own`, {})).location, '/platform/tenants/nueva?done=attached#plant')
    assert.match(await page('/platform/tenants/nueva'), /Hecha por Andon/)

    assert.equal((await post('/platform/tenants/acme/state', { state: 'disabled' })).location, '/platform/tenants/acme?done=disabled')
    assert.match(await page('/platform/tenants?state=disabled'), /Desactivada/)
    assert.equal((await post('/platform/tenants/acme/state', { state: 'enabled' })).location, '/platform/tenants/acme?done=enabled')
    assert.equal((await client.fetch('/platform/tenants/nobody', { headers: html })).status, 404)
    assert.ok(!JSON.stringify(server.logLines).includes('s3cretpw'))
  })

/** The account that an address names already: it may always be given again. */
const accountOf = (url: string): { user: string; password: string } => {
  const { username, password: word } = new URL(url)
  return { user: decodeURIComponent(username), password: decodeURIComponent(word) }
}

for (const engine of availableEngines.filter((name) => name !== 'sqlite'))
  test(`ID-54 over the API: attach, read, verify, detach; the address never comes back [${engine}]`, async (t) => {
    const { server } = await setUp({}, t)
    const client = await signedIn(server, 'operadora')
    const plantUrl = await temporaryDatabase(engine, t)
    const url = '/api/v1/tenants/acme/plant'
    assert.equal(fieldsOf(await client.json(url)).is_attached, false)
    const attached = await client.json(url, { url: plantUrl, can_manage: true, timezone: 'America/Lima', performance_unit: 'percent' })
    assert.equal(attached.status, 201, JSON.stringify(attached.body))
    assert.deepEqual(
      [fieldsOf(attached).is_attached, fieldsOf(attached).can_manage, fieldsOf(attached).timezone, fieldsOf(attached).performance_unit],
      [true, true, 'America/Lima', 'percent'],
    )
    assert.ok(!JSON.stringify(attached.body).includes(plantUrl))
    assert.deepEqual(codeOf(await client.json(url, {})), [409, 'plant_attached'])
    const { status, checks } = fieldsOf(await client.json(`${url}/verification`)) as { status: string; checks: { id: string }[] }
    assert.ok(['ok', 'warn', 'error'].includes(status) && checks[0]?.id === 'connection')
    assert.deepEqual(codeOf(await client.json(`${url}/credentials`, undefined, send('PUT', { user: 'nobody', password: 'x' }))), [
      422,
      'plant_unreachable',
    ])
    assert.equal((await client.json(`${url}/credentials`, undefined, send('PUT', accountOf(plantUrl)))).status, 200)
    assert.deepEqual(codeOf(await client.json(url, undefined, send('DELETE', { confirmation: 'ACME' }))), [422, 'confirmation_mismatch'])
    assert.equal((await client.json(url, undefined, send('DELETE', { confirmation: 'Acme' }))).status, 204)
    assert.equal(fieldsOf(await client.json(url)).is_attached, false)
  })

test('ID-53 who founds a company starts with a plant of ours', async (t) => {
  const { server } = await setUp({ env: { ALLOW_COMPANY_CREATE: '1' } }, t)
  const ana = await signedIn(server, 'ana')
  const made = await ana.json('/api/v1/companies', { company_name: 'Taller' })
  const inside = await ana.json('/api/v1/layout/config', undefined, { headers: { 'x-company-id': String(fieldsOf(made).uuid) } })
  assert.equal(inside.status, 200, JSON.stringify(inside.body))
})
