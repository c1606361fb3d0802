import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Temporal } from 'temporal-polyfill'
import {
  formatDurationS,
  formatLocal,
  formatLocalDate,
  formatLocalTime,
  intersect,
  localParts,
  parseLocal,
  type Span,
  spanAt,
  subtract,
  totalS,
  union,
  zoneOf,
} from './index.ts'

const zones = ['America/Santiago', 'Europe/Madrid', 'America/Bogota', 'Asia/Kolkata', 'Australia/Lord_Howe', 'Pacific/Apia', 'UTC']
const instants = fc.integer({ min: Date.UTC(1971, 0, 1) / 1000, max: Date.UTC(2099, 0, 1) / 1000 })

for (const timeZone of zones) {
  const zone = zoneOf(timeZone)
  test(`PL-84 wall time and instants of ${timeZone} agree with Temporal "compatible", also around its changes`, () => {
    const near = fc
      .tuple(fc.constantFrom(0, ...changes(timeZone)), fc.integer({ min: -90_000, max: 90_000 }))
      .map(([atS, offS]) => atS + offS)
    fc.assert(
      fc.property(fc.oneof(instants, near), (epochS) => {
        const zoned = Temporal.Instant.fromEpochMilliseconds(epochS * 1000).toZonedDateTimeISO(timeZone)
        assert.equal(formatLocal(zone.toLocalS(epochS)), zoned.toPlainDateTime().toString({ smallestUnit: 'second' }).replace('T', ' '))
        const wall = zoned.toPlainDateTime().add({ minutes: 17 })
        const localS = parseLocal(wall.toString({ smallestUnit: 'second' }))
        assert.ok(localS !== null)
        assert.equal(zone.toEpochS(localS), wall.toZonedDateTime(timeZone, { disambiguation: 'compatible' }).epochMilliseconds / 1000)
      }),
      { numRuns: 300 },
    )
  })
}

function changes(timeZone: string): number[] {
  const found: number[] = []
  let at = Temporal.Instant.fromEpochMilliseconds(Date.UTC(2010, 0, 1)).toZonedDateTimeISO(timeZone)
  for (let i = 0; i < 12; i++) {
    const next = at.getTimeZoneTransition('next')
    if (!next) break
    found.push(next.epochMilliseconds / 1000)
    at = next
  }
  return found
}

test('PL-84 the repeated hour of an autumn change is known, and the spring change repeats nothing', () => {
  const zone = zoneOf('Europe/Madrid')
  const autumn = { fromS: Date.UTC(2026, 9, 24) / 1000, toS: Date.UTC(2026, 9, 26) / 1000 }
  const [hour, ...others] = zone.repeatedHours(autumn.fromS, autumn.toS)
  assert.deepEqual(others, [])
  assert.ok(hour)
  assert.equal(formatLocal(hour.fromLocalS), '2026-10-25 02:00:00')
  assert.equal(formatLocal(hour.toLocalS), '2026-10-25 03:00:00')
  assert.equal(hour.atS, Date.UTC(2026, 9, 25, 1) / 1000)
  assert.deepEqual(zone.repeatedHours(Date.UTC(2026, 2, 1) / 1000, Date.UTC(2026, 3, 30) / 1000), [])
})

test('an unknown zone is refused', () => assert.throws(() => zoneOf('America/Nowhere'), RangeError))

for (const [text, want] of [
  ['1970-01-01 00:00:00', 0],
  ['2026-10-19T10:17', 1_792_404_000 + 1_020],
  ['2026-10-19 10:17:00.999999', 1_792_405_020],
  ['2024-02-29', 1_709_164_800],
  ['2026-02-29', null],
  ['2026-02-30 10:00', null],
  ['2026-13-01', null],
  ['2026-01-01 24:00', null],
  ['2026-01-01 10:60', null],
  ['2026-01-01T10:00:00Z', null],
  ['0000-00-00 00:00:00', null],
  ['', null],
  ['2026-1-1', null],
] as const)
  test(`parseLocal reads ${JSON.stringify(text)} as ${want}`, () => assert.equal(parseLocal(text), want))

