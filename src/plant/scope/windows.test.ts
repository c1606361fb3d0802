import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { everyDay, plantModel, settings, shift, workdays } from '../../../test/harness/plant-model.ts'
import { dayS, formatLocal, parseLocal, type Span, totalS, zoneOf } from '../../platform/time/index.ts'
import type { PlantModel } from '../model/index.ts'
import { bucketAxis, bucketIndex, bucketStart, maxBuckets, wallWindow } from './buckets.ts'
import { breakSpans, type Interval, intervals, plannedPieces, plannedWindows, shiftInstances } from './index.ts'

const bogota = zoneOf('America/Bogota')
const madrid = zoneOf('Europe/Madrid')
const santiago = zoneOf('America/Santiago')
const at = (text: string, zone = bogota): number => zone.toEpochS(parseLocal(text) ?? Number.NaN)
const span = (from: string, to: string, zone = bogota): Span => ({ fromS: at(from, zone), toS: at(to, zone) })
const shown = (spans: readonly Span[], zone = bogota): string[] =>
  spans.map(({ fromS, toS }) => `${formatLocal(zone.toLocalS(fromS)).slice(5, 16)} → ${formatLocal(zone.toLocalS(toS)).slice(5, 16)}`)
const night = shift(2, 22, 6)
const friday = span('2026-10-09 00:00', '2026-10-10 00:00')
const model = (shifts: PlantModel['shifts'], more: Partial<PlantModel['settings']> = {}): PlantModel =>
  plantModel({ shifts, settings: settings(more) })

test('PL-33 clip: a Friday sees the end of Thursday’s night and the start of its own', () =>
  assert.deepEqual(shown(plannedWindows(model([night]), bogota, 1, 2, friday)), ['10-09 00:00 → 10-09 06:00', '10-09 22:00 → 10-10 00:00']))

test('PL-33 extend: a Friday keeps the instances that start in it, whole, past its end', () =>
  assert.deepEqual(shown(plannedWindows(model([night], { shiftRangeMode: 'extend' }), bogota, 1, 2, friday)), [
    '10-09 22:00 → 10-10 06:00',
  ]))

test('PL-33 extend without a chosen shift is the plain cut to the range', () =>
  assert.deepEqual(shown(plannedWindows(model([night], { shiftRangeMode: 'extend' }), bogota, 1, null, friday)), [
    '10-09 00:00 → 10-09 06:00',
    '10-09 22:00 → 10-10 00:00',
  ]))

test('PL-33 weekdays are those on which an instance starts: a Monday-to-Friday night has no Sunday, and a Saturday morning', () => {
  assert.deepEqual(shown(plannedWindows(model([night]), bogota, 1, 2, span('2026-10-10 00:00', '2026-10-12 00:00'))), [
    '10-10 00:00 → 10-10 06:00',
  ])
  assert.deepEqual(plannedWindows(model([shift(1, 6, 14)]), bogota, 1, 1, span('2026-10-10 00:00', '2026-10-12 00:00')), [])
})

test('PL-33 equal start and end are 24 hours', () =>
  assert.equal(totalS(plannedWindows(model([shift(1, 6, 6, { isoWeekdays: everyDay })]), bogota, 1, 1, friday)), dayS))

test('PL-49 overlapping shifts count once, inactive ones never, and without active shifts the plan is round the clock', () => {
  assert.equal(totalS(plannedWindows(model([shift(1, 6, 14), shift(2, 13, 21)]), bogota, 1, null, friday)), 900 * 60)
  assert.equal(totalS(plannedWindows(model([shift(1, 6, 14), shift(2, 13, 21, { isActive: false })]), bogota, 1, null, friday)), 480 * 60)
  assert.deepEqual(plannedWindows(model([shift(1, 6, 14, { isActive: false })]), bogota, 1, null, friday), [friday])
})

test('PL-49 a line with its own list works those shifts only', () => {
  const own = model([shift(1, 6, 14), shift(2, 14, 22)], { shiftIdsByLine: new Map([[1, new Set([2])]]) })
  assert.deepEqual(shown(plannedWindows(own, bogota, 1, null, friday)), ['10-09 14:00 → 10-09 22:00'])
  assert.deepEqual(plannedWindows(own, bogota, 1, 1, friday), [])
  assert.equal(totalS(plannedWindows(own, bogota, 7, null, friday)), 960 * 60)
})

test('PL-49 a line whose own list has only shifts that were given up works the others, not around the clock', () => {
  const shiftIdsByLine = new Map([[1, new Set([2])]])
  const left = model([shift(1, 6, 14), shift(2, 14, 22, { isActive: false })], { shiftIdsByLine })
  assert.deepEqual(shown(plannedWindows(left, bogota, 1, null, friday)), ['10-09 06:00 → 10-09 14:00'])
  assert.deepEqual(plannedWindows(model([shift(2, 14, 22, { isActive: false })], { shiftIdsByLine }), bogota, 1, null, friday), [friday])
})

