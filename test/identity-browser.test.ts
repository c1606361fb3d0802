/** What people do about accounts, companies and devices, in a real browser: mails are opened, tabs stand side by side, screens are paired.
 *  Each page on the way passes axe (WCAG 2.2 AA), does not scroll sideways, and leaves no console error; half of it in English on a phone. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Secret, TOTP } from 'otpauth'
import { createTenantWithAdmin, createUser, insertMembership } from '../src/identity/tenants/index.ts'
import { desktop, linkOfMail, phone, press, type Seat, type SeatOptions, signIn, tabTo, takeSeat, typeInto } from './harness/journey.ts'
import { startTestServer, type TestServer } from './harness/server.ts'
import { type SmallPlant, smallPlant } from './harness/small-plant.ts'

const nowMs = Date.parse('2026-10-20T15:00:00Z')
const password = 'Segura123!'
const newPassword = 'Distinta456!'
const english = { language: 'en', viewport: phone, theme: 'light' } as const

type Stage = {
  readonly server: TestServer
  readonly plant: SmallPlant
  readonly seat: (options?: SeatOptions) => Promise<Seat>
}

/** Nothing any page did wrong by itself is forgiven. */
function journey(name: string, env: Readonly<Record<string, string>>, steps: (stage: Stage) => Promise<void>): void {
  test(name, async (t) => {
    const server = await startTestServer({ nowMs, env }, t)
    const plant = await smallPlant(server, 'sqlite', 'FIRST', 60)
    const faults: string[] = []
    const seats: Seat[] = []
    const seat = async (options: SeatOptions = {}) => {
      const taken = await takeSeat(server, faults, options)
      seats.push(taken)
      return taken
    }
    try {
      await steps({ server, plant, seat })
    } finally {
      for (const { context } of seats) await context.close()
    }
    assert.deepEqual(faults, [])
  })
}

const person = async ({ server, plant }: Stage, username: string, role: string, mustChangePassword = false) => {
  const { db, clock } = server.ctx
  const tenant = await db.kysely.selectFrom('tenants').select('id').where('slug', '=', plant.slug).executeTakeFirstOrThrow()
  const { userId } = await createUser(db, { clock }, null, {
    tenantId: tenant.id,
    username,
    email: `${username}@example.com`,
    password,
    role,
    mustChangePassword,
  })
  return userId
}

const onDashboard = async ({ page, look }: Seat, slug: string, name?: string) => {
  await page.waitForURL(new RegExp(`/t/${slug}/dashboard`))
  await page.locator('#board').waitFor()
  if (name) await look(name)
}

async function register(
  seat: Seat,
  email: string,
  words: { name: string; email: string; password: string; submit: string; register: string },
) {
  const { page } = seat
  await page.goto('/login')
  await press(page, words.register)
  await typeInto(page, words.name, 'Bea Sol')
  await typeInto(page, words.email, email)
  await typeInto(page, words.password, password)
  await press(page, words.submit)
}
const spanish = { name: 'Nombre y apellido', email: 'Correo', password: 'Contraseña', submit: 'Crear cuenta', register: 'Crear cuenta' }
const inEnglish = { name: 'Full name', email: 'E-mail', password: 'Password', submit: 'Create account', register: 'Create account' }

async function signInByKeyboard({ page }: Seat, words: { user: string; password: string; submit: string }, user: string, typed = password) {
  await page.goto('/login')
  await typeInto(page, words.user, user)
  await typeInto(page, words.password, typed)
  await press(page, words.submit)
}
const signInWords = { user: 'Usuario o correo', password: 'Contraseña', submit: 'Ingresar' }
const signInEnglish = { user: 'Username or e-mail', password: 'Password', submit: 'Sign in' }

journey(
  'ID-28 ID-75 open sign-up, by keyboard: register, sign in, the dashboard',
  { SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '0', REQUIRE_APPROVAL: '0', DEFAULT_TENANT: 'empresa-first' },
  async ({ plant, seat }) => {
    const bea = await seat()
    await register(bea, 'bea@example.com', spanish)
    await bea.page.getByText('Cuenta lista').first().waitFor()
    await bea.look('register-ready')
    await press(bea.page, 'Ingresar')
    await signInByKeyboard(bea, signInWords, 'bea@example.com')
    await onDashboard(bea, plant.slug)
  },
)

