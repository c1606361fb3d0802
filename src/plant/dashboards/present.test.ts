import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PlacedWidget, placeWidgets, plainEntry } from './layout.ts'
import { presentWidget } from './present.ts'
import { madeInput } from './widgets/made-facts.ts'
import type { Widget } from './widgets/widget.ts'

const place = (widgetId: number, widgetName: string): PlacedWidget => {
  const [placed] = placeWidgets([plainEntry(widgetId)], [{ widgetId, widgetName, description: `d${widgetId}` }]).widgets
  assert.ok(placed)
  return placed
}
const lines: object[] = []
const deps = { log: { error: (data: object) => void lines.push(data) }, requestId: 'r-1' }

const broken: Widget = {
  ...(place(1, 'KpiOee').widget as Widget),
  compute: () => {
    throw new Error('SELECT secret FROM x')
  },
}

test('PL-41 a widget that fails is an error under its own id, with a safe message and a log line; the others are intact', () => {
  const failing = [7, 8].map((widgetId) => ({ ...place(widgetId, 'KpiOee'), widget: broken }))
  const results = [...failing, place(9, 'KpiTotalProduction')].map((placed) => presentWidget(placed, madeInput(), deps))
  assert.deepEqual(
    results.map(({ widget_id, widget_type, data }) => [widget_id, widget_type, data === null]),
    [
      [7, 'error', true],
      [8, 'error', true],
      [9, 'kpi', false],
    ],
  )
  assert.ok(!JSON.stringify(results).includes('secret'))
  assert.equal(results[0]?.metadata.request_id, 'r-1')
  assert.equal(lines.length, 2)
})

test('PL-42 with several lines a stop widget is a notice, with one line it is data', () => {
  const table = place(3, 'DowntimeTable')
  const several = presentWidget(table, madeInput({ lineCount: 2 }), deps)
  assert.deepEqual([several.data, several.metadata.notice], [null, true])
  assert.notEqual(presentWidget(table, madeInput(), deps).data, null)
})

test('PL-41 no data is an empty envelope with its reason', () => {
  const result = presentWidget(place(3, 'ProductRanking'), madeInput({ facts: { products: [] } }), deps)
  assert.deepEqual([result.data, result.metadata.empty, result.metadata.message], [null, true, 'No hay datos disponibles'])
})

test('PL-40 a name that nothing implements is a placeholder, never a crash', () => {
  const result = presentWidget(place(3, 'Mapa de calor'), madeInput(), deps)
  assert.deepEqual(
    [result.widget_type, result.metadata.message, result.metadata.display_name],
    ['placeholder', 'Widget en desarrollo', 'd3'],
  )
})

test('PL-39 metadata carries name, place, explanation and the data’s age, in the reader’s language', () => {
  const { metadata } = presentWidget({ ...place(3, 'KpiQuality'), title: null }, madeInput({ language: 'en' }), deps)
  assert.deepEqual(
    [metadata.display_name, metadata.tab, metadata.col_span, metadata.data_age_seconds, metadata.newest_detection],
    ['Quality', 'oee', 1, 60, '2026-10-08T10:29:00'],
  )
  assert.ok(String(metadata.explanation).length > 40)
})
