/** Journey: whoever runs a plant finds out how to send detections, makes a key for a camera, and sees what the camera sent. */
import assert from 'node:assert/strict'
import { test } from 'node:test'
import { phone, signIn, takeSeat } from './harness/journey.ts'
import { startTestServer } from './harness/server.ts'
import { smallPlant } from './harness/small-plant.ts'

test('ingest: from the page of the plant to a key and the first detections, on a phone', async (t) => {
  const nowMs = Date.UTC(2026, 9, 14, 15)
  const server = await startTestServer({ nowMs }, t)
  const { slug, username, password } = await smallPlant(server, 'sqlite', 'CANARIO', 20)
  const faults: string[] = []
  const seat = await takeSeat(server, faults, { viewport: phone, theme: 'light' })
  const { page } = seat
  await signIn(seat, username, password)
  await page.goto(`/t/${slug}/plant`)
  await page.getByRole('link', { name: /Detecciones que otros sistemas envían/ }).click()
  await page.getByText('Todavía no llegó nada').waitFor()
  await seat.look('ingest-empty')
  const address = await page.getByLabel('Dirección').inputValue()
  assert.match(address, /\/api\/v1\/ingest\/detections$/)
  await page.getByRole('link', { name: 'Crear una clave' }).click()
  await page.fill('main [name=name]', 'Cámara de salida')
  await page.locator('#f-scopes summary').click()
  await page.getByRole('checkbox', { name: 'Enviar detecciones' }).check()
  await page.keyboard.press('Escape')
  await page.getByRole('button', { name: 'Crear clave' }).click()
  const key = await page.locator('#key').inputValue()
  const row = { line: 'L1', area_id: 1, product_id: 1, detected_at: '2026-10-14 14:59:00' }
  const sent = await server
    .newClient()
    .json('/api/v1/ingest/detections', { rows: [row, { ...row, product_id: 77 }] }, { headers: { 'x-api-key': key } })
  assert.equal(sent.status, 200, JSON.stringify(sent.body))
  await server.ctx.ingest.close()
  await page.goto(`/t/${slug}/plant/ingest`)
  await page.getByText('HTTP · Cámara de salida').waitFor()
  await page.getByText('product_id 77: no es un producto de la planta.').waitFor()
  await page.getByText(/^Productos \(\d+\)$/).click()
  await seat.look('ingest-arrivals')
  assert.deepEqual(faults, [])
  await seat.context.close()
})
