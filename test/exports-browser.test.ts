/** A manager takes the dashboard away as a file and compares two periods, in a real browser; and is told in words when a file cannot be made. */
import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { parse } from 'csv-parse/sync'
import type { Page } from 'playwright-core'
import { signIn, takeSeat } from './harness/journey.ts'
import { pdfPages } from './harness/pdf-text.ts'
import { plantAPassword, plantAServer } from './harness/plant-a-server.ts'
import { readSheets } from './harness/sheet-file.ts'

const view = 'line_id=1&start_date=2026-10-08&start_time=00:00&end_date=2026-10-08&end_time=23:59'

async function taken(page: Page, selector: string): Promise<{ readonly name: string; readonly bytes: Buffer }> {
  const [download] = await Promise.all([page.waitForEvent('download'), page.click(selector)])
  return { name: download.suggestedFilename(), bytes: readFileSync(await download.path()) }
}

test('PL-73 PL-TODO-28 PL-TODO-29 PL-TODO-31 PL-88 a dashboard becomes a PDF and sheets, and two periods are compared', async (t) => {
  const { server, slug } = await plantAServer('sqlite', t, {})
  const faults: string[] = []
  const seat = await takeSeat(server, faults)
  const { page } = seat
  await signIn(seat, 'ana', plantAPassword)
  await page.goto(`/t/${slug}/dashboard?${view}`)
  const files = page.locator('#board-files')
  await files.locator('summary').click()
  await seat.look('dashboard-files')

  const pdf = await taken(page, '#board-files a[href*="/export/pdf"]')
  assert.match(pdf.name, /^tablero_[a-z0-9-]+_\d{8}_\d{6}\.pdf$/)
  const lines = pdfPages(pdf.bytes).flatMap((one) => one.lines)
  assert.ok(lines.includes('1.287'), 'the production of the day, as the page says')
  assert.ok((await page.locator('#board').innerText()).includes('1.287'))
  const sheets = await taken(page, '#board-files a[href*="/export/xlsx"]')
  const [, , series] = readSheets(sheets.bytes)
  assert.equal(
    series?.rows.slice(1).reduce((sum, row) => sum + Number(row.at(-1)), 0),
    1_287,
  )

  const csv = await taken(page, '#board-files a[href*="table=series"]')
  assert.match(csv.name, /^tablero_series_.*\.csv$/)
  assert.equal(
    (parse(csv.bytes, { bom: true }) as string[][]).slice(1).reduce((sum, row) => sum + Number(row.at(-1)), 0),
    1_287,
  )

  // a server that is busy is told in words, and the page stays
  await page.route('**/export/xlsx*', (route) =>
    route.fulfill({
      status: 503,
      contentType: 'application/problem+json',
      body: JSON.stringify({ title: 'Ocupado', detail: 'Hay 6 documentos en espera.' }),
    }),
  )
  await page.click('#board-files a[href*="/export/xlsx"]')
  await page.locator('.toast', { hasText: 'Hay 6 documentos en espera.' }).waitFor()
  await page.locator('#board-files a[href*="/export/xlsx"]:not([aria-busy])').waitFor()

  await page.click('a[href*="/comparison?"]')
  await page.locator('#comparison-figures').waitFor()
  assert.equal(await page.inputValue('[name=start_date]'), '2026-10-08')
  assert.match(await page.locator('#comparison-figures-total_production').innerText(), /1\.287 u/)
  await seat.look('comparison')
  assert.equal(await page.isVisible('[name=against_from]'), false, 'dates that would count for nothing')
  await page.selectOption('[name=against]', 'custom')
  await page.fill('[name=against_from]', '2026-10-07')
  await page.fill('[name=against_to]', '2026-10-07')
  await page.click('main form [type=submit]')
  await page.waitForURL((url) => url.searchParams.get('against') === 'custom')
  const row = (await page.locator('#comparison-figures-total_production').innerText()).replace(/\s+/g, ' ')
  assert.match(row, /1\.287 u .*\+94 u .*%/)
  const compared = await taken(page, '#comparison-pdf')
  const told = pdfPages(compared.bytes).flatMap((one) => one.lines)
  for (const text of ['1.287 u', '+94 u', 'Comparar períodos']) assert.ok(told.includes(text), text)
  assert.match((await taken(page, '#comparison-xlsx')).name, /^comparacion_.*\.xlsx$/)
  await seat.context.close()

  // without the script the link downloads by itself
  const plain = await takeSeat(server, faults, { hasJavaScript: false })
  await signIn(plain, 'ana', plantAPassword)
  await plain.page.goto(`/t/${slug}/dashboard?${view}`)
  await plain.page.click('#board-files summary')
  assert.match((await taken(plain.page, '#board-files a[href*="/export/pdf"]')).name, /\.pdf$/)
  await plain.context.close()
  assert.deepEqual(faults, [])
})
