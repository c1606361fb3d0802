import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { type Month, monthOfYearMonth, monthText, parseMonth, partitionName, yearMonthOf } from '../source/index.ts'
import { boundOf, keptFrom, type Monthly, missingMonths, planMonths, slotsBefore, slotsOf } from './plan.ts'

const m = (text: string): Month => parseMonth(text) ?? Number.NaN
/** `202611` = below that; `max` = the rest. */
const state = (scheme: 'year_month' | 'columns', ...bounds: (number | 'max')[]): Monthly => ({
  kind: 'monthly',
  scheme,
  partitions: bounds.map((below) =>
    below === 'max' ? { name: 'pmax', belowYearMonth: null } : { name: partitionName(monthOfYearMonth(below) - 1), belowYearMonth: below },
  ),
})
const shown = (given: Monthly, wanted: readonly Month[], isExact = false): string[] =>
  planMonths(given, wanted, isExact).map((change) =>
    change.kind === 'split' || change.kind === 'add'
      ? `${change.kind === 'split' ? `${change.name} → ` : 'add '}${change.pieces.map((piece) => `${piece.name}<${boundOf(given.scheme, piece)}`).join(' ')}`
      : `${change.kind} ${monthText(change.month)}`,
  )

for (const c of [
  {
    name: 'pmax is split over the end of the year',
    given: state('columns', 202611, 202612, 'max'),
    wanted: ['2026-11', '2026-12', '2027-01', '2027-02'],
    want: ["pmax → p202612<'2027-01-01' p202701<'2027-02-01' p202702<'2027-03-01' pmax<MAXVALUE"],
  },
  {
    name: 'the customers’ expression has numbers as bounds, January below February',
    given: state('year_month', 202612, 'max'),
    wanted: ['2026-11', '2026-12'],
    want: ['pmax → p202612<202701 pmax<MAXVALUE'],
  },
  { name: 'nothing is missing', given: state('columns', 202612, 202701, 'max'), wanted: ['2026-11', '2026-12'], want: [] },
  {
    name: 'without pmax months are added, those between too',
    given: state('year_month', 202609, 202610),
    wanted: ['2026-11'],
    want: ['add p202610<202611 p202611<202612'],
  },
  {
    name: 'an older month that is missing is cut out of the partition that holds it',
    given: state('year_month', 202608, 202612, 'max'),
    wanted: ['2026-10', '2026-11'],
    want: ['p202611 → p202608<202609 p202609<202610 p202610<202611 p202611<202612'],
  },
  {
    name: 'months that nobody made between the last one and the current one get theirs',
    given: state('columns', 202607, 'max'),
    wanted: ['2026-10'],
    want: ["pmax → p202607<'2026-08-01' p202608<'2026-09-01' p202609<'2026-10-01' p202610<'2026-11-01' pmax<MAXVALUE"],
  },
  {
    name: 'a table with pmax alone keeps older rows in one partition',
    given: state('columns', 'max'),
    wanted: ['2026-11'],
    want: ["pmax → p202610<'2026-11-01' p202611<'2026-12-01' pmax<MAXVALUE"],
  },
])
  test(`PL-13 ${c.name}`, () => assert.deepEqual(shown(c.given, c.wanted.map(m)), c.want))

test('PL-13 the oldest partition counts for its last month, unless the month is wanted alone', () => {
  const given = state('columns', 202612, 'max')
  assert.deepEqual(shown(given, [m('2026-11')]), [])
  assert.deepEqual(shown(given, [m('2026-11')], true), ["p202611 → p202610<'2026-11-01' p202611<'2026-12-01'"])
  assert.deepEqual(shown(given, [m('2024-05')], true), ["p202611 → p202404<'2024-05-01' p202405<'2024-06-01' p202611<'2026-12-01'"])
})

