/** What is wrong with a change of settings: every fault of every field at once, each by its path. Pure. Values that stay as they are stored are not
 *  judged again: what an earlier rule let in does not keep people from changing something else. */

import type { ProblemField } from '../../../platform/http/problem.ts'
import type { Parameters, Text } from '../../../platform/i18n/i18n.ts'
import { dayOf, dayS, formatLocalDate, parseLocal } from '../../../platform/time/index.ts'
import { findShiftOverlaps, isTimeZone, type PlantModel, performanceUnits, timeOfDayS } from '../../model/index.ts'
import { rules } from './rules.ts'
import type { SettingsBody, SettingsChange } from './schema.ts'

type Refuse = (path: string, rule: keyof typeof rules, parameters?: Parameters) => void
type Known = { readonly model: PlantModel; readonly current: SettingsBody; readonly refuse: Refuse }

const fault = (path: string, rule: keyof typeof rules, parameters?: Parameters): ProblemField => {
  const message: Text = rules[rule]
  return parameters ? { path, rule, message, parameters } : { path, rule, message }
}

export function settingsFaults(model: PlantModel, current: SettingsBody, input: SettingsChange): ProblemField[] {
  const faults: ProblemField[] = []
  const known: Known = { model, current, refuse: (path, rule, parameters) => void faults.push(fault(path, rule, parameters)) }
  const isNew = (key: keyof SettingsBody): boolean =>
    input[key] !== undefined && JSON.stringify(input[key]) !== JSON.stringify(current[key])
  if (isNew('timezone') && !isTimeZone(input.timezone ?? '')) known.refuse('timezone', 'time_zone')
  if (isNew('performance_unit')) oneOf(known, 'performance_unit', input.performance_unit, performanceUnits)
  if (isNew('shift_range_mode')) oneOf(known, 'shift_range_mode', input.shift_range_mode, ['clip', 'extend'])
  if (isNew('planned_stop_codes')) checkCodes(known, input.planned_stop_codes ?? [])
  if (isNew('breaks')) checkBreaks(known, input.breaks ?? [])
  if (isNew('line_shifts')) checkLineShifts(known, input.line_shifts ?? {})
  if (isNew('holidays')) checkHolidays(known, input.holidays ?? [])
  if (isNew('extra_shifts')) checkExtraShifts(known, input.extra_shifts ?? [])
  if (isNew('plants')) checkPlants(known, input.plants ?? [])
  if (isNew('no_data_after')) checkLimits(known, input.no_data_after ?? {})
  if (isNew('downtime')) checkDowntime(known, input.downtime ?? {})
  return faults
}

const oneOf = ({ refuse }: Known, path: string, value: string | undefined, choices: readonly string[]): void => {
  if (!choices.includes(value ?? '')) refuse(path, 'choice', { choices: choices.join(', ') })
}

/** A code that was there before may stay, known or not. */
function checkCodes({ model, current, refuse }: Known, codes: readonly number[]): void {
  for (const [i, code] of codes.entries())
    if (!model.incidents.has(code) && !model.failures.has(code) && !current.planned_stop_codes.includes(code))
      refuse(`planned_stop_codes.${i}`, 'unknown_reason', { code })
}

const isTime = (value: string): boolean => /^([01]\d|2[0-3]):[0-5]\d(:[0-5]\d)?$/.test(value)

/** Whether both are times of day, and not the same one. */
function checkTimes({ refuse }: Known, path: string, { start, end }: { readonly start: string; readonly end: string }): boolean {
  if (!isTime(start)) refuse(`${path}.start`, 'time')
  if (!isTime(end)) refuse(`${path}.end`, 'time')
  const areTimes = isTime(start) && isTime(end)
  if (areTimes && timeOfDayS(start) === timeOfDayS(end)) refuse(`${path}.end`, 'zero_length')
  return areTimes && timeOfDayS(start) !== timeOfDayS(end)
}

