/** Filters as the API and the page's panel see them (spec plant 4.1). */
import { formatText, type Language, type Text } from '../../platform/i18n/i18n.ts'
import { formatLocalTime, zoneOf } from '../../platform/time/index.ts'
import type { Line, PlantModel } from '../model/model.ts'
import { defaultDateRange } from './daterange.ts'
import { type FilterClass, type FilterType, filterTypes } from './filter-types.ts'
import { defaultLine, isLines, readLines } from './lines.ts'
import { curveTypes, intervalAliases } from './parse.ts'
import { lineGroups, plantGroups, type RowOverrides, type TypedRow, typedRows } from './rows.ts'
import { type Interval, intervals } from './scope.ts'
import { invalid, isAbsent, isRecord, ownValue, readBoolean, readChoice, readInteger } from './values.ts'

export type FilterOption = { readonly value: string | number; readonly label: string; readonly extra?: Readonly<Record<string, unknown>> }

export type FilterDescription = {
  /** Of the customer's row; negative = built in, the customer has no usable row. */
  readonly filter_id: number
  readonly class_name: FilterClass
  readonly param_name: string
  readonly filter_type: FilterType['uiType']
  readonly display_order: number
  readonly label: string
  readonly description: string
  readonly placeholder: string
  readonly default_value: unknown
  readonly required: boolean
  readonly options_source: string | null
  readonly depends_on: string | null
  readonly ui_config: Readonly<Record<string, unknown>>
  readonly value_type: FilterType['valueType']
  readonly behavior: FilterType['behavior']
  readonly validation: Readonly<Record<string, unknown>>
  readonly options: readonly FilterOption[]
}

const texts = {
  allLines: { es: 'Todas las líneas', en: 'All lines' },
  intervals: {
    minute: { es: 'Minuto', en: 'Minute' },
    '15min': { es: '15 minutos', en: '15 minutes' },
    hour: { es: 'Hora', en: 'Hour' },
    day: { es: 'Día', en: 'Day' },
    week: { es: 'Semana', en: 'Week' },
    month: { es: 'Mes', en: 'Month' },
  } satisfies Record<Interval, Text>,
  curves: {
    smooth: { es: 'Suave', en: 'Smooth' },
    linear: { es: 'Lineal', en: 'Linear' },
    stepped: { es: 'Escalonada', en: 'Stepped' },
    stacked: { es: 'Apilada', en: 'Stacked' },
  },
} as const

/** A plant without one usable filter row still gets these. */
const builtIn: readonly FilterClass[] = ['DateRangeFilter', 'ProductionLineFilter', 'ShiftFilter', 'IntervalFilter']
const noOverrides: RowOverrides = { defaultValue: null, required: null, placeholder: null, uiConfig: null, staticOptions: null }

/** `allowedIds` is the layout's list (null = every active filter). In display order, then id. */
export function describeFilters(
  model: PlantModel,
  allowedIds: ReadonlySet<number> | null,
  language: Language,
  nowMs: number,
): FilterDescription[] {
  const rows = typedRows(model)
  const shown = rows.filter(({ row }) => !allowedIds || allowedIds.has(row.filterId))
  const typed = rows.length > 0 ? shown : builtIn.map(builtInRow)
  const nowLocalS = zoneOf(model.settings.timeZone).toLocalS(Math.floor(nowMs / 1000))
  return typed.map(({ row, className, overrides }) => {
    const type: FilterType = filterTypes[className]
    return {
      filter_id: row.filterId,
      class_name: className,
      param_name: type.paramName,
      filter_type: type.uiType,
      display_order: row.displayOrder,
      label: type.label[language],
      description: row.description,
      placeholder: overrides.placeholder ?? type.placeholder[language],
      default_value: defaultValueOf(model, className, overrides, nowLocalS),
      required: overrides.required ?? type.isRequired,
      options_source: type.optionsSource,
      depends_on: type.dependsOn,
      ui_config: { ...type.uiConfig, ...hourOf(className, row.additionalFilter), ...overrides.uiConfig },
      value_type: type.valueType,
      behavior: type.behavior,
      validation: type.validation,
      options: overrides.staticOptions ?? filterOptions(model, className, language),
    }
  })
}

const builtInRow = (className: FilterClass, i: number): TypedRow => ({
  row: {
    filterId: -1 - i,
    filterName: className,
    description: '',
    isActive: true,
    displayOrder: i + 1,
    defaultValue: null,
    additionalFilter: null,
  },
  className,
  overrides: noOverrides,
})

/** The hour that the switch of an hour filter stands for. */
const hourOf = (className: FilterClass, extra: unknown): Readonly<Record<string, unknown>> =>
  className === 'OnlyFilter' && isRecord(extra)
    ? { target_hour: ownValue(extra, 'target_hour') ?? 2, target_date: ownValue(extra, 'target_date') ?? null }
    : {}

