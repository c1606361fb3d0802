import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { availableEngines, forEachEngine, temporaryDatabase } from '../../../test/harness/engines.ts'
import { transactionsAfter } from '../../../test/harness/meanwhile.ts'
import { readOnlyUrl } from '../../../test/harness/read-only.ts'
import { startTestServer, type TestServer, type TestServerOptions } from '../../../test/harness/server.ts'
import { createTenantWithAdmin } from '../../identity/index.ts'
import type { Engine } from '../../platform/db/index.ts'
import { openPlantKysely } from '../../platform/db/index.ts'
import { Problem } from '../../platform/http/index.ts'
import { createLineTables, createManagedPlant, findAttachment, insertDetections } from '../source/index.ts'
import { addressFault, databaseKey, withAccount } from './address.ts'
import { attachPlant, type By, detachPlant, giveOwnPlant, plantState, rotatePlant } from './plant.ts'

const by: By = { actor: null, mayBeFile: true }
const nowMs = Date.UTC(2026, 2, 2, 15)
const input = { canManage: false, timeZone: 'America/Bogota', performanceUnit: 'units_per_hour' }
const refusal = async (work: Promise<unknown>): Promise<string> => {
  const error = await work.then(
    () => assert.fail('was accepted'),
    (reason: unknown) => reason,
  )
  assert.ok(error instanceof Problem, String(error))
  return error.code
}

/** A database with the tables of a plant and one line that produced. */
async function plantOf(engine: Engine, t: TestContext): Promise<string> {
  const url = await temporaryDatabase(engine, t)
  const { kysely, close } = await openPlantKysely(url, { create: true })
  const tables = { detectionTable: 'detection_line_l1', downtimeTable: 'downtime_events_l1' }
  await createManagedPlant(kysely, engine)
  await createLineTables(kysely, engine, tables)
  await kysely
    .insertInto('production_line')
    .values({
      line_name: 'L1',
      line_code: 'L1',
      is_active: 1,
      availability: 0,
      performance: 10,
      downtime_threshold: 300,
      auto_detect_downtime: 1,
    })
    .execute()
  await kysely
    .insertInto('area')
    .values({ line_id: 1, area_name: 'Salida', area_type: 'output', area_order: 1, coord_x1: 0, coord_y1: 0, coord_x2: 1, coord_y2: 1 })
    .execute()
  await insertDetections({ tenantId: 0, engine, kysely }, tables.detectionTable, [
    { detectedAt: '2026-03-02 08:00:00', areaId: 1, productId: 1 },
  ])
  await close()
  return url
}

async function setUp(engine: Engine, t: TestContext, options: TestServerOptions = {}) {
  const server = await startTestServer({ engine, nowMs, ...options }, t)
  const tenant = await createTenantWithAdmin(server.ctx.db, server.ctx, {
    companyName: 'Acme',
    username: 'ana',
    email: 'ana@example.com',
    password: 'ValidPass123!',
  })
  return { server, ...tenant }
}
const reads = (server: TestServer, tenantId: number) =>
  server.ctx.plants.withPlant(tenantId, async ({ model }) => model.lines.map(({ lineCode }) => lineCode))

forEachEngine('ID-54 PL-TODO-58 a plant database is tried, then attached; its address is sealed and never told', async (engine, t) => {
  const { server, tenantId, slug } = await setUp(engine, t)
  const url = await plantOf(engine, t)
  const state = await attachPlant(server.ctx, by, slug, { url, ...input })
  assert.deepEqual(state.kind === 'attached' && [state.canManage, state.isOwn, state.hasAccount], [false, false, engine !== 'sqlite'])
  assert.deepEqual(await reads(server, tenantId), ['L1'])
  const { db, secrets } = server.ctx
  assert.equal((await findAttachment({ ...db, tenantId }, secrets))?.url, url)
  const tenant = await db.kysely.selectFrom('tenants').select('config').where('id', '=', tenantId).executeTakeFirstOrThrow()
  assert.deepEqual(JSON.parse(tenant.config), { timezone: 'America/Bogota', performance_unit: 'units_per_hour' })
  assert.equal(await refusal(attachPlant(server.ctx, by, slug, { url, ...input })), 'plant_attached')
  const other = await createTenantWithAdmin(db, server.ctx, {
    companyName: 'Otra',
    username: 'otto',
    email: 'otto@example.com',
    password: 'ValidPass123!',
  })
  assert.equal(await refusal(attachPlant(server.ctx, by, other.slug, { url, ...input })), 'plant_in_use')
  assert.equal(await refusal(attachPlant(server.ctx, by, other.slug, { url: server.ctx.config.database.url, ...input })), 'plant_in_use')
  const audit = await db.kysely.selectFrom('audit_logs').select('details').where('entity_type', '=', 'plant').executeTakeFirstOrThrow()
  assert.equal(JSON.parse(audit.details).plant, 'attached')
})

