import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { area, line, plantModel, settings, shift } from '../../../test/harness/plant-model.ts'
import { Problem } from '../../platform/http/problem.ts'
import { formatLocal } from '../../platform/time/index.ts'
import type { FilterRow, PlantModel } from '../model/index.ts'
import { checkFilters, describeFilters, filterDiagnostics, filterOptions, optionsOfRow, parseScope, type Scope } from './index.ts'

/** Monday 2026-10-19 10:17 in Bogota. */
const nowMs = Date.UTC(2026, 9, 19, 15, 17)

const row = (filterId: number, filterName: string, additionalFilter: unknown = null, more: Partial<FilterRow> = {}): FilterRow => ({
  filterId,
  filterName,
  description: '',
  isActive: true,
  displayOrder: filterId,
  defaultValue: null,
  additionalFilter,
  ...more,
})

const plant = (more: Partial<PlantModel> = {}): PlantModel =>
  plantModel({
    lines: [
      line({ lineId: 1, areas: [area(1, 'input'), area(2, 'output')] }),
      line({ lineId: 2, lineName: 'Ñandú', areas: [area(4, 'output', { lineId: 2 })] }),
      line({ lineId: 5, lineName: 'Vieja', isActive: false, areas: [area(8, 'output', { lineId: 5 })] }),
    ],
    shifts: [shift(1, 6, 14), shift(2, 22, 6), shift(3, 14, 22, { isActive: false })],
    ...more,
  })

const scopeOf = (raw: unknown, model = plant()): Scope => parseScope(model, raw, nowMs)
const refusedPaths = (raw: unknown, model = plant()): string[] => checkFilters(model, raw, nowMs).fields.map((field) => field.path)
const lineIds = (raw: unknown, model = plant()): number[] => scopeOf(raw, model).lines.map((chosen) => chosen.lineId)
const walls = ({ fromLocalS, toLocalS }: Scope): string[] => [formatLocal(fromLocalS), formatLocal(toLocalS)]

test('PL-27 an empty request takes every default: yesterday 00:00 to today 23:59, all lines, by hour', () => {
  const scope = scopeOf({})
  assert.deepEqual(walls(scope), ['2026-10-18 00:00:00', '2026-10-20 00:00:00'])
  assert.deepEqual(lineIds({}), [1, 2])
  assert.equal(scope.isMultiLine, true)
  assert.equal(scope.interval, 'hour')
  assert.deepEqual(
    [scope.shiftId, scope.areaIds, scope.productIds, scope.onlyHour, scope.thresholdOverrideS],
    [null, null, null, null, null],
  )
  assert.deepEqual([scope.curveType, scope.showDowntime, scope.highlightPeaks, scope.search], ['smooth', true, false, ''])
  assert.deepEqual(scope.elapsed, { fromS: scope.range.fromS, toS: nowMs / 1000 })
  for (const absent of [undefined, null, '']) assert.deepEqual(walls(scopeOf(absent)), walls(scope))
})

test('PL-27 with one active line that line is the default', () =>
  assert.deepEqual(lineIds({}, plant({ lines: [line(), line({ lineId: 5, isActive: false })] })), [1]))

test('PL-32 the range is half-open: 23:59 takes its whole last minute and not midnight', () => {
  const scope = scopeOf({ daterange: { start_date: '2026-10-08', end_date: '2026-10-08', start_time: '06:35', end_time: '23:59' } })
  assert.deepEqual(walls(scope), ['2026-10-08 06:35:00', '2026-10-09 00:00:00'])
})

test('PL-32 one minute is the shortest range, and flat query parameters mean the same as the nested object', () => {
  const flat = scopeOf({
    start_date: '2026-10-08',
    end_date: '2026-10-08',
    start_time: '09:00',
    end_time: '09:00',
    line_id: '2',
    interval: '1min',
  })
  assert.deepEqual(walls(flat), ['2026-10-08 09:00:00', '2026-10-08 09:01:00'])
  assert.equal(flat.interval, 'minute')
})

