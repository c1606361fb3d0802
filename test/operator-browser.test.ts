/** The operator's view and the board in real browsers: a tablet and a phone at the machine, a television in the hall; the network goes and comes. */
import assert from 'node:assert/strict'
import { type TestContext, test } from 'node:test'
import type { Page } from 'playwright-core'
import { closeServer } from '../src/platform/http/index.ts'
import { type Hall, hall, hallNowMs, pin } from './harness/hall.ts'
import { phone, type Seat, type SeatOptions, signIn, takeSeat } from './harness/journey.ts'
import { startTestServer, type TestServer } from './harness/server.ts'

const tablet = { width: 1024, height: 768 }
const television = { width: 1920, height: 1080 }
const minuteMs = 60_000

async function start(t: TestContext) {
  const server = await startTestServer({ nowMs: hallNowMs }, t)
  const faults: string[] = []
  // while the network is away, htmx says so in the console
  const isNetwork = (fault: string): boolean => /htmx:error: (Failed to fetch|timeout)/.test(fault)
  t.after(() =>
    assert.deepEqual(
      faults.filter((fault) => !isNetwork(fault)),
      [],
    ),
  )
  return { server, faults, place: await hall(server, 'sqlite') }
}

/** A browser that is the screen. */
async function screenSeat(
  server: TestServer,
  faults: string[],
  place: Hall,
  options: SeatOptions & { readonly page?: string; readonly lines?: string } = {},
) {
  const { page = 'operator', lines = '', ...rest } = options
  const paired = await place.pairScreen({ page, lines })
  const seat = await takeSeat(server, faults, rest)
  seat.page.setDefaultTimeout(30_000)
  await seat.context.addCookies([{ name: 'andon_display', value: paired.cookie, url: server.url, httpOnly: true }])
  return { ...seat, ...paired }
}

/** Asked from outside: the page's own policy lets nobody evaluate a text inside it again and again. */
async function until(page: Page, expression: string): Promise<void> {
  const endsMs = Date.now() + 45_000
  while (!(await page.evaluate(expression))) {
    assert.ok(Date.now() < endsMs, `still not: ${expression} — ${await page.innerText('body')}`)
    await page.waitForTimeout(50)
  }
}

/** Names oneself and types the PIN on the pad of digits. */
async function sign(page: Page, digits = pin): Promise<void> {
  await page.waitForSelector('#op-sign[open]')
  await page.click('.op-person')
  for (const digit of digits) await page.click(`[data-op-digit="${digit}"]`)
  await page.click('[data-op-sign-send]')
}

const waiting = (page: Page): Promise<number> => page.locator('.op-queue__item').count()
const toast = (page: Page, text: RegExp | string) => page.locator('.toast', { hasText: text }).first().waitFor()
const openLine = async ({ page }: Pick<Seat, 'page'>, { plant }: Hall) => {
  await page.goto(`/t/${plant.slug}/operator?line=1`)
  await until(page, 'document.querySelector("[data-op-net]")?.dataset.state === "online"')
}

test('PL-63 on a tablet: two taps and a PIN explain the stop that goes on; the next one is offered; another reason is two taps more', async (t) => {
  const { server, faults, place } = await start(t)
  const seat = await screenSeat(server, faults, place, { viewport: tablet })
  const { page, look } = seat
  await page.goto('/operator')
  await page.waitForURL(/\/operator$/)
  await look('operator-lines')
  await page.click('.op-line >> nth=0')
  await page.waitForSelector('#op-live')
  assert.match(await page.innerText('[data-op-title]'), /Parada en curso desde las 12:30/)
  await look('operator')
  await page.click('.op-failure > summary')
  await page.click('.op-failure button:has-text("Atasco en la salida")')
  await look('operator-sign')
  await sign(page)
  await toast(page, /se pondrá en la parada/)
  server.clock.advance(2_000)
  await until(page, `document.querySelector('.op-state__reason')?.textContent === 'Atasco en la salida'`)
  assert.match(await page.innerText('[data-op-title]'), /Parada de las 10:59|Parada de las 11:00/)
  await page.click('.op-failure > summary')
  await page.click('.op-failure button:has-text("Falta de producto")')
  await sign(page)
  await toast(page, 'Guardado.')
  server.clock.advance(2_000)
  await until(page, `document.querySelector('[data-op-title]')?.textContent?.startsWith('Parada de las 00:00')`)
  assert.equal(await waiting(page), 0)
  // changed one's mind; what was chosen lately is offered first once the page is opened anew
  await page.reload()
  await page.click('[data-op-stop]:has-text("Cambiar motivo") >> nth=1')
  await page.click('.op-reason--recent >> nth=0')
  await page.click('[data-op-cancel]')
  assert.equal(await waiting(page), 0)
  await look('operator-explained')
})

