/** Data of other systems, by the pages: an external source from its address to a figure on the dashboard; a broker from its address to pieces. */
import assert from 'node:assert/strict'
import { createServer } from 'node:http'
import { type TestContext, test } from 'node:test'
import { createSupervisor } from '../src/plant/mqtt/index.ts'
import { saveAttachment } from '../src/plant/source/index.ts'
import { desktop, phone, type SeatOptions, signIn, takeSeat } from './harness/journey.ts'
import { withBroker } from './harness/mosquitto.ts'
import { startTestServer } from './harness/server.ts'
import { smallPlant } from './harness/small-plant.ts'

const nowMs = Date.UTC(2026, 9, 14, 15, 0, 0)

async function start(t: TestContext, options: SeatOptions) {
  const env = { RATE_LIMIT_PER_MINUTE: '10000', SOURCE_NETWORKS: '127.0.0.0/8', SOURCE_WAIT_MS: '60000' }
  const server = await startTestServer({ nowMs, env }, t)
  const plant = await smallPlant(server, 'sqlite', 'CANARIO', 10)
  await saveAttachment({ ...server.ctx.db, tenantId: 1 }, server.ctx.secrets, { url: plant.plantUrl, canManage: true, nowMs })
  const faults: string[] = []
  const seat = await takeSeat(server, faults, options)
  await signIn(seat, plant.username, plant.password)
  const at = (path: string) => `/t/${plant.slug}/${path}`
  return { server, plant, seat, page: seat.page, faults, at }
}

test('PL-78 an external source: added, tested, chosen for a widget, and its figure on the dashboard', async (t) => {
  const upstream = createServer((_request, reply) => reply.end('{"main":{"temp":21.5}}'))
  await new Promise<void>((resolve) => upstream.listen(0, '127.0.0.1', resolve))
  t.after(() => {
    upstream.closeAllConnections()
    upstream.close()
  })
  const { seat, page, faults, at } = await start(t, { language: 'es', viewport: desktop, theme: 'light' })
  await page.goto(at('plant/sources'))
  await page.getByRole('link', { name: 'Nueva fuente' }).click()
  await page.fill('[name=name]', 'Clima')
  await page.fill('[name=key]', 'clima')
  await page.fill('[name=base_url]', `http://127.0.0.1:${(upstream.address() as { port: number }).port}/`)
  await page.getByRole('button', { name: 'Guardar' }).click()
  await page.getByText('La fuente quedó guardada.').waitFor()
  await page.getByRole('button', { name: 'Probar' }).click()
  await page.locator('#source-test').getByText('Respondió bien (200).').waitFor()
  assert.match((await page.locator('#source-test pre').textContent()) ?? '', /"temp": 21\.5/)
  await seat.look('source-tested')

  await page.goto(at('my-dashboard'))
  await page.getByRole('button', { name: 'Agregar Fuente externa', exact: true }).click()
  await page.getByRole('button', { name: 'Opciones de Fuente externa', exact: true }).click()
  const options = page.locator('dialog:popover-open')
  await options.getByLabel('Fuente externa').selectOption('clima')
  await options.getByLabel('Parte de la respuesta').fill('main.temp')
  await options.getByLabel('Unidad').fill('°C')
  await options.getByRole('button', { name: 'Aplicar' }).click()
  await page.locator('#layout-preview').getByText('21,5').waitFor()
  await page.locator('#layout-save').click()
  await page.getByText('21,5').first().waitFor()
  await page.goto(at('dashboard'))
  await page.getByText('21,5').waitFor()
  await seat.look('source-on-dashboard')
  assert.deepEqual(faults, [])
  await seat.context.close()
})

withBroker('PL-71 a broker: its address, a topic, and pieces that come while the page is looked at', async (broker, t) => {
  const { server, seat, page, faults, at } = await start(t, { language: 'en', viewport: phone, theme: 'dark' })
  const supervisor = createSupervisor({ ...server.ctx, guard: server.ctx.config.sources, log: server.ctx.log })
  t.after(() => supervisor.end?.())
  await page.goto(at('plant/mqtt'))
  await page.getByText('Not set up').waitFor()
  await page.fill('#f-url', broker.url)
  await page.locator('form[action$="/broker"]').getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  const form = page.locator('details[open] form[action$="/topics"]')
  await form.getByLabel('Topic', { exact: true }).fill(`${broker.root}/{line}`)
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Check the fields marked.').waitFor()
  await seat.look('mqtt-refused')
  for (const [label, value] of Object.entries({
    'Area (number)': 'area',
    'Product (number)': '=1',
    'Date and time': 'at',
    'Id of the message': 'id',
  }))
    await form.getByLabel(label).fill(value)
  await form.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Saved.').waitFor()
  await supervisor.run(new AbortController().signal)
  await page.getByText('Connected', { exact: true }).waitFor()
  await broker.publish('L1', { id: 'pieza-1', area: 1, at: '2026-10-14 14:59:00' })
  await broker.publish('L1', { id: 'pieza-2', area: 99, at: '2026-10-14 14:59:00' })
  const last = page.locator('#mqtt-now')
  await last.getByText('pieza-1').waitFor()
  await last.getByText('Kept (1)').waitFor()
  await last.getByText('Refused', { exact: true }).waitFor()
  await page.reload()
  await page.locator('#mqtt-refused').getByText('area_id 99').waitFor()
  await seat.look('mqtt')
  assert.deepEqual(faults, [])
  await seat.context.close()
})
