import assert from 'node:assert/strict'
import { test } from 'node:test'
import { computeKpis, type KpiInput } from '../kpi/index.ts'
import { type ComparedFacts, changeOf, changesOf, comparedOf, compareProducts, deltasOf, moodOf } from './compare.ts'
import { figureRows, quantityChange } from './texts.ts'

const time = (plannedBusyTimeS: number, unplannedDowntimeS: number, stopCount: number): KpiInput['time'] => ({
  scheduledS: plannedBusyTimeS,
  plannedStopS: 0,
  plannedBusyTimeS,
  unplannedDowntimeS,
  actualProductionTimeS: plannedBusyTimeS - unplannedDowntimeS,
  stopCount,
})

const line = (plannedS: number, stoppedS: number, pieces: number, stops = 1): KpiInput => ({
  time: time(plannedS, stoppedS, stops),
  elapsedS: plannedS,
  quantities: {
    goodQuantity: pieces,
    processedQuantity: pieces,
    inputQuantity: 0,
    scrapQuantity: 0,
    qualityBasis: null,
    unaccountedQuantity: null,
    unplannedProduction: 0,
    idealMinutes: null,
    outputWeightCentikg: 0,
    theoreticalWeightCentikg: null,
  },
  totalProduction: pieces,
  totalWeightCentikg: pieces * 100,
})

const facts = (...lines: KpiInput[]): ComparedFacts => {
  const kpi = computeKpis(lines)
  return { kpi, downtime: { stopCount: kpi.time.stopCount, downtimeS: kpi.time.unplannedDowntimeS } }
}

test('PL-TODO-31 what is compared is a ratio of sums over the lines, never a mean of their percentages', () => {
  // one line of an hour that stood half of it, one of nine hours that never did: 95 %, not 75 %
  const compared = comparedOf(facts(line(3_600, 1_800, 10), line(32_400, 0, 90)))
  assert.equal(compared.availability, 95)
  assert.equal(compared.production_per_planned_hour, 10)
})

test('PL-TODO-31 differences are of what is not rounded, in points; without a figure on either side there is none', () => {
  const [a, b] = [facts(line(3_000, 1, 10)), facts(line(3_000, 3, 12))]
  assert.deepEqual([comparedOf(a).availability, comparedOf(b).availability, deltasOf(a, b).availability], [100, 99.9, 0.1])
  const none = facts(line(0, 0, 0, 0))
  assert.deepEqual([comparedOf(none).availability, deltasOf(a, none).availability, deltasOf(none, a).mtbf_seconds], [null, null, null])
})

test('PL-TODO-31 a difference is rounded once: 1.045 s more are 1.0, not 1.1', () => {
  // 45 s and 22 s over 22 stops each
  const [a, b] = [facts(line(3_600, 45, 10, 22)), facts(line(3_600, 22, 10, 22))]
  assert.equal(deltasOf(a, b).mttr_seconds, 1)
})

test('PL-TODO-31 a quantity changes by a share of the other period; from nothing there is no share', () => {
  assert.equal(changeOf(75, 100), -0.25)
  assert.equal(changeOf(5, 0), null)
  assert.equal(changeOf(null, 5), null)
  const changes = changesOf(comparedOf(facts(line(3_600, 0, 120))), comparedOf(facts(line(3_600, 0, 100))))
  assert.deepEqual([changes.total_production, changes.availability], [0.2, null])
  assert.equal(quantityChange(5, 0, 'more', 'es').change, 'antes no había')
  assert.equal(quantityChange(0, 0, 'more', 'es').change, '')
})

for (const [key, delta, mood] of [
  ['oee', 1, 'good'],
  ['oee', -1, 'bad'],
  ['downtime_seconds', 60, 'bad'],
  ['downtime_count', -2, 'good'],
  ['mttr_seconds', -2, 'good'],
  ['planned_busy_time_seconds', 60, 'neutral'],
  ['quality', 0, 'neutral'],
  ['quality', null, 'neutral'],
] as const)
  test(`PL-TODO-31 ${key} ${delta === null ? 'without figure' : `by ${delta}`} is ${mood} news`, () =>
    assert.equal(moodOf(key, delta), mood))

test('PL-TODO-31 rows say in words what they have, and "—" with a reason where they have nothing', () => {
  const [a, b] = [facts(line(36_000, 3_600, 1_234)), facts(line(36_000, 7_200, 1_000))]
  const figures = {
    current: comparedOf(a),
    previous: comparedOf(b),
    deltas: deltasOf(a, b),
    changes: changesOf(comparedOf(a), comparedOf(b)),
  }
  const rows = new Map(figureRows(figures, 'es').map((row) => [row.key, row]))
  const texts = (key: 'availability' | 'total_production' | 'downtime_seconds' | 'quality') => {
    const row = rows.get(key)
    return row && [row.current, row.previous, row.delta, row.change, row.mood]
  }
  assert.deepEqual(texts('availability'), ['90,0 %', '80,0 %', '+10 pts', '', 'good'])
  assert.deepEqual(texts('total_production'), ['1.234 u', '1.000 u', '+234 u', '+23,4%', 'good'])
  assert.deepEqual(texts('downtime_seconds'), ['1 h 00 min 00 s', '2 h 00 min 00 s', '−1 h 00 min 00 s', '−50,0%', 'good'])
  assert.deepEqual(texts('quality'), ['—', '—', 'Sin dato en uno de los períodos', '', 'neutral'])
})

test('PL-TODO-31 products of either period are compared, also those that only one made', () => {
  const product = (productId: number, count: number) => ({
    productId,
    productName: `P${productId}`,
    productCode: '',
    productColor: null,
    weightCentikg: 0,
    count,
  })
  assert.deepEqual(
    compareProducts([product(1, 5), product(2, 9)], [product(3, 4), product(1, 6)]).map(({ productId, current, previous }) => [
      productId,
      current,
      previous,
    ]),
    [
      [2, 9, 0],
      [1, 5, 6],
      [3, 0, 4],
    ],
  )
})
