/** The live page where a proxy holds the event stream back: it notices, asks every few seconds instead, and its pill says so. */
import assert from 'node:assert/strict'
import http from 'node:http'
import type { AddressInfo } from 'node:net'
import { test } from 'node:test'
import { chromium } from 'playwright-core'
import { buildAssets } from '../scripts/build.ts'
import { insertDetections } from '../src/plant/source/index.ts'
import { openPlantKysely } from '../src/platform/db/index.ts'
import { signIn, takeSeat } from './harness/journey.ts'
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

test('PL-89 the pill says what is true: after refused refreshes, a refused page, other swaps and a sleep of the machine', async (t) => {
  const server = await startTestServer({ nowMs }, t)
  const plant = await smallPlant(server, 'sqlite', 'PILDORA', 60)
  const faults: string[] = []
  const seat = await takeSeat(server, faults)
  const { page } = seat
  const at = `/t/${plant.slug}/dashboard`
  const state = (wanted: string) => page.waitForSelector(`[data-live-pill][data-state=${wanted}]`)
  const asks = () => page.waitForRequest((request) => request.url().includes('/dashboard/live'))
  await signIn(seat, plant.username, plant.password)
  await page.clock.install()

  // a page whose question was refused asks nothing; set right, it is live
  await page.goto(`${at}?start_date=2026-10-20&end_date=2026-10-01`)
  await state('waiting')
  await page.fill('#filter-end_date', '2026-10-20')
  await page.click('.filters__foot [type=submit]')
  await state('live')
  assert.equal(await page.locator('[data-live-pill] [role=status]').textContent(), 'En vivo')

  // the stream tells of changes, but the server refuses to say which
  await page.route('**/dashboard/live?**', (route) => route.fulfill({ status: 503, headers: { 'retry-after': '40' }, body: '' }))
  const refused = page.waitForResponse('**/dashboard/live?**')
  await page.clock.fastForward(41_000)
  await (await refused).finished()
  await state('ago')
  await page.unroute('**/dashboard/live?**')
  let early = 0
  page.on('request', (request) => {
    if (request.url().includes('/dashboard/live')) early += 1
  })
  await page.clock.fastForward(30_000)
  await page.waitForTimeout(200)
  assert.equal(early, 0, 'the server asked for forty seconds')
  await Promise.all([asks(), page.clock.fastForward(11_000)])
  await state('live')

  // a part of the page that is not the board leaves the board's age alone
  await page.clock.fastForward(20_000)
  await page.evaluate(`htmx.ajax('GET', '${at}/history', { target: '#toasts', swap: 'innerHTML' })`)
  await Promise.all([asks(), page.clock.fastForward(15_000)])
  await state('live')

  // a long sleep: only the wall clock knows
  const renewed = page.waitForRequest('**/events?**')
  const session = page.waitForRequest('**/api/v1/auth/session**')
  await page.evaluate('(() => { const clock = Date.now; Date.now = () => clock() + 60 * 86_400_000 })()')
  await Promise.all([asks(), renewed, session, page.clock.fastForward(6_000)])

  // nothing could be drawn at first: the page asks by itself until it can
  await page.route(`**${at}`, async (route) => {
    const response = await route.fetch()
    await route.fulfill({ response, body: (await response.text()).replace(' data-board ', ' data-board data-refused ') })
  })
  await page.goto(at)
  await state('offline')
  await Promise.all([asks(), page.clock.fastForward(11_000)])
  await state('live')
  assert.deepEqual(faults, [])
})
