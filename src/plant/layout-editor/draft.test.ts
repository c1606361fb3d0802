import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { LayoutJson, WidgetJson } from '../dashboards/index.ts'
import { applyEdit, type Catalogue, type Edit, placeAfter, sizeOf, tabKey, tabOf, widgetsOf } from './draft.ts'
import { readEdit, readForm } from './form.ts'
import { noSteps, readSteps, redo, remember, undo } from './history.ts'

const catalogue: Catalogue = new Map(
  [1, 2, 3, 4, 5, 6].map((id) => [
    id,
    { colSpan: id % 4 === 0 ? 4 : 1, rowSpan: 1, tab: id > 4 ? 'oee' : 'produccion', leastColSpan: id === 4 ? 2 : 1 },
  ]),
)
const widget = (widget_id: number, changes: Partial<WidgetJson> = {}): WidgetJson => ({
  widget_id,
  tab: null,
  title: null,
  col_span: null,
  row_span: null,
  refresh_seconds: null,
  params: {},
  ...changes,
})
const draft = (...ids: number[]): LayoutJson => ({
  widgets: ids.map((id) => widget(id)),
  filters: [],
  tabs: [
    { key: 'produccion', name: null, line_ids: null },
    { key: 'oee', name: null, line_ids: null },
  ],
})
const idsOf = (layout: LayoutJson, tab = 'produccion') => widgetsOf(layout, tab, catalogue).map(({ widget_id }) => widget_id)
const after = (layout: LayoutJson, edit: Edit, tab = 'produccion') => applyEdit(layout, edit, tab, catalogue)

//   [0 0 1 2]
//   [3 3 3 3]
//   [4 5]
const widths = [2, 1, 1, 4, 1, 1]
for (const [at, to, want] of [
  [0, 'left', 0],
  [1, 'left', 0],
  [5, 'right', 5],
  [2, 'down', 3],
  [3, 'up', 0],
  [3, 'down', 4],
  [4, 'up', 3],
  [5, 'down', 5],
  [1, 'up', 0],
] as const)
  test(`PL-70 the widget at ${at} moved ${to} stands at ${want}`, () => assert.equal(placeAfter(widths, at, to), want))

for (const c of [
  { name: 'moving stays within its tab', edit: { kind: 'move', id: 5, to: 'left' }, want: [1, 2, 3, 4] },
  { name: 'moving right', edit: { kind: 'move', id: 1, to: 'right' }, want: [2, 1, 3, 4] },
  { name: 'removing', edit: { kind: 'remove', id: 2 }, want: [1, 3, 4] },
  { name: 'adding what is there already', edit: { kind: 'add', id: 2 }, want: [1, 2, 3, 4] },
  { name: 'adding what no catalogue has', edit: { kind: 'add', id: 99 }, want: [1, 2, 3, 4] },
  { name: 'adding to the tab that is shown', edit: { kind: 'add', id: 6 }, want: [1, 2, 3, 4, 6] },
  { name: 'a drag', edit: { kind: 'arrange', items: [{ id: 4 }, { id: 2 }, { id: 99 }] }, want: [4, 2, 1, 3] },
  { name: 'a drag from the catalogue', edit: { kind: 'arrange', items: [{ id: 6 }, { id: 1 }] }, want: [6, 1, 2, 3, 4] },
  { name: 'emptying', edit: { kind: 'clear' }, want: [] },
] as const satisfies readonly { name: string; edit: Edit; want: readonly number[] }[])
  test(`PL-70 ${c.name}`, () => assert.deepEqual(idsOf(after(draft(1, 2, 3, 4, 5), c.edit)), c.want))

test('PL-70 sizes stay within the grid', () => {
  const sized = (edits: readonly Edit[]) => {
    const layout = edits.reduce((sum, edit) => after(sum, edit), draft(1))
    const [first] = layout.widgets
    assert.ok(first)
    return sizeOf(first, catalogue)
  }
  const wider: Edit = { kind: 'resize', id: 1, by: 'wider' }
  assert.deepEqual(sized([wider]), { w: 2, h: 1 })
  assert.deepEqual(sized([wider, wider, wider, wider, wider]), { w: 4, h: 1 })
  assert.deepEqual(sized([{ kind: 'resize', id: 1, by: 'narrower' }]), { w: 1, h: 1 })
  const four = after(draft(4), { kind: 'arrange', items: [{ id: 4, w: 1 }] }).widgets[0]
  assert.deepEqual(four && sizeOf(four, catalogue), { w: 2, h: 1 }, 'not narrower than it can be read')
  assert.deepEqual(sizeOf(widget(4, { col_span: 1 }), catalogue), { w: 4, h: 1 }, 'stored too narrow: its own width')
  assert.deepEqual(
    sized([
      { kind: 'resize', id: 1, by: 'taller' },
      { kind: 'resize', id: 1, by: 'taller' },
    ]),
    { w: 1, h: 2 },
  )
  assert.deepEqual(sized([{ kind: 'arrange', items: [{ id: 1, w: 9, h: 0 }] }]), { w: 4, h: 1 })
})

