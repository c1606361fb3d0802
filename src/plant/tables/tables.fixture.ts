/** A company whose tables are cared for: one line, rows of many months, people of each role, and a worker that works when told. */
import type { TestContext } from 'node:test'
import { type Kysely, sql } from 'kysely'
import type { Client } from '../../../test/harness/client.ts'
import { temporaryDatabase } from '../../../test/harness/engines.ts'
import { startTestServer, type TestServer } from '../../../test/harness/server.ts'
import { createTenantWithAdmin, createUser } from '../../identity/index.ts'
import { jobDefinitions } from '../../jobs.ts'
import { type Engine, openPlantKysely } from '../../platform/db/index.ts'
import { createWorker } from '../../platform/jobs/index.ts'
import { createManagedPlant, insertDetections, saveAttachment } from '../source/index.ts'

export const password = 'Segura123!'
export const table = 'detection_line_l1'
/** 10:00 of 31 March 2026 in Bogotá. */
export const nowMs = Date.UTC(2026, 2, 31, 15)

export type CaredCompany = {
  readonly server: TestServer
  readonly tenantId: number
  readonly slug: string
  readonly plantUrl: string
  /** `duena` owns the company, `jefe` is a manager, `visita` looks. */
  readonly as: (username: string) => Promise<Client>
  /** What the queue has to do now. */
  readonly work: () => Promise<unknown>
  readonly fill: (months: readonly string[], rowsPerMonth: number) => Promise<void>
  readonly rows: () => Promise<string[]>
}

export async function caredCompany(t: TestContext, engine: Engine, canManage = true): Promise<CaredCompany> {
  const server = await startTestServer({ engine, nowMs, env: { RATE_LIMIT_PER_MINUTE: '10000' } }, t)
  const { db, clock, secrets } = server.ctx
  const plantUrl = await temporaryDatabase(engine, t)
  const { kysely, close } = await openPlantKysely(plantUrl, { create: true })
  t.after(close)
  await createManagedPlant(kysely, engine)
  const line = { line_name: 'Línea 1', line_code: 'L1', is_active: 1, availability: 0, performance: 2, downtime_threshold: 300 }
  await kysely
    .insertInto('production_line')
    .values({ ...line, auto_detect_downtime: 1 })
    .execute()
  const at = { coord_x1: 0, coord_y1: 0, coord_x2: 1, coord_y2: 1 }
  await kysely
    .insertInto('area')
    .values({ line_id: 1, area_name: 'Salida', area_type: 'output', area_order: 1, ...at })
    .execute()
  const product = { product_weight: '1.00', product_color: '#3b82f6', production_std: 0, product_per_batch: 1 }
  await kysely
    .insertInto('product')
    .values({ product_name: 'Botella', product_code: 'B', ...product })
    .execute()
  const founder = { username: 'duena', email: 'duena@example.com', password }
  const made = await createTenantWithAdmin(db, { clock }, { companyName: 'Envases', ...founder, config: { timezone: 'America/Bogota' } })
  const { tenantId, slug } = made
  await saveAttachment({ ...db, tenantId }, secrets, { url: plantUrl, canManage, nowMs: clock.nowMs() })
  for (const [username, role] of [
    ['jefe', 'MANAGER'],
    ['visita', 'VIEWER'],
  ] as const)
    await createUser(db, { clock }, null, { tenantId, username, email: `${username}@example.com`, password, role })
  const worker = createWorker(server.ctx, jobDefinitions(server.ctx))
  return {
    server,
    tenantId,
    slug,
    plantUrl,
    as: async (username) => {
      const client = server.newClient()
      await client.signInApi(username, password)
      return client
    },
    work: () => worker.runDue(),
    fill: (months, rowsPerMonth) =>
      insertDetections(
        { tenantId, engine, kysely },
        table,
        months.flatMap((month) =>
          Array.from({ length: rowsPerMonth }, (_, i) => ({
            detectedAt: `${month}-${String(1 + (i % 28)).padStart(2, '0')} 12:00:${String(i % 60).padStart(2, '0')}`,
            areaId: 1,
            productId: 1,
          })),
        ),
      ),
    rows: async () => {
      const found = await kysely.selectFrom(table).select(['detection_id', 'area_id']).orderBy('detection_id').execute()
      return found.map((row) => String(row.detection_id))
    },
  }
}

export const addSecondLine = (kysely: Kysely<unknown>) =>
  sql`insert into production_line (line_name, line_code, is_active, availability, performance, downtime_threshold, auto_detect_downtime)
    values ('Línea 2', 'L2', 1, 0, 2, 300, 1)`.execute(kysely)
