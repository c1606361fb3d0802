/** What the downtime API takes and gives. */
import { Type } from 'typebox'
import { FilterBody, nullable, PeriodSchema, StopSchema, warningsSchema } from '../dashboards/index.ts'
import { segmentStates } from './segments.ts'

const integer = Type.Integer()
const text = Type.String()
const ratio = nullable(Type.Number({ minimum: 0 }))

const about = { period: PeriodSchema, lines_queried: Type.Array(integer), is_multi_line: Type.Boolean(), warnings: warningsSchema }
const pageMeta = { total: integer, page: integer, pages: integer, page_size: integer, ...about }

export const ListBody = Type.Object({
  ...FilterBody.properties,
  page: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 }),
  page_size: Type.Integer({ minimum: 1, maximum: 10_000, default: 1_000 }),
})
export const ListReply = Type.Object({ items: Type.Array(StopSchema), meta: Type.Object(pageMeta) })

/** `share` and `cumulative_share` in percent, one decimal. */
const ParetoRowSchema = Type.Object({
  key: text,
  reason: text,
  failure_type: nullable(text),
  count: integer,
  seconds: integer,
  share: Type.Number(),
  cumulative_share: Type.Number(),
})

export const ParetoBody = Type.Object({
  ...FilterBody.properties,
  by: Type.Optional(Type.Enum(['reason', 'failure'])),
  measure: Type.Optional(Type.Enum(['seconds', 'count'])),
})
export const ParetoReply = Type.Object({
  items: Type.Array(ParetoRowSchema),
  meta: Type.Object({ total: integer, by: text, measure: text, ...about }),
})

const CountAndTime = Type.Object({ count: integer, seconds: integer })

export const mostInSummary = 1_000
export const SummaryReply = Type.Object({
  total_downtimes: integer,
  total_duration_seconds: integer,
  total_duration_formatted: text,
  avg_duration_seconds: nullable(Type.Number()),
  max_duration_seconds: nullable(integer),
  min_duration_seconds: nullable(integer),
  /** ISO 22400-2: ΣAPT ÷ stops and Σdowntime ÷ stops over the lines; null with `mtbf_reason`. */
  mtbf_seconds: nullable(Type.Number()),
  mttr_seconds: nullable(Type.Number()),
  mtbf_reason: nullable(Type.Enum(['no_planned_time', 'no_stops'])),
  /** Time lost that no stop with a reason covers, and its part of all time lost (0…1). */
  unexplained: Type.Object({ count: integer, seconds: integer, ratio }),
  micro_stops: CountAndTime,
  longer_stops: CountAndTime,
  pareto: Type.Array(ParetoRowSchema),
  /** The first 1 000; `/downtime/list` has them all. */
  downtimes: Type.Array(StopSchema),
  ...about,
})

export const TimelineBody = Type.Object({
  ...FilterBody.properties,
  page: Type.Integer({ minimum: 1, maximum: 1_000_000, default: 1 }),
  page_size: Type.Integer({ minimum: 1, maximum: 200, default: 50 }),
})

const times = { start_time: text, end_time: text, start_epoch: integer, end_epoch: integer }
const SegmentSchema = Type.Object({
  state: Type.Enum([...segmentStates]),
  ...times,
  seconds: integer,
  /** Of the stop, when it is stored. */
  event_id: nullable(integer),
  reason: nullable(text),
})
export const StripSchema = Type.Object({
  line_id: integer,
  line_name: text,
  kind: Type.Enum(['shift', 'extra', 'day', 'off']),
  shift_id: nullable(integer),
  shift_name: nullable(text),
  ...times,
  figures: nullable(
    Type.Object({
      scheduled_seconds: integer,
      planned_busy_time_seconds: integer,
      downtime_seconds: integer,
      unexplained_seconds: integer,
      stop_count: integer,
      availability: ratio,
      mtbf_seconds: nullable(Type.Number()),
      mttr_seconds: nullable(Type.Number()),
    }),
  ),
  segments: Type.Array(SegmentSchema),
})
export const TimelineReply = Type.Object({ items: Type.Array(StripSchema), meta: Type.Object({ ...pageMeta, time_zone: text }) })
