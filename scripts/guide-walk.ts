/** The way of the guide through the pages, step by step, as its reader goes it. */
import type { Browser, BrowserContext, Page } from 'playwright-core'
import type { GuidePlant } from './guide-plant.ts'

export type Language = 'es' | 'en'

export type Walk = {
  readonly browser: Browser
  readonly language: Language
  readonly url: string
  readonly nowMs: number
  readonly plant: GuidePlant
  readonly username: string
  readonly password: string
  readonly slug: string
  readonly keep: (name: string, png: Buffer) => Promise<void>
}

/** At the walk's first tab; `shot` shows from `selector` on (default: from the top). */
type Step = Walk & { readonly page: Page; readonly shot: (name: string, selector?: string, from?: Page) => Promise<void> }

/** Browsers paint charts a moment after the page is loaded. */
const paintedMs = 1_200
/** On a busy machine. */
const patienceMs = 90_000
const pin = '2580'

async function openBrowser({ browser, url, language, nowMs }: Walk, viewport = { width: 1280, height: 860 }): Promise<BrowserContext> {
  const context = await browser.newContext({
    baseURL: url,
    viewport,
    locale: language === 'es' ? 'es-CO' : 'en-GB',
    timezoneId: 'America/Bogota',
    reducedMotion: 'reduce',
  })
  context.setDefaultTimeout(patienceMs)
  await context.clock.setSystemTime(nowMs)
  await context.addCookies([
    { name: 'andon_theme', value: 'light', url },
    { name: 'andon_lang', value: language, url },
  ])
  return context
}

const pressed = (page: Page, selector: string) => Promise.all([page.waitForEvent('load'), page.click(selector)])

async function attach({ page, plant, slug, shot, username, password }: Step): Promise<void> {
  await page.goto('/login')
  await page.fill('[name=username]', username)
  await page.fill('[name=password]', password)
  await Promise.all([page.waitForURL((address) => address.pathname !== '/login'), page.click('main [type=submit]')])
  await page.goto(`/t/${slug}/dashboard`)
  await page.click(`a[href$="/plant/attach"]`)
  await page.waitForURL('**/plant/attach')
  await page.selectOption('[name=engine]', 'mysql')
  for (const [name, value] of [
    ['host', plant.host],
    ['port', plant.port],
    ['database', plant.database],
    ['user', plant.user],
    ['password', plant.password],
  ] as const)
    await page.fill(`[name=${name}]`, value)
  // names of this run only: a picture of the next one must be the same
  await page.fill('[name=database]', 'panificadora')
  await page.fill('[name=user]', 'andon')
  await shot('connection')
  await page.fill('[name=database]', plant.database)
  await page.fill('[name=user]', plant.user)
  await pressed(page, 'main form button[type=submit]')
  await page.waitForURL('**/attach/verification')
  await shot('verification')
  await page.click('a[href$="/attach/time-zone"].btn--primary')
  await page.waitForURL('**/attach/time-zone')
  await shot('time-zone')
  for (const next of ['found', 'speed', 'dashboard', 'loading']) {
    await pressed(page, 'main .btn--primary[type=submit]')
    await page.waitForURL(`**/attach/${next}`)
  }
  await page.getByText(/100 %/).first().waitFor()
  await page.goto(`/t/${slug}/dashboard`)
  await shot('dashboard')
}

async function configure({ page, slug, shot, language }: Step): Promise<void> {
  const at = (tab: string) => page.goto(`/t/${slug}/plant/${tab}`)
  const es = language === 'es'
  await at('shifts/new')
  await page.fill('[name=shift_name]', es ? 'Tarde' : 'Afternoon')
  await page.fill('[name=start_time]', '14:00')
  await page.fill('[name=end_time]', '22:00')
  for (const day of await page.locator('[name=days]').all()) await day.check()
  await Promise.all([
    page.waitForEvent('load'),
    page.getByRole('button', { name: es ? 'Ver el efecto en ayer' : 'See the effect on yesterday' }).click(),
  ])
  await shot('shift', '#effect')
  await Promise.all([
    page.waitForEvent('load'),
    page
      .getByRole('button', { name: es ? 'Agregar' : 'Add', exact: true })
      .first()
      .click(),
  ])
  await at('calendar')
  await page.click('#breaks-add summary')
  await page.fill('#breaks-start', '12:00')
  await page.fill('#breaks-end', '12:30')
  await pressed(page, '#breaks-add button[value=preview]')
  await shot('break')
  await pressed(page, 'button[value=save]')
  await at('settings')
  await page.click('#f-planned_stop_codes summary')
  await page.check('#f-planned_stop_codes input[value="1"]')
  await pressed(page, 'button[value=preview]')
  await pressed(page, 'button[value=save]')
  await at('reasons')
  await shot('reasons')
}

