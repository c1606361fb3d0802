import assert from 'node:assert/strict'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { plantModel } from '../../../test/harness/plant-model.ts'
import { rowsEvery, type StopPlant, stopPlant } from '../../../test/harness/stop-plant.ts'
import { gatherFacts } from '../facts/index.ts'
import { parseScope } from '../scope/index.ts'
import { justifyStop, pendingReasons, storeStops } from './index.ts'

const model = plantModel({
  incidents: new Map([
    [101, { incidentId: 101, failureId: 7, incidentCode: 'E1', description: 'Sin energía' }],
    [102, { incidentId: 102, failureId: 7, incidentCode: 'E2', description: 'Motor' }],
  ]),
})
const reasonsOf = async (made: StopPlant): Promise<string[]> => {
  const { db, model: own } = await made.open()
  const scope = parseScope(own, { start_date: '2026-10-15', end_date: '2026-10-15' }, made.clock.nowS * 1000)
  const { stops } = await gatherFacts(db, own, scope, { history: made.deps.histories.of({ db, model: own }) })
  return stops
    .filter(({ span }) => span.fromS >= made.at('2026-10-15 06:00:00'))
    .map(({ source, span, recorded }) => `${source} ${made.wall(span.fromS).slice(11, 16)} ${recorded?.reasonCode ?? '-'}`)
}

forEachEngine(
  'PL-58 two stops one after the other, each explained while it went on and before the job came by: neither reason is lost',
  async (engine, t) => {
    const made = await stopPlant(engine, t, { model, now: '2026-10-15 07:08:00' })
    const log = { info: () => {}, warn: () => {} }
    await made.plant.insert(rowsEvery(made, 60, '2026-10-15 06:00:00', '2026-10-15 07:00:00'))
    const editor = { actor: made.actor }
    const say = (code: number) => justifyStop(made.deps, editor, { lineId: 1, atS: made.clock.nowS - 60 }, { code, text: null })
    assert.equal((await say(101)).kind, 'pending')
    // three minutes of production, then silence again: too early for the job
    await made.plant.insert(rowsEvery(made, 60, '2026-10-15 07:10:00', '2026-10-15 07:13:00'))
    made.clock.nowS = made.at('2026-10-15 07:19:00')
    assert.equal((await say(102)).kind, 'pending')
    assert.deepEqual(await reasonsOf(made), ['recorded 07:00 101', 'live 07:13 -'])
    // another word for the same stop takes the place of the first
    assert.equal((await say(101)).kind, 'pending')
    assert.equal((await say(102)).kind, 'pending')
    await made.plant.insert(rowsEvery(made, 60, '2026-10-15 07:20:00', '2026-10-15 08:00:00'))
    made.clock.nowS = made.at('2026-10-15 08:00:00')
    await storeStops({ ...made.deps, log }, [made.tenantId])
    assert.deepEqual(await reasonsOf(made), ['recorded 07:00 101', 'recorded 07:13 102'])
    assert.equal((await pendingReasons(made.db, [1])).size, 0)
  },
)
