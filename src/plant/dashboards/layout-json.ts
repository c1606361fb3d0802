/** A layout as it is stored from now on: one shape, whatever shape it came in. Pure. */
import { builtInTabs, type LayoutEntry, type LayoutTab, type ParsedLayout, parseLayout, type ResolvedLayout } from './layout.ts'

export type WidgetJson = {
  readonly widget_id: number
  /** Null = where the widget belongs by itself. */
  readonly tab: string | null
  readonly title: string | null
  readonly col_span: number | null
  readonly row_span: number | null
  readonly refresh_seconds: number | null
  readonly params: Readonly<Record<string, unknown>>
}
export type TabJson = { readonly key: string; readonly name: string | null; readonly line_ids: readonly number[] | null }
export type LayoutJson = { readonly widgets: readonly WidgetJson[]; readonly filters: readonly number[]; readonly tabs: readonly TabJson[] }

const tabJson = ({ key, name, lineIds }: LayoutTab): TabJson => ({ key, name, line_ids: lineIds })

const widgetJson = (entry: LayoutEntry): WidgetJson => ({
  widget_id: entry.widgetId,
  tab: entry.tab,
  title: entry.title,
  col_span: entry.colSpan,
  row_span: entry.rowSpan,
  refresh_seconds: entry.refreshS,
  params: entry.config,
})

const jsonOf = ({ entries, filterIds, tabs }: ParsedLayout): LayoutJson => ({
  widgets: entries.map(widgetJson),
  filters: [...(filterIds ?? [])],
  tabs: tabs.map(tabJson),
})

/** Of any shape that is read; null when it is none. */
export const readLayoutJson = (stored: unknown): LayoutJson | null => {
  const parsed = parseLayout(stored)
  return parsed && jsonOf(parsed)
}

export const emptyLayout: LayoutJson = { widgets: [], filters: [], tabs: builtInTabs.map(tabJson) }

/** What somebody sees, as something to edit: widgets with the place and size that they have. `everyFilter` stands for "all". */
export const layoutJsonOf = (
  layout: Pick<ResolvedLayout, 'widgets' | 'filterIds' | 'tabs'>,
  everyFilter: readonly number[],
): LayoutJson => {
  const keys = new Set(layout.tabs.map(({ key }) => key))
  return {
    widgets: layout.widgets.map((placed) => ({
      widget_id: placed.widgetId,
      // a widget whose tab is not shown would be lost from sight
      tab: keys.has(placed.tab) ? placed.tab : (layout.tabs[0]?.key ?? null),
      title: placed.title,
      // the widget's own size stays its own, whatever a later version makes of it
      col_span: placed.colSpan === placed.widget?.columnSpan ? null : placed.colSpan,
      row_span: placed.rowSpan === placed.widget?.rowSpan ? null : placed.rowSpan,
      refresh_seconds: placed.refreshS,
      params: placed.config,
    })),
    filters: [...(layout.filterIds ?? everyFilter)],
    tabs: layout.tabs.map(tabJson),
  }
}