for (const [name, raw, path] of [
  ['a day that does not exist', { start_date: '2026-02-30', end_date: '2026-03-01' }, 'daterange'],
  ['a time that does not exist', { start_date: '2026-02-01', end_date: '2026-03-01', end_time: '24:00' }, 'daterange'],
  ['a start after the end', { start_date: '2026-10-08', end_date: '2026-10-07' }, 'daterange'],
  ['a year before clocks', { start_date: '0001-01-01', end_date: '2026-10-07' }, 'daterange'],
  ['a year nobody plans', { start_date: '2026-10-07', end_date: '9999-12-31' }, 'daterange'],
  ['a century', { start_date: '1990-01-01', end_date: '2026-10-07' }, 'daterange'],
  ['a range that is text', { daterange: 'yesterday' }, 'daterange'],
  ['a range that is a list', { daterange: ['2026-10-07'] }, 'daterange'],
  ['a date that is a number', { daterange: { start_date: 20261007 } }, 'daterange'],
  ['a date with a script', { start_date: '2026-10-07<script>' }, 'daterange'],
  ['a line that is unknown', { line_id: 9999 }, 'line_id'],
  ['a line that is retired', { line_id: 5 }, 'line_id'],
  ['a line that is not a number', { line_id: '1; drop table' }, 'line_id'],
  ['a line that is not finite', { line_id: Number.NaN }, 'line_id'],
  ['a line that is a fraction', { line_id: 1.5 }, 'line_id'],
  ['a line that is an object', { line_id: { $gt: 0 } }, 'line_id'],
  ['a line named as a prototype key', { line_id: '__proto__' }, 'line_id'],
  ['a group that is unknown', { line_id: 'group_7_1' }, 'line_id'],
  ['a list with a retired line', { line_ids: [1, 5] }, 'line_ids'],
  ['a list with an unknown line, as CSV', { line_ids: '1,77' }, 'line_ids'],
  ['a list that is huge', { line_ids: Array.from({ length: 100_000 }, (_, i) => i + 1) }, 'line_ids'],
  ['a list of lists', { line_ids: [[1]] }, 'line_ids'],
  ['a shift that is inactive', { shift_id: 3 }, 'shift_id'],
  ['a shift that is unknown', { shift_id: '44' }, 'shift_id'],
  ['a shift that is an object', { shift_id: {} }, 'shift_id'],
  ['an area of another line', { line_id: 1, area_ids: [4] }, 'area_ids'],
  ['an area that is text', { area_ids: 'Salida' }, 'area_ids'],
  ['a negative area', { area_ids: [-1] }, 'area_ids'],
  ['a product that is unknown', { product_ids: [4711] }, 'product_ids'],
  ['a product that is a boolean', { product_ids: true }, 'product_ids'],
  ['an interval that is unknown', { interval: 'fortnight' }, 'interval'],
  ['an interval from the prototype', { interval: 'constructor' }, 'interval'],
  ['an interval that is a number', { interval: 15 }, 'interval'],
  ['ten years by minute', { start_date: '2016-01-01', end_date: '2026-01-01', interval: 'minute' }, 'interval'],
  ['a negative threshold', { downtime_threshold: -1 }, 'downtime_threshold'],
  ['a threshold above a day', { downtime_threshold: 86_401 }, 'downtime_threshold'],
  ['a fraction of a second', { downtime_threshold: '10.5' }, 'downtime_threshold'],
  ['an infinite threshold', { downtime_threshold: Number.POSITIVE_INFINITY }, 'downtime_threshold'],
  ['a curve that is unknown', { curve_type: 'wavy' }, 'curve_type'],
  ['a switch that is text', { show_downtime: 'maybe' }, 'show_downtime'],
  ['a switch that is a list', { highlight_peaks: [true] }, 'highlight_peaks'],
  ['a search that is too long', { search: 'x'.repeat(1_001) }, 'search'],
  ['a search that is an object', { search: {} }, 'search'],
  ['an hour that does not exist', { only_2am: { target_hour: 24 } }, 'only_2am'],
  ['an hour that is text', { only_2am: { target_hour: 'two' } }, 'only_2am'],
  ['an hour of a day that does not exist', { only_2am: { target_hour: 2, target_date: '2026-02-30' } }, 'only_2am'],
  ['an hour switch that is text', { only_2am: 'perhaps' }, 'only_2am'],
  ['filters that are a list', [], 'filters'],
  ['filters that are text', 'line_id=1', 'filters'],
] as const)
  test(`PL-30 PL-34 ${name} is refused by its name`, () => {
    assert.deepEqual(refusedPaths(raw), [path])
    assert.throws(
      () => scopeOf(raw),
      (error) => error instanceof Problem && error.status === 422 && error.code === 'invalid_filters',
    )
  })