forEachEngine('ID-54 one database is one company’s, also when another attaches it while it is tried', async (engine, t) => {
  const { server, tenantId, slug } = await setUp(engine, t)
  const url = await plantOf(engine, t)
  const other = await createTenantWithAdmin(server.ctx.db, server.ctx, {
    companyName: 'Otra',
    username: 'otto',
    email: 'otto@example.com',
    password: 'ValidPass123!',
  })
  const resolve = async (): Promise<string> => {
    await attachPlant(server.ctx, by, other.slug, { url, ...input })
    return '127.0.0.1'
  }
  assert.equal(await refusal(attachPlant(server.ctx, by, slug, { url, ...input }, { resolve })), 'plant_in_use')
  assert.deepEqual(await plantState(server.ctx, tenantId), { kind: 'none' })
})

forEachEngine('ID-54 a plant that was attached meanwhile does not give way to one of our own making', async (engine, t) => {
  const { server, tenantId, slug } = await setUp(engine, t)
  const { db, secrets } = server.ctx
  const url = await plantOf(engine, t)
  const late = { ...server.ctx, db: transactionsAfter(() => attachPlant(server.ctx, by, slug, { url, ...input }), db) }
  assert.equal(await refusal(giveOwnPlant(late, by, slug)), 'plant_attached')
  assert.equal((await findAttachment({ ...db, tenantId }, secrets))?.url, url)
})

forEachEngine('ID-54 what cannot be reached, is no plant, or may not be read is refused by name and nothing changes', async (engine, t) => {
  const { server, tenantId, slug } = await setUp(engine, t)
  const try_ = (url: string, canManage = false) => refusal(attachPlant(server.ctx, by, slug, { url, ...input, canManage }))
  const bad = {
    sqlite: 'sqlite:////nowhere/at/all.sqlite',
    postgres: 'postgres://nobody:s3cretpw@127.0.0.1:1/plant',
    mysql: 'mysql://nobody:s3cretpw@127.0.0.1:1/plant',
  }
  assert.equal(await try_(bad[engine]), 'plant_unreachable')
  const empty = await temporaryDatabase(engine, t)
  if (engine === 'sqlite')
    await (await openPlantKysely(empty, { create: true })).kysely.schema.createTable('x').addColumn('y', 'integer').execute()
  assert.equal(await try_(empty), 'plant_not_recognised')
  assert.equal(await try_('ftp://x/y'), 'validation_failed')
  assert.equal(
    await refusal(attachPlant(server.ctx, by, slug, { url: empty, canManage: false, timeZone: 'Mars/X', performanceUnit: 'x' })),
    'validation_failed',
  )
  assert.equal(await refusal(attachPlant(server.ctx, by, 'nobody', { url: empty, ...input })), 'tenant_not_found')
  assert.deepEqual(await plantState(server.ctx, tenantId), { kind: 'none' })
  assert.deepEqual(await server.ctx.db.kysely.selectFrom('plant_attachments').select('id').execute(), [])
  assert.ok(!JSON.stringify(server.logLines).includes('s3cretpw'))
})

test('ID-54 an empty database that Andon may manage gets the tables of a plant', async (t) => {
  for (const engine of availableEngines.filter((name) => name !== 'sqlite')) {
    const { server, tenantId, slug } = await setUp('sqlite', t)
    const state = await attachPlant(server.ctx, by, slug, { url: await temporaryDatabase(engine, t), ...input, canManage: true })
    assert.equal(state.kind === 'attached' && state.canManage, true)
    assert.deepEqual(await reads(server, tenantId), [])
  }
})

