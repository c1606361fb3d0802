/** Detections over the API: every figure is the dashboard's, pages have every row once, and files hold the same rows. */
import assert from 'node:assert/strict'
import type { Client } from '../../../test/harness/client.ts'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { plantAExpected, plantAQuestions } from '../../../test/harness/plant-a.ts'
import { type PlantAServer, plantAServer } from '../../../test/harness/plant-a-server.ts'

// biome-ignore lint/suspicious/noExplicitAny: answers of every shape are looked into below
type Json = any

const { questions } = await plantAQuestions()
const expected = await plantAExpected()
const answered = questions.filter((_, i) => expected.answers[i].ok)

/** Sixty a minute are a person's; the clock stands still but for this. */
const asker = ({ server, client }: Pick<PlantAServer, 'server' | 'client'>) => {
  let asked = 0
  return async (path: string, body: object, who: Client = client): Promise<{ status: number; json: Json; headers: Headers }> => {
    if (++asked % 25 === 0) server.clock.advance(61_000)
    const answer = await who.fetch(`/api/v1${path}`, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json' },
    })
    return { status: answer.status, json: await answer.json(), headers: answer.headers }
  }
}

const key = ({ line_id, detection_id }: Json): string => `${line_id}/${detection_id}`
const sumOf = (rows: Json[]): number => rows.reduce((sum, { count }) => sum + count, 0)

forEachEngine(
  'PL-71 PL-72 detections of plant-a: count, list, pages and buckets agree with the dashboard, whatever the filters',
  async (engine, t) => {
    // the clock moves on for the limits: a token of half an hour would end before the questions do
    const stage = await plantAServer(engine, t, { ACCESS_TOKEN_EXPIRE_MINUTES: '1440' })
    const ask = asker(stage)
    // half of the questions on the embedded engine; on the servers a few of them, since only the reading differs
    const chosen = answered.filter((_, i) => i % (engine === 'sqlite' ? 2 : 12) === 0)
    for (const { id, filters } of chosen) {
      const dashboard = await ask('/dashboard/data', filters)
      const total = dashboard.json.metadata.total_detections
      const count = await ask('/data/detections/count', { filters })
      if (count.status === 422) {
        assert.deepEqual(
          count.json.fields.map(({ rule }: Json) => rule),
          ['future'],
          id,
        )
        continue
      }
      assert.equal(count.json.total, total, id)
      assert.equal(
        Object.values(count.json.per_line as Record<string, number>).reduce((sum, one) => sum + one, 0),
        total,
        id,
      )
      const list = await ask('/data/detections?format=raw', filters)
      assert.deepEqual([list.json.count, list.json.data.length, list.json.total, list.json.is_truncated], [total, total, total, false], id)
      const sorted = list.json.data.toSorted(
        (a: Json, b: Json) => a.detected_at.localeCompare(b.detected_at) || a.detection_id - b.detection_id || a.line_id - b.line_id,
      )
      assert.deepEqual(list.json.data.map(key), sorted.map(key), `${id} in order of time and id`)
      assert.equal(new Set(list.json.data.map(key)).size, total, `${id} each row once`)
      const buckets = await ask('/data/detections/aggregated', filters)
      assert.equal(buckets.status, 200, id)
      assert.equal(sumOf(buckets.json.data), total, `${id} buckets`)
      const size = Math.min(10_000, Math.max(7, Math.ceil(total / 5)))
      const [byNumber, byCursor, backwards]: [Json[], Json[], Json[]] = [[], [], []]
      for (let page = 1; page <= Math.ceil(total / size); page++)
        byNumber.push(...(await ask('/data/detections/paginated?format=raw', { filters, page, page_size: size })).json.data)
      for (const [order, rows] of [
        ['asc', byCursor],
        ['desc', backwards],
      ] as const)
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const { json, status } = await ask('/data/detections/paginated?format=raw', {
            filters,
            page_size: size,
            order,
            ...(cursor && { cursor }),
          })
          assert.equal(status, 200, JSON.stringify(json))
          rows.push(...json.data)
          cursor = json.next_cursor
        }
      const wanted = list.json.data.map(key)
      assert.deepEqual(byNumber.map(key), wanted, `${id} by page`)
      assert.deepEqual(byCursor.map(key), wanted, `${id} by cursor`)
      assert.deepEqual(backwards.map(key).reverse(), wanted, `${id} newest first`)
    }
    assert.deepEqual(
      stage.server.logLines.filter(({ level }) => level === 'error'),
      [],
    )
  },
)
