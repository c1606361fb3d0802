import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { findTenant } from '../../identity/index.ts'
import type { Db, Engine } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/index.ts'
import { silentLog } from '../../platform/log/index.ts'
import { createSecrets } from '../../platform/secrets/index.ts'
import { fixedClock } from '../../platform/time/index.ts'
import { createPlants } from '../model/index.ts'
import { findAttachment, listMappings } from '../source/index.ts'
import { initLineTables, loadTestData, seedFilters } from './manage.ts'
import { type Registration, registerTenant } from './register.ts'

const clock = fixedClock(Date.UTC(2026, 9, 19, 15, 17))
const secrets = createSecrets('a secret key of the tests, long enough')

const asked: Registration = {
  companyName: 'Planta A',
  username: 'Jefa',
  email: 'jefa@example.com',
  password: 'Admin123!',
  plantUrl: 'mysql://reader:s3cret@db.example.com/plant',
  timeZone: 'America/Bogota',
  performanceUnit: 'units_per_hour',
  canManage: null,
  config: { planned_stop_codes: [1] },
  tables: [],
}

async function setUp(engine: Engine, t: TestContext) {
  const { db } = await migratedDatabase(engine, t)
  const dataDir = mkdtempSync(path.join(os.tmpdir(), 'andon-register-'))
  t.after(() => rmSync(dataDir, { recursive: true, force: true }))
  const deps = { db, secrets, clock, config: { dataDir } }
  const register = async (changes: Partial<Registration> = {}) => {
    const registered = await registerTenant(deps, { ...asked, ...changes })
    assert.ok(registered)
    return registered
  }
  return { db, dataDir, deps, register }
}

const countOf = async (db: Db, table: 'tenants' | 'users' | 'plant_attachments'): Promise<number> => {
  const row = await db.kysely
    .selectFrom(table)
    .select((eb) => eb.fn.countAll().as('n'))
    .executeTakeFirst()
  return Number(row?.n)
}

const isProblem =
  (code: string, ...paths: string[]) =>
  (error: unknown) => {
    assert.ok(error instanceof Problem, String(error))
    assert.equal(error.code, code)
    assert.deepEqual(
      (error.options.fields ?? []).map((field) => field.path),
      paths,
    )
    return true
  }

forEachEngine('PL-14 a company, its administrator and its plant are registered together; the address is sealed', async (engine, t) => {
  const { db, register } = await setUp(engine, t)
  const { tenantId, isNewCompany, plant, plantAddress } = await register()
  assert.deepEqual(
    { isNewCompany, plant, plantAddress },
    { isNewCompany: true, plant: 'attached', plantAddress: 'mysql db.example.com:3306/plant as reader' },
  )
  const tenant = await findTenant(db, tenantId)
  assert.deepEqual(tenant?.config, {
    theme: 'dark',
    language: 'es',
    planned_stop_codes: [1],
    timezone: 'America/Bogota',
    performance_unit: 'units_per_hour',
  })
  assert.deepEqual(await findAttachment({ ...db, tenantId }, secrets), {
    url: asked.plantUrl,
    canManage: false,
    isGuarded: false,
    revision: 1,
  })
  const stored = await db.kysely.selectFrom('plant_attachments').select('url_sealed').executeTakeFirstOrThrow()
  assert.ok(!stored.url_sealed.includes('s3cret') && !stored.url_sealed.includes('example'))
})

forEachEngine('PL-14 registering again changes only what differs and needs no password', async (engine, t) => {
  const { db, register } = await setUp(engine, t)
  const { tenantId } = await register()
  const again = await register({ password: null, plantUrl: null, timeZone: null, performanceUnit: null, config: {} })
  assert.deepEqual([again.tenantId, again.isNewCompany, again.plant], [tenantId, false, 'kept'])
  assert.equal((await findAttachment({ ...db, tenantId }, secrets))?.revision, 1)
  await register({ password: null, plantUrl: null, timeZone: 'America/Lima', config: { theme: 'light' } })
  const tenant = await findTenant(db, tenantId)
  assert.deepEqual([tenant?.config.timezone, tenant?.config.theme, tenant?.config.planned_stop_codes], ['America/Lima', 'light', [1]])
  await register({ password: null, plantUrl: 'postgres://db/plant', canManage: true })
  assert.deepEqual(await findAttachment({ ...db, tenantId }, secrets), {
    url: 'postgres://db/plant',
    canManage: true,
    isGuarded: false,
    revision: 2,
  })
  assert.deepEqual([await countOf(db, 'tenants'), await countOf(db, 'users'), await countOf(db, 'plant_attachments')], [1, 1, 1])
})

test('PL-09 tables named by hand are remembered, until the plant is another database', async (t) => {
  const { db, register } = await setUp('sqlite', t)
  const tables = [{ lineId: 3, kind: 'detection', tableName: 'detection_line_x' }] as const
  const { tenantId } = await register({ tables })
  assert.deepEqual(await listMappings({ ...db, tenantId }), tables)
  await register({ password: null, plantUrl: 'postgres://db/other' })
  assert.deepEqual(await listMappings({ ...db, tenantId }), [])
})

