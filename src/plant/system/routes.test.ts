import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { temporaryDatabase } from '../../../test/harness/engines.ts'
import { startTestServer } from '../../../test/harness/server.ts'
import { createTenantWithAdmin, createUser } from '../../identity/index.ts'
import { openPlantKysely } from '../../platform/db/index.ts'
import { createManagedPlant, saveAttachment } from '../source/index.ts'

const password = 'Admin123!'

/** Company A with owner `duena`, manager `jefe` and viewer `visita`, company B with `otra`; each with an empty plant; A's may be broken. */
async function setUp(t: TestContext, isBroken = false) {
  const server = await startTestServer({}, t)
  const { db, clock, secrets } = server.ctx
  const company = async (name: string, username: string, plantUrl: string) => {
    const { tenantId } = await createTenantWithAdmin(
      db,
      { clock },
      { companyName: name, username, email: `${username}@example.com`, password },
    )
    await saveAttachment({ ...db, tenantId }, secrets, { url: plantUrl, canManage: false, nowMs: clock.nowMs() })
    return tenantId
  }
  const plant = async () => {
    const url = await temporaryDatabase('sqlite', t)
    const opened = await openPlantKysely(url, { create: true })
    await createManagedPlant(opened.kysely, 'sqlite')
    await opened.close()
    return url
  }
  const a = await company('A', 'duena', isBroken ? 'mysql://nobody@127.0.0.1:1/nothing' : await plant())
  await company('B', 'otra', await plant())
  for (const [username, role] of [
    ['jefe', 'MANAGER'],
    ['visita', 'VIEWER'],
  ] as const)
    await createUser(db, { clock }, null, { tenantId: a, username, email: `${username}@example.com`, password, role })
  const as = async (username: string) => {
    const client = server.newClient()
    await client.signInApi(username, password)
    return client
  }
  return { server, as }
}

test('PL-79 system health is public and names no company', async (t) => {
  const { server } = await setUp(t)
  const { status, body } = await server.json('/api/v1/system/health')
  assert.equal(status, 200)
  assert.deepEqual(body, { status: 'ok', cache_loaded: false })
})

test('PL-77 the metadata copy is told and refreshed by those who may, of their own company only', async (t) => {
  const { as, server } = await setUp(t)
  const [owner, manager, other] = [await as('duena'), await as('jefe'), await as('otra')]
  for (const path of ['/api/v1/system/cache/info', '/api/v1/system/cache/status']) {
    assert.equal((await server.json(path)).status, 401)
    assert.equal((await manager.json(path)).status, 403)
    assert.equal((await owner.json(path)).status, 200)
  }
  assert.equal((await manager.json('/api/v1/system/cache/refresh', {})).status, 403)
  const refreshed = await owner.json('/api/v1/system/cache/refresh', {})
  assert.equal(refreshed.status, 200)
  const { status, info } = refreshed.body as {
    status: string
    info: { current_tenant: string; is_loaded: boolean; tables: Record<string, { count: number }> }
  }
  assert.deepEqual([status, info.current_tenant, info.is_loaded, info.tables.production_line?.count], ['refreshed', 'a', true, 0])
  const others = (await other.json('/api/v1/system/cache/info')).body as { current_tenant: string; is_loaded: boolean }
  assert.deepEqual([others.current_tenant, others.is_loaded], ['b', false])
  assert.equal(((await server.json('/api/v1/system/health')).body as { cache_loaded: boolean }).cache_loaded, true)
})

test('PL-15 the administrator sees each check, what it means and what to do, in both languages', async (t) => {
  const { server, as } = await setUp(t)
  const browser = server.newClient()
  await browser.signIn('duena', password)
  const page = await browser.fetch('/t/a/system/verification')
  assert.equal(page.status, 200)
  const text = await page.text()
  assert.match(text, /No hay ninguna línea activa/)
  assert.match(text, /Cargue al menos una línea/)
  assert.match(await (await browser.fetch('/t/a/system/verification?lang=en')).text(), /No line is active/)
  const api = (await (await as('duena')).json('/api/v1/system/verification')).body as {
    status: string
    checks: { id: string; status: string }[]
  }
  assert.equal(api.status, 'error')
  assert.equal(api.checks.find((check) => check.id === 'lines')?.status, 'error')
  const viewer = server.newClient()
  await viewer.signIn('visita', password)
  assert.equal((await viewer.fetch('/t/a/system/verification')).status, 403)
  const stranger = server.newClient()
  await stranger.signIn('otra', password)
  assert.ok([403, 404].includes((await stranger.fetch('/t/a/system/verification')).status))
})

test('PL-76 the page of the metadata copy refreshes it without JavaScript', async (t) => {
  const { server } = await setUp(t)
  const browser = server.newClient()
  await browser.signIn('duena', password)
  const again = await (await browser.fetch('/t/a/system')).text()
  assert.doesNotMatch(again, /Se leyó de nuevo/)
  assert.match(again, /Paradas guardadas[\s\S]*La planta no tiene líneas activas/, 'what the job did, line by line')
  const answer = await browser.fetch('/t/a/system/refresh', { method: 'POST' })
  assert.equal(answer.status, 303)
  const page = await (await browser.fetch(answer.headers.get('location') ?? '')).text()
  assert.match(page, /Se leyó de nuevo/)
  assert.match(page, /production_line/)
})

test('PL-18 a broken plant is explained to its administrator and answers 503 to requests, and leaves the other company alone', async (t) => {
  const { server, as } = await setUp(t, true)
  const browser = server.newClient()
  await browser.signIn('duena', password)
  const page = await browser.fetch('/t/a/system/verification')
  assert.equal(page.status, 200)
  assert.match(await page.text(), /No se pudo abrir la base de la planta/)
  const owner = await as('duena')
  const refused = await owner.json('/api/v1/system/cache/refresh', {})
  assert.equal(refused.status, 503)
  const problem = refused.body as { code: string; detail: string; retry_after_s: number }
  assert.equal(problem.code, 'plant_unavailable')
  assert.ok(problem.retry_after_s >= 1 && refused.headers.get('retry-after') !== null)
  assert.doesNotMatch(JSON.stringify(problem), /127\.0\.0\.1|nobody|ECONN/)
  assert.equal((await (await as('otra')).json('/api/v1/system/cache/refresh', {})).status, 200)
})
