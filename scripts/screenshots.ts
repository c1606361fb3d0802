/** Pictures of a running Andon: `node scripts/screenshots.ts [--url http://localhost:8000] [--out /tmp/andon-screens] [--user admin] [--company planta-demo] [--readme]`.
 *  Starts nothing; the password comes from ANDON_PASSWORD (default: the demo's). `--readme` writes only docs/screenshot-dashboard.png. */
import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Browser, type BrowserContext, chromium } from 'playwright-core'

const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'http://localhost:8000' },
    out: { type: 'string', default: '/tmp/andon-screens' },
    user: { type: 'string', default: 'admin' },
    company: { type: 'string', default: 'planta-demo' },
    readme: { type: 'boolean', default: false },
  },
})
const { url, out, user, company } = values
const password = process.env.ANDON_PASSWORD ?? 'Admin123!'
const dashboard = `/t/${company}/dashboard`
const sizes = [
  { name: 'desktop', width: 1440, height: 900 },
  { name: 'tablet', width: 768, height: 1024 },
  { name: 'phone', width: 390, height: 844 },
] as const
const themes = ['dark', 'light'] as const

/** Browsers paint charts a moment after the page is loaded. */
const paintedMs = 900

async function signedIn(browser: Browser): Promise<BrowserContext> {
  const context = await browser.newContext({ locale: 'es-AR' })
  const page = await context.newPage()
  await page.goto(`${url}/login`)
  await page.fill('[name=username]', user)
  await page.fill('[name=password]', password)
  await Promise.all([page.waitForURL((address) => !address.pathname.endsWith('/login')), page.click('main [type=submit]')])
  await page.close()
  return context
}

type Shot = { readonly name: string; readonly path: string; readonly isWhole?: boolean; readonly click?: string }
const shots: readonly Shot[] = [
  { name: 'production', path: `${dashboard}?lang=es`, isWhole: true },
  { name: 'one-line', path: `${dashboard}?line_id=1`, isWhole: true },
  { name: 'oee', path: `${dashboard}?tab=oee` },
  { name: 'how', path: `${dashboard}?tab=oee`, click: '[data-widget=KpiOee] .icon-btn' },
  { name: 'account', path: '/account' },
]

async function take(context: BrowserContext, shot: Shot, size: (typeof sizes)[number], theme: (typeof themes)[number]): Promise<void> {
  const page = await context.newPage()
  const problems: string[] = []
  page.on('console', (message) => message.type() === 'error' && problems.push(message.text()))
  page.on('pageerror', (error) => problems.push(error.message))
  await page.setViewportSize(size)
  await context.addCookies([{ name: 'andon_theme', value: theme, url }])
  await page.goto(`${url}${shot.path}`)
  await page.waitForTimeout(paintedMs)
  if (shot.click) {
    await page.click(shot.click)
    await page.waitForTimeout(paintedMs)
  }
  const overflowPx = Number(await page.evaluate('document.documentElement.scrollWidth - innerWidth'))
  if (overflowPx > 0) problems.push(`${overflowPx} px wider than the window`)
  await page.screenshot({ path: join(out, `${shot.name}-${size.name}-${theme}.png`), fullPage: shot.isWhole ?? false })
  for (const problem of problems) process.stderr.write(`${shot.name} ${size.name} ${theme}: ${problem}\n`)
  await page.close()
}

const browser = await chromium.launch({ executablePath: process.env.CHROMIUM_PATH ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
try {
  await mkdir(out, { recursive: true })
  const context = await signedIn(browser)
  if (!values.readme) for (const shot of shots) for (const size of sizes) for (const theme of themes) await take(context, shot, size, theme)
  else {
    const page = await context.newPage()
    await page.setViewportSize({ width: 1440, height: 1080 })
    await context.addCookies([{ name: 'andon_theme', value: 'dark', url }])
    await page.goto(`${url}${dashboard}?line_id=1`)
    await page.waitForTimeout(paintedMs)
    await page.screenshot({ path: join(import.meta.dirname, '../docs/screenshot-dashboard.png') })
  }
  process.stdout.write(values.readme ? 'docs/screenshot-dashboard.png\n' : `Pictures are in ${out}\n`)
} finally {
  await browser.close()
}
