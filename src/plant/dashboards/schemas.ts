/** What the dashboard's routes take and give, once for checks and for the API's documentation. */
import Type, { type TSchema } from 'typebox'
import { ClockHealthSchema } from '../clock-health/index.ts'
import { tabKeyPattern } from './layout.ts'
import { nullable } from './schema-parts.ts'
import * as data from './widgets/data.ts'
import * as kpiData from './widgets/kpi-data.ts'

const text = Type.String()
const integer = Type.Integer()
const number = Type.Number()

/** Filter parameters are read, defaulted and refused by name in `scope` (422 `invalid_filters`), so their types are open here. */
const parameter = (description: string, ...examples: unknown[]) => Type.Optional(Type.Unknown({ description, examples }))

export const filterParameters = {
  line_id: parameter(
    'Line id, `all`, or a group: `group_{filter_id}`, `group_{filter_id}_{i}`. Absent: the only line, else all.',
    1,
    'all',
  ),
  line_ids: parameter('Line ids, list or CSV; wins over `line_id`.', [1, 2], '1,2'),
  plant_ids: parameter(
    'Plants of the company, list or CSV: of the lines asked for, those that are in them. `plant_id` means the same.',
    [1],
    '1',
  ),
  plant_id: parameter('See `plant_ids`.', 1),
  daterange: parameter(
    '`{start_date, end_date}` as YYYY-MM-DD and `{start_time, end_time}` as HH:MM, plant wall time; the last minute is included.',
    {
      start_date: '2026-10-08',
      end_date: '2026-10-08',
      start_time: '00:00',
      end_time: '23:59',
    },
  ),
  start_date: parameter('Same as `daterange.start_date`, for flat queries.', '2026-10-08'),
  end_date: parameter('Same as `daterange.end_date`.', '2026-10-08'),
  start_time: parameter('Same as `daterange.start_time`.', '00:00'),
  end_time: parameter('Same as `daterange.end_time`.', '23:59'),
  shift_id: parameter('Active shift; absent or null = all.', 1),
  area_ids: parameter('Areas of the chosen lines, list or CSV; empty = all.', [2]),
  product_ids: parameter('Products, list or CSV; empty = all.', [1, 3]),
  interval: parameter('minute, 15min, hour, day, week or month (and 1min, 1hour, 1day, 1week, 1month).', 'hour'),
  downtime_threshold: parameter('Seconds 1–86 400 that replace every line’s own threshold; empty or 0 = each line’s own.', 300),
  curve_type: parameter('smooth, linear, stepped or stacked; presentation only.', 'smooth'),
  show_downtime: parameter('Lay the stops over the time chart.', true),
  highlight_peaks: parameter('Presentation only.', false),
  search: parameter('Presentation only.', ''),
  only_2am: parameter('Keep the rows of one local hour: `{target_hour, target_date?}`.', { target_hour: 2 }),
  target_hour: parameter('Hour of `only_2am` in flat queries.', 2),
  target_date: parameter('Date of `only_2am` in flat queries.', '2026-10-09'),
}

const tab = Type.Optional(
  Type.String({ pattern: tabKeyPattern, description: 'Key of a tab of the layout; absent: every tab.', examples: ['oee'] }),
)
const csv = '^ *\\d{1,9} *(, *\\d{1,9} *)*$'
const ids = Type.Union([Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 200 }), Type.String({ pattern: csv, maxLength: 2_000 })])

/** From a list or a CSV. */
export const idList = (value: readonly number[] | string | undefined): readonly number[] | undefined =>
  typeof value === 'string' ? value.split(',').map(Number) : value

export const FilterBody = Type.Object(filterParameters)
export const DashboardBody = Type.Object({
  ...filterParameters,
  widget_ids: Type.Optional(ids),
  tab,
  include_raw: Type.Optional(Type.Boolean({ description: 'Also the rows behind the figures, capped; needs view_production_data.' })),
})

const queryText = (names: readonly string[]) =>
  Object.fromEntries(names.map((name) => [name, Type.Optional(Type.String({ maxLength: 4_000 }))]))
