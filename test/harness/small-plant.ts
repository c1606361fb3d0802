/** A company with a small plant of its own, attached and running: two lines, hostile names, and a canary in every text. */
import { createTenantWithAdmin } from '../../src/identity/index.ts'
import { createLineTables, createManagedPlant, insertDetections, saveAttachment } from '../../src/plant/source/index.ts'
import type { Engine } from '../../src/platform/db/index.ts'
import { openPlantKysely } from '../../src/platform/db/index.ts'
import { temporaryDatabase } from './engines.ts'
import type { TestServer } from './server.ts'

export type SmallPlant = {
  readonly slug: string
  readonly username: string
  readonly password: string
  readonly plantUrl: string
  /** Stands in every name and reason of this company, and nowhere else. */
  readonly canary: string
  readonly pieces: number
}

export const hostileTexts = [
  '<img src=x onerror=alert(1)>',
  '"><script>alert(1)</script>',
  `' or 1=1 --`,
  '=2+3',
  '{{7*7}}',
  '\u202Eatles',
] as const

/** Wall times of today in a plant at UTC, one piece each `everyS` from 06:00. */
const today = (nowMs: number, at: number, everyS: number): string =>
  new Date(Math.floor(nowMs / 86_400_000) * 86_400_000 + (6 * 3_600 + at * everyS) * 1_000).toISOString().slice(0, 19).replace('T', ' ')

/** `pieces` tells the companies apart by number, `canary` by text. The server's clock must be past noon UTC.
 *  `ownUrl`: an empty database for it, default a temporary one. */
export async function smallPlant(server: TestServer, engine: Engine, canary: string, pieces: number, ownUrl?: string): Promise<SmallPlant> {
  const plantUrl = ownUrl ?? (await temporaryDatabase(engine))
  const opened = await openPlantKysely(plantUrl, { create: true })
  const { kysely } = opened
  const plantDb = { tenantId: 0, engine: opened.engine, kysely }
  const name = (index: number): string => `${canary} ${hostileTexts[index % hostileTexts.length]}`.slice(0, 48)
  await createManagedPlant(kysely, opened.engine)
  for (const lineId of [1, 2]) {
    const tables = { detectionTable: `detection_line_l${lineId}`, downtimeTable: `downtime_events_l${lineId}` }
    await createLineTables(kysely, opened.engine, tables)
    await kysely
      .insertInto('production_line')
      .values({
        line_name: name(lineId),
        line_code: `L${lineId}`,
        is_active: 1,
        availability: 0,
        performance: 10,
        downtime_threshold: 300,
        auto_detect_downtime: 1,
      })
      .execute()
    await kysely
      .insertInto('area')
      .values({
        line_id: lineId,
        area_name: name(lineId + 2),
        area_type: 'output',
        area_order: 1,
        coord_x1: 0,
        coord_y1: 0,
        coord_x2: 1,
        coord_y2: 1,
      })
      .execute()
    await kysely
      .insertInto('product')
      .values({
        product_name: name(lineId + 1),
        product_code: canary,
        product_weight: '1.00',
        product_color: '#3b82f6',
        production_std: 0,
        product_per_batch: 1,
      })
      .execute()
    const rows = Array.from({ length: pieces }, (_, at) => ({
      detectedAt: today(server.clock.nowMs(), at, 30),
      areaId: lineId,
      productId: lineId,
    }))
    await insertDetections(plantDb, tables.detectionTable, rows)
    const [start, end] = [today(server.clock.nowMs(), 0, 30), today(server.clock.nowMs(), 20, 30)]
    await kysely
      .insertInto(tables.downtimeTable)
      .values({
        last_detection_id: 1,
        start_time: start,
        end_time: end,
        duration: 600,
        reason_code: null,
        reason: `${canary} ${hostileTexts[0]}`,
        is_manual: 1,
        created_at: end,
      })
      .execute()
  }
  await opened.close()
  const username = `jefe-${canary.toLowerCase()}`
  const person = { username, email: `${username}@example.com`, password: 'Segura123!' }
  const { db, clock, secrets } = server.ctx
  const made = await createTenantWithAdmin(db, { clock }, { companyName: `Empresa ${canary}`, ...person, config: { timezone: 'UTC' } })
  await saveAttachment({ ...db, tenantId: made.tenantId }, secrets, { url: plantUrl, canManage: false, nowMs: clock.nowMs() })
  return { slug: made.slug, username, password: person.password, plantUrl, canary, pieces: pieces * 2 }
}
