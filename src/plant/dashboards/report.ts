/** What a document of the dashboard says: the widgets' own answers, worded by the page's own functions, so that no figure of a file can differ from the
 *  page's. Holds what the question answers, whatever the layout places: a layout decides how a screen is filled, not what a report is made of. Pure. */
import type { Language } from '../../platform/i18n/index.ts'
import { type Asked, aboutAnswer } from './ask.ts'
import { amount, kpiText, minutesText, percentText } from './views/amounts.ts'
import type { ChartPayload } from './views/chart-payload.ts'
import { formulas } from './views/formulas.ts'
import { trendOf } from './views/kpi-views.ts'
import { words } from './views/model.ts'
import { barsPayload, comparePayload, partsPayload, timePayload } from './views/payloads.ts'
import { linesText, rangeText, scopeText } from './views/scope-text.ts'
import { areaDetectionChart } from './widgets/area-detection-chart.ts'
import type {
  AreaDetectionChartData,
  DowntimeRow,
  DowntimeTableData,
  EntryOutputCompareChartData,
  MetricsSummaryData,
  ProductDistributionChartData,
  ProductionTimeChartData,
} from './widgets/data.ts'
import { downtimeRow } from './widgets/downtime-rows.ts'
import { downtimeTable } from './widgets/downtime-table.ts'
import { entryOutputCompareChart } from './widgets/entry-output-compare-chart.ts'
import { kpiAvailability } from './widgets/kpi-availability.ts'
import type { KpiInputs, KpiOeeData, KpiTotalDowntimeData, Reason } from './widgets/kpi-data.ts'
import { kpiOee } from './widgets/kpi-oee.ts'
import { kpiPerformance } from './widgets/kpi-performance.ts'
import { kpiQuality } from './widgets/kpi-quality.ts'
import { kpiRejectedRate } from './widgets/kpi-rejected-rate.ts'
import { kpiTotalDowntime } from './widgets/kpi-total-downtime.ts'
import { kpiTotalProduction } from './widgets/kpi-total-production.ts'
import { kpiTotalWeight } from './widgets/kpi-total-weight.ts'
import { kpiWeightEfficiency } from './widgets/kpi-weight-efficiency.ts'
import { metricsSummary } from './widgets/metrics-summary.ts'
import { productDistributionChart } from './widgets/product-distribution-chart.ts'
import { productionTimeChart } from './widgets/production-time-chart.ts'
import { lineNames } from './widgets/stop-words.ts'
import type { Widget, WidgetInput } from './widgets/widget.ts'

export type ReportKpi = {
  readonly className: string
  readonly name: string
  /** As the page shows it: rounded, capped. */
  readonly value: number | null
  readonly unit: string
  /** The same in words, without unit; "—" when null. */
  readonly text: string
  /** Why it is null. */
  readonly reason: string
  /** Unrounded, 0…; null for counts. */
  readonly ratio: number | null
  readonly trend: number | null
  readonly trendText: string
  readonly mood: 'good' | 'bad' | 'neutral'
  /** What it was made from, with the numbers of this answer. */
  readonly inputs: string
  readonly definition: string
}

/** Null = empty, as on the page. */
export type ReportPart<Data> = {
  readonly title: string
  readonly definition: string
  readonly data: Data | null
  readonly payload: ChartPayload | null
}

export type DashboardReport = {
  readonly lines: string
  readonly range: string
  readonly about: readonly (readonly [string, string])[]
  readonly kpis: readonly ReportKpi[]
  readonly time: ReportPart<ProductionTimeChartData>
  readonly distribution: ReportPart<ProductDistributionChartData>
  readonly flow: ReportPart<EntryOutputCompareChartData>
  readonly areas: ReportPart<AreaDetectionChartData>
  readonly stops: { readonly title: string; readonly definition: string; readonly data: DowntimeTableData }
  readonly summary: MetricsSummaryData
  readonly inputs: KpiInputs
  /** What weakens the figures: an assumed quality, a rated speed that was exceeded. */
  readonly flags: readonly string[]
  /** What is left out. */
  readonly notes: readonly string[]
  readonly warnings: readonly string[]
  readonly emptyText: string
}

const kpis: readonly Widget[] = [
  kpiOee,
  kpiAvailability,
  kpiPerformance,
  kpiQuality,
  kpiRejectedRate,
  kpiTotalProduction,
  kpiTotalWeight,
  kpiWeightEfficiency,
  kpiTotalDowntime,
]

type KpiData = {
  readonly value: number | null
  readonly unit: string
  readonly trend: number | null
  readonly ratio?: number | null
  readonly reason?: Reason | null
}

