import assert from 'node:assert/strict'
import { test } from 'node:test'
import { readStatement, shortLine } from './user-queries.ts'
import { madeLine, madeScope } from './widgets/made-facts.ts'

for (const [parameters, want] of [
  [{ line_id: 7 }, '7'],
  [{ line_id: 'all' }, 'all'],
  [{ line_id: 'group_12_3' }, 'group_12_3'],
  [{ line_ids: '1,2,3' }, '1,2,3'],
  [{ line_ids: '101,102,103,104,105,106' }, '101,102,103,104,…'],
  [{ line_id: 'group_123456789_123456789' }, 'group_123456789_123…'],
  [{}, 'all'],
] as const) {
  test(`PL-24 the line of ${JSON.stringify(parameters)} is remembered as ${want}`, () => {
    assert.equal(shortLine(parameters), want)
    assert.ok(shortLine(parameters).length <= 20)
  })
}

test('PL-24 ID-59 the statement names the tables that were read and the range', () => {
  const scope = madeScope([madeLine(1, 'a'), { ...madeLine(2, 'b'), detectionTable: null }])
  assert.equal(
    readStatement(scope),
    `SELECT detection_id, detected_at, area_id, product_id FROM "detection_line_1" WHERE detected_at >= '2026-10-08 06:00:00' AND detected_at < '2026-10-08 10:00:00'`,
  )
})
