/** What a page that is open for long lives through: a session that is another one, or none, and a network that goes away. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setTimeout as sleep } from 'node:timers/promises'
import { downtimeDay, downtimeDayMs } from './harness/downtime-day.ts'
import { signIn, takeSeat } from './harness/journey.ts'
import { startTestServer } from './harness/server.ts'

test('an old tab goes on after its session became another one, says each time that it ended, and a form waits for one answer', async (t) => {
  const server = await startTestServer({ nowMs: downtimeDayMs }, t)
  const day = await downtimeDay(server, 'sqlite')
  const faults: string[] = []
  const seat = await takeSeat(server, faults)
  const { page, context } = seat
  /** From one session to another, without a moment of none: the page asks by itself, and would say that its session ended. */
  const signInAnew = async () => {
    const other = server.newClient()
    await other.signIn(day.username, day.password)
    await context.addCookies([{ name: 'andon_sid', value: other.cookies.get('andon_sid') ?? '', url: server.url }])
  }
  const sheet = page.locator('#sheet')
  const openSheet = async (start: string) => {
    await page.click('#add-stop')
    await sheet.waitFor()
    await page.fill('#sheet-start', `2026-10-20T${start}:00`)
    await page.fill('#sheet-end', `2026-10-20T${start.slice(0, 3)}10:00`)
    await page.selectOption('#sheet-code', String(day.power))
  }
  const saved = async () => {
    await page.click('#save-new')
    await sheet.waitFor({ state: 'hidden' })
  }
  await signIn(seat, day.username, day.password)
  await page.goto(`/t/${day.slug}/downtime`)

  // a form that came after the new session, then one that was open before it
  await signInAnew()
  await openSheet('15:00')
  await saved()
  await openSheet('16:00')
  await signInAnew()
  await saved()

  // sent twice, and without network: one request, and it can be sent again
  let posts = 0
  await page.route(`**/t/${day.slug}/downtime/**`, async (route) => {
    if (route.request().method() !== 'POST') return route.continue()
    posts += 1
    await new Promise((done) => setTimeout(done, 300))
    return route.abort()
  })
  await openSheet('17:00')
  await page.evaluate(`(() => {
    const form = document.querySelector('#save-new').form
    form.dataset.busy = 'Un momento…'
    form.requestSubmit()
    form.requestSubmit()
  })()`)
  await page.locator('#sheet form[aria-busy=true]').waitFor()
  await page.locator('#toasts .toast--danger').waitFor()
  await page.locator('#sheet form:not([aria-busy]) #save-new').waitFor()
  assert.equal(posts, 1)
  await page.evaluate(`document.querySelector('#toasts').replaceChildren()`)
  await page.click('[data-sheet-close]')

  // what asks by itself every few seconds does not say each time that nobody answers
  await page.route('**/dashboard/history', (route) => route.abort())
  const ask = (trigger: string) =>
    page.evaluate(`(() => {
      const source = document.createElement('div')
      source.setAttribute('hx-trigger', '${trigger}')
      document.querySelector('#content').append(source)
      return htmx.ajax('GET', '/t/${day.slug}/dashboard/history', { target: '#sheet-body', swap: 'innerHTML', source })
    })()`)
  await ask('every 3s')
  assert.equal(await page.locator('.toast').count(), 0)
  await ask('click')
  assert.equal(await page.locator('.toast').count(), 1)

  // the session ended: Escape closes what says so, and the next attempt says it again
  await context.clearCookies({ name: 'andon_sid' })
  for (let tries = 0; tries < 2; tries += 1) {
    // what the page asks by itself may have been told so already, and the dialog would take the mouse's click
    await page.locator('#add-stop').dispatchEvent('click')
    await page.locator('#session-ended[open]').waitFor()
    await page.keyboard.press('Escape')
    await page.locator('#session-ended:not([open])').waitFor({ state: 'attached' })
  }

  // an editor whose session ends leaves without asking: nothing could be saved
  await signInAnew()
  const asked: string[] = []
  page.on('dialog', (dialog) => {
    asked.push(dialog.type())
    void dialog.accept()
  })
  await page.clock.install()
  await page.goto(`/t/${day.slug}/my-dashboard`)
  await page.evaluate(`document.querySelector('[data-layout-editor]').dataset.dirty = '1'`)
  await page.click('h1')
  await context.clearCookies({ name: 'andon_sid' })
  await page.clock.fastForward('30:00')
  // not `waitForURL`: half an hour at once asks more than one to leave, and the first way there is given up for the second
  for (let tries = 0; !page.url().includes('/login') && tries < 300; tries += 1) await sleep(100)
  assert.match(page.url(), /\/login/)
  assert.deepEqual(asked, [])
  assert.deepEqual(
    faults.filter((fault) => !fault.includes('Failed to fetch')),
    [],
  )
})
