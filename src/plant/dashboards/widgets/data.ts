/** Data shapes of charts, tables and lists, once for types and for the API's documentation (spec plant 5.2).
 *  Percentages run to 100, `ratio` is the same unrounded from 0 to 1; null is "no data" and comes with a reason, never with 0.
 *  `*_local` and `bucket_starts` are plant wall time `YYYY-MM-DDTHH:MM:SS` without zone; names come as the customer stored them. */
import Type, { type Static } from 'typebox'
import { nullable } from '../schema-parts.ts'

const text = Type.String()
const number = Type.Number()
const integer = Type.Integer()
const boolean = Type.Boolean()

/** `error` says why there is neither figure nor rows; `asked_local` is when the source was asked. */
export const ExternalSourceSchema = Type.Object({
  api_source_id: nullable(text),
  source_name: nullable(text),
  display: Type.Union([Type.Literal('number'), Type.Literal('table')]),
  value: nullable(number),
  unit: text,
  columns: Type.Array(text),
  rows: Type.Array(Type.Array(text)),
  total_rows: integer,
  asked_local: nullable(text),
  error: nullable(text),
})
export type ExternalSourceData = Static<typeof ExternalSourceSchema>

export const OverlaySchema = Type.Object({
  xMin: integer,
  xMax: integer,
  /** Places on the bucket axis: 2.5 is the middle of the third bucket. */
  from: number,
  to: number,
  start_time: text,
  end_time: text,
  duration_min: number,
  reason: text,
  has_incident: boolean,
  source: text,
  visual_type: text,
  is_manual: boolean,
  line_name: text,
})
export type Overlay = Static<typeof OverlaySchema>

export const ProductionTimeChartSchema = Type.Object({
  labels: Type.Array(text),
  bucket_starts: Type.Array(text),
  datasets: Type.Array(
    Type.Object({
      label: text,
      product_id: integer,
      data: Type.Array(integer),
      borderColor: text,
      backgroundColor: text,
      fill: boolean,
    }),
  ),
  curve_type: text,
  interval: text,
  class_details: Type.Record(text, Type.Record(text, integer)),
  /** In order of start; of a long range only the longest 200. */
  downtime_events: Type.Array(OverlaySchema),
  downtime_events_total: integer,
  show_downtime: boolean,
  highlight_peaks: boolean,
})
export type ProductionTimeChartData = Static<typeof ProductionTimeChartSchema>

export const ProductDistributionChartSchema = Type.Object({
  labels: Type.Array(text),
  datasets: Type.Array(Type.Object({ data: Type.Array(integer), backgroundColor: Type.Array(text) })),
  table_rows: Type.Array(Type.Object({ product_id: integer, label: text, color: text, count: integer, weight_kg: number, pct: number })),
  total: integer,
})
export type ProductDistributionChartData = Static<typeof ProductDistributionChartSchema>

export const ColumnSchema = Type.Object({ key: text, label: text })
export type Column = Static<typeof ColumnSchema>

export const ProductRowSchema = Type.Object({
  product_id: integer,
  product_name: text,
  product_code: text,
  product_color: text,
  stored_color: nullable(text),
  count: integer,
  total_weight: number,
  percentage: number,
})

export const ProductRankingSchema = Type.Object({
  columns: Type.Array(ColumnSchema),
  rows: Type.Array(ProductRowSchema),
  total_production: integer,
})
export type ProductRankingData = Static<typeof ProductRankingSchema>

export const LineStatusIndicatorSchema = Type.Object({
  lines: Type.Array(
    Type.Object({
      line_id: integer,
      line_name: text,
      line_code: text,
      status: text,
      status_text: text,
      detection_count: integer,
      output_count: integer,
      last_detection: nullable(text),
      minutes_since_last: nullable(number),
      threshold_seconds: integer,
      oee: nullable(number),
      /** `warning` below 80 % and `critical` below 50 % OEE in the range; null without OEE. */
      efficiency_level: nullable(Type.Union([Type.Literal('ok'), Type.Literal('warning'), Type.Literal('critical')])),
    }),
  ),
  total_lines: integer,
})
export type LineStatusIndicatorData = Static<typeof LineStatusIndicatorSchema>

