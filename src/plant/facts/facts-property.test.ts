/** Any history of rows and events: what must hold for every range and interval. */
import assert from 'node:assert/strict'
import process from 'node:process'
import { test } from 'node:test'
import fc from 'fast-check'
import { lineDatabase, type TestRow } from '../../../test/harness/line-database.ts'
import { area, line, plantModel, settings, shift } from '../../../test/harness/plant-model.ts'
import { formatLocal, intersect, type Span, totalS, zoneOf } from '../../platform/time/index.ts'
import { type Interval, intervals } from '../scope/index.ts'
import { epoch, scopeOf, wall } from './facts.fixture.ts'
import { type Facts, gatherFacts } from './index.ts'

const weeks = [
  { timeZone: 'America/Bogota', start: '2026-10-15 00:00' },
  { timeZone: 'Europe/Madrid', start: '2025-10-25 00:00' },
  { timeZone: 'America/Santiago', start: '2026-04-04 00:00' },
  { timeZone: 'America/Santiago', start: '2026-09-05 00:00' },
]
const history = fc.array(
  fc.record({
    gap: fc.oneof(
      { weight: 5, arbitrary: fc.integer({ min: 0, max: 240 }) },
      { weight: 1, arbitrary: fc.constantFrom(300, 301) },
      { weight: 1, arbitrary: fc.integer({ min: 301, max: 40_000 }) },
    ),
    areaId: fc.constantFrom(1, 2, 2, 3, 777),
    productId: fc.constantFrom(1, 2, 3, 999),
  }),
  { minLength: 1, maxLength: 120 },
)
const eventList = fc.array(
  fc.record({ from: fc.integer({ min: 0, max: 200_000 }), length: fc.integer({ min: 1, max: 20_000 }), code: fc.constantFrom(null, 1, 4) }),
  { maxLength: 4 },
)

test('PL-44 PL-57 PL-60 PL-84 over any history: buckets add up to the total for every interval and start, and stops do not depend on the range', async (t) => {
  const plant = await lineDatabase('sqlite', t)
  const lines = [line({ areas: [area(1, 'input'), area(2, 'output'), area(3, 'scrap')] })]
  const plans = [[], [shift(1, 6, 14), shift(2, 22, 6)]]
  await fc.assert(
    fc.asyncProperty(
      history,
      eventList,
      fc.constantFrom(...weeks),
      fc.constantFrom(...plans),
      fc.constantFrom(...intervals),
      fc.integer({ min: 0, max: 3 * 1_440 }),
      fc.integer({ min: 1, max: 1_440 }),
      fc.integer({ min: 0, max: 1_440 }),
      async (pieces, events, { timeZone, start }, shifts, interval: Interval, startMinute, lengthMinutes, cutMinute) => {
        const zone = zoneOf(timeZone)
        const model = plantModel({ shifts, lines, settings: settings({ timeZone }) })
        const startS = epoch(start, zone)
        await plant.clear()
        let atS = startS
        const rows: TestRow[] = pieces.map(({ gap, areaId, productId }) => {
          atS += gap
          return [wall(atS, zone), areaId, productId]
        })
        await plant.insert(rows)
        await plant.stop(
          events.map(({ from, length, code }) => ({ start: wall(startS + from, zone), end: wall(startS + from + length, zone), code })),
        )
        const now = wall(startS + 4 * 86_400, zone)
        // edges are asked for in wall time: an ambiguous one is its first occurrence
        const edge = (minute: number): number => zone.toEpochS(zone.toLocalS(startS + minute * 60))
        const [fromS, toS, cutS] = [
          edge(startMinute),
          edge(startMinute + lengthMinutes),
          edge(startMinute + Math.min(cutMinute, lengthMinutes)),
        ]
        fc.pre(fromS < toS)
        const gather = (from: number, to: number, by: Interval = interval) => {
          const [first, last] = [formatLocal(zone.toLocalS(from)), formatLocal(zone.toLocalS(to) - 60)]
          return gatherFacts(plant.db, model, scopeOf(model, first.slice(0, 16), last.slice(0, 16), now, { interval: by }), {
            needs: { previous: false, status: false },
          })
        }
        const whole = await gather(fromS, toS)

        const sum = (counts: readonly number[]): number => counts.reduce((total, count) => total + count, 0)
        assert.equal(sum(whole.series.flow.salida), whole.kpi.totalProduction)
        assert.equal(sum([...whole.series.outputByProduct.values()].map(sum)), whole.kpi.totalProduction)
        assert.equal(sum(whole.products.map(({ count }) => count)), whole.kpi.totalProduction)
        assert.equal(sum(whole.areas.map(({ count }) => count)), whole.summary.totalDetections)

        // the same stops as cut from everything that ever happened
        const ever = await gather(startS - 30 * 86_400, startS + 4 * 86_400, 'day')
        const cut = (facts: Facts, range: Span) =>
          facts.stops.flatMap((stop) => intersect([stop.span], [range]).map((span) => ({ ...span, source: stop.eventId ?? 'calculated' })))
        assert.deepEqual(sortSpans(cut(whole, { fromS, toS })), sortSpans(cut(ever, { fromS, toS })))

        if (cutS > fromS && cutS < toS) {
          const [left, right] = [await gather(fromS, cutS), await gather(cutS, toS)]
          const length = (facts: Facts) => totalS(facts.stops.map((stop) => stop.span))
          assert.equal(length(left) + length(right), length(whole))
          assert.equal(left.kpi.time.unplannedDowntimeS + right.kpi.time.unplannedDowntimeS, whole.kpi.time.unplannedDowntimeS)
          assert.equal(left.kpi.time.plannedBusyTimeS + right.kpi.time.plannedBusyTimeS, whole.kpi.time.plannedBusyTimeS)
          assert.equal(left.kpi.totalProduction + right.kpi.totalProduction, whole.kpi.totalProduction)
        }
      },
    ),
    { numRuns: Number(process.env.ANDON_TEST_RUNS ?? 100) },
  )
})

const sortSpans = <Item extends Span>(spans: readonly Item[]): Item[] =>
  [...spans].sort((a, b) => a.fromS - b.fromS || a.toS - b.toS || JSON.stringify(a).localeCompare(JSON.stringify(b)))
