/** The page's address: the dashboard's own filters, and what of the detections is shown. */
import Type, { type Static } from 'typebox'
import type { LocalS } from '../../platform/time/index.ts'
import { PageQuery, readPageQuery } from '../dashboards/index.ts'
import { type Order, orders } from './cursor.ts'

const one = Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 20 }))
const viewNames = ['view', 'order', 'after', 'page', 'format'] as const

export const DetectionQuery = Type.Object({
  ...PageQuery.properties,
  ...Object.fromEntries(viewNames.map((name) => [name, one])),
}) as Type.TObject<typeof PageQuery.properties & Record<(typeof viewNames)[number], typeof one>>
export type DetectionQuery = Static<typeof DetectionQuery>

/** These say nothing of which detections there are. */
const elsewhere = new Set(['tab', 'curve_type', 'show_downtime', 'highlight_peaks', 'search', 'downtime_threshold'])

export type View = {
  readonly view: 'rows' | 'buckets'
  /** Newest first unless asked otherwise: people look at what just happened. */
  readonly order: Order
  /** Cursor; '' = from the start. */
  readonly after: string
  /** Of the buckets. */
  readonly page: number
}

export type PageAsked = {
  /** For the scope. */
  readonly raw: Readonly<Record<string, string>>
  /** Address of the filters, a preset still relative. */
  readonly filters: URLSearchParams
  /** The same with what is shown: this very view. */
  readonly query: URLSearchParams
  readonly preset: ReturnType<typeof readPageQuery>['preset']
  readonly view: View
  readonly format: 'csv' | 'xlsx'
}

export function readDetectionQuery(query: DetectionQuery, nowLocalS: LocalS): PageAsked {
  const read = readPageQuery(query, nowLocalS)
  const kept = (values: Iterable<readonly [string, string]>) => Object.fromEntries([...values].filter(([name]) => !elsewhere.has(name)))
  const last = (name: (typeof viewNames)[number]): string => query[name]?.at(-1) ?? ''
  const page = Number(last('page'))
  const view: View = {
    view: last('view') === 'buckets' ? 'buckets' : 'rows',
    order: orders.find((order) => order === last('order')) ?? 'desc',
    after: last('after'),
    page: Number.isInteger(page) && page >= 1 && page <= 1_000_000 ? page : 1,
  }
  const filters = new URLSearchParams(kept(read.query))
  return {
    raw: kept(Object.entries(read.raw)),
    filters,
    query: withView(filters, view),
    preset: read.preset,
    view,
    format: last('format') === 'xlsx' ? 'xlsx' : 'csv',
  }
}

/** `filters` with what the view says beyond its defaults. */
export function withView(filters: URLSearchParams, { view, order, after, page }: Partial<View>): URLSearchParams {
  const query = new URLSearchParams(filters)
  if (view === 'buckets') query.set('view', 'buckets')
  if (order === 'asc') query.set('order', 'asc')
  if (after) query.set('after', after)
  if (page && page > 1) query.set('page', String(page))
  return query
}
