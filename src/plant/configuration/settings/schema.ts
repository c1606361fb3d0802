/** Settings of a plant as API and `config_tenant` write them: the same names and shapes, so that a file of them can be read by both. */
import { type Static, Type } from 'typebox'

const text = (maxLength: number, description?: string) => Type.String({ maxLength, ...(description && { description }) })
const ids = (description: string) => Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 1_000, description })

const Break = Type.Object({
  start: text(8, 'HH:MM'),
  end: text(8, 'HH:MM; before the start: on the next day'),
  days: Type.Array(Type.Integer({ minimum: 1, maximum: 7 }), { maxItems: 7, description: 'ISO weekdays, 1 = Monday' }),
})
const date = text(10, 'YYYY-MM-DD')
const name = Type.String({ maxLength: 200 })
const someLines = Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 1_000, description: 'Empty: all lines' })
const times = { start: text(8, 'HH:MM'), end: text(8, 'HH:MM; not after the start: on the next day') }
const code = Type.String({ maxLength: 40 })
const inPlant = ids('A line is in one plant at most')
const Holiday = Type.Object({ date, yearly: Type.Boolean(), name, line_ids: someLines })
const ExtraShift = Type.Object({ date, ...times, name, line_ids: someLines })
const Plant = Type.Object({ id: Type.Integer({ minimum: 1 }), name, code, line_ids: inPlant })
const perLine = <S extends ReturnType<typeof Type.Array> | ReturnType<typeof Type.Integer>>(value: S, description: string) =>
  Type.Record(Type.String({ pattern: '^[1-9]\\d{0,14}$' }), Type.Union([value, Type.Null()]), {
    description,
    maxProperties: 1_000,
  })

const members = {
  timezone: text(60, 'IANA name. Days are cut at its midnights: the summaries of all days are made anew'),
  performance_unit: text(40, 'units_per_minute, units_per_hour or percent: what the performance of a line means'),
  shift_range_mode: text(20, 'clip or extend'),
  planned_stop_codes: ids('Reasons that make a stop planned: it leaves availability'),
  breaks: Type.Array(Break, { maxItems: 100 }),
  line_shifts: perLine(
    Type.Array(Type.Integer({ minimum: 1 }), { maxItems: 200 }),
    'Line id to the shifts it works; null or absent: all active ones',
  ),
  holidays: Type.Array(Holiday, { maxItems: 1_000 }),
  extra_shifts: Type.Array(ExtraShift, { maxItems: 1_000 }),
  plants: Type.Array(Plant, { maxItems: 200 }),
  no_data_after: perLine(Type.Integer(), 'Line id to the seconds without a row after which it shows no data; null or absent: no limit'),
}
const downtime = {
  reason_target: text(20, 'incident or failure: what reason codes point to'),
  stop_from_seconds: Type.Integer({ description: 'Shorter ones are micro-stops' }),
  breakdown_from_seconds: Type.Integer({ description: 'Longer ones are breakdowns' }),
  job: Type.Boolean({ description: 'Whether the job stores the stops that it finds' }),
}

export const SettingsBody = Type.Object({ ...members, downtime: Type.Object(downtime) })
export type SettingsBody = Static<typeof SettingsBody>

const HolidayInput = Type.Object({
  date,
  yearly: Type.Optional(Type.Boolean()),
  name: Type.Optional(name),
  line_ids: Type.Optional(someLines),
})
const ExtraShiftInput = Type.Object({ date, ...times, name: Type.Optional(name), line_ids: Type.Optional(someLines) })
const PlantInput = Type.Object({
  id: Type.Optional(Type.Integer({ minimum: 1, description: 'Of a plant that is there; a new one gets its own' })),
  name,
  code: Type.Optional(code),
  line_ids: Type.Optional(inPlant),
})

/** What is absent stays as it is; a map per line is merged, a list replaced whole. */
export const SettingsInput = Type.Object({
  timezone: Type.Optional(members.timezone),
  performance_unit: Type.Optional(members.performance_unit),
  shift_range_mode: Type.Optional(members.shift_range_mode),
  planned_stop_codes: Type.Optional(members.planned_stop_codes),
  breaks: Type.Optional(members.breaks),
  line_shifts: Type.Optional(members.line_shifts),
  holidays: Type.Optional(Type.Array(HolidayInput, { maxItems: 1_000 })),
  extra_shifts: Type.Optional(Type.Array(ExtraShiftInput, { maxItems: 1_000 })),
  plants: Type.Optional(Type.Array(PlantInput, { maxItems: 200 })),
  no_data_after: Type.Optional(members.no_data_after),
  downtime: Type.Optional(
    Type.Object({
      reason_target: Type.Optional(downtime.reason_target),
      stop_from_seconds: Type.Optional(downtime.stop_from_seconds),
      breakdown_from_seconds: Type.Optional(downtime.breakdown_from_seconds),
      job: Type.Optional(downtime.job),
    }),
  ),
})
export type SettingsInput = Static<typeof SettingsInput>

/** A change with nothing left to default: lists are whole, maps and `downtime` hold what changes in them. */
export type SettingsChange = Omit<SettingsInput, 'holidays' | 'extra_shifts' | 'plants'> &
  Partial<Pick<SettingsBody, 'holidays' | 'extra_shifts' | 'plants'>>

/** Keys of `config_tenant` that are the plant's. */
export const settingsKeys = [...Object.keys(members), 'downtime'] as readonly (keyof SettingsBody)[]