journey(
  'ID-28 ID-30 ID-53 verified sign-up on a phone in English: register, the link of the mail, a company of their own, its dashboard',
  { SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '1', REQUIRE_APPROVAL: '0' },
  async ({ server, seat }) => {
    const bea = await seat(english)
    await register(bea, 'bea@example.com', inEnglish)
    await bea.page.getByText('Check your e-mail').first().waitFor()
    await bea.page.goto(await linkOfMail(server, 'bea@example.com', 'verify_email'))
    assert.ok(!bea.page.url().includes('token='), 'the token left the address')
    await bea.look('verify')
    await press(bea.page, 'Confirm')
    await bea.page.waitForURL(/\/companies/)
    await bea.look('companies-none')
    await press(bea.page, 'Create a company')
    await bea.look('company-new')
    await typeInto(bea.page, 'Name', 'Bea Packaging')
    await press(bea.page, 'Create company')
    await bea.page.waitForURL(/\/t\/bea-packaging\/admin\/company/)
    await bea.page.goto('/t/bea-packaging/dashboard')
    await onDashboard(bea, 'bea-packaging', 'own-dashboard')
  },
)

journey(
  'ID-28 ID-29 approved sign-up: register, an administrator gives a role by keyboard, the mail leads to the dashboard',
  { SIGNUP_MODE: 'open', REQUIRE_EMAIL_VERIFICATION: '0', REQUIRE_APPROVAL: '1', DEFAULT_TENANT: 'empresa-first' },
  async ({ server, plant, seat }) => {
    const bea = await seat()
    await register(bea, 'bea@example.com', spanish)
    await bea.page.getByText('Falta la aprobación').first().waitFor()
    await bea.look('register-pending')

    const chief = await seat(english)
    const { page } = chief
    await signInByKeyboard(chief, signInEnglish, plant.username)
    await page.waitForURL(/dashboard/)
    await page.goto(await linkOfMail(server, `${plant.username}@example.com`, 'approval_pending'))
    await chief.look('users-pending')
    await press(page, 'Bea Sol')
    await chief.look('person-pending')
    await tabTo(page, 'Role')
    await page.keyboard.type('Operator')
    await press(page, 'Approve')
    await page.getByText('they were told by e-mail').waitFor()
    await chief.look('person-approved')

    await bea.page.goto(await linkOfMail(server, 'bea@example.com', 'approved'))
    await signInByKeyboard(bea, signInWords, 'bea@example.com')
    await onDashboard(bea, plant.slug)
    const { role } = await server.ctx.db.kysely
      .selectFrom('memberships as m')
      .innerJoin('users as u', 'u.id', 'm.user_id')
      .select('m.role')
      .where('u.email', '=', 'bea@example.com')
      .executeTakeFirstOrThrow()
    assert.equal(role, 'OPERATOR')
  },
)