test('PL-13 a name that another partition has is not taken twice', () => {
  const given: Monthly = {
    kind: 'monthly',
    scheme: 'columns',
    partitions: [
      { name: 'p202612', belowYearMonth: 202612 },
      { name: 'pmax', belowYearMonth: null },
    ],
  }
  assert.deepEqual(shown(given, [m('2026-12')]), ["pmax → p202612_2<'2027-01-01' pmax<MAXVALUE"])
})

test('PL-13 24 months kept in March 2026: March 2024 stays, and so does 2025; pmax is never dropped', () => {
  const bounds = Array.from({ length: 40 }, (_, at) => yearMonthOf(m('2023-01') + at))
  const slots = slotsOf(state('year_month', ...bounds, 'max'))
  const dropped = slotsBefore(slots, keptFrom(m('2026-03'), 24)).map(({ name }) => name)
  assert.equal(dropped.at(-1), 'p202402')
  assert.equal(dropped.length, 15)
  assert.deepEqual(slotsBefore(slots, m('2999-01')).length, 40, 'pmax stays whatever the month')
})

test('PL-13 a partition of several months stays while one of them is kept', () =>
  assert.deepEqual(
    slotsBefore(slotsOf(state('columns', 202401, 202406, 'max')), m('2024-03')).map(({ name }) => name),
    ['p202312'],
  ))

test('PL-13 of PostgreSQL months that are missing are made by themselves, also between others', () => {
  const given: Monthly = {
    kind: 'monthly',
    scheme: 'declarative',
    partitions: [
      { name: 't_a', belowYearMonth: 202601, fromYearMonth: 202501 },
      { name: 't_b', belowYearMonth: 202612, fromYearMonth: 202611 },
      { name: 't_pmax', belowYearMonth: null },
    ],
  }
  assert.deepEqual(shown(given, [m('2026-10'), m('2026-11'), m('2025-03')]), ['stuck 2025-03', 'create 2026-10'])
})

test('PL-13 after the plan is carried out every wanted month is alone, no month is lost, and the plan is empty', () =>
  fc.assert(
    fc.property(
      fc.constantFrom('year_month' as const, 'columns' as const),
      fc.uniqueArray(fc.integer({ min: m('2023-01'), max: m('2028-12') }), { minLength: 1, maxLength: 8 }),
      fc.boolean(),
      fc.uniqueArray(fc.integer({ min: m('2023-01'), max: m('2028-12') }), { minLength: 1, maxLength: 6 }),
      fc.boolean(),
      (scheme, bounds, hasMax, wanted, isExact) => {
        const sorted = [...bounds].sort((a, b) => a - b).map(yearMonthOf)
        const given = state(scheme, ...sorted, ...(hasMax ? (['max'] as const) : []))
        const partitions = [...given.partitions]
        for (const change of planMonths(given, wanted, isExact)) {
          if (change.kind !== 'split' && change.kind !== 'add') throw new Error(change.kind)
          const made = change.pieces.map(({ name, below }) => ({ name, belowYearMonth: below === null ? null : yearMonthOf(below) }))
          const at = change.kind === 'add' ? partitions.length : partitions.findIndex(({ name }) => name === change.name)
          partitions.splice(at, change.kind === 'add' ? 0 : 1, ...made)
        }
        const after: Monthly = { ...given, partitions }
        const belows = partitions.map(({ belowYearMonth }) => belowYearMonth ?? Number.POSITIVE_INFINITY)
        assert.deepEqual(
          belows,
          [...new Set(belows)].sort((a, b) => a - b),
          'bounds grow',
        )
        assert.equal(new Set(partitions.map(({ name }) => name)).size, partitions.length, 'names differ')
        for (const bound of given.partitions) assert.ok(partitions.some((p) => p.belowYearMonth === bound.belowYearMonth))
        assert.deepEqual(planMonths(after, wanted, isExact), [])
      },
    ),
  ))

test('PL-13 months without a partition of their own are missing', () =>
  assert.deepEqual(
    missingMonths(state('columns', 202611, 202612, 'max'), ['2026-11', '2026-12', '2027-01', '2027-02'].map(m)).map(monthText),
    ['2026-12', '2027-01', '2027-02'],
  ))
