/** What people do about yesterday's stops, in a real browser: explain them one after the other, several at once, at the same time as somebody else, with
 *  the keyboard alone; change, split, merge and delete them. Each look passes axe (WCAG 2.2 AA) and does not scroll sideways. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Page } from 'playwright-core'
import { type DowntimeDay, downtimeDay, downtimeDayMs } from './harness/downtime-day.ts'
import { desktop, phone, type Seat, type SeatOptions, signIn, tablet, tabTo, takeSeat } from './harness/journey.ts'
import { startTestServer, type TestServer } from './harness/server.ts'

const view = '?line_id=1&preset=yesterday'

type Stage = {
  readonly server: TestServer
  readonly day: DowntimeDay
  /** Signed in, at yesterday's stops of line 1. */
  readonly seat: (who: string, options?: SeatOptions) => Promise<Seat>
}

function journey(name: string, steps: (stage: Stage) => Promise<void>): void {
  test(name, async (t) => {
    const server = await startTestServer({ nowMs: downtimeDayMs }, t)
    const day = await downtimeDay(server, 'sqlite')
    const faults: string[] = []
    const seats: Seat[] = []
    const seat: Stage['seat'] = async (who, options = {}) => {
      const taken = await takeSeat(server, faults, options)
      seats.push(taken)
      await signIn(taken, who, day.password)
      await taken.page.goto(`/t/${day.slug}/downtime${view}`)
      return taken
    }
    try {
      await steps({ server, day, seat })
    } finally {
      for (const { context } of seats) await context.close()
    }
    assert.deepEqual(faults, [])
  })
}

type StopRow = { readonly start: string; readonly reason: string; readonly key: string }
const listed = async (page: Page): Promise<StopRow[]> =>
  (await page.evaluate(`[...document.querySelectorAll('[data-stop]')].map((row) => ({
    start: row.querySelector('.stops__start').innerText.trim().slice(-8),
    reason: row.querySelector('.stops__reason').innerText.trim().split('\\n')[0],
    key: row.dataset.reasonKey,
  }))`)) as StopRow[]

const rowOf = (page: Page, start: string) => page.locator('[data-stop]', { hasText: start })
const sheet = (page: Page) => page.locator('#sheet')
/** Until the page says so: the CSP refuses `waitForFunction` its eval. */
async function settled(page: Page, expression: string): Promise<void> {
  for (let tries = 0; tries < 100; tries++) {
    if (await page.evaluate(expression)) return
    await page.waitForTimeout(100)
  }
  assert.fail(`not within ten seconds: ${expression}`)
}

for (const [options, words] of [
  [
    { viewport: desktop },
    { explain: 'Explicar 4', left: 'Quedan 4 sin motivo', last: 'Es la última sin motivo', clear: 'Todo está explicado' },
  ],
  [
    { viewport: tablet, language: 'en', theme: 'light' },
    { explain: 'Explain 4', left: '4 without reason left', last: 'This is the last without reason', clear: 'Everything is explained' },
  ],
  [
    { viewport: phone, theme: 'light' },
    { explain: 'Explicar 4', left: 'Quedan 4 sin motivo', last: 'Es la última sin motivo', clear: 'Todo está explicado' },
  ],
] as const)
  journey(`PL-63 yesterday's stops are explained from start to end, ${options.viewport.width} px`, async ({ seat, day }) => {
    const { page, look } = await seat(day.username, options)
    assert.equal((await listed(page)).length, 6)
    await look('downtime')
    await page.click('#explain-all')
    await sheet(page).waitFor()
    assert.match(await sheet(page).innerText(), new RegExp(words.left))
    await look('stop-sheet')
    // two taps: the kind of failure, then what happened
    await page.click('.reasons__failure summary:has-text("Eléctrica")')
    await page.click(`#code-${day.power}`)
    await settled(page, `document.querySelector('#sheet-title') && document.querySelector('.sheet__facts').innerText.includes('13:59:30')`)
    // then the one lately used is one tap away
    await page.click(`#recent-${day.power}`)
    await settled(page, `document.querySelector('.sheet__facts').innerText.includes('10:59:30')`)
    await page.fill('#sheet-text', 'Se cortó la banda de salida')
    await page.click('.reasons__failure summary:has-text("Mecánica")')
    await page.click(`#code-${day.belt}`)
    await settled(page, `document.querySelector('.sheet__facts').innerText.includes('08:00:00')`)
    assert.match(await sheet(page).innerText(), new RegExp(words.last))
    await page.fill('#sheet-text', 'Limpieza')
    await page.click('#save-text')
    await sheet(page).waitFor({ state: 'hidden' })
    await settled(page, `document.querySelector('#stat-unexplained-value').innerText.startsWith('0')`)
    assert.deepEqual(
      (await listed(page)).map(({ start, reason }) => [start, reason]),
      [
        ['17:59:30', 'Corte de energía'],
        ['13:59:30', 'Corte de energía'],
        ['10:59:30', 'Banda cortada: Se cortó la banda de salida'],
        ['09:00:00', 'Atasco en la salida'],
        ['08:00:00', 'Limpieza'],
        ['06:00:00', `${day.canary} <img src=x onerror=alert(1)>`],
      ],
    )
    assert.equal(await page.locator('#explain-all').count(), 0)
    await page.click('.chips .chip >> nth=1')
    await page.waitForURL(/unexplained=1/)
    assert.match(await page.locator('#stops').innerText(), new RegExp(words.clear))
    await look('downtime-explained')
  })

