import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { TSchema } from 'typebox'
import { Check, Errors } from 'typebox/value'
import { parseLocal } from '../../../platform/time/index.ts'
import { ClockHealthSchema } from '../../clock-health/index.ts'
import { areaDetectionChart } from './area-detection-chart.ts'
import { displayColor, withAlpha } from './colors.ts'
import * as data from './data.ts'
import { downtimeTable } from './downtime-table.ts'
import { entryOutputCompareChart } from './entry-output-compare-chart.ts'
import { eventFeed } from './event-feed.ts'
import { kpiAvailability } from './kpi-availability.ts'
import * as kpiData from './kpi-data.ts'
import { kpiOee } from './kpi-oee.ts'
import { kpiPerformance } from './kpi-performance.ts'
import { kpiQuality } from './kpi-quality.ts'
import { kpiRejectedRate } from './kpi-rejected-rate.ts'
import { kpiTotalDowntime } from './kpi-total-downtime.ts'
import { kpiTotalProduction } from './kpi-total-production.ts'
import { kpiTotalWeight } from './kpi-total-weight.ts'
import { kpiWeightEfficiency } from './kpi-weight-efficiency.ts'
import { lineStatusIndicator } from './line-status-indicator.ts'
import { bucketLabels } from './local-time.ts'
import { at, madeFacts, madeInput, madeLine, madeRecorded, madeStop } from './made-facts.ts'
import { metricsSummary } from './metrics-summary.ts'
import { productDistributionChart } from './product-distribution-chart.ts'
import { productRanking } from './product-ranking.ts'
import { productLabels } from './product-series.ts'
import { productionTimeChart } from './production-time-chart.ts'
import { type WidgetClass, widgets } from './registry.ts'
import { scatterChart } from './scatter-chart.ts'

const schemas: Readonly<Record<WidgetClass, TSchema>> = {
  KpiOee: kpiData.KpiOeeSchema,
  KpiAvailability: kpiData.KpiAvailabilitySchema,
  KpiPerformance: kpiData.KpiPerformanceSchema,
  KpiQuality: kpiData.KpiQualitySchema,
  ProductionTimeChart: data.ProductionTimeChartSchema,
  ProductDistributionChart: data.ProductDistributionChartSchema,
  ProductRanking: data.ProductRankingSchema,
  KpiTotalProduction: kpiData.KpiCountSchema,
  KpiTotalWeight: kpiData.KpiCountSchema,
  KpiTotalDowntime: kpiData.KpiTotalDowntimeSchema,
  LineStatusIndicator: data.LineStatusIndicatorSchema,
  AreaDetectionChart: data.AreaDetectionChartSchema,
  EntryOutputCompareChart: data.EntryOutputCompareChartSchema,
  ScatterChart: data.ScatterChartSchema,
  DowntimeTable: data.DowntimeTableSchema,
  MetricsSummary: data.MetricsSummarySchema,
  EventFeed: data.EventFeedSchema,
  KpiWeightEfficiency: kpiData.KpiWeightEfficiencySchema,
  KpiRejectedRate: kpiData.KpiRejectedRateSchema,
  ClockHealth: ClockHealthSchema,
  ExternalSource: data.ExternalSourceSchema,
}

const noKpi = {
  ...madeFacts([madeLine(1, 'x')]).kpi,
  availability: null,
  effectiveness: null,
  qualityRatio: null,
  oeeIndex: null,
  weightEfficiency: null,
  mtbfS: null,
  mttrS: null,
  idealMinutes: null,
  time: { scheduledS: 0, plannedStopS: 0, plannedBusyTimeS: 0, unplannedDowntimeS: 0, actualProductionTimeS: 0, stopCount: 0 },
}

