/** The answer to one question of plant-a, put together from what the HTTP API says, in the shape of expected.json. */
import { cappedPercent, percent } from '../../src/plant/kpi/index.ts'
import { formatLocal, parseLocal } from '../../src/platform/time/index.ts'

// biome-ignore lint/suspicious/noExplicitAny: the test compares these answers field by field
type Json = any
export type ApiAnswers = { readonly dashboard: Json; readonly summary: Json; readonly series: Json; readonly stops: Json }

const points = (ratio: number | null): number | null => (ratio === null ? null : ratio * 100)
const spaced = (local: string | null): string | null => local?.replace('T', ' ') ?? null

/** `YYYY-MM-DD HH:MM:SS` of the period's edges; the last minute of the period is inside it. */
const edge = (date: string, time: string, plusS: number): string => formatLocal((parseLocal(`${date} ${time}`) ?? Number.NaN) + plusS)

export function answerOfApi({ dashboard, summary, series, stops }: ApiAnswers): Record<string, unknown> {
  const { metadata } = dashboard
  const data = dataByClass(dashboard)
  return {
    ok: true,
    scope: {
      line_ids: metadata.lines_queried,
      from: edge(metadata.period.start, metadata.period.start_time, 0),
      to: edge(metadata.period.end, metadata.period.end_time, 60),
      shift_id: metadata.filters.shift_id ?? null,
      interval: metadata.interval,
      threshold_override: metadata.filters.downtime_threshold ?? null,
      is_multi_line: metadata.is_multi_line,
    },
    kpi: kpiOf(data, summary),
    summary: {
      ...data.MetricsSummary,
      first_detection: spaced(data.MetricsSummary.first_detection),
      last_detection: spaced(data.MetricsSummary.last_detection),
    },
    lines: Object.fromEntries(summary.lines.map((line: Json) => [String(line.line_id), lineOf(line)])),
    buckets: series.bucket_starts.map((start: string) => start.replace('T', ' ').slice(0, 16)),
    series: Object.fromEntries(series.series.map((one: Json) => [String(one.product_id), one.data])),
    ranking: (data.ProductRanking?.rows ?? []).map(({ stored_color, product_color: _, ...row }: Json) => ({
      ...row,
      product_color: stored_color ?? '#888888',
    })),
    areas: (data.AreaDetectionChart?.areas ?? []).map(({ line_name: _, ...area }: Json) => area),
    flow: series.flow,
    stops: stops.items.map(stopOf),
  }
}

/** Data of the dashboard's widgets by class; null where the widget is empty or shows a notice. */
export const dataByClass = (dashboard: Json): Record<string, Json> =>
  Object.fromEntries(Object.values(dashboard.widgets).map((widget: Json) => [widget.metadata.class_name, widget.data]))

function kpiOf(data: Record<string, Json>, summary: Json): Record<string, unknown> {
  const { KpiOee: oee, KpiAvailability: availability, KpiPerformance: performance, KpiQuality: quality } = data
  const { KpiWeightEfficiency: weight, KpiTotalProduction: production, KpiTotalWeight: kg, KpiTotalDowntime: downtime } = data
  const { inputs } = oee
  return {
    oee: { value: oee.value, raw: oee.raw, unrounded: points(oee.ratio), quality_assumed: oee.quality_assumed, trend: oee.trend },
    availability: { value: availability.value, unrounded: points(availability.ratio), trend: availability.trend },
    performance: {
      value: performance.value,
      raw: performance.raw,
      unrounded: points(performance.ratio),
      rated_speed_exceeded: performance.rated_speed_exceeded,
      trend: performance.trend,
    },
    quality: {
      value: quality.value,
      unrounded: points(quality.ratio),
      good: quality.good,
      processed: quality.processed,
      trend: quality.trend,
    },
    utilisation: { value: oee.utilisation, unrounded: points(oee.ratios.utilisation) },
    scheduled_seconds: inputs.scheduled_seconds,
    planned_stop_seconds: inputs.planned_stop_seconds,
    pbt_seconds: inputs.planned_busy_time_seconds,
    apt_seconds: inputs.actual_production_time_seconds,
    downtime_seconds: inputs.downtime_seconds,
    mtbf_seconds: availability.mtbf_seconds,
    mttr_seconds: availability.mttr_seconds,
    total_production: { value: production.value, trend: production.trend },
    total_weight_kg: { value: kg.value, trend: kg.trend },
    // With several lines the card is a notice; the figure is in the summary.
    total_downtime: downtime
      ? { value: downtime.value, total_minutes: downtime.total_minutes, trend: downtime.trend }
      : { ...summary.downtime.count, total_minutes: summary.downtime.total_minutes },
    weight_efficiency: {
      value: weight.value,
      unrounded: points(weight.ratio),
      actual_weight_kg: weight.actual_weight_kg,
      theoretical_weight_kg: weight.theoretical_weight_kg,
    },
  }
}

