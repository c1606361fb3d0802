/** Files of detections: the same rows as the list, refused with words, and read no faster than they are taken. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import { plantAServer } from '../../../test/harness/plant-a-server.ts'
import { plantModel } from '../../../test/harness/plant-model.ts'
import { readSheet, textOf } from '../../../test/harness/sheet-file.ts'
import { problemFactory } from '../../platform/http/index.ts'
import type { Scope } from '../scope/index.ts'
import { fileName, fileOf } from './export.ts'
import type { Row } from './line-rows.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into below
type Json = any

const day = { line_id: 1, start_date: '2026-10-08', end_date: '2026-10-08', start_time: '06:10', end_time: '13:59' }

test('PL-73 CSV and spreadsheet hold the rows of the list, cell by cell', async (t) => {
  const { server, client } = await plantAServer('sqlite', t)
  const list = (await client.json('/api/v1/detections/query', day)).body as Json
  assert.ok(list.total > 500)
  const wanted = list.data.map((row: Json) => [
    row.detection_id,
    row.detected_at.replace('T', ' '),
    row.line_name,
    row.line_code,
    row.area_name,
    row.area_type,
    row.product_name,
    row.product_code,
    row.product_weight,
  ])
  const file = (url: string) =>
    client.fetch(url, { method: 'POST', body: JSON.stringify({ filters: day }), headers: { 'content-type': 'application/json' } })
  const csv = await file('/api/v1/data/detections/export?format=csv')
  assert.match(csv.headers.get('content-disposition') ?? '', /^attachment; filename="detections_bolsa25kg_20261019_101700\.csv"$/)
  assert.equal(csv.headers.get('x-total-count'), String(list.total))
  const lines: string[][] = parse(await csv.text(), { bom: true })
  assert.deepEqual(lines[0]?.slice(0, 3), ['detection_id', 'detected_at', 'line_name'])
  assert.deepEqual(
    lines.slice(1),
    wanted.map((row: unknown[]) => row.map(String)),
  )
  for (const format of ['xlsx', 'excel']) {
    const xlsx = await file(`/api/v1/detections/export?format=${format}`)
    assert.match(xlsx.headers.get('content-type') ?? '', /spreadsheetml/)
    assert.match(xlsx.headers.get('content-disposition') ?? '', /\.xlsx"$/)
    const { name, rows } = readSheet(Buffer.from(await xlsx.arrayBuffer()))
    assert.equal(name, 'Detections')
    const shown = rows
      .slice(1)
      .map((row) =>
        row.with(1, new Date(Math.round((Number(row[1]) - 25_569) * 86_400) * 1_000).toISOString().slice(0, 19).replace('T', ' ')),
      )
    assert.deepEqual(
      shown,
      wanted.map((row: unknown[]) => row.map((cell) => (cell === '' ? null : cell))),
    )
  }
  const audited = await server.ctx.db.kysely
    .selectFrom('audit_logs')
    .select(['details', 'entity_type'])
    .where('action', '=', 'EXPORT')
    .execute()
  assert.deepEqual(
    audited.map(({ entity_type, details }) => [entity_type, JSON.parse(details).format, JSON.parse(details).rows]),
    ['csv', 'xlsx', 'xlsx'].map((format) => ['detections', format, list.total]),
  )
})

test('PL-71 PL-72 PL-73 what cannot be answered is refused by name', async (t) => {
  const { server, client } = await plantAServer('sqlite', t, { MAX_EXPORT_ROWS: '100' })
  const ask = async (url: string, body?: object) => {
    const { status, body: answer } = await client.json(url, body)
    const { code, fields, count } = answer as Json
    return [status, code, ...(fields ? [fields.map(({ path }: Json) => path)] : []), ...(count === undefined ? [] : [count])]
  }
  const { total } = (await client.json('/api/v1/data/detections/count', day)).body as Json
  assert.deepEqual(await ask('/api/v1/data/detections/export', day), [413, 'too_many_rows', total])
  assert.deepEqual(await ask('/api/v1/detections/export?format=xlsx', { ...day, product_ids: [2], area_ids: [3], start_time: '13:59' }), [
    404,
    'nothing_to_export',
  ])
  assert.deepEqual(await ask('/api/v1/data/detections/export?format=pdf', day), [422, 'validation_failed', ['format']])
  assert.deepEqual(await ask('/api/v1/data/detections/paginated', { ...day, cursor: 'x' }), [400, 'invalid_cursor'])
  assert.deepEqual(await ask('/api/v1/data/detections/paginated', { ...day, page_size: 10_001 }), [422, 'validation_failed', ['page_size']])
  assert.deepEqual(await ask('/api/v1/data/detections/paginated', { ...day, page: 0 }), [422, 'validation_failed', ['page']])
  assert.deepEqual(await ask('/api/v1/data/detections', { ...day, start_date: '2026-10-09' }), [422, 'invalid_filters', ['daterange']])
  assert.deepEqual(await ask('/api/v1/data/detections/count', { ...day, end_date: '2026-10-20' }), [422, 'invalid_range', ['end_date']])
  assert.deepEqual(await ask('/api/v1/data/detections/count', { line_id: 99 }), [422, 'invalid_filters', ['line_id']])
  // where the address is of lines, one that is not there is not found
  for (const [url, body] of [
    ['/api/v1/detections/99', undefined],
    ['/api/v1/detections/5', undefined],
    ['/api/v1/detections/query', { line_id: 99 }],
    ['/api/v1/detections/count', { line_ids: [1, 99] }],
    ['/api/v1/detections/summary', { line_id: 99 }],
    ['/api/v1/detections/export', { line_id: 99 }],
  ] as const)
    assert.deepEqual(await ask(url, body), [404, 'line_not_found'], url)
  const newest = (await client.json('/api/v1/data/detections/paginated', { ...day, page_size: 10, order: 'desc' })).body as Json
  assert.deepEqual(await ask('/api/v1/data/detections/paginated', { ...day, cursor: newest.next_cursor }), [400, 'invalid_cursor'])
  const few = (await client.json('/api/v1/detections/1?start_date=2026-10-08&end_date=2026-10-08&limit=3')).body as Json
  assert.deepEqual([few.data.length, few.is_truncated, few.lines_queried], [3, true, [1]])
  const further = (
    await client.json('/api/v1/data/detections/paginated', {
      line_id: 1,
      start_date: '2026-10-08',
      end_date: '2026-10-08',
      cursor: few.next_cursor,
      page_size: 3,
    })
  ).body as Json
  assert.ok(further.data[0].detected_at >= few.data[2].detected_at && further.data[0].detection_id !== few.data[2].detection_id)
  const summary = (await client.json('/api/v1/detections/summary', { ...day, line_id: 'all' })).body as Json
  assert.equal(
    Object.values(summary.by_area_type as Record<string, number>).reduce((sum, one) => sum + one, 0),
    summary.total,
  )
  await server.ctx.userQueries.drain()
  const asked = await server.ctx.db.kysely.selectFrom('user_queries').select('line').execute()
  assert.ok(asked.length >= 6, 'PL-24: a row per question')
  assert.deepEqual(
    server.logLines.filter(({ level }) => level === 'error'),
    [],
  )
})

test('PL-73 who may export but not see the rows gets no file of them, neither as a program nor from the page', async (t) => {
  const { server, client, slug } = await plantAServer('sqlite', t)
  await server.ctx.db.kysely.updateTable('memberships').set({ role: 'ACCOUNTANT' }).execute()
  for (const language of ['es', 'en']) {
    client.headers['accept-language'] = language
    for (const url of ['/api/v1/data/detections/export', '/api/v1/detections/export?format=xlsx']) {
      const { status, body } = await client.json(url, day)
      const { code, detail } = body as Json
      assert.deepEqual([status, code], [403, 'rows_not_allowed'], url)
      assert.match(
        detail,
        language === 'es' ? /requiere también el permiso view_production_data/ : /also needs the permission view_production_data/,
      )
    }
  }
  const page = await client.fetch(`/t/${slug}/detections/export?${new URLSearchParams({ ...day, line_id: '1' })}`)
  assert.equal(page.status, 403)
  await page.text()
  await server.ctx.db.kysely.updateTable('memberships').set({ role: 'MANAGER' }).execute()
  assert.equal((await client.json('/api/v1/detections/export', day)).status, 200)
})

test('PL-72 a page that the plant keeps from being drawn says when to come back', async (t) => {
  const { server, client, slug } = await plantAServer('sqlite', t)
  const { plants } = server.ctx
  const { withPlant } = plants
  const busy = problemFactory({ busy: { status: 503, title: { es: 'Ocupada', en: 'Busy' } } })
  Object.assign(plants, { withPlant: () => Promise.reject(busy('busy', { headers: { 'retry-after': '7' } })) })
  t.after(() => Object.assign(plants, { withPlant }))
  for (const headers of [{}, { 'hx-request': 'true' }]) {
    const page = await client.fetch(`/t/${slug}/detections`, { headers })
    assert.deepEqual([page.status, page.headers.get('retry-after')], [503, '7'])
    await page.text()
  }
})

test('PL-73 a plant that goes away in the middle breaks the file off; the next request is answered', async (t) => {
  const { server, client } = await plantAServer('sqlite', t)
  const { plants } = server.ctx
  const { withPlant } = plants
  const month = { start_date: '2026-09-29', end_date: '2026-10-19' }
  let opened = 0
  // the question opens it once, then each batch of rows
  const failing: typeof withPlant = async (tenantId, work) => {
    if (++opened > 3) throw new Error('the plant is gone')
    return withPlant(tenantId, work)
  }
  Object.assign(plants, { withPlant: failing })
  for (const url of [
    '/api/v1/data/detections/export?format=csv',
    '/api/v1/data/detections/export?format=xlsx',
    '/api/v1/data/detections',
  ]) {
    opened = 0
    const answer = await client.fetch(url, { method: 'POST', body: JSON.stringify(month), headers: { 'content-type': 'application/json' } })
    assert.equal(answer.status, 200, url)
    await assert.rejects(answer.arrayBuffer(), `${url}: nobody takes the half for the whole`)
    assert.equal(opened, 4, url)
  }
  Object.assign(plants, { withPlant })
  assert.equal((await client.json('/api/v1/data/detections/count', month)).status, 200)
})

test('PL-71 rows of the list are the raw rows of the dashboard', async (t) => {
  const { client } = await plantAServer('sqlite', t)
  const dashboard = (await client.json('/api/v1/dashboard/data', { ...day, shift_id: 1, include_raw: true })).body as Json
  const list = (await client.json('/api/v1/data/detections', { ...day, shift_id: 1 })).body as Json
  assert.ok(list.count > 500)
  assert.deepEqual(list.data, dashboard.raw_data)
})

const model = plantModel()
const [line] = model.lines
const hostile = {
  ...model,
  products: new Map([
    [7, { productId: 7, productName: '=HYPERLINK("http://x")', productCode: '@x', weightCentikg: 150, productColor: '' }],
  ]),
} as unknown as typeof model
const rowsOf = (from: number, count: number): Row[] =>
  Array.from({ length: count }, (_, i) => ({
    line: line as Row['line'],
    id: from + i,
    epochS: from + i,
    localS: from + i,
    areaId: 1,
    productId: 7,
  }))

/** Batches without end; tells how many were asked for. */
function endless() {
  const seen = { batches: 0 }
  const ended = Promise.withResolvers<void>()
  async function* batches() {
    try {
      for (;;) yield { rows: rowsOf(seen.batches++ * 5_000, 5_000) }
    } finally {
      ended.resolve()
    }
  }
  return { seen, ended: ended.promise, batches: batches() }
}