test('a wrong PIN is told, kept and signed again; five of them pause', async (t) => {
  const { server, faults, place } = await start(t)
  const seat = await screenSeat(server, faults, place, { viewport: phone, language: 'en' })
  const { page, look } = seat
  await openLine(seat, place)
  await page.click('summary:has-text("Note scrap")')
  await page.fill('[name=quantity]', '4')
  await page.click('button:has-text("Note it")')
  await sign(page, '1111')
  await page.waitForSelector('.op-queue__item[data-state=refused]')
  assert.match(await page.innerText('.op-queue__item'), /Not saved: The PIN is not right. Tries left: 4/)
  await look('operator-refused')
  for (let left = 3; left >= 0; left -= 1) {
    await page.click('button:has-text("Sign again")')
    await sign(page, '1111')
    await until(page, `document.querySelector('.op-queue__item')?.textContent.includes('Tries left: ${left}')`)
  }
  await page.click('button:has-text("Sign again")')
  await sign(page)
  await until(page, `/Tried again in \\d+ s/.test(document.querySelector('.op-queue__item')?.textContent ?? '')`)
  server.clock.advance(15 * minuteMs)
  await page.reload()
  await toast(page, 'Saved.')
  assert.equal(await waiting(page), 0)
  const notes = await server.ctx.db.kysely.selectFrom('scrap_notes').select('quantity').execute()
  assert.deepEqual(notes, [{ quantity: 4 }])
})

test('pads older than an hour are renewed; a line that the screen shows no more gives way to the other, or to the choice', async (t) => {
  const { server, faults, place } = await start(t)
  const seat = await screenSeat(server, faults, place, { viewport: tablet, lines: '1,2' })
  const { page } = seat
  await openLine(seat, place)
  const pads = `localStorage.getItem(Object.keys(localStorage).find((key) => key.startsWith('andon.operator.pads')) ?? '')`
  await until(page, `${pads} !== null`)
  const first = await page.evaluate(pads)
  server.clock.advance(61 * minuteMs)
  await until(page, `${pads} !== ${JSON.stringify(first)}`)
  const show = (lineIds: readonly number[]) =>
    server.ctx.db.kysely
      .updateTable('displays')
      .set({ line_ids: JSON.stringify(lineIds) })
      .where('uuid', '=', seat.uuid)
      .execute()
  await show([2])
  server.clock.advance(1_000)
  await page.waitForSelector('.op-forms [name=line_id][value="2"]', { state: 'attached' })
  await page.goto(`/t/${place.plant.slug}/operator?line=2`)
  await show([1, 3])
  server.clock.advance(1_000)
  await page.waitForSelector('.op--choose .op-lines')
  assert.equal(await page.locator('#op').count(), 1, 'a page of its own, not inside the line')
  assert.match(await page.innerText('#op'), /Esa línea no se muestra aquí/)
})

