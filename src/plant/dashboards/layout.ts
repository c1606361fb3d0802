/** Layouts: what a role sees, from the JSON that companies have stored in several shapes (spec plant 8). Pure; reading is in `queries.ts`. */
import { formatText, type Parameters, type Text } from '../../platform/i18n/index.ts'
import { type CatalogueRow, resolveWidget } from './catalogue.ts'
import { messages } from './messages.ts'
import type { Tab, Widget } from './widgets/widget.ts'

export const tabs = ['produccion', 'oee'] as const satisfies readonly Tab[]

export type LayoutEntry = {
  readonly widgetId: number
  readonly title: string | null
  readonly colSpan: number | null
  readonly rowSpan: number | null
  readonly refreshS: number | null
  readonly config: Readonly<Record<string, unknown>>
}

export type ParsedLayout = {
  readonly entries: readonly LayoutEntry[]
  /** Null = every active filter of the company (built-in layouts only). */
  readonly filterIds: readonly number[] | null
  readonly tabs: readonly Tab[]
  readonly warnings: readonly Text[]
}

/** A widget of the catalogue where the layout puts it. `widget` is null for a name that nothing implements yet. */
export type PlacedWidget = {
  readonly widgetId: number
  readonly widgetName: string
  readonly description: string
  readonly className: string | null
  readonly widget: Widget | null
  readonly tab: Tab
  readonly colSpan: number
  readonly rowSpan: number
  readonly order: number
  readonly title: string | null
  readonly refreshS: number | null
  readonly config: Readonly<Record<string, unknown>>
}

/** Which row of the chain matched: the role's own, the company's default, or ours. */
export type LayoutStep = 'role' | 'tenant_default' | 'built_in'

export type ResolvedLayout = {
  readonly step: LayoutStep
  readonly roleName: string
  readonly templateId: number | null
  readonly widgets: readonly PlacedWidget[]
  readonly filterIds: readonly number[] | null
  readonly tabs: readonly Tab[]
  readonly warnings: readonly Text[]
}

export const filled = (text: Text, parameters: Parameters): Text => ({
  es: formatText(text, 'es', parameters),
  en: formatText(text, 'en', parameters),
})

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, 200) : [])

const idOf = (value: unknown): number | null => {
  const id = typeof value === 'string' && /^\d{1,9}$/.test(value) ? Number(value) : value
  return typeof id === 'number' && Number.isSafeInteger(id) && id > 0 ? id : null
}

const whole = (value: unknown, low: number, high: number): number | null =>
  typeof value === 'number' && Number.isFinite(value) ? Math.min(high, Math.max(low, Math.round(value))) : null

const entryOf = (item: unknown): LayoutEntry | null => {
  const source: Json = isObject(item) ? item : { widget_id: item }
  const widgetId = idOf(source.widget_id ?? source.id)
  if (widgetId === null) return null
  const config = isObject(source.params) ? source.params : isObject(source.config) ? source.config : {}
  // The older plan drew on 12 columns: a third of its width is ours.
  const width = typeof source.w === 'number' ? source.w / 3 : null
  return {
    widgetId,
    title: typeof source.title === 'string' && source.title.trim() !== '' ? source.title.slice(0, 100) : null,
    colSpan: whole(source.col_span ?? width, 1, 4),
    rowSpan: whole(source.row_span ?? source.h, 1, 2),
    refreshS: whole(source.refresh_seconds, 1, 86_400),
    config,
  }
}

const position = (item: unknown, key: 'x' | 'y'): number => (isObject(item) && typeof item[key] === 'number' ? item[key] : 0)

/** Reading order of a grid: by row, then by column. */
const gridOrder = (grid: readonly unknown[]): readonly unknown[] =>
  grid.toSorted((a, b) => position(a, 'y') - position(b, 'y') || position(a, 'x') - position(b, 'x'))

const tabsOf = (value: unknown): readonly Tab[] => {
  const named = listOf(value).map((item) => (isObject(item) ? (item.key ?? item.name) : item))
  const known = tabs.filter((tab) => named.includes(tab))
  return known.length > 0 ? known.toSorted((a, b) => named.indexOf(a) - named.indexOf(b)) : tabs
}

const withoutRepeats = (ids: readonly (number | null)[], warn: (id: number) => void): number[] => {
  const seen = new Set<number>()
  for (const id of ids) {
    if (id === null) continue
    if (seen.has(id)) warn(id)
    seen.add(id)
  }
  return [...seen]
}

/** `{widgets, filters}`, `{enabled_widget_ids, enabled_filter_ids}` or `{grid:[{widget_id,x,y,w,h,params}]}`; null when it is none of them. */
export const parseLayout = (stored: unknown): ParsedLayout | null => {
  if (!isObject(stored)) return null
  const warnings: Text[] = []
  const list = Array.isArray(stored.grid) ? gridOrder(stored.grid) : listOf(stored.widgets ?? stored.enabled_widget_ids)
  const entries = new Map<number, LayoutEntry>()
  for (const item of list) {
    const entry = entryOf(item)
    if (entry === null) continue
    if (entries.has(entry.widgetId)) warnings.push(filled(messages['warning.duplicate_widget'], { id: entry.widgetId }))
    else entries.set(entry.widgetId, entry)
  }
  const filterIds = withoutRepeats(listOf(stored.filters ?? stored.enabled_filter_ids).map(idOf), (id) =>
    warnings.push(filled(messages['warning.duplicate_filter'], { id })),
  )
  return { entries: [...entries.values()], filterIds, tabs: tabsOf(stored.tabs), warnings }
}

/** Entries joined with the catalogue, in the list's order; ids that the catalogue lacks are left out with a warning. */
export const placeWidgets = (
  entries: readonly LayoutEntry[],
  catalogue: readonly CatalogueRow[],
): { widgets: PlacedWidget[]; warnings: Text[] } => {
  const byId = new Map(catalogue.map((row) => [row.widgetId, row]))
  const warnings: Text[] = []
  const placed = entries.flatMap((entry, index): PlacedWidget[] => {
    const row = byId.get(entry.widgetId)
    if (row === undefined) {
      warnings.push(filled(messages['warning.unknown_widget'], { id: entry.widgetId }))
      return []
    }
    const widget = resolveWidget(row.widgetName)
    return [
      {
        ...entry,
        widgetName: row.widgetName,
        description: row.description,
        className: widget?.className ?? null,
        widget,
        tab: widget?.tab ?? 'produccion',
        colSpan: entry.colSpan ?? widget?.columnSpan ?? 1,
        rowSpan: entry.rowSpan ?? widget?.rowSpan ?? 1,
        order: index,
      },
    ]
  })
  return { widgets: placed, warnings }
}

/** A catalogue row placed by itself, as preview does. */
export const plainEntry = (widgetId: number): LayoutEntry => ({
  widgetId,
  title: null,
  colSpan: null,
  rowSpan: null,
  refreshS: null,
  config: {},
})
