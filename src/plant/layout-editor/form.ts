/** What the editor's form sends: the draft as it was drawn, what was typed since, and what to do. */
import Type, { type Static } from 'typebox'
import {
  externalDisplays,
  type LayoutJson,
  leastRefreshS,
  mostRefreshS,
  readLayoutJson,
  type TabJson,
  type WidgetJson,
} from '../dashboards/index.ts'
import { type Arranged, type Catalogue, type Direction, type Edit, type Resize, sizeOf } from './draft.ts'
import { readSteps, type Steps } from './history.ts'

const text = (maxLength: number) => Type.Optional(Type.String({ maxLength }))
const list = Type.Optional(Type.Array(Type.String({ maxLength: 300 }), { maxItems: 1_000 }))

export const EditorBody = Type.Object(
  {
    do: text(100),
    draft: text(400_000),
    past: text(400_000),
    future: text(400_000),
    seen: text(12),
    tab: text(40),
    columns: text(1),
    q: text(100),
    arrangement: text(50_000),
    new_tab: text(100),
    /** Of the widgets of the shown tab: one value each, in the same order. */
    item: list,
    item_title: list,
    item_width: list,
    item_height: list,
    item_refresh: list,
    item_tab: list,
    /** Of the widgets on external sources, one value each: which widget, and what it shows. */
    external: list,
    external_source: list,
    external_display: list,
    external_path: list,
    external_unit: list,
    /** Of the shown tab. */
    tab_name: text(100),
    tab_line: list,
    filter: list,
    /** Check boxes say nothing when none is marked: these say that they were there. */
    has_lines: text(1),
    has_filters: text(1),
  },
  { default: {} },
)
export type EditorBody = Static<typeof EditorBody>

export const previewColumns = ['4', '2', '1'] as const
export type PreviewColumns = (typeof previewColumns)[number]

const idOf = (value: string | undefined): number | null => (value !== undefined && /^\d{1,9}$/.test(value) ? Number(value) : null)
const idsOf = (values: readonly string[] = []): number[] => [...new Set(values.flatMap((value) => idOf(value) ?? []))]

/** Whole seconds; empty or nothing readable = as the lines change. Out of range is drawn into it. */
const refreshOf = (value: string | undefined): number | null => {
  const seconds = Math.round(Number(value))
  return value === undefined || value.trim() === '' || !Number.isFinite(seconds)
    ? null
    : Math.min(mostRefreshS, Math.max(leastRefreshS, seconds))
}

function typedWidget(widget: WidgetJson, i: number, body: EditorBody, tabs: readonly TabJson[], catalogue: Catalogue): WidgetJson {
  const now = sizeOf(widget, catalogue)
  const [w, h] = [idOf(body.item_width?.[i]) ?? now.w, idOf(body.item_height?.[i]) ?? now.h]
  const tab = body.item_tab?.[i]
  return {
    ...widget,
    title: body.item_title?.[i]?.trim().slice(0, 100) || null,
    refresh_seconds: refreshOf(body.item_refresh?.[i]),
    ...(w !== now.w && { col_span: Math.min(4, Math.max(1, w)) }),
    ...(h !== now.h && { row_span: Math.min(2, Math.max(1, h)) }),
    ...(tabs.some(({ key }) => key === tab) && { tab: tab ?? null }),
  }
}

/** Which source a widget shows; other parameters stay as they are. */
function typedExternal(widget: WidgetJson, body: EditorBody): WidgetJson {
  const i = (body.external ?? []).findIndex((id) => idOf(id) === widget.widget_id)
  if (i < 0) return widget
  const { api_source_id: _source, display: _display, value_path: _path, unit: _unit, ...rest } = widget.params
  const text = (values: readonly string[] | undefined, most: number) => values?.[i]?.trim().slice(0, most) ?? ''
  const source = text(body.external_source, 50)
  if (source === '') return { ...widget, params: rest }
  const display = externalDisplays.find((word) => word === body.external_display?.[i]) ?? 'number'
  const [path, unit] = [text(body.external_path, 200), text(body.external_unit, 20)]
  return { ...widget, params: { ...rest, api_source_id: source, display, ...(path && { value_path: path }), ...(unit && { unit }) } }
}

