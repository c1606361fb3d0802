/** The rows behind the figures, in a real browser: filtered, further and further, per interval, as files that tell how far they are; and when that fails. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import type { Page } from 'playwright-core'
import { desktop, phone, type Seat, type SeatOptions, signIn, tablet, takeSeat } from './harness/journey.ts'
import { type PlantAServer, plantAPassword, plantAServer } from './harness/plant-a-server.ts'
import { readSheet } from './harness/sheet-file.ts'

const view = 'line_id=1&start_date=2026-10-08&start_time=00:00&end_date=2026-10-08&end_time=23:59'

function journey(
  name: string,
  options: SeatOptions,
  env: Readonly<Record<string, string>>,
  steps: (seat: Seat, stage: PlantAServer) => Promise<void>,
): void {
  test(name, async (t) => {
    const stage = await plantAServer('sqlite', t, env)
    const faults: string[] = []
    const seat = await takeSeat(stage.server, faults, options)
    try {
      await signIn(seat, 'ana', plantAPassword)
      await steps(seat, stage)
    } finally {
      await seat.context.close()
    }
    assert.deepEqual(faults, [])
  })
}

const rows = (page: Page): Promise<string[]> =>
  page.locator('[data-row]').evaluateAll((all) => all.map((row) => row.getAttribute('data-row') ?? ''))
const figure = (page: Page, id: string): Promise<string> => page.locator(`#stat-${id}-value`).innerText()
const state = (page: Page, text: string) => page.locator('[data-export-text]', { hasText: text })

/** The file that the page saves, and what the page says then. */
async function taken(page: Page, format: 'csv' | 'xlsx'): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(`#export-${format}`)])
  await state(page, 'Listo').waitFor()
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
}

journey(
  'PL-72 PL-73 PL-88 a day of detections: row by row, newest first, per interval, and as files',
  { viewport: desktop },
  {},
  async ({ page, look }, { client, slug }) => {
    const list = (await client.json('/api/v1/data/detections?format=raw', { line_id: 1, start_date: '2026-10-08', end_date: '2026-10-08' }))
      .body as { data: { line_id: number; detection_id: number }[]; total: number }
    const wanted = list.data.map(({ line_id, detection_id }) => `${line_id}/${detection_id}`).reverse()
    await page.goto(`/t/${slug}/detections?${view}`)
    assert.equal(await figure(page, 'total'), list.total.toLocaleString('es-AR', { useGrouping: 'always' }))
    assert.equal(await figure(page, 'production'), '1.287', 'as the dashboard says')
    assert.deepEqual(await rows(page), wanted.slice(0, 100))
    await look('detections')
    for (const [width, want] of [
      [tablet.width, [3, 2]],
      [desktop.width, [5]],
    ] as const) {
      await page.setViewportSize({ ...desktop, width })
      const tops = await page.locator('.stat').evaluateAll((cards) => cards.map((card) => card.getBoundingClientRect().top))
      const rows = [...new Set(tops)].map((top) => tops.filter((one) => one === top).length)
      assert.deepEqual(rows, want, `figures at ${width}`)
    }
    await page.click('#more-rows')
    await page.locator('[data-row]').nth(199).waitFor()
    await page.click('#more-rows')
    await page.locator('[data-row]').nth(299).waitFor()
    assert.deepEqual(await rows(page), wanted.slice(0, 300))
    for (const format of ['csv', 'xlsx'] as const) {
      const { name, bytes } = await taken(page, format)
      assert.equal(name, `detections_bolsa25kg_20261019_101700.${format}`)
      const content: readonly (readonly unknown[])[] = format === 'csv' ? parse(bytes, { bom: true }) : readSheet(bytes).rows
      assert.equal(content[0]?.[0], 'Detección')
      assert.deepEqual(
        content.slice(1).map(([id]) => `1/${id}`),
        wanted.toReversed(),
      )
      assert.match(
        await page.locator('[data-export-text]').innerText(),
        new RegExp(`${list.total.toLocaleString('es-AR', { useGrouping: 'always' })} filas`),
      )
    }
    // the tab and the panel keep the filters
    await page.click('.tabs__tab:has-text("Por intervalo")')
    await page.waitForURL(/view=buckets/)
    await page.selectOption('#filter-interval', 'day')
    await Promise.all([page.waitForURL(/interval=day/), page.click('#filters-form [type=submit]:has-text("Aplicar")')])
    await page.locator('#buckets tbody tr').first().waitFor()
    const counts = await page.locator('#buckets tbody td.num').allInnerTexts()
    assert.equal(
      counts.reduce((sum, text) => sum + Number(text.replaceAll('.', '')), 0),
      list.total,
    )
    await look('detections-buckets')
    await page.reload()
    assert.deepEqual(await page.locator('#buckets tbody td.num').allInnerTexts(), counts, 'a view is its address')
  },
)