test('the network goes, three things are done, the server starts anew, the page is loaded anew: exactly three are there', async (t) => {
  const { server, faults, place } = await start(t)
  const seat = await screenSeat(server, faults, place, { viewport: tablet })
  const { page, context, look } = seat
  await openLine(seat, place)
  await until(page, `Object.keys(localStorage).some((key) => key.startsWith('andon.operator.pads'))`)
  await context.setOffline(true)
  await until(page, 'document.querySelector("[data-op-net]")?.dataset.state === "offline"')
  await page.click('.op-failure > summary')
  await page.click('.op-failure button:has-text("Atasco en la salida")')
  await sign(page)
  await page.click('summary:has-text("Anotar descarte")')
  await page.fill('[name=quantity]', '12')
  await page.click('button:has-text("Anotar")')
  await sign(page)
  await page.click('summary:has-text("Agregar una parada")')
  await page.fill('[name=start_time]', '06:30')
  await page.fill('[name=end_time]', '06:40')
  await page.selectOption('select[name=reason_code]', { label: 'Atasco en la salida' })
  await page.click('button:has-text("Agregar parada")')
  await sign(page)
  await until(page, `document.querySelectorAll('.op-queue__item').length === 3`)
  await look('operator-offline')
  const kept = JSON.stringify(await page.evaluate('({ ...localStorage })'))
  assert.ok(!kept.includes(pin) && !kept.includes(Buffer.from(pin).toString('base64')), 'no PIN is kept')
  // a server that hears and dies before it answers: the page does not know, and asks again
  await page.route(/\/operator\/scrap$/, async (route) => {
    await route.fetch()
    await route.abort()
  })
  await context.setOffline(false)
  await until(page, `document.querySelectorAll('.op-queue__item').length === 2`)
  await page.unrouteAll({ behavior: 'ignoreErrors' })
  const { port } = new URL(server.url)
  await closeServer(server.app, 100)
  const again = await startTestServer(
    { databaseUrl: server.ctx.config.database.url, nowMs: hallNowMs + 8 * 3_600_000, port: Number(port) },
    t,
  )
  await page.reload()
  // the page shows what it kept a moment after it came
  await until(page, `!Object.keys(localStorage).some((key) => key.startsWith('andon.operator.action.'))`)
  await until(page, `document.querySelectorAll('.op-queue__item').length === 0`)
  const { kysely } = again.ctx.db
  assert.deepEqual(await kysely.selectFrom('scrap_notes').select(['quantity', 'noted_by']).execute(), [
    { quantity: 12, noted_by: place.operatorId },
  ])
  const audited = await kysely
    .selectFrom('audit_logs')
    .select('entity_type')
    .where('user_id', '=', place.operatorId)
    .where('created_at', '>=', hallNowMs)
    .where('entity_type', '!=', 'operator_pin')
    .execute()
  assert.equal(audited.length, 3, JSON.stringify(audited))
})

for (const { name, refusal } of [
  { name: 'is full', refusal: `Storage.prototype.setItem = () => { throw new DOMException('full', 'QuotaExceededError') }` },
  {
    name: 'is refused',
    refusal: `Object.defineProperty(window, 'localStorage', { get() { throw new DOMException('denied', 'SecurityError') } })`,
  },
])
  test(`storage ${name}: what is done is sent all the same, waits in the page while the network is away, and the page asks again`, async (t) => {
    const { server, faults, place } = await start(t)
    const seat = await screenSeat(server, faults, place, { viewport: tablet })
    const { page, context } = seat
    await context.addInitScript(refusal)
    const scrap = async (quantity: string): Promise<void> => {
      if (!(await page.isVisible('[name=quantity]'))) await page.click('summary:has-text("Anotar descarte")')
      await page.fill('[name=quantity]', quantity)
      await page.click('button:has-text("Anotar")')
      await sign(page)
    }
    await openLine(seat, place)
    await page.waitForResponse(/\/operator\/live/) // pads came before it
    await scrap('3')
    await toast(page, 'Guardado.')
    await context.setOffline(true)
    await scrap('4')
    await toast(page, /no cierre la página/)
    assert.equal(await waiting(page), 1)
    await context.setOffline(false)
    await until(page, `document.querySelectorAll('.op-queue__item').length === 0`)
    const notes = await server.ctx.db.kysely.selectFrom('scrap_notes').select('quantity').orderBy('id').execute()
    assert.deepEqual(notes, [{ quantity: 3 }, { quantity: 4 }])
  })