test('every fault is named at once', () =>
  assert.deepEqual(
    refusedPaths({ line_id: 9999, start_date: '2026-02-30', shift_id: 3, product_ids: [4711], interval: 'x', downtime_threshold: -5 }),
    ['line_id', 'daterange', 'shift_id', 'product_ids', 'interval', 'downtime_threshold'],
  ))

test('hostile values are refused or ignored, never thrown', () =>
  fc.assert(
    fc.property(
      fc.dictionary(
        fc.constantFrom(
          'line_id',
          'line_ids',
          'daterange',
          'start_date',
          'end_time',
          'shift_id',
          'area_ids',
          'product_ids',
          'interval',
          'downtime_threshold',
          'only_2am',
          'target_hour',
          'target_date',
          'search',
          'curve_type',
          '__proto__',
          'toString',
        ),
        fc.anything({ withNullPrototype: true, withBigInt: true, withDate: true, withSet: true }),
      ),
      (raw) => {
        const { scope, fields } = checkFilters(plant(), raw, nowMs)
        assert.equal(scope === null, fields.length > 0)
      },
    ),
  ))

test('unknown parameters are ignored', () => assert.equal(scopeOf({ company_id: 3, tenant: 'x' }).isMultiLine, true))

const groups = [
  row(2, 'ProductionLineFilter', {
    groups: [
      { alias: 'Dos', line_ids: [2, 1] },
      { alias: 'Con la retirada', line_ids: [2, 5] },
      { alias: 'Vacío', line_ids: [5] },
    ],
  }),
  row(9, 'AreaFilter', { alias: 'Extremos', line_ids: [1, 4711] }),
  row(10, 'ProductFilter', { alias: 'Rota', line_ids: 'x' }),
  row(11, 'ShiftFilter', { groups: [null, 4, { line_ids: [1] }] }, { isActive: false }),
]

for (const [asked, want] of [
  ['all', [1, 2]],
  [2, [2]],
  ['2', [2]],
  ['group_2_0', [1, 2]],
  ['group_2_1', [2]],
  ['group_9', [1]],
] as const)
  test(`PL-29 PL-30 line_id ${asked} means lines ${want.join(', ')}`, () =>
    assert.deepEqual(lineIds({ line_id: asked }, plant({ filters: groups })), want))

for (const asked of ['group_2_2', 'group_2', 'group_11_2', 'group_10'])
  test(`PL-29 ${asked}, which holds no active line, is refused`, () =>
    assert.deepEqual(refusedPaths({ line_id: asked }, plant({ filters: groups })), ['line_id']))

test('PL-30 line_ids, list or CSV, win over line_id; an empty list does not', () => {
  assert.deepEqual(lineIds({ line_id: 1, line_ids: [2] }), [2])
  assert.deepEqual(lineIds({ line_id: 1, line_ids: '2,1' }), [1, 2])
  assert.deepEqual(lineIds({ line_id: 1, line_ids: [] }), [1])
})

