/** What the API of detections takes and gives. */
import { Type } from 'typebox'
import { filterParameters, nullable, PeriodSchema, RawDetectionSchema, warningsSchema } from '../dashboards/index.ts'
import { mostCursorLength, orders } from './cursor.ts'

const integer = Type.Integer()
const text = Type.String()

/** Filters may stand in `filters` or beside it; those inside win. */
const filters = {
  ...filterParameters,
  filters: Type.Optional(Type.Object(filterParameters, { description: 'The filters, as an alternative to naming them beside it.' })),
}
const order = Type.Optional(Type.Enum([...orders], { description: 'By time, then id. Default `asc`.' }))

/** Most rows of one list that is not paged. */
export const mostListed = 100_000
const limit = (fallback: number) => Type.Optional(Type.Integer({ minimum: 1, maximum: mostListed, description: `Default ${fallback}.` }))

export const FiltersBody = Type.Object(filters)
export const ListBody = Type.Object({ ...filters, limit: limit(mostListed) })
export const PageBody = Type.Object({
  ...filters,
  page: Type.Integer({ minimum: 1, maximum: 10_000_000, default: 1 }),
  page_size: Type.Integer({ minimum: 1, maximum: 10_000, default: 1_000 }),
  cursor: Type.Optional(
    Type.String({
      maxLength: mostCursorLength,
      description: '`next_cursor` of the page before: stays in place while rows come in. Wins over `page`.',
    }),
  ),
  order,
})

export const LineQuery = Type.Object({
  ...Object.fromEntries(
    ['start_date', 'end_date', 'start_time', 'end_time', 'shift_id'].map((name) => [name, Type.Optional(Type.String({ maxLength: 40 }))]),
  ),
  limit: limit(1_000),
})
export const LinePath = Type.Object({ line_id: Type.Integer({ minimum: 1, maximum: 2_147_483_647 }) })

export const FormatQuery = Type.Object({
  format: Type.Optional(Type.Enum(['raw', 'enriched'], { description: 'Default `enriched`: with words.' })),
})
export const FileQuery = Type.Object({
  format: Type.Optional(Type.Enum(['csv', 'xlsx', 'excel'], { description: 'Default `csv`; `excel` is `xlsx`.' })),
})

const { detection_id, detected_at, line_id, area_id, product_id, ...words } = RawDetectionSchema.properties
/** `raw` rows are without words. */
const Row = Type.Object({ detection_id, detected_at, line_id, area_id, product_id, ...Type.Partial(Type.Object(words)).properties })

const about = { period: PeriodSchema, lines_queried: Type.Array(integer), is_multi_line: Type.Boolean(), warnings: warningsSchema }
const list = {
  /** Rows of the scope, listed or not. */
  total: integer,
  /** There are more rows than listed. */
  is_truncated: Type.Boolean(),
  next_cursor: nullable(text),
  ...about,
}

export const ListReply = Type.Object({ success: Type.Boolean(), data: Type.Array(Row), count: integer, ...list })
export const QueryReply = Type.Object({ data: Type.Array(Row), ...list })
export const PageReply = Type.Object({
  success: Type.Boolean(),
  data: Type.Array(Row),
  total: integer,
  /** Null when a cursor was given. */
  page: nullable(integer),
  pages: integer,
  page_size: integer,
  next_cursor: nullable(text),
  ...about,
})

export const AggregatedReply = Type.Object({
  success: Type.Boolean(),
  data: Type.Array(
    Type.Object({
      /** Start of the bucket, plant wall time. */
      time_bucket: text,
      count: integer,
      line_id: integer,
      line_name: text,
      area_id: integer,
      area: text,
      area_type: text,
      product_id: integer,
      product: text,
      product_code: text,
      product_color: text,
    }),
  ),
  count: integer,
  total: integer,
  interval: text,
  ...about,
})

export const CountReply = Type.Object({
  total: integer,
  /** By line id. */
  per_line: Type.Record(text, integer),
  ...about,
})
export const SummaryReply = Type.Object({
  total: integer,
  /** `input`, `process`, `output`, `scrap`, `unknown` (no such area). */
  by_area_type: Type.Record(text, integer),
  per_line: Type.Record(text, integer),
  ...about,
})
