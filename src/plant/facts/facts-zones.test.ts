/** Changes of clocks, and ranges that extend over midnight. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { lineDatabase, type TestRow } from '../../../test/harness/line-database.ts'
import { line, plantModel, settings, shift, workdays } from '../../../test/harness/plant-model.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { epoch, rowsEvery, scopeOf, wall } from './facts.fixture.ts'
import { gatherFacts } from './index.ts'

test('PL-84 a silence across the repeated hour is crossed by looking back and ahead (the search once never left that hour)', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const madrid = plantModel({ settings: settings({ timeZone: 'Europe/Madrid' }) })
  await insert([['2025-10-25 20:00:00'], ['2025-10-25 20:01:00'], ['2025-10-26 08:00:00'], ['2025-10-26 08:01:00']])
  for (const minute of ['02:10', '02:59', '03:00', '01:59', '02:00']) {
    const scope = scopeOf(madrid, `2025-10-26 ${minute}`, `2025-10-26 ${minute}`, '2025-10-26 12:00')
    const { stops } = await gatherFacts(db, madrid, scope)
    assert.deepEqual(
      stops.map((stop) => stop.fullS),
      [13 * 3_600 - 60],
    )
  }
})

test('PL-84 a range that starts in the second pass still shows all its rows on the axis', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const santiago = plantModel({ settings: settings({ timeZone: 'America/Santiago' }) })
  const zone = zoneOf('America/Santiago')
  const fromS = epoch('2026-04-04 22:00', zone)
  const rows: TestRow[] = []
  for (let atS = fromS; atS < fromS + 4 * 3_600; atS += 60) rows.push([wall(atS, zone)])
  await insert(rows)
  // 23:00–23:59 happens twice; the range starts at the first 23:30
  const facts = await gatherFacts(
    db,
    santiago,
    scopeOf(santiago, '2026-04-04 23:30', '2026-04-05 00:59', '2026-04-05 02:00', { interval: '15min' }),
  )
  assert.equal(facts.kpi.totalProduction, 150)
  assert.equal(
    facts.series.flow.salida.reduce((sum, count) => sum + count, 0),
    150,
  )
})

test('PL-33 extend: a chosen night counts whole past the end of the range, and nothing of the night before', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const shifts = [shift(1, 22, 6, { isoWeekdays: workdays })]
  await insert(rowsEvery(120, '2026-10-08 22:00', '2026-10-10 07:00'))
  const count = async (shiftRangeMode: 'clip' | 'extend') => {
    const model = plantModel({ shifts, settings: settings({ shiftRangeMode }) })
    const facts = await gatherFacts(db, model, scopeOf(model, '2026-10-09 00:00', '2026-10-09 23:59', '2026-10-19 10:00', { shift_id: 1 }))
    const { salida } = facts.series.flow
    assert.equal(
      salida.reduce((sum, pieces) => sum + pieces, 0),
      240,
    )
    assert.ok(
      salida.every((pieces) => pieces <= 30),
      'the axis is as long as the night: no bucket takes the rows of others',
    )
    return [facts.kpi.totalProduction, facts.kpi.time.scheduledS, facts.stops.length, salida.length]
  }
  assert.deepEqual(await count('clip'), [240, 8 * 3_600, 0, 24])
  assert.deepEqual(await count('extend'), [240, 8 * 3_600, 0, 30])
})

test('PL-33 extend: the preceding night is read whole even where it ends after the range asked for', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const model = plantModel({ shifts: [shift(1, 22, 6, { isoWeekdays: workdays })], settings: settings({ shiftRangeMode: 'extend' }) })
  await insert(rowsEvery(120, '2026-10-08 22:00', '2026-10-10 07:00'))
  const facts = await gatherFacts(db, model, scopeOf(model, '2026-10-08 23:00', '2026-10-09 00:59', '2026-10-19 10:00', { shift_id: 1 }))
  assert.deepEqual([facts.kpi.totalProduction, facts.previous?.kpi.totalProduction], [0, 240])
})

test('PL-84 a range just after the skipped hour is whole, although the one before it lies in that hour', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const madrid = plantModel({ settings: settings({ timeZone: 'Europe/Madrid' }), lines: [line({ autoDetectDowntime: false })] })
  await insert([['2026-03-29 01:00:00'], ['2026-03-29 03:00:00'], ['2026-03-29 03:29:00']])
  const facts = await gatherFacts(db, madrid, scopeOf(madrid, '2026-03-29 03:00', '2026-03-29 03:29', '2026-03-29 12:00'))
  assert.deepEqual([facts.kpi.totalProduction, facts.previous], [2, null])
})

test('PL-44 a day that ends in a skipped midnight has no bucket of the next day', async (t) => {
  const { db, insert } = await lineDatabase('sqlite', t)
  const model = plantModel({ settings: settings({ timeZone: 'America/Santiago' }) })
  await insert([['2025-09-06 23:59:59'], ['2025-09-07 01:00:00']])
  const facts = await gatherFacts(db, model, scopeOf(model, '2025-09-06 00:00', '2025-09-06 23:59', '2025-09-09 10:00'))
  assert.deepEqual([facts.series.bucketStartsLocalS.length, facts.series.flow.salida.at(-1), facts.kpi.totalProduction], [24, 1, 1])
})