const nothing = {
  kpi: { ...noKpi, totalProduction: 0, totalWeightCentikg: 0, goodQuantity: 0, processedQuantity: 0 },
  stops: [],
  products: [],
  areas: [],
  recentDetections: [],
  previous: null,
  newestDetectionLocalS: null,
  downtime: { stopCount: 0, downtimeS: 0 },
  summary: {
    totalDetections: 0,
    outputCount: 0,
    totalWeightCentikg: 0,
    uniqueProducts: 0,
    spanS: 0,
    firstDetectionLocalS: null,
    lastDetectionLocalS: null,
  },
  series: {
    bucketStartsLocalS: ['06:00', '07:00'].map(at),
    outputByProduct: new Map(),
    flow: { entrada: [0, 0], salida: [0, 0], descarte: [0, 0], total: { entrada: 0, salida: 0, descarte: 0 } },
  },
}

for (const [className, widget] of Object.entries(widgets)) {
  const schema = schemas[className as WidgetClass]
  test(`PL-39 ${className} gives its documented shape with one line, with two, and without data`, () => {
    for (const input of [madeInput(), madeInput({ lineCount: 2, language: 'en' }), madeInput({ facts: nothing })]) {
      const made = widget.compute(input)
      if (made === null) assert.ok(!widget.render.startsWith('kpi'), 'a KPI is never empty')
      else assert.deepEqual(Check(schema, made) ? [] : Errors(schema, made), [])
      assert.equal(widget.className, className)
    }
  })
}

test('PL-41 charts and lists are empty without data, KPIs answer 0 or null', () => {
  const empty = Object.entries(widgets)
    .filter(([, widget]) => widget.compute(madeInput({ facts: nothing })) === null)
    .map(([className]) => className)
  assert.deepEqual(empty, [
    'ProductionTimeChart',
    'ProductDistributionChart',
    'ProductRanking',
    'AreaDetectionChart',
    'EntryOutputCompareChart',
    'ScatterChart',
    'EventFeed',
  ])
  assert.equal(kpiTotalProduction.compute(madeInput({ facts: nothing })).value, 0)
})

test('PL-53 OEE shows at most 100, keeps the uncapped value beside it, and its ratio is unrounded', () => {
  const made = kpiOee.compute(madeInput())
  assert.deepEqual([made.value, made.raw, made.ratio], [100, 102.6, 1.026])
  assert.deepEqual([made.availability, made.performance, made.quality], [90, 100, 95])
  assert.deepEqual([made.scheduled_minutes, made.downtime_minutes, made.rated_speed_exceeded], [240, 24, true])
})

test('PL-53 every ratio can be recomputed by hand from the inputs it comes with', () => {
  const { inputs, ratios } = kpiOee.compute(madeInput())
  assert.equal(inputs.actual_production_time_seconds / inputs.planned_busy_time_seconds, ratios.availability)
  assert.equal(((inputs.ideal_minutes ?? 0) * 60) / inputs.rated_production_time_seconds, ratios.effectiveness)
  assert.equal(inputs.good_quantity / inputs.processed_quantity, ratios.quality_ratio)
  assert.deepEqual(
    inputs.lines.map((line) => [line.line_id, line.planned_busy_time_seconds - line.downtime_seconds, line.good_quantity]),
    [[1, 12_960, 95]],
  )
})

test('PL-51 performance above its rated speed shows 100, with the real figure in raw and a flag', () => {
  const made = kpiPerformance.compute(madeInput())
  assert.deepEqual([made.value, made.raw, made.rated_speed_exceeded], [100, 120, true])
})

