import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { type DowntimeDay, downtimeDay, downtimeDayMs } from '../../../test/harness/downtime-day.ts'
import { availableEngines } from '../../../test/harness/engines.ts'
import { startTestServer } from '../../../test/harness/server.ts'

// biome-ignore lint/suspicious/noExplicitAny: the tests read answers field by field
type Json = any
const yesterday = { line_id: 1, daterange: { start_date: '2026-10-20', end_date: '2026-10-20', start_time: '00:00', end_time: '23:59' } }

for (const engine of availableEngines)
  test(`PL-66 PL-63 timeline, Pareto and summary tell the same stops as the list (${engine})`, async (t) => {
    const server = await startTestServer({ engine, nowMs: downtimeDayMs }, t)
    const day = await downtimeDay(server, engine)
    const client = server.newClient()
    await client.signIn(day.username, day.password)
    const asked = async (path: string, body: unknown = yesterday): Promise<Json> => {
      const { status, body: answer } = await client.json(`/api/v1/downtime/${path}`, body)
      assert.equal(status, 200, `${path}: ${JSON.stringify(answer)}`)
      return answer
    }
    await sameStops(asked)
    await strips(asked, day)
    await refusals(client)
  })

async function sameStops(asked: (path: string, body?: unknown) => Promise<Json>): Promise<void> {
  const { items } = await asked('list')
  const counted = items.filter((stop: Json) => !stop.is_planned && stop.counted_seconds > 0)
  assert.equal(counted.length, 6)
  const pages = await Promise.all([1, 2, 3, 4].map((page) => asked('list', { ...yesterday, page, page_size: 2 })))
  assert.deepEqual(
    pages.flatMap((page) => page.items),
    items,
  )
  const seconds = counted.reduce((sum: number, stop: Json) => sum + stop.counted_seconds, 0)
  const summary = await asked('summary')
  assert.deepEqual(
    [summary.total_downtimes, summary.total_duration_seconds, summary.unexplained.count, summary.micro_stops, summary.mtbf_reason],
    [6, seconds, 4, { count: 1, seconds: 180 }, null],
  )
  const unexplained = 180 + 1_230 + 630 + 1_830
  assert.deepEqual([summary.unexplained.seconds, summary.unexplained.ratio], [unexplained, unexplained / seconds])
  assert.equal(summary.mttr_seconds, seconds / 6)
  assert.equal(summary.mtbf_seconds, (16 * 3_600 - seconds) / 6)
  for (const by of ['reason', 'failure'])
    for (const measure of ['seconds', 'count']) {
      const pareto = await asked('pareto', { ...yesterday, by, measure })
      assert.equal(
        pareto.items.reduce((sum: number, row: Json) => sum + row.seconds, 0),
        seconds,
      )
      assert.equal(pareto.items.at(-1).cumulative_share, 100)
      assert.deepEqual(
        pareto.items.map((row: Json) => [row.key, row.count, row.seconds]).sort(),
        [
          ['none', 4, unexplained],
          ['text', 1, 600],
          [by === 'reason' ? String(counted.find((stop: Json) => stop.reason_code !== null).reason_code) : 'Mecánica', 1, 1_200],
        ].sort(),
      )
    }
  assert.deepEqual(summary.pareto, (await asked('pareto')).items)
}

async function strips(asked: (path: string, body?: unknown) => Promise<Json>, day: DowntimeDay): Promise<void> {
  const { items, meta } = await asked('timeline')
  assert.deepEqual(
    items.map((strip: Json) => `${strip.kind} ${strip.shift_name} ${strip.start_time.slice(11, 16)}–${strip.end_time.slice(11, 16)}`),
    ['off null 22:00–00:00', 'shift Tarde 14:00–22:00', 'shift Mañana 06:00–14:00', 'off null 00:00–06:00'],
  )
  assert.deepEqual([meta.total, meta.pages, meta.time_zone], [4, 1, 'UTC'])
  const [, late, early] = items
  const shown = (strip: Json) =>
    strip.segments
      .filter((segment: Json) => segment.state !== 'running')
      .map((segment: Json) => `${segment.state} ${segment.start_time.slice(11)} ${segment.seconds}`)
  assert.deepEqual(shown(early), [
    'explained 06:00:00 600',
    'unexplained 08:00:00 180',
    'explained 09:00:00 1200',
    'unexplained 10:59:30 1230',
    'unexplained 13:59:30 30',
  ])
  assert.deepEqual(shown(late), ['unexplained 14:00:00 600', 'unexplained 17:59:30 1830'])
  // a stop over the change of shift is one stop of each shift, and its time is cut
  assert.deepEqual([early.figures.stop_count, late.figures.stop_count], [5, 2])
  const summary = await asked('summary')
  assert.equal(early.figures.downtime_seconds + late.figures.downtime_seconds, summary.total_duration_seconds)
  assert.equal(early.segments.find((segment: Json) => segment.start_time.endsWith('09:00:00')).reason, 'Atasco en la salida')
  const second = await asked('timeline', { ...yesterday, line_id: 'all', page: 2, page_size: 3 })
  assert.equal(second.items.length, 3)
  assert.equal(second.meta.total, 8)
  assert.ok(JSON.stringify(second).includes(day.canary))
}

async function refusals(client: Client): Promise<void> {
  for (const body of [
    { ...yesterday, by: 'colour' },
    { ...yesterday, measure: 'weight' },
    { ...yesterday, page_size: 0 },
    { ...yesterday, page_size: 100_000 },
    { ...yesterday, line_id: 9_999 },
    { ...yesterday, daterange: 5 },
    { line_id: '1; DROP TABLE production_line; --' },
  ]) {
    const path = 'by' in body || 'measure' in body ? 'pareto' : 'timeline'
    const { status, body: problem } = await client.json(`/api/v1/downtime/${path}`, body)
    assert.ok([400, 422].includes(status), `${JSON.stringify(body)}: ${status}`)
    assert.ok((problem as Json).code)
  }
}