journey(
  'PL-72 PL-87 on a phone, in English, with nothing to show and with too much for a file',
  { viewport: phone, language: 'en', theme: 'light' },
  { MAX_EXPORT_ROWS: '1000' },
  async ({ page, look }, { slug }) => {
    await page.goto(`/t/${slug}/detections?${view}&order=asc`)
    assert.equal(await page.locator('#export-csv').count(), 0)
    assert.match(await page.locator('.banner').innerText(), /a file has at most 1,000/)
    await page.click('#more-rows')
    await page.locator('[data-row]').nth(150).waitFor()
    await look('detections-too-many')
    await page.goto(`/t/${slug}/detections?line_id=1&start_date=2026-01-01&end_date=2026-01-01`)
    assert.match(await page.locator('.state__title').innerText(), /no detections/)
    await look('detections-none')
    await page.goto(`/t/${slug}/detections?line_id=99`)
    assert.match(await page.locator('.banner').innerText(), /99/)
    await look('detections-refused')
  },
)

journey('PL-73 a file that breaks off, is refused or cancelled says so in words', { viewport: desktop }, {}, async ({ page }, { slug }) => {
  await page.goto(`/t/${slug}/detections?${view}`)
  const answer = { status: 200, headers: { 'content-disposition': 'attachment; filename="x.csv"', 'x-total-count': '5' } }
  await page.route(/detections\/export/, (route) => route.abort())
  await page.click('#export-csv')
  await state(page, 'No se pudo llegar al servidor').waitFor()
  await page.unroute(/detections\/export/)
  await page.route(/detections\/export/, (route) =>
    route.fulfill({ status: 413, contentType: 'application/problem+json', body: JSON.stringify({ detail: 'Son 200.000 detecciones' }) }),
  )
  await page.click('#export-csv')
  await state(page, 'Son 200.000 detecciones').waitFor()
  await page.unroute(/detections\/export/)
  let release = (): void => {}
  const held = new Promise<void>((resolve) => {
    release = resolve
  })
  await page.route(/detections\/export/, async (route) => {
    await held
    await route.fulfill({ ...answer, body: '' }).catch(() => {}) // the browser has gone by then
  })
  await page.click('#export-xlsx')
  await state(page, 'Preparando').waitFor()
  await page.click('[data-export-cancel]')
  await state(page, 'cancelada').waitFor()
  release()
})

test('PL-72 PL-73 without script the rows go on as pages and the files are plain downloads', async (t) => {
  const stage = await plantAServer('sqlite', t)
  const faults: string[] = []
  const seat = await takeSeat(stage.server, faults, { hasJavaScript: false })
  await signIn(seat, 'ana', plantAPassword)
  await seat.page.goto(`/t/${stage.slug}/detections?${view}`)
  const first = await rows(seat.page)
  await Promise.all([seat.page.waitForURL(/after=/), seat.page.click('#more-rows')])
  const second = await rows(seat.page)
  assert.equal(new Set([...first, ...second]).size, 200)
  const [download] = await Promise.all([seat.page.waitForEvent('download'), seat.page.click('#export-csv')])
  assert.match(download.suggestedFilename(), /^detections_bolsa25kg_.*\.csv$/)
  await seat.context.close()
  assert.deepEqual(faults, [])
})
