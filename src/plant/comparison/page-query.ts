/** The page's address: the dashboard's own filters, and which period they are compared with. */
import Type, { type Static } from 'typebox'
import type { LocalS } from '../../platform/time/index.ts'
import { PageQuery, readPageQuery } from '../dashboards/index.ts'
import { type ComparisonPreset, comparisonPresets } from './ranges.ts'
import type { ComparisonWish } from './service.ts'

const one = Type.Optional(Type.Array(Type.String({ maxLength: 4_000 }), { maxItems: 20 }))
const ownNames = ['line', 'against', 'against_from', 'against_to', 'cut'] as const

export const ComparisonQuery = Type.Object({
  ...PageQuery.properties,
  ...Object.fromEntries(ownNames.map((name) => [name, one])),
}) as Type.TObject<typeof PageQuery.properties & Record<(typeof ownNames)[number], typeof one>>
export type ComparisonQuery = Static<typeof ComparisonQuery>

export type Against = ComparisonPreset | 'custom'

export type PageAsked = {
  /** For the scope. */
  readonly raw: Readonly<Record<string, string>>
  readonly wish: ComparisonWish
  readonly against: Against
  readonly againstFrom: string
  readonly againstTo: string
  readonly isCut: boolean
  /** Of the first period alone: where the dashboard shows it. */
  readonly filters: URLSearchParams
  /** Reproduces this comparison. */
  readonly query: URLSearchParams
}

export function readComparisonQuery(query: ComparisonQuery, nowLocalS: LocalS): PageAsked {
  const last = (name: (typeof ownNames)[number]): string => query[name]?.at(-1) ?? ''
  const { raw, query: filters } = readPageQuery({ ...query, ...linesOf(last('line')) }, nowLocalS)
  const [againstFrom, againstTo] = [last('against_from'), last('against_to')]
  const wanted = last('against')
  const preset = comparisonPresets.find((name) => name === wanted)
  const against: Against = wanted === 'custom' ? 'custom' : (preset ?? 'previous')
  const isCut = last('cut') !== '0'
  // an unfinished choice is refused by name, like any range that is none
  const daterange =
    against === 'custom' ? { start_date: againstFrom || '?', end_date: againstTo || againstFrom || '?', ...times(raw) } : undefined
  const address = new URLSearchParams(filters)
  address.set('against', against)
  if (against === 'custom') {
    address.set('against_from', againstFrom)
    address.set('against_to', againstTo)
  }
  if (!isCut) address.set('cut', '0')
  return {
    raw,
    wish: { daterange, preset: preset ?? 'previous', isCut },
    against,
    againstFrom,
    againstTo,
    isCut,
    filters,
    query: address,
  }
}

/** The form's one list of lines: `ids:1,2` are those that were ticked elsewhere. */
const linesOf = (line: string): ComparisonQuery => {
  if (line === '') return {}
  return line.startsWith('ids:') ? { line_ids: [line.slice(4)], line_id: [] } : { line_id: [line], line_ids: [] }
}

/** The hours of the first period are those of the other. */
const times = ({ start_time: start = '00:00', end_time: end = '23:59' }: Readonly<Record<string, string>>) => ({
  start_time: start,
  end_time: end,
})
