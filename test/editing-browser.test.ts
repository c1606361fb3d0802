/** People change what their plant is made of: lines and areas, shifts, products, reasons and filters, in a plant of ours and beside one that is only read. */
import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { type TestContext, test } from 'node:test'
import { createTenantWithAdmin, createUser } from '../src/identity/index.ts'
import { saveAttachment } from '../src/plant/source/index.ts'
import { editingNowMs, makeEditablePlantDatabase } from './harness/editable-plant.ts'
import { desktop, phone, type Seat, type SeatOptions, signIn, tablet, takeSeat } from './harness/journey.ts'
import { startTestServer } from './harness/server.ts'

const password = 'Segura123!'

async function start(t: TestContext, { canManage }: { readonly canManage: boolean }) {
  // Tuesday: yesterday was worked.
  const server = await startTestServer({ nowMs: editingNowMs + 86_400_000 }, t)
  const { db, clock, secrets } = server.ctx
  const plantUrl = await makeEditablePlantDatabase('sqlite', t)
  const name = `jefa${randomBytes(3).toString('hex')}`
  const person = { username: name, email: `${name}@example.com`, password }
  const { tenantId, slug } = await createTenantWithAdmin(
    db,
    { clock },
    { companyName: `Planta ${name}`, ...person, config: { timezone: 'UTC' } },
  )
  await saveAttachment({ ...db, tenantId }, secrets, { url: plantUrl, canManage, nowMs: clock.nowMs() })
  const other = `otro${randomBytes(3).toString('hex')}`
  await createUser(db, { clock }, null, {
    tenantId,
    username: other,
    email: `${other}@example.com`,
    password,
    role: 'ADMIN',
    fullName: 'Otro',
  })
  const faults: string[] = []
  const sit = async (who: string, options: SeatOptions = {}): Promise<Seat> => {
    const seat = await takeSeat(server, faults, options)
    await signIn(seat, who, password)
    return seat
  }
  return { name, other, sit, faults, at: (path: string) => `/t/${slug}/plant/${path}` }
}

const submit = async ({ page }: Pick<Seat, 'page'>, label: string): Promise<void> => {
  await Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: label, exact: true }).first().click()])
}
const mainText = ({ page }: Pick<Seat, 'page'>): Promise<string> => page.locator('main').innerText()

test('PL-75 PL-TODO-24 a line is added with its areas, put in order, seen before it is saved, and undone', async (t) => {
  const { name, sit, faults, at } = await start(t, { canManage: true })
  const seat = await sit(name)
  const { page, look } = seat
  await page.goto(at('lines/new'))
  await look('line-new')
  await page.fill('[name=line_name]', 'Paletizado')
  await page.fill('[name=line_code]', 'l1')
  await submit(seat, 'Agregar')
  assert.match(await mainText(seat), /Ya existe otro con este código/)
  await look('line-refused')
  await page.fill('[name=line_code]', 'pal-1')
  await submit(seat, 'Agregar')
  assert.match(await mainText(seat), /Agregado\.[\s\S]*Paletizado[\s\S]*detection_line_pal_1/)
  await page.getByRole('link', { name: 'Envasado' }).click()
  await page.getByRole('button', { name: 'Bajar Entrada' }).click()
  await page.waitForLoadState()
  const order = await page.locator('#areas-table tbody a').allInnerTexts()
  assert.deepEqual(order, ['Salida', 'Entrada', 'Vacía'])
  await look('line')
  // A threshold of ten minutes hides the stops of yesterday's gaps.
  await page.fill('[name=downtime_threshold]', '28000')
  await submit(seat, 'Ver el efecto en ayer')
  assert.match(await page.locator('#effect').innerText(), /OEE [\d,]+\s?% → [\d,]+\s?%/)
  assert.equal(await page.inputValue('[name=downtime_threshold]'), '28000', 'what was typed is still there')
  await look('line-effect')
  await submit(seat, 'Guardar')
  assert.match(await mainText(seat), /28\.000 s/)
  await submit(seat, 'Deshacer')
  assert.match(await mainText(seat), /Deshecho[\s\S]*45 s/)
  assert.deepEqual(faults, [])
})

