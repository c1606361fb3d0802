/** Months out of the tables and back: what fails, sleeps or is damaged in between, line by line. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { type Engine, openPlantKysely } from '../../platform/db/index.ts'
import { insertDetections } from '../source/index.ts'
import { runTask } from './run.ts'
import { addSecondLine, caredCompany, table } from './tables.fixture.ts'
import { addTask, claimTask, listTasks, type Work } from './tasks.ts'

const by = { userId: null, name: 'andon' }

/** A company of two lines, whose tables Andon made. */
async function twoLines(t: TestContext, engine: Engine) {
  const company = await caredCompany(t, engine)
  const { as, work, server, tenantId, plantUrl } = company
  const { kysely, close } = await openPlantKysely(plantUrl)
  t.after(close)
  await addSecondLine(kysely)
  await server.ctx.plants.refresh(tenantId)
  await (await as('duena')).json('/api/v1/plant/tables/tasks', { kind: 'create' })
  await work()
  return {
    ...company,
    kysely,
    addRowOfSecond: () =>
      sql`insert into detection_line_l2 (detected_at, area_id, product_id) values ('2025-01-05 12:00:00', 1, 1)`.execute(kysely),
    rowsOfSecond: async () => (await sql`select detection_id from detection_line_l2`.execute(kysely)).rows.length,
  }
}

forEachEngine('PL-13 a line whose months cannot leave its table does not keep the others’ there', async (engine, t) => {
  const { server, tenantId, fill, rows, addRowOfSecond, rowsOfSecond } = await twoLines(t, engine)
  const { ctx } = server
  await fill(['2025-01'], 3)
  await addRowOfSecond()
  const asked = { kind: 'take_out', lineId: null, month: '2025-02', isArchiving: false } as const
  const taskId = await addTask({ ...ctx.db, tenantId }, asked, by, ctx.clock.nowMs())
  const { histories } = ctx
  const loadingFirst = {
    ...histories,
    rowsOf: async (...[plant, line, range]: Parameters<typeof histories.rowsOf>) =>
      line.lineId === 1 ? null : histories.rowsOf(plant, line, range),
  }
  await runTask({ ...ctx, histories: loadingFirst }, tenantId, taskId)
  const [task] = await listTasks({ ...ctx.db, tenantId })
  assert.deepEqual([task?.state, /Línea 1/.test(task?.note?.es ?? '')], ['failed', true], task?.note?.es)
  assert.equal((await rows()).length, 3)
  assert.equal(await rowsOfSecond(), 0)
})

for (const isInUse of [true, false])
  forEachEngine(`PL-13 a table that is ${isInUse ? 'in use' : 'broken'} keeps no other’s months where they are`, async (engine, t) => {
    if (isInUse && engine === 'sqlite') return t.skip('one writer of the whole file')
    const { server, tenantId, fill, kysely, addRowOfSecond, rowsOfSecond } = await twoLines(t, engine)
    const { ctx } = server
    await fill(['2025-01'], 3)
    await addRowOfSecond()
    const asked = { kind: 'take_out', lineId: null, month: '2025-02', isArchiving: false } as const
    const run = async () => runTask(ctx, tenantId, await addTask({ ...ctx.db, tenantId }, asked, by, ctx.clock.nowMs()))
    if (isInUse)
      await kysely.transaction().execute(async (other) => {
        await sql`select detection_id from ${sql.id(table)} for update`.execute(other)
        await run()
      })
    else {
      await sql`alter table ${sql.id(table)} rename column detected_at to at`.execute(kysely)
      await run()
    }
    const [task] = await listTasks({ ...ctx.db, tenantId })
    assert.equal(task?.state, 'failed')
    if (isInUse) assert.match(task?.note?.es ?? '', /detection_line_l1 está en uso/)
    assert.equal(await rowsOfSecond(), 0)
  })

