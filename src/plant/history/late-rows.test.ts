/** Rows that commit below the mark, and rows that belong to no day. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { dayS } from '../../platform/time/index.ts'
import { firstS, historyWorld } from './history.fixture.ts'
import { findState } from './store.ts'

forEachEngine('PL-62 more late rows than one answer reads are settled by batches, and are in the same answer', async (engine, t) => {
  const { put, settle, total, tenant, own } = await historyWorld(engine, t, { batchIds: 1_000 })
  await put(1, 100, (id) => firstS + id * 60)
  await settle()
  // a long insert took the ids in between and is not committed yet; others go on
  await put(10_101, 10_200, (id) => firstS + 5 * dayS + id)
  await settle()
  assert.equal(await total(), 200)
  const before = await findState(tenant, own.lineId)
  await put(101, 10_100, (id) => firstS + 2 * dayS + id)
  assert.equal(await total(), 10_200)
  const after = await findState(tenant, own.lineId)
  assert.equal(after?.settledId, before?.settledId)
  assert.deepEqual(after?.ledger, [])
  assert.ok((after?.revision ?? 0) - (before?.revision ?? 0) <= 10)
})

test('PL-62 late rows with gaps among them, a backlog above the mark beside them, and ids far apart', async (t) => {
  const { put, settle, total } = await historyWorld('sqlite', t, { batchIds: 1_000 })
  await put(1, 100, (id) => firstS + id * 60)
  await settle()
  await put(20_101, 20_200, (id) => firstS + 5 * dayS + id)
  await settle()
  await put(102, 10_100, (id) => firstS + 2 * dayS + id, 2)
  await put(20_201, 23_200, (id) => firstS + 6 * dayS + id)
  await put(1_000_000_000, 1_000_004_999, (id) => firstS + 7 * dayS + (id % 5_000))
  assert.equal(await total(), 200 + 5_000 + 3_000 + 5_000)
})

test('PL-62 a row whose time is no date belongs to no day: left out, told once, and in nobody’s way', async (t) => {
  const { put, settle, total, run, open, warnings, tenant, own } = await historyWorld('sqlite', t)
  const kaputt = (id: number) =>
    run(`insert into detection_line_l1 (detection_id, detected_at, area_id, product_id) values (${id}, 'kaputt', 2, 1)`)
  await put(1, 100, (id) => firstS + id * 60)
  await kaputt(101)
  // the newest row of a table that is read for the first time
  assert.equal(await total(), 100)
  await put(103, 200, (id) => firstS + id * 60)
  await kaputt(202)
  await settle()
  assert.equal(await total(), 198)
  assert.deepEqual(
    (await findState(tenant, own.lineId))?.ledger.map(({ from, to }) => [from, to]),
    [
      [102, 102],
      [201, 201],
    ],
  )
  await kaputt(102)
  assert.equal(await total(), 198)
  assert.equal(await total(open()), 198)
  assert.deepEqual(warnings, Array(3).fill('detections whose time is no date are left out'))
})
