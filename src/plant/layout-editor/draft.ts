/** A layout while it is edited. Every gesture (a drag, a key, a button without JavaScript) becomes one `Edit`; the same function answers all of them. Pure. */
import type { LayoutJson, WidgetJson } from '../dashboards/index.ts'
import { mostTabs } from '../dashboards/index.ts'

export type Direction = 'left' | 'right' | 'up' | 'down'
export type Resize = 'wider' | 'narrower' | 'taller' | 'shorter'

export type Edit =
  | { readonly kind: 'move'; readonly id: number; readonly to: Direction }
  | { readonly kind: 'resize'; readonly id: number; readonly by: Resize }
  | { readonly kind: 'remove'; readonly id: number }
  | { readonly kind: 'add'; readonly id: number }
  /** What a drag left on the tab, in reading order; sizes only of what was resized. Widgets that it does not name follow as they were. */
  | { readonly kind: 'arrange'; readonly items: readonly Arranged[] }
  | { readonly kind: 'tab_add'; readonly name: string }
  | { readonly kind: 'tab_remove'; readonly key: string }
  | { readonly kind: 'tab_move'; readonly key: string; readonly to: 'left' | 'right' }
  | { readonly kind: 'clear' }
  | { readonly kind: 'apply' }

export type Arranged = { readonly id: number; readonly w?: number; readonly h?: number }

/** How a widget stands by itself. */
export type Sizes = {
  readonly colSpan: number
  readonly rowSpan: number
  readonly tab: string
  /** Narrower than this it cannot be read. */
  readonly leastColSpan: number
}
/** By widget id, of the catalogue. */
export type Catalogue = ReadonlyMap<number, Sizes>

export const gridColumns = 4
const mostRows = 2
const within = (value: number, most: number, least = 1): number => Math.min(most, Math.max(least, Math.round(value)))

/** Where the layout puts it, or else the widget's own place. */
export const tabOf = (draft: LayoutJson, widget: WidgetJson, catalogue: Catalogue): string => {
  const has = (key: string | null | undefined): key is string => draft.tabs.some((tab) => tab.key === key)
  const own = catalogue.get(widget.widget_id)?.tab
  return has(widget.tab) ? widget.tab : has(own) ? own : (draft.tabs[0]?.key ?? 'produccion')
}

export const leastOf = (widget: WidgetJson, catalogue: Catalogue): number => catalogue.get(widget.widget_id)?.leastColSpan ?? 1

/** A stored width that is too narrow is none, as on the dashboard. */
const widthOf = (widget: WidgetJson, catalogue: Catalogue): number =>
  widget.col_span !== null && widget.col_span >= leastOf(widget, catalogue)
    ? widget.col_span
    : (catalogue.get(widget.widget_id)?.colSpan ?? 1)

export const sizeOf = (widget: WidgetJson, catalogue: Catalogue): { readonly w: number; readonly h: number } => ({
  w: within(widthOf(widget, catalogue), gridColumns),
  h: within(widget.row_span ?? catalogue.get(widget.widget_id)?.rowSpan ?? 1, mostRows),
})

/** Widgets of a tab in reading order. */
export const widgetsOf = (draft: LayoutJson, tab: string, catalogue: Catalogue): readonly WidgetJson[] =>
  draft.widgets.filter((widget) => tabOf(draft, widget, catalogue) === tab)

/** Rows as the dashboard fills them: a widget that does not fit starts the next one. */
function bands(widths: readonly number[]): { readonly start: number; readonly columns: readonly number[] }[] {
  const found: { start: number; columns: number[] }[] = []
  let used = gridColumns
  for (const [i, width] of widths.entries()) {
    if (used + width > gridColumns) {
      found.push({ start: i, columns: [] })
      used = 0
    }
    found.at(-1)?.columns.push(used)
    used += width
  }
  return found
}

/** Place among its neighbours after one step; up and down keep the column as well as the rows allow. */
export function placeAfter(widths: readonly number[], at: number, to: Direction): number {
  if (to === 'left' || to === 'right') return Math.min(widths.length - 1, Math.max(0, at + (to === 'left' ? -1 : 1)))
  const rows = bands(widths)
  const row = rows.findLastIndex(({ start }) => start <= at)
  const other = rows[row + (to === 'up' ? -1 : 1)]
  const mine = rows[row]
  if (!mine) return at
  if (!other) return to === 'up' ? 0 : widths.length - 1
  const column = mine.columns[at - mine.start] ?? 0
  const beside = other.columns.findLastIndex((start) => start <= column)
  return other.start + Math.max(0, beside)
}

const replaceWidget = (draft: LayoutJson, id: number, change: (widget: WidgetJson) => WidgetJson): LayoutJson => ({
  ...draft,
  widgets: draft.widgets.map((widget) => (widget.widget_id === id ? change(widget) : widget)),
})

/** Puts `ids` first in this order where the tab's widgets stand; the others of the tab keep theirs behind them. */
function reorder(draft: LayoutJson, tab: string, ids: readonly number[], catalogue: Catalogue): LayoutJson {
  const mine = widgetsOf(draft, tab, catalogue)
  const named = [...new Set(ids)].flatMap((id) => mine.find((widget) => widget.widget_id === id) ?? [])
  const next = [...named, ...mine.filter((widget) => !ids.includes(widget.widget_id))]
  let at = 0
  return { ...draft, widgets: draft.widgets.map((widget) => (mine.includes(widget) ? (next[at++] ?? widget) : widget)) }
}

