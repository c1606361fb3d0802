import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../../test/harness/client.ts'
import { forEachEngine } from '../../../../test/harness/engines.ts'
import { findTenant } from '../../../identity/index.ts'
import { company } from '../configuration.fixture.ts'
import type { SettingsBody } from './schema.ts'

const path = '/api/v1/plant/settings'
const put = (body: object): RequestInit => ({ method: 'PUT', body: JSON.stringify(body), headers: { 'content-type': 'application/json' } })

type Told = {
  readonly version: string
  readonly settings: SettingsBody
  readonly edited: { readonly by: string; readonly at: string } | null
}
const read = async (client: Client): Promise<Told> => {
  const { status, body } = await client.json(path)
  assert.equal(status, 200, JSON.stringify(body))
  return body as Told
}
const change = async (client: Client, body: object) => {
  const response = await client.fetch(path, put(body))
  return { status: response.status, body: (await response.json()) as Record<string, unknown> }
}
const faultsOf = ({ body }: { readonly body: unknown }): string[] =>
  ((body as { fields?: { path: string; rule: string }[] }).fields ?? []).map(({ path, rule }) => `${path}:${rule}`)

forEachEngine('PL-16 settings are changed one by one; keys of others stay, and the audit tells both values', async (engine, t) => {
  const { server, tenantId, as } = await company(t, engine)
  const manager = await as('jefe')
  const first = await read(manager)
  assert.equal(first.settings.timezone, 'America/Bogota')
  assert.equal(first.edited, null)
  const { status, body } = await change(manager, {
    version: first.version,
    breaks: [{ start: '12:00', end: '12:30', days: [5, 1, 2, 3, 4] }],
    no_data_after: { 1: 900 },
    planned_stop_codes: [1],
    holidays: [{ date: '2026-12-25', yearly: true, name: ' Navidad ' }],
    plants: [
      { name: 'Norte', code: 'N', line_ids: [1] },
      { name: 'Sur', line_ids: [2] },
    ],
    downtime: { stop_from_seconds: 120 },
  })
  assert.equal(status, 200, JSON.stringify(body))
  const { settings, version, edited } = body as unknown as Told
  assert.notEqual(version, first.version)
  assert.deepEqual(edited, { by: 'jefe', at: new Date(server.clock.nowMs()).toISOString() })
  assert.deepEqual(settings, {
    ...first.settings,
    breaks: [{ start: '12:00', end: '12:30', days: [1, 2, 3, 4, 5] }],
    no_data_after: { 1: 900 },
    planned_stop_codes: [1],
    holidays: [{ date: '2026-12-25', yearly: true, name: 'Navidad', line_ids: [] }],
    plants: [
      { id: 1, name: 'Norte', code: 'N', line_ids: [1] },
      { id: 2, name: 'Sur', code: '', line_ids: [2] },
    ],
    downtime: { ...first.settings.downtime, stop_from_seconds: 120 },
  })
  const again = await change(manager, { version, no_data_after: { 1: null, 2: 600 }, line_shifts: { 1: [1] } })
  assert.deepEqual((again.body as unknown as Told).settings.no_data_after, { 2: 600 })
  assert.deepEqual((await findTenant(server.ctx.db, tenantId))?.config.theirs, { kept: true })
  const rows = await server.ctx.db.kysely
    .selectFrom('audit_logs')
    .select('details')
    .where('entity_type', '=', 'plant_settings')
    .orderBy('id')
    .execute()
  assert.deepEqual(JSON.parse(String(rows[1]?.details)), {
    before: { line_shifts: {}, no_data_after: { 1: 900 } },
    after: { line_shifts: { 1: [1] }, no_data_after: { 2: 600 } },
  })
})

forEachEngine('PL-16 two people save at once: one is told who was first and when, and nothing of theirs is written', async (engine, t) => {
  const { server, as } = await company(t, engine)
  const [first, second] = [await as('jefe'), await as('jefa')]
  const { version } = await read(first)
  const answers = await Promise.all([
    change(first, { version, performance_unit: 'units_per_hour' }),
    change(second, { version, shift_range_mode: 'extend' }),
  ])
  assert.deepEqual(answers.map(({ status }) => status).sort(), [200, 409])
  const refused = answers.find(({ status }) => status === 409)
  const winner = answers[0].status === 200 ? 'jefe' : 'jefa'
  assert.equal(refused?.body.code, 'settings_edited_meanwhile')
  assert.equal(refused?.body.edited_by, winner)
  assert.equal(refused?.body.edited_at, new Date(server.clock.nowMs()).toISOString())
  assert.match(String(refused?.body.detail), new RegExp(`^${winner} changed them at 2026-10-14 10:00`))
  const { settings } = await read(first)
  assert.deepEqual(
    [settings.performance_unit, settings.shift_range_mode],
    winner === 'jefe' ? ['units_per_hour', 'clip'] : ['units_per_minute', 'extend'],
  )
})

