/** Figures of a range for integrators: everything that a number on the screen is made of. Pure. */

import Type, { type Static } from 'typebox'
import type { LineFacts } from '../facts/index.ts'
import { cappedPercent, percent, roundHalfAway } from '../kpi/index.ts'
import { nullable } from './schema-parts.ts'
import { ProductRowSchema } from './widgets/data.ts'
import { type LineInputs, LineInputsSchema } from './widgets/kpi-data.ts'
import { localIso } from './widgets/local-time.ts'
import { kilograms, minutes, trendPoints } from './widgets/numbers.ts'
import { productRanking } from './widgets/product-ranking.ts'
import { kpiInputs } from './widgets/ratio-kpi.ts'
import type { WidgetInput } from './widgets/widget.ts'

const integer = Type.Integer()
const number = Type.Number()
const text = Type.String()

/** `value` is what a card shows (percent, capped), `raw` the same uncapped, `ratio` unrounded. */
const RatioFigure = Type.Object({ value: nullable(number), raw: nullable(number), ratio: nullable(number), trend: nullable(number) })
const CountFigure = Type.Object({ value: number, trend: nullable(number) })

const LineFigures = Type.Object({
  ...LineInputsSchema.properties,
  line_code: text,
  threshold_seconds: integer,
  availability: nullable(number),
  effectiveness: nullable(number),
  quality_ratio: nullable(number),
  oee_index: nullable(number),
  mtbf_seconds: nullable(number),
  mttr_seconds: nullable(number),
  counts: Type.Object({ total: integer, output: integer, input: integer, scrap: integer }),
  status: text,
  last_detection: nullable(text),
  minutes_since_last: nullable(number),
})

export const FiguresSchema = Type.Object({
  production: Type.Object({
    total_count: CountFigure,
    total_weight_kg: CountFigure,
    product_distribution: Type.Array(ProductRowSchema),
  }),
  oee: Type.Object({
    oee: RatioFigure,
    availability: RatioFigure,
    performance: RatioFigure,
    quality: RatioFigure,
    utilisation: RatioFigure,
    weight_efficiency: RatioFigure,
    rejected_rate: RatioFigure,
    quality_assumed: Type.Boolean(),
    rated_speed_exceeded: Type.Boolean(),
    scheduled_seconds: integer,
    planned_stop_seconds: integer,
    planned_busy_time_seconds: integer,
    actual_production_time_seconds: integer,
    good_quantity: integer,
    processed_quantity: integer,
    scrap_quantity: integer,
    ideal_minutes: nullable(number),
    actual_weight_kg: number,
    theoretical_weight_kg: number,
  }),
  downtime: Type.Object({
    count: CountFigure,
    total_seconds: integer,
    total_minutes: number,
    mtbf_seconds: nullable(number),
    mttr_seconds: nullable(number),
  }),
  performance_unit: text,
  lines: Type.Array(LineFigures),
})
export type Figures = Static<typeof FiguresSchema>

const ratioFigure = (ratio: number | null, before: number | null | undefined) => ({
  value: cappedPercent(ratio),
  raw: percent(ratio),
  ratio,
  trend: trendPoints(ratio, before),
})

const lineFigures = (inputs: LineInputs, facts: LineFacts): Figures['lines'][number] => ({
  ...inputs,
  line_code: facts.line.lineCode,
  threshold_seconds: facts.thresholdS,
  availability: facts.kpi.availability,
  effectiveness: facts.kpi.effectiveness,
  quality_ratio: facts.kpi.qualityRatio,
  oee_index: facts.kpi.oeeIndex,
  mtbf_seconds: facts.kpi.mtbfS,
  mttr_seconds: facts.kpi.mttrS,
  counts: facts.counts,
  status: facts.status,
  last_detection: facts.lastDetectionLocalS === null ? null : localIso(facts.lastDetectionLocalS),
  minutes_since_last: facts.minutesSinceLast === null ? null : roundHalfAway(facts.minutesSinceLast, 1),
})

export const figuresOf = (input: WidgetInput): Figures => {
  const { facts } = input
  const { kpi, previous, downtime } = facts
  const before = previous?.kpi
  const inputs = kpiInputs(input)
  return {
    production: {
      total_count: { value: kpi.totalProduction, trend: before ? kpi.totalProduction - before.totalProduction : null },
      total_weight_kg: {
        value: kilograms(kpi.totalWeightCentikg),
        trend: before ? kilograms(kpi.totalWeightCentikg - before.totalWeightCentikg) : null,
      },
      product_distribution: productRanking.compute(input)?.rows ?? [],
    },
    oee: {
      oee: ratioFigure(kpi.oeeIndex, before?.oeeIndex),
      availability: ratioFigure(kpi.availability, before?.availability),
      performance: ratioFigure(kpi.effectiveness, before?.effectiveness),
      quality: ratioFigure(kpi.qualityRatio, before?.qualityRatio),
      utilisation: ratioFigure(kpi.utilisation, before?.utilisation),
      weight_efficiency: ratioFigure(kpi.weightEfficiency, before?.weightEfficiency),
      rejected_rate: ratioFigure(kpi.rejectedRatio, before?.rejectedRatio),
      quality_assumed: kpi.qualityAssumed,
      rated_speed_exceeded: kpi.ratedSpeedExceeded,
      scheduled_seconds: kpi.time.scheduledS,
      planned_stop_seconds: kpi.time.plannedStopS,
      planned_busy_time_seconds: kpi.time.plannedBusyTimeS,
      actual_production_time_seconds: kpi.time.actualProductionTimeS,
      good_quantity: kpi.goodQuantity,
      processed_quantity: kpi.processedQuantity,
      scrap_quantity: kpi.scrapQuantity,
      ideal_minutes: kpi.idealMinutes,
      actual_weight_kg: kilograms(kpi.actualWeightCentikg),
      theoretical_weight_kg: kilograms(kpi.theoreticalWeightCentikg),
    },
    downtime: {
      count: { value: downtime.stopCount, trend: previous ? downtime.stopCount - previous.downtime.stopCount : null },
      total_seconds: downtime.downtimeS,
      total_minutes: minutes(downtime.downtimeS),
      mtbf_seconds: kpi.mtbfS,
      mttr_seconds: kpi.mttrS,
    },
    performance_unit: inputs.performance_unit,
    lines: facts.lines.flatMap((line, index) => {
      const own = inputs.lines[index]
      return own ? [lineFigures(own, line)] : []
    }),
  }
}