test('PL-30 a plant without active lines refuses, it does not show nothing', () =>
  assert.deepEqual(refusedPaths({}, plant({ lines: [line({ isActive: false })] })), ['line_id']))

test('PL-35 an empty, zero or absent threshold is each line’s own; a number overrides', () => {
  for (const own of [undefined, null, '', 0, '0']) assert.equal(scopeOf({ downtime_threshold: own }).thresholdOverrideS, null)
  assert.equal(scopeOf({ downtime_threshold: '60' }).thresholdOverrideS, 60)
  assert.equal(scopeOf({ downtime_threshold: 86_400 }).thresholdOverrideS, 86_400)
})

test('PL-37 the hour filter takes the row’s hour when switched on, or its own', () => {
  const model = plant({ filters: [row(10, 'OnlyFilter', { target_date: null, target_hour: 4 })] })
  assert.deepEqual(scopeOf({ only_2am: true }, model).onlyHour, { targetHour: 4, targetDate: null })
  assert.deepEqual(scopeOf({ only_2am: '1', target_hour: '7', target_date: '2026-10-09' }, model).onlyHour, {
    targetHour: 7,
    targetDate: '2026-10-09',
  })
  assert.deepEqual(scopeOf({ only_2am: { target_hour: 9 } }, model).onlyHour, { targetHour: 9, targetDate: null })
  assert.deepEqual(scopeOf({ only_2am: true }).onlyHour, { targetHour: 2, targetDate: null })
  assert.equal(scopeOf({ only_2am: 'false' }, model).onlyHour, null)
})

test('PL-34 a default interval gives way to a long range, an asked one is refused with a hint', () => {
  const model = plant({ filters: [row(6, 'IntervalFilter', { default_value: '15min' })] })
  const range = { start_date: '2026-01-01', end_date: '2026-10-01' }
  assert.equal(scopeOf({}, model).interval, '15min')
  assert.equal(scopeOf(range, model).interval, 'day')
  const [field] = checkFilters(model, { ...range, interval: '15min' }, nowMs).fields
  assert.deepEqual([field?.path, field?.rule, field?.parameters], ['interval', 'too_many_buckets', { limit: 5_000, hint: 'day' }])
})

test('PL-28 the three row shapes make the same date filter', () => {
  const shapes = [
    row(1, 'Rango de Fechas', { type: 'daterange', required: true, show_time: true }, { defaultValue: { days_back: 7 } }),
    row(1, 'Período', {
      type: 'daterange',
      param_name: 'daterange',
      default_value: { days_back: 7 },
      required: true,
      ui_config: { show_time: true },
    }),
    row(1, 'DateRangeFilter', null, { defaultValue: { days_back: 7 } }),
  ]
  const described = shapes.map((shape) => describeFilters(plant({ filters: [shape] }), null, 'es', nowMs))
  for (const filters of described) assert.deepEqual(filters, described[0])
  assert.deepEqual(described[0]?.[0]?.default_value, {
    start_date: '2026-10-12',
    end_date: '2026-10-19',
    start_time: '00:00',
    end_time: '23:59',
  })
})

for (const [defaultValue, from, to] of [
  ['today', '2026-10-19', '2026-10-19'],
  [{ preset: 'yesterday' }, '2026-10-18', '2026-10-18'],
  ['last_7_days', '2026-10-13', '2026-10-19'],
  ['this_month', '2026-10-01', '2026-10-19'],
  ['last_month', '2026-09-01', '2026-09-30'],
  [{ start_date: '2026-05-01', end_date: '2026-05-02' }, '2026-05-01', '2026-05-02'],
  [{ start_date: '2026-02-30' }, '2026-10-18', '2026-10-19'],
  [{ days_back: -4 }, '2026-10-18', '2026-10-19'],
  ['toString', '2026-10-18', '2026-10-19'],
] as const)
  test(`PL-28 a row default of ${JSON.stringify(defaultValue)} opens ${from} to ${to}`, () => {
    const { parameters } = scopeOf({}, plant({ filters: [row(1, 'DateRangeFilter', null, { defaultValue })] }))
    assert.deepEqual([parameters.start_date, parameters.end_date], [from, to])
  })