function move(draft: LayoutJson, id: number, to: Direction, catalogue: Catalogue): LayoutJson {
  const widget = draft.widgets.find(({ widget_id }) => widget_id === id)
  if (!widget) return draft
  const tab = tabOf(draft, widget, catalogue)
  const mine = widgetsOf(draft, tab, catalogue)
  const at = mine.indexOf(widget)
  const target = placeAfter(
    mine.map((other) => sizeOf(other, catalogue).w),
    at,
    to,
  )
  const ids = mine.map(({ widget_id }) => widget_id).toSpliced(at, 1)
  return reorder(draft, tab, ids.toSpliced(target, 0, id), catalogue)
}

const steps: Readonly<Record<Resize, { readonly w: number; readonly h: number }>> = {
  wider: { w: 1, h: 0 },
  narrower: { w: -1, h: 0 },
  taller: { w: 0, h: 1 },
  shorter: { w: 0, h: -1 },
}

const resized = (widget: WidgetJson, { w, h }: { readonly w: number; readonly h: number }, catalogue: Catalogue): WidgetJson => ({
  ...widget,
  col_span: within(w, gridColumns, leastOf(widget, catalogue)),
  row_span: within(h, mostRows),
})

function add(draft: LayoutJson, id: number, tab: string, catalogue: Catalogue): LayoutJson {
  if (!catalogue.has(id) || draft.widgets.some(({ widget_id }) => widget_id === id)) return draft
  const widget: WidgetJson = { widget_id: id, tab, title: null, col_span: null, row_span: null, refresh_seconds: null, params: {} }
  return { ...draft, widgets: [...draft.widgets, widget] }
}

function arrange(draft: LayoutJson, tab: string, items: readonly Arranged[], catalogue: Catalogue): LayoutJson {
  const withNew = items.reduce((sum, { id }) => add(sum, id, tab, catalogue), draft)
  const sized = items.reduce(
    (sum, { id, w, h }) =>
      w === undefined && h === undefined
        ? sum
        : replaceWidget(sum, id, (widget) => {
            const now = sizeOf(widget, catalogue)
            return resized(widget, { w: w ?? now.w, h: h ?? now.h }, catalogue)
          }),
    withNew,
  )
  return reorder(
    sized,
    tab,
    items.map(({ id }) => id),
    catalogue,
  )
}

/** A key for addresses: the name's letters, with a number where it is taken. */
export function tabKey(name: string, taken: readonly string[]): string {
  const plain = name
    .normalize('NFKD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 30)
  const base = plain || 'tab'
  for (let i = 1; ; i += 1) {
    const key = i === 1 ? base : `${base}-${i}`
    if (!taken.includes(key)) return key
  }
}

function removeTab(draft: LayoutJson, key: string, catalogue: Catalogue): LayoutJson {
  if (draft.tabs.length < 2) return draft
  return {
    ...draft,
    widgets: draft.widgets.filter((widget) => tabOf(draft, widget, catalogue) !== key),
    tabs: draft.tabs.filter((tab) => tab.key !== key),
  }
}

function moveTab(draft: LayoutJson, key: string, to: 'left' | 'right'): LayoutJson {
  const at = draft.tabs.findIndex((tab) => tab.key === key)
  const tab = draft.tabs[at]
  const target = at + (to === 'left' ? -1 : 1)
  if (!tab || target < 0 || target >= draft.tabs.length) return draft
  return { ...draft, tabs: draft.tabs.toSpliced(at, 1).toSpliced(target, 0, tab) }
}

/** `tab` is the one that is shown. What cannot be done changes nothing. */
export function applyEdit(draft: LayoutJson, edit: Edit, tab: string, catalogue: Catalogue): LayoutJson {
  switch (edit.kind) {
    case 'move':
      return move(draft, edit.id, edit.to, catalogue)
    case 'resize':
      return replaceWidget(draft, edit.id, (widget) => {
        const { w, h } = sizeOf(widget, catalogue)
        return resized(widget, { w: w + steps[edit.by].w, h: h + steps[edit.by].h }, catalogue)
      })
    case 'remove':
      return { ...draft, widgets: draft.widgets.filter(({ widget_id }) => widget_id !== edit.id) }
    case 'add':
      return add(draft, edit.id, tab, catalogue)
    case 'arrange':
      return arrange(draft, tab, edit.items, catalogue)
    case 'tab_add': {
      const name = edit.name.trim().slice(0, 40)
      const taken = draft.tabs.map(({ key }) => key)
      if (name === '' || taken.length >= mostTabs) return draft
      return { ...draft, tabs: [...draft.tabs, { key: tabKey(name, taken), name, line_ids: null }] }
    }
    case 'tab_remove':
      return removeTab(draft, edit.key, catalogue)
    case 'tab_move':
      return moveTab(draft, edit.key, edit.to)
    case 'clear':
      return { ...draft, widgets: [] }
    case 'apply':
      return draft
  }
}