/** `asked` with its preceding range, so that trends are those of the page. */
export function reportOf(asked: Asked, language: Language): DashboardReport {
  const { scope, facts, model } = asked
  const t = words(language)
  const input: WidgetInput = { facts, scope, model, language, config: {} }
  const shiftName = model.shifts.find(({ shiftId }) => shiftId === scope.shiftId)?.shiftName ?? null
  const part = <Data>(widget: Widget<Data>, payloadOf: (data: Data) => ChartPayload): ReportPart<Data> => {
    const data = widget.compute(input)
    return {
      title: widget.displayName[language],
      definition: widget.explanation[language],
      data,
      payload: data === null ? null : payloadOf(data),
    }
  }
  const oee = kpiOee.compute(input)
  return {
    lines: linesText({ scope }, language),
    range: rangeText({ scope }, language),
    about: scopeText({ scope, shiftName }, language),
    kpis: kpis.map((widget) => reportKpi(widget, input)),
    time: part(productionTimeChart, (data) => timePayload(data, language)),
    distribution: part(productDistributionChart, (data) => partsPayload(data, language)),
    flow: part(entryOutputCompareChart, comparePayload),
    areas: part(areaDetectionChart, (data) => barsPayload(data, language)),
    stops: {
      title: downtimeTable.displayName[language],
      definition: downtimeTable.explanation[language],
      data: downtimeTable.compute(input),
    },
    summary: metricsSummary.compute(input),
    inputs: oee.inputs,
    flags: flagsOf(oee, language),
    notes: notesOf(oee.inputs, language),
    warnings: aboutAnswer(asked, language).warnings,
    emptyText:
      facts.summary.totalDetections === 0
        ? t('empty.no_detections')
        : t('empty.no_output', { count: amount(facts.summary.totalDetections, language) }),
  }
}

/** The newest `most` stops, newest first: a spreadsheet holds more of them than a page. */
export function reportStops({ facts, model }: Asked, language: Language, most: number): DowntimeRow[] {
  const names = lineNames(model)
  return facts.stops
    .slice(-most)
    .toReversed()
    .map((stop) => downtimeRow(stop, names.get(stop.lineId) ?? '', language))
}

function reportKpi(widget: Widget, input: WidgetInput): ReportKpi {
  const { language, scope } = input
  const data = widget.compute(input) as KpiData
  const trend = trendOf({ language, board: { scope } }, widget.className, data.trend, data.unit)
  return {
    className: widget.className,
    name: widget.displayName[language],
    value: data.value,
    unit: data.unit,
    text: kpiText(data.value, data.unit, language) ?? '—',
    reason: data.value === null ? (data.reason?.text ?? '') : '',
    ratio: data.ratio ?? null,
    trend: data.trend,
    trendText: trend ? `${trend.text} ${trend.note}` : '',
    mood: trend?.mood ?? 'neutral',
    inputs: inputsText(widget.className, data, language),
    definition: widget.explanation[language],
  }
}

function inputsText(className: string, data: KpiData, language: Language): string {
  if (className === 'KpiTotalDowntime')
    return words(language)('kpi.stop_time', { value: minutesText((data as KpiData & KpiTotalDowntimeData).total_minutes, language) })
  if (data.value === null) return ''
  // of the OEE the product alone: its factors have rows of their own
  const own = formulas(className, data, language).at(-1)
  return own ? `${own.parts} = ${own.result}` : ''
}

function flagsOf({ quality_assumed, value, rated_speed_exceeded, ratios }: KpiOeeData, language: Language): string[] {
  const t = words(language)
  return [
    ...(quality_assumed && value !== null ? [t('kpi.quality_assumed')] : []),
    ...(rated_speed_exceeded && ratios.effectiveness !== null
      ? [t('kpi.speed_exceeded', { raw: percentText(ratios.effectiveness * 100, language) })]
      : []),
  ]
}

/** As "how is this computed?" says it. */
function notesOf(inputs: KpiInputs, language: Language): string[] {
  const t = words(language)
  const unplanned = inputs.lines.reduce((sum, line) => sum + line.unplanned_production, 0)
  const unaccounted = inputs.lines.reduce((sum, line) => sum + (line.unaccounted_quantity ?? 0), 0)
  return [
    t('how.excluded.future'),
    t('how.excluded.filters'),
    ...(unplanned > 0 ? [t('how.excluded.unplanned', { value: amount(unplanned, language) })] : []),
    ...(unaccounted !== 0 ? [t('how.unaccounted', { value: amount(unaccounted, language) })] : []),
  ]
}