for (const [name, className] of [
  ['Rango de fechas', 'DateRangeFilter'],
  ['Línea de producción', 'ProductionLineFilter'],
  ['TURNO', 'ShiftFilter'],
  ['Áreas', 'AreaFilter'],
  ['Productos', 'ProductFilter'],
  ['Agrupar por', 'IntervalFilter'],
  ['Umbral de parada', 'DowntimeThresholdFilter'],
  ['Mostrar paradas', 'ShowDowntimeFilter'],
  ['Tipo de curva', 'CurveTypeFilter'],
  ['Resaltar picos', 'HighlightPeaksFilter'],
  ['Buscar', 'SearchFilter'],
  ['productionlinefilter', 'ProductionLineFilter'],
  ['HourFilter', 'OnlyFilter'],
  ['3', 'ProductFilter'],
] as const)
  test(`PL-27 a row named "${name}" is a ${className}`, () => {
    const model = plant({ filters: [row(7, name)] })
    assert.deepEqual(
      describeFilters(model, null, 'es', nowMs).map((filter) => filter.class_name),
      [className],
    )
  })

test('PL-27 rows that carry their own type override placeholder, required, hints and options, and name their type by param_name', () => {
  const extra = {
    type: 'dropdown',
    param_name: 'shift_id',
    placeholder: 'Cualquiera',
    required: true,
    static_options: [{ value: 1, label: 'Uno' }, 2, { nope: 1 }],
    ui_config: { width: 2 },
    default_value: 2,
  }
  const [filter] = describeFilters(plant({ filters: [row(3, 'Equipo', extra)] }), null, 'es', nowMs)
  assert.equal(filter?.class_name, 'ShiftFilter')
  assert.deepEqual([filter?.placeholder, filter?.required, filter?.default_value], ['Cualquiera', true, 2])
  assert.deepEqual(filter?.ui_config, { width: 2 })
  assert.deepEqual(filter?.options, [
    { value: 1, label: 'Uno' },
    { value: 2, label: '2' },
  ])
  assert.deepEqual(optionsOfRow(plant({ filters: [row(3, 'Equipo', extra)] }), 3, 'es'), filter?.options)
  assert.equal(optionsOfRow(plant(), 3, 'es'), null)
})

test('PL-38 unknown, unavailable and inactive rows show no control and are listed with the reason', () => {
  const filters = [
    row(1, 'Filtro del futuro'),
    row(2, 'OperatorFilter'),
    row(3, 'ShiftFilter', null, { isActive: false }),
    row(4, 'AreaFilter'),
  ]
  const model = plant({ filters })
  assert.deepEqual(
    describeFilters(model, null, 'es', nowMs).map((filter) => filter.filter_id),
    [4],
  )
  assert.deepEqual(
    filterDiagnostics(model).map(({ filterId, reason }) => [filterId, reason]),
    [
      [1, 'unknown_type'],
      [2, 'unavailable_type'],
      [3, 'inactive'],
    ],
  )
})

test('PL-27 the layout’s list of ids limits the filters; a plant without usable rows gets the built-in four', () => {
  const model = plant({ filters: [row(1, 'DateRangeFilter'), row(2, 'ShiftFilter')] })
  assert.deepEqual(
    describeFilters(model, new Set([2]), 'en', nowMs).map((filter) => [filter.filter_id, filter.label]),
    [[2, 'Shift']],
  )
  assert.deepEqual(
    describeFilters(plant(), new Set([2]), 'es', nowMs).map((filter) => [filter.filter_id, filter.param_name]),
    [
      [-1, 'daterange'],
      [-2, 'line_id'],
      [-3, 'shift_id'],
      [-4, 'interval'],
    ],
  )
})

