/** Every filter the product knows (spec plant 4.3). A row of the customer's `filter` table shows one of these; the row cannot bring code. */
import type { Text } from '../../platform/i18n/i18n.ts'

export type FilterType = {
  readonly paramName: string
  /** How the panel draws it. */
  readonly uiType: 'daterange' | 'dropdown' | 'multiselect' | 'number' | 'toggle' | 'text'
  readonly valueType: 'daterange' | 'id' | 'ids' | 'line' | 'choice' | 'integer' | 'boolean' | 'text' | 'hour'
  readonly label: Text
  readonly placeholder: Text
  readonly isRequired: boolean
  readonly optionsSource: 'lines' | 'plants' | 'shifts' | 'areas' | 'products' | 'static' | null
  /** Parameter whose change reloads the options. */
  readonly dependsOn: string | null
  readonly uiConfig: Readonly<Record<string, unknown>>
  readonly behavior: {
    /** How the value travels in a query string. */
    readonly serialize: 'range' | 'single' | 'csv' | 'flag'
    readonly include: 'always' | 'when_set'
    /** `query` asks the server again, `cascade` first reloads dependants, `client` redraws what is there. */
    readonly onChange: 'query' | 'cascade' | 'client'
  }
  readonly validation: Readonly<Record<string, unknown>>
  /** False = known, but its data does not exist yet: a row of it is skipped and listed in diagnostics. */
  readonly isAvailable: boolean
}

const none: Text = { es: '', en: '' }
const query = { include: 'when_set', onChange: 'query' } as const
const client = { include: 'when_set', onChange: 'client' } as const

/** A type whose data the plant does not have: shown in diagnostics only. */
const unavailable = (paramName: string, label: Text): FilterType => ({
  paramName,
  uiType: 'multiselect',
  valueType: 'ids',
  label,
  placeholder: none,
  isRequired: false,
  optionsSource: null,
  dependsOn: null,
  uiConfig: {},
  behavior: { serialize: 'csv', ...query },
  validation: {},
  isAvailable: false,
})