const kpi = madeInput().facts.kpi
for (const c of [
  { name: 'no planned time', kpi: noKpi, codes: ['no_planned_time', 'no_planned_time', 'no_planned_time'] },
  {
    name: 'a stop that covers all planned time: availability 0 and OEE 0, performance unknown',
    kpi: { ...kpi, availability: 0, effectiveness: null, oeeIndex: 0, time: { ...kpi.time, actualProductionTimeS: 0 } },
    codes: [null, null, 'no_production_time'],
  },
  {
    name: 'no rated speed',
    kpi: { ...kpi, effectiveness: null, oeeIndex: null, idealMinutes: null },
    codes: ['no_ideal', null, 'no_ideal'],
  },
]) {
  test(`PL-56 null comes with its reason: ${c.name}`, () => {
    const input = madeInput({ facts: { kpi: c.kpi } })
    const made = [kpiOee, kpiAvailability, kpiPerformance].map((widget) => widget.compute(input))
    assert.deepEqual(
      made.map(({ reason }) => reason?.code ?? null),
      c.codes,
    )
    for (const { value, reason } of made) assert.equal(value === null, reason !== null && reason.text.length > 0)
  })
}

test('PL-52 PL-56 quality is null, not 100, where scrap cannot be known, and says why', () => {
  const [line] = madeInput().facts.lines
  assert.ok(line)
  const blind = { ...line, quantities: { ...line.quantities, qualityBasis: null } }
  const unknown = kpiQuality.compute(madeInput({ facts: { kpi: { ...kpi, qualityRatio: null }, lines: [blind] } }))
  assert.deepEqual([unknown.value, unknown.ratio, unknown.reason?.code, unknown.basis], [null, null, 'quality_unknown', null])
  const idle = kpiQuality.compute(madeInput({ facts: { kpi: { ...kpi, qualityRatio: null } } }))
  assert.deepEqual([idle.reason?.code, idle.basis], ['nothing_processed', 'input_output'])
})

test('PL-52 the reject rate needs a scrap area', () => {
  assert.equal(kpiRejectedRate.compute(madeInput()).reason?.code, 'no_scrap_area')
  const made = kpiRejectedRate.compute(madeInput({ facts: { kpi: { ...kpi, rejectedRatio: 0.02225, scrapQuantity: 29 } } }))
  assert.deepEqual([made.value, made.rejected, made.reason], [2.2, 29, null])
})

test('PL-55 trends are differences of unrounded values against the preceding range, null without one', () => {
  const input = madeInput()
  assert.equal(kpiAvailability.compute(input).trend, 4.6)
  assert.equal(kpiOee.compute(input).trend, null, 'the preceding range has no OEE')
  assert.equal(kpiTotalProduction.compute(input).trend, -5)
  assert.equal(kpiTotalWeight.compute(input).trend, -125.01)
  assert.equal(kpiTotalDowntime.compute(input).trend, -3)
  const first = madeInput({ facts: { previous: null } })
  for (const widget of [kpiAvailability, kpiOee, kpiTotalProduction, kpiTotalWeight, kpiTotalDowntime, kpiWeightEfficiency])
    assert.equal(widget.compute(first).trend, null)
})

test('PL-44 the time chart adds up to the products’ totals and lists each product once, by name', () => {
  const made = productionTimeChart.compute(madeInput())
  assert.ok(made)
  assert.deepEqual(made.labels, ['08/10 06:00', '08/10 07:00', '08/10 08:00', '08/10 09:00'])
  assert.equal(made.bucket_starts[1], '2026-10-08T07:00:00')
  assert.deepEqual(
    made.datasets.map(({ label, data }) => [label, data.reduce((a, b) => a + b)]),
    [
      ['Cal (CAL-1)', 60],
      ['Cal (CAL-2)', 30],
      ['Desconocido', 5],
    ],
  )
  assert.deepEqual(made.class_details['08/10 09:00'], { 'Cal (CAL-1)': 30, Desconocido: 5 })
})