async function explain({ page, slug, shot }: Step): Promise<void> {
  const yesterday = `/t/${slug}/downtime?preset=yesterday`
  const sheet = page.locator('#sheet')
  const reason = page.locator('#sheet .reasons__failure')
  /** Opens a kind of failure and takes one of its reasons. */
  const choose = async (kind: number, which: number) => {
    await reason.nth(kind).locator('summary').click()
    await reason.nth(kind).locator('button').nth(which).click()
  }
  await page.goto(yesterday)
  await shot('downtime')
  await page.click('#explain-all')
  await sheet.waitFor()
  await reason.nth(1).locator('summary').click()
  await shot('explain')
  await page.keyboard.press('Escape')
  // several at once, each kind of them another reason: the Pareto has something to say
  for (const [kind, picks] of [
    [1, 4],
    [2, 3],
    [0, 2],
  ] as const) {
    await page.goto(`${yesterday}&unexplained=1`)
    const boxes = await page.locator('[data-stop] [data-bulk-pick]').all()
    for (const box of boxes.slice(0, picks)) await box.check()
    if (boxes.length === 0) break
    await page.click('#bulk-explain')
    await sheet.waitFor()
    await choose(kind, 0)
    await sheet.waitFor({ state: 'hidden' })
  }
  await page.goto(yesterday)
  await page.locator('[data-stop] .btn--row').first().click()
  await sheet.waitFor()
  await page.click('#sheet-split summary')
  await page.locator('#save-split').scrollIntoViewIfNeeded()
  await shot('split')
  await page.click('#save-split')
  await sheet.waitFor({ state: 'hidden' })
  await page.goto(yesterday)
  await page.locator('#pareto-chart canvas').waitFor()
  await shot('pareto', '#pareto')
}

/** A screen of the hall, paired as a person does it. */
async function pairScreen(step: Step, show: 'operator' | 'tv', viewport: { width: number; height: number }): Promise<Page> {
  const { page, slug } = step
  await page.goto(`/t/${slug}/admin/displays`)
  await page.fill('[name=name]', show === 'tv' ? 'TV' : 'Tablet 1')
  await page.selectOption('[name=page]', show)
  await pressed(page, 'form:has([name=page]) button[type=submit]')
  const code = await page.locator('.pair-code').innerText()
  const context = await openBrowser(step, viewport)
  const screen = await context.newPage()
  await screen.goto('/display')
  await screen.fill('[name=code]', code)
  await Promise.all([screen.waitForURL((address) => address.pathname !== '/display'), screen.click('main [type=submit]')])
  return screen
}

async function hall(step: Step): Promise<void> {
  const { page, slug, shot, password } = step
  await page.goto('/account')
  await page.fill('#f-pin', pin)
  await page.fill('#f-pin-password', password)
  await pressed(page, 'form:has(#f-pin) button[type=submit]')
  const tablet = await pairScreen(step, 'operator', { width: 1280, height: 860 })
  await tablet.goto(`/t/${slug}/operator?line=1`)
  await tablet.waitForSelector('#op-live')
  await shot('operator', undefined, tablet)
  await tablet.context().close()
  const television = await pairScreen(step, 'tv', { width: 1280, height: 720 })
  await television.goto(`/t/${slug}/tv`)
  await shot('tv', undefined, television)
  await television.context().close()
}

async function layout({ page, slug, shot }: Step): Promise<void> {
  await page.goto(`/t/${slug}/plant/dashboards`)
  await shot('layout')
  const answer = await page.request.get(`/t/${slug}/plant/file/download`)
  if (!answer.ok()) throw new Error(`the configuration is not exported: ${answer.status()}`)
}

export async function walk(order: Walk): Promise<void> {
  const context = await openBrowser(order)
  const page = await context.newPage()
  const shot: Step['shot'] = async (name, selector, from = page) => {
    await from.waitForTimeout(paintedMs)
    if (selector)
      await from
        .locator(selector)
        .first()
        .evaluate((element) => element.scrollIntoView({ block: 'center' }))
    await from.waitForTimeout(paintedMs)
    await order.keep(name, await from.screenshot())
  }
  const step = { ...order, page, shot }
  try {
    for (const part of [attach, configure, explain, hall, layout]) await part(step)
  } catch (error) {
    await order.keep('failed', await page.screenshot())
    throw error
  } finally {
    await context.close()
  }
}
