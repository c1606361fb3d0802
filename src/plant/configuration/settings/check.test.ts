import assert from 'node:assert/strict'
import { test } from 'node:test'
import { type PlantModel, readSettings } from '../../model/index.ts'
import { completed, settingsBody } from './body.ts'
import { settingsFaults } from './check.ts'
import type { SettingsBody, SettingsInput } from './schema.ts'

const stored = (config: Readonly<Record<string, unknown>>): SettingsBody => settingsBody(readSettings(config, 'UTC').settings)

function faults(
  config: Readonly<Record<string, unknown>>,
  change: (body: SettingsBody) => SettingsInput,
  { lineIds = [1, 2, 3], shifts = [] }: { lineIds?: readonly number[]; shifts?: PlantModel['shifts'] } = {},
): string[] {
  const { settings } = readSettings(config, 'UTC')
  const body = settingsBody(settings)
  const lines = lineIds.map((lineId) => ({ lineId, isActive: true }))
  const model = { settings, lines, shifts, incidents: new Map(), failures: new Map() } as unknown as PlantModel
  return settingsFaults(model, body, completed(body, change(body))).map(({ path, rule }) => `${path}:${rule}`)
}

test('times of breaks and extra shifts keep their seconds', () => {
  const breaks = [{ start: '12:00:30', end: '12:30:45', days: [1] }]
  const extra_shifts = [{ date: '2026-10-24', start: '06:00', end: '06:00:20', name: '', line_ids: [] }]
  const body = stored({ breaks, extra_shifts })
  assert.deepEqual([body.breaks, body.extra_shifts], [breaks, extra_shifts])
  const next = { start: '15:00', end: '15:10', days: [1] }
  assert.deepEqual(
    faults({ breaks: [{ start: '09:00:10', end: '09:00:50', days: [1] }] }, ({ breaks: before }) => ({ breaks: [...before, next] })),
    [],
    'a break inside one minute keeps no other from being added',
  )
})