journey(
  'PL-63 two people edit one stop at once: the second hears who was first, and loses nothing that was typed',
  async ({ seat, day, server }) => {
    await day.person('marta', 'MANAGER')
    const [first, second] = [await seat(day.username), await seat('marta', { language: 'en', viewport: phone })]
    for (const { page } of [first, second]) {
      await rowOf(page, '17:59:30').locator('.btn--row').click()
      await sheet(page).waitFor()
    }
    await first.page.click('.reasons__failure summary:has-text("Mecánica")')
    await first.page.click(`#code-${day.jam}`)
    await sheet(first.page).waitFor({ state: 'hidden' })
    await second.page.fill('#sheet-text', 'We saw the belt')
    await second.page.click('.reasons__failure summary:has-text("Mecánica")')
    await second.page.click(`#code-${day.belt}`)
    await sheet(second.page).locator('.banner--warning').waitFor()
    const told = await sheet(second.page).locator('.banner--warning').innerText()
    assert.match(told, new RegExp(`${day.username}[\\s\\S]*Atasco en la salida`))
    assert.equal(await second.page.inputValue('#sheet-text'), 'We saw the belt')
    await second.look('stop-conflict')
    await second.page.click('#keep-choice')
    await sheet(second.page).waitFor({ state: 'hidden' })
    await settled(second.page, `document.body.innerText.includes('We saw the belt')`)
    const rows = await server.ctx.db.kysely
      .selectFrom('audit_logs')
      .select(['user_id', 'details'])
      .where('entity_type', '=', 'stop')
      .execute()
    const edits = rows.filter(({ details }) => details.includes('explained')).map((row) => row.user_id)
    assert.equal(new Set(edits).size, 2)
    // the other's page hears of it by itself
    await settled(first.page, `document.body.innerText.includes('We saw the belt')`)
  },
)

journey('PL-63 who only looks sees stops and reasons, and no way to change them', async ({ seat, day }) => {
  await day.person('vera', 'VIEWER')
  const { page, look } = await seat('vera')
  assert.equal((await listed(page)).length, 6)
  assert.equal(await page.locator('#explain-all, #add-stop, [data-bulk-pick], #bulk').count(), 0)
  await rowOf(page, '17:59:30').locator('.btn--row').click()
  await sheet(page).waitFor()
  assert.equal(await sheet(page).locator('form').count(), 0)
  assert.match(await sheet(page).innerText(), /puede ver las paradas, no cambiarlas/)
  await look('stop-viewer')
  const status = await page.evaluate(`fetch('/t/${day.slug}/downtime/stops/1/e2/reason${view}', { method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded', 'x-csrf-token': document.body.dataset.csrf },
    body: 'code=${day.jam}' }).then((answer) => answer.status)`)
  assert.equal(status, 403)
})

journey('PL-63 several stops are explained at once; a live refresh behind them leaves the ticks alone', async ({ seat, day }) => {
  const [page, other] = [await seat(day.username), await seat(day.username)]
  for (const start of ['17:59:30', '10:59:30', '08:00:00']) await rowOf(page.page, start).locator('[data-bulk-pick]').check()
  assert.match(await page.page.locator('[data-bulk-count]').innerText(), /3 elegidas/)
  await rowOf(other.page, '08:00:00').locator('.btn--row').click()
  await other.page.click('.reasons__failure summary:has-text("Mecánica")')
  await other.page.click(`#code-${day.jam}`)
  await sheet(other.page).waitFor({ state: 'hidden' })
  // a live refresh behind the ticks leaves them alone
  await settled(page.page, `document.querySelector('#stops-table').innerText.split('Atasco en la salida').length === 3`)
  assert.equal(await page.page.locator('[data-bulk-pick]:checked').count(), 3)
  await page.page.click('#bulk-explain')
  await sheet(page.page).waitFor()
  await page.look('bulk-sheet')
  await page.page.click('.reasons__failure summary:has-text("Eléctrica")')
  await page.page.click(`#code-${day.power}`)
  await settled(page.page, `!document.querySelector('#sheet').open || document.querySelector('.sheet__content .field__error')`)
  await settled(page.page, `document.querySelector('#stops-table').innerText.split('Corte de energía').length === 4`)
  const explained = (await listed(page.page)).filter(({ reason }) => reason === 'Corte de energía').map(({ start }) => start)
  assert.deepEqual(explained, ['17:59:30', '10:59:30', '08:00:00'])
})

