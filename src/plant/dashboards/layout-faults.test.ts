import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { builtInCatalogue } from './catalogue.ts'
import { placeWidgets } from './layout.ts'
import { layoutFaults } from './layout-faults.ts'
import { layoutJsonOf, readLayoutJson } from './layout-json.ts'

const known = { widgetIds: new Set([1, 2, 3]), filterIds: new Set([10, 11]), lineIds: new Set([7, 8]) }
const faultsOf = (layout: unknown) => layoutFaults(layout, known).map(({ path, rule }) => `${path} ${rule}`)

for (const c of [
  { name: 'nothing', layout: null, want: ['layout_config shape'] },
  { name: 'a list', layout: [1, 2], want: ['layout_config shape'] },
  { name: 'something else', layout: { hola: 1 }, want: ['layout_config shape'] },
  { name: 'the live shape', layout: { widgets: [1, '2'], filters: [10] }, want: [] },
  { name: 'the documented shape', layout: { enabled_widget_ids: [1], enabled_filter_ids: [11] }, want: [] },
  { name: 'a grid', layout: { grid: [{ widget_id: 1, x: 0, y: 0, w: 6, h: 2, params: { max_items: 5 } }], tabs: ['oee'] }, want: [] },
  { name: 'nothing chosen', layout: { widgets: [], filters: [] }, want: [] },
  { name: 'unknown widgets', layout: { widgets: [1, 99, 98] }, want: ['widgets[1] unknown_widget', 'widgets[2] unknown_widget'] },
  {
    name: 'unknown ids of the documented shape',
    layout: { enabled_widget_ids: [99], enabled_filter_ids: [5] },
    want: ['enabled_widget_ids[0] unknown_widget', 'enabled_filter_ids[0] unknown_filter'],
  },
  { name: 'another company’s filter', layout: { widgets: [1], filters: [10, 4_711] }, want: ['filters[1] unknown_filter'] },
  { name: 'a widget twice', layout: { widgets: [1, { widget_id: 1 }] }, want: ['widgets[1] repeated'] },
  { name: 'wrong types', layout: { widgets: 'all', filters: { a: 1 } }, want: ['widgets list', 'filters list'] },
  { name: 'ids that are none', layout: { widgets: [null, {}, [1], 1.5] }, want: [0, 1, 2, 3].map((i) => `widgets[${i}] id`) },
  {
    name: 'sizes and seconds out of range',
    layout: {
      widgets: [
        { widget_id: 1, col_span: 5, row_span: 0, refresh_seconds: 4 },
        { widget_id: 2, refresh_seconds: '30' },
      ],
    },
    want: [
      'widgets[0].col_span range',
      'widgets[0].row_span range',
      'widgets[0].refresh_seconds range',
      'widgets[1].refresh_seconds range',
    ],
  },
  { name: 'a title too long', layout: { widgets: [{ widget_id: 1, title: 'x'.repeat(101) }] }, want: ['widgets[0].title text'] },
  {
    name: 'parameters too long',
    layout: { widgets: [{ widget_id: 1, params: { a: 'x'.repeat(3_000) } }] },
    want: ['widgets[0].params params'],
  },
  {
    name: 'tabs of our own, with a group of lines',
    layout: { widgets: [{ widget_id: 1, tab: 'norte' }], tabs: ['oee', { key: 'norte', name: 'Norte', line_ids: [7] }] },
    want: [],
  },
  {
    name: 'tabs that are none',
    layout: {
      widgets: [{ widget_id: 1, tab: 'sur' }],
      tabs: [{ key: 'NO!' }, { key: 'norte' }, 'oeste', { key: 'este', name: 'Este', line_ids: [99] }, 'oee', 'oee'],
    },
    want: [
      'tabs[0] tab_key',
      'tabs[1].name tab_name',
      'tabs[2].name tab_name',
      'tabs[3].line_ids[0] unknown_line',
      'tabs[5] repeated',
      'widgets[0].tab unknown_tab',
    ],
  },
])
  test(`PL-70 saving refuses by name: ${c.name}`, () => assert.deepEqual(faultsOf(c.layout), c.want))

test('PL-70 ten thousand entries are refused, with no more faults than somebody can read', () => {
  const widgets = Array.from({ length: 10_000 }, (_, i) => i + 1)
  const faults = faultsOf({ widgets, filters: widgets, tabs: widgets })
  assert.equal(faults.length, 20)
  assert.ok(faults.includes('widgets too_many') || faults.includes('tabs too_many'))
})

test('a plant that does not answer lets filters and lines be', () =>
  assert.deepEqual(layoutFaults({ widgets: [1], filters: [5] }, { ...known, filterIds: null, lineIds: null }), []))

test('PL-68 what may be saved is read back as it was meant, whatever its shape', () => {
  const id = fc.constantFrom(1, 2, 3)
  const entry = fc.oneof(
    id,
    fc.record(
      {
        widget_id: id,
        title: fc.constantFrom('Hoy', null),
        col_span: fc.integer({ min: 1, max: 4 }),
        row_span: fc.integer({ min: 1, max: 2 }),
        refresh_seconds: fc.integer({ min: 5, max: 86_400 }),
        tab: fc.constantFrom('oee', 'norte'),
      },
      { requiredKeys: ['widget_id'] },
    ),
  )
  const layout = fc.record({
    widgets: fc.uniqueArray(entry, { selector: (item) => (typeof item === 'number' ? item : item.widget_id) }),
    filters: fc.uniqueArray(fc.constantFrom(10, 11)),
    tabs: fc.constant([{ key: 'norte', name: 'Norte', line_ids: [8] }, 'oee']),
  })
  const catalogue = builtInCatalogue.map((row, index) => ({ ...row, widgetId: index + 1 }))
  fc.assert(
    fc.property(layout, (stored) => {
      assert.deepEqual(faultsOf(stored), [])
      const json = readLayoutJson(stored)
      assert.ok(json)
      assert.deepEqual(readLayoutJson(JSON.parse(JSON.stringify(json))), json, 'reading what is stored changes nothing')
      assert.deepEqual(json.filters, stored.filters)
      const entries = json.widgets.map((widget) => ({
        widgetId: widget.widget_id,
        tab: widget.tab,
        title: widget.title,
        colSpan: widget.col_span,
        rowSpan: widget.row_span,
        refreshS: widget.refresh_seconds,
        config: widget.params,
      }))
      const tabs = json.tabs.map(({ key, name, line_ids }) => ({ key, name, lineIds: line_ids }))
      const { widgets } = placeWidgets(entries, catalogue, tabs)
      const edited = layoutJsonOf({ widgets, filterIds: json.filters, tabs }, [])
      assert.deepEqual(layoutFaults(edited, known), [], 'what the editor opens can be saved')
      assert.deepEqual(
        edited.widgets.map(({ widget_id }) => widget_id),
        json.widgets.map(({ widget_id }) => widget_id),
      )
    }),
  )
})
