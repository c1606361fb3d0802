/** The live page where a proxy holds the event stream back: it notices, asks every few seconds instead, and its pill says so. */
import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { chromium } from 'playwright-core'
import { buildAssets } from '../scripts/build.ts'
import { insertDetections } from '../src/plant/source/index.ts'
import { openPlantKysely } from '../src/platform/db/index.ts'
import { startTestServer } from './harness/server.ts'
import { smallPlant } from './harness/small-plant.ts'

const nowMs = Date.parse('2026-10-20T15:00:00Z')

/** Passes everything on, but of the event stream only the headers, as long as it is told to. */
async function proxyTo(target: string) {
  const held = new Set<http.ServerResponse>()
  let isHolding = true
  const server = http.createServer((request, response) => {
    const onward = http.request(target + request.url, { method: request.method, headers: request.headers }, (answer) => {
      response.writeHead(answer.statusCode ?? 502, answer.headers)
      if (!(isHolding && request.url?.includes('/events'))) return void answer.pipe(response)
      response.flushHeaders()
      held.add(response)
      answer.resume().on('error', () => {})
    })
    onward.on('error', () => response.destroy())
    response.on('close', () => onward.destroy())
    request.pipe(onward)
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    held: () => held.size,
    letThrough: () => {
      isHolding = false
    },
    close: () => {
      server.closeAllConnections()
      server.close()
    },
  }
}

test('PL-89 PL-TODO-41 where streams are held back the page asks by itself, and lives again when they come through', async (t) => {
  await buildAssets()
  const server = await startTestServer({ nowMs }, t)
  const plant = await smallPlant(server, 'sqlite', 'PROXY', 60)
  const proxy = await proxyTo(server.url)
  t.after(proxy.close)
  const browser = await chromium.launch({ executablePath: process.env.ANDON_TEST_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
  t.after(() => browser.close())
  const context = await browser.newContext({ locale: 'es-AR' })
  const page = await context.newPage()
  await page.clock.install()
  await page.goto(`${proxy.url}/login`)
  await page.fill('[name=username]', plant.username)
  await page.fill('[name=password]', plant.password)
  await Promise.all([page.waitForURL((address) => !address.pathname.endsWith('/login')), page.click('main [type=submit]')])
  await page.goto(`${proxy.url}/t/${plant.slug}/dashboard`)
  await page.waitForSelector('[data-live-pill][data-state=ago]')
  while (proxy.held() < 1) await page.waitForTimeout(20)

  const production = () => page.locator('[data-figure]').first().textContent()
  const before = await production()
  const opened = await openPlantKysely(plant.plantUrl)
  t.after(opened.close)
  await insertDetections({ tenantId: 0, ...opened }, 'detection_line_l1', [{ detectedAt: '2026-10-20 14:00:00', areaId: 1, productId: 1 }])
  // silent twice: a new stream at once, then none for a while
  for (const streams of [2, 2]) {
    const answered = page.waitForResponse((response) => response.url().includes('/dashboard/live'))
    await page.clock.fastForward(46_000)
    await answered
    assert.equal(await page.getAttribute('[data-live-pill]', 'data-state'), 'ago')
    while (proxy.held() < streams) await page.waitForTimeout(20)
  }
  assert.notEqual(await production(), before)

  proxy.letThrough()
  await page.clock.fastForward(301_000)
  await page.waitForSelector('[data-live-pill][data-state=live]')
})
