import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { createTenantWithAdmin } from '../../identity/index.ts'
import { company, password, plantOfTwoLines } from '../configuration/configuration.fixture.ts'
import { saveAttachment } from '../source/index.ts'

const yesterday = { start_date: '2026-10-13', end_date: '2026-10-13' }
const twoPlants = {
  plants: [
    { id: 1, name: 'Norte', code: 'N', line_ids: [1] },
    { id: 4, name: 'Sur', line_ids: [2] },
  ],
}

type Compared = {
  readonly plants: readonly { readonly id: number | null; readonly name: string | null; readonly figures: Record<string, number | null> }[]
  readonly total: Record<string, number | null>
  readonly lines_queried: readonly number[]
}
const compare = async (client: Client, filters: object = {}): Promise<Compared> => {
  const { status, body } = await client.json('/api/v1/plants/comparison', { ...yesterday, ...filters })
  assert.equal(status, 200, JSON.stringify(body))
  return body as Compared
}
/** To nine places: a product of three ratios is no exact number. */
const rounded = (ratio: number | null | undefined) => (typeof ratio === 'number' ? Math.round(ratio * 1e9) / 1e9 : (ratio ?? null))
const oeeOf = ({ plants, total }: Compared) => [plants.map(({ id, figures }) => [id, rounded(figures.oee_index)]), rounded(total.oee_index)]

forEachEngine('PL-91 PL-TODO-49 plants side by side: each a ratio of sums, and all together one as well', async (engine, t) => {
  const { as, slug } = await company(t, engine, twoPlants)
  const viewer = await as('visita')
  const page = await viewer.fetch(`/t/${slug}/dashboard`, { headers: { accept: 'text/html' } })
  assert.match(await page.text(), new RegExp(`href="/t/${slug}/plants"`), 'reached from the filters')
  assert.deepEqual(oeeOf(await compare(viewer)), [
    [
      [1, 0.75],
      [4, 1],
    ],
    0.875,
  ])
  const sums = (await compare(viewer)).plants.map(({ figures }) => [figures.total_production, figures.planned_busy_time_seconds])
  assert.deepEqual(sums, [
    [720, 28_800],
    [960, 28_800],
  ])
  assert.deepEqual(oeeOf(await compare(viewer, { plant_ids: [4] })), [[[4, 1]], 1])
  assert.deepEqual((await compare(viewer, { line_id: 'plant_1' })).lines_queried, [1])
})

test('PL-91 lines of no plant are compared as such, and a plant without active lines is left out', async (t) => {
  const { as } = await company(t, 'sqlite', {
    plants: [
      { id: 1, name: 'Norte', line_ids: [2] },
      { id: 2, name: 'Nueva', line_ids: [] },
    ],
  })
  const { plants } = await compare(await as('visita'))
  assert.deepEqual(
    plants.map(({ id, name, figures }) => [id, name, rounded(figures.oee_index)]),
    [
      [1, 'Norte', 1],
      [null, null, 0.75],
    ],
  )
})

test('PL-91 PL-TODO-48 the dashboard of a plant is that of its lines', async (t) => {
  const { as } = await company(t, 'sqlite', twoPlants)
  const viewer = await as('visita')
  for (const [filters, lines] of [
    [{ line_id: 'plant_4' }, [2]],
    [{ plant_ids: '1' }, [1]],
    [{ plant_id: 1 }, [1]],
    [{}, [1, 2]],
  ] as const) {
    const { status, body } = await viewer.json('/api/v1/dashboard/data', { ...yesterday, ...filters })
    assert.equal(status, 200, JSON.stringify(body))
    assert.deepEqual((body as { metadata: { lines_queried: number[] } }).metadata.lines_queried, lines)
  }
  const { status, body } = await viewer.json('/api/v1/dashboard/data', { ...yesterday, plant_ids: [9] })
  assert.deepEqual([status, (body as { fields: { path: string }[] }).fields.map(({ path }) => path)], [422, ['plant_ids']])
})

test('PL-91 a range that is refused says so in words, with its figures', async (t) => {
  const { as, slug } = await company(t, 'sqlite', twoPlants)
  const viewer = await as('visita')
  const page = await viewer.fetch(`/t/${slug}/plants?from=2001-01-01&to=2026-01-01`, { headers: { accept: 'text/html' } })
  const text = await page.text()
  assert.deepEqual([page.status, /El rango no puede superar \d+ años/.test(text), text.includes('{limit}')], [422, true, false])
})

test('PL-91 the plants of one company are nobody else’s', async (t) => {
  const { server, as } = await company(t, 'sqlite', twoPlants)
  const { db, clock, secrets } = server.ctx
  const other = await createTenantWithAdmin(
    db,
    { clock },
    { companyName: 'Otra', username: 'otra', email: 'otra@example.com', password, config: { timezone: 'America/Bogota' } },
  )
  await saveAttachment({ ...db, tenantId: other.tenantId }, secrets, {
    url: await plantOfTwoLines('sqlite'),
    canManage: false,
    nowMs: clock.nowMs(),
  })
  const listed = async (client: Client) => ((await client.json('/api/v1/plants')).body as { items: { name: string }[] }).items
  assert.deepEqual(
    (await listed(await as('visita'))).map(({ name }) => name),
    ['Norte', 'Sur'],
  )
  const stranger = await as('otra')
  assert.deepEqual(await listed(stranger), [])
  assert.deepEqual(oeeOf(await compare(stranger)), [[[null, 0.875]], 0.875])
  assert.equal((await stranger.json('/api/v1/plants/comparison', { ...yesterday, plant_ids: [1] })).status, 422)
})