test('PL-16 what the company page changes counts too: a time zone that moved meanwhile refuses the next change', async (t) => {
  const { slug, as } = await company(t)
  const [owner, manager] = [await as('duena'), await as('jefe')]
  const { version } = await read(manager)
  const moved = await owner.fetch(`/api/v1/companies/${slug}`, {
    ...put({ timezone: 'America/Lima' }),
    method: 'PATCH',
  })
  assert.ok(moved.ok, await moved.text())
  const { status, body } = await change(manager, { version, timezone: 'America/Quito' })
  assert.deepEqual([status, body.edited_by], [409, 'duena'])
})

for (const c of [
  { name: 'a zone that nobody knows', input: { timezone: 'Mars/Olympus' }, faults: ['timezone:time_zone'] },
  { name: 'an empty zone', input: { timezone: '' }, faults: ['timezone:time_zone'] },
  { name: 'units that do not exist', input: { performance_unit: 'furlongs' }, faults: ['performance_unit:choice'] },
  { name: 'another mode of ranges', input: { shift_range_mode: 'both' }, faults: ['shift_range_mode:choice'] },
  { name: 'a reason of another plant', input: { planned_stop_codes: [2, 77] }, faults: ['planned_stop_codes.1:unknown_reason'] },
  {
    name: 'breaks of no length, at no time, on no day',
    input: {
      breaks: [
        { start: '12:00', end: '12:00', days: [1] },
        { start: '25:00', end: 'noon', days: [1] },
        { start: '12:00', end: '12:30', days: [] },
      ],
    },
    faults: ['breaks.0.end:zero_length', 'breaks.1.start:time', 'breaks.1.end:time', 'breaks.2.days:no_day'],
  },
  {
    name: 'lines and shifts of another plant',
    input: { line_shifts: { 9: [1], 1: [8] }, no_data_after: { 9: 600, 1: 5 } },
    faults: ['line_shifts.1:unknown_shift', 'line_shifts.9:unknown_line', 'no_data_after.1:seconds', 'no_data_after.9:unknown_line'],
  },
  {
    name: 'days that do not exist, come twice, or lie in another century',
    input: {
      holidays: [
        { date: '2026-02-30' },
        { date: '2026-05-01' },
        { date: '2026-05-01', line_ids: [1] },
        { date: '2025-12-25', yearly: true },
        { date: '2026-12-25', yearly: true },
        { date: '1926-12-25', line_ids: [7] },
      ],
    },
    faults: [
      'holidays.0.date:date',
      'holidays.2.date:twice',
      'holidays.4.date:twice',
      'holidays.5.date:date_range',
      'holidays.5.line_ids:unknown_line',
    ],
  },
  {
    name: 'extra shifts of no length, and on top of each other, also past midnight',
    input: {
      extra_shifts: [
        { date: '2026-10-17', start: '06:00', end: '06:00' },
        { date: '2026-10-17', start: '22:00', end: '06:00' },
        { date: '2026-10-18', start: '05:00', end: '08:00', line_ids: [1] },
        { date: '2026-10-18', start: '06:00', end: '08:00', line_ids: [2] },
      ],
    },
    faults: ['extra_shifts.0.end:zero_length', 'extra_shifts.2.start:extra_overlap'],
  },
  {
    name: 'plants without name, called alike, with the same code, sharing a line',
    input: {
      plants: [
        { name: ' ', line_ids: [] },
        { name: 'Norte', code: 'N', line_ids: [1] },
        { name: ' NORTE ', code: 'n', line_ids: [1, 3] },
        { name: 'Sur', code: 'dos palabras', line_ids: [] },
      ],
    },
    faults: [
      'plants.0.name:length',
      'plants.2.name:name_taken',
      'plants.2.code:code_taken',
      'plants.2.line_ids:unknown_line',
      'plants.2.line_ids:line_taken',
      'plants.3.code:code',
    ],
  },
  {
    name: 'stops that begin after breakdowns',
    input: { downtime: { stop_from_seconds: 1_800, breakdown_from_seconds: 300, reason_target: 'mood' } },
    faults: ['downtime.reason_target:choice', 'downtime.breakdown_from_seconds:breakdown_before_stop'],
  },
  { name: 'wrong types', input: { timezone: 7, downtime: { job: 'yes' } }, faults: ['timezone:type', 'downtime.job:type'] },
])
  test(`PL-16 refused, every field named: ${c.name}`, async (t) => {
    const { as } = await company(t)
    const manager = await as('jefe')
    const { version, settings } = await read(manager)
    const saved = await change(manager, { version, ...c.input })
    assert.deepEqual([saved.status, faultsOf(saved)], [422, c.faults])
    const previewed = await manager.json(`${path}/preview`, c.input)
    assert.deepEqual([previewed.status, faultsOf(previewed)], [422, c.faults])
    assert.deepEqual(await read(manager), { version, settings, edited: null, warnings: [] })
  })

