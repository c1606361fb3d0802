/** Rows of the customer's `filter` table, typed: three shapes have grown over the years and all of them mean the same filters (spec plant 4.2). */
import type { FilterRow, PlantModel } from '../model/model.ts'
import { type FilterClass, filterTypes } from './filter-types.ts'
import { isRecord, maxListLength, ownValue, plain, readInteger } from './values.ts'

/** What a row's JSON may override of its type. */
export type RowOverrides = {
  readonly defaultValue: unknown
  readonly required: boolean | null
  readonly placeholder: string | null
  readonly uiConfig: Readonly<Record<string, unknown>> | null
  readonly staticOptions: readonly { readonly value: string | number; readonly label: string }[] | null
}

export type TypedRow = { readonly row: FilterRow; readonly className: FilterClass; readonly overrides: RowOverrides }

export type LineGroup = { readonly value: string; readonly alias: string; readonly lineIds: readonly number[] }

/** Words of a Spanish label that tell its type; the first that fits wins. */
const labelKeywords: readonly (readonly [pattern: RegExp, className: FilterClass])[] = [
  [/umbral/, 'DowntimeThresholdFilter'],
  [/mostrar.*parada/, 'ShowDowntimeFilter'],
  [/rango|fecha/, 'DateRangeFilter'],
  [/linea/, 'ProductionLineFilter'],
  [/turno/, 'ShiftFilter'],
  [/\barea/, 'AreaFilter'],
  [/producto/, 'ProductFilter'],
  [/intervalo|agrup/, 'IntervalFilter'],
  [/curva/, 'CurveTypeFilter'],
  [/pico/, 'HighlightPeaksFilter'],
  [/buscar/, 'SearchFilter'],
]

/** The oldest rows carry a number of a registry that is gone. */
const numberedTypes: readonly (FilterClass | null)[] = [
  null,
  'DateRangeFilter',
  'ProductionLineFilter',
  'ProductFilter',
  'ShiftFilter',
  'IntervalFilter',
  'DowntimeThresholdFilter',
  'ShowDowntimeFilter',
  'SearchFilter',
  'CurveTypeFilter',
]

const classNames = Object.keys(filterTypes) as FilterClass[]

/** In order: class name, `param_name`, a `type` that only one filter has, words of the label, number. Null = unknown. */
export function classOf(row: Pick<FilterRow, 'filterName' | 'additionalFilter'>): FilterClass | null {
  const name = plain(row.filterName)
  const byClass = classNames.find((className) => className.toLowerCase() === name)
  if (byClass) return byClass
  if (name === 'hourfilter') return 'OnlyFilter'
  const extra = isRecord(row.additionalFilter) ? row.additionalFilter : {}
  const parameter = ownValue(extra, 'param_name')
  const byParameter = classNames.find((className) => filterTypes[className].paramName === parameter)
  if (byParameter) return byParameter
  const type = ownValue(extra, 'type')
  if (type === 'daterange') return 'DateRangeFilter'
  const byLabel = labelKeywords.find(([pattern]) => pattern.test(name))
  if (byLabel) return byLabel[1]
  const number = readInteger(/^\d+$/.test(name) ? name : type)
  return typeof number === 'number' ? (numberedTypes[number] ?? null) : null
}

export function overridesOf(row: FilterRow): RowOverrides {
  const extra = isRecord(row.additionalFilter) ? row.additionalFilter : {}
  const required = ownValue(extra, 'required')
  const placeholder = ownValue(extra, 'placeholder')
  const uiConfig = ownValue(extra, 'ui_config')
  const showTime = ownValue(extra, 'show_time')
  const hints = { ...(isRecord(uiConfig) ? uiConfig : {}), ...(typeof showTime === 'boolean' ? { show_time: showTime } : {}) }
  return {
    defaultValue: row.defaultValue ?? ownValue(extra, 'default_value') ?? null,
    required: typeof required === 'boolean' ? required : null,
    placeholder: typeof placeholder === 'string' ? placeholder : null,
    uiConfig: Object.keys(hints).length > 0 ? hints : null,
    staticOptions: staticOptionsOf(ownValue(extra, 'static_options')),
  }
}