forEachEngine('PL-94 a line that is refused in its middle is settled, and no other is tried a second time', async (engine, t) => {
  const { server, tenantId, fill, kysely, rowsOfSecond } = await twoLines(t, engine)
  const { ctx } = server
  const tenant = { ...ctx.db, tenantId }
  await fill(['2025-01', '2026-03'], 5)
  const minutes = Array.from({ length: 5_100 }, (_, at) =>
    new Date(Date.UTC(2025, 0, 1, 0, at)).toISOString().slice(0, 19).replace('T', ' '),
  )
  await insertDetections(
    { tenantId, engine, kysely },
    'detection_line_l2',
    minutes.map((detectedAt) => ({ detectedAt, areaId: 1, productId: 1 })),
  )
  await ctx.plants.refresh(tenantId)
  const opened: string[] = []
  const open: typeof ctx.files.open = (key) => {
    opened.push(key)
    return ctx.files.open(key)
  }
  const { histories } = ctx
  // a row of the second line is corrected just before it would leave with the last of them
  const label: typeof histories.label = async (...asked) => {
    const labelled = await histories.label(...asked)
    if (asked[1] === 2) await sql`update detection_line_l2 set area_id = 9 where detection_id = 5050`.execute(kysely)
    return labelled
  }
  const run = async (asked: Work) => {
    await runTask(
      { ...ctx, files: { ...ctx.files, open }, histories: { ...histories, label } },
      tenantId,
      await addTask(tenant, asked, by, ctx.clock.nowMs()),
    )
    return (await listTasks(tenant))[0]
  }
  await run({ kind: 'take_out', lineId: 1, month: '2025-02' })
  await tenant.kysely.updateTable('table_archives').set({ state: 'leaving' }).where('tenant_id', '=', tenantId).execute()
  await tenant.kysely.updateTable('files').set({ sha256: 'damaged' }).where('tenant_id', '=', tenantId).execute()
  await sql`insert into ${sql.id(table)} (detection_id, detected_at, area_id, product_id) values (1, '2025-01-01 12:00:00', 1, 1)`.execute(
    kysely,
  )
  const [damaged = ''] = opened.splice(0)
  const task = await run({ kind: 'take_out', lineId: null, month: '2025-02' })
  assert.deepEqual([task?.state, /archive of 2025-01 .*Línea 1/.test(task?.note?.en ?? '')], ['failed', true], task?.note?.en)
  assert.equal(opened.filter((key) => key === damaged).length, 1)
  assert.equal(await rowsOfSecond(), 0, 'its last rows left as they were corrected')
  const states = await tenant.kysely.selectFrom('table_archives').select(['line_id', 'state']).orderBy('line_id').execute()
  assert.deepEqual(
    states.map(({ line_id: lineId, state }) => `${lineId} ${state}`),
    ['1 leaving', '2 archived'],
  )
})

forEachEngine('PL-94 a process that slept while another took its work over takes out no more rows, and ends nothing', async (engine, t) => {
  const { server, as, work, fill, rows, tenantId } = await caredCompany(t, engine)
  const { ctx, clock } = server
  const tenant = { ...ctx.db, tenantId }
  const owner = await as('duena')
  await owner.json('/api/v1/plant/tables/tasks', { kind: 'create' })
  await work()
  await fill(['2025-01', '2025-02', '2026-03'], 5)
  await ctx.plants.refresh(tenantId)
  const taskId = await addTask(tenant, { kind: 'take_out', lineId: null, month: '2025-03', isArchiving: false }, by, clock.nowMs())
  let left = -1
  const { histories } = ctx
  // it sleeps as its rows are about to leave
  const label: typeof histories.label = async (...asked) => {
    const labelled = await histories.label(...asked)
    if (left === -1) {
      left = (await rows()).length
      clock.advance(121_000)
      assert.notEqual(await claimTask(tenant, taskId, clock.nowMs()), null)
    }
    return labelled
  }
  await runTask({ ...ctx, histories: { ...histories, label } }, tenantId, taskId)
  assert.deepEqual([left, (await rows()).length], [15, 15])
  assert.equal((await listTasks(tenant))[0]?.state, 'running', 'the second one is at it')
  clock.advance(121_000)
  await runTask(ctx, tenantId, taskId)
  assert.deepEqual([(await rows()).length, (await listTasks(tenant))[0]?.state], [5, 'done'])
})

