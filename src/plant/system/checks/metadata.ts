/** What the metadata rows say: areas, shifts, thresholds and filters that will make numbers wrong or controls absent. */

import { decodeJson } from '../../../platform/db/index.ts'
import type { Text } from '../../../platform/i18n/i18n.ts'
import { dayS } from '../../../platform/time/index.ts'
import { isoWeekdays, type Line, type PlantModel, type PlantSettings, type Product, type Shift, timeOfDayS } from '../../model/index.ts'
import type { FilterFinding } from '../../scope/index.ts'
import type { CustomerRow } from '../../source/index.ts'
import { bad, type Check, listed, ok } from './check.ts'

const activeLines = (model: PlantModel): Line[] => model.lines.filter((line) => line.isActive)

export function checkLines(model: PlantModel): Check {
  const title: Text = { es: 'Líneas', en: 'Lines' }
  const counts = {
    lines: model.lines.length,
    active: activeLines(model).length,
    areas: model.lines.reduce((sum, line) => sum + line.areas.length, 0),
  }
  if (counts.active > 0)
    return ok(
      'lines',
      title,
      { es: `${counts.active} activas de ${counts.lines}.`, en: `${counts.active} active of ${counts.lines}.` },
      counts,
    )
  return bad(
    'lines',
    'error',
    title,
    { es: 'No hay ninguna línea activa: no hay nada que mostrar.', en: 'No line is active: there is nothing to show.' },
    { es: 'Cargue al menos una línea con is_active = 1.', en: 'Add at least one line with is_active = 1.' },
    counts,
  )
}

/** `areaRows` as stored: an area of an unknown line is in no line of the model. */
export function checkAreas(model: PlantModel, areaRows: readonly CustomerRow[]): Check {
  const title: Text = { es: 'Áreas', en: 'Areas' }
  const lineIds = new Set(model.lines.map((line) => String(line.lineId)))
  const orphans = areaRows.filter((row) => !lineIds.has(String(row.line_id))).map((row) => String(row.area_id))
  const bare = activeLines(model).filter((line) => line.areas.length === 0)
  const counts = { areas: areaRows.length, orphans: orphans.length, lines_without_areas: bare.length }
  if (orphans.length === 0 && bare.length === 0)
    return ok('areas', title, { es: 'Todas pertenecen a una línea.', en: 'All belong to a line.' }, counts)
  const [es, en] = [[] as string[], [] as string[]]
  if (orphans.length > 0) {
    es.push(`Áreas de líneas que no existen: ${listed(orphans)}.`)
    en.push(`Areas of lines that do not exist: ${listed(orphans)}.`)
  }
  if (bare.length > 0) {
    es.push(`Líneas sin áreas: ${listed(bare.map((line) => line.lineName))}.`)
    en.push(`Lines without areas: ${listed(bare.map((line) => line.lineName))}.`)
  }
  return bad(
    'areas',
    'warn',
    title,
    { es: es.join(' '), en: en.join(' ') },
    {
      es: 'Corrija line_id en la tabla area; sin áreas de salida cuentan todas las detecciones.',
      en: 'Correct line_id in table area; without output areas all detections count.',
    },
    counts,
  )
}

/** Rows as stored, because the model has already replaced what cannot be read. */
export function checkShifts(shiftRows: readonly CustomerRow[]): Check {
  const title: Text = { es: 'Días y horarios de los turnos', en: 'Days and times of shifts' }
  const unreadable = shiftRows
    .filter((row) => {
      const decoded = decodeJson(row.days_implemented)
      const { unknown } = isoWeekdays(decoded.ok ? decoded.value : row.days_implemented)
      return unknown.length > 0 || timeOfDayS(row.start_time) === null || timeOfDayS(row.end_time) === null
    })
    .map((row) => String(row.shift_name))
  const counts = { shifts: shiftRows.length, unreadable: unreadable.length }
  if (unreadable.length === 0) return ok('shifts', title, { es: 'Se entienden todos.', en: 'All can be read.' }, counts)
  return bad(
    'shifts',
    'warn',
    title,
    {
      es: `No se entienden del todo: ${listed(unreadable)}. Un día ilegible no cuenta; sin ninguno legible el turno es de todos los días.`,
      en: `Cannot be read in full: ${listed(unreadable)}. A day that cannot be read does not count; with none readable the shift is every day.`,
    },
    {
      es: 'Escriba los días como ["Monday", "Tuesday"…] y las horas como HH:MM:SS.',
      en: 'Write days as ["Monday", "Tuesday"…] and times as HH:MM:SS.',
    },
    counts,
  )
}

export function checkOverlaps(model: PlantModel): Check {
  const title: Text = { es: 'Turnos superpuestos', en: 'Overlapping shifts' }
  const active = model.shifts.filter((shift) => shift.isActive)
  const pairs = active.flatMap((shift, index) =>
    active
      .slice(index + 1)
      .filter((other) => overlap(shift, other))
      .map((other) => `${shift.shiftName} / ${other.shiftName}`),
  )
  const counts = { active: active.length, overlaps: pairs.length }
  if (active.length === 0)
    return ok(
      'shift_overlaps',
      title,
      { es: 'No hay turnos activos: la planta se toma como de 24 horas.', en: 'No active shifts: the plant is taken to work 24 hours.' },
      counts,
    )
  if (pairs.length === 0) return ok('shift_overlaps', title, { es: 'No hay.', en: 'There are none.' }, counts)
  return bad(
    'shift_overlaps',
    'warn',
    title,
    {
      es: `Se superponen: ${listed(pairs)}. El tiempo común se planifica una sola vez.`,
      en: `These overlap: ${listed(pairs)}. Common time is planned only once.`,
    },
    { es: 'Si no es a propósito, corrija los horarios.', en: 'If it is not on purpose, correct the times.' },
    counts,
  )
}