export const AreaDetectionChartSchema = Type.Object({
  labels: Type.Array(text),
  datasets: Type.Array(Type.Object({ label: text, data: Type.Array(integer), backgroundColor: Type.Array(text) })),
  areas: Type.Array(
    Type.Object({ area_id: integer, area_name: text, area_type: text, line_id: nullable(integer), line_name: text, count: integer }),
  ),
})
export type AreaDetectionChartData = Static<typeof AreaDetectionChartSchema>

export const FlowSummarySchema = Type.Object({ entrada: integer, salida: integer, descarte: integer })
export const EntryOutputCompareChartSchema = Type.Object({
  labels: Type.Array(text),
  bucket_starts: Type.Array(text),
  datasets: Type.Array(
    Type.Object({
      key: Type.Union([Type.Literal('entrada'), Type.Literal('salida'), Type.Literal('descarte')]),
      label: text,
      data: Type.Array(integer),
      borderColor: text,
      backgroundColor: text,
    }),
  ),
  summary: FlowSummarySchema,
})
export type EntryOutputCompareChartData = Static<typeof EntryOutputCompareChartSchema>

export const ScatterChartSchema = Type.Object({
  datasets: Type.Array(
    Type.Object({
      key: Type.Union([Type.Literal('with_incident'), Type.Literal('detected_gap')]),
      label: text,
      data: Type.Array(Type.Object({ x: number, y: number, tooltip: text })),
      backgroundColor: text,
      pointRadius: integer,
    }),
  ),
})
export type ScatterChartData = Static<typeof ScatterChartSchema>

export const DowntimeRowSchema = Type.Object({
  tipo: text,
  start_time: text,
  end_time: text,
  duration_min: number,
  failure_type: text,
  failure_desc: text,
  incident_code: text,
  incident_desc: text,
  line_name: text,
  source_badge: text,
  line_id: integer,
  event_id: nullable(integer),
  source: text,
  visual_type: text,
  category: text,
  is_manual: boolean,
  is_planned: boolean,
  /** Words of the code, else the free text. */
  reason: text,
  reason_text: nullable(text),
  editable: boolean,
  start_local: text,
  end_local: text,
  duration_seconds: integer,
  counted_seconds: integer,
})
export type DowntimeRow = Static<typeof DowntimeRowSchema>

export const DowntimeTableSchema = Type.Object({
  columns: Type.Array(ColumnSchema),
  /** Newest first; of a long range only the newest 200. */
  rows: Type.Array(DowntimeRowSchema),
  /** Of all stops of the range, shown or not. */
  total: Type.Object({ count: integer, duration_seconds: integer, counted_seconds: integer }),
})
export type DowntimeTableData = Static<typeof DowntimeTableSchema>

export const MetricsSummarySchema = Type.Object({
  total_detections: integer,
  output_count: integer,
  total_weight: number,
  avg_per_hour: number,
  hours_span: number,
  rate_per_planned_hour: nullable(number),
  unique_products: integer,
  lines_count: integer,
  downtime_count: integer,
  downtime_minutes: number,
  first_detection: nullable(text),
  last_detection: nullable(text),
})
export type MetricsSummaryData = Static<typeof MetricsSummarySchema>

export const EventFeedSchema = Type.Object({
  items: Type.Array(
    Type.Object({
      type: Type.Union([Type.Literal('detection'), Type.Literal('downtime')]),
      timestamp: text,
      line_name: text,
      description: text,
      area_name: Type.Optional(text),
      product_name: Type.Optional(text),
      duration_min: Type.Optional(number),
      source: Type.Optional(text),
      severity: Type.Optional(Type.Union([Type.Literal('low'), Type.Literal('medium'), Type.Literal('high')])),
    }),
  ),
})
export type EventFeedData = Static<typeof EventFeedSchema>
export type EventFeedItem = EventFeedData['items'][number]
