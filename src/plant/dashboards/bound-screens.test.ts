import assert from 'node:assert/strict'
import { test } from 'node:test'
import { hall, hallNowMs } from '../../../test/harness/hall.ts'
import { startTestServer } from '../../../test/harness/server.ts'
import { updateTenantConfig } from '../../identity/index.ts'
import { openPlantKysely } from '../../platform/db/index.ts'

test('a screen bound to a line learns of no other line, nor of its areas and plants', async (t) => {
  const server = await startTestServer({ nowMs: hallNowMs }, t)
  const place = await hall(server, 'sqlite')
  const { kysely, close } = await openPlantKysely(place.plant.plantUrl)
  for (const [id, name] of [
    [1, 'Ajena'],
    [2, 'Propia'],
  ] as const) {
    await kysely.updateTable('production_line').set({ line_name: name }).where('line_id', '=', id).execute()
    // a warning names the line
    await kysely.schema.dropTable(`downtime_events_l${id}`).execute()
    await kysely.updateTable('area').set({ area_name: name }).where('line_id', '=', id).execute()
  }
  await close()
  await updateTenantConfig(server.ctx.db, server.ctx, null, place.tenantId, (config) => ({
    ...config,
    plants: [
      { id: 1, name: 'Lejana Ajena', line_ids: [1] },
      { id: 2, name: 'Mixta', line_ids: [1, 2] },
    ],
  }))
  const { screen } = await place.pairScreen({ page: 'dashboard', lines: '2' })
  for (const path of ['plants', 'filters', 'filters/areas', 'filters/ProductionLineFilter', 'filters/line_id/options', 'layout/filters']) {
    const { status, body } = await screen.json(`/api/v1/${path}`)
    const text = JSON.stringify(body)
    assert.deepEqual([path, status, text.includes('Ajena'), text.includes('Propia')], [path, 200, false, true])
  }
  assert.equal((await screen.json('/api/v1/filters/areas?line_id=1')).status, 422)
  for (const page of ['dashboard', 'downtime', 'comparison', 'plants']) {
    const answered = await screen.fetch(`/t/${place.plant.slug}/${page}`, { headers: { accept: 'text/html' } })
    const text = await answered.text()
    assert.deepEqual([page, answered.status, text.includes('Ajena')], [page, 200, false])
  }
  const owner = server.newClient()
  await owner.signInApi(place.plant.username, place.plant.password)
  const warned = async (client: typeof owner, page: string) => {
    const answered = await client.fetch(page, { headers: { accept: 'text/html' } })
    return [...new Set((await answered.text()).match(/&quot;(Ajena|Propia)&quot; no tiene/g))].length
  }
  const person = server.newClient()
  await person.signIn(place.plant.username, place.plant.password)
  for (const page of [`/t/${place.plant.slug}/dashboard`, `/t/${place.plant.slug}/downtime`])
    assert.deepEqual([page, await warned(person, page), await warned(screen, page)], [page, 2, 1])
  const loading = async (lineId: number) => {
    await server.ctx.db.kysely
      .updateTable('line_histories')
      .set((row) => ({ lowest_id: 1, loaded_from_id: 1_000_000, lease_until: hallNowMs + 30_000, revision: row('revision', '+', 1) }))
      .where('tenant_id', '=', place.tenantId)
      .where('line_id', '=', lineId)
      .execute()
    const answered = await screen.fetch(`/t/${place.plant.slug}/dashboard/history?line_ids=1`, { headers: { accept: 'text/html' } })
    return (await answered.text()).match(/Ajena|Propia/g)
  }
  assert.deepEqual([await loading(1), await loading(2)], [null, ['Propia']])
  assert.match(JSON.stringify((await owner.json('/api/v1/plants')).body), /Lejana Ajena/)
})