test('PL-42 the stop overlay sits in the buckets that contain it, and only with one line', () => {
  const made = productionTimeChart.compute(madeInput({ facts: { stops: [madeStop(1, '07:30', '08:00'), madeStop(1, '08:00', '09:10')] } }))
  assert.deepEqual(
    made?.downtime_events.map(({ xMin, xMax, start_time, end_time, duration_min }) => [xMin, xMax, start_time, end_time, duration_min]),
    [
      [1, 1, '07:30', '08:00', 30],
      [2, 3, '08:00', '09:10', 70],
    ],
  )
  assert.equal(made?.show_downtime, true)
  const several = productionTimeChart.compute(madeInput({ lineCount: 2 }))
  assert.deepEqual([several?.downtime_events, several?.show_downtime], [[], false])
})

for (const { interval, start, places } of [
  { interval: 'hour', start: '2026-10-08 07:00', places: [0.5, 0.75] },
  { interval: 'day', start: '2026-10-08 00:00', places: [7.5 / 24, 7.75 / 24] },
  { interval: 'week', start: '2026-10-05 00:00', places: [(3 + 7.5 / 24) / 7, (3 + 7.75 / 24) / 7] },
  { interval: 'month', start: '2026-10-01 00:00', places: [(7 + 7.5 / 24) / 31, (7 + 7.75 / 24) / 31] },
] as const)
  test(`PL-42 a stop of a quarter of an hour is as long as that on an axis by ${interval}`, () => {
    const series = { ...madeInput().facts.series, bucketStartsLocalS: [parseLocal(start) ?? 0] }
    const stops = [madeStop(1, '07:30', '07:45')]
    const made = productionTimeChart.compute(madeInput({ facts: { stops, series }, scope: { interval } }))
    assert.deepEqual(
      made?.downtime_events.map(({ from, to }) => [from, to]),
      [places],
    )
  })

