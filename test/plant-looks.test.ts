/** Every page of a plant, looked at in each language and width: no serious axe finding, nothing wider than its window, no console error. What people
 *  do on them is in the journeys of each. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { desktop, phone, signIn, tablet, takeSeat } from './harness/journey.ts'
import { startTestServer } from './harness/server.ts'
import { smallPlant } from './harness/small-plant.ts'

const nowMs = Date.UTC(2026, 9, 14, 15, 0, 0)
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

/** Each page is loaded once per language: in the width where it has most to show, dark, or on a phone, light; then its window changes. */
const sights = [
  { language: 'es', theme: 'dark', viewport: desktop, others: [tablet, phone] },
  { language: 'en', theme: 'light', viewport: phone, others: [tablet, desktop] },
] as const

for (const { language, theme, viewport, others } of sights)
  test(`PL-87 PL-88 every page of a plant in ${language}`, async (t) => {
    const server = await startTestServer({ nowMs, env: { RATE_LIMIT_PER_MINUTE: '10000' } }, t)
    const { slug, username, password } = await smallPlant(server, 'sqlite', 'CANARIO', 100)
    const faults: string[] = []
    const { page, context, look, fits } = await takeSeat(server, faults, { language, viewport, theme })
    await signIn({ page }, username, password)
    for (const path of paths) {
      await page.setViewportSize(viewport)
      const answer = await page.goto(`/t/${slug}/${path}`)
      assert.equal(answer?.status(), 200, path)
      const name = path.replace(/\W+/g, '-')
      await look(name)
      for (const other of others) {
        await page.setViewportSize(other)
        await fits(name)
      }
    }
    assert.deepEqual(faults, [])
    await context.close()
  })