test('PL-29 lines offer "all" first, then groups, then the active lines', () => {
  const options = filterOptions(plant({ filters: groups }), 'ProductionLineFilter', 'es')
  assert.deepEqual(
    options.map(({ value, label }) => [value, label]),
    [
      ['all', 'Todas las líneas'],
      ['group_2_0', 'Dos'],
      ['group_2_1', 'Con la retirada'],
      ['group_9', 'Extremos'],
      [1, 'Envasado'],
      [2, 'Ñandú'],
    ],
  )
  assert.deepEqual(options[2]?.extra, { is_group: true, line_ids: [2] })
  assert.ok(!filterOptions(plant({ lines: [line()] }), 'ProductionLineFilter', 'es').some(({ value }) => value === 'all'))
})

test('PL-31 areas cascade from the chosen line', () => {
  const ids = (parent: Record<string, unknown>) => filterOptions(plant(), 'AreaFilter', 'es', parent).map(({ value }) => value)
  assert.deepEqual(ids({ line_id: 1 }), [1, 2])
  assert.deepEqual(ids({ line_ids: [1, 2] }), [1, 2, 4])
  assert.deepEqual(ids({ line_id: 99 }), [])
})

test('PL-27 row defaults become the parameters’ defaults when they are valid', () => {
  const filters = [
    row(1, 'ProductionLineFilter', null, { defaultValue: 2 }),
    row(2, 'ShiftFilter', { default_value: 2 }),
    row(3, 'CurveTypeFilter', { default_value: 'stepped' }),
    row(4, 'ShowDowntimeFilter', { default_value: false }),
    row(5, 'HighlightPeaksFilter', { default_value: true }),
    row(6, 'DowntimeThresholdFilter', { default_value: 120 }),
    row(7, 'IntervalFilter', { default_value: '1day' }),
    row(8, 'SearchFilter'),
    row(9, 'ProductFilter'),
    row(10, 'OnlyFilter', { target_hour: 5 }),
  ]
  const scope = scopeOf({}, plant({ filters }))
  assert.deepEqual(
    [scope.lines[0]?.lineId, scope.shiftId, scope.curveType, scope.showDowntime, scope.highlightPeaks],
    [2, 2, 'stepped', false, true],
  )
  assert.deepEqual([scope.thresholdOverrideS, scope.interval], [120, 'day'])
  assert.deepEqual(
    describeFilters(plant({ filters }), null, 'es', nowMs).map((filter) => filter.default_value),
    [2, 2, 'stepped', false, true, 120, 'day', '', [], null],
  )
  const invalid = filters.map((filter) => row(filter.filterId, filter.filterName, { default_value: 'nonsense', target_hour: 5 }))
  const fallback = scopeOf({}, plant({ filters: invalid }))
  assert.deepEqual(
    [fallback.lines.length, fallback.shiftId, fallback.curveType, fallback.showDowntime, fallback.interval],
    [2, null, 'smooth', true, 'hour'],
  )
  assert.deepEqual(
    describeFilters(plant({ filters: invalid }), null, 'es', nowMs).map((filter) => filter.default_value),
    ['all', null, 'smooth', true, false, null, 'hour', '', [], null],
  )
})

test('the normalised parameters reproduce the same scope', () => {
  const raw = {
    line_ids: [2, 1],
    daterange: { start_date: '2026-10-01', end_date: '2026-10-05', start_time: '21:30', end_time: '06:29' },
    shift_id: 2,
    area_ids: [2, 4],
    product_ids: [3, 1],
    interval: '1day',
    downtime_threshold: 60,
    curve_type: 'stacked',
    show_downtime: false,
    highlight_peaks: true,
    search: 'ñandú',
    only_2am: { target_hour: 3, target_date: '2026-10-02' },
  }
  const scope = scopeOf(raw)
  const asText = Object.fromEntries(Object.entries(scope.parameters).map(([name, value]) => [name, String(value)]))
  assert.deepEqual(scopeOf(asText), scope)
})

