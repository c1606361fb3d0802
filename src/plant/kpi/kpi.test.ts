import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { Span } from '../../platform/time/index.ts'
import {
  cappedPercent,
  computeKpis,
  difference,
  idealMinutesOf,
  type KpiInput,
  type LineRating,
  oeeIndexOf,
  percent,
  plannedQuantities,
  roundHalfAway,
  timeElements,
} from './index.ts'

const minute = 60
/** Minutes of a Monday. */
const span = (fromMinute: number, toMinute: number): Span => ({ fromS: fromMinute * minute, toS: toMinute * minute })
const morning = [span(360, 840)]

const rating = (unitsPerMinute: number | null, areas: Partial<LineRating> = {}): LineRating => ({
  hasInputArea: false,
  hasScrapArea: false,
  unitsPerMinute,
  standardPerHourOf: () => 0,
  ...areas,
})

type LineCase = {
  readonly windows?: readonly Span[]
  readonly planned?: readonly Span[]
  readonly stops?: readonly Span[]
  readonly output?: number
  readonly input?: number
  readonly scrap?: number
  readonly rate?: number | null
  readonly areas?: Partial<LineRating>
}

const mix = (count: number): Map<number, number> => new Map(count > 0 ? [[1, count]] : [])

function kpiLine({
  windows = morning,
  planned = [],
  stops = [],
  output = 0,
  input = 0,
  scrap = 0,
  rate = 10,
  areas = {},
}: LineCase): KpiInput {
  const time = timeElements({ windows, plannedStops: planned, unplannedStops: stops })
  const counts = { output: mix(output), input: mix(input), scrap: mix(scrap), outputWeightCentikg: output * 2_500 }
  const quantities = plannedQuantities(counts, rating(rate, areas), time.plannedBusyTimeS, 0)
  return { time, elapsedS: 86_400, quantities, totalProduction: output, totalWeightCentikg: counts.outputWeightCentikg }
}

const shown = (lines: readonly LineCase[]) => {
  const kpi = computeKpis(lines.map(kpiLine))
  return {
    a: percent(kpi.availability),
    p: cappedPercent(kpi.effectiveness),
    q: percent(kpi.qualityRatio),
    oee: cappedPercent(kpi.oeeIndex),
    kpi,
  }
}

const withInput = { hasInputArea: true }

for (const { name, lines, want } of [
  {
    name: 'V1 PL-51 a Monday with one stop of 48 min: processed pieces make P, so scrap is not punished twice',
    lines: [{ stops: [span(400, 448)], output: 3_888, input: 4_000, areas: withInput }],
    want: { pbtMinutes: 480, a: 90, p: 92.6, q: 97.2, oee: 81 },
  },
  {
    name: 'V2 PL-52 without an input area quality is unknown and OEE = A × P',
    lines: [{ windows: [span(360, 420)], output: 120, rate: 2 }],
    want: { pbtMinutes: 60, a: 100, p: 100, q: null, oee: 100 },
  },
  {
    name: 'V3 10 in, 8 out',
    lines: [{ output: 8, input: 10, areas: withInput }],
    want: { pbtMinutes: 480, a: 100, p: 0.2, q: 80, oee: 0.2 },
  },
  {
    name: 'V4 PL-50 two lines of 120 min with 120 min of stops in all',
    lines: [{ windows: [span(360, 480)], stops: [span(360, 480)] }, { windows: [span(360, 480)] }],
    want: { pbtMinutes: 240, a: 50, p: 0, q: null, oee: 0 },
  },
  {
    name: 'V5 a stop over all planned time: OEE is 0 although nothing can be said of P',
    lines: [{ stops: [span(0, 1_440)] }],
    want: { pbtMinutes: 480, a: 0, p: null, q: null, oee: 0 },
  },
  {
    name: 'V6 nothing planned: everything is unknown',
    lines: [{ windows: [], output: 5 }],
    want: { pbtMinutes: 0, a: null, p: null, q: null, oee: null },
  },
  {
    name: 'V7 a stop 05:30–06:30 counts 30 min',
    lines: [{ stops: [span(330, 390)] }],
    want: { pbtMinutes: 480, a: 93.8, p: 0, q: null, oee: 0 },
  },
  {
    name: 'V8 PL-50 two lines of 480 min, one stop of 48',
    lines: [{ stops: [span(400, 448)] }, {}],
    want: { pbtMinutes: 960, a: 95, p: 0, q: null, oee: 0 },
  },
  {
    name: 'V15 PL-51 faster than rated: P shows 100, raw 120, flagged',
    lines: [{ windows: [span(360, 420)], output: 720 }],
    want: { pbtMinutes: 60, a: 100, p: 100, q: null, oee: 100 },
  },
  {
    name: 'V16 PL-54 a planned stop of 30 min leaves the plan, a breakdown of 30 min costs availability',
    lines: [{ planned: [span(400, 430)], stops: [span(500, 530)] }],
    want: { pbtMinutes: 450, a: 93.3, p: 0, q: null, oee: 0 },
  },
])
  test(name, () => {
    const { a, p, q, oee, kpi } = shown(lines)
    assert.deepEqual({ pbtMinutes: kpi.time.plannedBusyTimeS / minute, a, p, q, oee }, want)
  })

