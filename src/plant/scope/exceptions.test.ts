import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { everyDay, plantModel, settings, shift, workdays } from '../../../test/harness/plant-model.ts'
import {
  civilFromDays,
  dayOf,
  dayS,
  formatLocal,
  hourS,
  intersect,
  isoWeekdayOfDay,
  parseLocal,
  type Span,
  totalS,
  zoneOf,
} from '../../platform/time/index.ts'
import type { ExtraShift, Holiday, PlantModel } from '../model/index.ts'
import { plannedPieces, plannedWindows } from './index.ts'

const bogota = zoneOf('America/Bogota')
const at = (text: string, zone = bogota): number => zone.toEpochS(parseLocal(text) ?? Number.NaN)
const span = (from: string, to: string, zone = bogota): Span => ({ fromS: at(from, zone), toS: at(to, zone) })
const shown = (spans: readonly Span[], zone = bogota): string[] =>
  spans.map(({ fromS, toS }) => `${formatLocal(zone.toLocalS(fromS)).slice(5, 16)} → ${formatLocal(zone.toLocalS(toS)).slice(5, 16)}`)
const day = (date: string): number => dayOf(parseLocal(date) ?? Number.NaN)
const holiday = (date: string, more: Partial<Holiday> = {}): Holiday => ({
  day: day(date),
  isYearly: false,
  name: '',
  lineIds: null,
  ...more,
})
const extra = (date: string, fromHour: number, toHour: number, more: Partial<ExtraShift> = {}): ExtraShift => ({
  day: day(date),
  startS: fromHour * hourS,
  endS: toHour * hourS,
  name: '',
  lineIds: null,
  ...more,
})
const model = (shifts: PlantModel['shifts'], more: Partial<PlantModel['settings']> = {}): PlantModel =>
  plantModel({ shifts, settings: settings(more) })
const daily = { isoWeekdays: everyDay }
const week = span('2026-10-08 00:00', '2026-10-12 00:00')

test('PL-49 no shift starts on a holiday; the night before it ends as it always does', () =>
  assert.deepEqual(
    shown(
      plannedWindows(model([shift(1, 6, 14, daily), shift(2, 22, 6, daily)], { holidays: [holiday('2026-10-09')] }), bogota, 1, null, week),
    ),
    [
      '10-08 00:00 → 10-08 14:00',
      '10-08 22:00 → 10-09 06:00',
      '10-10 06:00 → 10-10 14:00',
      '10-10 22:00 → 10-11 14:00',
      '10-11 22:00 → 10-12 00:00',
    ],
  ))

test('PL-49 a holiday of one line leaves the others alone, also with a chosen shift', () => {
  const closed = model([shift(1, 6, 14, daily)], { holidays: [holiday('2026-10-09', { lineIds: new Set([2]) })] })
  const friday = span('2026-10-09 00:00', '2026-10-10 00:00')
  for (const shiftId of [null, 1]) {
    assert.equal(totalS(plannedWindows(closed, bogota, 1, shiftId, friday)), 8 * hourS)
    assert.deepEqual(plannedWindows(closed, bogota, 2, shiftId, friday), [])
  }
})

test('PL-49 a yearly holiday comes each year, 29 February in leap years only', () => {
  const years = (date: string, years: readonly number[]) => {
    const closed = model([shift(1, 6, 14, daily)], { holidays: [holiday(date, { isYearly: true })] })
    return years.filter((year) => {
      const range = span(`${year}-01-01 00:00`, `${year + 1}-01-01 00:00`)
      const days = Math.round((range.toS - range.fromS) / dayS)
      return totalS(plannedWindows(closed, bogota, 1, null, range)) === (days - 1) * 8 * hourS
    })
  }
  assert.deepEqual(years('2026-12-25', [2024, 2025, 2026, 2027]), [2024, 2025, 2026, 2027])
  assert.deepEqual(years('2024-02-29', [2024, 2025, 2026, 2027, 2028]), [2024, 2028])
})

test('PL-49 a line that is planned around the clock rests from midnight to midnight', () => {
  const closed = model([], { holidays: [holiday('2026-10-09')] })
  assert.deepEqual(shown(plannedWindows(closed, bogota, 1, null, week)), ['10-08 00:00 → 10-09 00:00', '10-10 00:00 → 10-12 00:00'])
})

test('PL-49 an extra shift adds planned time once, also on a holiday and into the next day; a chosen shift does not see it', () => {
  const more = model([shift(1, 6, 14, { isoWeekdays: workdays })], {
    holidays: [holiday('2026-10-09')],
    extraShifts: [extra('2026-10-09', 22, 2), extra('2026-10-08', 12, 18, { lineIds: new Set([1]) }), extra('2026-10-10', 6, 9)],
  })
  assert.deepEqual(shown(plannedWindows(more, bogota, 1, null, week)), [
    '10-08 06:00 → 10-08 18:00',
    '10-09 22:00 → 10-10 02:00',
    '10-10 06:00 → 10-10 09:00',
  ])
  assert.equal(totalS(plannedWindows(more, bogota, 2, null, week)), (8 + 4 + 3) * hourS)
  assert.deepEqual(shown(plannedWindows(more, bogota, 1, 1, week)), ['10-08 06:00 → 10-08 14:00'])
})

