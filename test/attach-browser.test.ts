/** Journeys: a company's administrator attaches the plant; its configuration goes out and comes back as a file; the cameras' clocks are seen. */
import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import os from 'node:os'
import path from 'node:path'
import { type TestContext, test } from 'node:test'
import { createTenantWithAdmin } from '../src/identity/index.ts'
import { createLineTables, createManagedPlant, insertDetections } from '../src/plant/source/index.ts'
import { openPlantKysely } from '../src/platform/db/index.ts'
import { formatLocal, zoneOf } from '../src/platform/time/index.ts'
import { availableEngines, temporaryDatabase } from './harness/engines.ts'
import { desktop, phone, type Seat, signIn, takeSeat } from './harness/journey.ts'
import { startTestServer } from './harness/server.ts'

const password = 'Segura123!'
const noon = Date.UTC(2026, 9, 19, 17, 0)
const tablet = { width: 768, height: 1024 }
const engine = availableEngines.find((name) => name !== 'sqlite')
const zone = zoneOf('America/Bogota')

/** Two cameras of a line, of which the second has been silent for an hour and a half; some rows of the first come late. */
async function customerPlant(t: TestContext): Promise<string> {
  const url = await temporaryDatabase(engine ?? 'sqlite', t)
  const opened = await openPlantKysely(url, { create: true })
  const { kysely } = opened
  await createManagedPlant(kysely, opened.engine)
  const line = {
    line_name: 'Envasado',
    line_code: 'ENV',
    is_active: 1,
    availability: 85,
    performance: 2,
    downtime_threshold: 300,
    auto_detect_downtime: 1,
  }
  await kysely.insertInto('production_line').values(line).execute()
  for (const [name, type] of [
    ['Entrada', 'input'],
    ['Salida', 'output'],
  ])
    await kysely
      .insertInto('area')
      .values({ line_id: 1, area_name: name, area_type: type, area_order: 1, coord_x1: 0, coord_y1: 0, coord_x2: 0, coord_y2: 0 })
      .execute()
  await createLineTables(kysely, opened.engine, { detectionTable: 'detection_line_env', downtimeTable: 'downtime_events_env' })
  const row = (secondsAgo: number, areaId: number) => ({
    detectedAt: formatLocal(zone.toLocalS(noon / 1000 - secondsAgo)),
    areaId,
    productId: 1,
  })
  const rows = Array.from({ length: 600 }, (_, at) => (600 - at) * 30).flatMap((ago) => [
    row(ago, 1),
    ...(ago > 5_400 ? [row(ago - 5, 2)] : []),
    ...(ago === 600 ? [row(4_000, 1)] : []),
  ])
  await insertDetections({ tenantId: 0, engine: opened.engine, kysely }, 'detection_line_env', rows)
  await opened.close()
  return url
}

const next = ({ page }: Seat, label: RegExp) => Promise.all([page.waitForEvent('load'), page.getByRole('button', { name: label }).click()])

