/** The main job in a real browser: sign in, filter, read numbers that equal the API's, see a new row appear, switch theme, use a phone, sign out.
 *  The plant's names are hostile on purpose; any console error, any serious axe finding or a horizontal scroll bar fails. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { buildAssets } from '../scripts/build.ts'
import { filterTypes } from '../src/plant/scope/index.ts'
import { insertDetections } from '../src/plant/source/index.ts'
import { openPlantKysely } from '../src/platform/db/index.ts'
import { formatNumber } from '../src/platform/i18n/index.ts'
import { patienceMs } from './harness/patience.ts'
import { startTestServer, type TestServer } from './harness/server.ts'
import { type SmallPlant, smallPlant } from './harness/small-plant.ts'

type Widget = { readonly data: Record<string, unknown> | null; readonly metadata: Record<string, unknown> }
type Answer = { readonly widgets: Record<string, Widget> }

const nowMs = Date.parse('2026-10-20T15:00:00Z')
let server: TestServer
let plant: SmallPlant
let browser: Browser
let context: BrowserContext
let page: Page
/** Console errors and exceptions of every page; a refused request is noise of the browser, the page says it itself. */
const faults: string[] = []

before(async () => {
  await buildAssets()
  server = await startTestServer({ nowMs })
  plant = await smallPlant(server, 'sqlite', 'CANARIO', 600)
  await addFilters()
  browser = await chromium.launch({ executablePath: process.env.ANDON_TEST_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
  context = await browser.newContext({ locale: 'es-AR', viewport: { width: 1440, height: 900 } })
  page = await context.newPage()
  page.on(
    'console',
    (message) => message.type() === 'error' && !/Failed to load resource/.test(message.text()) && faults.push(message.text()),
  )
  page.on('pageerror', (error) => faults.push(error.message))
})
after(async () => {
  await browser?.close()
  await server?.close()
})

/** Without rows a plant has the four filters it cannot do without, and none that only draws. */
async function addFilters(): Promise<void> {
  const { kysely, close } = await openPlantKysely(plant.plantUrl)
  const names = Object.entries(filterTypes).flatMap(([name, { isAvailable }]) => (isAvailable ? [name] : []))
  const rows = names.map((name, at) => ({ filter_name: name, description: name, filter_status: 1, display_order: at + 1 }))
  await kysely.insertInto('filter').values(rows).execute().finally(close)
}

const dashboard = (query = ''): string => `${server.url}/t/${plant.slug}/dashboard${query}`

/** The API's answer to the very question of the page. */
async function apiAnswer(tab: 'produccion' | 'oee'): Promise<Answer> {
  const query = new URL(page.url()).searchParams
  query.set('tab', tab)
  query.delete('lang')
  const response = await context.request.get(`${server.url}/api/v1/dashboard/data?${query}`, { headers: { 'accept-language': 'es' } })
  assert.equal(response.status(), 200)
  return (await response.json()) as Answer
}

async function seriousFindings(): Promise<string[]> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  return violations
    .filter(({ impact }) => impact === 'serious' || impact === 'critical')
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ target }) => target).join(' ')}`)
}

const shownFigure = async (id: string): Promise<string> => (await page.locator(`#w-${id}-value`).innerText()).replace(/\s+/g, ' ').trim()
const texts = (selector: string): Promise<string[]> => page.locator(selector).allInnerTexts()

test('a person signs in with a plain form and lands on the dashboard of the company', async () => {
  await page.goto(`${server.url}/login?next=/t/${plant.slug}/dashboard`)
  assert.deepEqual(await seriousFindings(), [])
  await page.fill('[name=username]', plant.username)
  await page.fill('[name=password]', plant.password)
  await page.click('main [type=submit]')
  await page.waitForURL(/\/dashboard/)
  assert.equal(await page.locator('h1').innerText(), 'Tablero')
})

test('filters reload only the board, and the address reproduces the view', async () => {
  await page.selectOption('[name=line_id]', '1')
  await page.click('.filters__foot [type=submit]')
  await page.waitForURL(/line_id=1/)
  await page.waitForSelector('#board[data-lines="1"]')
  const before = await texts('.kpi__value')
  await page.reload()
  assert.deepEqual(await texts('.kpi__value'), before)
})

