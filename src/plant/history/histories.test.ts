import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstS, historyWorld } from './history.fixture.ts'

test('PL-62 a line that nobody asked for half an hour is forgotten, and the next question finds it as it was', async (t) => {
  const { put, settle, total, histories, plant, own, clock } = await historyWorld('sqlite', t)
  await put(1, 100, (id) => firstS + id * 60)
  await settle()
  const other = { ...own, lineId: 2 }
  const opened = () => histories.figures().map(({ lineId }) => lineId)
  assert.deepEqual(opened(), [1])
  clock.at += 1_500_000
  await histories.of(plant).answer(other)
  assert.deepEqual(opened(), [1, 2])
  clock.at += 600_000
  await histories.of(plant).answer(other)
  assert.deepEqual(opened(), [2])
  assert.equal(await total(), 100)
})