/** Seconds of the week from Monday 00:00; a Sunday night goes on into Monday. */
const weekS = 7 * dayS
const weekSpans = (shift: Shift): [number, number][] =>
  [...shift.isoWeekdays].flatMap((day) => {
    const fromS = (day - 1) * dayS + shift.startS
    const toS = (day - 1) * dayS + shift.endS + (shift.endsNextDay ? dayS : 0)
    return toS <= weekS ? [[fromS, toS] as [number, number]] : [[fromS, weekS] as [number, number], [0, toS - weekS] as [number, number]]
  })
const overlap = (a: Shift, b: Shift): boolean =>
  weekSpans(a).some(([fromS, toS]) => weekSpans(b).some(([otherFromS, otherToS]) => fromS < otherToS && otherFromS < toS))

export function checkThresholds(model: PlantModel): Check {
  const title: Text = { es: 'Umbral de parada', en: 'Stop threshold' }
  const lines = activeLines(model).filter((line) => line.autoDetectDowntime)
  const none = lines.filter((line) => line.downtimeThresholdS <= 0)
  const short = lines.filter((line) => line.downtimeThresholdS > 0 && line.downtimeThresholdS <= (idealCycleS(line, model) ?? 0))
  const counts = { lines: lines.length, without_threshold: none.length, below_cycle: short.length }
  if (none.length === 0 && short.length === 0)
    return ok('thresholds', title, { es: 'Todas las líneas tienen uno razonable.', en: 'All lines have a sensible one.' }, counts)
  const [es, en] = [[] as string[], [] as string[]]
  if (none.length > 0) {
    es.push(`Sin umbral (≤ 0): ${listed(none.map((line) => line.lineName))}; no se calculan paradas.`)
    en.push(`Without a threshold (≤ 0): ${listed(none.map((line) => line.lineName))}; no stops are computed.`)
  }
  if (short.length > 0) {
    es.push(`Menor o igual que el ciclo ideal: ${listed(short.map((line) => line.lineName))}; todo parecería una parada.`)
    en.push(`Not above the ideal cycle: ${listed(short.map((line) => line.lineName))}; everything would look like a stop.`)
  }
  return bad(
    'thresholds',
    'warn',
    title,
    { es: es.join(' '), en: en.join(' ') },
    { es: 'Corrija downtime_threshold (segundos) en production_line.', en: 'Correct downtime_threshold (seconds) in production_line.' },
    counts,
  )
}

/** Seconds per piece: of the line's rate, else of the fastest product; null when nobody knows. */
export function idealCycleS(line: Line, model: PlantModel): number | null {
  const perMinute = ratePerMinute(line, model.settings)
  if (perMinute !== null) return 60 / perMinute
  const fastest = Math.max(0, ...[...model.products.values()].map((product: Product) => product.productionStdPerHour))
  return fastest > 0 ? 3600 / fastest : null
}

/** Null when the line has no rate, or `performance` is a percentage. */
export function ratePerMinute(line: Line, { performanceUnit }: PlantSettings): number | null {
  if (line.performance <= 0 || performanceUnit === 'percent') return null
  return performanceUnit === 'units_per_hour' ? line.performance / 60 : line.performance
}

export function checkFilters(model: PlantModel, findings: readonly FilterFinding[]): Check {
  const title: Text = { es: 'Filtros', en: 'Filters' }
  const unknown = findings.filter((finding) => finding.reason !== 'inactive')
  const counts = {
    filters: model.filters.length,
    active: model.filters.filter((filter) => filter.isActive).length,
    unknown: unknown.length,
  }
  if (unknown.length === 0) return ok('filters', title, { es: 'Se conocen todos.', en: 'All are known.' }, counts)
  const names = listed(unknown.map((finding) => `${finding.filterId} "${finding.filterName}"`))
  return bad(
    'filters',
    'warn',
    title,
    {
      es: `No se muestran, porque su tipo no existe o no está disponible: ${names}.`,
      en: `Not shown, because their type does not exist or is not available: ${names}.`,
    },
    {
      es: 'Corrija filter_name (por ejemplo ShiftFilter) o desactive la fila.',
      en: 'Correct filter_name (for example ShiftFilter) or deactivate the row.',
    },
    counts,
  )
}

/** What loading had to replace, settings included; tables have a check of their own. */
export function checkWarnings(warnings: readonly Text[]): Check {
  const title: Text = { es: 'Valores ilegibles', en: 'Unreadable values' }
  const counts = { warnings: warnings.length }
  if (warnings.length === 0) return ok('values', title, { es: 'No hay.', en: 'There are none.' }, counts)
  return bad(
    'values',
    'warn',
    title,
    { es: listed(warnings.map((warning) => warning.es)), en: listed(warnings.map((warning) => warning.en)) },
    {
      es: 'Corrija esos valores en la base de la planta o en la configuración de la empresa.',
      en: "Correct those values in the plant database or in the company's settings.",
    },
    counts,
  )
}
