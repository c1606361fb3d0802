import assert from 'node:assert/strict'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { startTestServer } from '../../../test/harness/server.ts'
import { smallPlant } from '../../../test/harness/small-plant.ts'

import { openPlantKysely } from '../../platform/db/index.ts'
import { insertDetections } from '../source/index.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into below
type Json = any

forEachEngine('PL-63 PL-TODO-27 the API of stops: once per key, by version, with access, and told to open pages', async (engine, t) => {
  const nowMs = Date.UTC(2026, 9, 15, 20)
  const server = await startTestServer({ engine, nowMs }, t)
  const plant = await smallPlant(server, engine, 'Uno', 100)
  const other = await smallPlant(server, engine, 'Dos', 100)
  const client = server.newClient()
  await client.signIn(plant.username, plant.password)
  const ask = async (method: string, path: string, body?: unknown, headers: Record<string, string> = {}) => {
    const { status, body: answer } = await client.json(`/api/v1/downtime${path}`, body, { method, headers })
    return { status, answer: answer as Json }
  }
  const key = { 'idempotency-key': 'tablet-1.7' }
  const given = { line_id: 1, start_time: '2026-10-15T08:00:00', end_time: '2026-10-15T08:10:00', reason: 'limpieza' }
  const first = await ask('POST', '', given, key)
  assert.deepEqual(
    [first.status, first.answer.duration, first.answer.stored_in, first.answer.edited_by],
    [201, 600, 'plant', plant.username],
  )
  const again = await ask('POST', '', given, key)
  assert.deepEqual(again, first)
  assert.equal((await ask('POST', '', { ...given, reason: 'otra' }, key)).answer.code, 'idempotency_key_reused')
  assert.equal((await ask('POST', '', given)).answer.code, 'stop_overlaps')
  assert.equal((await ask('POST', '', { ...given, start_time: '2026-02-30T08:00:00' })).answer.fields[0].path, 'start_time')
  const { event_id: eventId, version } = first.answer

  const changed = await ask('PUT', `/1/${eventId}`, { reason: 'cambio de formato', version })
  assert.deepEqual([changed.status, changed.answer.reason], [200, 'cambio de formato'])
  const refused = await ask('PUT', `/1/${eventId}`, { end_time: '2026-10-15T08:20:00', version })
  assert.deepEqual(
    [refused.status, refused.answer.code, refused.answer.edited_by, refused.answer.current.reason],
    [409, 'edited_meanwhile', plant.username, 'cambio de formato'],
  )
  const split = await ask('POST', `/1/${eventId}/split`, { at_time: '2026-10-15T08:04:00', version: changed.answer.version })
  assert.deepEqual(
    split.answer.stops.map((stop: Json) => stop.duration),
    [240, 360],
  )
  const merged = await ask('POST', '/merge', {
    stops: split.answer.stops.map((stop: Json) => ({ line_id: 1, event_id: stop.event_id, version: stop.version })),
  })
  assert.deepEqual([merged.status, merged.answer.duration], [200, 600])

  // pieces end at 06:49:30: what follows is silent until now
  const justified = await ask('POST', '/justify', {
    stops: [
      { line_id: 1, event_id: merged.answer.event_id },
      { line_id: 1, event_id: 999 },
      { line_id: 1, at_epoch: nowMs / 1000 - 60 },
    ],
    reason: 'sin material',
  })
  assert.deepEqual(
    [
      justified.answer.saved,
      justified.answer.refused,
      justified.answer.results.map((one: Json) => [one.ok, one.pending, one.problem?.code ?? null]),
    ],
    [
      2,
      1,
      [
        [true, false, null],
        [false, false, 'stop_not_found'],
        [true, true, null],
      ],
    ],
  )
  const day = { line_id: 2, start_date: '2026-10-15', end_date: '2026-10-15' }
  const told = await ask('POST', '/calculate', { ...day, dry_run: true })
  assert.deepEqual([told.status, told.answer.dry_run, told.answer.kept], [200, true, 1])
  const alias = await client.json('/api/v1/system/downtime/recalculate', { ...day, dry_run: true })
  assert.deepEqual(alias.body, told.answer)
  assert.equal((await ask('POST', '/calculate', { ...day, end_date: '2026-10-14' })).status, 422)
  await piecesAt(plant.plantUrl, ['2026-10-15 18:00:00', '2026-10-15 18:00:30'])
  const done = await ask('POST', '/calculate', day)
  assert.deepEqual([done.answer.inserted, done.answer.downtimes[0].start_time], [1, '2026-10-15T06:49:30'])
  const stored = await client.json('/api/v1/downtime/list', { line_id: 2, start_date: '2026-10-15', end_date: '2026-10-15' })
  const automatic = (stored.body as Json).items.find((stop: Json) => stop.source === 'recorded')
  assert.equal((await ask('DELETE', `/2/${automatic.event_id}`)).status, 204)
  assert.equal((await ask('POST', '/calculate', { ...day, dry_run: true })).answer.inserted, 0)
  assert.equal((await ask('POST', `/2/${automatic.event_id}/restore`)).status, 204)
  const restored = await client.json('/api/v1/system/downtime/recalculate', day)
  assert.equal((restored.body as Json).inserted, 1)
  const job = await ask('GET', '/job')
  assert.deepEqual([job.answer.enabled, job.answer.lines.length], [true, 2])
  assert.deepEqual((await ask('GET', '/reasons?line_id=1')).answer, { target: 'incident', failures: [], recent: [] })
  const gone = await client.fetch(`/api/v1/downtime/1/${merged.answer.event_id}`, { method: 'DELETE' })
  assert.equal(gone.status, 204)
  assert.equal((await ask('PUT', `/1/${merged.answer.event_id}`, { reason: 'x' })).status, 404)

  // another company's stop of the same number is another stop
  const foreign = server.newClient()
  await foreign.signIn(other.username, other.password)
  const own = await foreign.json('/api/v1/downtime/1/1', { reason: 'propia' }, { method: 'PUT' })
  assert.deepEqual([own.status, (own.body as Json).edited_by], [200, other.username])
  const list = await client.json('/api/v1/downtime/list', { line_id: 1, start_date: '2026-10-15', end_date: '2026-10-15' })
  assert.ok(!JSON.stringify(list.body).includes('propia'))
})

async function piecesAt(url: string, times: readonly string[]): Promise<void> {
  const opened = await openPlantKysely(url)
  const db = { tenantId: 0, engine: opened.engine, kysely: opened.kysely }
  await insertDetections(
    db,
    'detection_line_l2',
    times.map((detectedAt) => ({ detectedAt, areaId: 2, productId: 2 })),
  )
  await opened.close()
}
