import assert from 'node:assert/strict'
import { test } from 'node:test'
import { windowsOf } from '../src/plant/demo/schedule.ts'
import { dayS, daysFromCivil, formatLocalDate, hourS } from '../src/platform/time/index.ts'
import { benchPlan } from './plan.ts'
import { lineBatch, textOf } from './rows.ts'

const rowsPerLineDay = 2_740
const plan = benchPlan(rowsPerLineDay)
const monday = daysFromCivil(2026, 11, 16)

for (const line of plan.lines)
  test(`PL-62 ${line.name}: a day is always the same, in order, inside its shifts and before its end`, () => {
    const untilS = monday * dayS + 26 * hourS
    const { rows, stops } = lineBatch(plan, line, monday, rowsPerLineDay, untilS)
    assert.deepEqual(lineBatch(plan, line, monday, rowsPerLineDay, untilS), { rows, stops })
    assert.ok(rows.length > rowsPerLineDay / 2 && rows.length < 1.5 * rowsPerLineDay, String(rows.length))
    assert.deepEqual(rows.detectedS, rows.detectedS.toSorted())
    const windows = windowsOf(plan, line, monday)
    for (const detectedS of rows.detectedS)
      assert.ok(detectedS < untilS && windows.some(({ fromS, toS }) => detectedS >= fromS - 10 && detectedS < toS))
    const areas = new Set(line.areas.map(({ areaId }) => areaId))
    assert.deepEqual(new Set(rows.areaId).difference(areas), new Set())
    assert.ok(stops.length > 0 && stops.every(({ startS, endS }) => endS > startS && endS < untilS))
  })

test('the text of a batch is what LOAD DATA and COPY read', () => {
  const rows = {
    length: 2,
    detectedS: Float64Array.of(monday * dayS + 86_399, (monday + 1) * dayS),
    areaId: Int32Array.of(7, 30),
    productId: Int32Array.of(1, 12),
  }
  assert.equal(textOf(rows, formatLocalDate).toString(), '2026-11-16 23:59:59\t7\t1\n2026-11-17 00:00:00\t30\t12\n')
})
