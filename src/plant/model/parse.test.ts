import assert from 'node:assert/strict'
import { test } from 'node:test'
import { flag, hundredths, isoWeekdays, timeOfDayS, wholeNumber } from './parse.ts'

const workdays = [1, 2, 3, 4, 5]
for (const c of [
  { name: 'English names', given: ['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'], want: workdays },
  { name: 'any letter case and short forms', given: ['MON', 'tue', 'Wed.', 'THU', 'fri'], want: workdays },
  {
    name: 'Spanish names with and without accents',
    given: ['lunes', 'martes', 'miércoles', 'Jueves', 'VIERNES', 'sabado', 'Sáb'],
    want: [1, 2, 3, 4, 5, 6],
  },
  { name: 'ISO numbers', given: [1, 2, 3, 4, 5], want: workdays },
  { name: 'ISO numbers as texts', given: ['1', '7'], want: [1, 7] },
  { name: 'an object of flags', given: { monday: true, viernes: 1, domingo: false }, want: [1, 5] },
  { name: 'a text with commas', given: 'lunes, martes', want: [1, 2] },
  { name: 'null', given: null, want: [1, 2, 3, 4, 5, 6, 7] },
  { name: 'an empty list', given: [], want: [1, 2, 3, 4, 5, 6, 7] },
  { name: 'an empty object', given: {}, want: [1, 2, 3, 4, 5, 6, 7] },
])
  test(`PL-05 days of a shift given as ${c.name}`, () => {
    const { days, unknown } = isoWeekdays(c.given)
    assert.deepEqual([...days].sort(), c.want)
    assert.deepEqual(unknown, [])
  })

test('PL-15 days that nobody can read are named, the readable ones count', () => {
  const { days, unknown } = isoWeekdays(['Monday', 'Funday', 9])
  assert.deepEqual([...days], [1])
  assert.deepEqual(unknown, ['Funday', '9'])
  assert.equal(isoWeekdays(['Funday']).days.size, 7)
})

for (const [given, want] of [
  ['06:00', 21_600],
  ['06:00:00', 21_600],
  ['6:05:07.000', 21_907],
  ['2026-01-01T22:30:00', 81_000],
  ['24:00', 0],
  ['24:01', null],
  ['6', null],
  [null, null],
] as const)
  test(`time of day ${given}`, () => assert.equal(timeOfDayS(given), want))

for (const [given, want] of [
  ['25.00', 2500],
  ['999.99', 99_999],
  [10.05, 1005],
  [0.07, 7],
  [25, 2500],
  ['5.25', 525],
  ['0.005', 1],
  ['-1.5', -150],
  ['abc', null],
  [null, null],
] as const)
  test(`weight ${given} in hundredths, exactly`, () => assert.equal(hundredths(given), want))

for (const [given, want] of [
  [1, true],
  ['0', false],
  [true, true],
  ['f', false],
  [Buffer.from([1]), true],
  [0n, false],
  [null, true],
  ['maybe', true],
] as const)
  test(`flag ${String(given)}`, () => assert.equal(flag(given, true), want))

test('a number is whole or nothing', () =>
  assert.deepEqual(['7', 7n, 7.5, '7.5', '', null].map(wholeNumber), [7, 7, null, null, null, null]))
