/** What is wrong with a change of settings: every fault of every field at once, each by its path. Pure. Values that stay as they are stored are not
 *  judged again: what an earlier rule let in does not keep people from changing something else. */

import type { ProblemField } from '../../../platform/http/problem.ts'
import type { Parameters, Text } from '../../../platform/i18n/i18n.ts'
import { dayS } from '../../../platform/time/index.ts'
import { findShiftOverlaps, isTimeZone, type PlantModel, performanceUnits } from '../../model/index.ts'
import { completed } from './body.ts'
import { checkBreaks, checkExtraShifts, checkHolidays, checkPlants, type Known as KnownLists } from './check-lists.ts'
import { rules } from './rules.ts'
import type { SettingsBody, SettingsChange } from './schema.ts'

type Known = KnownLists & { readonly model: PlantModel }

const fault = (path: string, rule: keyof typeof rules, parameters?: Parameters): ProblemField => {
  const message: Text = rules[rule]
  return parameters ? { path, rule, message, parameters } : { path, rule, message }
}

export function settingsFaults(model: PlantModel, current: SettingsBody, input: SettingsChange): ProblemField[] {
  const faults: ProblemField[] = []
  const { breaks, holidays, extra_shifts, plants } = current
  const known: Known = {
    model,
    lineIds: new Set(model.lines.map(({ lineId }) => lineId)),
    // as they would be written: what comes back with its spaces trimmed is no new entry
    current: { ...current, ...completed(current, { breaks, holidays, extra_shifts, plants }) } as SettingsBody,
    refuse: (path, rule, parameters) => void faults.push(fault(path, rule, parameters)),
  }
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
  const before = new Set(current.planned_stop_codes)
  for (const [i, code] of codes.entries())
    if (!model.incidents.has(code) && !model.failures.has(code) && !before.has(code))
      refuse(`planned_stop_codes.${i}`, 'unknown_reason', { code })
}

/** Of shifts that overlap the first pair is told for each line. */
function checkLineShifts({ model, lineIds, current, refuse }: Known, lineShifts: NonNullable<SettingsChange['line_shifts']>): void {
  const own = new Map(model.settings.shiftIdsByLine)
  const touched = new Set<number>()
  const known = new Set(model.shifts.map(({ shiftId }) => shiftId))
  for (const [line, shiftIds] of Object.entries(lineShifts)) {
    const [lineId, path] = [Number(line), `line_shifts.${line}`]
    if (JSON.stringify(shiftIds) === JSON.stringify(current.line_shifts[line] ?? null)) continue
    touched.add(lineId)
    if (!lineIds.has(lineId)) refuse(path, 'unknown_line', { id: lineId })
    const unknown = shiftIds?.find((shiftId) => !known.has(shiftId))
    if (unknown !== undefined) refuse(path, 'unknown_shift', { id: unknown })
    if (shiftIds === null || shiftIds.length === 0) own.delete(lineId)
    else own.set(lineId, new Set(shiftIds.map(Number)))
  }
  if (touched.size === 0) return
  for (const { first, second, lineIds: both } of findShiftOverlaps(model.shifts, model.lines, own))
    for (const lineId of both)
      if (touched.delete(lineId)) refuse(`line_shifts.${lineId}`, 'shift_overlap', { first: first.shiftName, second: second.shiftName })
}

/** A minute to a month: shorter ones would blink, longer ones say nothing. */
const [leastLimitS, mostLimitS] = [60, 31 * dayS]

function checkLimits({ lineIds, current, refuse }: Known, limits: NonNullable<SettingsChange['no_data_after']>): void {
  for (const [line, seconds] of Object.entries(limits)) {
    const path = `no_data_after.${line}`
    if (seconds === (current.no_data_after[line] ?? null)) continue
    if (!lineIds.has(Number(line))) refuse(path, 'unknown_line', { id: line })
    if (seconds !== null && (seconds < leastLimitS || seconds > mostLimitS)) refuse(path, 'seconds', { from: leastLimitS, to: mostLimitS })
  }
}

function checkDowntime(known: Known, change: NonNullable<SettingsChange['downtime']>): void {
  const { current, refuse } = known
  const wanted = { ...current.downtime, ...change }
  if (wanted.reason_target !== current.downtime.reason_target)
    oneOf(known, 'downtime.reason_target', wanted.reason_target, ['incident', 'failure'])
  const changed = (['stop_from_seconds', 'breakdown_from_seconds'] as const).filter((key) => wanted[key] !== current.downtime[key])
  for (const key of changed) if (wanted[key] < 1 || wanted[key] > dayS) refuse(`downtime.${key}`, 'seconds', { from: 1, to: dayS })
  if (changed.length > 0 && wanted.breakdown_from_seconds <= wanted.stop_from_seconds)
    refuse('downtime.breakdown_from_seconds', 'breakdown_before_stop')
}
