/** A company's administrator attaches its plant by the pages alone. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { availableEngines, temporaryDatabase } from '../../../test/harness/engines.ts'
import { startTestServer, type TestServer } from '../../../test/harness/server.ts'
import { createTenantWithAdmin } from '../../identity/index.ts'
import { type Engine, openPlantKysely } from '../../platform/db/index.ts'
import { formatLocal, zoneOf } from '../../platform/time/index.ts'
import { createLineTables, createManagedPlant, findAttachment, insertDetections } from '../source/index.ts'
import { findDraft } from './draft.ts'

const html = { accept: 'text/html' }
const noon = Date.UTC(2026, 9, 19, 17, 0)
const password = 'Segura123!'
const servers = availableEngines.filter((name) => name !== 'sqlite')

const hidden = (page: string, name: string): string => page.match(new RegExp(`name="${name}" value="([^"]*)"`))?.[1] ?? ''

/** Two lines at 17:00 UTC on a Bogotá clock; the second one's table is named after nobody. */
async function customerPlant(engine: Engine, t: TestContext): Promise<string> {
  const url = await temporaryDatabase(engine, t)
  const opened = await openPlantKysely(url, { create: true })
  const { kysely } = opened
  await createManagedPlant(kysely, opened.engine)
  for (const [name, code, table] of [
    ['Envasado', 'ENV', 'env'],
    ['Paletizado', 'PAL', 'camara_9'],
  ] as const) {
    const values = {
      line_name: name,
      line_code: code,
      is_active: 1,
      availability: 0,
      performance: 120,
      downtime_threshold: 300,
      auto_detect_downtime: 1,
    }
    await kysely.insertInto('production_line').values(values).execute()
    await createLineTables(kysely, opened.engine, { detectionTable: `detection_line_${table}`, downtimeTable: `downtime_events_${table}` })
    const zone = zoneOf('America/Bogota')
    const rows = Array.from({ length: 600 }, (_, at) => ({
      detectedAt: formatLocal(zone.toLocalS(noon / 1000 - (600 - at) * 30)),
      areaId: 1,
      productId: 1,
    }))
    await insertDetections({ tenantId: 0, engine: opened.engine, kysely }, `detection_line_${table}`, rows)
  }
  await opened.close()
  return url
}

async function setUp(t: TestContext, engine: Engine = 'sqlite', env: Record<string, string> = { PLANT_NETWORKS: '127.0.0.0/8' }) {
  const server = await startTestServer({ engine, env, nowMs: noon }, t)
  const person = { username: 'ana', email: 'ana@example.com', password }
  const { tenantId, slug } = await createTenantWithAdmin(server.ctx.db, server.ctx, { companyName: 'Acme', ...person, config: {} })
  const client = server.newClient()
  await client.signIn('ana', password)
  const get = async (path: string) => {
    const answer = await client.fetch(path, { headers: html, redirect: 'manual' })
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() }
  }
  const base = `/t/${slug}/plant/attach`
  let token = ''
  const post = async (step: string, values: Record<string, string>) => {
    token ||= hidden((await get(base)).text, 'csrf_token')
    const answer = await client.fetch(`${base}${step}`, {
      method: 'POST',
      headers: { ...html, 'content-type': 'application/x-www-form-urlencoded' },
      body: new URLSearchParams({ csrf_token: token, ...values }).toString(),
    })
    return { status: answer.status, location: answer.headers.get('location'), text: await answer.text() }
  }
  return { server, tenantId, slug, client, base, get, post }
}

const draftOf = ({ ctx }: TestServer, tenantId: number) => findDraft({ ...ctx.db, tenantId }, ctx.secrets, ctx.clock.nowMs())