/** What an absent parameter would become: the row's value when it is valid, else the type's. */
function defaultValueOf(model: PlantModel, className: FilterClass, { defaultValue }: RowOverrides, nowLocalS: number): unknown {
  switch (className) {
    case 'DateRangeFilter':
      return defaultDateRange(model, nowLocalS)
    case 'ProductionLineFilter':
      return defaultLine(model)
    case 'ShiftFilter': {
      const id = readInteger(defaultValue)
      return model.shifts.some((shift) => shift.isActive && shift.shiftId === id) ? id : null
    }
    case 'AreaFilter':
    case 'ProductFilter':
    case 'PlantFilter':
      return []
    case 'IntervalFilter':
      return orElse(readChoice(defaultValue, intervals, intervalAliases), 'hour')
    case 'CurveTypeFilter':
      return orElse(readChoice(defaultValue, curveTypes), 'smooth')
    case 'DowntimeThresholdFilter': {
      const thresholdS = readInteger(defaultValue)
      return thresholdS !== invalid && thresholdS >= 1 && thresholdS <= 86_400 ? thresholdS : null
    }
    case 'ShowDowntimeFilter':
      return orElse(readBoolean(defaultValue), true)
    case 'HighlightPeaksFilter':
      return orElse(readBoolean(defaultValue), false)
    case 'SearchFilter':
      return ''
    default:
      return null
  }
}

const orElse = <Value>(value: Value | typeof invalid, fallback: Value): Value => (value === invalid ? fallback : value)

/** `parent` is the choice that areas depend on (`line_id`, `line_ids` as in a request); an unusable one offers no area. */
export function filterOptions(
  model: PlantModel,
  className: FilterClass,
  language: Language,
  parent: Readonly<Record<string, unknown>> = {},
): FilterOption[] {
  switch (className) {
    case 'ProductionLineFilter':
      return lineOptions(model, language)
    case 'ShiftFilter':
      return model.shifts
        .filter((shift) => shift.isActive)
        .map((shift) => ({
          value: shift.shiftId,
          label: shift.shiftName,
          extra: {
            start_time: formatLocalTime(shift.startS),
            end_time: formatLocalTime(shift.endS % 86_400),
            is_overnight: shift.endsNextDay,
            days: [...shift.isoWeekdays].sort(),
          },
        }))
    case 'AreaFilter': {
      const chosen = readLines(model, parent)
      const lines = isLines(chosen) ? chosen.lines : []
      return lines.flatMap((line) =>
        line.areas.filter(({ isRetired }) => !isRetired).map((area) => areaOption(line, area, lines.length > 1)),
      )
    }
    case 'ProductFilter':
      return [...model.products.values()]
        .filter(({ isRetired }) => !isRetired)
        .sort((a, b) => a.productName.localeCompare(b.productName, language) || a.productId - b.productId)
        .map((product) => ({
          value: product.productId,
          label: product.productName,
          extra: { product_code: product.productCode, product_weight: product.weightCentikg / 100, product_color: product.productColor },
        }))
    case 'PlantFilter':
      return model.settings.sites.map(({ siteId, siteName, siteCode, lineIds }) => ({
        value: siteId,
        label: siteName,
        extra: { plant_code: siteCode, line_ids: lineIds },
      }))
    case 'IntervalFilter':
      return intervals.map((value) => ({ value, label: formatText(texts.intervals[value], language) }))
    case 'CurveTypeFilter':
      return curveTypes.map((value) => ({ value, label: formatText(texts.curves[value], language) }))
    default:
      return []
  }
}

const areaOption = (line: Line, area: Line['areas'][number], isMultiLine: boolean): FilterOption => ({
  value: area.areaId,
  label: isMultiLine ? `${line.lineName} · ${area.areaName}` : area.areaName,
  extra: { line_id: line.lineId, area_type: area.areaType, area_order: area.areaOrder },
})

/** "All" only when there is more than one, then plants, then groups, then the active lines: plant by plant where there are several. */
function lineOptions(model: PlantModel, language: Language): FilterOption[] {
  const active = model.lines.filter((line) => line.isActive)
  const all =
    active.length > 1
      ? [{ value: 'all', label: texts.allLines[language], extra: { is_group: true, line_ids: active.map((line) => line.lineId) } }]
      : []
  const groups = [...plantGroups(model), ...lineGroups(model)].map((group) => ({
    value: group.value,
    label: group.alias,
    extra: { is_group: true, line_ids: group.lineIds },
  }))
  const siteOf = (lineId: number) => model.settings.sites.findIndex(({ lineIds }) => lineIds.includes(lineId))
  const place = ({ lineId }: Line): number => (siteOf(lineId) < 0 ? model.settings.sites.length : siteOf(lineId))
  const lines = active
    .toSorted((a, b) => place(a) - place(b))
    .map((line) => ({
      value: line.lineId,
      label: line.lineName,
      extra: { line_code: line.lineCode, downtime_threshold: line.downtimeThresholdS, is_group: false, line_ids: [line.lineId] },
    }))
  return [...all, ...groups, ...lines]
}

/** Options of the filter row with this id; null when there is no such usable row. */
export function optionsOfRow(
  model: PlantModel,
  filterId: number,
  language: Language,
  parent: Readonly<Record<string, unknown>> = {},
): FilterOption[] | null {
  const typed = typedRows(model).find(({ row }) => row.filterId === filterId)
  if (!typed) return null
  return isAbsent(typed.overrides.staticOptions)
    ? filterOptions(model, typed.className, language, parent)
    : [...typed.overrides.staticOptions]
}
