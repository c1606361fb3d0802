/** Filters, reasons, trends, and options of stops. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineDatabase } from '../../../test/harness/line-database.ts'
import { area, line, plantModel, product, shift } from '../../../test/harness/plant-model.ts'
import { Problem } from '../../platform/http/problem.ts'
import { parseLocal } from '../../platform/time/index.ts'
import type { Line } from '../model/index.ts'
import { morning, rowsEvery, scopeOf } from './facts.fixture.ts'
import { gatherFacts } from './index.ts'

test('PL-64 a reason known only in the other table, and a threshold within the ideal cycle, are told about', async (t) => {
  const { db, insert, stop } = await lineDatabase('sqlite', t)
  await insert(rowsEvery(60, '2026-10-15 06:00', '2026-10-15 13:59'))
  await stop([{ start: '2026-10-15 07:00:00', end: '2026-10-15 07:10:00', code: 8 }])
  const failures = new Map([[8, { failureId: 8, typeFailure: 'Eléctrica', description: 'Corte' }]])
  const model = plantModel({ shifts: [shift(1, 6, 14)], failures })
  const facts = await gatherFacts(
    db,
    model,
    scopeOf(model, '2026-10-15 00:00', '2026-10-15 23:59', '2026-10-19 10:00', { downtime_threshold: 6 }),
  )
  assert.deepEqual(
    facts.warnings.map(({ en }) => en),
    [
      'Envasado: reason 8 is not in the configured table; the one of the other is shown.',
      'Envasado: the threshold of 6 s is not above the ideal cycle; nearly everything would be one stop.',
    ],
  )
})

test('a read that takes too long, or too many rows, is refused with a hint, never cut short in silence', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  await insert(rowsEvery(600, '2026-10-14 06:00', '2026-10-15 13:59'))
  const scope = scopeOf(morning, '2026-10-14 00:00', '2026-10-15 23:59', '2026-10-19 10:00')
  for (const limit of [{ limitMs: 0 }, { maxRows: 100 }]) {
    await assert.rejects(
      gatherFacts(db, morning, scope, limit),
      (error) => error instanceof Problem && error.code === 'range_too_large' && error.status === 503,
    )
  }
  assert.equal((await gatherFacts(db, morning, scope, { maxRows: 10_000 })).kpi.totalProduction, 192)
})

test('PL-55 trends compare with the range before; without a detection there, nothing is compared', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  await insert([...rowsEvery(120, '2026-10-14 06:00', '2026-10-14 13:59'), ...rowsEvery(60, '2026-10-15 06:00', '2026-10-15 13:59')])
  const gather = (day: string, needs = {}) =>
    gatherFacts(db, morning, scopeOf(morning, `${day} 00:00`, `${day} 23:59`, '2026-10-19 10:00'), { needs })
  const facts = await gather('2026-10-15')
  assert.deepEqual([facts.kpi.totalProduction, facts.previous?.kpi.totalProduction], [480, 240])
  assert.equal((await gather('2026-10-14')).previous, null)
  assert.equal((await gather('2026-10-15', { previous: false })).previous, null)
  assert.deepEqual((await gather('2026-10-15', { previous: false, status: false })).kpi, facts.kpi)
})

test('PL-61 area, product and hour filters reduce what is counted, and move neither a stop nor a KPI', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const model = plantModel({
    lines: [line({ areas: [area(1, 'input'), area(2, 'output')] })],
    shifts: [shift(1, 6, 14)],
    products: new Map([
      [1, product(1)],
      [2, product(2)],
    ]),
  })
  await insert([...rowsEvery(60, '2026-10-15 06:00', '2026-10-15 08:00', 1), ...rowsEvery(60, '2026-10-15 06:00', '2026-10-15 08:00', 2)])
  const ask = (more: Record<string, unknown>) =>
    gatherFacts(db, model, scopeOf(model, '2026-10-15 00:00', '2026-10-15 23:59', '2026-10-19 10:00', more))
  const all = await ask({})
  assert.equal(all.kpi.totalProduction, 121)
  assert.equal(all.stops.length, 1)
  for (const more of [{ area_ids: [1] }, { product_ids: [2] }, { only_2am: { target_hour: 7 } }]) {
    const some = await ask(more)
    assert.ok(some.kpi.totalProduction < all.kpi.totalProduction, JSON.stringify(more))
    assert.deepEqual(some.stops, all.stops)
    const { totalProduction: _, totalWeightCentikg: __, ...kpi } = some.kpi
    const { totalProduction: ___, totalWeightCentikg: ____, ...whole } = all.kpi
    assert.deepEqual(kpi, whole)
  }
})

test('PL-67 a line without automatic detection, or without a threshold, has no stop that nobody recorded', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  await insert(rowsEvery(60, '2026-10-15 06:00', '2026-10-15 08:00'))
  const stopsOf = async (more: Partial<Line>, filters: Record<string, unknown> = {}) => {
    const model = plantModel({ lines: [line(more)], shifts: [shift(1, 6, 14)] })
    return (await gatherFacts(db, model, scopeOf(model, '2026-10-15 00:00', '2026-10-15 23:59', '2026-10-19 10:00', filters))).stops.length
  }
  assert.equal(await stopsOf({}), 1)
  assert.equal(await stopsOf({ autoDetectDowntime: false }), 0)
  assert.equal(await stopsOf({ autoDetectDowntime: false }, { downtime_threshold: 60 }), 0)
  assert.equal(await stopsOf({ downtimeThresholdS: 0 }), 0)
  assert.equal(await stopsOf({ downtimeThresholdS: 0 }, { downtime_threshold: 60 }), 1)
})

test('the newest detections come first, filters applied, at most 50', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  await insert([...rowsEvery(60, '2026-10-15 06:00', '2026-10-15 13:59'), ['2026-10-15 13:00:00', 2, 3], ['2026-10-15 07:00:00', 2, 3]])
  const gather = (more: Record<string, unknown>) =>
    gatherFacts(db, morning, scopeOf(morning, '2026-10-15 00:00', '2026-10-15 23:59', '2026-10-19 10:00', more))
  const recent = (await gather({})).recentDetections
  assert.equal(recent.length, 50)
  assert.deepEqual(recent[0], { detectionId: 480, detectedAtLocalS: parseLocal('2026-10-15 13:59'), lineId: 1, areaId: 2, productId: 1 })
  assert.deepEqual(
    (await gather({ product_ids: [3], shift_id: 1 })).recentDetections.map(({ detectionId }) => detectionId),
    [481, 482],
  )
})

/** An ordinary week, and weeks whose clocks change. */
