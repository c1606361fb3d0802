/** `config_tenant` as a plant needs it: every shape seen is understood, what is missing gets its default, what cannot be read is said. */

import { decodeJson } from '../../platform/db/index.ts'
import type { Text } from '../../platform/i18n/i18n.ts'
import { zoneOf } from '../../platform/time/index.ts'
import { members } from './json.ts'
import type { PerformanceUnit, PlantSettings } from './model.ts'
import { flag, isoWeekdays, text, timeOfDayS, wholeNumber } from './parse.ts'
import { readExtraShifts, readHolidays, readNoDataLimits, readSites } from './settings-calendar.ts'

export const performanceUnits: readonly PerformanceUnit[] = ['units_per_minute', 'units_per_hour', 'percent']

/** Whether the platform knows the IANA zone. */
export function isTimeZone(timeZone: string): boolean {
  try {
    return zoneOf(timeZone) !== null
  } catch {
    return false
  }
}

/** Keys (all optional): `timezone`, `performance_unit`, `shift_range_mode`, `planned_stop_codes`, `breaks` [{start, end, days?}], `line_shifts`
 *  {line id: [shift ids]}, `holidays`, `extra_shifts`, `plants`, `no_data_after` (`settings-calendar.ts`), `downtime` {reason_target,
 *  stop_from_seconds, breakdown_from_seconds, job, planned_stop_codes}. `config` may still be text. */
export function readSettings(
  config: unknown,
  defaultTimeZone: string,
): { readonly settings: PlantSettings; readonly warnings: readonly Text[] } {
  const warnings: Text[] = []
  const decoded = decodeJson(config)
  const all = members(decoded.ok ? decoded.value : null)
  const downtime = members(all.downtime)
  const unreadable = (key: string, value: unknown) =>
    warnings.push({
      es: `Configuración de la empresa: "${key}" tiene un valor que no se entiende (${shown(value)}); se usa el valor por defecto`,
      en: `Company settings: "${key}" has a value that cannot be read (${shown(value)}); the default is used`,
    })
  const oneOf = <Word extends string>(key: string, value: unknown, words: readonly Word[], otherwise: Word): Word => {
    const found = words.find((word) => word === text(value).trim().toLowerCase())
    if (found === undefined && value !== undefined && value !== null && value !== '') unreadable(key, value)
    return found ?? otherwise
  }
  const seconds = (key: string, value: unknown, otherwise: number): number => {
    const number = wholeNumber(value)
    if (number !== null && number > 0) return number
    if (value !== undefined && value !== null) unreadable(key, value)
    return otherwise
  }
  return {
    settings: {
      timeZone: readTimeZone(all.timezone, defaultTimeZone, unreadable),
      performanceUnit: oneOf('performance_unit', all.performance_unit, performanceUnits, 'units_per_minute'),
      shiftRangeMode: oneOf('shift_range_mode', all.shift_range_mode, ['clip', 'extend'], 'clip'),
      plannedStopCodes: readCodes(all.planned_stop_codes ?? downtime.planned_stop_codes, unreadable),
      breaks: readBreaks(all.breaks ?? downtime.breaks, unreadable),
      shiftIdsByLine: readLineShifts(all.line_shifts, unreadable),
      holidays: readHolidays(all.holidays, unreadable),
      extraShifts: readExtraShifts(all.extra_shifts, unreadable),
      sites: readSites(all.plants, unreadable),
      noDataAfterS: readNoDataLimits(all.no_data_after, unreadable),
      isStopJobOn: flag(downtime.job, true),
      reasonTarget: oneOf('downtime.reason_target', downtime.reason_target, ['incident', 'failure'], 'incident'),
      stopFromS: seconds('downtime.stop_from_seconds', downtime.stop_from_seconds, 300),
      breakdownFromS: seconds('downtime.breakdown_from_seconds', downtime.breakdown_from_seconds, 1800),
    },
    warnings,
  }
}

type Unreadable = (key: string, value: unknown) => void

const shown = (value: unknown): string => (JSON.stringify(value) ?? '').slice(0, 60)

function readTimeZone(value: unknown, otherwise: string, unreadable: Unreadable): string {
  const timeZone = text(value).trim()
  if (timeZone === '') return otherwise
  if (isTimeZone(timeZone)) return timeZone
  unreadable('timezone', value)
  return otherwise
}

function readCodes(value: unknown, unreadable: Unreadable): ReadonlySet<number> {
  if (value === undefined || value === null) return new Set()
  const list = Array.isArray(value) ? value : text(value).split(',')
  const codes = list.map(wholeNumber)
  if (codes.includes(null)) unreadable('planned_stop_codes', value)
  return new Set(codes.filter((code) => code !== null))
}

function readBreaks(value: unknown, unreadable: Unreadable): PlantSettings['breaks'] {
  if (value === undefined || value === null) return []
  return (Array.isArray(value) ? value : [value]).flatMap((entry) => {
    const { start, end, days } = members(entry)
    const [startS, endS] = [timeOfDayS(start), timeOfDayS(end)]
    const { days: isoDays, unknown } = isoWeekdays(days)
    if (startS !== null && endS !== null && startS !== endS && unknown.length === 0) return [{ startS, endS, isoWeekdays: isoDays }]
    unreadable('breaks', entry)
    return []
  })
}

function readLineShifts(value: unknown, unreadable: Unreadable): PlantSettings['shiftIdsByLine'] {
  const byLine = new Map<number, ReadonlySet<number>>()
  for (const [line, shifts] of Object.entries(members(value))) {
    const lineId = wholeNumber(line)
    const shiftIds = Array.isArray(shifts) ? shifts.map(wholeNumber).filter((shiftId) => shiftId !== null) : []
    if (lineId === null || shiftIds.length === 0) unreadable(`line_shifts.${line}`, shifts)
    else byLine.set(lineId, new Set(shiftIds))
  }
  return byLine
}
