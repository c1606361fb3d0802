/** Every page of a plant, looked at in each width and language: no serious axe finding, nothing wider than its window, no console error. What people
 *  do on them is in the journeys of each. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { desktop, phone, signIn, takeSeat } from './harness/journey.ts'
import { startTestServer } from './harness/server.ts'
import { smallPlant } from './harness/small-plant.ts'

const nowMs = Date.UTC(2026, 9, 14, 15, 0, 0)
const tablet = { width: 768, height: 1024 }
const paths = [
  'downtime',
  'comparison',
  'detections?preset=today',
  'detections?preset=today&view=buckets',
  'operator',
  'operator?line_id=1',
  'tv',
  'plants',
  'system/box',
  'plant',
  'plant/lines',
  'plant/lines/1',
  'plant/products',
  'plant/shifts',
  'plant/reasons',
  'plant/filters',
  'plant/calendar',
  'plant/settings',
  'plant/plants',
  'plant/dashboards',
  'plant/ingest',
  'plant/mqtt',
  'plant/sources',
  'plant/sources/new',
  'plant/file',
  'plant/tables',
  'my-dashboard',
]

for (const viewport of [desktop, tablet, phone])
  for (const language of ['es', 'en'] as const)
    test(`PL-87 PL-88 every page of a plant at ${viewport.width} px in ${language}`, async (t) => {
      const server = await startTestServer({ nowMs, env: { RATE_LIMIT_PER_MINUTE: '10000' } }, t)
      const { slug, username, password } = await smallPlant(server, 'sqlite', 'CANARIO', 100)
      const faults: string[] = []
      const seat = await takeSeat(server, faults, { language, viewport, theme: language === 'es' ? 'dark' : 'light' })
      await signIn(seat, username, password)
      for (const path of paths) {
        const answer = await seat.page.goto(`/t/${slug}/${path}`)
        assert.equal(answer?.status(), 200, path)
        await seat.look(path.replace(/\W+/g, '-'))
      }
      assert.deepEqual(faults, [])
      await seat.context.close()
    })
