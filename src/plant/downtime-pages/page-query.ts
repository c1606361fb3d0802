/** The page's address: the dashboard's own filters, and what of the stops is listed. */
import Type, { type Static } from 'typebox'
import type { LocalS } from '../../platform/time/index.ts'
import { PageQuery, readPageQuery } from '../dashboards/index.ts'
import { type ParetoGroup, type ParetoMeasure, paretoGroups, paretoMeasures } from '../downtime/index.ts'
import { categories, type ListChoice } from './list.ts'

const one = Type.Optional(Type.Array(Type.String({ maxLength: 200 }), { maxItems: 20 }))
const viewNames = ['unexplained', 'category', 'reason', 'failure', 'page', 'strips', 'by', 'measure', 'done'] as const

export const DowntimeQuery = Type.Object({
  ...PageQuery.properties,
  ...Object.fromEntries(viewNames.map((name) => [name, one])),
}) as Type.TObject<typeof PageQuery.properties & Record<(typeof viewNames)[number], typeof one>>
export type DowntimeQuery = Static<typeof DowntimeQuery>

/** These decide which stops there are; what else a dashboard's address holds says nothing here. */
const filterNames = ['line_id', 'line_ids', 'start_date', 'end_date', 'start_time', 'end_time', 'shift_id', 'preset'] as const

export type PageView = ListChoice & {
  readonly page: number
  /** Page of the timeline. */
  readonly strips: number
  readonly by: ParetoGroup
  readonly measure: ParetoMeasure
}

export type PageAsked = {
  /** For the scope. Each line's own threshold: a stop that another one finds could not be explained. */
  readonly raw: Readonly<Record<string, string>>
  /** Address of the filters, a preset still relative. */
  readonly filters: URLSearchParams
  /** The same with what is listed: this very view. */
  readonly query: URLSearchParams
  readonly preset: ReturnType<typeof readPageQuery>['preset']
  readonly view: PageView
}

const asPage = (text: string): number => {
  const page = Number(text)
  return Number.isInteger(page) && page >= 1 && page <= 1_000_000 ? page : 1
}
const isOneOf = <Word extends string>(words: readonly Word[], text: string): text is Word => (words as readonly string[]).includes(text)

export function readDowntimeQuery(query: DowntimeQuery, nowLocalS: LocalS): PageAsked {
  const read = readPageQuery(query, nowLocalS)
  const kept = (values: Iterable<readonly [string, string]>) => [...values].filter(([name]) => isOneOf([...filterNames], name))
  const last = (name: (typeof viewNames)[number]): string => query[name]?.at(-1) ?? ''
  const [category, by, measure] = [last('category'), last('by'), last('measure')]
  const view: PageView = {
    isUnexplained: last('unexplained') === '1',
    category: isOneOf(categories, category) ? category : null,
    reason: last('reason') || null,
    failure: last('failure') || null,
    page: asPage(last('page')),
    strips: asPage(last('strips')),
    by: isOneOf(paretoGroups, by) ? by : 'reason',
    measure: isOneOf(paretoMeasures, measure) ? measure : 'seconds',
  }
  const filters = new URLSearchParams(Object.fromEntries(kept(read.query)))
  return {
    raw: { ...Object.fromEntries(kept(Object.entries(read.raw))), downtime_threshold: '' },
    filters,
    query: withView(filters, view),
    preset: read.preset,
    view,
  }
}

/** `filters` with what the view says beyond its defaults. */
export function withView(filters: URLSearchParams, view: Partial<PageView>): URLSearchParams {
  const query = new URLSearchParams(filters)
  const put = (name: string, value: string | null | undefined) => value && query.set(name, value)
  put('unexplained', view.isUnexplained ? '1' : null)
  put('category', view.category)
  put('reason', view.reason)
  put('failure', view.failure)
  put('by', view.by === 'failure' ? 'failure' : null)
  put('measure', view.measure === 'count' ? 'count' : null)
  put('page', view.page && view.page > 1 ? String(view.page) : null)
  put('strips', view.strips && view.strips > 1 ? String(view.strips) : null)
  return query
}
