/** What a file brings back, and what names it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { openPlantKysely } from '../../platform/db/index.ts'
import { codeOf, type File, records, setUp, url } from './configuration-file.fixture.ts'

const lineFilter = (lineId: number, filterId: number | string) => ({
  filter_name: 'ProductionLineFilter',
  description: 'Línea',
  is_active: true,
  display_order: 1,
  default_value: null,
  additional_filter: {
    alias: 'Todas',
    line_ids: [1, lineId],
    groups: [
      { alias: 'Norte', line_ids: [String(lineId), 2] },
      { alias: 'Sur', line_ids: [2] },
    ],
    default_value: `group_${filterId}_0`,
    futuro: { line_ids: [lineId] },
  },
})
const byValue = (file: File, kind: string, field: string, value: unknown) => {
  const found = records(file, kind).find(({ values }) => values[field] === value)
  assert.ok(found, `${kind} ${value}`)
  return found
}

for (const isManaged of [true, false])
  forEachEngine(
    `filters follow lines, shifts and themselves that come back under other numbers (${isManaged ? 'managed' : 'attached'})`,
    async (engine, t) => {
      const { client, read, apply } = await setUp(engine, t, { isManaged })
      const taken = async (file: unknown) => {
        const answer = await apply(file)
        assert.equal(answer.status, 200, JSON.stringify(answer.body))
        return read()
      }
      const first = await read()
      const line = { ...records(first, 'line')[0]?.values, line_name: 'Tercera', line_code: 'L3' }
      const shift = {
        shift_name: 'Noche',
        description: '',
        is_active: true,
        days: [1],
        start_time: '22:00',
        end_time: '06:00',
        is_overnight: true,
      }
      const wanted = structuredClone(first)
      wanted.records.line?.push({ id: 77, values: line })
      wanted.records.shift?.push({ id: 78, values: shift })
      wanted.records.filter?.push({ id: 79, values: lineFilter(77, 79) })
      wanted.records.filter?.push({
        id: 80,
        values: { ...lineFilter(1, 79), filter_name: 'ShiftFilter', default_value: 78, additional_filter: null },
      })
      const full = await taken(wanted)
      const [ownLine, ownFilter] = [
        byValue(full, 'line', 'line_code', 'L3'),
        byValue(full, 'filter', 'filter_name', 'ProductionLineFilter'),
      ]
      assert.deepEqual(ownFilter.values, {
        ...lineFilter(ownLine.id, ownFilter.id),
        additional_filter: { ...lineFilter(ownLine.id, ownFilter.id).additional_filter, futuro: { line_ids: [77] } },
      })
      assert.equal(
        byValue(full, 'filter', 'filter_name', 'ShiftFilter').values.default_value,
        byValue(full, 'shift', 'shift_name', 'Noche').id,
      )

      // the line goes by hand and comes back with the file; the filter stands there as the file says
      const gone = await client.json(`/api/v1/production/lines/${ownLine.id}`, undefined, { method: 'DELETE' })
      assert.equal((gone.body as { outcome?: string }).outcome, 'removed', JSON.stringify(gone.body))
      const back = await taken(full)
      const again = byValue(back, 'line', 'line_code', 'L3')
      assert.notEqual(again.id, ownLine.id)
      assert.deepEqual(
        (byValue(back, 'filter', 'filter_name', 'ProductionLineFilter').values.additional_filter as { groups: unknown }).groups,
        [
          { alias: 'Norte', line_ids: [String(again.id), 2] },
          { alias: 'Sur', line_ids: [2] },
        ],
      )
      assert.equal((await client.json(`${url}/undo`, {})).status, 200)
    },
  )

forEachEngine('a row of the customer’s that was taken out of sight comes back under its number', async (engine, t) => {
  const { plant, client, read, preview, apply } = await setUp(engine, t, { isManaged: false })
  const opened = await openPlantKysely(plant.plantUrl)
  try {
    await opened.kysely.insertInto('failure').values({ failure_id: 5, type_failure: 'Propia', description: '' }).execute()
    const incident = { incident_id: 7, failure_id: 5, incident_code: 'P1', description: 'Suya', has_solution: 0, solution: null }
    await opened.kysely.insertInto('incident').values(incident).execute()
  } finally {
    await opened.close()
  }
  await client.json('/api/v1/production/failures', { type_failure: 'Nuestra' }) // every process reads the plant anew
  const before = await read()
  for (const path of ['incidents/7', 'failures/5']) {
    const { body } = await client.json(`/api/v1/production/${path}`, undefined, { method: 'DELETE' })
    assert.equal((body as { outcome: string }).outcome, 'removed')
  }
  const wanted = structuredClone(before)
  byValue(wanted, 'failure', 'type_failure', 'Propia').values.description = 'de vuelta'
  assert.deepEqual(
    (await preview(wanted)).changes.map(({ section, kind, name }) => `${kind} ${section} ${name}`),
    ['added failure Propia (5)', 'added incident Suya (7)'],
  )
  assert.deepEqual(codeOf(await apply(wanted)), [200, 'ok'])
  assert.deepEqual((await read()).records, wanted.records)
  assert.deepEqual((await preview(wanted)).changes, [])
})

test('a table that another line has is refused before it is applied, as applying would', async (t) => {
  const { client, read, apply } = await setUp('sqlite', t, { isManaged: true })
  const line = records(await read(), 'line')[0]
  const renamed = await client.json('/api/v1/production/lines/1')
  const { version } = renamed.body as { version: string }
  const put = await client.json('/api/v1/production/lines/1', { version, line_code: 'OTRO' }, { method: 'PUT' })
  assert.equal(put.status, 200, JSON.stringify(put.body))
  const file = await read()
  file.records.line?.push({ id: 77, values: { ...line?.values, line_name: 'Segunda', line_code: 'L1' } })
  const faults = ({ body }: { body: unknown }) => (body as { fields?: { rule: string }[] }).fields?.map(({ rule }) => rule)
  assert.deepEqual(faults(await client.json(`${url}/preview`, { file })), ['table_taken'])
  assert.deepEqual(faults(await apply(file)), ['table_taken'])
})

test('shifts that overlap come back with the lists of the lines that work them apart', async (t) => {
  const { client, read, apply, preview } = await setUp('sqlite', t, { isManaged: true })
  const shift = { description: '', is_active: true, days: [1, 2], start_time: '06:00', end_time: '14:00', is_overnight: false }
  const file = await read()
  for (const id of [77, 78]) file.records.shift?.push({ id, values: { ...shift, shift_name: `T${id}` } })
  assert.deepEqual(codeOf(await apply(file)), [422, 'validation_failed'], 'without lists both lines would work both')
  file.settings.line_shifts = { '1': [77], '2': [78] }
  assert.equal((await preview(file)).changes.length, 3)
  assert.deepEqual(codeOf(await apply(file)), [200, 'ok'])
  assert.equal((await client.json(`${url}/undo`, {})).status, 200)
  assert.deepEqual(records(await read(), 'shift'), [], 'what only the settings before the undoing named is taken away')
})

test('more records than a plant may have are refused in words', async (t) => {
  const { client, read } = await setUp('sqlite', t, { isManaged: false })
  const file = await read()
  const shift = { shift_name: 'x', is_active: false, days: [1], start_time: '06:00', end_time: '14:00', is_overnight: false }
  file.records.shift = Array.from({ length: 201 }, (_, i) => ({ id: i + 1, values: shift }))
  const { status, body } = await client.json(`${url}/preview`, { file })
  assert.deepEqual(
    [status, (body as { fields: { path: string; rule: string }[] }).fields.map(({ path, rule }) => `${path}:${rule}`)],
    [422, ['records.shift:too_many']],
  )
  file.records.shift.pop()
  assert.equal((await client.json(`${url}/import`, { file })).status, 200)
  assert.deepEqual(codeOf(await client.json('/api/v1/production/shifts', shift)), [409, 'record_limit'])
})