for (const c of [
  { name: 'a bad plant address', changes: { plantUrl: 'ftp://db/plant' }, code: 'validation_failed', paths: ['plant_url'] },
  { name: 'a plant address without database', changes: { plantUrl: 'mysql://db/' }, code: 'validation_failed', paths: ['plant_url'] },
  {
    name: 'an unknown zone and unit, both told',
    changes: { timeZone: 'Mars/X', performanceUnit: 'x' },
    code: 'validation_failed',
    paths: ['time_zone', 'performance_unit'],
  },
  { name: 'a weak password', changes: { password: 'short' }, code: 'validation_failed', paths: ['password'] },
  { name: 'a bad username', changes: { username: 'x y' }, code: 'validation_failed', paths: ['username'] },
  { name: 'no password', changes: { password: null }, code: 'password_missing', paths: [] },
])
  test(`PL-14 ${c.name} is refused and nothing is written`, async (t) => {
    const { db, register } = await setUp('sqlite', t)
    await assert.rejects(register(c.changes), (error: unknown) => {
      assert.ok(error instanceof Problem)
      assert.equal(error.code, c.code)
      const paths = [...new Set((error.options.fields ?? []).map((field) => field.path))]
      assert.deepEqual(paths, c.paths)
      return true
    })
    assert.deepEqual([await countOf(db, 'tenants'), await countOf(db, 'users'), await countOf(db, 'plant_attachments')], [0, 0, 0])
  })

test('PL-14 a taken username or e-mail rolls everything back, a taken company is told', async (t) => {
  const { db, register } = await setUp('sqlite', t)
  await register()
  await assert.rejects(register({ companyName: 'Otra' }), isProblem('username_taken'))
  await assert.rejects(register({ companyName: 'Otra', username: 'otra' }), isProblem('email_taken'))
  await assert.rejects(register({ username: 'otra', email: 'otra@example.com' }), isProblem('company_taken'))
  assert.deepEqual([await countOf(db, 'tenants'), await countOf(db, 'users'), await countOf(db, 'plant_attachments')], [1, 1, 1])
})

test('a company without a plant database gets one of ours, where tables, filters and test rows can be made', async (t) => {
  const { db, dataDir, register } = await setUp('sqlite', t)
  const { tenantId, plant } = await register({ plantUrl: null })
  assert.equal(plant, 'made')
  assert.ok(existsSync(path.join(dataDir, 'plants', `tenant-${tenantId}.sqlite`)))
  const plants = createPlants({ db, secrets, log: silentLog(), clock })
  t.after(() => plants.close())
  await plants.withPlant(tenantId, async (open) => {
    const { sql } = await import('kysely')
    await sql`insert into production_line (line_name, line_code, downtime_threshold) values ('Línea Ñ 1', 'Ñ-1', 300)`.execute(
      open.db.kysely,
    )
    await sql`insert into area (line_id, area_name, area_type, area_order, coord_x1, coord_y1, coord_x2, coord_y2) values (1, 'S', 'output', 1, 0, 0, 1, 1)`.execute(
      open.db.kysely,
    )
    await sql`insert into product (product_name, product_code, product_weight, product_color, production_std, product_per_batch) values ('P', 'P', 1, '#fff', 1, 1)`.execute(
      open.db.kysely,
    )
  })
  await plants.refresh(tenantId)
  await plants.withPlant(tenantId, async (open) => {
    const planned = await initLineTables(open, { dryRun: true, nowMs: clock.nowMs() })
    assert.deepEqual(
      planned.map((table) => table.name),
      ['detection_line_n_1', 'downtime_events_n_1'],
    )
    assert.ok(!open.loaded.catalog.tableNames.includes('detection_line_n_1'))
    assert.equal((await initLineTables(open, { dryRun: false, nowMs: clock.nowMs() })).length, 2)
    assert.equal((await seedFilters(open, { dryRun: false })).length, 11)
  })
  await plants.refresh(tenantId)
  await plants.withPlant(tenantId, async (open) => {
    assert.deepEqual(await initLineTables(open, { dryRun: false, nowMs: clock.nowMs() }), [])
    assert.deepEqual(await seedFilters(open, { dryRun: false }), [])
    const [line] = open.model.lines
    assert.ok(line)
    assert.deepEqual(await loadTestData(open, line, { detections: 2_500, downtimes: 10 }, clock.nowMs(), Math.random), {
      detections: 2_500,
      downtimes: 10,
    })
  })
})

test('PL-01 a plant of the customer refuses tables, filters and test rows, whatever the account may', async (t) => {
  const { db, dataDir, register } = await setUp('sqlite', t)
  const own = await register({ plantUrl: null })
  const file = path.join(dataDir, 'plants', `tenant-${own.tenantId}.sqlite`)
  const { tenantId } = await register({ companyName: 'Otra', username: 'otra', email: 'otra@example.com', plantUrl: `sqlite:///${file}` })
  const plants = createPlants({ db, secrets, log: silentLog(), clock })
  t.after(() => plants.close())
  await plants.withPlant(tenantId, async (open) => {
    await assert.rejects(seedFilters(open, { dryRun: false }), isProblem('plant_not_managed'))
    assert.equal((await seedFilters(open, { dryRun: true })).length, 11)
  })
})
