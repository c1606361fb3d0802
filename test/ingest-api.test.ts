/** Detections sent over HTTP by a key, a token and a person; two companies; what a dashboard makes of them. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Client } from './harness/client.ts'
import { startTestServer, type TestServer } from './harness/server.ts'
import { hostileTexts, type SmallPlant, smallPlant } from './harness/small-plant.ts'

const nowMs = Date.UTC(2026, 9, 14, 15, 0, 0)
const url = '/api/v1/ingest/detections'
const row = (second: number, more: Record<string, unknown> = {}) => ({
  line: 'L1',
  area_id: 1,
  product_id: 1,
  detected_at: new Date(nowMs - 3_600_000 + second * 1000).toISOString(),
  ...more,
})
type Report = {
  accepted: number
  refused_count: number
  refused: { index: number; code: string; field: string; detail: string }[]
  is_repeated: boolean
}

async function opened(t: TestContext): Promise<{ server: TestServer; plant: SmallPlant; other: SmallPlant; owner: Client }> {
  const server = await startTestServer({ nowMs }, t)
  const plant = await smallPlant(server, 'sqlite', 'FIRST', 10)
  const other = await smallPlant(server, 'sqlite', 'SECOND', 10)
  const owner = server.newClient()
  await owner.signInApi(plant.username, plant.password)
  return { server, plant, other, owner }
}

async function withKey({ server, owner }: { server: TestServer; owner: Client }, scopes: readonly string[]): Promise<Client> {
  const { status, body } = await owner.json('/api/v1/api-keys', { name: 'Cámara 1', scopes, rate_limit_per_minute: 600 })
  assert.equal(status, 201)
  const client = server.newClient()
  client.headers['x-api-key'] = (body as { key: string }).key
  return client
}

const send = async (client: Client, rows: readonly unknown[], headers: Record<string, string> = {}) => {
  const { status, body } = await client.json(url, { rows }, { headers })
  return { status, report: body as Report, code: (body as { code?: string }).code }
}

test('PL-71 ingest over HTTP: a key with the permission sends, the dashboard counts, sent again nothing is doubled', async (t) => {
  const place = await opened(t)
  const camera = await withKey(place, ['ingest_detections'])
  const piecesNow = async (): Promise<number> => {
    const asked = { start_date: '2026-10-14', end_date: '2026-10-14', line_id: 1 }
    const { body } = await place.owner.json('/api/v1/dashboard/data', asked)
    const { widgets } = body as { widgets: Record<string, { metadata: { class_name: string }; data: { value: number } }> }
    return Object.values(widgets).find(({ metadata }) => metadata.class_name === 'KpiTotalProduction')?.data.value ?? 0
  }
  const before = await piecesNow()
  const batch = [row(1), row(2), row(3, { product_id: 99 }), row(4, { line: 'L2' })]
  const first = await send(camera, batch, { 'idempotency-key': 'lote-1' })
  assert.deepEqual(
    [first.status, first.report.accepted, first.report.refused.map(({ index, code, field }) => [index, code, field])],
    [
      200,
      2,
      [
        [2, 'unknown_product', 'product_id'],
        [3, 'area_of_other_line', 'area_id'],
      ],
    ],
  )
  const again = await send(camera, batch, { 'idempotency-key': 'lote-1' })
  assert.deepEqual({ ...again.report, is_repeated: false }, first.report)
  assert.equal(again.report.is_repeated, true)
  place.server.clock.advance(2_000)
  assert.equal((await piecesNow()) - before, 2)
  // by a person with a token, and in Spanish
  const spanish = await send(place.owner, [row(9, { line: 'Nadie' })], { 'accept-language': 'es' })
  assert.equal(spanish.report.refused[0]?.detail, 'line "Nadie": no es el id ni el código de una línea.')
})

test('PL-82 ingest over HTTP: who may not, what is no batch, and hostile texts get a clear refusal', async (t) => {
  const place = await opened(t)
  const camera = await withKey(place, ['ingest_detections'])
  const reader = await withKey(place, ['view_dashboard'])
  assert.equal((await send(reader, [row(1)])).code, 'permission_denied')
  assert.equal((await send(place.server.newClient(), [row(1)])).status, 401)
  for (const [rows, headers, code] of [
    [[], {}, 'validation_failed'],
    [Array(10_001).fill(row(1)), {}, 'validation_failed'],
    [[row(1)], { 'idempotency-key': 'x'.repeat(129) }, 'idempotency_key_invalid'],
    [[row(1, { line: 'x'.repeat(4 * 2 ** 20) })], {}, 'body_too_large'],
  ] as const)
    assert.equal((await send(camera, rows, headers)).code, code)
  const hostile = [...hostileTexts, `L1'; drop table detection_line_l1; --`].flatMap((text) => [
    row(1, { line: text }),
    row(1, { area_id: text }),
    row(1, { product_id: text }),
    row(1, { detected_at: text }),
  ])
  const odd = [
    null,
    7,
    [],
    {},
    row(1, { line: null }),
    row(1, { line: 1.5 }),
    row(1, { detected_at: '2026-10-14' }),
    row(1, { detected_at: 5 }),
    // what nobody could keep: elsewhere it refuses the whole body
    row(1, { area_id: 1e20 }),
    row(1, { line: '\u0000' }),
    row(1, { note: '\ud800', detected_at: 5 }),
  ]
  const { report } = await send(camera, [
    ...hostile,
    ...odd,
    row(1, { detected_at: '2026-10-14T14:00:00+15:00' }),
    row(1, { detected_at: '1999-01-01 00:00:00' }),
  ])
  assert.deepEqual([report.accepted, report.refused_count], [0, hostile.length + odd.length + 2])
  assert.deepEqual(new Set(report.refused.map(({ code }) => code)), new Set(['unknown_line', 'malformed', 'too_old']))
  // the largest batch, and another company's key under the same word
  const largest = Array.from({ length: 10_000 }, (_, at) => row(at % 3_000))
  assert.equal((await send(camera, largest, { 'idempotency-key': 'lote' })).report.accepted, 10_000)
  const stranger = place.server.newClient()
  await stranger.signInApi(place.other.username, place.other.password)
  const own = await send(stranger, [row(5)], { 'idempotency-key': 'lote' })
  assert.deepEqual([own.report.accepted, own.report.is_repeated], [1, false])
  assert.equal((await send(camera, [row(5)], { 'idempotency-key': 'lote' })).code, 'idempotency_key_reused')
})

test('ingest page: where to send, which lines receive, and what came with the reason of the last refusal', async (t) => {
  const place = await opened(t)
  const camera = await withKey(place, ['ingest_detections'])
  await send(camera, [row(1), row(2, { product_id: 99 })], { 'idempotency-key': 'p' })
  await send(camera, [row(1), row(2, { product_id: 99 })], { 'idempotency-key': 'p' })
  await place.server.ctx.ingest.close()
  const boss = place.server.newClient()
  await boss.signIn(place.plant.username, place.plant.password)
  const page = await (await boss.fetch(`/t/${place.plant.slug}/plant/ingest`)).text()
  for (const text of [
    '/api/v1/ingest/detections',
    'HTTP · Cámara 1',
    'product_id 99: no es un producto de la planta.',
    '(repetidos: 1)',
    'synchronous = FULL',
    'andon_ingest_batches',
    'X-API-Key',
  ])
    assert.ok(page.includes(text), text)
  assert.ok(!page.includes('SECOND'))
})
