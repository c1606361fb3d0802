/** What nobody changed stays, and what is refused is said on the page. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { startEditingPages } from '../editing.fixture.ts'

/** What a browser would send of the form on a page: of the fields that it names, what is filled in, chosen and ticked. */
function sentOf(page: string): Record<string, string[]> {
  const form = /<form class="stack" method="post"[\s\S]*?<\/form>/.exec(page)?.[0] ?? ''
  const sent: Record<string, string[]> = {}
  const add = (name: string, value: string): void => {
    if (!['do', 'csrf_token'].includes(name)) sent[name] = [...(sent[name] ?? []), value]
  }
  const plain = (text: string): string =>
    text.replaceAll('&quot;', '"').replaceAll('&#39;', "'").replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&')
  for (const [tag] of form.matchAll(/<input [^>]*>/g)) {
    const attribute = (name: string): string | undefined => new RegExp(` ${name}="([^"]*)"`).exec(tag)?.[1]
    const [type, name, value] = [attribute('type'), attribute('name') ?? '', plain(attribute('value') ?? '')]
    if ((type === 'radio' || type === 'checkbox') && !/ checked/.test(tag)) continue
    add(name, type === 'color' ? value.toLowerCase() : value)
  }
  for (const [, name = '', options = ''] of form.matchAll(/<select [^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/select>/g)) {
    const all = [...options.matchAll(/<option value="([^"]*)"([^>]*)>/g)]
    add(name, (all.find(([, , more]) => more?.includes('selected')) ?? all[0])?.[1] ?? '')
  }
  for (const [, name = '', text = ''] of form.matchAll(/<textarea [^>]*name="([^"]*)"[^>]*>([\s\S]*?)<\/textarea>/g))
    add(name, plain(text).replaceAll('\n', '\r\n'))
  return sent
}

test('a colour by name outlives a look at the effect and a refused save', async (t) => {
  const { get, post, call } = await startEditingPages(t, true)
  const sent = sentOf((await get('products/1')).text)
  const seen = await post('products/1', { ...sent, do: 'preview' })
  assert.equal(seen.status, 200)
  const refused = await post('products/1', { ...sentOf(seen.text), product_name: '' })
  assert.equal(refused.status, 422)
  const saved = await post('products/1', { ...sentOf(refused.text), product_name: 'Bolsa' })
  assert.equal(saved.status, 303)
  const { body } = await call('GET', 'products/1')
  assert.deepEqual([body.product_name, body.product_color], ['Bolsa', 'Rojo'])
  // another colour is looked at: the customer's own can still be chosen
  const other = await post('products/1', { ...sentOf((await get('products/1')).text), product_color: '#22c55e', do: 'preview' })
  assert.match(other.text, /value="keep">[\s\S]*Rojo/)
  assert.deepEqual(sentOf(other.text).product_color, ['#22c55e'])
})

for (const canManage of [true, false])
  test(`every form that is sent as it was shown changes nothing, in a plant ${canManage ? 'of ours' : 'that is only read'}`, async (t) => {
    const { get, post, onPlant } = await startEditingPages(t, canManage)
    await onPlant(async (kysely) => {
      await sql`pragma foreign_keys = off`.execute(kysely)
      await kysely.updateTable('production_line').set({ line_code: 'L 1', performance: 12.5, availability: 85.5 }).execute()
      await kysely.updateTable('product').set({ product_color: '#3B82F6' }).where('product_id', '=', 1).execute()
      await kysely.updateTable('product').set({ product_color: '#12AB34' }).where('product_id', '=', 2).execute()
      await kysely.updateTable('shift').set({ is_overnight: 1 }).where('shift_id', '=', 1).execute()
      await kysely.updateTable('area').set({ line_id: 9 }).where('area_id', '=', 3).execute()
      await kysely.updateTable('incident').set({ failure_id: 9 }).where('incident_id', '=', 2).execute()
      await kysely
        .insertInto('filter')
        .values([
          {
            filter_name: 'ShiftFilter',
            description: '',
            filter_status: 1,
            display_order: 2,
            additional_filter: '{"alias":"A","line_ids":[1]}',
          },
          {
            filter_name: 'ProductionLineFilter',
            description: '',
            filter_status: 1,
            display_order: 3,
            additional_filter: '{"line_ids":[1,9],"groups":[{"line_ids":[9]}]}',
          },
        ])
        .execute()
    })
    const paths = ['lines/1', 'areas/1', 'areas/3', 'products/1', 'products/2', 'shifts/1', 'failures/1', 'incidents/1', 'incidents/2']
    for (const path of [...paths, 'filters/1', 'filters/2', 'filters/3']) {
      const { text } = await get(path)
      const saved = await post(path, sentOf(text))
      assert.match(saved.location, /done=unchanged/, `${path} ${saved.text.slice(0, 400)}`)
    }
    assert.match((await get('areas/3')).text, /<option value="9" selected>Línea 9 \(no existe\)/)
    assert.match((await get('incidents/2')).text, /<option value="9" selected>Falla 9 \(no existe\)/)
    assert.match((await get('lines/1')).text, /name="performance" type="number" value="12.5" min="0" step="any"/)
    assert.match((await get('filters/3')).text, /value="0:9" checked>[^<]*<span class="check__text">Línea 9 \(no existe\)/)
    const moved = await post('areas/3', { ...sentOf((await get('areas/3')).text), area_name: 'Otra' })
    assert.match(moved.location, /plant\/lines\?done=changed/, 'its line is gone: the list is there')
  })

test('the name of a shift of more than a day changes, and its plan does not', async (t) => {
  const { get, post, call, onPlant } = await startEditingPages(t, true)
  await onPlant((kysely) => kysely.updateTable('shift').set({ is_overnight: 1 }).where('shift_id', '=', 2).execute())
  const before = (await call('GET', 'shifts/2')).body
  const put = await call('PUT', 'shifts/2', { shift_name: 'Otra', version: before.version })
  assert.deepEqual([put.status, put.body.shift_name, put.body.is_overnight], [200, 'Otra', true])
  const saved = await post('shifts/2', { ...sentOf((await get('shifts/2')).text), shift_name: 'Tarde' })
  assert.equal(saved.status, 303, saved.text.slice(0, 400))
  assert.equal((await call('GET', 'shifts/2')).body.is_overnight, true)
})

test('an undo or a way back that is refused says why on the page', async (t) => {
  const { get, post, call } = await startEditingPages(t, true)
  const made = (await call('POST', 'shifts', { shift_name: 'Noche', start_time: '22:00', end_time: '05:00', days: [1] })).body
  const off = await call('PUT', `shifts/${String(made.shift_id)}`, { is_active: false, version: made.version })
  await call('POST', 'shifts', { shift_name: 'Otra noche', start_time: '23:00', end_time: '04:00', days: [1] })
  const undone = await post(`edits/${String(off.body.edit_id)}/undo`, { of: 'shift' })
  assert.equal(undone.status, 422)
  assert.match(undone.text, /No se pudo deshacer[\s\S]*Se superpone con el turno &quot;Otra noche&quot;/)
  const unknown = await post('edits/999999/undo', { of: 'failure' })
  assert.equal(unknown.status, 404)
  assert.match(unknown.text, /No se pudo deshacer[\s\S]*Cambio no encontrado/)
  for (const path of ['products/99/reversion', 'products/99/removal', 'incidents/99/reversion', 'areas/99/removal']) {
    const gone = await post(path, {})
    assert.equal(gone.status, 404, path)
    assert.match(gone.text, /No se guardó\.[\s\S]*La planta no tiene ese registro/, path)
  }
  const stale = await post('products/1/removal', { version: 'stale' })
  assert.equal(stale.status, 409)
  assert.match(stale.text, /No se guardó\.[\s\S]*Cambió en la base de datos/)
  assert.equal((await get('products/1')).status, 200)
})

test('a change without effect is shown with its list, and forgotten there', async (t) => {
  const { get, post, call, onPlant } = await startEditingPages(t, false)
  for (const [path, values] of [
    ['products/2', { product_name: 'Otro' }],
    ['areas/3', { area_name: 'Otra' }],
    ['incidents/2', { description: 'Otro' }],
  ] as const)
    assert.equal((await call('PUT', path, { ...values, version: (await call('GET', path)).body.version })).status, 200)
  await onPlant(async (kysely) => {
    await kysely.deleteFrom('product').where('product_id', '=', 2).execute()
    await kysely.deleteFrom('area').where('area_id', '=', 3).execute()
    await kysely.deleteFrom('incident').where('incident_id', '=', 2).execute()
  })
  assert.match((await get('products')).text, /Cambios sin efecto[\s\S]*Producto 2/)
  assert.match((await get('lines')).text, /Cambios sin efecto[\s\S]*Área 3/)
  assert.match((await get('reasons')).text, /Cambios sin efecto[\s\S]*Motivo 2/)
  assert.match((await post('products/2/reversion', {})).location, /plant\/products\?done=reverted$/)
  assert.doesNotMatch((await get('products')).text, /Cambios sin efecto/)
  assert.match((await post('areas/3/reversion', {})).location, /plant\/lines\?done=reverted$/)
  assert.deepEqual((await call('DELETE', 'incidents/2/overlay')).status, 204)
  assert.doesNotMatch((await get('reasons')).text, /Cambios sin efecto/)
})
