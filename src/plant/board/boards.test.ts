/** The board over a real plant: what it says, what it costs, and who sees it. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { hall, hallNowMs } from '../../../test/harness/hall.ts'
import { startTestServer } from '../../../test/harness/server.ts'
import { updateTenantConfig } from '../../identity/index.ts'
import { createBoards } from './board.ts'

const html = { accept: 'text/html' }

forEachEngine(
  'a line at a glance: state, since when, shift, count, target, last hour; the same figures as the dashboard',
  async (engine, t) => {
    const server = await startTestServer({ engine, nowMs: hallNowMs }, t)
    const place = await hall(server, engine)
    const { lines, groups } = await createBoards(server.ctx).of(place.tenantId, null)
    assert.deepEqual(groups, [{ name: null, lineIds: [1, 2] }])
    const [line, other] = lines
    assert.ok(line && other)
    assert.deepEqual([line.state, line.stateS, line.count, line.shift.kind], ['stopped', 9_000, 661, 'day'])
    assert.deepEqual([other.state, other.stateS, other.count], ['stopped', 4 * 3_600 + 30, 600])
    // 10 a minute since midnight
    assert.deepEqual(line.target, { soFar: 9_000, whole: 14_400, perHour: 600 })
    assert.deepEqual(
      line.strip.map(({ state, fromS, toS }) => [state, toS - fromS]),
      [['stopped', 3_600]],
    )
    assert.deepEqual([line.qualityRatio, line.isScrapSeen, line.notedScrap], [null, false, 0])
    const client = server.newClient()
    await client.signInApi(place.plant.username, place.plant.password)
    const asked = { line_id: 1, start_date: '2026-10-20', end_date: '2026-10-20' }
    const { body } = await client.json('/api/v1/metrics/oee', asked, { headers: { 'x-company-id': String(place.tenantId) } })
    assert.ok(Math.abs(Number((body as { ratio: number }).ratio) - Number(line.oeeIndex)) < 1e-12, JSON.stringify(body))
  },
)

test('a line without rows for longer than its limit is unknown, never stopped, with the time of its last row', async (t) => {
  const server = await startTestServer({ nowMs: hallNowMs }, t)
  const place = await hall(server, 'sqlite')
  await updateTenantConfig(server.ctx.db, server.ctx, null, place.tenantId, (config) => ({ ...config, no_data_after: { 1: 3_600 } }))
  const { lines } = await createBoards(server.ctx).of(place.tenantId, [1])
  const [line] = lines
  assert.deepEqual([line?.state, line?.stateS, line?.currentStop], ['no_data', 9_000, null])
  const client = server.newClient()
  await client.signIn(place.plant.username, place.plant.password)
  assert.match(await (await client.fetch(`/t/${place.plant.slug}/tv`, { headers: html })).text(), /Sin datos<\/strong>\s*desde 12:30/)
})

test('fifty screens that look in one second cost like one; the next second is another question', async (t) => {
  const server = await startTestServer({ nowMs: hallNowMs }, t)
  const place = await hall(server, 'sqlite')
  let opened = 0
  const plants: typeof server.ctx.plants = {
    ...server.ctx.plants,
    withPlant: (tenantId, work) => {
      opened += 1
      return server.ctx.plants.withPlant(tenantId, work)
    },
  }
  const boards = createBoards({ ...server.ctx, plants })
  const looks = await Promise.all(Array.from({ length: 50 }, (_, i) => boards.of(place.tenantId, i % 2 ? null : null)))
  assert.equal(opened, 1)
  assert.equal(new Set(looks).size, 1)
  await boards.of(place.tenantId, [2, 1])
  await boards.of(place.tenantId, [1, 2])
  assert.equal(opened, 2)
  server.clock.advance(1_000)
  await boards.of(place.tenantId, null)
  assert.equal(opened, 3)
})

test('the company’s plants come one after the other on the board, and a screen of some lines shows those', async (t) => {
  const server = await startTestServer({ nowMs: hallNowMs }, t)
  const place = await hall(server, 'sqlite')
  await updateTenantConfig(server.ctx.db, server.ctx, null, place.tenantId, (config) => ({
    ...config,
    plants: [{ id: 1, code: 'SUR', name: 'Planta Sur', line_ids: [2] }],
  }))
  const { groups } = await createBoards(server.ctx).of(place.tenantId, null)
  assert.deepEqual(groups, [
    { name: 'Planta Sur', lineIds: [2] },
    { name: null, lineIds: [1] },
  ])
  const { screen } = await place.pairScreen({ page: 'tv', lines: '2' })
  const page = await (await screen.fetch(`/t/${place.plant.slug}/tv?lines=1,2`, { headers: html })).text()
  assert.ok(page.includes('id="tv-line-2"') && !page.includes('id="tv-line-1"'))
  assert.ok(!page.includes('/logout'))
})