journey(
  'ID-28 ID-45 invited: a new colleague and one who has an account already accept, each from their mail',
  { SIGNUP_MODE: 'invite' },
  async (stage) => {
    const { server, plant, seat } = stage
    const { db, clock } = server.ctx
    await createTenantWithAdmin(db, { clock }, { companyName: 'Beta', username: 'carl', email: 'carl@example.com', password })
    const chief = await seat()
    const { page } = chief
    await signIn(chief, plant.username, plant.password, `/t/${plant.slug}/admin/invitations`)
    for (const email of ['dora@example.com', 'carl@example.com']) {
      await page.getByLabel('Correo').fill(email)
      await page.getByLabel('Rol').first().selectOption({ label: 'Operación' })
      await page.getByRole('button', { name: 'Enviar invitación' }).click()
      await page.getByText('Invitación enviada').waitFor()
    }
    await chief.look('invitations-sent')

    const dora = await seat(english)
    await dora.page.goto('/register')
    await dora.page.getByText('An invitation is needed').first().waitFor()
    await dora.page.goto(await linkOfMail(server, 'dora@example.com', 'invitation'))
    assert.ok(!dora.page.url().includes('token='), 'the token left the address')
    await dora.look('invitation-new')
    await typeInto(dora.page, 'Full name', 'Dora Luna')
    await typeInto(dora.page, 'Password', password)
    await typeInto(dora.page, 'Repeat the password', password)
    await press(dora.page, 'Accept and enter')
    await onDashboard(dora, plant.slug)

    const carl = await seat()
    await carl.page.goto(await linkOfMail(server, 'carl@example.com', 'invitation'))
    await carl.look('invitation-known')
    await carl.page.getByRole('link', { name: 'Ingresar' }).click()
    await carl.page.fill('[name=username]', 'carl')
    await carl.page.fill('[name=password]', password)
    await carl.page.click('main [type=submit]')
    await carl.page.waitForURL(/\/accept-invitation/)
    await carl.look('invitation-join')
    await carl.page.getByRole('button', { name: 'Aceptar la invitación' }).click()
    await onDashboard(carl, plant.slug)

    await page.reload()
    assert.equal(await page.locator('tbody .badge', { hasText: 'Aceptada' }).count(), 2)
    await carl.page.goto(await linkOfMail(server, 'dora@example.com', 'invitation'))
    await carl.page.getByText('El enlace no es válido').first().waitFor()
    await carl.look('invitation-used')
  },
)

journey('ID-56 a second factor: enrol, sign in with a code, and once with a recovery code', {}, async (stage) => {
  const { server, seat } = stage
  await person(stage, 'eva', 'MANAGER')
  const eva = await seat()
  const { page } = eva
  await signIn(eva, 'eva', password, '/account')
  await page.getByRole('link', { name: 'Activar' }).click()
  await page.getByLabel('Contraseña').fill(password)
  await page.getByRole('button', { name: 'Activar' }).click()
  await page.getByRole('img', { name: /Código QR/ }).waitFor()
  await eva.look('factor-setup')
  const secret = (await page.locator('code.secret').innerText()).replace(/\s/g, '')
  const code = () => new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: server.clock.nowMs() })
  await page.getByLabel('Código de 6 dígitos').fill('000000')
  await page.getByRole('button', { name: 'Confirmar' }).click()
  await page.locator('.field__error').waitFor()
  await page.getByLabel('Código de 6 dígitos').fill(code())
  await page.getByRole('button', { name: 'Confirmar' }).click()
  await page.getByText('El segundo factor está activo').waitFor()
  await eva.look('factor-codes')
  const [recovery = ''] = await page.locator('.codes code').allInnerTexts()
  await page.goto('/account/second-factor')
  await eva.look('factor-on')

  server.clock.advance(30_000)
  const again = await seat(english)
  await signInByKeyboard(again, signInEnglish, 'eva')
  await again.page.waitForURL(/\/login\/code/)
  await again.look('code')
  await typeInto(again.page, 'Code', code())
  await press(again.page, 'Verify')
  await again.page.waitForURL(/dashboard/)

  const without = await seat()
  await signInByKeyboard(without, signInWords, 'eva')
  await press(without.page, '¿Sin su teléfono? Use un código de recuperación')
  await without.look('code-recovery')
  await typeInto(without.page, 'Código de recuperación', recovery)
  await press(without.page, 'Verificar')
  await without.page.waitForURL(/dashboard/)
  await without.page.goto('/account')
  await without.page.getByText('Códigos de recuperación sin usar: 9 de 10').waitFor()
  const used = await seat()
  await signInByKeyboard(used, signInWords, 'eva')
  await press(used.page, '¿Sin su teléfono? Use un código de recuperación')
  await typeInto(used.page, 'Código de recuperación', recovery)
  await press(used.page, 'Verificar')
  await used.page.getByRole('alert').waitFor()
  await used.look('code-refused')
})

