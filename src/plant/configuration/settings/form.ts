/** The page's form and the settings, one into the other. Only what differs from what the page showed becomes a change: two people who change
 *  different things lose nothing. Pure. */
import { type PlantModel, workedShifts } from '../../model/index.ts'
import type { SettingsBody, SettingsInput } from './schema.ts'

/** As typed. */
export type SettingsForm = {
  readonly timezone: string
  readonly performanceUnit: string
  readonly shiftRangeMode: string
  readonly reasonTarget: string
  readonly stopFromS: string
  readonly breakdownFromS: string
  readonly isJobOn: boolean
  readonly plannedCodes: readonly string[]
  /** Line id to minutes, empty for no limit. */
  readonly limits: Readonly<Record<string, string>>
  /** `line:shift`. */
  readonly shifts: readonly string[]
}

/** What the form shows of the settings: the parts that it can change. */
export type Shown = Omit<SettingsBody, 'breaks' | 'holidays' | 'extra_shifts' | 'plants'>
export const shownOf = ({ breaks: _1, holidays: _2, extra_shifts: _3, plants: _4, ...shown }: SettingsBody): Shown => shown

/** Active shifts that the line works: all of them when it has no list of its own. */
const workedBy = ({ shifts }: PlantModel, own: readonly number[] | undefined): number[] =>
  workedShifts(shifts, own && new Set(own)).map(({ shiftId }) => shiftId)

export function formOf(model: PlantModel, shown: Shown): SettingsForm {
  const lines = model.lines.filter(({ isActive }) => isActive)
  return {
    timezone: shown.timezone,
    performanceUnit: shown.performance_unit,
    shiftRangeMode: shown.shift_range_mode,
    reasonTarget: shown.downtime.reason_target,
    stopFromS: String(shown.downtime.stop_from_seconds),
    breakdownFromS: String(shown.downtime.breakdown_from_seconds),
    isJobOn: shown.downtime.job,
    plannedCodes: shown.planned_stop_codes.map(String),
    limits: Object.fromEntries(lines.map(({ lineId }) => [lineId, minutesOf(shown.no_data_after[lineId] ?? null)])),
    shifts: lines.flatMap(({ lineId }) => workedBy(model, shown.line_shifts[lineId] ?? undefined).map((shiftId) => `${lineId}:${shiftId}`)),
  }
}

const minutesOf = (seconds: number | null): string => (seconds === null ? '' : String(Math.round((seconds / 60) * 100) / 100))
/** Text that is no number becomes one that every rule refuses. */
const wholeNumber = (typed: string): number => (/^\d{1,9}$/.test(typed.trim()) ? Number(typed) : -1)
const secondsOf = (minutes: string): number | null => {
  if (minutes.trim() === '') return null
  const typed = Number(minutes.trim().replace(',', '.'))
  return Number.isFinite(typed) && typed >= 0 && typed < 1e6 ? Math.round(typed * 60) : -1
}

const isSame = (a: unknown, b: unknown): boolean => JSON.stringify(a) === JSON.stringify(b)

/** The change that the form asks for, against what it showed. */
export function changeOf(model: PlantModel, shown: Shown, form: SettingsForm): SettingsInput {
  const codes = form.plannedCodes.map(wholeNumber).filter((code) => code > 0)
  const lines = model.lines.filter(({ isActive }) => isActive).map(({ lineId }) => lineId)
  const limits = lines
    .map((lineId) => [lineId, secondsOf(form.limits[lineId] ?? '')] as const)
    // minutes with two decimals say no seconds: what was not touched stays to the second
    .filter(([lineId]) => (form.limits[lineId] ?? '').trim() !== minutesOf(shown.no_data_after[lineId] ?? null))
  const shifts = lines.flatMap((lineId) => shiftsOf(model, shown, form, lineId))
  const stops = {
    ...(form.reasonTarget !== shown.downtime.reason_target && { reason_target: form.reasonTarget }),
    ...(form.stopFromS.trim() !== String(shown.downtime.stop_from_seconds) && { stop_from_seconds: wholeNumber(form.stopFromS) }),
    ...(form.breakdownFromS.trim() !== String(shown.downtime.breakdown_from_seconds) && {
      breakdown_from_seconds: wholeNumber(form.breakdownFromS),
    }),
    ...(form.isJobOn !== shown.downtime.job && { job: form.isJobOn }),
  }
  return {
    ...(form.timezone.trim() !== shown.timezone && { timezone: form.timezone.trim() }),
    ...(form.performanceUnit !== shown.performance_unit && { performance_unit: form.performanceUnit }),
    ...(form.shiftRangeMode !== shown.shift_range_mode && { shift_range_mode: form.shiftRangeMode }),
    ...(!isSame([...codes].sort(), [...shown.planned_stop_codes].sort()) && { planned_stop_codes: codes }),
    ...(limits.length > 0 && { no_data_after: Object.fromEntries(limits) }),
    ...(shifts.length > 0 && { line_shifts: Object.fromEntries(shifts) }),
    ...(Object.keys(stops).length > 0 && { downtime: stops }),
  }
}

/** All of them, or none, is no list: such a line works the shifts that come later too. */
function shiftsOf(model: PlantModel, shown: Shown, form: SettingsForm, lineId: number): (readonly [number, number[] | null])[] {
  const active = workedBy(model, undefined)
  const chosen = active.filter((shiftId) => form.shifts.includes(`${lineId}:${shiftId}`))
  if (isSame(chosen, workedBy(model, shown.line_shifts[lineId] ?? undefined))) return []
  return [[lineId, chosen.length === 0 || chosen.length === active.length ? null : chosen]]
}

/** The settings with a change on top, as the form shows them after somebody was faster. */
export const withChange = (shown: Shown, change: SettingsInput): Shown => ({
  timezone: change.timezone ?? shown.timezone,
  performance_unit: change.performance_unit ?? shown.performance_unit,
  shift_range_mode: change.shift_range_mode ?? shown.shift_range_mode,
  planned_stop_codes: change.planned_stop_codes ?? shown.planned_stop_codes,
  line_shifts: Object.fromEntries(
    Object.entries({ ...shown.line_shifts, ...change.line_shifts }).filter(([, shifts]) => shifts !== null),
  ) as Shown['line_shifts'],
  no_data_after: { ...shown.no_data_after, ...change.no_data_after },
  downtime: { ...shown.downtime, ...change.downtime },
})
