import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { password, startEditing } from './editing.fixture.ts'

const example = {
  lines: [{ line_name: 'Dos', line_code: 'l-2', downtime_threshold: 300 }, { line_name: 'Dos b' }, 'line_id'],
  areas: [{ line_id: 1, area_name: 'Rechazo', area_type: 'discard', area_order: 4 }, { area_order: 5 }, 'area_id'],
  products: [{ product_name: 'Caja', product_code: 'C-1', product_weight: 1.5 }, { product_color: '#2B7CEE' }, 'product_id'],
  shifts: [{ shift_name: 'Noche', start_time: '22:00', end_time: '06:00', days: [1, 2] }, { days: ['lunes'] }, 'shift_id'],
  filters: [{ filter_name: 'ShiftFilter', display_order: 2 }, { additional_filter: { a: [1] } }, 'filter_id'],
  failures: [{ type_failure: 'Eléctrica' }, { description: 'x' }, 'failure_id'],
  incidents: [{ failure_id: 1, incident_code: 'E1', description: 'Sin luz' }, { has_solution: true }, 'incident_id'],
} as const

for (const canManage of [true, false])
  forEachEngine(
    `PL-75 PL-TODO-21 PL-TODO-22 everything of a plant ${canManage ? 'of ours' : 'that is only read'} is listed, added, changed, removed and brought back by API`,
    async (engine, t) => {
      const { call, reader } = await startEditing(engine, t, canManage)
      for (const [path, [added, changed, id]] of Object.entries(example)) {
        const before = await call('GET', path)
        assert.equal(before.headers.get('x-total-count'), String(before.body.items.length))
        const made = await call('POST', path, added)
        assert.equal(made.status, 201, `${path} ${JSON.stringify(made.body)}`)
        assert.equal(made.body.origin, canManage ? 'database' : 'overlay')
        const one = `${path}/${String(made.body[id])}`
        assert.deepEqual((await call('GET', one)).body, made.body)
        assert.deepEqual((await call('PUT', one, changed)).status, 422, 'without a version')
        const put = await call('PUT', one, { ...changed, version: made.body.version })
        assert.equal(put.status, 200, JSON.stringify(put.body))
        const late = await call('PUT', one, { ...changed, version: made.body.version })
        assert.deepEqual([late.status, late.body.code, typeof late.body.edited_by], [409, 'edit_conflict', 'string'])
        assert.equal((await call('GET', path)).body.items.length, before.body.items.length + 1)
        assert.equal((await reader.json(`/api/v1/production/${one}`)).status, 200)
        for (const method of ['PUT', 'DELETE'])
          assert.equal((await reader.json(`/api/v1/production/${one}`, { version: 'x' }, { method })).status, 403)
        const first = (await call('GET', `${path}/1`)).body
        if (!canManage) assert.equal((await call('PUT', `${path}/1`, { ...changed, version: first.version })).body.origin, 'overlay', path)
        const back = await call('DELETE', `${path}/1/overlay`)
        assert.deepEqual([back.status, back.body.origin], [200, 'database'], path)
        const gone = await call('DELETE', one)
        assert.deepEqual([gone.status, gone.body.outcome], [200, 'removed'], path)
        assert.equal((await call('GET', one)).status, 404)
        assert.equal((await call('POST', `edits/${String(gone.body.edit_id)}/undo`, {})).status, 200)
        assert.equal((await call('GET', one)).status, 200)
      }
      assert.equal((await call('DELETE', 'lines/1')).body.outcome, 'deactivated')
      const limit = await call('POST', 'lines', { line_name: 'x', line_code: 'L9', downtime_threshold: 300 })
      assert.equal(limit.status, 201, 'an inactive line does not count')
      assert.equal((await call('POST', 'lines', { line_name: 'y', line_code: 'L10', downtime_threshold: 300 })).body.code, 'line_limit')
    },
  )

test('PL-75 lists are searched, sorted, paged and narrowed to their parent', async (t) => {
  const { call } = await startEditing('sqlite', t, true)
  const names = async (query: string) =>
    (await call('GET', query)).body.items.map((item) => item.product_name ?? item.area_name ?? item.description)
  assert.deepEqual(await names('products?q=BOLSA'), ['Bolsa 25 kg'])
  assert.deepEqual(await names('products?sort=-product_name'), ['Sin uso', 'Bolsa 25 kg'])
  assert.deepEqual(await names('products?page=2&per_page=1'), ['Sin uso'])
  assert.deepEqual(await names('areas?line_id=1&sort=-area_order'), ['Vacía', 'Salida', 'Entrada'])
  assert.deepEqual(await names('areas?line_id=9'), [])
  assert.deepEqual(await names('incidents?failure_id=1&q=cinta'), ['Cinta rota'])
  assert.equal((await call('GET', 'products?sort=price')).status, 422)
})

forEachEngine('PL-75 PL-TODO-23 the dashboard’s answer follows an edit at once', async (engine, t) => {
  const { call, server, name } = await startEditing(engine, t, false)
  const client = server.newClient()
  await client.signInApi(name, password)
  const ask = { daterange: { start_date: '2026-10-19', end_date: '2026-10-19', start_time: '00:00', end_time: '23:59' }, line_id: 1 }
  const total = async () => {
    const { body } = await client.json('/api/v1/metrics/summary', ask)
    return (body as { production: { total_count: { value: number } } }).production.total_count.value
  }
  assert.equal(await total(), 60, 'one output area')
  const area = (await call('GET', 'areas/1')).body
  assert.equal((await call('PUT', 'areas/1', { area_type: 'output', version: area.version })).status, 200)
  assert.equal(await total(), 120, 'both areas are outputs now: no summary of a day had to be made again')
})

test('PL-75 a reason that stops name goes out of use: it is offered to nobody, and its name stays', async (t) => {
  const { call, server, name } = await startEditing('sqlite', t, true)
  const client = server.newClient()
  await client.signInApi(name, password)
  const offered = async () => {
    const { body } = await client.json('/api/v1/downtime/reasons?line_id=1')
    return (body as { failures: { incidents: { incident_code: string }[] }[] }).failures.flatMap(({ incidents }) =>
      incidents.map(({ incident_code }) => incident_code),
    )
  }
  assert.deepEqual(await offered(), ['M1', 'M2'])
  assert.equal((await call('DELETE', 'incidents/1')).body.outcome, 'deactivated')
  assert.deepEqual(await offered(), ['M2'])
  assert.equal((await call('GET', 'incidents/1')).body.description, 'Cinta rota')
})
