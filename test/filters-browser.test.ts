/** The filter panel by keyboard and by address: what somebody chose is what is asked for, and what nobody touched stays as it was. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { signIn, takeSeat } from './harness/journey.ts'
import { startTestServer } from './harness/server.ts'
import { smallPlant } from './harness/small-plant.ts'

test('PL-36 dates, lines and searches of the panel are kept as they were chosen', async (t) => {
  const server = await startTestServer({ nowMs: Date.parse('2026-10-20T15:00:00Z') }, t)
  const plant = await smallPlant(server, 'sqlite', 'PANEL', 60)
  const faults: string[] = []
  const seat = await takeSeat(server, faults)
  const { page } = seat
  const at = `/t/${plant.slug}/dashboard`
  const applied = async () => {
    const answered = page.waitForResponse((response) => response.url().includes('/dashboard?'))
    await page.click('.filters__foot [type=submit]')
    await (await answered).finished()
    return page.locator('#board[data-live]').waitFor()
  }
  const asked = async () => Object.fromEntries(new URL(await page.evaluate('location.href')).searchParams)
  const live = async () => Object.fromEntries(new URL((await page.getAttribute('#board', 'data-live')) ?? '', page.url()).searchParams)
  const type = async (name: string, digits: string) => {
    await page.focus(`#filter-${name}`)
    await page.keyboard.type(digits)
  }
  await signIn(seat, plant.username, plant.password)

  // "today" goes on with the calendar after another line was chosen; so does the range that nobody chose
  for (const preset of ['today', undefined]) {
    await page.goto(preset ? `${at}?preset=${preset}` : at)
    await page.selectOption('[name=line_id]', '1')
    await applied()
    await page.waitForSelector('#board[data-lines="1"]')
    for (const address of [await asked(), await live()]) {
      assert.equal(address.preset, preset)
      assert.equal(address.start_date, undefined)
    }
  }

  // typed digit by digit (day and month alike: their order is the browser's own): no half of a date is corrected
  await page.goto(`${at}?preset=today`)
  await type('start_date', '09092026')
  await type('end_date', '10102026')
  await page.focus('[name=line_id]')
  assert.deepEqual([await page.inputValue('#filter-start_date'), await page.inputValue('#filter-end_date')], ['2026-09-09', '2026-10-10'])
  await type('start_date', '11112026')
  assert.equal(await page.inputValue('#filter-end_date'), '2026-10-10')
  await page.focus('[name=line_id]')
  assert.equal(await page.inputValue('#filter-end_date'), '2026-11-11', 'the end follows a start behind it')
  await applied()
  await page.waitForURL(/start_date=2026-11-11/)
  const { preset, end_date } = await asked()
  assert.deepEqual([preset, end_date], [undefined, '2026-11-11'])

  // several lines of an address are a choice of the panel, until another one is made
  await page.goto(`${at}?line_ids=1,2`)
  assert.equal(await page.locator('[name=line_id] option:checked').innerText(), '2 líneas elegidas')
  await applied()
  assert.equal((await asked()).line_ids, '1,2')
  await page.selectOption('[name=line_id]', '2')
  await applied()
  await page.waitForSelector('#board[data-lines="2"]')
  const { line_id, line_ids } = await asked()
  assert.deepEqual([line_id, line_ids], ['2', undefined])

  // after Back the panel says what the board shows
  await page.goto(`${at}?line_id=1`)
  await page.selectOption('[name=line_id]', '2')
  await page.goto('/account')
  await page.goBack()
  await page.locator('#board[data-lines="1"]').waitFor()
  assert.equal(await page.inputValue('[name=line_id]'), '1')
  assert.deepEqual(faults, [])
})
