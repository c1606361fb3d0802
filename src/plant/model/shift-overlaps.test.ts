import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Shift } from './model.ts'
import { findShiftOverlaps } from './shift-overlaps.ts'

const hourS = 3_600
const shift = (shiftId: number, days: readonly number[], startS: number, endS: number, isActive = true): Shift => ({
  shiftId,
  shiftName: `T${shiftId}`,
  isActive,
  isoWeekdays: new Set(days),
  startS,
  endS,
  endsNextDay: endS <= startS,
})
const pairs = (shifts: readonly Shift[], own: readonly (readonly [number, readonly number[]])[] = []) =>
  [
    ...findShiftOverlaps(
      shifts,
      [
        { lineId: 1, isActive: true },
        { lineId: 2, isActive: true },
        { lineId: 3, isActive: false },
      ],
      new Map(own.map(([lineId, ids]) => [lineId, new Set(ids)])),
    ),
  ].map(({ first, second, lineIds }) => `${first.shiftId}-${second.shiftId}: ${lineIds.join()}`)

for (const { name, found, want } of [
  { name: 'one that ends where the next begins', found: pairs([shift(1, [1], 0, hourS), shift(2, [1], hourS, 2 * hourS)]), want: [] },
  { name: 'other days', found: pairs([shift(1, [1], 0, hourS), shift(2, [2], 0, hourS)]), want: [] },
  { name: 'a second in common', found: pairs([shift(1, [1, 2], 0, hourS), shift(2, [2], hourS - 1, 2 * hourS)]), want: ['1-2: 1,2'] },
  {
    name: 'the night of Sunday and Monday morning',
    found: pairs([shift(1, [1], 5 * hourS, 9 * hourS), shift(2, [7], 22 * hourS, 6 * hourS)]),
    want: ['1-2: 1,2'],
  },
  { name: 'of no active shift', found: pairs([shift(1, [1], 0, hourS), shift(2, [1], 0, hourS, false)]), want: [] },
  {
    name: 'that no line works together',
    found: pairs(
      [shift(1, [1], 0, hourS), shift(2, [1], 0, hourS)],
      [
        [1, [1]],
        [2, [2]],
      ],
    ),
    want: ['1-2: '],
  },
])
  test(`shifts overlap: ${name}`, () => assert.deepEqual(found, want))

test('shifts overlap when some second of the week belongs to both', () => {
  const clock = fc.integer({ min: 0, max: 23 }).map((hour) => hour * hourS)
  const week = fc.tuple(fc.subarray([1, 2, 3, 4, 5, 6, 7]), clock, clock)
  const hoursOf = ({ isoWeekdays, startS, endS, endsNextDay }: Shift): Set<number> => {
    const hours = new Set<number>()
    for (const day of isoWeekdays)
      for (let at = startS / hourS; at < endS / hourS + (endsNextDay ? 24 : 0); at++) hours.add(((day - 1) * 24 + at) % 168)
    return hours
  }
  fc.assert(
    fc.property(fc.array(week, { maxLength: 8 }), (weeks) => {
      const shifts = weeks.map(([days, startS, endS], i) => shift(i + 1, days, startS, endS))
      const want = shifts.flatMap((one, i) =>
        shifts
          .slice(i + 1)
          .flatMap((other) => (hoursOf(one).isDisjointFrom(hoursOf(other)) ? [] : [`${one.shiftId}-${other.shiftId}: 1,2`])),
      )
      assert.deepEqual(pairs(shifts), want)
    }),
  )
})

test('as many shifts and lines as a plant may have are compared', () => {
  const shifts = Array.from({ length: 200 }, (_, i) => shift(i + 1, [1, 2, 3, 4, 5, 6, 7], 6 * hourS + i, 14 * hourS))
  const lines = Array.from({ length: 500 }, (_, i) => ({ lineId: i + 1, isActive: true }))
  const found = findShiftOverlaps(shifts, lines, new Map())
  assert.equal(found.next().value?.lineIds.length, 500)
  // no two of them on one line
  const apart = new Map(lines.map(({ lineId }) => [lineId, new Set([1 + (lineId % 200)])]))
  assert.equal([...findShiftOverlaps(shifts, lines, apart)].length, 19_900)
})