const day = { date: '2026-12-25', name: 'Navidad' }
const extra = { date: '2026-10-24', start: '06:00', end: '14:00', name: 'a' }
const cases: readonly (readonly [
  name: string,
  config: Readonly<Record<string, unknown>>,
  change: (body: SettingsBody) => SettingsInput,
  want: readonly string[],
])[] = [
  [
    'two stored holidays on one date, and another one',
    { holidays: [day, { ...day, name: ' Otra ' }] },
    ({ holidays }) => ({ holidays: [...holidays, { date: '2026-12-31' }] }),
    [],
  ],
  ['a stored holiday once more', { holidays: [day] }, ({ holidays }) => ({ holidays: [...holidays, day] }), ['holidays.1.date:twice']],
  [
    'a new holiday before the stored one of its date',
    { holidays: [day] },
    ({ holidays }) => ({ holidays: [{ ...day, name: 'Nueva' }, ...holidays] }),
    ['holidays.0.date:twice'],
  ],
  ['two new ones on a date', {}, () => ({ holidays: [day, { ...day, name: 'x' }] }), ['holidays.1.date:twice']],
  [
    'two new ones on a date for different lines',
    {},
    () => ({
      holidays: [
        { ...day, line_ids: [1] },
        { ...day, line_ids: [2] },
      ],
    }),
    [],
  ],
  ['one for all after one for a line', {}, () => ({ holidays: [{ ...day, line_ids: [1] }, { ...day }] }), ['holidays.1.date:twice']],
  [
    'yearly and once on one date',
    {},
    () => ({ holidays: [day, { ...day, yearly: true }, { ...day, date: '2030-12-25', yearly: true }] }),
    ['holidays.2.date:twice'],
  ],
  ['a break without days that is stored', { breaks: [{ start: '12:00', end: '12:30', days: [] }] }, () => ({ timezone: 'UTC' }), []],
  [
    'stored extra shifts that overlap, and one of another day',
    { extra_shifts: [extra, { ...extra, end: '12:00' }] },
    ({ extra_shifts }) => ({ extra_shifts: [...extra_shifts, { ...extra, date: '2026-10-25' }] }),
    [],
  ],
  [
    'a new extra shift over a stored one that stands after it',
    { extra_shifts: [extra] },
    ({ extra_shifts }) => ({ extra_shifts: [{ ...extra, start: '02:00', end: '06:01' }, ...extra_shifts] }),
    ['extra_shifts.0.start:extra_overlap'],
  ],
  [
    'a night that runs into a stored morning',
    { extra_shifts: [{ ...extra, line_ids: [2] }] },
    ({ extra_shifts }) => ({ extra_shifts: [...extra_shifts, { date: '2026-10-23', start: '22:00', end: '06:30' }] }),
    ['extra_shifts.1.start:extra_overlap'],
  ],
  [
    'one that ends where the next begins, and one of other lines',
    { extra_shifts: [{ ...extra, line_ids: [2] }] },
    ({ extra_shifts }) => ({
      extra_shifts: [...extra_shifts, { ...extra, start: '14:00', end: '16:00', line_ids: [2] }, { ...extra, line_ids: [1, 3] }],
    }),
    [],
  ],
  [
    'a long new one, stored ones inside it, each told once',
    {
      extra_shifts: [
        { ...extra, start: '07:00', end: '08:00' },
        { ...extra, start: '09:00', end: '10:00' },
      ],
    },
    ({ extra_shifts }) => ({ extra_shifts: [...extra_shifts, extra, { ...extra, start: '13:00' }] }),
    ['extra_shifts.2.start:extra_overlap', 'extra_shifts.3.start:extra_overlap'],
  ],
  [
    'a plant of an odd code, and another one renamed',
    {
      plants: [
        { id: 1, name: 'Uno', code: 'PL 1', line_ids: [1] },
        { id: 2, name: 'Dos', code: '', line_ids: [] },
      ],
    },
    ({ plants }) => ({ plants: plants.map((one) => (one.id === 2 ? { ...one, name: 'Tres' } : one)) }),
    [],
  ],
  [
    'a plant of an odd code gets a line',
    { plants: [{ id: 1, name: 'Uno', code: 'PL 1', line_ids: [1] }] },
    ({ plants }) => ({ plants: plants.map((one) => ({ ...one, line_ids: [1, 2] })) }),
    [],
  ],
  [
    'the first plant renamed as the second is called, with its code and line',
    {
      plants: [
        { id: 1, name: 'Uno', code: 'A', line_ids: [] },
        { id: 2, name: 'Dos', code: 'B', line_ids: [2] },
      ],
    },
    ({ plants }) => ({ plants: plants.map((one) => (one.id === 1 ? { id: 1, name: 'dos', code: 'b', line_ids: [2] } : one)) }),
    ['plants.0.name:name_taken', 'plants.0.code:code_taken', 'plants.0.line_ids:line_taken'],
  ],
  [
    'plants that are called alike since long, one of them gets a line',
    {
      plants: [
        { id: 1, name: 'Uno', line_ids: [] },
        { id: 2, name: 'uno', line_ids: [] },
      ],
    },
    ({ plants }) => ({ plants: plants.map((one) => (one.id === 1 ? { ...one, line_ids: [2] } : one)) }),
    [],
  ],
  [
    'an id twice',
    { plants: [{ id: 1, name: 'Uno', line_ids: [] }] },
    ({ plants }) => ({ plants: [...plants, { id: 1, name: 'Dos' }] }),
    ['plants.1.id:twice'],
  ],
]
for (const [name, config, change, want] of cases)
  test(`what stays as it is stored is not judged again, what is new is: ${name}`, () => assert.deepEqual(faults(config, change), want))

test('the longest lists that may be sent are judged without standing still', () => {
  const lineIds = Array.from({ length: 500 }, (_, i) => i + 1)
  const many = <T>(make: (i: number) => T): T[] => Array.from({ length: 1_000 }, (_, i) => make(i))
  const [odd, even] = [lineIds.filter((id) => id % 2), lineIds.filter((id) => id % 2 === 0)]
  const own = (i: number) => (i % 2 ? odd : even)
  const before = process.cpuUsage()
  faults(
    {
      holidays: many((i) => ({ ...day, name: `n${i}`, line_ids: own(i) })),
      extra_shifts: many((i) => ({ ...extra, name: `n${i}`, line_ids: own(i) })),
    },
    () => ({
      holidays: many((i) => ({ ...day, name: `m${i}`, line_ids: own(i) })),
      extra_shifts: many((i) => ({ ...extra, name: `m${i}`, line_ids: own(i) })),
      plants: many((i) => ({ id: i + 1, name: `p${i}`, line_ids: own(i) })).slice(0, 200),
    }),
    { lineIds },
  )
  // of the processor, whatever else runs: every pair looked at took 22 s, this takes a quarter of one
  assert.ok(process.cpuUsage(before).user < 8e6)
})
