import assert from 'node:assert/strict'
import { test } from 'node:test'
import { startEditingPages } from '../editing.fixture.ts'

/** Folder of the forms, what is added, what is changed, and the list that tells. */
const forms = [
  ['lines', { line_name: 'Dos', line_code: 'l-2', downtime_threshold: '300', is_active: '1' }, { line_name: 'Dos b' }, 'lines'],
  [
    'areas',
    { line_id: '1', area_name: 'Rechazo', area_type: 'discard', area_order: '4', is_active: '1' },
    { area_name: 'Rechazo 2' },
    'lines',
  ],
  [
    'products',
    { product_name: 'Caja', product_code: 'C-1', product_weight: '1,5', product_color: 'other', other_color: '#112233' },
    { product_name: 'Caja b' },
    'products',
  ],
  [
    'shifts',
    { shift_name: 'Noche', start_time: '22:00', end_time: '06:00', days: ['1', '2'], is_active: '1' },
    { shift_name: 'Noche b' },
    'shifts',
  ],
  ['failures', { type_failure: 'Eléctrica', is_active: '1' }, { type_failure: 'Eléctrica b' }, 'reasons'],
  ['incidents', { failure_id: '1', incident_code: 'E1', description: 'Sin luz', is_active: '1' }, { description: 'Sin luz b' }, 'reasons'],
  [
    'filters',
    { filter_name: 'ShiftFilter', display_order: '2', description: 'Turno', is_active: '1' },
    { description: 'Turno b' },
    'filters',
  ],
] as const

for (const canManage of [true, false])
  test(`PL-75 every form of ${canManage ? 'a plant of ours' : 'a plant that is only read'} adds, changes, takes away, brings back and undoes`, async (t) => {
    const { server, name, get, post } = await startEditingPages(t, canManage)
    const versionOn = (text: string): string => /name="version" value="([^"]+)"/.exec(text)?.[1] ?? ''
    const editOf = ({ location }: { readonly location: string }): string => new URL(location, server.url).searchParams.get('edit') ?? ''

    for (const [folder, added, changed, list] of forms) {
      const made = await post(`${folder}/new`, added)
      assert.equal(made.status, 303, `${folder} ${made.text.slice(0, 400)}`)
      const parent = folder === 'areas' ? 'lines/1' : list
      const [, id = ''] = [...(await get(parent)).text.matchAll(new RegExp(`/plant/${folder}/(\\d+)"`, 'g'))].at(-1) ?? []
      const page = await get(`${folder}/${id}`)
      assert.equal(page.status, 200)
      const stale = await post(`${folder}/${id}`, { ...added, ...changed, version: 'stale' })
      assert.equal(stale.status, 409, folder)
      assert.match(stale.text, new RegExp(`Lo cambió ${name}`))
      const saved = await post(`${folder}/${id}`, { ...added, ...changed, version: versionOn(page.text) })
      assert.equal(saved.status, 303, `${folder} ${saved.text.slice(0, 400)}`)
      assert.match((await get(parent)).text, new RegExp(Object.values(changed)[0] ?? ''))
      const gone = await post(`${folder}/${id}/removal`, {})
      assert.match(gone.location, /done=removed/, folder)
      assert.equal((await get(`${folder}/${id}`)).status, 404)
      assert.match((await post(`edits/${editOf(gone)}/undo`, { of: 'line' })).location, /done=undone/, folder)
      assert.equal((await get(`${folder}/${id}`)).status, 200)
      const refused = await post(`edits/${editOf(saved)}/undo`, { of: 'line' })
      assert.equal(refused.status, 409, folder)
      assert.match(refused.text, new RegExp(`No se pudo deshacer[\\s\\S]*Lo cambió ${name}`), folder)
      const reversion = await post(`${folder}/1/reversion`, {})
      assert.match(reversion.location, /done=unchanged/, folder)
      if (!canManage) {
        const own = versionOn((await get(`${folder}/1`)).text)
        assert.equal((await post(`${folder}/1/removal`, { version: own })).status, 303)
        assert.match((await post(`${folder}/1/reversion`, {})).location, /done=reverted/, folder)
      }
    }
    assert.equal((await post('lines/1/area-order', { move: 'down:1' })).status, 303)
    const order = [...(await get('lines/1')).text.matchAll(/\/plant\/areas\/(\d+)"/g)].map(([, id]) => id)
    assert.deepEqual(order.slice(0, 2), ['2', '1'])
    const wrong = await post('shifts/new', { shift_name: '', start_time: '06:00', end_time: '06:00' })
    assert.equal(wrong.status, 422)
    assert.match(wrong.text, /Elija al menos un día/)
    const preview = await post('shifts/2', {
      do: 'preview',
      shift_name: 'Tarde',
      start_time: '14:00',
      end_time: '20:00',
      days: ['1'],
      is_active: '1',
    })
    assert.equal(preview.status, 200)
    assert.match(preview.text, /id="effect"/)
    assert.match((await get('shifts')).text, /14:00 – 22:00/)
  })
