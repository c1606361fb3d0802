/** Layouts: what a role sees, from the JSON that companies have stored in several shapes (spec plant 8). Pure; reading is in `queries.ts`. */
import { formatText, type Parameters, type Text } from '../../platform/i18n/index.ts'
import { type CatalogueRow, resolveWidget } from './catalogue.ts'
import { messages } from './messages.ts'
import type { Tab, Widget } from './widgets/widget.ts'

/** A tab of a dashboard. The two that widgets are made for have names of ours; a company adds others under keys of its own. */
export type LayoutTab = {
  readonly key: string
  /** Null = our name of a built-in tab. */
  readonly name: string | null
  /** What "all lines" means on this tab: a group of lines. Null = all of them. */
  readonly lineIds: readonly number[] | null
}

const builtInKeys = ['produccion', 'oee'] as const satisfies readonly Tab[]
export const builtInTabs: readonly LayoutTab[] = builtInKeys.map((key) => ({ key, name: null, lineIds: null }))
export const isBuiltInTab = (key: string): key is Tab => (builtInKeys as readonly string[]).includes(key)

/** What a tab may be called in addresses. */
export const tabKeyPattern = '^[a-z0-9][a-z0-9_-]{0,39}$'
const isTabKey = (value: unknown): value is string => typeof value === 'string' && new RegExp(tabKeyPattern).test(value)
export const mostTabs = 12
export const mostWidgets = 200

/** Faster than this, refreshing one widget costs more than it tells. */
export const leastRefreshS = 5
export const mostRefreshS = 86_400

export type LayoutEntry = {
  readonly widgetId: number
  /** Null = where the widget belongs by itself. */
  readonly tab: string | null
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
  readonly tabs: readonly LayoutTab[]
  readonly warnings: readonly Text[]
}

/** A widget of the catalogue where the layout puts it. `widget` is null for a name that nothing implements yet. */
export type PlacedWidget = {
  readonly widgetId: number
  readonly widgetName: string
  readonly description: string
  readonly className: string | null
  readonly widget: Widget | null
  readonly tab: string
  readonly colSpan: number
  readonly rowSpan: number
  readonly order: number
  readonly title: string | null
  readonly refreshS: number | null
  readonly config: Readonly<Record<string, unknown>>
}

/** Which step of the chain matched: the person's own, the role's, the company's default, or ours. */
export type LayoutStep = 'person' | 'role' | 'tenant_default' | 'built_in'

export type ResolvedLayout = {
  readonly step: LayoutStep
  readonly roleName: string
  readonly templateId: number | null
  readonly widgets: readonly PlacedWidget[]
  readonly filterIds: readonly number[] | null
  readonly tabs: readonly LayoutTab[]
  readonly warnings: readonly Text[]
}

export const filled = (text: Text, parameters: Parameters): Text => ({
  es: formatText(text, 'es', parameters),
  en: formatText(text, 'en', parameters),
})

type Json = Readonly<Record<string, unknown>>
const isObject = (value: unknown): value is Json => typeof value === 'object' && value !== null && !Array.isArray(value)
const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value.slice(0, mostWidgets) : [])

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
    tab: isTabKey(source.tab) ? source.tab : null,
    title: typeof source.title === 'string' && source.title.trim() !== '' ? source.title.slice(0, 100) : null,
    colSpan: whole(source.col_span ?? width, 1, 4),
    rowSpan: whole(source.row_span ?? source.h, 1, 2),
    refreshS: whole(source.refresh_seconds, leastRefreshS, mostRefreshS),
    config,
  }
}

const position = (item: unknown, key: 'x' | 'y'): number => (isObject(item) && typeof item[key] === 'number' ? item[key] : 0)

/** Reading order of a grid: by row, then by column. */
const gridOrder = (grid: readonly unknown[]): readonly unknown[] =>
  grid.toSorted((a, b) => position(a, 'y') - position(b, 'y') || position(a, 'x') - position(b, 'x'))

const tabOf = (item: unknown): LayoutTab | null => {
  if (typeof item === 'string') return isBuiltInTab(item) ? { key: item, name: null, lineIds: null } : null
  if (!isObject(item)) return null
  const key = item.key ?? item.name
  if (!isTabKey(key)) return null
  const name = typeof item.name === 'string' && item.name.trim() !== '' && item.name !== key ? item.name.slice(0, 40) : null
  if (name === null && !isBuiltInTab(key)) return null
  const lineIds = listOf(item.line_ids).flatMap((id) => idOf(id) ?? [])
  return { key, name, lineIds: lineIds.length > 0 ? lineIds : null }
}

/** Names of tabs that are nobody's are passed over; a layout that names none has the built-in ones. */
const tabsOf = (value: unknown): readonly LayoutTab[] => {
  const known = new Map<string, LayoutTab>()
  for (const tab of listOf(value).map(tabOf)) if (tab && !known.has(tab.key) && known.size < mostTabs) known.set(tab.key, tab)
  return known.size > 0 ? [...known.values()] : builtInTabs
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
  tabs: readonly Pick<LayoutTab, 'key'>[] = builtInTabs,
): { widgets: PlacedWidget[]; warnings: Text[] } => {
  const keys = new Set(tabs.map(({ key }) => key))
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
        tab: entry.tab !== null && keys.has(entry.tab) ? entry.tab : (widget?.tab ?? 'produccion'),
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
  tab: null,
  title: null,
  colSpan: null,
  rowSpan: null,
  refreshS: null,
  config: {},
})