export const filterTypes = {
  DateRangeFilter: {
    paramName: 'daterange',
    uiType: 'daterange',
    valueType: 'daterange',
    label: { es: 'Rango de fechas', en: 'Date range' },
    placeholder: none,
    isRequired: true,
    optionsSource: null,
    dependsOn: null,
    uiConfig: { show_time: true, presets: ['today', 'yesterday', 'last_7_days', 'this_month', 'last_month'] },
    behavior: { serialize: 'range', include: 'always', onChange: 'query' },
    validation: { date_format: 'YYYY-MM-DD', time_format: 'HH:MM' },
    isAvailable: true,
  },
  ProductionLineFilter: {
    paramName: 'line_id',
    uiType: 'dropdown',
    valueType: 'line',
    label: { es: 'Línea', en: 'Line' },
    placeholder: { es: 'Elija una línea', en: 'Choose a line' },
    isRequired: true,
    optionsSource: 'lines',
    dependsOn: null,
    uiConfig: {},
    behavior: { serialize: 'single', include: 'always', onChange: 'cascade' },
    validation: {},
    isAvailable: true,
  },
  ShiftFilter: {
    paramName: 'shift_id',
    uiType: 'dropdown',
    valueType: 'id',
    label: { es: 'Turno', en: 'Shift' },
    placeholder: { es: 'Todos los turnos', en: 'All shifts' },
    isRequired: false,
    optionsSource: 'shifts',
    dependsOn: null,
    uiConfig: {},
    behavior: { serialize: 'single', ...query },
    validation: {},
    isAvailable: true,
  },
  AreaFilter: {
    paramName: 'area_ids',
    uiType: 'multiselect',
    valueType: 'ids',
    label: { es: 'Áreas', en: 'Areas' },
    placeholder: { es: 'Todas las áreas', en: 'All areas' },
    isRequired: false,
    optionsSource: 'areas',
    dependsOn: 'line_id',
    uiConfig: {},
    behavior: { serialize: 'csv', ...query },
    validation: {},
    isAvailable: true,
  },
  ProductFilter: {
    paramName: 'product_ids',
    uiType: 'multiselect',
    valueType: 'ids',
    label: { es: 'Productos', en: 'Products' },
    placeholder: { es: 'Todos los productos', en: 'All products' },
    isRequired: false,
    optionsSource: 'products',
    dependsOn: null,
    uiConfig: {},
    behavior: { serialize: 'csv', ...query },
    validation: {},
    isAvailable: true,
  },
  IntervalFilter: {
    paramName: 'interval',
    uiType: 'dropdown',
    valueType: 'choice',
    label: { es: 'Intervalo', en: 'Interval' },
    placeholder: none,
    isRequired: true,
    optionsSource: 'static',
    dependsOn: null,
    uiConfig: {},
    behavior: { serialize: 'single', include: 'always', onChange: 'query' },
    validation: { max_buckets: 5_000 },
    isAvailable: true,
  },
  CurveTypeFilter: {
    paramName: 'curve_type',
    uiType: 'dropdown',
    valueType: 'choice',
    label: { es: 'Tipo de curva', en: 'Curve' },
    placeholder: none,
    isRequired: false,
    optionsSource: 'static',
    dependsOn: null,
    uiConfig: { tension: { smooth: 0.4, linear: 0, stepped: 0, stacked: 0.4 } },
    behavior: { serialize: 'single', ...client },
    validation: {},
    isAvailable: true,
  },
  DowntimeThresholdFilter: {
    paramName: 'downtime_threshold',
    uiType: 'number',
    valueType: 'integer',
    label: { es: 'Umbral de parada (s)', en: 'Stop threshold (s)' },
    placeholder: { es: 'El de cada línea', en: 'Each line’s own' },
    isRequired: false,
    optionsSource: null,
    dependsOn: null,
    uiConfig: { min: 0, max: 86_400, step: 10, unit: 's' },
    behavior: { serialize: 'single', ...query },
    validation: { min: 0, max: 86_400 },
    isAvailable: true,
  },
  ShowDowntimeFilter: {
    paramName: 'show_downtime',
    uiType: 'toggle',
    valueType: 'boolean',
    label: { es: 'Mostrar paradas', en: 'Show stops' },
    placeholder: none,
    isRequired: false,
    optionsSource: null,
    dependsOn: null,
    uiConfig: { hide_in_multi_line: true },
    behavior: { serialize: 'flag', ...client },
    validation: {},
    isAvailable: true,
  },
  HighlightPeaksFilter: {
    paramName: 'highlight_peaks',
    uiType: 'toggle',
    valueType: 'boolean',
    label: { es: 'Resaltar picos', en: 'Highlight peaks' },
    placeholder: none,
    isRequired: false,
    optionsSource: null,
    dependsOn: null,
    uiConfig: {},
    behavior: { serialize: 'flag', ...client },
    validation: {},
    isAvailable: true,
  },
  SearchFilter: {
    paramName: 'search',
    uiType: 'text',
    valueType: 'text',
    label: { es: 'Buscar', en: 'Search' },
    placeholder: { es: 'Buscar en las tablas', en: 'Search in the tables' },
    isRequired: false,
    optionsSource: null,
    dependsOn: null,
    uiConfig: { debounce_ms: 300 },
    behavior: { serialize: 'single', ...client },
    validation: { max_length: 1_000 },
    isAvailable: true,
  },
  OnlyFilter: {
    paramName: 'only_2am',
    uiType: 'toggle',
    valueType: 'hour',
    label: { es: 'Solo una hora del día', en: 'One hour of the day only' },
    placeholder: none,
    isRequired: false,
    optionsSource: null,
    dependsOn: null,
    uiConfig: { target_hour: 2, target_date: null },
    behavior: { serialize: 'flag', ...query },
    validation: { min_hour: 0, max_hour: 23 },
    isAvailable: true,
  },
  FailureTypeFilter: unavailable('failure_type_ids', { es: 'Tipos de falla', en: 'Failure types' }),
  OperatorFilter: unavailable('operator_ids', { es: 'Operadores', en: 'Operators' }),
  /** Of use where the company has said which lines are in which plant. */
  PlantFilter: {
    paramName: 'plant_ids',
    uiType: 'multiselect',
    valueType: 'ids',
    label: { es: 'Plantas', en: 'Plants' },
    placeholder: { es: 'Todas las plantas', en: 'All plants' },
    isRequired: false,
    optionsSource: 'plants',
    dependsOn: null,
    uiConfig: {},
    behavior: { serialize: 'csv', ...query },
    validation: {},
    isAvailable: true,
  },
  PriorityFilter: unavailable('priority', { es: 'Prioridad', en: 'Priority' }),
} as const satisfies Readonly<Record<string, FilterType>>

export type FilterClass = keyof typeof filterTypes