test('PL-39 every number on the screen is the number of the API', async () => {
  const { widgets } = await apiAnswer('produccion')
  const payload = async (id: string) =>
    JSON.parse((await page.locator(`#w-${id}-chart`).getAttribute('data-chart')) ?? 'null') as Record<string, unknown>
  let compared = 0
  for (const [id, { data, metadata }] of Object.entries(widgets)) {
    if (data === null) {
      assert.match(await page.locator(`#w-${id} .state__title`).innerText(), new RegExp(String(metadata.message)))
      continue
    }
    compared += 1
    switch (metadata.class_name) {
      case 'ProductionTimeChart': {
        const { labels, series } = await payload(id)
        assert.deepEqual(labels, data.labels)
        assert.deepEqual(
          (series as { values: number[] }[]).map(({ values }) => values),
          (data.datasets as { data: number[] }[]).map((set) => set.data),
        )
        break
      }
      case 'ProductDistributionChart':
        assert.deepEqual(
          ((await payload(id)).parts as { value: number }[]).map(({ value }) => value),
          (data.table_rows as { count: number }[]).map(({ count }) => count),
        )
        break
      case 'AreaDetectionChart':
        assert.deepEqual((await payload(id)).labels, data.labels)
        break
      case 'EntryOutputCompareChart':
        assert.deepEqual(
          await texts(`#w-${id} .flow dd`),
          (data.datasets as { key: string }[]).map(({ key }) => formatNumber((data.summary as Record<string, number>)[key] ?? 0, 'es')),
        )
        break
      case 'ProductRanking':
        assert.deepEqual(
          await texts(`#w-${id} .ranking__count`),
          (data.rows as { count: number }[]).map(({ count }) => formatNumber(count, 'es')),
        )
        break
      case 'LineStatusIndicator':
        assert.deepEqual(
          await texts(`#w-${id} .line__status`),
          (data.lines as { status_text: string }[]).map((line) => line.status_text),
        )
        break
      case 'DowntimeTable':
        assert.equal(await page.locator(`#w-${id} tbody tr`).count(), (data.rows as unknown[]).length)
        break
      case 'ScatterChart':
        assert.equal(((await payload(id))?.series as unknown[] | undefined)?.length ?? 0, (data.datasets as unknown[]).length)
        break
      case 'MetricsSummary':
        assert.equal(await page.locator(`#w-${id} dd`).first().innerText(), formatNumber(data.output_count as number, 'es'))
        break
      case 'EventFeed':
        assert.equal(await page.locator(`#w-${id} .feed__item`).count(), (data.items as unknown[]).length)
        break
      case 'ClockHealth':
        assert.equal(await page.locator(`#w-${id} [id^="w-${id}-line"]`).count(), (data.lines as unknown[]).length)
        break
      default:
        if (data.value === null) assert.equal(await shownFigure(id), '—')
        else
          assert.ok(
            (await shownFigure(id)).startsWith(formatNumber(data.value as number, 'es', Number.isInteger(data.value) ? 0 : 1).slice(0, 3)),
            `${metadata.class_name}: ${await shownFigure(id)}`,
          )
    }
  }
  assert.ok(compared >= 9, `${compared} widgets compared`)
})

test('names of the plant are text, whatever they hold', async () => {
  assert.ok((await page.locator('body').innerText()).includes('<img src=x'))
  assert.equal(await page.locator('main img, main script').count(), 0)
})

test('PL-89 a row in the plant appears within three seconds, and what the person was doing stays', async () => {
  await page.waitForSelector('[data-live-pill][data-state=live]')
  const total = page.locator('[data-widget=KpiTotalProduction] [data-figure]')
  assert.match(await total.innerText(), /^600/)
  await page.locator('[data-widget=DowntimeTable] [data-table-sort="2"]').click()
  await page.evaluate(`document.querySelector('[data-widget=ProductionTimeChart] canvas').dataset.kept = 'yes'`)
  await page.locator('[data-widget=KpiTotalProduction] [popovertarget]').first().click()
  const opened = await openPlantKysely(plant.plantUrl)
  try {
    await insertDetections({ tenantId: 0, engine: opened.engine, kysely: opened.kysely }, 'detection_line_l1', [
      { detectedAt: '2026-10-20 14:59:30', areaId: 1, productId: 1 },
    ])
  } finally {
    await opened.close()
  }
  await total.filter({ hasText: '601' }).waitFor({ timeout: patienceMs(3_000) })
  assert.equal(await page.locator('[data-widget=ProductionTimeChart] canvas').getAttribute('data-kept'), 'yes')
  assert.equal(await page.locator('[popover]:popover-open').count(), 1)
  assert.equal(await page.locator('[data-widget=DowntimeTable] [aria-sort]').count(), 1)
  await page.keyboard.press('Escape')
})

test('PL-87 dark and light pass axe, and the choice survives a reload', async () => {
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'dark')
  assert.deepEqual(await seriousFindings(), [])
  await page.click('[data-theme-switch]')
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'light')
  assert.deepEqual(await seriousFindings(), [])
  await page.reload()
  assert.equal(await page.locator('html').getAttribute('data-theme'), 'light')
})

test('PL-33 the hidden tab is fetched when it is opened, with figures of its own', async () => {
  assert.equal(await page.locator('[data-widget=KpiOee]').count(), 0)
  await page.click('[data-tab=oee]')
  await page.waitForSelector('[data-widget=KpiOee]')
  const { widgets } = await apiAnswer('oee')
  for (const [id, { data }] of Object.entries(widgets)) {
    const value = data?.value
    if (typeof value === 'number')
      assert.ok((await shownFigure(id)).startsWith(formatNumber(value, 'es', 1)), `${id}: ${await shownFigure(id)}`)
    else assert.equal(await shownFigure(id), '—')
  }
})