journey('PL-63 a stop is split, merged again, moved, deleted and brought back; a stop that nobody saw is added', async ({ seat, day }) => {
  const { page, look } = await seat(day.username)
  const starts = async () => (await listed(page)).map(({ start }) => start)
  const open = async (start: string) => {
    await rowOf(page, start).locator('.btn--row').click()
    await sheet(page).waitFor()
  }
  await open('09:00:00')
  await page.click('#sheet-split summary')
  await page.fill('#sheet-at', '2026-10-20T09:05:00')
  await page.click('#save-split')
  await sheet(page).waitFor({ state: 'hidden' })
  await settled(page, `document.querySelectorAll('[data-stop]').length === 7`)
  assert.ok((await starts()).includes('09:05:00'))
  for (const start of ['09:00:00', '09:05:00']) await rowOf(page, start).first().locator('[data-bulk-pick]').check()
  await page.click('#bulk-merge')
  await sheet(page).waitFor()
  await look('merge-sheet')
  await page.click('#save-merge')
  await sheet(page).waitFor({ state: 'hidden' })
  await settled(page, `document.querySelectorAll('[data-stop]').length === 6`)

  await open('09:00:00')
  await page.click('#sheet-times summary')
  await page.fill('#sheet-end', '2026-10-20T08:50:00')
  await page.click('#save-times')
  await sheet(page).locator('.banner--danger').waitFor()
  assert.match(await page.inputValue('#sheet-end'), /T08:50/)
  await look('times-refused')
  await page.fill('#sheet-end', '2026-10-20T09:30:00')
  await page.click('#save-times')
  await sheet(page).waitFor({ state: 'hidden' })
  await settled(page, `document.querySelector('#stops-table').innerText.includes('30 min')`)

  await open('17:59:30')
  await page.click('#sheet-delete summary')
  await page.click('#confirm-delete')
  await page.locator('#undo').waitFor()
  await settled(page, `document.querySelectorAll('[data-stop]').length === 5`)
  await look('stop-deleted')
  await page.click('#undo')
  await sheet(page).waitFor({ state: 'hidden' })
  await settled(page, `document.querySelectorAll('[data-stop]').length === 6`)

  await page.click('#add-stop')
  await sheet(page).waitFor()
  await look('new-stop')
  await page.fill('#sheet-start', '2026-10-20T09:10:00')
  await page.fill('#sheet-end', '2026-10-20T09:20:00')
  await page.selectOption('#sheet-code', String(day.power))
  await page.click('#save-new')
  await page.locator('#force-new').waitFor()
  await page.fill('#sheet-start', '2026-10-20T15:00:00')
  await page.fill('#sheet-end', '2026-10-20T15:10:00')
  await page.click('#save-new')
  await sheet(page).waitFor({ state: 'hidden' })
  await settled(page, `document.querySelectorAll('[data-stop]').length === 7`)
  assert.ok((await starts()).includes('15:00:00'))
})

journey('PL-66 the rows of the Pareto are the stops of the list', async ({ seat }) => {
  const { page, look } = await seat('jefe-dia', { language: 'en', viewport: tablet })
  const summed = async () =>
    (await page.evaluate(`(() => {
      const rows = [...document.querySelectorAll('[data-stop]')].map((row) => Number(row.dataset.counted)).filter((seconds) => seconds > 0)
      return [rows.length, rows.reduce((sum, seconds) => sum + seconds, 0)]
    })()`)) as [number, number]
  const seconds = (text: string): number =>
    [...text.matchAll(/(\d+) (h|min|s)/g)].reduce(
      (sum, [, n, unit]) => sum + Number(n) * ({ h: 3_600, min: 60, s: 1 }[unit ?? 's'] ?? 0),
      0,
    )
  for (const by of ['reason', 'failure']) {
    await page.goto(`${new URL(page.url()).pathname}${view}&by=${by}`)
    const rows = await page.locator('#pareto-table tbody tr').count()
    assert.equal(rows, 3)
    for (let i = 0; i < rows; i++) {
      const row = page.locator('#pareto-table tbody tr').nth(i)
      const [count, time] = await row.locator('td').allInnerTexts()
      await Promise.all([page.waitForEvent('load'), row.locator('a').click()])
      assert.deepEqual(await summed(), [Number(count), seconds(time ?? '')])
      await page.goBack({ waitUntil: 'load' })
    }
  }
  await page.locator('#pareto-chart canvas').waitFor()
  await look('pareto')
})

journey('PL-63 a stop is explained with the keyboard alone', async ({ seat, day }) => {
  const { page } = await seat(day.username)
  await tabTo(page, /Ir al contenido/)
  await page.keyboard.press('Enter')
  await settled(page, `document.activeElement.id === 'content'`)
  await tabTo(page, /Explicar la parada de .*17:59:30/)
  await page.keyboard.press('Enter')
  await sheet(page).waitFor()
  await tabTo(page, /^Mecánica/)
  await page.keyboard.press('Enter')
  await tabTo(page, /^Banda cortada/)
  await page.keyboard.press('Enter')
  await sheet(page).waitFor({ state: 'hidden' })
  await settled(page, `document.querySelector('#stops-table').innerText.includes('Banda cortada')`)
  await tabTo(page, /Ver la parada de .*17:59:30/)
  await page.keyboard.press('Enter')
  await sheet(page).waitFor()
  await page.keyboard.press('Escape')
  await sheet(page).waitFor({ state: 'hidden' })
})