test('PL-75 two people change one shift: the second is told who and when, and loses nothing', async (t) => {
  const { name, other, sit, faults, at } = await start(t, { canManage: true })
  const [first, second] = [await sit(name), await sit(other, { viewport: tablet })]
  for (const { page } of [first, second]) await page.goto(at('shifts/1'))
  await first.page.fill('[name=start_time]', '05:30')
  await submit(first, 'Guardar')
  assert.match(await mainText(first), /Guardado\./)
  await first.look('shifts')
  await second.page.fill('[name=shift_name]', 'Mañana larga')
  await submit(second, 'Guardar')
  const told = await mainText(second)
  assert.match(told, new RegExp(`Lo cambió ${name} \\(20/10/2026[^)]*\\)`))
  assert.match(told, /Ahora dice: 05:30/)
  assert.equal(await second.page.inputValue('[name=shift_name]'), 'Mañana larga')
  await second.look('shift-conflict')
  await second.page.fill('[name=start_time]', '05:30')
  await submit(second, 'Guardar')
  assert.match(await mainText(second), /Mañana larga[\s\S]*05:30 – 14:00/)
  // Refused in the form: it would overlap the afternoon on a line that works both.
  await second.page.goto(at('shifts/1'))
  await second.page.fill('[name=end_time]', '15:00')
  await submit(second, 'Guardar')
  assert.match(await mainText(second), /Se superpone con el turno "Tarde"/)
  await second.look('shift-overlap')
  assert.deepEqual(faults, [])
})

test('PL-75 beside a plant that is only read a change shows as such, and the database’s value is one click away, without a script', async (t) => {
  const { name, sit, faults, at } = await start(t, { canManage: false })
  const seat = await sit(name, { viewport: phone, language: 'en', hasJavaScript: false })
  const { page } = seat
  await page.goto(at('products'))
  assert.match(await mainText(seat), /kept in Andon/)
  await page.goto(at('products/1'))
  await page.fill('[name=product_name]', 'Bag of 25')
  await page.check('[name=product_color][value="#22c55e"]')
  await submit(seat, 'Save')
  assert.match(await mainText(seat), /Bag of 25[\s\S]*Changed in Andon/)
  await page.goto(at('products/1'))
  assert.match(await mainText(seat), /What the plant database says[\s\S]*Bolsa 25 kg[\s\S]*Rojo/)
  await submit(seat, 'Go back to what the database says')
  assert.match(await mainText(seat), /Bolsa 25 kg/)
  await page.goto(at('products/2'))
  await page.locator('#removal summary').click()
  await submit(seat, 'Remove')
  assert.match(await mainText(seat), /Removed\.[\s\S]*Removed in Andon[\s\S]*Sin uso/)
  await submit(seat, 'Bring back')
  assert.doesNotMatch(await mainText(seat), /Removed in Andon/)
  assert.deepEqual(faults, [])
})

for (const options of [
  { language: 'es', viewport: desktop, theme: 'light' },
  { language: 'en', viewport: tablet, theme: 'dark' },
  { language: 'es', viewport: phone, theme: 'light' },
  { language: 'en', viewport: phone, theme: 'dark' },
] as const)
  test(`PL-75 every page of the plant's records holds up: ${options.language}, ${options.viewport.width} px, ${options.theme}`, async (t) => {
    const { name, sit, faults, at } = await start(t, { canManage: options.language === 'es' })
    const { page, look } = await sit(name, options)
    const pages = [
      'lines',
      'lines/1',
      'areas/1',
      'products',
      'products/1',
      'shifts',
      'shifts/new',
      'reasons',
      'incidents/1',
      'filters',
      'filters/1',
    ]
    for (const path of pages) {
      await page.goto(at(path))
      await look(path.replace('/', '-'))
    }
    await page.goto(at('products?q=nada'))
    await look('products-none')
    assert.deepEqual(faults, [])
  })
