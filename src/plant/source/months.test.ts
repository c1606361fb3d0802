import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { firstDayOf, monthBegin, monthFrom, monthOfLocal, monthOfYearMonth, monthText, parseMonth, yearMonthOf } from './months.ts'

test('PL-13 24 months before March 2026 is March 2024, not a number with 24 taken from it', () => {
  assert.equal(monthText(monthFrom(2026, 3) - 24), '2024-03')
  assert.equal(monthText(monthFrom(2026, 1) - 1), '2025-12')
  assert.equal(monthText(monthFrom(2025, 12) + 1), '2026-01')
})

test('a month is the same however it is written', () =>
  fc.assert(
    fc.property(fc.integer({ min: 1970, max: 2999 }), fc.integer({ min: 1, max: 12 }), (year, number) => {
      const month = monthFrom(year, number)
      assert.equal(parseMonth(monthText(month)), month)
      assert.equal(monthOfYearMonth(yearMonthOf(month)), month)
      assert.equal(monthOfLocal(`${monthBegin(month)} 00:00:00`), month)
      assert.equal(firstDayOf(month) * 86_400_000, Date.UTC(year, number - 1, 1))
    }),
  ))

for (const text of ['2026-13', '2026-00', '26-01', '2026-1', '2026-01-01', '', "2026-01'"])
  test(`${JSON.stringify(text)} is no month`, () => assert.equal(parseMonth(text), null))
