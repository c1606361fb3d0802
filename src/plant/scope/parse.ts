/** Raw parameters → one typed Scope, or every fault at once. Absent values take the default of the customer's filter row, else the type's. */
import type { ProblemField } from '../../platform/http/problem.ts'
import { dayOf, parseLocal, type Span, type Zone, zoneOf } from '../../platform/time/index.ts'
import type { Line, PlantModel } from '../model/model.ts'
import { bucketAxis, maxBuckets, wallWindow } from './buckets.ts'
import { defaultDateRange, readDateRange } from './daterange.ts'
import type { FilterClass } from './filter-types.ts'
import { isLines, readLines } from './lines.ts'
import { refusal, scopeProblem } from './problems.ts'
import { rowOfType } from './rows.ts'
import { type CurveType, type Interval, intervals, type Now, type Scope } from './scope.ts'
import { shownRange } from './shifts.ts'
import {
  type Invalid,
  invalid,
  isAbsent,
  isRecord,
  ownValue,
  type RawParameters,
  readBoolean,
  readChoice,
  readIds,
  readInteger,
} from './values.ts'

type CheckedFilters =
  | { readonly scope: Scope; readonly fields: readonly [] }
  | { readonly scope: null; readonly fields: readonly ProblemField[] }

export const intervalAliases: Readonly<Record<string, Interval>> = {
  '1min': 'minute',
  '1hour': 'hour',
  '1day': 'day',
  '1week': 'week',
  '1month': 'month',
}
export const curveTypes: readonly CurveType[] = ['smooth', 'linear', 'stepped', 'stacked']
const maxThresholdS = 86_400
const maxSearchLength = 1_000

/** Throws `invalid_filters` (422) with a field per bad parameter. `raw` is the `filters` of a body or a flat query. */
export function parseScope(model: PlantModel, raw: unknown, nowMs: number): Scope {
  const { scope, fields } = checkFilters(model, raw, nowMs)
  if (!scope) throw scopeProblem('invalid_filters', { fields })
  return scope
}

export function checkFilters(model: PlantModel, raw: unknown, nowMs: number): CheckedFilters {
  if (!isAbsent(raw) && !isRecord(raw)) return { scope: null, fields: [refusal('filters', 'type')] }
  const values: RawParameters = isRecord(raw) ? raw : {}
  const zone = zoneOf(model.settings.timeZone)
  const epochS = Math.floor(nowMs / 1000)
  const now: Now = { epochS, localS: zone.toLocalS(epochS) }
  const fields: ProblemField[] = []
  const refuse = (field: ProblemField): undefined => void fields.push(field)

  const chosen = readLines(model, values)
  const lines = isLines(chosen) ? chosen.lines : []
  if (!isLines(chosen)) refuse(chosen)

  const dates = readDateRange(values, defaultDateRange(model, now.localS))
  const fromS = 'value' in dates ? zone.toEpochS(dates.fromLocalS) : 0
  // a range inside the hour that spring skips holds nothing, and must not end before it starts
  const range = 'value' in dates ? { fromS, toS: Math.max(fromS, zone.toEpochS(dates.toLocalS)) } : null
  if (!('value' in dates)) refuse(dates)

  const shiftId = readShift(model, values, refuse)
  const areaIds = readAreas(model, lines, values, refuse)
  const productIds = readProducts(model, values, refuse)
  const shown = range && shownRange(model, zone, lines, shiftId, range)
  const interval = readInterval(model, zone, values, shown, now, refuse)
  const thresholdOverrideS = readThreshold(model, values, refuse)
  const onlyHour = readOnlyHour(model, values, refuse)
  const curveType = withDefault(
    values,
    'curve_type',
    rowDefault(model, 'CurveTypeFilter'),
    (value) => readChoice(value, curveTypes),
    'smooth',
  )
  if (curveType === invalid) refuse(refusal('curve_type', 'unknown_choice', { choices: curveTypes.join(', ') }))
  const showDowntime = withDefault(values, 'show_downtime', rowDefault(model, 'ShowDowntimeFilter'), readBoolean, true)
  if (showDowntime === invalid) refuse(refusal('show_downtime', 'type'))
  const highlightPeaks = withDefault(values, 'highlight_peaks', rowDefault(model, 'HighlightPeaksFilter'), readBoolean, false)
  if (highlightPeaks === invalid) refuse(refusal('highlight_peaks', 'type'))
  const search = readSearch(values, refuse)

  // the refusals above are exactly the values that are missing here; the checks are for the compiler
  const isRefused = fields.length > 0 || !isLines(chosen) || !('value' in dates) || !range
  if (isRefused || curveType === invalid || showDowntime === invalid || highlightPeaks === invalid) return { scope: null, fields }
  const parameters = {
    ...chosen.parameter,
    ...dates.value,
    ...(shiftId === null ? {} : { shift_id: shiftId }),
    ...(areaIds ? { area_ids: [...areaIds].join(',') } : {}),
    ...(productIds ? { product_ids: [...productIds].join(',') } : {}),
    interval,
    ...(thresholdOverrideS === null ? {} : { downtime_threshold: thresholdOverrideS }),
    curve_type: curveType,
    show_downtime: showDowntime,
    highlight_peaks: highlightPeaks,
    ...(search === '' ? {} : { search }),
    ...(onlyHour
      ? { only_2am: true, target_hour: onlyHour.targetHour, ...(onlyHour.targetDate ? { target_date: onlyHour.targetDate } : {}) }
      : {}),
  }
  const scope: Scope = {
    lines,
    isMultiLine: lines.length > 1,
    fromLocalS: dates.fromLocalS,
    toLocalS: dates.toLocalS,
    range,
    elapsed: { fromS: Math.min(range.fromS, now.epochS), toS: Math.min(range.toS, now.epochS) },
    shiftId,
    areaIds,
    productIds,
    onlyHour,
    interval,
    thresholdOverrideS,
    curveType,
    showDowntime,
    highlightPeaks,
    search,
    now,
    parameters,
  }
  return { scope, fields: [] }
}