test('PL-70 tabs: added under a key of their name, moved, removed with what is on them, never the last', () => {
  const named = after(draft(1), { kind: 'tab_add', name: '  Línea Norte ' })
  assert.deepEqual(named.tabs.at(-1), { key: 'linea-norte', name: 'Línea Norte', line_ids: null })
  assert.equal(tabKey('Línea norte', ['linea-norte']), 'linea-norte-2')
  assert.equal(tabKey('北', []), 'tab')
  const filled = after(named, { kind: 'add', id: 6 }, 'linea-norte')
  assert.deepEqual(idsOf(filled, 'linea-norte'), [6])
  const first = after(after(filled, { kind: 'tab_move', key: 'linea-norte', to: 'left' }), {
    kind: 'tab_move',
    key: 'linea-norte',
    to: 'left',
  })
  assert.deepEqual(
    first.tabs.map(({ key }) => key),
    ['linea-norte', 'produccion', 'oee'],
  )
  const without = after(filled, { kind: 'tab_remove', key: 'linea-norte' })
  assert.deepEqual([without.tabs.length, without.widgets.length], [2, 1])
  const last = after(after(without, { kind: 'tab_remove', key: 'oee' }), { kind: 'tab_remove', key: 'produccion' })
  assert.equal(last.tabs.length, 1)
  assert.equal(tabOf(last, widget(6), catalogue), 'produccion', 'a widget whose own tab is gone stands on the first')
})

test('PL-70 undo and redo give back each draft, and a new step forgets what was undone', () => {
  const [a, b, c] = [draft(1), draft(1, 2), draft(1, 2, 3)]
  const two = remember(remember(noSteps, a, b), b, c)
  const once = undo(two, c)
  assert.deepEqual(once.draft, b)
  const twice = undo(once.steps, once.draft)
  assert.deepEqual(twice.draft, a)
  assert.deepEqual(undo(twice.steps, twice.draft).draft, a, 'nothing before')
  const again = redo(twice.steps, twice.draft)
  assert.deepEqual(again.draft, b)
  assert.deepEqual(redo(again.steps, again.draft).draft, c)
  assert.deepEqual(remember(once.steps, b, a).future, [])
  assert.deepEqual(remember(two, c, c), two, 'nothing changed')
  assert.deepEqual(readSteps(JSON.stringify(two.past)), two.past)
  for (const text of ['', 'no', '{}', '[1,null,"x"]']) assert.deepEqual(readSteps(text), [])
})

test('PL-70 what was typed into the tab’s fields counts before whatever is pressed', () => {
  const body = {
    do: 'left:2',
    draft: JSON.stringify(draft(1, 2, 5)),
    seen: '7',
    tab: 'produccion',
    item: ['1', '2'],
    item_title: ['', ' Hoy '],
    item_width: ['1', '3'],
    item_height: ['1', '2'],
    item_tab: ['oee', 'produccion'],
    item_refresh: ['', '2'],
    tab_name: 'Taller',
    tab_line: ['3', '3', 'x'],
    has_lines: '1',
  }
  const sent = readForm(body, catalogue)
  assert.ok(sent)
  assert.equal(sent.seenVersion, 7)
  assert.deepEqual(sent.draft.widgets[1], widget(2, { title: 'Hoy', col_span: 3, row_span: 2, refresh_seconds: 5, tab: 'produccion' }))
  assert.equal(sent.draft.widgets[0]?.tab, 'oee')
  assert.deepEqual(sent.draft.tabs[0], { key: 'produccion', name: 'Taller', line_ids: [3] })
  assert.deepEqual(readEdit(body), { kind: 'move', id: 2, to: 'left' })
  assert.equal(readForm({ draft: 'no' }, catalogue), null)
  assert.deepEqual(readEdit({ do: 'arrange', arrangement: '[{"id":1,"w":2},{"id":"x"},null,7]' }), {
    kind: 'arrange',
    items: [{ id: 1, w: 2 }],
  })
  assert.deepEqual(readEdit({ do: 'arrange', arrangement: '{' }), { kind: 'arrange', items: [] })
  assert.equal(readEdit({ do: 'drop table' }), null)
})

test('PL-70 whatever is pressed, no widget is lost or doubled but by removing and adding', () => {
  const id = fc.integer({ min: 1, max: 6 })
  const edit: fc.Arbitrary<Edit> = fc.oneof(
    fc.record({
      kind: fc.constant('move' as const),
      id,
      to: fc.constantFrom('left' as const, 'right' as const, 'up' as const, 'down' as const),
    }),
    fc.record({ kind: fc.constant('resize' as const), id, by: fc.constantFrom('wider' as const, 'shorter' as const) }),
    fc.record({ kind: fc.constant('arrange' as const), items: fc.array(fc.record({ id: fc.constantFrom(1, 2, 3) }), { maxLength: 6 }) }),
    fc.record({
      kind: fc.constant('tab_move' as const),
      key: fc.constantFrom('produccion', 'oee'),
      to: fc.constantFrom('left' as const, 'right' as const),
    }),
  )
  fc.assert(
    fc.property(fc.array(edit, { maxLength: 12 }), (edits) => {
      const end = edits.reduce((sum, one) => after(sum, one), draft(1, 2, 3, 4, 5, 6))
      assert.deepEqual(end.widgets.map(({ widget_id }) => widget_id).sort(), [1, 2, 3, 4, 5, 6])
    }),
  )
})