test('PL-84 a range whose edge is ambiguous starts at the first occurrence, and one whose edge is skipped moves forward', () => {
  const madrid = plant({ settings: settings({ timeZone: 'Europe/Madrid' }) })
  const autumn = scopeOf({ start_date: '2025-10-26', end_date: '2025-10-26', start_time: '02:30', end_time: '03:29' }, madrid)
  assert.equal(autumn.range.toS - autumn.range.fromS, 2 * 3_600)
  const spring = scopeOf({ start_date: '2026-03-29', end_date: '2026-03-29', start_time: '02:30', end_time: '03:29' }, madrid)
  assert.equal(spring.range.toS - spring.range.fromS, 0)
  const skipped = scopeOf({ start_date: '2026-03-29', end_date: '2026-03-29', start_time: '02:50', end_time: '03:09' }, madrid)
  assert.equal(skipped.range.toS, skipped.range.fromS)
})

const twoPlants = (): PlantModel => {
  const base = plant({
    lines: [3, 1, 2].map((lineId) => line({ lineId, lineName: `Línea ${lineId}`, isActive: lineId !== 3 })),
  })
  const sites = [
    { siteId: 1, siteName: 'Norte', siteCode: 'N', lineIds: [2, 3] },
    { siteId: 2, siteName: 'Sur', siteCode: '', lineIds: [1] },
    { siteId: 5, siteName: 'Vacía', siteCode: '', lineIds: [] },
  ]
  return { ...base, settings: { ...base.settings, sites } }
}

for (const c of [
  { name: 'one plant', raw: { plant_ids: '1' }, want: [2] },
  { name: 'a plant as a choice of lines', raw: { line_id: 'plant_2' }, want: [1] },
  { name: 'several plants', raw: { plant_ids: [1, 2], line_id: 'all' }, want: [1, 2] },
  { name: 'the older name', raw: { plant_id: 2 }, want: [1] },
  { name: 'none chosen', raw: { plant_ids: [] }, want: [1, 2] },
  { name: 'all', raw: { plant_ids: 'all' }, want: [1, 2] },
])
  test(`PL-91 lines by plant: ${c.name}`, () => {
    const { scope } = checkFilters(twoPlants(), c.raw, Date.UTC(2026, 9, 9, 15))
    assert.deepEqual(
      scope?.lines.map(({ lineId }) => lineId),
      c.want,
    )
    const again = scope && checkFilters(twoPlants(), scope.parameters, Date.UTC(2026, 9, 9, 15)).scope
    assert.deepEqual(
      again?.lines.map(({ lineId }) => lineId),
      c.want,
      'the parameters reproduce the view',
    )
  })

for (const [raw, rule] of [
  [{ plant_ids: [9] }, 'plant_ids:unknown_plant'],
  [{ plant_ids: 'x' }, 'plant_ids:type'],
  [{ plant_ids: [1], line_id: 1 }, 'plant_ids:no_line_of_plant'],
  [{ plant_ids: [5] }, 'plant_ids:no_line_of_plant'],
  [{ line_id: 'plant_5' }, 'line_id:unknown_group'],
] as const)
  test(`PL-91 refused: ${JSON.stringify(raw)}`, () =>
    assert.deepEqual(
      checkFilters(twoPlants(), raw, Date.UTC(2026, 9, 9, 15)).fields.map((field) => `${field.path}:${field.rule}`),
      [rule],
    ))

test('PL-91 the choice of lines offers the plants, and the lines plant by plant; PlantFilter shows where there are plants', () => {
  const model = twoPlants()
  assert.deepEqual(
    filterOptions(model, 'ProductionLineFilter', 'es').map(({ value }) => value),
    ['all', 'plant_1', 'plant_2', 2, 1],
  )
  assert.deepEqual(
    filterOptions(model, 'PlantFilter', 'es').map(({ label }) => label),
    ['Norte', 'Sur', 'Vacía'],
  )
})