type Refuse = (field: ProblemField) => undefined

const rowDefault = (model: PlantModel, className: FilterClass): unknown => rowOfType(model, className)?.overrides.defaultValue

/** The caller's value, read; absent: the row's default when it is valid, else the type's. */
function withDefault<Value>(
  values: RawParameters,
  name: string,
  fromRow: unknown,
  read: (value: unknown) => Value | Invalid,
  fallback: Value,
): Value | Invalid {
  const value = ownValue(values, name)
  if (!isAbsent(value)) return read(value)
  if (isAbsent(fromRow)) return fallback
  const preset = read(fromRow)
  return preset === invalid ? fallback : preset
}

function readShift(model: PlantModel, values: RawParameters, refuse: Refuse): number | null {
  const isActive = (id: number): boolean => model.shifts.some((shift) => shift.shiftId === id && shift.isActive)
  const asked = ownValue(values, 'shift_id')
  if (isAbsent(asked)) {
    const preset = readInteger(rowDefault(model, 'ShiftFilter'))
    return preset !== invalid && isActive(preset) ? preset : null
  }
  const id = asked === 'all' ? null : readInteger(asked)
  if (id === invalid) refuse(refusal('shift_id', 'type'))
  else if (id === null || isActive(id)) return id
  else refuse(refusal('shift_id', 'unknown_shift', { id }))
  return null
}

/** Null = all. */
function readAreas(model: PlantModel, lines: readonly Line[], values: RawParameters, refuse: Refuse): ReadonlySet<number> | null {
  const ids = readIds(ownValue(values, 'area_ids'))
  if (ids === invalid) refuse(refusal('area_ids', 'type'))
  if (ids === invalid || ids.length === 0) return null
  // with the lines refused, an area can still be told from one that no line has
  const owners = lines.length > 0 ? lines : model.lines
  const foreign = ids.find((id) => !owners.some((line) => line.areas.some((area) => area.areaId === id)))
  if (foreign !== undefined) refuse(refusal('area_ids', 'foreign_area', { id: foreign }))
  return new Set(ids)
}

function readProducts(model: PlantModel, values: RawParameters, refuse: Refuse): ReadonlySet<number> | null {
  const ids = readIds(ownValue(values, 'product_ids'))
  if (ids === invalid) refuse(refusal('product_ids', 'type'))
  if (ids === invalid || ids.length === 0) return null
  const unknown = ids.find((id) => !model.products.has(id))
  if (unknown !== undefined) refuse(refusal('product_ids', 'unknown_product', { id: unknown }))
  return new Set(ids)
}