for (const engine of availableEngines.filter((name) => name !== 'sqlite'))
  test(`PL-TODO-06 ID-54 a plant is opened by its name with an account of its own, which is changed without a wrong moment [${engine}]`, async (t) => {
    const { server, tenantId, slug } = await setUp(engine, t)
    const admin = await plantOf(engine, t)
    const first = await readOnlyUrl({ engine, url: admin, drop: async () => {} }, t)
    const second = new URL(await readOnlyUrl({ engine, url: admin, drop: async () => {} }, t))
    await attachPlant(server.ctx, by, slug, { url: first, ...input })
    assert.deepEqual(await reads(server, tenantId), ['L1'])
    // Somebody reads all the time, before, during and after.
    let isOver = false
    const readings: Promise<number> = (async () => {
      let times = 0
      for (; !isOver; times += 1) assert.deepEqual(await reads(server, tenantId), ['L1'])
      return times
    })()
    const account = { user: decodeURIComponent(second.username), password: decodeURIComponent(second.password) }
    assert.equal(await refusal(rotatePlant(server.ctx, by, slug, { ...account, user: `${account.user}x` })), 'plant_unreachable')
    assert.equal((await findAttachment({ ...server.ctx.db, tenantId }, server.ctx.secrets))?.url, first)
    const state = await rotatePlant(server.ctx, by, slug, account)
    assert.ok(state.kind === 'attached' && state.address.includes(account.user) && !state.address.includes(account.password))
    assert.deepEqual(await reads(server, tenantId), ['L1'])
    isOver = true
    assert.ok((await readings) > 0)
    const revision = (await findAttachment({ ...server.ctx.db, tenantId }, server.ctx.secrets))?.revision
    assert.equal(revision, 2)
    const leaked = JSON.stringify([server.logLines, await server.ctx.db.kysely.selectFrom('audit_logs').selectAll().execute()])
    assert.ok(!leaked.includes(account.password) && !leaked.includes(new URL(first).password))
  })

forEachEngine('ID-54 a plant is taken away once the name was typed: summaries go, another one can come', async (engine, t) => {
  const { server, tenantId, slug } = await setUp(engine, t)
  const { kysely } = server.ctx.db
  const url = await plantOf(engine, t)
  await attachPlant(server.ctx, by, slug, { url, ...input })
  await server.ctx.plants.withPlant(tenantId, async (plant) => {
    const [line] = plant.model.lines
    if (line) await server.ctx.histories.of(plant).answer(line)
  })
  const stamp = { tenant_id: tenantId, created_at: nowMs, updated_at: nowMs }
  const policy = { retention_months: 12, is_archiving: 0, months_ahead: 3, maintained_month: 0 }
  await kysely
    .insertInto('table_policies')
    .values({ ...stamp, ...policy })
    .execute()
  const work = { kind: 'take_out' as const, payload: '{}', state: 'waiting' as const, active: 1, done: 0, total: 0, note: null }
  await kysely
    .insertInto('table_tasks')
    .values({ ...stamp, ...work, lease_until: 0, by_user: null, by_name: 'ana' })
    .execute()
  assert.equal(await refusal(detachPlant(server.ctx, by, slug, 'acme')), 'confirmation_mismatch')
  assert.deepEqual(await reads(server, tenantId), ['L1'])
  await detachPlant(server.ctx, by, slug, ' Acme ')
  assert.deepEqual(await plantState(server.ctx, tenantId), { kind: 'none' })
  assert.equal(await refusal(reads(server, tenantId)), 'plant_not_attached')
  assert.deepEqual(await kysely.selectFrom('day_summaries').select('id').where('tenant_id', '=', tenantId).execute(), [])
  assert.deepEqual(await kysely.selectFrom('plant_line_tables').select('id').where('tenant_id', '=', tenantId).execute(), [])
  for (const table of ['table_policies', 'table_tasks'] as const)
    assert.deepEqual(
      await kysely.selectFrom(table).select('id').execute(),
      [],
      'the next plant would lose its rows to the retention of this one',
    )
  assert.equal(await refusal(detachPlant(server.ctx, by, slug, 'Acme')), 'plant_not_attached')
  assert.equal(await refusal(rotatePlant(server.ctx, by, slug, { user: 'x', password: 'y' })), 'plant_not_attached')
  // Its own rows are still there: the customer's database was not touched.
  await attachPlant(server.ctx, by, slug, { url, ...input })
  assert.deepEqual(await reads(server, tenantId), ['L1'])
  await detachPlant(server.ctx, by, slug, 'Acme')
  const own = await giveOwnPlant(server.ctx, by, slug)
  assert.deepEqual(own.kind === 'attached' && [own.isOwn, own.canManage], [true, true])
  assert.deepEqual(await reads(server, tenantId), [], 'and not what the former one had')
  assert.equal(await refusal(rotatePlant(server.ctx, by, slug, { user: 'x', password: 'y' })), 'plant_without_account')
})

