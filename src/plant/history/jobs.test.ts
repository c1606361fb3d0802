/** The nightly check of several lines. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import { line } from '../../../test/harness/plant-model.ts'
import { dayS } from '../../platform/time/index.ts'
import { saveAttachment } from '../source/index.ts'
import { firstS, historyWorld } from './history.fixture.ts'
import { type HistoryJobDeps, historyJobs } from './jobs.ts'
import { findState } from './store.ts'

/** Lines 1 and 2 of one company, with 60 days of rows in one table; line 1 is of another table, which may not be there. */
async function worldOf(t: TestContext, firstTable = 'detection_line_l1') {
  const world = await historyWorld('sqlite', t)
  await saveAttachment(world.tenant, { sealSecret: (_purpose, text) => text }, { url: 'sqlite:', canManage: true, nowMs: world.clock.at })
  await world.put(0, 60 * 24 - 1, (id) => firstS - 60 * dayS + id * 3_600)
  const lines = [line({ detectionTable: { name: firstTable, partitions: null } }), line({ lineId: 2 })]
  const plant = { ...world.plant, model: { ...world.plant.model, lines } }
  const warned: unknown[] = []
  const checked: number[] = []
  const night = async (
    reconcile: HistoryJobDeps['histories']['reconcile'] = world.histories.reconcile,
    signal = new AbortController().signal,
  ): Promise<void> => {
    checked.length = 0
    const [job] = historyJobs({
      db: world.platform,
      clock: world.clock,
      log: { info: () => {}, error: () => {}, warn: (data) => void warned.push((data as { lineId?: number }).lineId) },
      histories: {
        reconcile: (opened, own, isWanted, given) => {
          checked.push(own.lineId)
          return reconcile(opened, own, isWanted, given)
        },
      },
      plants: { withPlant: (_tenantId, work) => work(plant) },
    })
    await job?.run(null, { signal })
  }
  const checkedDay = async (lineId: number): Promise<number | null | undefined> => (await findState(world.tenant, lineId))?.checkedDay
  return { ...world, plant, warned, checked, night, checkedDay }
}

test('PL-62 the fault of one line is told and keeps no other line from its nightly check', async (t) => {
  const { night, checked, warned, checkedDay } = await worldOf(t, 'gone')
  await night()
  assert.deepEqual(checked, [1, 2])
  assert.deepEqual(warned, [1])
  // 60 days less the slice of 30
  assert.equal(await checkedDay(2), firstS / dayS - 30)
})

test('PL-62 a slice that cannot be read is passed by: the next night comes to the one below it', async (t) => {
  const { night, histories, checkedDay } = await worldOf(t)
  await night((opened, own, isWanted, signal) =>
    histories.reconcile(opened, own, isWanted, signal).then(() => {
      throw new Error('too many rows')
    }),
  )
  assert.equal(await checkedDay(1), firstS / dayS - 30)
  await night()
  assert.equal(await checkedDay(1), firstS / dayS - 60)
})

test('PL-62 a check ends soon when its process is about to end: no line after it, no day passed by', async (t) => {
  const { night, checked, warned, histories, plant, own, checkedDay } = await worldOf(t)
  const stopping = new AbortController()
  await night((opened, own, isWanted, signal) => {
    const seen = (day: number): boolean => {
      stopping.abort(new Error('the process is ending'))
      return isWanted?.(day) ?? true
    }
    return histories.reconcile(opened, own, seen, signal)
  }, stopping.signal)
  assert.deepEqual(checked, [1])
  assert.deepEqual(warned, [])
  assert.equal(await checkedDay(1), null)
  await assert.rejects(histories.reconcile(plant, own, undefined, stopping.signal), /the process is ending/)
})