test('PL-59 shifts without a hole are whole between two holidays, however far apart', () => {
  const all = [shift(1, 6, 14, daily), shift(2, 14, 22, daily), shift(3, 22, 6, daily)]
  for (const shifts of [all, []]) {
    const closed = model(shifts, { holidays: [holiday('2026-01-01', { isYearly: true })] })
    const [piece, ...others] = plannedPieces(closed, bogota, 1, span('2026-07-01 00:00', '2026-07-02 00:00'))
    assert.deepEqual(others, [])
    const want = shifts.length === 0 ? ['01-02 00:00 → 01-01 00:00'] : ['01-02 06:00 → 01-01 06:00']
    assert.deepEqual(shown(piece ? [piece] : []), want)
  }
})

const zones = ['America/Bogota', 'Europe/Madrid', 'America/Santiago', 'Asia/Kathmandu'].map(zoneOf)
const firstDay = day('2026-03-01')
const anyLines = fc.constantFrom<ReadonlySet<number> | null>(null, new Set([1]), new Set([2]))
const anyDay = fc.integer({ min: firstDay, max: firstDay + 60 })
const anyCalendar = fc.record({
  zone: fc.constantFrom(...zones),
  shifts: fc.array(
    fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 24 }), fc.constantFrom(everyDay, workdays))
      .map(([from, to, isoWeekdays]) => shift(1, from, to, { isoWeekdays, endS: (to % 24) * hourS, endsNextDay: to % 24 <= from })),
    { maxLength: 3 },
  ),
  holidays: fc.array(fc.record({ day: anyDay, isYearly: fc.boolean(), name: fc.constant(''), lineIds: anyLines }), { maxLength: 6 }),
  extraShifts: fc.array(
    fc
      .record({
        day: anyDay,
        startS: fc.integer({ min: 0, max: 47 }),
        endS: fc.integer({ min: 0, max: 47 }),
        name: fc.constant(''),
        lineIds: anyLines,
      })
      .filter(({ startS, endS }) => startS !== endS)
      .map((one) => ({ ...one, startS: one.startS * 1_800, endS: one.endS * 1_800 })),
    { maxLength: 4 },
  ),
  fromDay: anyDay,
  days: fc.integer({ min: 1, max: 30 }),
})

test('PL-49 planned time is the shifts that start on no holiday and the extra ones, to the second, in every zone', () =>
  fc.assert(
    fc.property(anyCalendar, fc.double({ min: 0, max: 1, noNaN: true, maxExcluded: true }), (c, share) => {
      const made = model(c.shifts, { holidays: c.holidays, extraShifts: c.extraShifts })
      const range = { fromS: c.zone.toEpochS(c.fromDay * dayS), toS: c.zone.toEpochS((c.fromDay + c.days) * dayS) }
      const atS = range.fromS + Math.floor((range.toS - range.fromS) * share)
      const today = dayOf(c.zone.toLocalS(atS))
      const isMine = ({ lineIds }: Holiday | ExtraShift) => lineIds === null || lineIds.has(1)
      const isClosed = (d: number) =>
        c.holidays.some((one) => {
          const [date, asked] = [civilFromDays(one.day), civilFromDays(d)]
          return isMine(one) && (one.isYearly ? date.month === asked.month && date.day === asked.day : one.day === d)
        })
      const holds = (d: number, startS: number, endS: number, isNextDay: boolean) =>
        c.zone.toEpochS(d * dayS + startS) <= atS && atS < c.zone.toEpochS((isNextDay ? d + 1 : d) * dayS + endS)
      const isShift = [today - 2, today - 1, today].some(
        (d) =>
          !isClosed(d) &&
          c.shifts.some((one) => one.isoWeekdays.has(isoWeekdayOfDay(d)) && holds(d, one.startS, one.endS, one.endsNextDay)),
      )
      const isExtra = c.extraShifts.some((one) => isMine(one) && holds(one.day, one.startS, one.endS, one.endS <= one.startS))
      const want = (c.shifts.length === 0 ? !isClosed(today) : isShift) || isExtra
      assert.equal(
        plannedWindows(made, c.zone, 1, null, range).some(({ fromS, toS }) => fromS <= atS && atS < toS),
        want,
      )
    }),
    { numRuns: 3_000 },
  ))

test('PL-59 pieces are the windows joined, and the same whatever the range that asks', () =>
  fc.assert(
    fc.property(anyCalendar, fc.integer({ min: 0, max: 29 }), (c, inner) => {
      const made = model(c.shifts, { holidays: c.holidays, extraShifts: c.extraShifts })
      const range = { fromS: c.zone.toEpochS(c.fromDay * dayS), toS: c.zone.toEpochS((c.fromDay + c.days) * dayS) }
      const pieces = plannedPieces(made, c.zone, 1, range)
      assert.deepEqual(intersect(pieces, [range]), plannedWindows(made, c.zone, 1, null, range))
      const part = { fromS: range.fromS + (inner % c.days) * dayS, toS: range.fromS + (inner % c.days) * dayS + hourS }
      assert.deepEqual(
        plannedPieces(made, c.zone, 1, part),
        pieces.filter((piece) => piece.fromS < part.toS && piece.toS > part.fromS),
      )
    }),
    { numRuns: 1_000 },
  ))
