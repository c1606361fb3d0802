/** The dashboard's address: query parameters as the panel's form sends them ⇄ raw filter parameters. */

import Type, { type Static } from 'typebox'
import { formatLocalDate, type LocalS, localParts, parseLocal } from '../../platform/time/index.ts'
import { tabKeyPattern } from './layout.ts'
import { filterParameters } from './schemas.ts'
import type { Preset } from './views/model.ts'

const names = [...Object.keys(filterParameters).filter((name) => name !== 'daterange'), 'tab', 'preset']

/** A form may send a name several times: check boxes, and a switch that says "off" before "on". */
export const PageQuery = Type.Object(
  Object.fromEntries(names.map((name) => [name, Type.Optional(Type.Array(Type.String({ maxLength: 4_000 }), { maxItems: 1_000 }))])),
)
export type PageQuery = Static<typeof PageQuery>

/** A refresh leaves out the widgets that are not due: ids as CSV. */
export const LiveQuery = Type.Object({
  ...PageQuery.properties,
  skip: Type.Optional(Type.String({ maxLength: 2_000, pattern: '^\\d{1,9}(,\\d{1,9})*$' })),
})

const lists = new Set(['line_ids', 'plant_ids', 'area_ids', 'product_ids'])
const presets: Readonly<Record<Preset, (today: Day) => readonly [Day, Day]>> = {
  today: (today) => [today, today],
  yesterday: (today) => [addDays(today, -1), addDays(today, -1)],
  last_7_days: (today) => [addDays(today, -6), today],
  this_month: (today) => [firstOfMonth(today), today],
  last_month: (today) => [firstOfMonth(addDays(firstOfMonth(today), -1)), addDays(firstOfMonth(today), -1)],
}

/** Wall midnight. */
type Day = LocalS
const addDays = (day: Day, days: number): Day => day + days * 86_400
function firstOfMonth(day: Day): Day {
  const { year, month } = localParts(day)
  return parseLocal(`${year}-${String(month).padStart(2, '0')}-01`) ?? day
}

export type PageParameters = {
  /** For the scope: one text per name, lists as CSV, the preset already turned into dates. */
  readonly raw: Readonly<Record<string, string>>
  /** As they came: the address that reproduces this view, a preset still relative. */
  readonly query: URLSearchParams
  /** As written: whether the layout has it is the caller's to see. */
  readonly tab: string | null
  readonly preset: Preset | null
}

const isPreset = (text: string | undefined): text is Preset => text !== undefined && Object.hasOwn(presets, text)

export function readPageQuery(query: PageQuery, nowLocalS: LocalS): PageParameters {
  const raw: Record<string, string> = {}
  for (const name of names) {
    const values = (query[name] ?? []).filter((value) => value !== '')
    const value = lists.has(name) ? values.join(',') : values.at(-1)
    if (value) raw[name] = value
  }
  const { tab, preset, ...filters } = raw
  if (isPreset(preset)) for (const name of ['start_date', 'start_time', 'end_date', 'end_time']) delete filters[name]
  const address = new URLSearchParams({ ...filters, ...(isPreset(preset) ? { preset } : {}) })
  return {
    raw: isPreset(preset) ? { ...filters, ...datesOf(preset, nowLocalS) } : filters,
    query: address,
    tab: tab !== undefined && new RegExp(tabKeyPattern).test(tab) ? tab : null,
    preset: isPreset(preset) ? preset : null,
  }
}

function datesOf(preset: Preset, nowLocalS: LocalS): Record<string, string> {
  const [first, last] = presets[preset](nowLocalS - (nowLocalS % 86_400))
  return { start_date: formatLocalDate(first), start_time: '00:00', end_date: formatLocalDate(last), end_time: '23:59' }
}