export const FilterQuery = Type.Object(queryText(Object.keys(filterParameters).filter((name) => name !== 'daterange')))
export const DashboardQuery = Type.Object({
  ...FilterQuery.properties,
  widget_ids: Type.Optional(Type.String({ pattern: csv, maxLength: 2_000 })),
  tab,
  include_raw: Type.Optional(Type.Boolean()),
})

const widgetData: readonly TSchema[] = [
  kpiData.KpiOeeSchema,
  kpiData.KpiAvailabilitySchema,
  kpiData.KpiPerformanceSchema,
  kpiData.KpiQualitySchema,
  kpiData.KpiRejectedRateSchema,
  kpiData.KpiWeightEfficiencySchema,
  kpiData.KpiTotalDowntimeSchema,
  kpiData.KpiCountSchema,
  data.ProductionTimeChartSchema,
  data.ProductDistributionChartSchema,
  data.ProductRankingSchema,
  data.LineStatusIndicatorSchema,
  data.AreaDetectionChartSchema,
  data.EntryOutputCompareChartSchema,
  data.ScatterChartSchema,
  data.DowntimeTableSchema,
  data.MetricsSummarySchema,
  data.EventFeedSchema,
  ClockHealthSchema,
  data.ExternalSourceSchema,
]

export const WidgetResultSchema = Type.Object({
  widget_id: integer,
  widget_name: text,
  widget_type: text,
  data: Type.Unsafe<unknown>({
    anyOf: [...widgetData, Type.Null()],
    description: 'Shape of the widget’s class; null when empty, a notice, a failure or a placeholder (see `metadata`).',
  }),
  metadata: Type.Record(text, Type.Unknown()),
})

export const PeriodSchema = Type.Object({ start: text, end: text, start_time: text, end_time: text })
export const warnings = Type.Array(text)

export const DashboardMetadataSchema = Type.Object({
  total_detections: integer,
  total_downtime_events: integer,
  lines_queried: Type.Array(integer),
  is_multi_line: Type.Boolean(),
  widget_count: integer,
  period: PeriodSchema,
  interval: text,
  elapsed_seconds: number,
  timestamp: text,
  now_local: text,
  time_zone: text,
  newest_detection: nullable(text),
  data_age_seconds: nullable(integer),
  filters: Type.Record(text, Type.Unknown()),
  layout_step: text,
  warnings,
  shift_windows: Type.Optional(
    Type.Record(text, Type.Object({ name: text, start: text, end: text, is_overnight: Type.Boolean(), planned_seconds: integer })),
  ),
  line_config: Type.Optional(
    Type.Record(text, Type.Object({ line_name: text, availability: number, performance: number, downtime_threshold: integer })),
  ),
  raw_truncated: Type.Optional(Type.Boolean()),
})

export const RawDetectionSchema = Type.Object({
  detection_id: integer,
  detected_at: text,
  line_id: integer,
  line_name: text,
  line_code: text,
  area_id: integer,
  area_name: text,
  area_type: text,
  product_id: integer,
  product_name: text,
  product_code: text,
  product_color: text,
  product_weight: number,
})

/** A stop for programs: local wall time, epoch seconds, whole seconds, and the stored event as it is. */
export const StopSchema = Type.Object({
  line_id: integer,
  line_name: text,
  event_id: nullable(integer),
  source: text,
  is_manual: Type.Boolean(),
  is_planned: Type.Boolean(),
  visual_type: text,
  category: text,
  start_time: text,
  end_time: text,
  start_epoch: integer,
  end_epoch: integer,
  duration: integer,
  duration_formatted: text,
  counted_seconds: integer,
  full_seconds: integer,
  /** Words of the reason code. */
  label: text,
  reason_code: nullable(integer),
  /** Free text as stored. */
  reason: nullable(text),
  recorded_start: nullable(text),
  recorded_end: nullable(text),
  failure_type: nullable(text),
  failure_desc: nullable(text),
  incident_code: nullable(text),
  incident_desc: nullable(text),
})

export const DashboardReply = Type.Object({
  widgets: Type.Record(text, WidgetResultSchema),
  metadata: DashboardMetadataSchema,
  raw_data: Type.Optional(Type.Array(RawDetectionSchema)),
  raw_downtime: Type.Optional(Type.Array(StopSchema)),
})