function checkBreaks(known: Known, breaks: SettingsBody['breaks']): void {
  for (const [i, one] of breaks.entries()) {
    checkTimes(known, `breaks.${i}`, one)
    if (one.days.length === 0) known.refuse(`breaks.${i}.days`, 'no_day')
  }
}

/** A line that is gone since may stay in a list that named it before. */
function checkLines({ model, refuse }: Known, path: string, lineIds: readonly number[], before: readonly number[] = []): void {
  for (const lineId of lineIds)
    if (!model.lines.some((line) => line.lineId === lineId) && !before.includes(lineId)) refuse(path, 'unknown_line', { id: lineId })
}

function checkLineShifts({ model, current, refuse }: Known, lineShifts: NonNullable<SettingsChange['line_shifts']>): void {
  const own = new Map(model.settings.shiftIdsByLine)
  const touched = new Set<number>()
  for (const [line, shiftIds] of Object.entries(lineShifts)) {
    const [lineId, path] = [Number(line), `line_shifts.${line}`]
    if (JSON.stringify(shiftIds) === JSON.stringify(current.line_shifts[line] ?? null)) continue
    touched.add(lineId)
    if (!model.lines.some((known) => known.lineId === lineId)) refuse(path, 'unknown_line', { id: lineId })
    for (const shiftId of shiftIds ?? [])
      if (!model.shifts.some((known) => known.shiftId === shiftId)) refuse(path, 'unknown_shift', { id: Number(shiftId) })
    if (shiftIds === null || shiftIds.length === 0) own.delete(lineId)
    else own.set(lineId, new Set(shiftIds.map(Number)))
  }
  for (const { first, second, lineIds } of findShiftOverlaps(model.shifts, model.lines, own))
    for (const lineId of lineIds.filter((id) => touched.has(id)))
      refuse(`line_shifts.${lineId}`, 'shift_overlap', { first: first.shiftName, second: second.shiftName })
}

const dayOfDate = (date: string): number | null => {
  const localS = date.length === 10 ? parseLocal(date) : null
  return localS === null ? null : dayOf(localS)
}
/** Years that a calendar may name: far enough for any plan, near enough to be no slip of the finger. */
const [firstDay, lastDay] = ['2000-01-01', '2099-12-31'].map((date) => dayOfDate(date) ?? 0) as [number, number]

function checkDate({ refuse }: Known, path: string, date: string): number | null {
  const day = dayOfDate(date)
  if (day === null) refuse(path, 'date')
  else if (day < firstDay || day > lastDay)
    refuse(path, 'date_range', { from: formatLocalDate(firstDay * dayS), to: formatLocalDate(lastDay * dayS) })
  return day
}

const shareLine = (a: readonly number[], b: readonly number[]): boolean =>
  a.length === 0 || b.length === 0 || a.some((id) => b.includes(id))

function checkHolidays(known: Known, holidays: SettingsBody['holidays']): void {
  for (const [i, one] of holidays.entries()) {
    checkDate(known, `holidays.${i}.date`, one.date)
    if ([...one.name].length > 100) known.refuse(`holidays.${i}.name`, 'too_long', { limit: 100 })
    checkLines(
      known,
      `holidays.${i}.line_ids`,
      one.line_ids,
      known.current.holidays.flatMap(({ line_ids: ids }) => ids),
    )
    const isSame = (other: (typeof holidays)[number]): boolean =>
      other.yearly === one.yearly && (one.yearly ? other.date.slice(5) === one.date.slice(5) : other.date === one.date)
    if (holidays.slice(0, i).some((other) => isSame(other) && shareLine(other.line_ids, one.line_ids)))
      known.refuse(`holidays.${i}.date`, 'twice')
  }
}