test('two tablets on one stop: the second is told who was first', async (t) => {
  const { server, faults, place } = await start(t)
  const [one, two] = [
    await screenSeat(server, faults, place, { viewport: tablet }),
    await screenSeat(server, faults, place, { viewport: tablet }),
  ]
  for (const seat of [one, two]) {
    await openLine(seat, place)
    await seat.page.click('[data-op-stop][data-open] >> nth=1')
    await seat.page.click('.op-failure > summary')
  }
  await one.page.click('.op-failure button:has-text("Atasco en la salida")')
  await sign(one.page)
  await toast(one.page, 'Guardado.')
  await two.page.click('.op-failure button:has-text("Falta de producto")')
  await sign(two.page)
  await two.page.waitForSelector('.op-queue__item[data-state=refused]')
  assert.match(await two.page.innerText('.op-queue__item'), /Olga Ruiz/)
  await two.page.click('button:has-text("Descartar")')
  assert.equal(await waiting(two.page), 0)
})

test('a signed-in person explains with their own session; who may only look has no forms', async (t) => {
  const { server, faults, place } = await start(t)
  const seat = await takeSeat(server, faults, { viewport: phone, theme: 'light' })
  await signIn(seat, `olga-${place.plant.slug}`, place.plant.password)
  await openLine(seat, place)
  await seat.look('operator-person')
  await seat.page.fill('[name=reason_text] >> nth=0', 'Corte de luz')
  await seat.page.click('button:has-text("Guardar motivo")')
  await toast(seat.page, /Guardado/)
})

test('a screen that is revoked goes dark by itself', async (t) => {
  const { server, faults, place } = await start(t)
  const seats = [
    await screenSeat(server, faults, place, { viewport: tablet }),
    await screenSeat(server, faults, place, { page: 'tv', viewport: television }),
  ]
  for (const seat of seats) {
    await seat.page.goto('/display')
    await seat.page.waitForSelector('#op, #tv')
    if (await seat.page.locator('.op-line').count()) await openLine(seat, place)
    await place.revoke(seat.uuid)
    await seat.page.waitForURL(/\/display$/, { timeout: 20_000 })
  }
})

test('the board turns its pages, pauses, goes on by key, keeps true, and says when it is old', async (t) => {
  const { server, faults, place } = await start(t)
  const seat = await screenSeat(server, faults, place, { page: 'tv', viewport: television })
  const { page, context, look } = seat
  await page.clock.install({ time: hallNowMs })
  const shown = () => page.evaluate(`[...document.querySelectorAll('[data-tv-page]')].findIndex((e) => !e.hasAttribute('data-ui-off')) + 1`)
  /** Until the page is the one asked for, with a refresh answered in between, as on a television. */
  const turnsTo = async (number: number) => {
    for (let tries = 0; tries < 20 && (await shown()) !== number; tries += 1) {
      const answered = page.waitForResponse((response) => response.url().includes('/tv/live'), { timeout: 5_000 }).catch(() => {})
      await page.clock.runFor(5_100)
      await answered
    }
    assert.equal(await shown(), number)
  }
  // half a minute a page: no busy machine turns it before the test does
  await page.goto(`/t/${place.plant.slug}/tv?per_page=1&seconds=30`)
  await page.waitForSelector('#tv-page-2[data-ui-off]', { state: 'attached' })
  assert.equal(await shown(), 1)
  await turnsTo(2)
  await page.keyboard.press(' ')
  await page.clock.runFor(91_000)
  assert.equal(await shown(), 2, 'paused')
  assert.equal(await page.getAttribute('[data-tv-pause]', 'aria-pressed'), 'true')
  await page.keyboard.press('ArrowRight')
  assert.equal(await shown(), 1)
  await look('tv')
  // a piece comes: the line runs again
  await place.addPieces(['2026-10-20 15:00:01'])
  server.clock.advance(2_000)
  await page.clock.runFor(11_000)
  await page.waitForSelector('#tv-line-1.tv-line--running')
  await context.setOffline(true)
  await page.clock.runFor(60_000)
  await page.waitForSelector('[data-tv-stale]:not([hidden])')
  assert.match(await page.innerText('[data-tv-stale]'), /Sin conexión: datos de las 15:00/)
  await look('tv-stale')
  await context.setOffline(false)
  for (let n = 0; n < 4; n += 1) await page.clock.runFor(31_000)
  await page.waitForSelector('[data-tv-stale][hidden]', { state: 'attached' })
  await page.setViewportSize(phone)
  await look('tv-phone')
})