test('ID-54 an address stored under another SECRET_KEY is told as such, can be written again without losing what was edited, and taken away', async (t) => {
  const { server, tenantId, slug } = await setUp('sqlite', t)
  const { db } = server.ctx
  const loseKey = async () => {
    await db.kysely.updateTable('plant_attachments').set({ url_sealed: 'v1.AAAA' }).execute()
    assert.deepEqual(await plantState(server.ctx, tenantId), { kind: 'sealed' })
  }
  const url = await plantOf('sqlite', t)
  await attachPlant(server.ctx, by, slug, { ...input, url })
  const edit = { entity: 'line', record_id: 1, kind: 'changed', fields: '{"line_code":"ENV"}' } as const
  await db.kysely
    .insertInto('plant_overlays')
    .values({ tenant_id: tenantId, ...edit, created_at: nowMs, updated_at: nowMs })
    .execute()
  await loseKey()
  await attachPlant(server.ctx, by, slug, { ...input, url })
  assert.deepEqual(await reads(server, tenantId), ['ENV'])
  await loseKey()
  const policy = { retention_months: 12, is_archiving: 0, months_ahead: 3, maintained_month: 0 }
  await db.kysely
    .insertInto('table_policies')
    .values({ tenant_id: tenantId, ...policy, created_at: nowMs, updated_at: nowMs })
    .execute()
  await giveOwnPlant(server.ctx, by, slug)
  assert.deepEqual(await db.kysely.selectFrom('table_policies').select('id').execute(), [], 'it may be another plant')
  await loseKey()
  await detachPlant(server.ctx, by, slug, 'Acme')
  assert.deepEqual(await plantState(server.ctx, tenantId), { kind: 'none' })
})

for (const [one, other, isSame] of [
  ['mysql://a:b@Db.Example.com/plant', 'mariadb://c:d@db.example.com:3306/plant', true],
  ['mysql://a@localhost/plant', 'mysql://127.0.0.1:3306/plant', true],
  ['mysql://a@h/plant', 'mysql://a@h/Plant', false],
  ['postgres://h/plant', 'postgresql+psycopg://h:5432/plant?sslmode=require', true],
  ['postgres://h/plant', 'mysql://h/plant', false],
  ['sqlite:////tmp/a.sqlite', 'sqlite:////tmp/a.sqlite?mode=ro', true],
] as const)
  test(`${one} and ${other} are ${isSame ? 'one database' : 'two'}`, () => assert.equal(databaseKey(one) === databaseKey(other), isSame))

test('another account in the same address, whatever its letters', () => {
  const word = randomBytes(3).toString('hex')
  assert.equal(
    withAccount(`mysql://old:pw@h:3307/plant?ssl=1`, 'new@site', `p/${word}:?`),
    `mysql://new%40site:p%2F${word}%3A%3F@h:3307/plant?ssl=1`,
  )
  assert.equal(withAccount('postgres://h/plant', 'u', ''), 'postgres://u:@h/plant')
  assert.equal(withAccount('sqlite:////tmp/x', 'u', 'p'), null)
})

test('ID-54 the platform page does not open files of the machine', () => {
  assert.match(addressFault('sqlite:////etc/passwd', { mayBeFile: false })?.en ?? '', /command line/)
  assert.equal(addressFault('sqlite:////var/plant.sqlite', { mayBeFile: true }), null)
  assert.match(addressFault('mysql://h/', { mayBeFile: true })?.en ?? '', /no database/)
})