test('PL-46 a colour that is no hex colour, and an unknown product, take a palette colour', () => {
  assert.equal(displayColor('#3B82F6', 0), '#3B82F6')
  assert.equal(displayColor('#abc', 0), '#aabbcc')
  for (const stored of ['Rojo', '', null, 'red;}', '#12', 'url(javascript:1)']) assert.match(displayColor(stored, 2), /^#[0-9a-f]{6}$/)
  assert.equal(withAlpha('#3b82f6', 0.08), 'rgba(59, 130, 246, 0.08)')
  const rows = productRanking.compute(madeInput())?.rows ?? []
  assert.deepEqual(
    rows.map(({ product_color, stored_color }) => [product_color, stored_color]),
    [
      ['#22c55e', '#22c55e'],
      ['#ef4444', 'Rojo'],
      ['#f97316', null],
    ],
  )
})

test('PL-24 percentages are of the filtered production and texts of the customer pass untouched', () => {
  const hostile = '<img src=x onerror=alert(1)>'
  const products = [
    { productId: 1, productName: hostile, productCode: '=2+3', productColor: null, weightCentikg: 100, count: 2 },
    { productId: 2, productName: '__proto__', productCode: 'b', productColor: null, weightCentikg: 5, count: 1 },
  ]
  const series = {
    ...madeInput().facts.series,
    outputByProduct: new Map([
      [1, [1, 1, 0, 0]],
      [2, [0, 1, 0, 0]],
    ]),
  }
  const input = madeInput({ facts: { products, series } })
  assert.deepEqual(
    productDistributionChart.compute(input)?.table_rows.map(({ label, pct, weight_kg }) => [label, pct, weight_kg]),
    [
      [hostile, 66.7, 1],
      ['__proto__', 33.3, 0.05],
    ],
  )
  const details = productionTimeChart.compute(input)?.class_details['08/10 07:00'] ?? {}
  assert.deepEqual(Object.keys(details).sort(), [hostile, '__proto__'].sort())
})

test('PL-39 products that share a name, a code, or look like another one still have labels of their own', () => {
  const made = (productId: number, productName: string, productCode: string) => ({
    productId,
    productName,
    productCode,
    productColor: null,
    weightCentikg: 0,
    count: 1,
  })
  const products = [made(1, 'Cal', 'A'), made(2, 'Cal', 'A'), made(3, 'Cal', 'B'), made(4, 'Cal #1', ''), made(5, 'Yeso', 'A')]
  assert.deepEqual(
    [...productLabels(products, 'es')].sort((a, b) => a[0] - b[0]).map(([, label]) => label),
    ['Cal (A) #1', 'Cal #2', 'Cal (B)', 'Cal #1', 'Yeso'],
  )
})

test('PL-45 input and output are compared on their own series; all three keep their sign', () => {
  const made = entryOutputCompareChart.compute(madeInput())
  assert.deepEqual(
    made?.datasets.map(({ key, data }) => [key, data]),
    [
      ['entrada', [12, 30, 21, 37]],
      ['salida', [10, 30, 20, 35]],
      ['descarte', [2, 0, 1, 2]],
    ],
  )
  assert.deepEqual(made?.summary, { entrada: 100, salida: 95, descarte: 5 })
})

test('PL-47 a bucket whose pieces are in transit shows negative scrap, not a false loss', () => {
  const flow = { entrada: [5, 0], salida: [0, 5], descarte: [5, -5], total: { entrada: 5, salida: 5, descarte: 0 } }
  const made = entryOutputCompareChart.compute(madeInput({ facts: { series: { ...madeInput().facts.series, flow } } }))
  assert.deepEqual(made?.datasets[2]?.data, [5, -5])
  assert.equal(made?.summary.descarte, 0)
})

test('PL-39 areas with one name on two lines stay apart', () => {
  const areas = [
    { areaId: 12, areaName: 'Salida', areaType: 'output' as const, lineId: 1, count: 3 },
    { areaId: 22, areaName: 'Salida', areaType: 'output' as const, lineId: 2, count: 1 },
  ]
  const made = areaDetectionChart.compute(madeInput({ lineCount: 2, facts: { areas } }))
  assert.deepEqual(made?.labels, ['Salida · Bolsa25kg', 'Salida · Tecmar 1'])
  assert.deepEqual(made?.datasets[0]?.data, [3, 1])
})

for (const status of ['running', 'stopped', 'idle', 'no_data', 'no_table'] as const) {
  test(`PL-48 a line that is ${status} says so in words`, () => {
    const [line] = madeInput().facts.lines
    assert.ok(line)
    const made = lineStatusIndicator.compute(madeInput({ facts: { lines: [{ ...line, status, minutesSinceLast: 0.0333 }] } }))
    assert.equal(made.lines[0]?.status, status)
    assert.notEqual(made.lines[0]?.status_text, status)
    assert.equal(made.lines[0]?.minutes_since_last, 0)
  })
}

for (const [oeeIndex, level] of [
  [null, null],
  [0.49, 'critical'],
  [0.5, 'warning'],
  [0.8, 'ok'],
] as const) {
  test(`PL-48 an OEE of ${oeeIndex} is ${level}`, () => {
    const [line] = madeInput().facts.lines
    assert.ok(line)
    const made = lineStatusIndicator.compute(madeInput({ facts: { lines: [{ ...line, kpi: { ...line.kpi, oeeIndex } }] } }))
    assert.equal(made.lines[0]?.efficiency_level, level)
  })
}

test('PL-39 the stops table lists newest first, with reason and source; without stops it keeps its columns', () => {
  const made = downtimeTable.compute(madeInput())
  assert.deepEqual(
    made.rows.map(({ tipo, start_time, end_time, duration_min, reason, event_id, editable }) => [
      tipo,
      start_time,
      end_time,
      duration_min,
      reason,
      event_id,
      editable,
    ]),
    [
      ['Registrada', '08-10-2026 08:00', '08-10-2026 08:10', 10, '<b>Atasco</b>', 7, true],
      ['Calculada', '08-10-2026 07:30', '08-10-2026 07:44', 14, 'Sin motivo', null, false],
    ],
  )
  const none = downtimeTable.compute(madeInput({ facts: { stops: [] } }))
  assert.deepEqual([none.rows, none.columns.length], [[], 10])
})

for (const { language, minutes, start } of [
  { language: 'es', minutes: '4,3', start: '08/10/2026 07:30' },
  { language: 'en', minutes: '4.3', start: '2026-10-08 07:30' },
] as const)
  test(`figures and dates inside sentences are written as in ${language}`, () => {
    const input = madeInput({ language, facts: { stops: [madeStop(1, '07:30', '07:34:18')] } })
    assert.ok(eventFeed.compute(input)?.items.some(({ description }) => description.includes(` ${minutes} min (`)))
    const tooltip = scatterChart.compute(input)?.datasets[1]?.data[0]?.tooltip ?? ''
    assert.ok(tooltip.includes(`${start}, ${minutes} min`), tooltip)
  })

test('PL-39 the scatter chart tells recorded stops from detected gaps', () => {
  const stops = [madeStop(1, '07:30', '07:44:15'), madeStop(1, '08:00', '08:10', { source: 'recorded', recorded: madeRecorded(null) })]
  const made = scatterChart.compute(madeInput({ facts: { stops } }))
  assert.deepEqual(
    made?.datasets.map(({ key, data: points }) => [key, points.map(({ x, y }) => [x, y])]),
    [
      ['with_incident', [[8, 10]]],
      ['detected_gap', [[7.5, 14.3]]],
    ],
  )
})

test('PL-39 the summary’s averages: per hour between first and last row, per planned hour, 0 and null without', () => {
  const made = metricsSummary.compute(madeInput())
  assert.deepEqual([made.avg_per_hour, made.rate_per_planned_hour, made.first_detection], [24.4, 23.8, '2026-10-08T06:00:10'])
  const none = metricsSummary.compute(madeInput({ facts: nothing }))
  assert.deepEqual([none.avg_per_hour, none.rate_per_planned_hour, none.hours_span], [0, null, 0])
})

test('PL-39 the feed mixes detections and stops by time, newest first, cut at max_items', () => {
  const made = eventFeed.compute(madeInput())
  assert.deepEqual(
    made?.items.map(({ type, timestamp }) => [type, timestamp.slice(11)]),
    [
      ['detection', '09:53:30'],
      ['downtime', '08:00:00'],
      ['detection', '07:50:00'],
      ['downtime', '07:30:00'],
    ],
  )
  assert.equal(made?.items[2]?.description, 'Desconocido en Desconocida')
  assert.equal(made?.items[1]?.severity, 'medium')
  assert.equal(eventFeed.compute(madeInput({ config: { max_items: 1 } }))?.items.length, 1)
  assert.equal(eventFeed.compute(madeInput({ config: { max_items: -1 } }))?.items.length, 4)
})

const day = (date: string, time = '00:00') => Date.parse(`${date}T${time}:00Z`) / 1000
for (const c of [
  { interval: 'minute', starts: [day('2026-10-08', '23:59')], want: ['23:59'] },
  { interval: 'minute', starts: [day('2026-10-08', '23:59'), day('2026-10-09', '23:59')], want: ['08/10 23:59', '09/10 23:59'] },
  { interval: '15min', starts: [day('2026-10-08', '06:15')], want: ['08/10 06:15'] },
  { interval: 'day', starts: [day('2026-10-08')], want: ['08/10/2026'] },
  { interval: 'week', starts: [day('2026-10-05')], want: ['Sem 05/10'] },
  { interval: 'week', starts: [day('2026-12-28'), day('2027-01-04')], want: ['Sem 28/12/2026', 'Sem 04/01/2027'] },
  { interval: 'month', starts: [day('2026-08-01')], want: ['Ago 2026'] },
] as const) {
  test(`PL-44 labels by ${c.interval}: ${c.want.join(', ')}`, () => assert.deepEqual(bucketLabels(c.starts, c.interval, 'es'), c.want))
}