test('PL-59 adjacent shifts form one piece; a night and the morning after it touch', () => {
  const pieces = plannedPieces(model([shift(1, 6, 14), night]), bogota, 1, friday)
  assert.deepEqual(shown(pieces), ['10-08 22:00 → 10-09 14:00', '10-09 22:00 → 10-10 06:00'])
  assert.deepEqual(plannedPieces(model([]), bogota, 1, friday), [{ fromS: Number.NEGATIVE_INFINITY, toS: Number.POSITIVE_INFINITY }])
})

test('PL-59 shifts without a hole are one piece without ends; with a weekly hole the piece is whole', () => {
  const all = [
    shift(1, 6, 14, { isoWeekdays: everyDay }),
    shift(2, 14, 22, { isoWeekdays: everyDay }),
    shift(3, 22, 6, { isoWeekdays: everyDay }),
  ]
  assert.deepEqual(plannedPieces(model(all), bogota, 1, friday), [{ fromS: Number.NEGATIVE_INFINITY, toS: Number.POSITIVE_INFINITY }])
  const week = all.map((one) => ({ ...one, isoWeekdays: workdays }))
  assert.deepEqual(shown(plannedPieces(model(week), bogota, 1, friday)), ['10-05 06:00 → 10-10 06:00'])
})

test('configured breaks repeat on their days, also across midnight', () => {
  const breaks = [
    { startS: 12 * 3_600, endS: 12.5 * 3_600, isoWeekdays: workdays },
    { startS: 23.5 * 3_600, endS: 0.5 * 3_600, isoWeekdays: new Set([4]) },
  ]
  assert.deepEqual(shown(breakSpans(model([], { breaks }), bogota, friday)), ['10-08 23:30 → 10-09 00:30', '10-09 12:00 → 10-09 12:30'])
})

for (const [name, zone, date, hours] of [
  ['PL-84 a night across the autumn change of Madrid', madrid, '2025-10-25 22:00', 9],
  ['PL-84 a night across the spring change of Madrid', madrid, '2026-03-28 22:00', 7],
  ['PL-84 a night across the autumn change of Santiago', santiago, '2026-04-04 22:00', 9],
  ['PL-84 a night across the spring change of Santiago', santiago, '2026-09-05 22:00', 7],
  ['PL-84 an ordinary night', madrid, '2026-01-14 22:00', 8],
] as const)
  test(`${name} lasts ${hours} elapsed hours`, () => {
    const fromS = at(date, zone)
    const instances = shiftInstances(zone, [shift(1, 22, 6, { isoWeekdays: everyDay })], { fromS, toS: fromS + 3_600 })
    assert.deepEqual(
      instances.map((instance) => totalS([instance]) / 3_600),
      [hours],
    )
  })

for (const [interval, want] of [
  ['minute', '2026-10-08 06:35:00'],
  ['15min', '2026-10-08 06:30:00'],
  ['hour', '2026-10-08 06:00:00'],
  ['day', '2026-10-08 00:00:00'],
  ['week', '2026-10-05 00:00:00'],
  ['month', '2026-10-01 00:00:00'],
] as const)
  test(`PL-44 Thursday 06:35:42 floors to ${want} by ${interval}`, () =>
    assert.equal(formatLocal(bucketStart(parseLocal('2026-10-08 06:35:42') ?? 0, interval)), want))

test('PL-44 months and weeks follow the calendar, across year ends too', () => {
  const axis = (from: string, to: string, interval: Interval) =>
    bucketAxis(parseLocal(from) ?? 0, parseLocal(to) ?? 0, interval).map((localS) => formatLocal(localS).slice(0, 10))
  assert.deepEqual(axis('2025-11-15', '2026-02-01 00:01', 'month'), ['2025-11-01', '2025-12-01', '2026-01-01', '2026-02-01'])
  assert.deepEqual(axis('2025-12-31', '2026-01-06', 'week'), ['2025-12-29', '2026-01-05'])
  assert.deepEqual(axis('2026-01-06', '2026-01-06', 'day'), [])
})

test('PL-34 counting stops just above the limit', () => assert.equal(bucketAxis(0, 60 * 1_000_000, 'minute').length, maxBuckets + 1))

test('PL-44 every second of a range has a bucket on its axis, whatever the zone, the start and the interval', () =>
  fc.assert(
    fc.property(
      fc.constantFrom(bogota, madrid, santiago),
      fc.integer({ min: Date.UTC(2025, 0, 1) / 1000, max: Date.UTC(2027, 0, 1) / 1000 }),
      fc.integer({ min: 60, max: 3 * dayS }),
      fc.constantFrom(...intervals),
      fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }),
      fc.constantFrom(0, Date.UTC(2025, 9, 26, 1) / 1000, Date.UTC(2026, 3, 5, 3) / 1000),
      (zone, anyS, lengthS, interval, share, changeS) => {
        const fromS = changeS === 0 ? anyS : changeS - Math.floor(lengthS * share)
        const range = { fromS, toS: fromS + lengthS }
        const { fromLocalS, toLocalS } = wallWindow(zone, range)
        const axis = bucketAxis(fromLocalS, toLocalS, interval)
        const localS = zone.toLocalS(fromS + Math.floor(lengthS * share))
        const index = bucketIndex(axis, localS)
        assert.equal(axis[index], bucketStart(localS, interval))
      },
    ),
    { numRuns: 2_000 },
  ))
