/** The editor on what is stored: also when the company no longer has all that a layout names. */
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { startTestServer } from '../../../test/harness/server.ts'
import { smallPlant } from '../../../test/harness/small-plant.ts'
import { openPlantKysely } from '../../platform/db/index.ts'
import type { LayoutJson } from '../dashboards/index.ts'

const unescaped = (text: string): string =>
  text.replaceAll('&quot;', '"').replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&#39;', "'").replaceAll('&amp;', '&')

forEachEngine('PL-70 a layout that names lines and filters that are gone, or out of use, can be edited and saved', async (engine, t) => {
  const server = await startTestServer({ engine, nowMs: Date.parse('2026-10-20T15:00:00Z') }, t)
  const company = await smallPlant(server, engine, 'FIRST', 5)
  const { kysely, close } = await openPlantKysely(company.plantUrl)
  t.after(close)
  const filter = { filter_name: 'ShiftFilter', description: '', filter_status: 1, display_order: 1, additional_filter: '{}' }
  await kysely.insertInto('filter').values(filter).execute()
  const client = server.newClient()
  await client.signIn(company.username, company.password)
  const tabs = [
    { key: 'produccion', name: null, line_ids: null },
    { key: 'norte', name: 'Norte', line_ids: [1, 2] },
    { key: 'sur', name: 'Sur', line_ids: [2] },
    { key: 'oeste', name: 'Oeste', line_ids: [1] },
  ]
  const layout_config = { widgets: [{ widget_id: 1, tab: 'produccion' }], filters: [1], tabs }
  const made = await client.json('/api/v1/dashboard/template', { role: 'VIEWER', layout_config })
  assert.equal(made.status, 201, JSON.stringify(made.body))

  await sql`delete from filter`.execute(kysely)
  await sql`delete from area where line_id = 2`.execute(kysely)
  await sql`delete from production_line where line_id = 2`.execute(kysely)
  await sql`update production_line set is_active = 0 where line_id = 1`.execute(kysely)
  const tenant = await server.ctx.db.kysely.selectFrom('tenants').select('id').where('slug', '=', company.slug).executeTakeFirstOrThrow()
  await server.ctx.plants.refresh(tenant.id)

  const place = `/t/${company.slug}/plant/dashboards/VIEWER`
  const draftOf = async (page: Response): Promise<LayoutJson> =>
    JSON.parse(unescaped(/name="draft" value="([^"]*)"/.exec(await page.text())?.[1] ?? '')) as LayoutJson
  const post = (what: string, sent: LayoutJson, seen: number) => {
    const body = new URLSearchParams({ do: what, draft: JSON.stringify(sent), seen: String(seen), tab: 'oeste', columns: '4' })
    return client.fetch(place, { method: 'POST', body })
  }
  const page = await client.fetch(`${place}?tab=oeste`)
  assert.match(await page.clone().text(), /name="tab_line" value="1"[^>]* checked/, 'a line out of use stays in its tab')
  const draft = await draftOf(page)
  assert.deepEqual([draft.filters, draft.tabs.map(({ line_ids }) => line_ids)], [[], [null, [1], null, [1]]])
  assert.equal((await post('save', draft, 1)).status, 303)
  const stored = (await client.json('/api/v1/dashboard/template?role=VIEWER')).body as { layout_config: LayoutJson }
  assert.deepEqual(stored.layout_config, draft)

  const restored = await draftOf(await post('restore:1', draft, 2))
  assert.deepEqual(restored, draft, 'what the first version named is gone as well')
  assert.equal((await post('save', restored, 2)).status, 303)
})
