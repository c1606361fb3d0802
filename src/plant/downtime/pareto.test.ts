import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { isCounted, isExplained, paretoMeasures, paretoOf, personsText, type Stop } from './index.ts'

const noWords = { label: null, failureType: null, failureDescription: null, incidentCode: null, incidentDescription: null }
type Recorded = NonNullable<Stop['recorded']>
const recorded = (more: Partial<Recorded>): Recorded => ({
  startLocalS: 0,
  endLocalS: 0,
  reasonCode: null,
  reasonText: null,
  ...noWords,
  ...more,
})
const stop = (countedS: number, more: Partial<Recorded> | null = null, rest: Partial<Stop> = {}): Stop => ({
  lineId: 1,
  eventId: more === null ? null : 1,
  source: more === null ? 'calculated' : 'recorded',
  isPlanned: false,
  visualType: 'calculated',
  category: 'stop',
  span: { fromS: 0, toS: countedS },
  startLocalS: 0,
  endLocalS: countedS,
  durationS: countedS,
  countedS,
  fullS: countedS,
  recorded: more === null ? null : recorded(more),
  ...rest,
})
const jam = { reasonCode: 7, label: 'Atasco', failureType: 'Mecánica', incidentCode: 'M1' }
const belt = { reasonCode: 8, label: 'Banda', failureType: 'Mecánica', incidentCode: 'M2' }

for (const [name, more, wanted] of [
  ['a code', { reasonCode: 7 }, true],
  ['a code that is known nowhere', { reasonCode: 4040, label: 'Código 4040' }, true],
  ["a person's words", { reasonText: 'se trabó' }, true],
  ['blank words', { reasonText: '   ' }, false],
  ["the job's own words", { reasonText: 'Auto-detected downtime (gap: 312 s)' }, false],
  ["the job's own words and a code", { reasonText: 'Auto-detected downtime (gap: 312 s)', reasonCode: 7 }, true],
  ['nothing', {}, false],
] as const)
  test(`PL-63 a stop with ${name} is ${wanted ? '' : 'not '}explained`, () => assert.equal(isExplained(stop(60, more)), wanted))

test('PL-63 a calculated stop is not explained, and has no words of a person', () => {
  assert.equal(isExplained(stop(60)), false)
  assert.equal(personsText(stop(60, { reasonText: ' cambio ' })), 'cambio')
  assert.equal(personsText(stop(60)), null)
})

test('PL-66 Pareto by reason: time, count, share and what they add up to; planned stops and those outside shifts are left out', () => {
  const stops = [
    stop(600, jam),
    stop(100, jam),
    stop(200, belt),
    stop(100),
    stop(50, { reasonText: 'otro' }),
    stop(9_000, { reasonCode: 1, label: 'Almuerzo' }, { isPlanned: true }),
    stop(0, jam),
  ]
  assert.deepEqual(
    paretoOf(stops, 'reason', 'seconds').map(({ key, count, seconds, share, cumulative }) => [
      key,
      count,
      seconds,
      Math.round(share * 1000),
      Math.round(cumulative * 1000),
    ]),
    [
      ['7', 2, 700, 667, 667],
      ['8', 1, 200, 190, 857],
      ['none', 1, 100, 95, 952],
      ['text', 1, 50, 48, 1000],
    ],
  )
  assert.deepEqual(
    paretoOf(stops, 'failure', 'count').map(({ key, label, count, seconds }) => [key, label, count, seconds]),
    [
      ['Mecánica', 'Mecánica', 3, 900],
      ['none', null, 1, 100],
      ['text', null, 1, 50],
    ],
  )
})

test('PL-66 Pareto rows add up to the counted stops, whichever way they are ordered', () =>
  fc.assert(
    fc.property(
      fc.array(fc.tuple(fc.nat(5_000), fc.option(fc.constantFrom(jam, belt, { reasonText: 'x' }, {})), fc.boolean())),
      (drawn) => {
        const stops = drawn.map(([countedS, more, isPlanned]) => stop(countedS, more, { isPlanned }))
        const counted = stops.filter(isCounted)
        for (const measure of paretoMeasures)
          for (const by of ['reason', 'failure'] as const) {
            const rows = paretoOf(stops, by, measure)
            assert.equal(
              rows.reduce((sum, { count }) => sum + count, 0),
              counted.length,
            )
            assert.equal(
              rows.reduce((sum, { seconds }) => sum + seconds, 0),
              counted.reduce((sum, { countedS }) => sum + countedS, 0),
            )
            assert.ok(rows.length === 0 || Math.abs((rows.at(-1)?.cumulative ?? 0) - 1) < 1e-9)
            assert.ok(rows.every((row, i) => i === 0 || row[measure] <= (rows[i - 1]?.[measure] ?? 0)))
          }
      },
    ),
  ))