for (const c of [
  { language: 'es', viewport: desktop, theme: 'dark' },
  { language: 'en', viewport: tablet, theme: 'light' },
  { language: 'es', viewport: phone, theme: 'dark' },
] as const)
  test(`attach: the whole way at ${c.viewport.width} px in ${c.language}`, {
    skip: engine ? false : 'needs a server engine',
  }, async (t) => {
    const server = await startTestServer({ nowMs: noon, env: { PLANT_NETWORKS: '127.0.0.0/8' } }, t)
    const plantUrl = await customerPlant(t)
    const person = { username: 'ana', email: 'ana@example.com', password }
    const { slug } = await createTenantWithAdmin(server.ctx.db, server.ctx, { companyName: 'Acme', ...person, config: {} })
    const faults: string[] = []
    const seat = await takeSeat(server, faults, c)
    const { page, look } = seat
    const es = c.language === 'es'
    await signIn(seat, 'ana', password)
    await page.goto(`/t/${slug}/dashboard`)
    await look('attach-0-empty')
    await page.getByRole('link', { name: es ? 'Conectar la planta' : 'Attach the plant' }).click()
    await page.waitForURL('**/plant/attach')
    await look('attach-1-connection')
    const { hostname, port, pathname, username } = new URL(plantUrl)
    await page.selectOption('[name=engine]', engine ?? 'mysql')
    await page.fill('[name=host]', '10.9.9.9')
    await page.fill('[name=database]', pathname.slice(1))
    await page.fill('[name=user]', username || 'nobody')
    const tryIt = es ? /Probar la conexión/ : /Try the connection/
    await next(seat, tryIt)
    await page.getByText('PLANT_NETWORKS').waitFor()
    await look('attach-1-refused')
    assert.equal(await page.inputValue('[name=host]'), '10.9.9.9', 'what was typed is not lost')
    await page.fill('[name=host]', hostname)
    await page.fill('[name=port]', port)
    await next(seat, tryIt)
    await page.waitForURL('**/attach/verification')
    await look('attach-2-verification')
    await page.getByRole('link', { name: es ? 'Seguir' : 'Continue' }).click()
    await page.waitForURL('**/attach/time-zone')
    assert.equal(await page.inputValue('[name=timezone]'), 'America/Bogota')
    await look('attach-3-zone')
    const on = es ? /^Seguir$/ : /^Continue$/
    await next(seat, on)
    await page.waitForURL('**/attach/found')
    await look('attach-4-found')
    await next(seat, on)
    await page.waitForURL('**/attach/speed')
    await look('attach-5-speed')
    await page.getByRole('link', { name: es ? 'Atrás' : 'Back' }).click()
    await page.waitForURL('**/attach/found')
    await page.goto(`/t/${slug}/plant/attach/speed`)
    await next(seat, es ? /^Conectar la planta$/ : /^Attach the plant$/)
    await page.waitForURL('**/attach/dashboard')
    await look('attach-6-dashboard')
    await next(seat, es ? /Usar este tablero/ : /Use this dashboard/)
    await page.waitForURL('**/attach/loading')
    await page.getByText(/100 %/).first().waitFor()
    await look('attach-7-loading')

    await page.goto(`/t/${slug}/dashboard?tab=produccion`)
    const clocks = page.locator('[data-widget=ClockHealth]')
    await clocks.getByText(es ? /La cámara de Salida no ve piezas/ : /The camera of Salida has seen nothing/).waitFor()
    await look('clocks-dashboard')
    await page.goto(`/t/${slug}/system`)
    await page
      .locator('#clocks')
      .getByText(es ? /llegó tarde hoy/ : /came late today/)
      .waitFor()
    await look('clocks-system')

    await page.goto(`/t/${slug}/plant/file`)
    await look('file-1-page')
    const answer = await page.request.get(`/t/${slug}/plant/file/download`)
    const file = JSON.parse(await answer.text()) as {
      settings: { performance_unit: string }
      records: { line: { values: Record<string, unknown> }[] }
    }
    file.settings.performance_unit = 'units_per_hour'
    for (const line of file.records.line) line.values.line_name = 'Envasado norte'
    const local = path.join(os.tmpdir(), `andon-configuration-${process.pid}-${c.viewport.width}.json`)
    writeFileSync(local, JSON.stringify(file))
    await page.setInputFiles('[name=file]', local)
    await next(seat, es ? /Ver qué cambiaría/ : /See what would change/)
    await page.waitForURL('**/file/preview')
    await page.getByText('Envasado norte').waitFor()
    await look('file-2-preview')
    await next(seat, es ? /Aplicar los cambios/ : /Apply the changes/)
    await page.waitForURL('**/file?done=applied')
    await look('file-3-applied')
    await next(seat, es ? /Deshacer la importación/ : /Undo the import/)
    await page.waitForURL('**/file?done=undone')
    assert.deepEqual(faults, [])
  })