test('V14 PL-53 OEE multiplies unrounded factors: 0.9004³ is 73.0, rounding first would give 72.9', () => {
  assert.equal(cappedPercent(oeeIndexOf(0.9004, 0.9004, 0.9004)), 73)
  assert.equal(roundHalfAway(90 * 90 * 90 * 1e-4, 1), 72.9)
})

test('V15 the uncapped performance and its flag stay visible, and OEE multiplies the uncapped one', () => {
  const { kpi } = shown([{ windows: [span(360, 420)], output: 720 }])
  assert.deepEqual([percent(kpi.effectiveness), kpi.ratedSpeedExceeded, percent(kpi.oeeIndex)], [120, true, 120])
})

test('PL-52 a quality that nobody can know is assumed and flagged', () => {
  assert.equal(shown([{ output: 5 }]).kpi.qualityAssumed, true)
  assert.equal(shown([{ output: 5, input: 5, areas: withInput }]).kpi.qualityAssumed, false)
})

test('PL-52 where scrap is seen, processed = output + scrap, and what is missing from the input is reported', () => {
  const { kpi } = shown([{ output: 90, scrap: 10, input: 105, areas: { hasInputArea: true, hasScrapArea: true } }])
  assert.deepEqual([kpi.qualityRatio, kpi.processedQuantity, kpi.rejectedRatio, kpi.scrapQuantity], [0.9, 100, 0.1, 10])
  assert.equal(
    kpiLine({ output: 90, scrap: 10, input: 105, areas: { hasInputArea: true, hasScrapArea: true } }).quantities.unaccountedQuantity,
    5,
  )
})

test('PL-52 more out than in: processed is the larger stream, so quality never exceeds 100', () => {
  const { kpi } = shown([{ output: 11, input: 10, areas: withInput }])
  assert.deepEqual([kpi.processedQuantity, kpi.qualityRatio], [11, 1])
})

test('PL-51 a product’s own standard comes before the line’s rate, and a mix with one unknown ideal is left out on both sides', () => {
  const products = rating(2, { standardPerHourOf: (id) => (id === 1 ? 120 : 0) })
  assert.equal(idealMinutesOf(new Map([[1, 10]]), products), 5)
  assert.equal(
    idealMinutesOf(
      new Map([
        [1, 10],
        [2, 10],
      ]),
      products,
    ),
    10,
  )
  assert.equal(
    idealMinutesOf(
      new Map([
        [1, 10],
        [2, 10],
      ]),
      { ...products, unitsPerMinute: null },
    ),
    null,
  )
  const known = { output: 2_400 }
  const unknown = { output: 4_000, rate: null, stops: [span(360, 600)] }
  assert.equal(shown([known, unknown]).kpi.effectiveness, shown([known]).kpi.effectiveness)
  assert.equal(shown([unknown]).kpi.effectiveness, null)
  assert.equal(shown([{ ...unknown, output: 0 }]).kpi.effectiveness, 0)
})

