/** Facts in the shape of plant-a/expected.json, and the comparison that its README and compare.md ask for. */

import type { Facts, KpiFacts, LineFacts, Stop } from '../../src/plant/facts/index.ts'
import { cappedPercent, difference, percent, ratioOf, roundHalfAway } from '../../src/plant/kpi/index.ts'
import type { Scope } from '../../src/plant/scope/index.ts'
import { formatLocal, type LocalS } from '../../src/platform/time/index.ts'

const points = (ratio: number | null): number | null => (ratio === null ? null : ratio * 100)
const kg = (centikg: number): number => roundHalfAway(centikg / 100, 2)
const minutes = (seconds: number): number => roundHalfAway(seconds / 60, 1)
const bucketLabel = (localS: LocalS): string => formatLocal(localS).slice(0, 16)

type Difference = { readonly at: string; readonly expected: unknown; readonly actual: unknown }

export function answerOf(scope: Scope, facts: Facts): Record<string, unknown> {
  const pbtHours = facts.kpi.time.plannedBusyTimeS / 3600
  const hoursSpan = facts.summary.spanS / 3600
  return {
    ok: true,
    scope: {
      line_ids: scope.lines.map((line) => line.lineId),
      from: formatLocal(scope.fromLocalS),
      to: formatLocal(scope.toLocalS),
      shift_id: scope.shiftId,
      interval: scope.interval,
      threshold_override: scope.thresholdOverrideS,
      is_multi_line: scope.isMultiLine,
    },
    kpi: kpiOf(facts),
    summary: {
      total_detections: facts.summary.totalDetections,
      output_count: facts.summary.outputCount,
      total_weight: kg(facts.summary.totalWeightCentikg),
      avg_per_hour: roundHalfAway(ratioOf(facts.summary.outputCount, hoursSpan) ?? 0, 1),
      hours_span: hoursSpan,
      unique_products: facts.summary.uniqueProducts,
      lines_count: scope.lines.length,
      downtime_count: facts.downtime.stopCount,
      downtime_minutes: minutes(facts.downtime.downtimeS),
      first_detection: facts.summary.firstDetectionLocalS === null ? null : formatLocal(facts.summary.firstDetectionLocalS),
      last_detection: facts.summary.lastDetectionLocalS === null ? null : formatLocal(facts.summary.lastDetectionLocalS),
      rate_per_planned_hour: rounded(ratioOf(facts.summary.outputCount, pbtHours), 1),
    },
    lines: Object.fromEntries(facts.lines.map((line) => [String(line.line.lineId), lineOf(line)])),
    buckets: facts.series.bucketStartsLocalS.map(bucketLabel),
    series: Object.fromEntries(facts.series.outputByProduct),
    ranking: facts.products.map((product) => ({
      product_id: product.productId,
      product_name: product.productName ?? 'Desconocido',
      product_code: product.productCode,
      product_color: product.productColor ?? '#888888',
      count: product.count,
      total_weight: kg(product.weightCentikg),
      percentage: roundHalfAway((product.count / facts.summary.outputCount) * 100, 1),
    })),
    areas: facts.areas.map((area) => ({
      area_id: area.areaId,
      area_name: area.areaName ?? 'Desconocida',
      area_type: area.areaType,
      line_id: area.lineId,
      count: area.count,
    })),
    flow: {
      entrada: facts.series.flow.entrada,
      salida: facts.series.flow.salida,
      descarte: facts.series.flow.descarte,
      summary: facts.series.flow.total,
    },
    stops: facts.stops.map(stopOf),
  }
}

const rounded = (value: number | null, decimals: number): number | null => (value === null ? null : roundHalfAway(value, decimals))

function kpiOf({ kpi, previous, downtime }: Facts): Record<string, unknown> {
  const trend = (of: (facts: KpiFacts) => number | null): number | null => difference(of(kpi), previous ? of(previous.kpi) : null, 1, 100)
  return {
    oee: {
      value: cappedPercent(kpi.oeeIndex),
      raw: percent(kpi.oeeIndex),
      unrounded: points(kpi.oeeIndex),
      quality_assumed: kpi.qualityAssumed,
      trend: trend((facts) => facts.oeeIndex),
    },
    availability: { value: percent(kpi.availability), unrounded: points(kpi.availability), trend: trend((facts) => facts.availability) },
    performance: {
      value: cappedPercent(kpi.effectiveness),
      raw: percent(kpi.effectiveness),
      unrounded: points(kpi.effectiveness),
      rated_speed_exceeded: kpi.ratedSpeedExceeded,
      trend: trend((facts) => facts.effectiveness),
    },
    quality: {
      value: percent(kpi.qualityRatio),
      unrounded: points(kpi.qualityRatio),
      good: kpi.goodQuantity,
      processed: kpi.processedQuantity,
      trend: trend((facts) => facts.qualityRatio),
    },
    utilisation: { value: percent(kpi.utilisation), unrounded: points(kpi.utilisation) },
    scheduled_seconds: kpi.time.scheduledS,
    planned_stop_seconds: kpi.time.plannedStopS,
    pbt_seconds: kpi.time.plannedBusyTimeS,
    apt_seconds: kpi.time.actualProductionTimeS,
    downtime_seconds: kpi.time.unplannedDowntimeS,
    mtbf_seconds: kpi.mtbfS,
    mttr_seconds: kpi.mttrS,
    total_production: { value: kpi.totalProduction, trend: difference(kpi.totalProduction, previous?.kpi.totalProduction, 0) },
    total_weight_kg: {
      value: kg(kpi.totalWeightCentikg),
      trend: difference(kpi.totalWeightCentikg / 100, previous ? previous.kpi.totalWeightCentikg / 100 : null, 2),
    },
    total_downtime: {
      value: downtime.stopCount,
      total_minutes: minutes(downtime.downtimeS),
      trend: difference(downtime.stopCount, previous?.downtime.stopCount, 0),
    },
    weight_efficiency: {
      value: cappedPercent(kpi.weightEfficiency),
      unrounded: points(kpi.weightEfficiency),
      actual_weight_kg: kg(kpi.actualWeightCentikg),
      theoretical_weight_kg: kg(kpi.theoreticalWeightCentikg),
    },
  }
}