for (const engine of servers)
  test(`PL-16 attach: by pages alone: connection, verification, zone, tables, unit, dashboard, loading [${engine}]`, async (t) => {
    const { server, tenantId, slug, base, get, post } = await setUp(t, engine)
    const plantUrl = await customerPlant(engine, t)
    const empty = await get(`/t/${slug}/dashboard`)
    assert.match(empty.text, /La empresa todavía no tiene planta/)
    assert.match(empty.text, new RegExp(`href="${base}"`))
    assert.equal((await get(`/t/${slug}/plant`)).location, base)
    for (const step of ['/verification', '/time-zone', '/found', '/speed']) assert.equal((await get(base + step)).location, base, step)

    const wrong = await post('', { url: plantUrl.replace(/:\/\/[^@]*@/, '://nobody:s3cretpw@') })
    assert.deepEqual([wrong.status, /No se pudo conectar/.test(wrong.text), wrong.text.includes('s3cretpw')], [422, true, false])
    assert.equal((await post('', { url: plantUrl })).location, `${base}/verification`)
    assert.ok(!(await get(base)).text.includes(plantUrl), 'the address is not shown again')

    const verification = await get(`${base}/verification`)
    assert.equal(verification.status, 200)
    assert.match(verification.text, /id="checks"/)

    const zone = await get(`${base}/time-zone`)
    assert.match(zone.text, /concuerda con America\/Bogota/)
    assert.match(zone.text, /<option value="America\/Bogota" selected>America\/Bogota \(12:00\)/)
    assert.equal((await get(`${base}/found`)).location, `${base}/time-zone`, 'no step is skipped')
    assert.equal((await post('/time-zone', { timezone: 'America/Nowhere' })).status, 422)
    assert.equal((await post('/time-zone', { timezone: 'America/Bogota' })).location, `${base}/found`)

    const found = await get(`${base}/found`)
    assert.match(found.text, /detection_line_env \(por el nombre\)/)
    assert.match(found.text, /Ninguna: la línea queda sin datos/)
    const taken = await post('/found', { table_1: '', table_2: 'detection_line_env' })
    assert.deepEqual([taken.status, /Ya es la tabla de otra línea/.test(taken.text)], [422, true])
    assert.equal((await post('/found', { table_1: '', table_2: 'user; drop table x' })).status, 422)
    assert.equal((await post('/found', { table_1: '', table_2: 'detection_line_camara_9' })).location, `${base}/speed`)

    const speed = await get(`${base}/speed`)
    // 120 "a minute" would be 1,7 % of the speed, 120 an hour all of it
    assert.match(speed.text, /<option value="units_per_hour" selected>/)
    assert.equal(await findAttachment({ ...server.ctx.db, tenantId }, server.ctx.secrets), null, 'nothing is attached before the end')
    assert.equal((await post('/speed', { performance_unit: 'units_per_hour' })).location, `${base}/dashboard`)
    assert.equal(await draftOf(server, tenantId), null, 'the password is kept in one place')
    const attached = await findAttachment({ ...server.ctx.db, tenantId }, server.ctx.secrets)
    assert.deepEqual([attached?.url === plantUrl, attached?.canManage, attached?.isGuarded], [true, false, true])

    assert.match((await get(`${base}/dashboard`)).text, /Primer tablero/)
    assert.equal((await post('/dashboard', { dashboard: 'oee' })).location, `${base}/loading`)
    const loading = await get(`${base}/loading`)
    assert.match(loading.text, /Envasado: 100 %/)
    assert.match(loading.text, /Paletizado: 100 %/)
    const board = await get(`/t/${slug}/dashboard`)
    assert.equal(board.status, 200)
    assert.match(board.text, /data-widget="KpiOee"/)
    assert.match((await get(base)).text, /La planta ya está conectada/)
    assert.equal((await post('', { url: plantUrl })).status, 409)
    assert.ok(!JSON.stringify(server.logLines).includes('s3cretpw'))
  })

test('attach: private networks are closed to companies until the operator opens them; sockets and files always', async (t) => {
  const { server, tenantId, post } = await setUp(t, 'sqlite', { PLANT_NETWORKS: '10.77.0.0/16' })
  const parts = { engine: 'mysql', database: 'x', user: 'u', password: 'p' }
  for (const host of ['127.0.0.1', 'localhost', '10.78.0.1', '169.254.169.254', '[::1]', '0x7f000001']) {
    const refused = await post('', { ...parts, host })
    assert.deepEqual([host, refused.status, /no abre a las empresas|Nadie conoce el servidor/.test(refused.text)], [host, 422, true])
  }
  for (const url of ['sqlite:////etc/passwd', 'mysql://u:p@h/x?socket=/run/mysqld/mysqld.sock', 'postgres://u:p@/x?host=/run/postgresql'])
    assert.equal((await post('', { url })).status, 422, url)
  assert.equal(await draftOf(server, tenantId), null)
})

for (const engine of servers.slice(0, 1))
  test(`attach: resumed by another administrator, taken back, and finished once by two at a time [${engine}]`, async (t) => {
    const { server, tenantId, base, get, post } = await setUp(t)
    const plantUrl = await customerPlant(engine, t)
    await post('', { url: plantUrl })
    await post('/time-zone', { timezone: 'America/Lima' })
    assert.match((await get(`${base}/time-zone`)).text, /<option value="America\/Lima" selected>/, 'back without loss')
    // the same database again, without typing the password, keeps what was said
    const { username, hostname, port, pathname } = new URL(plantUrl)
    const parts = { engine, host: hostname, port, database: pathname.slice(1), user: username }
    assert.equal((await post('', parts)).location, `${base}/verification`)
    assert.equal((await draftOf(server, tenantId))?.timeZone, 'America/Lima')
    assert.equal((await post('/cancel', {})).location, base)
    assert.equal(await draftOf(server, tenantId), null)
    assert.equal((await post('/speed', { performance_unit: 'percent' })).status, 409)

    await post('', { url: plantUrl })
    await post('/time-zone', { timezone: 'America/Lima' })
    const both = await Promise.all([post('/speed', { performance_unit: 'percent' }), post('/speed', { performance_unit: 'percent' })])
    assert.deepEqual(both.map(({ status }) => status).sort(), [303, 409])
  })

test('attach: what was prepared is forgotten after a week', async (t) => {
  const engine = servers[0]
  if (!engine) return
  const { server, tenantId, post } = await setUp(t)
  await post('', { url: await customerPlant(engine, t) })
  assert.notEqual(await draftOf(server, tenantId), null)
  server.clock.advance(8 * 86_400_000)
  assert.equal(await draftOf(server, tenantId), null)
})
