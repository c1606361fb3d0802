import assert from 'node:assert/strict'
import { test } from 'node:test'
import { builtInCatalogue, type CatalogueRow, missingRows, resolveWidget } from './catalogue.ts'
import { parseLayout, placeWidgets } from './layout.ts'
import { chooseLayout, type TemplateRow } from './layout-choice.ts'

const catalogue: readonly CatalogueRow[] = builtInCatalogue.map((row, index) => ({ ...row, widgetId: index + 1 }))

for (const [name, className] of [
  ['KpiOee', 'KpiOee'],
  ['  downtimetable ', 'DowntimeTable'],
  ['KPI - OEE', 'KpiOee'],
  ['KPI Disponibilidad', 'KpiAvailability'],
  ['KPI de Rendimiento', 'KpiPerformance'],
  ['KPI Calidad', 'KpiQuality'],
  ['KPI Producción Total', 'KpiTotalProduction'],
  ['KPI Peso Total', 'KpiTotalWeight'],
  ['KPI Eficiencia de Peso', 'KpiWeightEfficiency'],
  ['KPI Tasa de Rechazo', 'KpiRejectedRate'],
  ['KPI Paradas', 'KpiTotalDowntime'],
  ['Tabla de Paradas', 'DowntimeTable'],
  ['Ranking de Productos', 'ProductRanking'],
  ['Top 10 Productos', 'ProductRanking'],
  ['Estado de la Línea', 'LineStatusIndicator'],
  ['Resumen de Métricas', 'MetricsSummary'],
  ['Comparación por turno', 'EntryOutputCompareChart'],
  ['Entrada vs Salida', 'EntryOutputCompareChart'],
  ['Gráfico de Dispersión', 'ScatterChart'],
  ['Distribución de Productos', 'ProductDistributionChart'],
  ['Gráfico de torta', 'ProductDistributionChart'],
  ['Detecciones por Área', 'AreaDetectionChart'],
  ['Gráfico de Barras', 'AreaDetectionChart'],
  ['Producción por Tiempo', 'ProductionTimeChart'],
  ['Serie temporal', 'ProductionTimeChart'],
  ['Eventos recientes', 'EventFeed'],
  ['Mapa de calor', null],
  ['constructor', null],
  ['', null],
] as const) {
  test(`PL-40 the catalogue name "${name}" is ${className ?? 'a widget under development'}`, () =>
    assert.equal(resolveWidget(name)?.className ?? null, className))
}

test('PL-39 merging adds only the widgets that no row resolves to', () => {
  const rows = [
    { widgetId: 4, widgetName: 'Tabla de Paradas', description: '' },
    { widgetId: 9, widgetName: 'KpiOee', description: '' },
  ]
  const missing = missingRows(rows).map(({ widgetName }) => widgetName)
  assert.equal(missing.length, builtInCatalogue.length - 2)
  assert.ok(!missing.includes('DowntimeTable') && !missing.includes('KpiOee'))
  assert.deepEqual(missingRows(catalogue), [])
})

const idsOf = (stored: unknown) => parseLayout(stored)?.entries.map(({ widgetId }) => widgetId)

for (const c of [
  { name: 'the live shape', stored: { widgets: [3, 1], filters: [2] }, widgets: [3, 1], filters: [2] },
  { name: 'the documented shape', stored: { enabled_widget_ids: [3, '1'], enabled_filter_ids: [2, 5] }, widgets: [3, 1], filters: [2, 5] },
  {
    name: 'a grid, in reading order',
    stored: {
      grid: [
        { widget_id: 2, x: 6, y: 1, w: 6, h: 1 },
        { widget_id: 7, x: 0, y: 1, w: 3, h: 4 },
        { widget_id: 5, x: 0, y: 0, w: 12, h: 2 },
      ],
    },
    widgets: [5, 7, 2],
    filters: [],
  },
  { name: 'missing keys mean none', stored: {}, widgets: [], filters: [] },
  { name: 'garbage among the ids', stored: { widgets: [1, null, -3, 1.5, 'x', {}, [2], 4], filters: 'all' }, widgets: [1, 4], filters: [] },
]) {
  test(`PL-68 layout_config: ${c.name}`, () => {
    assert.deepEqual(idsOf(c.stored), c.widgets)
    assert.deepEqual(parseLayout(c.stored)?.filterIds, c.filters)
  })
}

for (const stored of [null, undefined, 'x', 3, []]) {
  test(`PL-68 ${JSON.stringify(stored)} is no layout`, () => assert.equal(parseLayout(stored), null))
}

test('PL-68 a 12-column grid becomes ours, with title, refresh and parameters kept', () => {
  const layout = parseLayout({
    grid: [{ widget_id: 5, x: 0, y: 0, w: 6, h: 4, title: 'Hoy', refresh_seconds: 30, params: { max_items: 5 } }],
  })
  const [placed] = placeWidgets(layout?.entries ?? [], catalogue).widgets
  assert.deepEqual([placed?.colSpan, placed?.rowSpan, placed?.title, placed?.refreshS, placed?.config], [2, 2, 'Hoy', 30, { max_items: 5 }])
})