function staticOptionsOf(value: unknown): RowOverrides['staticOptions'] {
  if (!Array.isArray(value) || value.length === 0 || value.length > maxListLength) return null
  const options: { value: string | number; label: string }[] = []
  for (const item of value) {
    if (typeof item === 'string' || typeof item === 'number') options.push({ value: item, label: String(item) })
    else if (isRecord(item)) {
      const optionValue = ownValue(item, 'value')
      const label = ownValue(item, 'label')
      if (typeof optionValue === 'string' || typeof optionValue === 'number')
        options.push({ value: optionValue, label: typeof label === 'string' ? label : String(optionValue) })
    }
  }
  return options.length > 0 ? options : null
}

/** A filter by plant needs plants. */
const isUsable = ({ settings }: PlantModel, className: FilterClass): boolean =>
  filterTypes[className].isAvailable && (className !== 'PlantFilter' || settings.sites.length > 0)

/** Active rows of a registered and available type, in display order. */
export function typedRows(model: PlantModel): TypedRow[] {
  const typed: TypedRow[] = []
  for (const row of model.filters) {
    const className = row.isActive ? classOf(row) : null
    if (className && isUsable(model, className)) typed.push({ row, className, overrides: overridesOf(row) })
  }
  return typed
}

/** The first active row of a type: its default is the parameter's default. */
export const rowOfType = (model: PlantModel, className: FilterClass): TypedRow | undefined =>
  typedRows(model).find((typed) => typed.className === className)

/** Plants of the company that have an active line, as groups of lines: `plant_{id}`. */
export function plantGroups({ lines, settings }: PlantModel): LineGroup[] {
  const active = new Set(lines.filter((line) => line.isActive).map((line) => line.lineId))
  return settings.sites
    .map(({ siteId, siteName, lineIds }) => ({
      value: `plant_${siteId}`,
      alias: siteName,
      lineIds: lineIds.filter((id) => active.has(id)),
    }))
    .filter(({ lineIds }) => lineIds.length > 0)
}

/** Line groups of all active rows, whatever their type; retired and unknown lines drop out, and an empty group is hidden. */
export function lineGroups(model: PlantModel): LineGroup[] {
  const active = new Set(model.lines.filter((line) => line.isActive).map((line) => line.lineId))
  const groups: LineGroup[] = []
  const add = (value: string, group: unknown): void => {
    if (!isRecord(group)) return
    const ids = ownValue(group, 'line_ids')
    const alias = ownValue(group, 'alias')
    if (!Array.isArray(ids)) return
    const lineIds = [...new Set(ids.slice(0, maxListLength).map(readInteger))].filter(
      (id): id is number => typeof id === 'number' && active.has(id),
    )
    if (lineIds.length > 0)
      groups.push({ value, alias: typeof alias === 'string' && alias !== '' ? alias : value, lineIds: lineIds.sort((a, b) => a - b) })
  }
  for (const { isActive, filterId, additionalFilter } of model.filters) {
    if (!isActive || !isRecord(additionalFilter)) continue
    add(`group_${filterId}`, additionalFilter)
    const list = ownValue(additionalFilter, 'groups')
    if (Array.isArray(list)) for (const [i, group] of list.slice(0, maxListLength).entries()) add(`group_${filterId}_${i}`, group)
  }
  return groups
}

export type FilterFinding = {
  readonly filterId: number
  readonly filterName: string
  readonly reason: 'unknown_type' | 'unavailable_type' | 'inactive'
}

/** Rows that show no control, and why: for diagnostics and the log. */
export function filterDiagnostics(model: PlantModel): FilterFinding[] {
  const findings: FilterFinding[] = []
  for (const row of model.filters) {
    const { filterId, filterName } = row
    const className = classOf(row)
    if (!className) findings.push({ filterId, filterName, reason: 'unknown_type' })
    else if (!isUsable(model, className)) findings.push({ filterId, filterName, reason: 'unavailable_type' })
    else if (!row.isActive) findings.push({ filterId, filterName, reason: 'inactive' })
  }
  return findings
}