test('PL-36 drawing choices and the search change what is shown, and the address, without asking the server', async () => {
  await page.goto(dashboard('?line_id=1'))
  await page.waitForSelector('[data-live-pill][data-state=live]')
  const asked: string[] = []
  page.on('request', (request) => /\/dashboard(\/live|\/data)?\?/.test(request.url()) && asked.push(request.url()))
  const canvas = `document.querySelector('[data-widget=ProductionTimeChart] canvas')`
  const picture = (): Promise<string> => page.evaluate(`${canvas}.toDataURL()`)
  const shownRows = () => texts('[data-widget=DowntimeTable] tbody tr:not([hidden])')
  for (const { choose, address } of [
    { choose: () => page.selectOption('[name=curve_type]', 'stepped'), address: /curve_type=stepped/ },
    { choose: () => page.check('[name=highlight_peaks][type=checkbox]', { force: true }), address: /highlight_peaks=1/ },
    { choose: () => page.uncheck('[name=show_downtime][type=checkbox]', { force: true }), address: /show_downtime=0/ },
  ]) {
    const before = await picture()
    await choose()
    await page.waitForFunction(`${canvas}.toDataURL() !== ${JSON.stringify(before)}`)
    assert.match(page.url(), address)
  }
  const all = (await shownRows()).length
  await page.fill('[name=search]', 'ONERRÓR')
  await page.waitForURL(/search=ONERR/)
  const found = await shownRows()
  assert.ok(found.length > 0 && found.length < all, `${found.length} of ${all} stops found`)
  for (const row of found) assert.match(row, /onerror/)
  const last = await picture()
  assert.deepEqual(asked, [])

  await page.reload()
  await page.waitForSelector('[data-widget=ProductionTimeChart] canvas')
  assert.equal(await picture(), last)
  assert.deepEqual(await shownRows(), found)
})

test('searches and the focus outlast the board they were made on', async () => {
  const box = page.locator('[data-widget=DowntimeTable]')
  const query = () => box.locator('[data-table-query]').inputValue()
  await page.goto(dashboard('?line_id=1'))
  await box.locator('[data-table-query]').fill('zzzz')
  await box.locator('[data-table-none]').waitFor()
  await page.click('#preset-today')
  await page.waitForSelector('#preset-today[aria-pressed=true]')
  assert.equal(await query(), 'zzzz', 'no row is hidden by words that nobody sees')

  await page.goto(dashboard('?line_id=1&tab=oee'))
  await page.fill('[name=search]', 'zzzz')
  await page.waitForURL(/search=zzzz/)
  await page.focus('[data-tab=produccion]')
  await page.keyboard.press('Enter')
  await box.locator('[data-table-none]').waitFor()
  assert.equal(await query(), 'zzzz', "the panel's search counts for tables that come later")
  await page.waitForFunction("document.activeElement?.dataset.tab === 'produccion'")
})

test('a refused filter is named beside the board, and the rest of the page goes on', async () => {
  await page.goto(dashboard('?start_date=2026-10-20&end_date=2026-10-01'))
  assert.match(await page.locator('#board [role=alert]').innerText(), /posterior/)
  assert.equal(await page.locator('#filter-start_date').inputValue(), '2026-10-20')
})

test('PL-87 on a phone nothing is wider than the screen and the filters open as a drawer', async () => {
  await page.setViewportSize({ width: 390, height: 844 })
  await page.goto(dashboard('?line_id=1'))
  assert.equal(await page.evaluate('document.documentElement.scrollWidth'), 390)
  await page.click('[data-drawer-open]')
  await page.locator('[data-drawer] :focus').waitFor()
  await page.keyboard.press('Escape')
  assert.equal(await page.locator('[data-drawer][data-ui-open]').count(), 0)
  assert.deepEqual(await seriousFindings(), [])
})

test('numbers are on the page without JavaScript, and filters work', async () => {
  const plain = await browser.newContext({ javaScriptEnabled: false, storageState: await context.storageState() })
  const silent = await plain.newPage()
  await silent.goto(dashboard('?line_id=1'))
  const total = await silent.locator('[data-widget=KpiTotalProduction] [data-figure]').innerText()
  assert.match(total, /^60\d/)
  assert.equal(await silent.locator('.chart-tools').first().isVisible(), false)
  await silent.locator('.chart-data summary').first().click()
  assert.ok((await silent.locator('.chart-data tbody tr').first().innerText()).length > 0)
  await silent.locator('#preset-last_month').click()
  assert.match(silent.url(), /preset=last_month/)
  await plain.close()
})

test('signing out ends the session, and the open dashboard says so', async () => {
  await page.setViewportSize({ width: 1440, height: 900 })
  await page.goto(dashboard())
  await page.click(`.app-header summary:has-text("${plant.username}")`)
  await page.click('form[action$="/logout"] button')
  await page.waitForURL(/\/login/)
  await page.goto(dashboard())
  assert.match(page.url(), /\/login/)
})

test('the console stayed clean under the content security policy', () => assert.deepEqual(faults, []))