journey('ID-35 ID-38 two companies: where one starts, switching, and each in its own tab', {}, async (stage) => {
  const { server, plant, seat } = stage
  const second = await smallPlant(server, 'sqlite', 'SECOND', 40)
  const { db, clock } = server.ctx
  const other = await db.kysely.selectFrom('tenants').select('id').where('slug', '=', second.slug).executeTakeFirstOrThrow()
  const userId = await person(stage, 'gala', 'ADMIN')
  await insertMembership({ ...db, tenantId: other.id }, { userId, role: 'ADMIN', grants: [] }, clock.nowMs())
  const gala = await seat()
  await signIn(gala, 'gala', password)
  await gala.page.goto('/companies')
  await gala.look('companies')
  await gala.page.getByRole('button', { name: `Usar al ingresar: Empresa SECOND` }).click()
  await gala.page.waitForURL(/\/t\/empresa-second\/dashboard|\/companies/)
  await gala.page.goto('/')
  await onDashboard(gala, second.slug)

  const tab = await gala.newTab()
  await tab.goto(`/t/${plant.slug}/admin/users/new`)
  await gala.page.goto(`/t/${second.slug}/admin/users/new`)
  // each tab's form goes to the company that it shows, whichever was opened last
  for (const [page, username] of [
    [tab, 'hugo'],
    [gala.page, 'ines'],
  ] as const) {
    await page.getByLabel('Usuario').fill(username)
    await page.getByLabel('Correo').fill(`${username}@example.com`)
    await page.getByLabel('Contraseña inicial').fill(password)
    await page.getByRole('button', { name: 'Crear usuario' }).click()
    await page.getByText('Usuario creado').waitFor()
  }
  await gala.look('user-created')
  const homes = await db.kysely
    .selectFrom('users as u')
    .innerJoin('tenants as t', 't.id', 'u.home_tenant_id')
    .select(['u.username', 't.slug'])
    .where('u.username', 'in', ['hugo', 'ines'])
    .orderBy('u.username')
    .execute()
  assert.deepEqual(homes, [
    { username: 'hugo', slug: plant.slug },
    { username: 'ines', slug: second.slug },
  ])
  await Promise.all([tab.goto(`/t/${plant.slug}/dashboard`), gala.page.goto(`/t/${second.slug}/dashboard`)])
  await Promise.all([tab.locator('#board').waitFor(), gala.page.locator('#board').waitFor()])
  for (const [page, mine, theirs] of [
    [tab, 'FIRST', 'SECOND'],
    [gala.page, 'SECOND', 'FIRST'],
  ] as const) {
    const board = await page.locator('#content').innerText()
    assert.ok(board.includes(mine) && !board.includes(theirs), `${mine} shows its own rows alone`)
  }
  // by the menu, as people do
  await tab.locator('.app-header .menu summary[aria-label]').first().click()
  await tab.getByRole('link', { name: 'Empresa SECOND' }).click()
  await tab.waitForURL(new RegExp(`/t/${second.slug}/dashboard`))
})

journey('ID-31 a forgotten password on a phone in English, by the link of the mail', {}, async (stage) => {
  const { server, plant, seat } = stage
  await person(stage, 'fede', 'VIEWER')
  const fede = await seat(english)
  const { page } = fede
  await page.goto('/login')
  await press(page, 'Forgot your password?')
  await typeInto(page, 'E-mail', 'fede@example.com')
  await press(page, 'Send link')
  await fede.look('forgot-sent')
  await page.goto(await linkOfMail(server, 'fede@example.com', 'password_reset'))
  assert.equal(new URL(page.url()).pathname + new URL(page.url()).search, '/reset-password')
  await fede.look('reset')
  await typeInto(page, 'New password', newPassword)
  await typeInto(page, 'Repeat the password', newPassword)
  await press(page, 'Save password')
  await fede.look('reset-done')
  await signInByKeyboard(fede, signInEnglish, 'fede')
  await page.getByRole('alert').waitFor()
  await fede.look('login-refused')
  await signInByKeyboard(fede, signInEnglish, 'fede', newPassword)
  await onDashboard(fede, plant.slug)
})

journey('ID-32 ID-33 a password that somebody else chose must be changed before anything else', {}, async (stage) => {
  const { plant, seat } = stage
  await person(stage, 'gabi', 'OPERATOR', true)
  const gabi = await seat()
  const { page } = gabi
  await signInByKeyboard(gabi, signInWords, 'gabi')
  await page.waitForURL(/\/account\/password/)
  await gabi.look('must-change')
  await page.goto(`/t/${plant.slug}/dashboard`)
  assert.match(page.url(), /\/account\/password/, 'nothing else opens')
  await typeInto(page, 'Contraseña actual', password)
  await typeInto(page, 'Contraseña nueva', newPassword)
  await typeInto(page, 'Repita la contraseña nueva', newPassword)
  await press(page, 'Cambiar contraseña')
  await page.goto(`/t/${plant.slug}/dashboard`)
  await onDashboard(gabi, plant.slug)
})

