import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { createTenantWithAdmin } from '../../identity/index.ts'
import type { Db } from '../../platform/db/database.ts'
import { fixedClock } from '../../platform/time/index.ts'
import { builtInCatalogue } from './catalogue.ts'
import { purgeUserQueries } from './jobs.ts'
import { listCatalogue, listTemplates, seedWidgetCatalog } from './queries.ts'
import { createUserQueryLog, type UserQuery } from './user-queries.ts'
import { madeLine, madeScope } from './widgets/made-facts.ts'

const makeTenant = (db: Db, companyName: string) =>
  createTenantWithAdmin(
    db,
    { clock: fixedClock(0) },
    { companyName, username: companyName, email: `${companyName}@example.com`, password: 'Segura123!' },
  )

forEachEngine(
  'PL-39 a fresh database has the built-in catalogue; seeding it again changes nothing, merging adds what lacks',
  async (engine, t) => {
    const { db } = await migratedDatabase(engine, t)
    const first = await listCatalogue(db)
    assert.deepEqual(
      first.map(({ widgetId, widgetName, description }) => [widgetId, widgetName, description]),
      builtInCatalogue.map(({ widgetName, description }, index) => [index + 1, widgetName, description]),
    )
    assert.deepEqual((await seedWidgetCatalog(db, { merge: true, dryRun: false })).inserted, [])
    await db.kysely.deleteFrom('widget_catalog').where('widget_name', '=', 'KpiOee').execute()
    assert.deepEqual((await seedWidgetCatalog(db, { merge: false, dryRun: false })).inserted, [])
    assert.deepEqual((await seedWidgetCatalog(db, { merge: true, dryRun: true })).inserted, ['KpiOee'])
    assert.equal((await listCatalogue(db)).length, first.length - 1)
    assert.deepEqual((await seedWidgetCatalog(db, { merge: true, dryRun: false })).inserted, ['KpiOee'])
    assert.equal((await listCatalogue(db)).length, first.length)
  },
)

forEachEngine('PL-68 templates are read per company, whatever their JSON holds', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const { tenantId } = await makeTenant(db, 'uno')
  const other = await makeTenant(db, 'dos')
  const rows = [
    { tenant_id: tenantId, role_access: 'Admin', layout_config: '"{\\"widgets\\":[1]}"' },
    { tenant_id: tenantId, role_access: 'VIEWER', layout_config: '{broken' },
    { tenant_id: other.tenantId, role_access: 'ADMIN', layout_config: '{"widgets":[2]}' },
  ]
  for (const row of rows) await db.kysely.insertInto('dashboard_templates').values(row).execute()
  const templates = await listTemplates({ ...db, tenantId })
  assert.deepEqual(
    templates.map(({ roleAccess, layout }) => [roleAccess, layout]),
    [
      ['Admin', { widgets: [1] }],
      ['VIEWER', undefined],
    ],
  )
})

const query: Omit<UserQuery, 'userId' | 'tenantId'> = {
  username: 'ana',
  parameters: { line_ids: '101,102,103,104,105,106', interval: 'hour' },
  scope: madeScope([madeLine(1, 'x')]),
  durationMs: 12,
  askedAtMs: 1_700_000_000_000,
}

test('PL-24 a question is remembered behind the answer; one that cannot be written is a log line', async (t) => {
  const { db } = await migratedDatabase('sqlite', t)
  const { userId, tenantId } = await makeTenant(db, 'uno')
  const lines: object[] = []
  const log = createUserQueryLog({ db, log: { warn: (data) => void lines.push(data) } })
  log.record({ ...query, userId, tenantId: 99 }) // written together, refused alone
  log.record({ ...query, userId, tenantId })
  assert.equal((await db.kysely.selectFrom('user_queries').select('id').execute()).length, 0, 'not written before the answer')
  await log.drain()
  const rows = await db.kysely.selectFrom('user_queries').selectAll().execute()
  assert.equal(lines.length, 1, 'a company that does not exist')
  assert.deepEqual(
    rows.map((row) => [
      row.username,
      row.start_date,
      row.start_time,
      row.end_date,
      row.end_time,
      row.line,
      row.interval_type,
      row.duration_ms,
    ]),
    [['ana', '2026-10-08', '06:00:00', '2026-10-08', '09:59:00', '101,102,103,104,…', 'hour', 12]],
  )
  assert.deepEqual(JSON.parse(rows[0]?.query_parameters ?? ''), { ...query.parameters, _duration_ms: 12 })
  const daysLater = (days: number) => query.askedAtMs + days * 86_400_000
  assert.equal(await purgeUserQueries(db, daysLater(180)), 0)
  assert.equal(await purgeUserQueries(db, daysLater(180) + 1), 1, 'kept for 180 days')
})