function checkExtraShifts(known: Known, extraShifts: SettingsBody['extra_shifts']): void {
  const spans: { readonly fromS: number; readonly toS: number; readonly lineIds: readonly number[] }[] = []
  for (const [i, one] of extraShifts.entries()) {
    const day = checkDate(known, `extra_shifts.${i}.date`, one.date)
    const areTimes = checkTimes(known, `extra_shifts.${i}`, one)
    if ([...one.name].length > 100) known.refuse(`extra_shifts.${i}.name`, 'too_long', { limit: 100 })
    checkLines(
      known,
      `extra_shifts.${i}.line_ids`,
      one.line_ids,
      known.current.extra_shifts.flatMap(({ line_ids: ids }) => ids),
    )
    if (day === null || !areTimes) continue
    const [startS, endS] = [timeOfDayS(one.start) ?? 0, timeOfDayS(one.end) ?? 0]
    const span = { fromS: day * dayS + startS, toS: (endS <= startS ? day + 1 : day) * dayS + endS, lineIds: one.line_ids }
    if (spans.some((other) => span.fromS < other.toS && other.fromS < span.toS && shareLine(span.lineIds, other.lineIds)))
      known.refuse(`extra_shifts.${i}.start`, 'extra_overlap')
    spans.push(span)
  }
}

const nameKey = (name: string): string => name.normalize('NFKC').trim().toLowerCase()

function checkPlants(known: Known, plants: SettingsBody['plants']): void {
  const { refuse } = known
  const isTaken = (i: number, of: (plant: SettingsBody['plants'][number]) => string | number): boolean =>
    plants.slice(0, i).some((other) => of(other) === of(plants[i] as SettingsBody['plants'][number]))
  for (const [i, plant] of plants.entries()) {
    const length = [...plant.name.trim()].length
    if (length < 1 || length > 100) refuse(`plants.${i}.name`, 'length', { limit: 100 })
    else if (isTaken(i, ({ name }) => nameKey(name))) refuse(`plants.${i}.name`, 'name_taken')
    if (!/^[\p{L}\p{N}_.-]{0,20}$/u.test(plant.code.trim())) refuse(`plants.${i}.code`, 'code', { limit: 20 })
    else if (plant.code.trim() !== '' && isTaken(i, ({ code }) => nameKey(code))) refuse(`plants.${i}.code`, 'code_taken')
    if (isTaken(i, ({ id }) => id)) refuse(`plants.${i}.id`, 'twice')
    checkLines(
      known,
      `plants.${i}.line_ids`,
      plant.line_ids,
      known.current.plants.flatMap(({ line_ids: ids }) => ids),
    )
    const taken = new Set(plants.slice(0, i).flatMap(({ line_ids: ids }) => ids))
    for (const id of plant.line_ids) if (taken.has(id)) refuse(`plants.${i}.line_ids`, 'line_taken', { id })
  }
}

/** A minute to a month: shorter ones would blink, longer ones say nothing. */
const [leastLimitS, mostLimitS] = [60, 31 * dayS]

function checkLimits({ model, current, refuse }: Known, limits: NonNullable<SettingsChange['no_data_after']>): void {
  for (const [line, seconds] of Object.entries(limits)) {
    const path = `no_data_after.${line}`
    if (seconds === (current.no_data_after[line] ?? null)) continue
    if (!model.lines.some(({ lineId }) => lineId === Number(line))) refuse(path, 'unknown_line', { id: line })
    if (seconds !== null && (seconds < leastLimitS || seconds > mostLimitS)) refuse(path, 'seconds', { from: leastLimitS, to: mostLimitS })
  }
}

function checkDowntime(known: Known, change: NonNullable<SettingsChange['downtime']>): void {
  const { current, refuse } = known
  const wanted = { ...current.downtime, ...change }
  if (wanted.reason_target !== current.downtime.reason_target)
    oneOf(known, 'downtime.reason_target', wanted.reason_target, ['incident', 'failure'])
  for (const key of ['stop_from_seconds', 'breakdown_from_seconds'] as const)
    if (wanted[key] < 1 || wanted[key] > dayS) refuse(`downtime.${key}`, 'seconds', { from: 1, to: dayS })
  if (wanted.breakdown_from_seconds <= wanted.stop_from_seconds) refuse('downtime.breakdown_from_seconds', 'breakdown_before_stop')
}