test('PL-49 a line may not work two shifts that overlap', async (t) => {
  const { server, as } = await company(t)
  const manager = await as('jefe')
  const { plants } = server.ctx
  const { version } = await read(manager)
  const { tenantId } = await server.ctx.db.kysely.selectFrom('plant_attachments').select('tenant_id as tenantId').executeTakeFirstOrThrow()
  await plants.withPlant(tenantId, async ({ db }) => void (await db.kysely.updateTable('shift').set({ shift_status: 1 }).execute()))
  await plants.refresh(tenantId)
  const refused = await change(manager, { version, line_shifts: { 1: [1, 2] } })
  assert.deepEqual(faultsOf(refused), ['line_shifts.1:shift_overlap'])
  assert.equal((await change(manager, { version, line_shifts: { 1: [1] } })).status, 200)
})

test('PL-16 settings are for those who configure the plant', async (t) => {
  const { server, as } = await company(t)
  const viewer = await as('visita')
  for (const request of [path, `${path}/preview`] as const) {
    assert.equal((await server.json(request, request === path ? undefined : {})).status, 401)
    assert.equal((await viewer.json(request, request === path ? undefined : {})).status, 403)
  }
  assert.equal((await viewer.fetch(path, put({ version: 'x' }))).status, 403)
})

type Figures = { readonly oee_index: number | null; readonly availability: number | null; readonly planned_busy_time_seconds: number }
type Both = { readonly before: Figures; readonly after: Figures }
type Preview = {
  readonly effect: { readonly day: string; readonly is_changed: boolean; readonly total: Both; readonly lines: readonly Both[] }
}

forEachEngine('PL-49 PL-54 the effect on yesterday is what the dashboard says of it once the change is saved', async (engine, t) => {
  const { as } = await company(t, engine)
  const manager = await as('jefe')
  const oee = async () => {
    const asked = { start_date: '2026-10-13', end_date: '2026-10-13', line_id: 'all' }
    const { status, body } = await manager.json('/api/v1/metrics/oee', asked)
    assert.equal(status, 200, JSON.stringify(body))
    return body
  }
  const preview = async (input: object): Promise<Preview['effect']> => {
    const { status, body } = await manager.json(`${path}/preview`, input)
    assert.equal(status, 200, JSON.stringify(body))
    return (body as Preview).effect
  }
  const before = await oee()
  for (const { input, planned, total } of [
    { input: {}, planned: [28_800, 28_800], total: 0.875 },
    { input: { breaks: [{ start: '12:00', end: '12:30', days: [2] }] }, planned: [27_000, 27_000], total: 50_400 / 54_000 },
    { input: { breaks: [{ start: '12:00', end: '12:30', days: [3] }] }, planned: [28_800, 28_800], total: 0.875 },
    { input: { holidays: [{ date: '2026-10-13', line_ids: [1] }] }, planned: [0, 28_800], total: 1 },
    { input: { holidays: [{ date: '2026-10-13' }] }, planned: [0, 0], total: null },
    { input: { extra_shifts: [{ date: '2026-10-13', start: '14:00', end: '16:00' }] }, planned: [36_000, 36_000], total: 50_400 / 72_000 },
    { input: { performance_unit: 'units_per_hour' }, planned: [28_800, 28_800], total: 0.875 * 60 },
    { input: { performance_unit: 'percent' }, planned: [28_800, 28_800], total: null },
    // the same wall times are seven hours of the day before there
    { input: { timezone: 'Asia/Bangkok' }, planned: [28_800, 28_800], total: 0.875 },
  ]) {
    const effect = await preview(input)
    assert.equal(effect.day, '2026-10-13')
    const figures = effect.lines.map(({ after }) => after.planned_busy_time_seconds)
    assert.deepEqual([figures, effect.total.after.oee_index?.toFixed(9)], [planned, total?.toFixed(9)], JSON.stringify(input))
    assert.equal(effect.total.before.oee_index?.toFixed(9), '0.875000000')
    assert.equal(effect.is_changed, total !== 0.875)
  }
  assert.deepEqual(await oee(), before, 'nothing of what was tried is left behind')
  const { version } = await read(manager)
  const breaks = [{ start: '12:00', end: '12:30', days: [2] }]
  assert.equal((await change(manager, { version, breaks })).status, 200)
  const after = (await oee()) as { ratio?: number; oee?: { ratio: number } }
  assert.equal((after.oee?.ratio ?? after.ratio)?.toFixed(9), (50_400 / 54_000).toFixed(9))
})
