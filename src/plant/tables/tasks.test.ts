/** Work that waits, dies, is taken over, and is told afterwards. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { runTask } from './run.ts'
import { caredCompany } from './tables.fixture.ts'
import { addTask, listTasks } from './tasks.ts'

const hourMs = 3_600_000
const year = 365 * 24 * hourMs
const by = { userId: null, name: 'andon' }

test('PL-94 work that nobody began in a day gives way to the next that is asked for', async (t) => {
  const { server, tenantId } = await caredCompany(t, 'sqlite')
  const { ctx, clock } = server
  const tenant = { ...ctx.db, tenantId }
  const ask = () => addTask(tenant, { kind: 'ensure', lineId: null, monthsAhead: 3 }, { userId: null, name: 'andon' }, clock.nowMs())
  const first = await ask()
  clock.advance(24 * hourMs)
  await assert.rejects(ask(), /work on the tables/)
  clock.advance(1)
  await ask()
  const [waiting, left] = await listTasks(tenant)
  assert.deepEqual([waiting?.state, left?.state, /Nadie lo empezó/.test(left?.note?.es ?? '')], ['waiting', 'failed', true])
  await runTask(ctx, tenantId, first)
  assert.equal((await listTasks(tenant))[1]?.state, 'failed', 'its job, when it comes at last, does nothing')
})

forEachEngine('PL-94 of the work that was done the latest stays, however often it failed', async (engine, t) => {
  const { server, tenantId } = await caredCompany(t, engine)
  const { ctx, clock } = server
  const tenant = { ...ctx.db, tenantId }
  const row = { tenant_id: tenantId, kind: 'ensure', payload: '{}', state: 'failed', active: null, done: 0, total: 0, note: null } as const
  const times = { lease_until: 0, by_user: null, by_name: 'Andon', created_at: clock.nowMs(), updated_at: clock.nowMs() }
  await tenant.kysely
    .insertInto('table_tasks')
    .values(Array.from({ length: 250 }, () => ({ ...row, ...times })))
    .execute()
  const newest = (await listTasks(tenant, 1))[0]?.taskId ?? 0
  const added = await addTask(tenant, { kind: 'ensure', lineId: null, monthsAhead: 3 }, { userId: null, name: 'andon' }, clock.nowMs())
  const left = (await listTasks(tenant, 1_000)).map(({ taskId }) => taskId)
  assert.deepEqual([left.length, left[0], left[1], left.at(-1)], [201, added, newest, newest - 199])
})

test('PL-94 work whose process died is taken over by the queue, or freed for the next who asks', async (t) => {
  const { server, tenantId } = await caredCompany(t, 'sqlite')
  const { ctx, clock } = server
  const tenant = { ...ctx.db, tenantId }
  const taskId = await addTask(tenant, { kind: 'create', lineId: null }, by, clock.nowMs(), true)
  await assert.rejects(runTask(ctx, tenantId, taskId), /another process is at this work/)
  clock.advance(121_000)
  await runTask(ctx, tenantId, taskId)
  assert.equal((await listTasks(tenant))[0]?.state, 'done')
  await addTask(tenant, { kind: 'ensure', lineId: null, monthsAhead: 3 }, by, clock.nowMs(), true)
  await assert.rejects(addTask(tenant, { kind: 'ensure', lineId: null }, by, clock.nowMs()), /work on the tables/)
  clock.advance(241_000)
  await addTask(tenant, { kind: 'ensure', lineId: null }, by, clock.nowMs())
  const [waiting, dead] = await listTasks(tenant)
  assert.deepEqual([waiting?.state, dead?.state], ['waiting', 'failed'])
  assert.match(dead?.note?.es ?? '', /interrumpió/)
})

test('PL-94 work that a clock a year ahead left running is taken over, or gives way, by the right one', async (t) => {
  const { server, tenantId } = await caredCompany(t, 'sqlite')
  const { ctx, clock } = server
  const tenant = { ...ctx.db, tenantId }
  clock.advance(year)
  const taskId = await addTask(tenant, { kind: 'create', lineId: null }, by, clock.nowMs(), true)
  clock.advance(-year)
  await runTask(ctx, tenantId, taskId)
  assert.equal((await listTasks(tenant))[0]?.state, 'done')
  for (const isClaimed of [true, false]) {
    clock.advance(year)
    await addTask(tenant, { kind: 'ensure', lineId: null }, by, clock.nowMs(), isClaimed)
    clock.advance(-year)
    const next = await addTask(tenant, { kind: 'ensure', lineId: null }, by, clock.nowMs())
    await runTask(ctx, tenantId, next)
  }
})
