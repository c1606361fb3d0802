/** Settings written down and read back, and the version that tells whether somebody changed them meanwhile. Pure. */
import { createHash } from 'node:crypto'
import { dayS, formatLocalDate, formatLocalTime } from '../../../platform/time/index.ts'
import type { PlantSettings } from '../../model/index.ts'
import { type SettingsBody, type SettingsChange, type SettingsInput, settingsKeys } from './schema.ts'

const sorted = (ids: Iterable<number> | null): number[] => [...(ids ?? [])].sort((a, b) => a - b)
const byLine = <Value, Written>(map: ReadonlyMap<number, Value>, write: (value: Value) => Written): Record<string, Written> =>
  Object.fromEntries([...map].sort(([a], [b]) => a - b).map(([lineId, value]) => [String(lineId), write(value)]))
/** `06:00`, or `06:00:30` when it has seconds. */
const clockText = (timeS: number): string => formatLocalTime(timeS) + (timeS % 60 > 0 ? `:${String(timeS % 60).padStart(2, '0')}` : '')
const date = (day: number): string => formatLocalDate(day * dayS)

export const settingsBody = (settings: PlantSettings): SettingsBody => ({
  timezone: settings.timeZone,
  performance_unit: settings.performanceUnit,
  shift_range_mode: settings.shiftRangeMode,
  planned_stop_codes: sorted(settings.plannedStopCodes),
  breaks: settings.breaks.map(({ startS, endS, isoWeekdays }) => ({
    start: clockText(startS),
    end: clockText(endS),
    days: sorted(isoWeekdays),
  })),
  line_shifts: byLine(settings.shiftIdsByLine, sorted),
  holidays: settings.holidays.map(({ day, isYearly, name, lineIds }) => ({
    date: date(day),
    yearly: isYearly,
    name,
    line_ids: sorted(lineIds),
  })),
  extra_shifts: settings.extraShifts.map(({ day, startS, endS, name, lineIds }) => ({
    date: date(day),
    start: clockText(startS),
    end: clockText(endS),
    name,
    line_ids: sorted(lineIds),
  })),
  plants: settings.sites.map(({ siteId, siteName, siteCode, lineIds }) => ({
    id: siteId,
    name: siteName,
    code: siteCode,
    line_ids: [...lineIds],
  })),
  no_data_after: byLine(settings.noDataAfterS, (seconds) => seconds),
  downtime: {
    reason_target: settings.reasonTarget,
    stop_from_seconds: settings.stopFromS,
    breakdown_from_seconds: settings.breakdownFromS,
    job: settings.isStopJobOn,
  },
})

/** Of what the settings say, not of how they are written: other houses' keys of the same row do not change it. */
export const versionOf = (body: SettingsBody): string => createHash('sha256').update(JSON.stringify(body)).digest('hex').slice(0, 16)

/** Defaults of list entries filled in, times and names as they are stored; new plants get the next free number. */
export function completed(current: SettingsBody, { holidays, extra_shifts: extraShifts, plants, ...input }: SettingsInput): SettingsChange {
  let lastId = Math.max(0, ...current.plants.map(({ id }) => id), ...(plants ?? []).map(({ id }) => id ?? 0))
  const clock = (time: string): string => time.replace(/^(\d\d:\d\d):00$/, '$1')
  const clocked = <One extends { readonly start: string; readonly end: string }>(one: One): One => ({
    ...one,
    start: clock(one.start),
    end: clock(one.end),
  })
  return {
    ...input,
    ...(input.breaks && { breaks: input.breaks.map((one) => clocked({ ...one, days: sorted(new Set(one.days)) })) }),
    ...(input.planned_stop_codes && { planned_stop_codes: sorted(new Set(input.planned_stop_codes)) }),
    ...(holidays && {
      holidays: holidays.map(({ date, yearly = false, name = '', line_ids: lineIds = [] }) => ({
        date,
        yearly,
        name: name.trim(),
        line_ids: sorted(new Set(lineIds)),
      })),
    }),
    ...(extraShifts && {
      extra_shifts: extraShifts.map(({ date, start, end, name = '', line_ids: lineIds = [] }) =>
        clocked({ date, start, end, name: name.trim(), line_ids: sorted(new Set(lineIds)) }),
      ),
    }),
    ...(plants && {
      plants: plants.map(({ id, name, code = '', line_ids: lineIds = [] }) => {
        if (id === undefined) lastId += 1
        return { id: id ?? lastId, name: name.trim(), code: code.trim(), line_ids: sorted(new Set(lineIds)) }
      }),
    }),
  }
}

const withoutNulls = (map: Readonly<Record<string, unknown>>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(map).filter(([, value]) => value !== null && !(Array.isArray(value) && value.length === 0)))

/** `config_tenant` with the change in it. Keys that are not named, and members of `downtime` that are not ours, stay as they are. */
export function changedConfig(
  config: Readonly<Record<string, unknown>>,
  current: SettingsBody,
  input: SettingsChange,
): Record<string, unknown> {
  const changed: Record<string, unknown> = { ...config }
  for (const key of settingsKeys) {
    if (input[key] === undefined) continue
    if (key === 'downtime') changed.downtime = { ...(isRecord(config.downtime) ? config.downtime : {}), ...input.downtime }
    else if (key === 'line_shifts' || key === 'no_data_after') changed[key] = withoutNulls({ ...current[key], ...input[key] })
    else changed[key] = input[key]
  }
  return changed
}

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value)

/** Names of what differs, with both values: for the audit. */
export function differences(before: SettingsBody, after: SettingsBody): { readonly before: object; readonly after: object } {
  const keys = settingsKeys.filter((key) => JSON.stringify(before[key]) !== JSON.stringify(after[key]))
  const only = (body: SettingsBody) => Object.fromEntries(keys.map((key) => [key, body[key]]))
  return { before: only(before), after: only(after) }
}