function readInterval(model: PlantModel, zone: Zone, values: RawParameters, range: Span | null, now: Now, refuse: Refuse): Interval {
  const read = (value: unknown): Interval | Invalid => readChoice(value, intervals, intervalAliases)
  const wanted = withDefault(values, 'interval', rowDefault(model, 'IntervalFilter'), read, 'hour')
  if (wanted === invalid) {
    refuse(refusal('interval', 'unknown_interval', { choices: intervals.join(', ') }))
    return 'hour'
  }
  const fits = (interval: Interval): boolean => !range || axisOf(zone, range, now, interval).length <= maxBuckets
  if (fits(wanted)) return wanted
  const coarser = intervals.slice(intervals.indexOf(wanted) + 1).find(fits) ?? 'month'
  // nobody asked for a default: it may give way
  if (isAbsent(ownValue(values, 'interval'))) return coarser
  refuse(refusal('interval', 'too_many_buckets', { limit: maxBuckets, hint: coarser }))
  return wanted
}

/** Bucket starts of a range, cut at now. */
export function axisOf(zone: Zone, range: Span, now: Now, interval: Interval): number[] {
  const toS = Math.min(range.toS, now.epochS)
  if (toS <= range.fromS) return []
  const { fromLocalS, toLocalS } = wallWindow(zone, { fromS: range.fromS, toS })
  return bucketAxis(fromLocalS, toLocalS, interval)
}

/** Null = each line's own: absent, empty and 0 (compare.md C6). */
function readThreshold(model: PlantModel, values: RawParameters, refuse: Refuse): number | null {
  const isOverride = (value: number | Invalid): value is number => value !== invalid && value >= 1 && value <= maxThresholdS
  const asked = ownValue(values, 'downtime_threshold')
  if (asked === undefined) {
    const preset = readInteger(rowDefault(model, 'DowntimeThresholdFilter'))
    return isOverride(preset) ? preset : null
  }
  if (isAbsent(asked)) return null
  const thresholdS = readInteger(asked)
  if (thresholdS === 0) return null
  if (isOverride(thresholdS)) return thresholdS
  refuse(refusal('downtime_threshold', 'threshold_out_of_range'))
  return null
}

/** `only_2am`: `{target_hour, target_date?}`, or a switch for the hour and date of the filter row (2 when it names none); flat queries may add
 *  `target_hour` and `target_date` beside the switch. */
function readOnlyHour(model: PlantModel, values: RawParameters, refuse: Refuse): Scope['onlyHour'] {
  const asked = ownValue(values, 'only_2am')
  if (isAbsent(asked)) return null
  const isOn = isRecord(asked) ? true : readBoolean(asked)
  if (isOn === invalid) refuse(refusal('only_2am', 'type'))
  if (isOn !== true) return null
  const extra = rowOfType(model, 'OnlyFilter')?.row.additionalFilter
  const preset = isRecord(extra) ? extra : {}
  const source = isRecord(asked) ? asked : values
  const pick = (name: string): unknown =>
    isAbsent(ownValue(source, name)) && !isRecord(asked) ? ownValue(preset, name) : ownValue(source, name)
  const hourValue = pick('target_hour')
  const dateValue = pick('target_date')
  const targetHour = isAbsent(hourValue) ? 2 : readInteger(hourValue)
  const isDate = isAbsent(dateValue) || (typeof dateValue === 'string' && dateValue.length === 10 && parseLocal(dateValue) !== null)
  if (targetHour === invalid || targetHour < 0 || targetHour > 23 || !isDate) {
    refuse(refusal('only_2am', isDate ? 'type' : 'not_a_date'))
    return null
  }
  return { targetHour, targetDate: typeof dateValue === 'string' && dateValue !== '' ? dateValue : null }
}

function readSearch(values: RawParameters, refuse: Refuse): string {
  const value = ownValue(values, 'search')
  if (isAbsent(value)) return ''
  if (typeof value !== 'string') refuse(refusal('search', 'type'))
  else if (value.length > maxSearchLength) refuse(refusal('search', 'too_long', { limit: maxSearchLength }))
  else return value
  return ''
}

/** Day number of `onlyHour.targetDate`, or null. */
export const targetDayOf = (onlyHour: Scope['onlyHour']): number | null => {
  const localS = onlyHour?.targetDate ? parseLocal(onlyHour.targetDate) : null
  return localS === null ? null : dayOf(localS)
}