forEachEngine(
  'PL-94 an archive that is half out and damaged is told, and blocks neither other months nor their way back',
  async (engine, t) => {
    const { server, as, work, fill, rows, tenantId, plantUrl } = await caredCompany(t, engine)
    const { ctx, clock } = server
    const tenant = { ...ctx.db, tenantId }
    const owner = await as('duena')
    await owner.json('/api/v1/plant/tables/tasks', { kind: 'create' })
    await work()
    await fill(['2025-01', '2025-02', '2026-03'], 5)
    await ctx.plants.refresh(tenantId)
    const run = async (asked: Work) => {
      await runTask(ctx, tenantId, await addTask(tenant, asked, by, clock.nowMs()))
      const [task] = await listTasks(tenant)
      return [task?.state, task?.note?.en, (await rows()).length]
    }
    await run({ kind: 'take_out', lineId: null, month: '2025-02' })
    assert.equal((await rows()).length, 10)
    await tenant.kysely.updateTable('table_archives').set({ state: 'leaving' }).where('tenant_id', '=', tenantId).execute()
    await tenant.kysely.updateTable('files').set({ sha256: 'damaged' }).where('tenant_id', '=', tenantId).execute()
    const { kysely, close } = await openPlantKysely(plantUrl)
    await sql`insert into ${sql.id(table)} (detection_id, detected_at, area_id, product_id) values (1, '2025-01-01 12:00:00', 1, 1)`.execute(
      kysely,
    )
    await close()
    const [state, note, left] = await run({ kind: 'take_out', lineId: null, month: '2025-03' })
    assert.deepEqual([state, left], ['failed', 6], String(note))
    assert.match(String(note), /archive of 2025-01 .* not the one that was stored/)
    assert.deepEqual((await run({ kind: 'restore', lineId: 1, month: '2025-02' })).toSpliced(1, 1), ['done', 11])
    assert.deepEqual((await run({ kind: 'restore', lineId: 1, month: '2025-01' })).toSpliced(1, 1), ['failed', 11])
  },
)

for (const where of ['before the first row is back', 'before it says that they are'] as const)
  test(`PL-94 a process that slept ${where}, while another took its restore over, changes nothing more`, async (t) => {
    const { server, as, work, fill, rows, tenantId } = await caredCompany(t, 'sqlite')
    const { ctx, clock } = server
    const tenant = { ...ctx.db, tenantId }
    const owner = await as('duena')
    await owner.json('/api/v1/plant/tables/tasks', { kind: 'create' })
    await work()
    await fill(['2025-01', '2026-03'], 5)
    await ctx.plants.refresh(tenantId)
    await runTask(ctx, tenantId, await addTask(tenant, { kind: 'take_out', lineId: null, month: '2025-02' }, by, clock.nowMs()))
    assert.equal((await rows()).length, 5)
    const taskId = await addTask(tenant, { kind: 'restore', lineId: 1, month: '2025-01' }, by, clock.nowMs())
    const sleep = async (): Promise<void> => {
      clock.advance(121_000)
      assert.notEqual(await claimTask(tenant, taskId, clock.nowMs()), null)
    }
    const { files, histories } = ctx
    const isEarly = where === 'before the first row is back'
    const open: typeof files.open = async (key) => {
      if (isEarly) await sleep()
      return files.open(key)
    }
    const rowsOf: typeof histories.rowsOf = async (...asked) => {
      if (!isEarly) await sleep()
      return histories.rowsOf(...asked)
    }
    await runTask({ ...ctx, files: { ...files, open }, histories: { ...histories, rowsOf } }, tenantId, taskId)
    assert.equal((await rows()).length, isEarly ? 5 : 10)
    const archive = await tenant.kysely.selectFrom('table_archives').select(['state', 'restored_at']).executeTakeFirstOrThrow()
    assert.deepEqual(archive, { state: 'archived', restored_at: null })
    assert.equal((await listTasks(tenant))[0]?.state, 'running', 'the second one is at it')
    clock.advance(121_000)
    await runTask(ctx, tenantId, taskId)
    assert.deepEqual([(await rows()).length, (await listTasks(tenant))[0]?.state], [10, 'done'])
  })
