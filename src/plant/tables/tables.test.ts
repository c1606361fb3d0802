/** Care of tables over API, worker and monthly run. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { openPlantKysely } from '../../platform/db/index.ts'
import { detectionTableStatements, parseMonth } from '../source/index.ts'
import { maintain } from './jobs.ts'
import { readPolicy, savePolicy } from './policy.ts'
import { addSecondLine, caredCompany, table } from './tables.fixture.ts'

type Body = Readonly<Record<string, unknown>>
const fields = (body: unknown): Body => body as Body
const hourMs = 3_600_000

forEachEngine(
  'PL-11 PL-13 PL-TODO-16 PL-TODO-43 tables of new lines are made with 13 partitions, and months ahead are ensured by API',
  async (engine, t) => {
    const { as, work } = await caredCompany(t, engine)
    const [owner, manager, viewer] = [await as('duena'), await as('jefe'), await as('visita')]
    assert.equal((await owner.json('/api/v1/detections/partitions/1')).status, 409, 'no table yet')
    const asked = await owner.json('/api/v1/plant/tables/tasks', { kind: 'create' })
    assert.equal(asked.status, 202)
    assert.equal((await owner.json('/api/v1/plant/tables/tasks', { kind: 'ensure' })).status, 409, 'one at a time')
    await work()
    const { tasks } = (await manager.json('/api/v1/plant/tables/tasks')).body as { tasks: Body[] }
    assert.deepEqual([tasks[0]?.state, tasks[0]?.by], ['done', 'duena'])

    const partitions = await manager.json('/api/v1/detections/partitions/1')
    assert.deepEqual([partitions.status, fields(partitions.body).table], [200, table])
    assert.equal(fields(partitions.body).count, engine === 'sqlite' ? 0 : 13)
    const ensured = await owner.json('/api/v1/detections/partitions/ensure/1?months_ahead=13', {})
    assert.equal(ensured.status, 200)
    assert.deepEqual(fields(ensured.body).partitions_created, engine === 'sqlite' ? [] : ['p202703', 'p202704'])
    assert.equal(fields((await owner.json('/api/v1/detections/partitions/ensure/1', {})).body).count, 0, 'again: nothing is missing')
    for (const months of [0, 25, 'x'])
      assert.equal((await owner.json(`/api/v1/detections/partitions/ensure/1?months_ahead=${months}`, {})).status, 422)
    assert.equal((await owner.json('/api/v1/detections/partitions/9')).status, 404)
    assert.equal((await manager.json('/api/v1/detections/partitions/ensure/1', {})).status, 403)
    assert.equal((await viewer.json('/api/v1/detections/partitions/1')).status, 403)
    const report = fields((await manager.json('/api/v1/plant/tables')).body)
    const [own] = report.tables as Body[]
    assert.deepEqual([report.is_managed, own?.missing_indexes, own?.missing_months], [true, [], []])
  },
)

forEachEngine(
  'PL-13 PL-TODO-55 what retention says happens on day 1 at 02:00 of the plant, once; months come back by API',
  async (engine, t) => {
    const { server, as, work, fill, rows, tenantId } = await caredCompany(t, engine)
    let owner = await as('duena')
    const runAll = async () => {
      await work()
      // a task that a job asked for
      await work()
    }
    await owner.json('/api/v1/plant/tables/tasks', { kind: 'create' })
    await runAll()
    await fill(['2025-02', '2025-03', '2025-04', '2026-03'], 20)
    await fill(['2025-03'], 1)
    await server.ctx.plants.refresh(tenantId)
    const policy = { retention_months: 12, archive: true, months_ahead: 3 }
    assert.deepEqual((await owner.json('/api/v1/plant/tables/policy', policy, { method: 'PUT' })).body, policy)
    assert.equal((await owner.json('/api/v1/plant/tables/policy', { ...policy, retention_months: 6 }, { method: 'PUT' })).status, 422)
    assert.equal((await (await as('jefe')).json('/api/v1/plant/tables/policy', policy, { method: 'PUT' })).status, 403)
    const plan = fields((await owner.json('/api/v1/plant/tables/preview?month=2025-04')).body)
    assert.equal(plan.rows, 41)
    assert.equal((await rows()).length, 81, 'a preview writes nothing')

    // the first run has been: the next is in April
    server.clock.advance(hourMs)
    await runAll()
    const before = (await rows()).length
    // 31 March 23:00 and 1 April 01:00 in Bogotá: not yet
    for (const at of [Date.UTC(2026, 3, 1, 4), Date.UTC(2026, 3, 1, 6, 59)]) {
      server.clock.advance(at - server.clock.nowMs())
      await runAll()
      assert.equal((await rows()).length, before)
    }
    server.clock.advance(2 * hourMs)
    await runAll()
    assert.deepEqual([before, (await rows()).length], [61, 40], 'first February, in April also March')
    owner = await as('duena')
    const archived = fields((await owner.json('/api/v1/archive?line_id=1')).body).archives as Body[]
    assert.deepEqual(
      archived.map(({ month, rows: count, state }) => [month, count, state]),
      [
        ['2025-03', 21, 'archived'],
        ['2025-02', 20, 'archived'],
      ],
    )
    const told = JSON.stringify((await owner.json('/api/v1/dashboard/data', { start_date: '2025-02-01', end_date: '2025-03-31' })).body)
    assert.ok(/"KpiTotalProduction","widget_type":"kpi","data":\{"value":41,/.test(told), 'the summaries still answer')
    assert.ok(/depuradas o archivadas|purged or archived/.test(told), 'and say so')
    const list = await owner.json('/api/v1/detections/1?start_date=2025-02-01&end_date=2025-03-31')
    assert.equal(list.status, 200)
    assert.ok(/depuradas o archivadas|purged or archived/.test(JSON.stringify(list.body)), 'a list says what it lacks')

    assert.equal((await owner.json('/api/v1/plant/tables/tasks', { kind: 'restore', line_id: 1, month: '2025-03' })).status, 202)
    await runAll()
    assert.equal((await rows()).length, 61)
    // brought back, it stays for a while although the next month comes
    server.clock.advance(31 * 24 * hourMs)
    await runAll()
    assert.equal((await rows()).length, 41, 'April of last year went, March stays')
    owner = await as('duena')
    for (const [kind, month, status] of [
      ['restore', '2026-13', 422],
      ['take_out', '2026-04', 422],
      ['take_out', undefined, 422],
      ['restore', '2024-01', 202],
    ] as const)
      assert.equal((await owner.json('/api/v1/plant/tables/tasks', { kind, line_id: 1, month })).status, status, `${kind} ${month}`)
    await runAll()
    const [refused] = fields((await owner.json('/api/v1/plant/tables/tasks')).body).tasks as Body[]
    assert.deepEqual([refused?.state, /2024-01/.test(String(refused?.note))], ['failed', true], 'what is not there is said')
    const audit = await server.ctx.db.kysely
      .selectFrom('audit_logs')
      .select(['action', 'entity_type', 'details'])
      .where('tenant_id', '=', tenantId)
      .execute()
    const drops = audit.filter(
      ({ entity_type: type, action, details }) =>
        type === 'detection_partition' && action === 'DELETE' && !/"rows":0/.test(String(details)),
    )
    assert.equal(drops.length, 3)
    assert.ok(drops.every(({ details }) => /"rows":(20|21)/.test(String(details)) && /"months":\["2025-0[234]"\]/.test(String(details))))
  },
)

forEachEngine('PL-01 tables of a customer are never touched: everything is refused, the SQL is handed out', async (engine, t) => {
  const { as, slug, server, tenantId } = await caredCompany(t, engine, false)
  const owner = await as('duena')
  for (const kind of ['create', 'ensure', 'indexes', 'take_out', 'restore', 'convert']) {
    const answer = await owner.json('/api/v1/plant/tables/tasks', { kind, line_id: 1, month: '2025-01' })
    assert.deepEqual([answer.status, fields(answer.body).code], [403, 'tables_are_the_customers'], kind)
  }
  // the page of it, too: counting reads the customer's whole table
  for (const url of ['/api/v1/plant/tables/preview?month=2025-01', `/t/${slug}/plant/tables/preview?month=2025-01&line_id=1`])
    assert.equal((await owner.fetch(url)).status, 403, url)
  assert.equal((await owner.json('/api/v1/plant/tables')).status, 200)
  const page = await owner.fetch(`/t/${slug}/plant/tables/sql`)
  assert.deepEqual([page.status, page.headers.get('content-type'), await page.text()], [200, 'application/sql; charset=utf-8', '-- OK\n'])
  assert.equal((await server.ctx.db.kysely.selectFrom('table_tasks').select('id').where('tenant_id', '=', tenantId).execute()).length, 0)
})

forEachEngine(
  'PL-01 PL-13 the SQL for a customer makes the partitions that are missing, and is not called in order without',
  async (engine, t) => {
    const { as, slug, server, tenantId, plantUrl } = await caredCompany(t, engine, false)
    const { kysely, close } = await openPlantKysely(plantUrl)
    for (const statement of detectionTableStatements(engine, table, parseMonth('2025-04'))) await sql.raw(statement).execute(kysely)
    await server.ctx.plants.refresh(tenantId)
    const sqlOf = async () => (await (await as('duena')).fetch(`/t/${slug}/plant/tables/sql`)).text()
    const told = await sqlOf()
    if (engine === 'sqlite') assert.equal(told, '-- OK\n')
    else {
      assert.match(told, /PARTITION/)
      await kysely.connection().execute(async (own) => {
        for (const line of told.trimEnd().split('\n')) await sql.raw(line).execute(own)
      })
      assert.equal(await sqlOf(), '-- OK\n')
    }
    await close()
  },
)

forEachEngine('PL-13 partitions made by API: one row of audit, and not beside other work', async (engine, t) => {
  const { as, work, server, tenantId } = await caredCompany(t, engine)
  const owner = await as('duena')
  await owner.json('/api/v1/plant/tables/tasks', { kind: 'create' })
  assert.equal((await owner.json('/api/v1/detections/partitions/ensure/1', {})).status, 409, 'no table yet')
  await work()
  const rowsOf = () =>
    server.ctx.db.kysely
      .selectFrom('audit_logs')
      .select(['action', 'ip_address', 'details'])
      .where('tenant_id', '=', tenantId)
      .where('entity_type', '=', 'detection_partition')
      .execute()
  const ensure = () => owner.json('/api/v1/detections/partitions/ensure/1?months_ahead=13', {})
  const made = fields((await ensure()).body).partitions_created
  const [audited, ...more] = await rowsOf()
  assert.deepEqual([JSON.parse(String(audited?.details)).partitions, audited?.ip_address !== null, more.length], [made, true, 0])
  await owner.json('/api/v1/plant/tables/tasks', { kind: 'ensure' })
  const refused = await ensure()
  assert.deepEqual([refused.status, fields(refused.body).code], [409, 'table_task_running'])
  await work()
  assert.equal((await ensure()).status, 200)
})

test('PL-94 work on one line that names none is refused', async (t) => {
  const { as } = await caredCompany(t, 'sqlite')
  const owner = await as('duena')
  for (const kind of ['restore', 'convert']) {
    const { status, body } = await owner.json('/api/v1/plant/tables/tasks', { kind, month: '2025-01' })
    assert.deepEqual([status, fields(body).code], [404, 'line_not_found'], kind)
  }
})

forEachEngine('PL-13 a table that cannot get its months does not keep the others from theirs', async (engine, t) => {
  if (engine !== 'postgres') return t.skip('elsewhere a partition of several months is split')
  const { as, work, server, tenantId, plantUrl } = await caredCompany(t, engine)
  const { kysely, close } = await openPlantKysely(plantUrl)
  await addSecondLine(kysely)
  await server.ctx.plants.refresh(tenantId)
  const owner = await as('duena')
  await owner.json('/api/v1/plant/tables/tasks', { kind: 'create' })
  await work()
  await sql`create table quarter partition of ${sql.id(table)} for values from ('2027-04-01') to ('2027-07-01')`.execute(kysely)
  await close()
  await owner.json('/api/v1/plant/tables/tasks', { kind: 'ensure', months_ahead: 13 })
  await work()
  const [task] = fields((await owner.json('/api/v1/plant/tables/tasks')).body).tasks as Body[]
  assert.deepEqual([task?.state, /2027-04.*detection_line_l1/.test(String(task?.note))], ['failed', true], String(task?.note))
  const partitions = (fields((await owner.json('/api/v1/plant/tables')).body).tables as Body[]).map((one) => one.partitions as Body[])
  assert.ok(
    partitions[1]?.some(({ from, below }) => from === '2027-04' && below === '2027-05'),
    'the second line has its month',
  )
})

forEachEngine('PL-TODO-43 a table with triggers is not copied without them', async (engine, t) => {
  if (engine !== 'postgres') return t.skip('elsewhere the table itself is changed')
  const { as, work, server, tenantId, plantUrl } = await caredCompany(t, engine)
  const { kysely, close } = await openPlantKysely(plantUrl)
  t.after(close)
  for (const statement of detectionTableStatements(engine, table)) await sql.raw(statement).execute(kysely)
  await sql`create function told() returns trigger language plpgsql as 'begin return new; end'`.execute(kysely)
  await sql`create trigger told after insert on ${sql.id(table)} for each row execute function told()`.execute(kysely)
  await server.ctx.plants.refresh(tenantId)
  const owner = await as('duena')
  const convert = async () => {
    await owner.json('/api/v1/plant/tables/tasks', { kind: 'convert', line_id: 1 })
    await work()
    const [task] = fields((await owner.json('/api/v1/plant/tables/tasks')).body).tasks as Body[]
    return [task?.state, /disparadores propios|triggers of its own/.test(String(task?.note))]
  }
  assert.deepEqual(await convert(), ['failed', true])
  await sql`drop trigger told on ${sql.id(table)}`.execute(kysely)
  assert.deepEqual(await convert(), ['done', false])
})

const year = 365 * 24 * hourMs

forEachEngine(
  'PL-13 a clock that was a year ahead takes out nothing that retention keeps, and the monthly run goes on by the right one',
  async (engine, t) => {
    const { server, as, work, fill, rows, tenantId } = await caredCompany(t, engine)
    const { ctx, clock } = server
    const tenant = { ...ctx.db, tenantId }
    const owner = await as('duena')
    await owner.json('/api/v1/plant/tables/tasks', { kind: 'create' })
    await work()
    await fill(['2025-02', '2025-04', '2025-12', '2026-02', '2026-03'], 5)
    await ctx.plants.refresh(tenantId)
    await savePolicy(tenant, { retentionMonths: 12, isArchiving: false, monthsAhead: 3 }, clock.nowMs())
    clock.advance(year)
    // one camera takes its time from us
    await fill(['2027-03'], 1)
    await ctx.plants.withPlant(tenantId, (plant) => maintain(ctx, plant, true))
    assert.equal((await rows()).length, 21, 'February 2025 alone went')
    assert.equal((await readPolicy(tenant)).maintainedMonth, 202703)
    clock.advance(-year)
    const again = await ctx.plants.withPlant(tenantId, (plant) => maintain(ctx, plant))
    assert.deepEqual(
      again?.map(({ state }) => state),
      ['done', 'done'],
    )
    assert.equal((await readPolicy(tenant)).maintainedMonth, 202603)
  },
)
