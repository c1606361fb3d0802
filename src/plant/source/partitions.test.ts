import assert from 'node:assert/strict'
import { test } from 'node:test'
import { declarativeState, type PartitionRow, partitionState } from './partitions.ts'

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
        scheme: 'year_month',
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
  { name: 'another column', given: rows('`created_at`', [['p1', "'2026-10-01'"]], 'RANGE COLUMNS') },
  { name: 'weeks of the time', given: rows('`detected_at`', [['p1', "'2026-10-08'"]], 'RANGE COLUMNS') },
  { name: 'hash', given: rows('`detection_id`', [['p0', '']], 'HASH') },
  { name: 'months with odd bounds', given: rows('year(`detected_at`) * 100 + month(`detected_at`)', [['p1', '2026']]) },
])
  test(`PL-12 partitions by ${c.name} are another scheme: no clause is ever written for them`, () =>
    assert.equal(partitionState(c.given).kind, 'other'))

test('a table without partitions', () => assert.deepEqual(partitionState([]), { kind: 'none' }))

test('PL-12 our own partitions are by the time itself, which prunes: a scheme of its own', () =>
  assert.deepEqual(
    partitionState(
      rows(
        '`detected_at`',
        [
          ['p202609', "'2026-10-01 00:00:00'"],
          ['p202610', "'2026-11-01'"],
          ['pmax', 'MAXVALUE'],
        ],
        'RANGE COLUMNS',
      ),
    ),
    {
      kind: 'monthly',
      scheme: 'columns',
      partitions: [
        { name: 'p202609', belowYearMonth: 202610 },
        { name: 'p202610', belowYearMonth: 202611 },
        { name: 'pmax', belowYearMonth: null },
      ],
    },
  ))

const declared = (key: string, bounds: readonly (readonly [string, string])[]) =>
  bounds.map(([partition_name, bound]) => ({ table_name: 't', partition_name, partition_key: key, bound }))

test('PL-12 partitions of PostgreSQL are read with both ends, the default one last', () =>
  assert.deepEqual(
    declarativeState(
      declared('RANGE (detected_at)', [
        ['t_pmax', 'DEFAULT'],
        ['t_p202610', "FOR VALUES FROM ('2026-10-01 00:00:00') TO ('2026-11-01 00:00:00')"],
        ['t_old', "FOR VALUES FROM (MINVALUE) TO ('2026-01-01 00:00:00')"],
      ]),
    ),
    {
      kind: 'monthly',
      scheme: 'declarative',
      partitions: [
        { name: 't_old', belowYearMonth: 202601 },
        { name: 't_p202610', belowYearMonth: 202611, fromYearMonth: 202610 },
        { name: 't_pmax', belowYearMonth: null },
      ],
    },
  ))

for (const [name, key, bound] of [
  ['by another column', 'RANGE (created_at)', 'DEFAULT'],
  ['by list', 'LIST (area_id)', "FOR VALUES IN ('1')"],
  ['by weeks', 'RANGE (detected_at)', "FOR VALUES FROM ('2026-10-05 00:00:00') TO ('2026-10-12 00:00:00')"],
] as const)
  test(`PL-12 a table of PostgreSQL that is partitioned ${name} is left alone`, () =>
    assert.equal(declarativeState(declared(key, [['t_1', bound]])).kind, 'other'))
