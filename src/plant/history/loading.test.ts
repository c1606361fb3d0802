/** Who loads a line first attached. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { firstS, historyWorld } from './history.fixture.ts'

test('PL-85 a lease taken while a clock was ahead keeps nobody from loading; one of now does', async (t) => {
  const { put, platform, open, plant, own, clock, total } = await historyWorld('sqlite', t, { batchIds: 100, inlineIds: 50 })
  await put(1, 1_000, (id) => firstS + id * 60)
  const killed = open()
  await killed.load(plant, own, () => void killed.close())
  const leaseUntil = (atMs: number) => platform.kysely.updateTable('line_histories').set({ lease_until: atMs }).execute()
  await leaseUntil(clock.at + 25_000)
  const histories = open()
  assert.ok((await histories.load(plant, own)).loadedFraction < 1)
  await leaseUntil(clock.at + 30 * 86_400_000)
  assert.equal((await histories.load(plant, own)).loadedFraction, 1)
  assert.equal(await total(histories), 1_000)
})
