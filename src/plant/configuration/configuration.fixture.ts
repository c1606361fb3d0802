/** A company that configures its plant: two lines of two pieces a minute, one shift, and a yesterday whose OEE is known by hand. */
import type { TestContext } from 'node:test'
import type { Client } from '../../../test/harness/client.ts'
import { temporaryDatabase } from '../../../test/harness/engines.ts'
import { startTestServer, type TestServer } from '../../../test/harness/server.ts'
import { createTenantWithAdmin, createUser } from '../../identity/index.ts'
import { type Engine, openPlantKysely } from '../../platform/db/index.ts'
import { createLineTables, createManagedPlant, insertDetections, saveAttachment } from '../source/index.ts'

export const password = 'Segura123!'
/** 10:00 of Wednesday, 14 October 2026, in Bogotá. */
export const nowMs = Date.UTC(2026, 9, 14, 15)

export type Company = {
  readonly server: TestServer
  readonly tenantId: number
  readonly slug: string
  /** `duena` owns the company, `jefe` and `jefa` are managers, `visita` looks. */
  readonly as: (username: string) => Promise<Client>
}

/** A piece each 30 s from 06:00 on. */
const pieces = (count: number, areaId: number) =>
  Array.from({ length: count }, (_, i) => ({
    detectedAt: new Date(Date.UTC(2026, 9, 13, 6) + i * 30_000).toISOString().slice(0, 19).replace('T', ' '),
    areaId,
    productId: 1,
  }))

/** Yesterday in shift "Mañana", 06:00 to 14:00: line 1 made 720 pieces until noon and then stood still (OEE 0.75), line 2 made 960 (OEE 1). */
export async function plantOfTwoLines(engine: Engine): Promise<string> {
  const url = await temporaryDatabase(engine)
  const { kysely, close } = await openPlantKysely(url, { create: true })
  await createManagedPlant(kysely, engine)
  for (const [line, count] of [
    [1, 720],
    [2, 960],
  ] as const) {
    const tables = { detectionTable: `detection_line_l${line}`, downtimeTable: `downtime_events_l${line}` }
    await createLineTables(kysely, engine, tables)
    const own = { is_active: 1, availability: 0, performance: 2, downtime_threshold: 300, auto_detect_downtime: 1 }
    await kysely
      .insertInto('production_line')
      .values({ line_name: `Línea ${line}`, line_code: `L${line}`, ...own })
      .execute()
    const at = { coord_x1: 0, coord_y1: 0, coord_x2: 1, coord_y2: 1 }
    await kysely
      .insertInto('area')
      .values({ line_id: line, area_name: 'Salida', area_type: 'output', area_order: 1, ...at })
      .execute()
    await insertDetections({ tenantId: 0, engine, kysely }, tables.detectionTable, pieces(count, line))
  }
  const product = { product_weight: '1.00', product_color: '#3b82f6', production_std: 0, product_per_batch: 1 }
  await kysely
    .insertInto('product')
    .values({ product_name: 'Botella', product_code: 'B', ...product })
    .execute()
  const shift = { description: '', days_implemented: '[]', is_overnight: 0 }
  for (const [name, start, end, status] of [
    ['Mañana', '06:00:00', '14:00:00', 1],
    ['Larga', '05:00:00', '15:00:00', 0],
  ] as const)
    await kysely
      .insertInto('shift')
      .values({ shift_name: name, shift_status: status, start_time: start, end_time: end, ...shift })
      .execute()
  await kysely.insertInto('failure').values({ type_failure: 'Mecánica', description: 'Falla mecánica' }).execute()
  const solution = { has_solution: 0, solution: 0 }
  for (const description of ['Limpieza', 'Rotura de correa'])
    await kysely
      .insertInto('incident')
      .values({ failure_id: 1, incident_code: description.slice(0, 3), description, ...solution })
      .execute()
  await close()
  return url
}

export async function company(t: TestContext, engine: Engine = 'sqlite', config: Readonly<Record<string, unknown>> = {}): Promise<Company> {
  const server = await startTestServer({ engine, nowMs }, t)
  const { db, clock, secrets } = server.ctx
  const founder = { username: 'duena', email: 'duena@example.com', password }
  const made = await createTenantWithAdmin(
    db,
    { clock },
    { companyName: 'Envases', ...founder, config: { timezone: 'America/Bogota', theirs: { kept: true }, ...config } },
  )
  const { tenantId, slug } = made
  await saveAttachment({ ...db, tenantId }, secrets, { url: await plantOfTwoLines(engine), canManage: false, nowMs: clock.nowMs() })
  for (const [username, role] of [
    ['jefe', 'MANAGER'],
    ['jefa', 'MANAGER'],
    ['visita', 'VIEWER'],
  ] as const)
    await createUser(db, { clock }, null, { tenantId, username, email: `${username}@example.com`, password, role })
  const as = async (username: string): Promise<Client> => {
    const client = server.newClient()
    await client.signInApi(username, password)
    return client
  }
  return { server, tenantId, slug, as }
}