/** The draft with what was typed into the fields of the shown tab. */
function typed(draft: LayoutJson, body: EditorBody, catalogue: Catalogue): LayoutJson {
  const places = new Map((body.item ?? []).map((id, i) => [idOf(id), i]))
  const name = body.tab_name?.trim().slice(0, 40)
  const lines = idsOf(body.tab_line)
  return {
    widgets: draft.widgets.map((widget) => {
      const i = places.get(widget.widget_id)
      return i === undefined ? widget : typedExternal(typedWidget(widget, i, body, draft.tabs, catalogue), body)
    }),
    filters: body.has_filters ? idsOf(body.filter) : draft.filters,
    tabs: draft.tabs.map((tab) =>
      tab.key === body.tab
        ? { ...tab, ...(name && name !== tab.key && { name }), ...(body.has_lines && { line_ids: lines.length > 0 ? lines : null }) }
        : tab,
    ),
  }
}

const draftOf = (json: string | undefined): LayoutJson | null => {
  try {
    return readLayoutJson(JSON.parse(json ?? ''))
  } catch {
    return null
  }
}

export type Sent = {
  /** As the page was drawn. */
  readonly before: LayoutJson
  /** With what was typed since. */
  readonly draft: LayoutJson
  readonly steps: Steps
  readonly seenVersion: number
  readonly tab: string
  readonly columns: PreviewColumns
  readonly search: string
}

export const columnsOf = (text: string | undefined): PreviewColumns => previewColumns.find((columns) => columns === text) ?? '4'

/** Null: the form was not ours. */
export function readForm(body: EditorBody, catalogue: Catalogue): Sent | null {
  const before = draftOf(body.draft)
  if (before === null) return null
  return {
    before,
    draft: typed(before, body, catalogue),
    steps: { past: readSteps(body.past), future: readSteps(body.future) },
    seenVersion: idOf(body.seen) ?? 0,
    tab: before.tabs.find(({ key }) => key === body.tab)?.key ?? before.tabs[0]?.key ?? 'produccion',
    columns: columnsOf(body.columns),
    search: body.q ?? '',
  }
}

function arranged(json: string | undefined): Arranged[] {
  try {
    const items: unknown = JSON.parse(json ?? '[]')
    if (!Array.isArray(items)) return []
    return items.slice(0, 200).flatMap((item: { id?: unknown; w?: unknown; h?: unknown } | null) => {
      const whole = (value: unknown): number | undefined => (Number.isSafeInteger(value) ? Number(value) : undefined)
      const id = whole(item?.id)
      const [w, h] = [whole(item?.w), whole(item?.h)]
      return id === undefined ? [] : [{ id, ...(w !== undefined && { w }), ...(h !== undefined && { h }) }]
    })
  } catch {
    return []
  }
}

/** `left:3`, `add:7`, `tab-remove:norte`… Null: not an edit of the draft. */
export function readEdit(body: EditorBody): Edit | null {
  const [word = '', rest = ''] = (body.do ?? 'apply').split(/:(.*)/s)
  const id = idOf(rest) ?? 0
  switch (word) {
    case 'left':
    case 'right':
    case 'up':
    case 'down':
      return { kind: 'move', id, to: word satisfies Direction }
    case 'wider':
    case 'narrower':
    case 'taller':
    case 'shorter':
      return { kind: 'resize', id, by: word satisfies Resize }
    case 'remove':
    case 'add':
      return { kind: word, id }
    case 'arrange':
      return { kind: 'arrange', items: arranged(body.arrangement) }
    case 'tab-add':
      return { kind: 'tab_add', name: body.new_tab ?? '' }
    case 'tab-remove':
      return { kind: 'tab_remove', key: rest }
    case 'tab-left':
      return { kind: 'tab_move', key: rest, to: 'left' }
    case 'tab-right':
      return { kind: 'tab_move', key: rest, to: 'right' }
    case 'clear':
      return { kind: 'clear' }
    case 'apply':
      return { kind: 'apply' }
    // Enter in a field: the one for a new tab is the only one that wants more than what is typed
    case 'enter':
      return body.new_tab?.trim() ? { kind: 'tab_add', name: body.new_tab } : { kind: 'apply' }
    default:
      return null
  }
}
