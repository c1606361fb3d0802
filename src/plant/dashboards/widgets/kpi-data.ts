/** Data shapes of the KPI widgets (spec plant 5.2). Percentages run to 100, `ratio` is the same unrounded from 0 to 1; null is "no data" and comes with a
 *  reason, never with 0. */
import Type, { type Static } from 'typebox'
import { nullable } from '../schema-parts.ts'

const text = Type.String()
const number = Type.Number()
const integer = Type.Integer()
const boolean = Type.Boolean()

/** Why a value is null: a stable word for programs, a sentence for people. */
export const ReasonSchema = Type.Object({ code: text, text })
export type Reason = Static<typeof ReasonSchema>

/** Time elements and quantities (ISO 22400-2) of one line: every ratio of the answer can be recomputed from them. */
export const LineInputsSchema = Type.Object({
  line_id: integer,
  line_name: text,
  scheduled_seconds: integer,
  planned_stop_seconds: integer,
  planned_busy_time_seconds: integer,
  downtime_seconds: integer,
  actual_production_time_seconds: integer,
  stop_count: integer,
  good_quantity: integer,
  processed_quantity: integer,
  input_quantity: integer,
  scrap_quantity: integer,
  quality_basis: nullable(Type.Union([Type.Literal('scrap_area'), Type.Literal('input_output')])),
  unaccounted_quantity: nullable(integer),
  unplanned_production: integer,
  rated_performance: number,
  ideal_minutes: nullable(number),
  output_weight_kg: number,
  theoretical_weight_kg: nullable(number),
})
export type LineInputs = Static<typeof LineInputsSchema>

export const KpiInputsSchema = Type.Object({
  scheduled_seconds: integer,
  planned_stop_seconds: integer,
  planned_busy_time_seconds: integer,
  downtime_seconds: integer,
  actual_production_time_seconds: integer,
  stop_count: integer,
  /** Over the lines where scrap can be known: the terms of the quality ratio. */
  good_quantity: integer,
  processed_quantity: integer,
  scrap_quantity: integer,
  /** Over the lines whose ideal is known. */
  ideal_minutes: nullable(number),
  /** Actual production time of the lines whose ideal is known: what effectiveness divides by. */
  rated_production_time_seconds: integer,
  elapsed_seconds: integer,
  performance_unit: text,
  lines: Type.Array(LineInputsSchema),
})
export type KpiInputs = Static<typeof KpiInputsSchema>

const ratioKpi = {
  value: nullable(number),
  unit: text,
  ratio: nullable(number),
  trend: nullable(number),
  reason: nullable(ReasonSchema),
  inputs: KpiInputsSchema,
}

export const KpiOeeSchema = Type.Object({
  ...ratioKpi,
  raw: nullable(number),
  availability: nullable(number),
  performance: nullable(number),
  quality: nullable(number),
  ratios: Type.Object({
    availability: nullable(number),
    effectiveness: nullable(number),
    quality_ratio: nullable(number),
    utilisation: nullable(number),
  }),
  utilisation: nullable(number),
  scheduled_minutes: number,
  downtime_minutes: number,
  quality_assumed: boolean,
  rated_speed_exceeded: boolean,
})
export type KpiOeeData = Static<typeof KpiOeeSchema>

export const KpiAvailabilitySchema = Type.Object({
  ...ratioKpi,
  scheduled_minutes: number,
  downtime_minutes: number,
  mtbf_seconds: nullable(number),
  mttr_seconds: nullable(number),
})
export type KpiAvailabilityData = Static<typeof KpiAvailabilitySchema>

export const KpiPerformanceSchema = Type.Object({ ...ratioKpi, raw: nullable(number), rated_speed_exceeded: boolean })
export type KpiPerformanceData = Static<typeof KpiPerformanceSchema>

export const KpiQualitySchema = Type.Object({ ...ratioKpi, good: integer, processed: integer, rejected: integer, basis: nullable(text) })
export type KpiQualityData = Static<typeof KpiQualitySchema>

export const KpiRejectedRateSchema = Type.Object({ ...ratioKpi, rejected: integer })
export type KpiRejectedRateData = Static<typeof KpiRejectedRateSchema>

export const KpiWeightEfficiencySchema = Type.Object({
  ...ratioKpi,
  raw: nullable(number),
  actual_weight_kg: number,
  theoretical_weight_kg: number,
})
export type KpiWeightEfficiencyData = Static<typeof KpiWeightEfficiencySchema>

export const KpiCountSchema = Type.Object({ value: number, unit: text, trend: nullable(number) })
export type KpiCountData = Static<typeof KpiCountSchema>

export const KpiTotalDowntimeSchema = Type.Object({
  value: integer,
  unit: text,
  total_minutes: number,
  total_seconds: integer,
  trend: nullable(number),
})
export type KpiTotalDowntimeData = Static<typeof KpiTotalDowntimeSchema>