journey('ID-75 open sessions: the other browser is listed, ended, and asks to sign in again', {}, async (stage) => {
  const { plant, seat } = stage
  await person(stage, 'juan', 'VIEWER')
  const [here, there] = [await seat(), await seat(english)]
  for (const one of [here, there]) await signIn(one, 'juan', password, '/account')
  await here.page.reload()
  const rows = here.page.locator('#sessions tbody tr')
  assert.equal(await rows.count(), 2)
  await there.look('account')
  await rows.getByRole('button').first().click()
  await here.page.getByText('Sesión cerrada').waitFor()
  assert.equal(await rows.count(), 1)
  await there.page.goto(`/t/${plant.slug}/dashboard`)
  await there.page.waitForURL(/\/login/)
})

journey('ID-57 an API key: made, shown once, used, revoked', {}, async ({ server, plant, seat }) => {
  const chief = await seat()
  const { page } = chief
  const ask = async (key: string) => (await fetch(`${server.url}/api/v1/layout/config`, { headers: { 'x-api-key': key } })).status
  await signIn(chief, plant.username, plant.password, `/t/${plant.slug}/admin/api-keys`)
  await page.getByLabel('Nombre').fill('Power BI')
  await page.locator('#f-scopes summary').click()
  await page
    .getByLabel(/tablero|view_dashboard/i)
    .first()
    .check()
  await page.getByRole('button', { name: 'Crear clave' }).click()
  await page.locator('#key').waitFor()
  await chief.look('key-made')
  const key = await page.locator('#key').inputValue()
  assert.equal(await ask(key), 200)
  await page.getByRole('link', { name: 'La guardé, continuar' }).click()
  assert.ok(!(await page.content()).includes(key), 'never shown again')
  await chief.look('keys')
  await page.getByRole('link', { name: 'Revocar la clave Power BI' }).click()
  await chief.look('key-revoke')
  await page.getByRole('button', { name: 'Revocar' }).click()
  await page.getByText('Clave revocada').waitFor()
  assert.equal(await ask(key), 401)
})

journey(
  'ID-75 a display: its link is opened on the television, which shows the dashboard until it is revoked',
  {},
  async ({ plant, seat }) => {
    const chief = await seat()
    const { page } = chief
    await signIn(chief, plant.username, plant.password, `/t/${plant.slug}/admin/displays`)
    await page.getByLabel('Nombre').fill('TV línea 1')
    await page.getByRole('button', { name: 'Crear pantalla' }).click()
    await page.locator('#link').waitFor()
    await chief.look('display-link')
    const link = new URL(await page.locator('#link').inputValue())

    const television = await seat({ viewport: desktop })
    await television.page.goto(link.pathname + link.search)
    assert.ok(!television.page.url().includes('token='), 'the token left the address')
    await television.look('screen')
    await television.page.keyboard.press('Enter')
    await onDashboard(television, plant.slug, 'screen-dashboard')
    assert.equal(await television.page.locator('form[action$="/logout"]').count(), 0, 'nobody is signed in there')
    const second = await seat(english)
    await second.page.goto(link.pathname + link.search)
    await typeInto(second.page, 'Code', 'WRONG-CODE')
    await press(second.page, 'Pair')
    await second.page.getByRole('alert').waitFor()

    await page.goto(`/t/${plant.slug}/admin/displays`)
    await chief.look('displays')
    await page.getByRole('link', { name: 'Cambiar TV línea 1' }).click()
    await chief.look('display')
    await page.getByRole('link', { name: 'Revocar' }).click()
    await page.getByRole('button', { name: 'Revocar' }).click()
    await page.getByText('Pantalla revocada').waitFor()
    await television.page.reload()
    assert.equal(await television.page.locator('#board').count(), 0)
  },
)
