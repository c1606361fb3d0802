/** What the ratio KPIs share: the inputs that prove the number and the reason when there is none. */
import { translator } from '../../../platform/i18n/index.ts'
import type { KpiFacts, LineFacts } from '../../facts/index.ts'
import { messages } from '../messages.ts'
import type { KpiInputs, LineInputs, Reason } from './kpi-data.ts'
import { kilograms } from './numbers.ts'
import type { WidgetInput } from './widget.ts'

type ReasonCode =
  | 'no_planned_time'
  | 'no_production_time'
  | 'no_ideal'
  | 'quality_unknown'
  | 'nothing_processed'
  | 'no_scrap_area'
  | 'no_weight_basis'

export const reason = (input: Pick<WidgetInput, 'language'>, code: ReasonCode): Reason => ({
  code,
  text: translator(messages, input.language)(`reason.${code}`),
})

/** Why there is no availability, effectiveness or OEE (spec plant 6.2). */
export const availabilityReason = (kpi: KpiFacts): ReasonCode | null => (kpi.availability === null ? 'no_planned_time' : null)

export const effectivenessReason = (kpi: KpiFacts): ReasonCode | null => {
  if (kpi.effectiveness !== null) return null
  if (kpi.time.plannedBusyTimeS === 0) return 'no_planned_time'
  return kpi.time.actualProductionTimeS === 0 ? 'no_production_time' : 'no_ideal'
}

export const oeeReason = (kpi: KpiFacts): ReasonCode | null =>
  kpi.oeeIndex === null ? (availabilityReason(kpi) ?? effectivenessReason(kpi)) : null

export const qualityReason = (kpi: KpiFacts, lines: readonly LineFacts[]): ReasonCode | null => {
  if (kpi.qualityRatio !== null) return null
  return lines.some(({ quantities }) => quantities.qualityBasis !== null) ? 'nothing_processed' : 'quality_unknown'
}

const lineInputs = ({ line, kpi, quantities }: LineFacts): LineInputs => ({
  line_id: line.lineId,
  line_name: line.lineName,
  scheduled_seconds: kpi.time.scheduledS,
  planned_stop_seconds: kpi.time.plannedStopS,
  planned_busy_time_seconds: kpi.time.plannedBusyTimeS,
  downtime_seconds: kpi.time.unplannedDowntimeS,
  actual_production_time_seconds: kpi.time.actualProductionTimeS,
  stop_count: kpi.time.stopCount,
  good_quantity: quantities.goodQuantity,
  processed_quantity: quantities.processedQuantity,
  input_quantity: quantities.inputQuantity,
  scrap_quantity: quantities.scrapQuantity,
  quality_basis: quantities.qualityBasis,
  unaccounted_quantity: quantities.unaccountedQuantity,
  unplanned_production: quantities.unplannedProduction,
  rated_performance: line.performance,
  ideal_minutes: quantities.idealMinutes,
  output_weight_kg: kilograms(quantities.outputWeightCentikg),
  theoretical_weight_kg: quantities.theoreticalWeightCentikg === null ? null : kilograms(quantities.theoreticalWeightCentikg),
})

export const kpiInputs = ({ facts, model }: Pick<WidgetInput, 'facts' | 'model'>): KpiInputs => ({
  scheduled_seconds: facts.kpi.time.scheduledS,
  planned_stop_seconds: facts.kpi.time.plannedStopS,
  planned_busy_time_seconds: facts.kpi.time.plannedBusyTimeS,
  downtime_seconds: facts.kpi.time.unplannedDowntimeS,
  actual_production_time_seconds: facts.kpi.time.actualProductionTimeS,
  stop_count: facts.kpi.time.stopCount,
  good_quantity: facts.kpi.goodQuantity,
  processed_quantity: facts.kpi.processedQuantity,
  scrap_quantity: facts.kpi.scrapQuantity,
  ideal_minutes: facts.kpi.idealMinutes,
  rated_production_time_seconds: facts.kpi.ratedProductionTimeS,
  elapsed_seconds: facts.kpi.elapsedS,
  performance_unit: model.settings.performanceUnit,
  lines: facts.lines.map(lineInputs),
})