test('planned time wins over an unplanned stop, and overlapping stops cost their union but each counts', () => {
  const { time } = kpiLine({ planned: [span(400, 420)], stops: [span(410, 430), span(425, 440), span(402, 418), span(900, 950)] })
  assert.deepEqual([time.plannedStopS, time.unplannedDowntimeS, time.stopCount], [20 * minute, 20 * minute, 2])
})

test('MTBF and MTTR divide by the stops that cost planned time, and are unknown without one', () => {
  const { kpi } = shown([{ stops: [span(400, 410), span(500, 520)] }])
  assert.deepEqual([kpi.mtbfS, kpi.mttrS], [225 * minute, 15 * minute])
  assert.deepEqual([shown([{}]).kpi.mtbfS, shown([{}]).kpi.mttrS], [null, null])
})

test('utilisation and weight efficiency are ratios of sums; lines without a rate or output do not weigh', () => {
  const { kpi } = shown([{ output: 2_400 }, { output: 100, rate: null }, { output: 0 }])
  assert.equal(kpi.utilisation, (3 * 480 * minute) / (3 * 86_400))
  assert.equal(kpi.weightEfficiency, 0.5)
  assert.deepEqual([kpi.actualWeightCentikg, kpi.theoreticalWeightCentikg], [6_000_000, 12_000_000])
  assert.equal(computeKpis([]).utilisation, null)
})

test('PL-50 the KPIs of a set of lines do not depend on their order', () =>
  fc.assert(
    fc.property(
      fc.array(
        fc.record({
          output: fc.nat(500),
          input: fc.nat(500),
          rate: fc.constantFrom(2, 10, null),
          stops: fc.array(fc.tuple(fc.nat(1_000), fc.nat(100)).map(([from, length]) => span(from, from + length))),
          areas: fc.constantFrom({}, withInput),
        }),
        { minLength: 1, maxLength: 5 },
      ),
      (lines) => {
        const [forwards, backwards] = [computeKpis(lines.map(kpiLine)), computeKpis(lines.map(kpiLine).reverse())]
        assert.deepEqual(forwards.time, backwards.time)
        assert.ok((forwards.availability ?? 0) >= 0 && (forwards.availability ?? 0) <= 1)
        assert.ok(forwards.qualityRatio === null || forwards.qualityRatio <= 1)
      },
    ),
  ))

for (const [value, decimals, want] of [
  [0.05, 1, 0.1],
  [-0.05, 1, -0.1],
  [2.675, 2, 2.68],
  [1.005, 2, 1.01],
  [-1.005, 2, -1.01],
  [72.949999999, 1, 72.9],
  [16.95, 1, 17],
  [-0.04, 1, 0],
  [394_898.235, 2, 394_898.24],
  [3, 0, 3],
  [2.5, 0, 3],
  [-2.5, 0, -3],
] as const)
  test(`${value} rounds to ${want} at ${decimals} decimals, half away from zero`, () =>
    assert.ok(Object.is(roundHalfAway(value, decimals), want)))

test('quotients of counts round as their exact fraction does', () =>
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 1_000_000 }), fc.integer({ min: 1, max: 1_000_000 }), (part, whole) => {
      const exact = (2n * BigInt(part) * 1_000n + BigInt(whole)) / (2n * BigInt(whole))
      assert.equal(roundHalfAway((part / whole) * 100, 1), Number(exact) / 10)
    }),
    { numRuns: 2_000 },
  ))

test('PL-55 a trend is the difference of unrounded values, rounded once, and unknown when either side is', () => {
  assert.equal(difference(0.90046, 0.8, 1, 100), 10)
  assert.equal(difference(0.8, 0.90046, 1, 100), -10)
  assert.deepEqual([difference(null, 1, 1), difference(1, null, 1), difference(1, undefined, 1)], [null, null, null])
  assert.deepEqual([percent(null), cappedPercent(null)], [null, null])
})