test('formatting undoes parsing for any second of two centuries', () =>
  fc.assert(
    fc.property(fc.integer({ min: -2_000_000_000, max: 4_000_000_000 }), (localS) => {
      assert.equal(parseLocal(formatLocal(localS)), localS)
      const { year, month, day, hour, minute, second, isoWeekday } = localParts(localS)
      const date = new Date(localS * 1000)
      assert.deepEqual(
        [year, month, day, hour, minute, second, isoWeekday % 7],
        [
          date.getUTCFullYear(),
          date.getUTCMonth() + 1,
          date.getUTCDate(),
          date.getUTCHours(),
          date.getUTCMinutes(),
          date.getUTCSeconds(),
          date.getUTCDay(),
        ],
      )
      assert.equal(`${formatLocalDate(localS)} ${formatLocalTime(localS)}`, formatLocal(localS).slice(0, 16))
    }),
  ))

for (const [durationS, want] of [
  [3_665, '1h 1m 5s'],
  [0, '0s'],
  [59, '59s'],
  [2_700, '45m'],
  [90_000, '25h'],
  [-61, '-1m 1s'],
] as const)
  test(`${durationS} seconds read ${want}`, () => assert.equal(formatDurationS(durationS), want))

const spans = fc
  .array(fc.tuple(fc.integer({ min: 0, max: 60 }), fc.integer({ min: 0, max: 15 })), { maxLength: 8 })
  .map((pairs): Span[] => pairs.map(([fromS, lengthS]) => ({ fromS, toS: fromS + lengthS })))
const seconds = (list: readonly Span[]): Set<number> =>
  new Set(list.flatMap(({ fromS, toS }) => Array.from({ length: toS - fromS }, (_, i) => fromS + i)))
const sorted = (set: Set<number>): number[] => [...set].sort((a, b) => a - b)

test('spans behave like sets of seconds under union, intersection and subtraction', () =>
  fc.assert(
    fc.property(spans, spans, (a, b) => {
      const [left, right] = [union(a), union(b)]
      const [inA, inB] = [seconds(a), seconds(b)]
      assert.deepEqual(sorted(seconds(union([...a, ...b]))), sorted(inA.union(inB)))
      assert.deepEqual(sorted(seconds(intersect(left, right))), sorted(inA.intersection(inB)))
      assert.deepEqual(sorted(seconds(subtract(left, right))), sorted(inA.difference(inB)))
      assert.equal(totalS(left), inA.size)
    }),
  ))

test('results are sorted, disjoint, not touching after a union, and never empty spans', () =>
  fc.assert(
    fc.property(spans, spans, (a, b) => {
      for (const list of [union(a), intersect(union(a), union(b)), subtract(union(a), union(b))]) {
        for (const [i, span] of list.entries()) {
          assert.ok(span.fromS < span.toS)
          assert.ok(i === 0 || (list[i - 1]?.toS ?? 0) <= span.fromS)
        }
      }
      const joined = union(a)
      assert.ok(joined.every((span, i) => i === 0 || (joined[i - 1]?.toS ?? 0) < span.fromS))
    }),
  ))

test('spans may be without ends', () => {
  const always = [{ fromS: Number.NEGATIVE_INFINITY, toS: Number.POSITIVE_INFINITY }]
  assert.deepEqual(intersect(always, [{ fromS: 3, toS: 9 }]), [{ fromS: 3, toS: 9 }])
  assert.deepEqual(subtract(always, [{ fromS: 3, toS: 9 }]), [
    { fromS: Number.NEGATIVE_INFINITY, toS: 3 },
    { fromS: 9, toS: Number.POSITIVE_INFINITY },
  ])
  assert.deepEqual(spanAt(always, 5), always[0])
  assert.equal(spanAt([{ fromS: 3, toS: 9 }], 9), undefined)
})

test('a zone is one, however it is spelt: spellings take no memory', () => {
  const zone = zoneOf('America/Bogota')
  for (const spelling of ['america/bogota', 'AMERICA/BOGOTA', 'America/BOGOTA']) assert.equal(zoneOf(spelling), zone)
  assert.equal(zone.timeZone, 'America/Bogota')
  assert.throws(() => zoneOf('Mars/Olympus'), RangeError)
})