test('PL-68 repeated and unknown ids are left out, each with a warning', () => {
  const layout = parseLayout({ widgets: [1, 1, 400], filters: [7, 7] })
  const placed = placeWidgets(layout?.entries ?? [], catalogue)
  assert.deepEqual(
    placed.widgets.map(({ widgetId }) => widgetId),
    [1],
  )
  assert.deepEqual(
    [...(layout?.warnings ?? []), ...placed.warnings].map(({ en }) => en),
    ['Widget 1 is repeated in the layout', 'Filter 7 is repeated in the layout', 'Widget 400 of the layout is not in the catalogue'],
  )
})

test('PL-39 one class may appear twice: widgets are known by their id', () => {
  const twice = [...catalogue, { widgetId: 50, widgetName: 'KPI OEE', description: 'Otra' }]
  assert.deepEqual(
    placeWidgets(parseLayout({ widgets: [1, 50] })?.entries ?? [], twice).widgets.map(({ widgetId, className }) => [widgetId, className]),
    [
      [1, 'KpiOee'],
      [50, 'KpiOee'],
    ],
  )
})

const template = (templateId: number, roleAccess: string, layout: unknown = { widgets: [templateId] }): TemplateRow => ({
  templateId,
  roleAccess,
  layout,
})
const choose = (roleName: string, templates: readonly TemplateRow[], role: Parameters<typeof chooseLayout>[0]['role'] = 'MANAGER') =>
  chooseLayout({ roleName, role, templates, catalogue })

for (const c of [
  {
    name: 'its own row, whatever the letter case',
    roleName: 'MANAGER',
    rows: [template(1, 'viewer'), template(2, 'Manager')],
    step: 'role',
    id: 2,
  },
  {
    name: 'a role of the company’s own, by its own word',
    roleName: 'admin_cn',
    rows: [template(1, 'ADMIN_CN'), template(2, 'ADMIN')],
    step: 'role',
    id: 1,
  },
  {
    name: 'the company’s default row',
    roleName: 'MANAGER',
    rows: [template(1, 'viewer'), template(2, 'default')],
    step: 'tenant_default',
    id: 2,
  },
  {
    name: 'the viewers’ row when there is no default',
    roleName: 'MANAGER',
    rows: [template(1, 'VIEWER'), template(2, 'ADMIN')],
    step: 'tenant_default',
    id: 1,
  },
  { name: 'ours when the company has none', roleName: 'MANAGER', rows: [template(2, 'ADMIN')], step: 'built_in', id: null },
  {
    name: 'the administrators’ row for an owner',
    roleName: 'OWNER',
    rows: [template(1, 'default'), template(2, 'ADMIN')],
    step: 'role',
    id: 2,
  },
  {
    name: 'the newest of several',
    roleName: 'MANAGER',
    rows: [template(3, 'MANAGER'), template(9, 'manager'), template(5, 'MANAGER')],
    step: 'role',
    id: 9,
  },
  {
    name: 'the next step when the row cannot be read',
    roleName: 'MANAGER',
    rows: [template(3, 'MANAGER', 'not json'), template(4, 'DEFAULT')],
    step: 'tenant_default',
    id: 4,
  },
] as const) {
  test(`PL-68 a role sees ${c.name}`, () => {
    const layout = choose(c.roleName, c.rows)
    assert.deepEqual([layout.step, layout.templateId], [c.step, c.id])
  })
}

test('PL-68 several rows of a role, and an unreadable one, are told', () => {
  assert.equal(choose('MANAGER', [template(3, 'MANAGER'), template(9, 'manager')]).warnings.length, 1)
  assert.equal(choose('MANAGER', [template(3, 'MANAGER', null)]).warnings.length, 1)
})

test('PL-18 an empty catalogue names the command that fills it', () => {
  const { widgets, warnings } = chooseLayout({ roleName: 'ADMIN', role: 'ADMIN', templates: [], catalogue: [] })
  assert.deepEqual([widgets, warnings.length], [[], 1])
  assert.match(warnings[0]?.en ?? '', /seed-widget-catalog/)
})

test('PL-69 built-in layouts suit the role, and the owner has the administrator’s', () => {
  const classes = (role: Parameters<typeof chooseLayout>[0]['role']) => choose('x', [], role).widgets.map(({ className }) => className)
  assert.equal(classes('ADMIN').length, 20)
  assert.deepEqual(classes('OWNER'), classes('ADMIN'))
  assert.ok(classes('OPERATOR').length < 20 && classes('OPERATOR').includes('DowntimeTable'))
  assert.ok(!classes('VIEWER').includes('EventFeed') && classes('VIEWER').includes('KpiOee'))
  assert.equal(choose('x', [], 'ADMIN').filterIds, null)
})
