/** The chart of production over time under a real mouse. A chart is a canvas: what it shows is told from its picture, which is the same for the
 *  same view, since nothing in it moves by itself. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signIn, takeSeat } from './harness/journey.ts'
import { startTestServer } from './harness/server.ts'
import { smallPlant } from './harness/small-plant.ts'

test('PL-43 the chart is lines or bars, zooms, moves, is set back, and tells the products under the pointer', async (t) => {
  const server = await startTestServer({ nowMs: Date.parse('2026-10-20T15:00:00Z') }, t)
  const plant = await smallPlant(server, 'sqlite', 'DIBUJO', 600)
  const faults: string[] = []
  const seat = await takeSeat(server, faults)
  const { page } = seat
  await signIn(seat, plant.username, plant.password)
  await page.goto(`/t/${plant.slug}/dashboard?line_id=all&start_date=2026-10-20&end_date=2026-10-20&interval=15min`)
  const widget = page.locator('[data-widget=ProductionTimeChart]')
  const chart = widget.locator('.chart')
  await chart.locator('canvas').waitFor()
  await chart.scrollIntoViewIfNeeded()
  const box = await chart.boundingBox()
  assert.ok(box)
  const [middleX, middleY] = [box.x + box.width / 2, box.y + box.height / 2]
  const canvas = `document.querySelector('[data-widget=ProductionTimeChart] canvas')`

  /** As it is with the pointer elsewhere. */
  const picture = async (): Promise<string> => {
    await page.mouse.move(1, 1)
    await chart.locator('.tip').waitFor({ state: 'hidden' })
    await page.evaluate('new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))')
    return page.evaluate(`${canvas}.toDataURL()`)
  }
  const zoomIn = async (): Promise<void> => {
    await page.mouse.move(middleX, middleY)
    await page.keyboard.down('Control')
    await page.mouse.wheel(0, -300)
    await page.keyboard.up('Control')
    await page.waitForTimeout(200) // the chart gathers turns of the wheel
  }

  const lines = await picture()
  await widget.locator('[data-chart-type=bar]').click()
  const bars = await picture()
  assert.notEqual(bars, lines)
  await page.reload()
  await chart.locator('canvas').waitFor()
  assert.equal(await picture(), bars, 'the choice stays')
  await widget.locator('[data-chart-type=line]').click()
  assert.equal(await picture(), lines)

  await zoomIn()
  const near = await picture()
  assert.notEqual(near, lines)
  await page.mouse.move(middleX, middleY)
  await page.mouse.down()
  await page.mouse.move(middleX + 200, middleY, { steps: 10 })
  await page.mouse.up()
  const moved = await picture()
  assert.ok(moved !== near && moved !== lines, 'another part of the day')
  await page.mouse.dblclick(middleX, middleY)
  assert.equal(await picture(), lines)
  await zoomIn()
  assert.notEqual(await picture(), lines)
  await widget.locator('[data-chart-reset]').click()
  assert.equal(await picture(), lines)

  await page.mouse.move(middleX, middleY)
  const tip = chart.locator('.tip')
  await tip.waitFor()
  assert.match(await tip.locator('.tip__head').innerText(), /\d\d:\d\d$/)
  const products = await tip.locator('.tip__row:not(.tip__row--total)').allInnerTexts()
  assert.equal(products.length, 2)
  for (const product of products) assert.match(product, /^DIBUJO [\s\S]*30$/)
  assert.match(await tip.locator('.tip__row--total').innerText(), /60$/)
  assert.deepEqual(faults, [])
})

test('a drawing that does not come is asked for again at the next tab and when the network is back; twice lost, the page says so', async (t) => {
  const server = await startTestServer({ nowMs: Date.parse('2026-10-20T15:00:00Z') }, t)
  const plant = await smallPlant(server, 'sqlite', 'DIBUJO', 600)
  const seat = await takeSeat(server, [])
  const { page } = seat
  await signIn(seat, plant.username, plant.password)
  await page.route(/\/draw-[^/]*\.js/, (route) => route.abort())
  const lost = page.waitForEvent('requestfailed', (request) => request.url().includes('/draw-'))
  await page.goto(`/t/${plant.slug}/dashboard?line_id=all&start_date=2026-10-20&end_date=2026-10-20&interval=15min`)
  await lost
  await page.waitForTimeout(200) // the page learns of it
  assert.equal(await page.locator('[data-chart-failed]').count(), 0)
  await page.evaluate(`dispatchEvent(new Event('online'))`)
  await page.locator('[data-chart-failed]', { hasText: 'Cargar la página de nuevo' }).first().waitFor()
  await page.unrouteAll()
  await page.evaluate(`document.dispatchEvent(new Event('htmx:after:swap'))`)
  await page.locator('.chart canvas').first().waitFor()
  assert.equal(await page.locator('[data-chart-failed]').count(), 0)
})

test('paper gets the charts of the light theme before the browser prints, not after', async (t) => {
  const server = await startTestServer({ nowMs: Date.parse('2026-10-20T15:00:00Z') }, t)
  const plant = await smallPlant(server, 'sqlite', 'DIBUJO', 600)
  const seat = await takeSeat(server, [])
  const { page } = seat
  await signIn(seat, plant.username, plant.password)
  await page.goto(`/t/${plant.slug}/dashboard?line_id=all&start_date=2026-10-20&end_date=2026-10-20&interval=15min`)
  await page.locator('[data-widget=ProductionTimeChart] canvas').waitFor()
  const printed = await page.evaluate(`(() => {
    const picture = () => document.querySelector('[data-widget=ProductionTimeChart] canvas').toDataURL()
    const before = picture()
    dispatchEvent(new Event('beforeprint'))
    const onPaper = picture()
    dispatchEvent(new Event('afterprint'))
    return { isLight: onPaper !== before, isBack: picture() === before }
  })()`)
  assert.deepEqual(printed, { isLight: true, isBack: true })
})
