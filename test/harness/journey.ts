/** People at real browsers in front of a test server. Whatever a page does wrong by itself (console error, exception, violated CSP) is kept and
 *  fails the journey at its end; `look` asks of the page as it stands what every page owes: no axe finding, no sideways scrolling. */
import assert from 'node:assert/strict'
import { randomInt } from 'node:crypto'
import process from 'node:process'
import { after } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { buildAssets } from '../../scripts/build.ts'
import { waitingMails } from './mails.ts'
import type { TestServer } from './server.ts'

export const desktop = { width: 1440, height: 900 }
export const tablet = { width: 768, height: 1024 }
export const phone = { width: 390, height: 844 }

export type Seat = {
  readonly context: BrowserContext
  /** The first tab. */
  readonly page: Page
  /** Another tab of the same browser. */
  readonly newTab: () => Promise<Page>
  /** Fails the test when a WCAG 2.2 AA rule is broken seriously or the page is wider than its window. */
  readonly look: (name: string, tab?: Page) => Promise<void>
  /** Fails the test when the page is wider than its window. */
  readonly fits: (name: string, tab?: Page) => Promise<void>
}

export type SeatOptions = {
  readonly language?: 'es' | 'en'
  readonly viewport?: { readonly width: number; readonly height: number }
  readonly theme?: 'dark' | 'light'
  readonly hasTouch?: boolean
  /** What a page can do for who has no script. */
  readonly hasJavaScript?: boolean
}

const wcag = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']
/** Where pictures of every look go, for people; none without it. */
const pictures = process.env.ANDON_TEST_PICTURES

let browser: Browser | null = null
after(() => browser?.close())

/** A person of their own: cookies, and an address of their own for the limits. `faults` are everybody's, for the end of the test. */
export async function takeSeat(
  { url }: Pick<TestServer, 'url'>,
  faults: string[],
  { language = 'es', viewport = desktop, theme = 'dark', hasTouch = false, hasJavaScript = true }: SeatOptions = {},
): Promise<Seat> {
  if (!browser) await buildAssets()
  browser ??= await chromium.launch({ executablePath: process.env.ANDON_TEST_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
  const context = await browser.newContext({
    baseURL: url,
    locale: language === 'es' ? 'es-CO' : 'en-GB',
    viewport,
    reducedMotion: 'reduce',
    hasTouch,
    javaScriptEnabled: hasJavaScript,
    extraHTTPHeaders: { 'x-forwarded-for': `10.9.${randomInt(256)}.${randomInt(1, 255)}` },
  })
  await context.addCookies([
    { name: 'andon_theme', value: theme, url },
    { name: 'andon_lang', value: language, url },
  ])
  await context.addInitScript(
    `document.addEventListener('securitypolicyviolation', (e) => console.error('CSP: ' + e.violatedDirective + ' ' + e.blockedURI))`,
  )
  context.on('page', (page) => watch(page, faults))
  const newTab = async () => {
    const tab = await context.newPage()
    tab.setDefaultTimeout(30_000) // on a busy machine
    return tab
  }
  const page = await newTab()
  const sightOf = (name: string, tab: Page) => `${name}-${language}-${tab.viewportSize()?.width}-${theme}`
  return {
    context,
    page,
    newTab,
    look: (name, tab = page) => look(tab, sightOf(name, tab)),
    fits: (name, tab = page) => fits(tab, sightOf(name, tab)),
  }
}

/** A refused request is noise of the browser: the page itself says it. */
function watch(page: Page, faults: string[]): void {
  page.on('console', (message) => {
    if (message.type() === 'error' && !/Failed to load resource/.test(message.text())) faults.push(`${page.url()}: ${message.text()}`)
  })
  page.on('pageerror', (error) => faults.push(`${page.url()}: ${error.message}`))
}

async function look(page: Page, name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .options({ resultTypes: ['violations'] })
    .withTags(wcag)
    .setLegacyMode()
    .analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  const found = serious.map(({ id, nodes }) => `${name} ${id}: ${nodes.map(({ target }) => target).join(' ')}`)
  assert.deepEqual(found, [])
  await fits(page, name)
}

async function fits(page: Page, name: string): Promise<void> {
  assert.ok(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), `${name} is wider than its window`)
  if (pictures) await page.screenshot({ path: `${pictures}/${name}.png`, fullPage: true })
}

export async function signIn({ page }: Pick<Seat, 'page'>, username: string, password: string, next = ''): Promise<void> {
  await page.goto(`/login${next && `?${new URLSearchParams({ next })}`}`)
  await page.fill('[name=username]', username)
  await page.fill('[name=password]', password)
  await Promise.all([page.waitForURL((url) => url.pathname !== '/login'), page.click('main [type=submit]')])
}

/** Where the button of the newest mail to this address leads. */
export async function linkOfMail({ ctx }: TestServer, to: string, template: string): Promise<string> {
  const mail = (await waitingMails(ctx)).filter((waiting) => waiting.to === to && waiting.template === template).at(-1)
  assert.ok(mail?.path, `a ${template} for ${to}`)
  return mail.path
}

/** What has the focus: its name as a screen reader says it, and whether one sees that it has it. */
const focused = `(() => {
  const e = document.activeElement
  if (!e || e === document.body) return { name: '', isSeen: true }
  const label = e.getAttribute('aria-label') ?? (e.labels?.[0]?.innerText || (e.tagName === 'SELECT' ? '' : e.innerText) || '')
  const style = getComputedStyle(e)
  const ring = e.matches('.switch__input, .table-search__input, .multi__query') || e.tabIndex < 0
  return { name: label.trim().replace(/\\s+/g, ' '), isSeen: ring || (style.outlineStyle !== 'none' && parseFloat(style.outlineWidth) > 0) }
})()`

/** Presses Tab until something of this name has the focus, which must be seen wherever it passes. Fails after a round of the page. */
export async function tabTo(page: Page, name: string | RegExp): Promise<void> {
  const passed: string[] = []
  const isIt = (text: string): boolean => (typeof name === 'string' ? text === name : name.test(text))
  for (let pressed = 0; pressed < 120; pressed += 1) {
    const now = (await page.evaluate(focused)) as { readonly name: string; readonly isSeen: boolean }
    assert.ok(now.isSeen, `the focus is seen at "${now.name}" of ${page.url()}`)
    if (isIt(now.name)) return
    passed.push(now.name)
    await page.keyboard.press('Tab')
  }
  assert.fail(`no "${name}" by keyboard on ${page.url()}; passed: ${[...new Set(passed)].join(' | ')}`)
}

/** Tab to a field and type into it, as somebody without a mouse: what stood there is replaced. */
export async function typeInto(page: Page, name: string | RegExp, text: string): Promise<void> {
  await tabTo(page, name)
  await page.keyboard.press('Control+A')
  await page.keyboard.type(text)
}

/** Tab to a button or link and press Enter; waits for the page it leads to. */
export async function press(page: Page, name: string | RegExp): Promise<void> {
  await tabTo(page, name)
  await Promise.all([page.waitForEvent('load'), page.keyboard.press('Enter')])
}