function lineOf(line: Json): Record<string, unknown> {
  const shown = (ratio: number | null) => ({ value: percent(ratio), unrounded: points(ratio) })
  return {
    line_name: line.line_name,
    threshold_seconds: line.threshold_seconds,
    scheduled_seconds: line.scheduled_seconds,
    planned_stop_seconds: line.planned_stop_seconds,
    pbt_seconds: line.planned_busy_time_seconds,
    downtime_seconds: line.downtime_seconds,
    apt_seconds: line.actual_production_time_seconds,
    stop_count: line.stop_count,
    mtbf_seconds: line.mtbf_seconds,
    mttr_seconds: line.mttr_seconds,
    availability: shown(line.availability),
    performance_raw: shown(line.effectiveness),
    quality: shown(line.quality_ratio),
    oee_raw: shown(line.oee_index),
    good_in_plan: line.good_quantity,
    processed_in_plan: line.processed_quantity,
    input_in_plan: line.input_quantity,
    scrap_in_plan: line.scrap_quantity,
    quality_basis: line.quality_basis,
    ideal_minutes: line.ideal_minutes,
    unaccounted: line.unaccounted_quantity,
    unplanned_production: line.unplanned_production,
    counts: line.counts,
    status_now: line.status,
    last_detection: spaced(line.last_detection),
    minutes_since_last: line.minutes_since_last,
  }
}

function stopOf(stop: Json): Record<string, unknown> {
  return {
    line_id: stop.line_id,
    event_id: stop.event_id,
    source: stop.source,
    planned: stop.is_planned,
    start: spaced(stop.start_time),
    end: spaced(stop.end_time),
    start_epoch: stop.start_epoch,
    end_epoch: stop.end_epoch,
    duration_seconds: stop.duration,
    counted_seconds: stop.counted_seconds,
    full_seconds: stop.full_seconds,
    category: stop.category,
    visual_type: stop.visual_type,
    ...(stop.recorded_start !== null && {
      recorded_start: spaced(stop.recorded_start),
      recorded_end: spaced(stop.recorded_end),
      reason_code: stop.reason_code,
      reason_text: stop.reason,
      label: stop.label,
      failure_type: stop.failure_type,
      failure_desc: stop.failure_desc,
      incident_code: stop.incident_code,
      incident_desc: stop.incident_desc,
    }),
  }
}

/** Figures that one answer states in several places; empty when they agree. */
export function contradictions({ dashboard, summary, series, stops }: ApiAnswers): string[] {
  const data = dataByClass(dashboard)
  const faults: string[] = []
  const same = (what: string, a: unknown, b: unknown): void => {
    if (JSON.stringify(a) !== JSON.stringify(b)) faults.push(`${what}: ${JSON.stringify(a)} ≠ ${JSON.stringify(b)}`)
  }
  const chart = data.ProductionTimeChart
  if (chart !== null) {
    same('chart axis', chart.bucket_starts, series.bucket_starts)
    const byProduct = (list: Json[]) => Object.fromEntries(list.map((one) => [one.product_id, one.data]))
    same('chart series', byProduct(chart.datasets), byProduct(series.series))
  }
  const flow = data.EntryOutputCompareChart
  if (flow !== null) {
    for (const one of flow.datasets) same(one.key, one.data, series.flow[one.key])
    same('flow total', flow.summary, series.flow.summary)
  }
  same('summary card', data.MetricsSummary, summary.summary)
  same('production', data.KpiTotalProduction.value, summary.production.total_count.value)
  same('OEE', [data.KpiOee.ratio, data.KpiOee.value], [summary.oee.oee.ratio, summary.oee.oee.value])
  same('shown performance', data.KpiOee.performance, cappedPercent(data.KpiPerformance.ratio))
  same('stops', dashboard.metadata.total_downtime_events, stops.items.length)
  if (data.DowntimeTable !== null) same('stops table', data.DowntimeTable.rows.length, stops.items.length)
  const status = Object.fromEntries(
    data.LineStatusIndicator.lines.map((line: Json) => [line.line_id, [line.status, line.last_detection, line.detection_count]]),
  )
  same(
    'line status',
    status,
    Object.fromEntries(summary.lines.map((line: Json) => [line.line_id, [line.status, line.last_detection, line.counts.total]])),
  )
  return faults
}
