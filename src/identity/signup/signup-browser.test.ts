/** Signing up and recovering a password in a real browser: no console error, no serious axe finding, no horizontal scroll bar. */
import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { AxeBuilder } from '@axe-core/playwright'
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright-core'
import { buildAssets } from '../../../scripts/build.ts'
import { waitingMails } from '../../../test/harness/mails.ts'
import { startTestServer, type TestServer } from '../../../test/harness/server.ts'
import { noon, password } from '../people.fixture.ts'
import { createTenantWithAdmin } from '../tenants/index.ts'

let server: TestServer
let browser: Browser
let context: BrowserContext
let page: Page
const faults: string[] = []
/** Where pictures of every state go, for people; none without it. */
const pictures = process.env.ANDON_TEST_PICTURES

before(async () => {
  await buildAssets()
  const env = { SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '1', REQUIRE_APPROVAL: '0' }
  server = await startTestServer({ nowMs: noon, env })
  const { db, clock } = server.ctx
  await createTenantWithAdmin(db, { clock }, { companyName: 'Acme', username: 'ana', email: 'ana@example.com', password })
  browser = await chromium.launch({ executablePath: process.env.ANDON_TEST_CHROMIUM ?? '/usr/bin/chromium', args: ['--no-sandbox'] })
  context = await browser.newContext({ locale: 'es-AR', viewport: { width: 1440, height: 900 } })
  page = await context.newPage()
  page.on(
    'console',
    (message) => message.type() === 'error' && !/Failed to load resource/.test(message.text()) && faults.push(message.text()),
  )
  page.on('pageerror', (error) => faults.push(error.message))
})
after(async () => {
  await browser?.close()
  await server?.close()
})

/** The page as it stands: accessible, as wide as the window, on a phone too. */
async function look(name: string): Promise<void> {
  const { violations } = await new AxeBuilder({ page }).analyze()
  const serious = violations.filter(({ impact }) => impact === 'serious' || impact === 'critical')
  assert.deepEqual(
    serious.map(({ id, nodes }) => `${name} ${id}: ${nodes.map(({ target }) => target).join(' ')}`),
    [],
  )
  for (const width of [1440, 768, 390]) {
    await page.setViewportSize({ width, height: 900 })
    assert.ok(await page.evaluate('document.documentElement.scrollWidth <= window.innerWidth'), `${name} at ${width}`)
    for (const theme of pictures ? ['dark', 'light'] : []) {
      await page.evaluate(`document.documentElement.setAttribute('data-theme', '${theme}')`)
      await page.screenshot({ path: `${pictures}/${name}-${width}-${theme}.png` })
    }
  }
  await page.setViewportSize({ width: 1440, height: 900 })
}

const pathOfMail = async (to: string) => (await waitingMails(server.ctx)).filter((mail) => mail.to === to).at(-1)?.path ?? ''

test('ID-28 ID-75 from the sign-in page to the own account: register, follow the link, confirm', async () => {
  await page.goto(`${server.url}/login`)
  await look('login')
  await page.getByRole('link', { name: 'Crear cuenta' }).click()
  await look('register')
  await page.getByLabel('Nombre y apellido').fill('Bea Sol')
  await page.getByLabel('Correo').fill('bea@example.com')
  await page.getByLabel('Contraseña').fill('weakweak')
  await page.keyboard.press('Enter')
  await page.getByText('Debe tener una letra mayúscula').waitFor()
  assert.equal(await page.getByLabel('Nombre y apellido').inputValue(), 'Bea Sol', 'what was typed is still there')
  await look('register-faults')
  await page.getByLabel('Contraseña').fill(password)
  await page.keyboard.press('Enter')
  await page.getByText('Revise su correo').first().waitFor()
  await look('register-done')
  await page.goto(server.url + (await pathOfMail('bea@example.com')))
  assert.equal(new URL(page.url()).search, '?auto_login=1', 'the token left the address')
  await page.reload()
  await look('verify-confirm')
  await page.getByRole('button', { name: 'Confirmar' }).press('Enter')
  await page.waitForURL(/\/companies/)
  assert.ok(
    (await context.cookies()).some(({ name }) => name === 'andon_sid'),
    'signed in',
  )
  await page.goto(`${server.url}/account`)
  assert.equal(await page.locator('input[name="email"]').first().inputValue(), 'bea@example.com')
  assert.deepEqual(faults, [])
})

test('ID-31 ID-75 a forgotten password: ask, follow the link, choose, sign in', async () => {
  await context.clearCookies()
  await page.goto(`${server.url}/login`)
  await page.getByRole('link', { name: '¿Olvidó su contraseña?' }).click()
  await look('forgot')
  await page.getByLabel('Correo').fill('ana@example.com')
  await page.keyboard.press('Enter')
  await page.getByText('Revise su correo').first().waitFor()
  await look('forgot-done')
  await page.goto(server.url + (await pathOfMail('ana@example.com')))
  assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, '/reset-password')
  await page.reload()
  await look('reset')
  await page.getByLabel('Contraseña nueva').fill('NewPass456!')
  await page.getByLabel('Repita la contraseña').fill('Other')
  await page.keyboard.press('Enter')
  await page.getByText('No coincide con la contraseña nueva').waitFor()
  await look('reset-faults')
  await page.getByLabel('Contraseña nueva').fill('NewPass456!')
  await page.getByLabel('Repita la contraseña').fill('NewPass456!')
  await page.keyboard.press('Enter')
  await page.getByText('Contraseña cambiada').first().waitFor()
  await look('reset-done')
  await page.goto(`${server.url}/reset-password`)
  await page.getByText('Enlace no válido').first().waitFor()
  await look('reset-invalid')
  await page.goto(`${server.url}/login`)
  await page.getByLabel('Usuario o correo').fill('ana')
  await page.getByLabel('Contraseña').fill('NewPass456!')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/t\/acme\/dashboard/)
  assert.deepEqual(faults, [])
})

test('ID-30 ID-33 ID-75 the other states: no link, a dead link, a password that must be changed, each in both languages', async () => {
  await context.clearCookies()
  await page.goto(`${server.url}/verify-email`)
  await look('verify-ask')
  await page.goto(`${server.url}/verify-email?token=${'x'.repeat(43)}`)
  await page.getByText('Enlace no válido').first().waitFor()
  await look('verify-invalid')
  await page.getByLabel('Correo').fill('nobody@example.com')
  await page.keyboard.press('Enter')
  await page.getByText('Revise su correo').first().waitFor()
  for (const state of ['pending', 'ready']) {
    await page.goto(`${server.url}/register?done=${state}`)
    await look(`register-${state}`)
  }
  await server.ctx.db.kysely.updateTable('users').set({ must_change_password: 1 }).where('username', '=', 'ana').execute()
  server.clock.advance(60_000)
  await page.goto(`${server.url}/login?lang=en`)
  await page.getByLabel('Username or e-mail').fill('ana')
  await page.getByLabel('Password').fill('NewPass456!')
  await page.keyboard.press('Enter')
  await page.waitForURL(/\/account\/password/)
  await page.getByText('Choose your password').first().waitFor()
  await look('must-change')
  for (const path of ['/register', '/forgot-password', '/verify-email']) {
    await page.goto(server.url + path)
    assert.equal(await page.locator('html').getAttribute('lang'), 'en', path)
  }
  assert.deepEqual(faults, [])
})
