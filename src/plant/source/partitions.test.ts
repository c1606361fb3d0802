import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PartitionRow, partitionState } from './partitions.ts'

const rows = (expression: string | null, bounds: readonly (readonly [string, string])[], method = 'RANGE'): PartitionRow[] =>
  bounds.map(([partition_name, partition_description]) => ({
    table_name: 't',
    partition_name,
    partition_method: method,
    partition_expression: expression,
    partition_description,
  }))

for (const expression of [
  'year(`detected_at`) * 100 + month(`detected_at`)',
  '((year(`detected_at`) * 100) + month(`detected_at`))',
  'YEAR(detected_at)*100+MONTH(detected_at)',
])
  test(`PL-12 months are understood as ${expression}`, () => {
    assert.deepEqual(
      partitionState(
        rows(expression, [
          ['p202609', '202610'],
          ['p202610', '202611'],
          ['pmax', 'MAXVALUE'],
        ]),
      ),
      {
        kind: 'monthly',
        partitions: [
          { name: 'p202609', belowYearMonth: 202610 },
          { name: 'p202610', belowYearMonth: 202611 },
          { name: 'pmax', belowYearMonth: null },
        ],
      },
    )
  })

for (const c of [
  { name: 'days', given: rows('to_days(`detected_at`)', [['p1', '739000']]) },
  { name: 'columns', given: rows('`detected_at`', [['p1', "'2026-10-01'"]], 'RANGE COLUMNS') },
  { name: 'hash', given: rows('`detection_id`', [['p0', '']], 'HASH') },
  { name: 'months with odd bounds', given: rows('year(`detected_at`) * 100 + month(`detected_at`)', [['p1', '2026']]) },
])
  test(`PL-12 partitions by ${c.name} are another scheme: no clause is ever written for them`, () =>
    assert.equal(partitionState(c.given).kind, 'other'))

test('a table without partitions', () => assert.deepEqual(partitionState([]), { kind: 'none' }))
