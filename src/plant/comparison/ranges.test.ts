import assert from 'node:assert/strict'
import { test } from 'node:test'
import { formatLocal, parseLocal } from '../../platform/time/index.ts'
import { type ComparisonPreset, comparedRange, cutToElapsed, type LocalRange, rangeParameters } from './ranges.ts'

const at = (text: string): number => parseLocal(text) ?? Number.NaN
const range = (from: string, to: string): LocalRange => ({ fromLocalS: at(from), toLocalS: at(to) })
const shown = (one: LocalRange | null) => one && [formatLocal(one.fromLocalS).slice(0, 16), formatLocal(one.toLocalS).slice(0, 16)]

const cases: readonly (readonly [what: string, preset: ComparisonPreset, from: string, to: string, wantFrom: string, wantTo: string])[] = [
  ['a day', 'previous', '2026-11-20 00:00', '2026-11-21 00:00', '2026-11-19 00:00', '2026-11-20 00:00'],
  ['eight hours', 'previous', '2026-11-20 06:00', '2026-11-20 14:00', '2026-11-19 22:00', '2026-11-20 06:00'],
  ['a day', 'last_week', '2026-11-20 00:00', '2026-11-21 00:00', '2026-11-13 00:00', '2026-11-14 00:00'],
  ['a whole month', 'last_month', '2026-03-01 00:00', '2026-04-01 00:00', '2026-02-01 00:00', '2026-03-01 00:00'],
  ['a whole year', 'last_year', '2024-01-01 00:00', '2025-01-01 00:00', '2023-01-01 00:00', '2024-01-01 00:00'],
  ['days that the month before has', 'last_month', '2026-11-10 06:00', '2026-11-12 14:00', '2026-10-10 06:00', '2026-10-12 14:00'],
  ['days that the month before lacks', 'last_month', '2026-03-30 00:00', '2026-04-01 00:00', '2026-02-28 00:00', '2026-03-01 00:00'],
  ['over the new year', 'last_month', '2026-01-01 00:00', '2026-01-06 00:00', '2025-12-01 00:00', '2025-12-06 00:00'],
  ['February 29th', 'last_year', '2024-02-29 00:00', '2024-03-01 00:00', '2023-02-28 00:00', '2023-03-01 00:00'],
  ['up to the end of a month', 'last_month', '2026-10-15 00:00', '2026-11-01 00:00', '2026-09-15 00:00', '2026-10-01 00:00'],
]
for (const [what, preset, from, to, wantFrom, wantTo] of cases)
  test(`PL-TODO-31 ${preset} of ${what} (${from} – ${to}) is ${wantFrom} – ${wantTo}`, () =>
    assert.deepEqual(shown(comparedRange(range(from, to), preset)), [wantFrom, wantTo]))

test('PL-TODO-31 a period under way is compared up to the same point, to the minute; one that is over is not cut', () => {
  const today = range('2026-11-21 00:00', '2026-11-22 00:00')
  const other = comparedRange(today, 'last_week')
  assert.deepEqual(shown(cutToElapsed(other, today, at('2026-11-21 14:35:20'))), ['2026-11-14 00:00', '2026-11-14 14:36'])
  assert.equal(cutToElapsed(other, today, today.toLocalS), null)
  assert.equal(cutToElapsed(other, today, today.fromLocalS), null)
  assert.equal(cutToElapsed(range('2026-11-14 00:00', '2026-11-14 06:00'), today, at('2026-11-21 14:35')), null)
})

test('PL-TODO-31 a range goes into parameters with its last minute inside', () =>
  assert.deepEqual(rangeParameters(range('2026-11-14 00:00', '2026-11-15 00:00')), {
    start_date: '2026-11-14',
    start_time: '00:00',
    end_date: '2026-11-14',
    end_time: '23:59',
  }))
