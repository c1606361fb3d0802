import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { plantModel } from '../../../test/harness/plant-model.ts'
import { rowsEvery, stopPlant } from '../../../test/harness/stop-plant.ts'
import { gatherFacts } from '../facts/index.ts'
import { parseScope } from '../scope/index.ts'
import { changeStop, createStop, mergeStops, splitStop } from './index.ts'

forEachEngine('PL-63 stops that begin together are joined whole, and none that was not chosen is covered', async (engine, t) => {
  const made = await stopPlant(engine, t, { model: plantModel(), now: '2026-10-15 12:00:00' })
  await made.plant.insert(rowsEvery(made, 60, '2026-10-15 06:00:00', '2026-10-15 12:00:00'))
  const editor = { actor: made.actor }
  const at = (time: string) => made.at(`2026-10-15 ${time}:00`)
  const add = (from: string, to: string) =>
    createStop(made.deps, editor, { lineId: 1, startS: at(from), endS: at(to), reason: { code: null, text: 'rollo' }, force: true })
  const list = async () => {
    const { db, model } = await made.open()
    const scope = parseScope(model, { start_date: '2026-10-15', end_date: '2026-10-15' }, made.clock.nowS * 1000)
    const { stops } = await gatherFacts(db, model, scope, { history: made.deps.histories.of({ db, model }) })
    return stops
      .filter(({ span }) => span.fromS >= at('06:00'))
      .map(({ span }) => `${made.wall(span.fromS).slice(11, 16)}-${made.wall(span.toS).slice(11, 16)}`)
  }
  const refs = (...stops: { eventId: number; version: string }[]) => stops.map(({ eventId, version }) => ({ lineId: 1, eventId, version }))
  const [long, short] = [await add('07:00', '07:30'), await add('07:00', '07:10')]
  const joined = await mergeStops(made.deps, editor, refs(short, long))
  assert.equal(joined.durationS, 1_800)
  assert.deepEqual(await list(), ['07:00-07:30'])
  const [first, between, last] = [await add('08:00', '08:10'), await add('08:11', '08:13'), await add('08:14', '08:20')]
  await assert.rejects(mergeStops(made.deps, editor, refs(first, last)), { code: 'stop_overlaps' })
  assert.deepEqual(await list(), ['07:00-07:30', '08:00-08:10', '08:11-08:13', '08:14-08:20'])
  assert.equal((await mergeStops(made.deps, editor, refs(last, between, first))).durationS, 1_200)
  assert.deepEqual(await list(), ['07:00-07:30', '08:00-08:20'])
})

test('PL-63 a stop that is cut or moved keeps what people said of it, and not the job’s word of another length', async (t) => {
  const made = await stopPlant('sqlite', t, { model: plantModel(), now: '2026-10-15 12:00:00' })
  const at = (time: string) => made.at(`2026-10-15 ${time}:00`)
  await made.plant.insert([
    ...rowsEvery(made, 60, '2026-10-15 06:00:00', '2026-10-15 07:00:00'),
    ...rowsEvery(made, 60, '2026-10-15 08:00:00', '2026-10-15 12:00:00'),
  ])
  const editor = { actor: made.actor }
  const [first, second] = await splitStop(made.deps, editor, { lineId: 1, atS: at('07:10') }, at('07:20'))
  assert.deepEqual([first.reasonText, second.reasonText, first.durationS + second.durationS], [null, null, 3_600])
  const moved = await changeStop(made.deps, editor, { lineId: 1, eventId: second.eventId }, { endS: at('07:50') })
  assert.equal(moved.reasonText, null)
  const said = await changeStop(made.deps, editor, { lineId: 1, eventId: first.eventId }, { reason: { code: null, text: 'rollo' } })
  const [left, right] = await splitStop(made.deps, editor, { lineId: 1, eventId: said.eventId }, at('07:05'))
  assert.deepEqual([left.reasonText, right.reasonText], ['rollo', 'rollo'])
})