test('the board reads from eight metres: what matters is 4 cm high on 55 inches', async (t) => {
  const { server, faults, place } = await start(t)
  for (const theme of ['dark', 'light'] as const) {
    const seat = await screenSeat(server, faults, place, {
      page: 'tv',
      viewport: television,
      theme,
      language: theme === 'dark' ? 'es' : 'en',
    })
    await seat.page.goto(`/t/${place.plant.slug}/tv`)
    // 55 inches, 16:9: 685 mm high; a capital letter is 0.73 of Inter's size
    const millimetres = (selector: string) =>
      seat.page.evaluate(`parseFloat(getComputedStyle(document.querySelector('${selector}')).fontSize) * 0.73 / ${television.height} * 685`)
    for (const selector of ['.tv-line__count strong', '.tv-line__oee strong'])
      assert.ok(Number(await millimetres(selector)) >= 40, selector)
    assert.ok(Number(await millimetres('.tv-line__state strong')) >= 20)
    await seat.look('tv-lines')
  }
})

test('a television that runs for hours keeps its memory: 200 refreshes, a quarter of an hour, leave heap and elements as they were', async (t) => {
  const { server, faults, place } = await start(t)
  const seat = await screenSeat(server, faults, place, { page: 'tv', viewport: television })
  // sixty times as fast
  await seat.context.addInitScript(`for (const name of ['setTimeout', 'setInterval']) {
    const slow = window[name].bind(window)
    window[name] = (work, ms, ...rest) => slow(work, (ms ?? 0) / 60, ...rest)
  }`)
  const { page } = seat
  let refreshes = 0
  page.on('response', (response) => {
    if (!response.url().includes('/tv/live')) return
    // a busy machine answers 503, and the board asks again
    if (response.status() === 200) refreshes += 1
    server.clock.advance(5_000)
  })
  await page.goto(`/t/${place.plant.slug}/tv?per_page=1&seconds=15`)
  const cdp = await seat.context.newCDPSession(page)
  const refreshed = async (count: number): Promise<void> => {
    while (refreshes < count) await page.waitForResponse(/\/tv\/live/, { timeout: 30_000 })
  }
  const measureOnce = async () => {
    for (let n = 0; n < 3; n += 1) await cdp.send('HeapProfiler.collectGarbage')
    const { usedSize } = await cdp.send('Runtime.getHeapUsage')
    const { nodes, jsEventListeners } = await cdp.send('Memory.getDOMCounters')
    return { usedSize, nodes, jsEventListeners }
  }
  /** The least of some: an answer that is half way in weighs 200 elements, and none is half way in each time. */
  const measure = async () => {
    const seen: Awaited<ReturnType<typeof measureOnce>>[] = []
    for (let times = 1; times <= 8; times += 1) {
      seen.push(await measureOnce())
      await refreshed(refreshes + 1)
    }
    const least = (name: keyof (typeof seen)[number]) => Math.min(...seen.map((one) => one[name]))
    return { usedSize: least('usedSize'), nodes: least('nodes'), jsEventListeners: least('jsEventListeners') }
  }
  await refreshed(60)
  const before = await measure()
  await refreshed(refreshes + 200)
  const after = await measure()
  const story = JSON.stringify({ before, after })
  t.diagnostic(story)
  // the debugger's own note of each answer is 288 bytes of the heap (`NetworkResourcesData`), 58 kB in all
  assert.ok(after.usedSize < before.usedSize + 100_000, story)
  assert.ok(after.nodes <= before.nodes + 20 && after.jsEventListeners <= before.jsEventListeners + 5, story)
})