for (const format of ['csv', 'xlsx'] as const) {
  test(`PL-73 PL-82 formulas in names calculate nothing in ${format}`, async () => {
    async function* batches() {
      yield { rows: rowsOf(1, 1) }
    }
    const bytesIn = (language: 'es' | 'en') => textOf(fileOf(batches(), hostile, { format, language, header: 'words' }))
    const bytes = await bytesIn('es')
    const [header, row] = format === 'csv' ? (parse(bytes, { bom: true }) as string[][]) : readSheet(bytes).rows
    if (format === 'xlsx') assert.equal(readSheet(await bytesIn('en')).name, 'Detections')
    assert.deepEqual(header?.slice(0, 3), ['Detección', 'Fecha y hora', 'Línea'])
    assert.deepEqual(row?.slice(6, 8), [`'=HYPERLINK("http://x")`, "'@x"])
  })

  test(`PL-73 a slow reader of ${format} holds a batch or two, and one who goes ends the reading`, async () => {
    const { seen, ended, batches } = endless()
    const stream = fileOf(batches, hostile, { format, language: 'en', header: 'names' })
    const reader = stream[Symbol.asyncIterator]()
    while (seen.batches === 0) await reader.next()
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate)
    const held = seen.batches
    // a spreadsheet is packed to a thirtieth before it reaches the reader
    assert.ok(held <= 12, `${held} batches for a reader who took one chunk`)
    for (let turn = 0; turn < 200; turn++) await new Promise(setImmediate)
    // what was being packed may still make room for a little more
    assert.ok(seen.batches - held <= 4, `${seen.batches - held} more batches while nobody takes them`)
    stream.destroy()
    await ended
  })
}

test('PL-73 a file is called after its line and the plant’s time', () => {
  const scope = (names: string[]) =>
    ({
      lines: names.map((lineName, i) => ({ lineName, lineId: i + 1 })),
      now: { localS: Date.UTC(2026, 0, 2, 3, 4, 5) / 1_000 },
    }) as unknown as Scope
  assert.equal(fileName(scope(['Línea Ñandú 25 kg']), 'csv'), 'detections_linea_nandu_25_kg_20260102_030405.csv')
  assert.equal(fileName(scope(['"; rm -rf', 'b']), 'xlsx'), 'detections_lineas_20260102_030405.xlsx')
  assert.equal(fileName(scope(['→→']), 'xlsx'), 'detections_1_20260102_030405.xlsx')
})