function lineOf({
  line,
  thresholdS,
  kpi,
  quantities,
  counts,
  status,
  lastDetectionLocalS,
  minutesSinceLast,
}: LineFacts): Record<string, unknown> {
  const shown = (ratio: number | null) => ({ value: percent(ratio), unrounded: points(ratio) })
  return {
    line_name: line.lineName,
    threshold_seconds: thresholdS,
    scheduled_seconds: kpi.time.scheduledS,
    planned_stop_seconds: kpi.time.plannedStopS,
    pbt_seconds: kpi.time.plannedBusyTimeS,
    downtime_seconds: kpi.time.unplannedDowntimeS,
    apt_seconds: kpi.time.actualProductionTimeS,
    stop_count: kpi.time.stopCount,
    mtbf_seconds: kpi.mtbfS,
    mttr_seconds: kpi.mttrS,
    availability: shown(kpi.availability),
    performance_raw: shown(kpi.effectiveness),
    quality: shown(kpi.qualityRatio),
    oee_raw: shown(kpi.oeeIndex),
    good_in_plan: quantities.goodQuantity,
    processed_in_plan: quantities.processedQuantity,
    input_in_plan: quantities.inputQuantity,
    scrap_in_plan: quantities.scrapQuantity,
    quality_basis: quantities.qualityBasis,
    ideal_minutes: quantities.idealMinutes,
    unaccounted: quantities.unaccountedQuantity,
    unplanned_production: quantities.unplannedProduction,
    counts,
    status_now: status,
    last_detection: lastDetectionLocalS === null ? null : formatLocal(lastDetectionLocalS),
    minutes_since_last: rounded(minutesSinceLast, 1),
  }
}

function stopOf(stop: Stop): Record<string, unknown> {
  const { recorded } = stop
  return {
    line_id: stop.lineId,
    event_id: stop.eventId,
    source: stop.source,
    planned: stop.isPlanned,
    start: formatLocal(stop.startLocalS),
    end: formatLocal(stop.endLocalS),
    start_epoch: stop.span.fromS,
    end_epoch: stop.span.toS,
    duration_seconds: stop.durationS,
    counted_seconds: stop.countedS,
    full_seconds: stop.fullS,
    category: stop.category,
    ...(recorded && {
      recorded_start: formatLocal(recorded.startLocalS),
      recorded_end: formatLocal(recorded.endLocalS),
      reason_code: recorded.reasonCode,
      reason_text: recorded.reasonText,
      failure_type: recorded.failureType,
      failure_desc: recorded.failureDescription,
      incident_code: recorded.incidentCode,
      incident_desc: recorded.incidentDescription,
      label: recorded.label ?? 'Sin motivo',
    }),
    visual_type: stop.visualType,
  }
}

/** Rounded `value`s and trends exactly; `unrounded` figures and other fractions within 1e-9 relative; `"not-checked"` is not. Empty = equal. */
export function differences(expected: unknown, actual: unknown, at = ''): Difference[] {
  if (expected === 'not-checked') return []
  if (typeof expected === 'number' && typeof actual === 'number') {
    const isCount = Number.isInteger(expected) && Number.isInteger(actual)
    const isClose = expected === actual || (!isCount && Math.abs(expected - actual) <= 1e-9 * Math.abs(expected))
    return isClose ? [] : [{ at, expected, actual }]
  }
  if (Array.isArray(expected) || Array.isArray(actual)) {
    if (!Array.isArray(expected) || !Array.isArray(actual)) return [{ at, expected, actual }]
    if (expected.length !== actual.length) return [{ at: `${at}.length`, expected: expected.length, actual: actual.length }]
    return expected.flatMap((item, i) => differences(item, actual[i], `${at}[${i}]`))
  }
  if (isObject(expected) && isObject(actual)) {
    const keys = new Set([...Object.keys(expected), ...Object.keys(actual)])
    return [...keys].flatMap((key) => (key === 'id' ? [] : differences(expected[key], actual[key], `${at}.${key}`)))
  }
  return expected === actual ? [] : [{ at, expected, actual }]
}

const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null
