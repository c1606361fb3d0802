/** A company with a small plant to be edited: one line with detections and a stop, areas, products, two shifts, a filter and a tree of reasons. */
import type { TestContext } from 'node:test'
import { createTenantWithAdmin } from '../../src/identity/index.ts'
import { createPlants, type Plants } from '../../src/plant/model/index.ts'
import { createLineTables, createManagedPlant, insertDetections, insertDowntimes, saveAttachment } from '../../src/plant/source/index.ts'
import { type Db, type Engine, openPlantKysely } from '../../src/platform/db/index.ts'
import { silentLog } from '../../src/platform/log/index.ts'
import { createSecrets, type Secrets } from '../../src/platform/secrets/index.ts'
import { migratedDatabase, temporaryDatabase } from './engines.ts'
import { readOnlyUrl } from './read-only.ts'

export type EditablePlant = {
  readonly db: Db
  readonly plants: Plants
  readonly clock: { readonly nowMs: () => number; readonly advance: (ms: number) => void }
  readonly secrets: Secrets
  readonly tenantId: number
  readonly plantUrl: string
  /** Straight into the customer's database, past Andon. */
  readonly onPlant: <T>(work: (kysely: Awaited<ReturnType<typeof openPlantKysely>>['kysely']) => Promise<T>) => Promise<T>
}

/** Monday 2026-10-19, 15:17 UTC. */
export const editingNowMs = Date.UTC(2026, 9, 19, 15, 17)

/** Plant of one line with its own tables; the account may only read unless the plant is managed. */
export async function makeEditablePlantDatabase(engine: Engine, t?: TestContext): Promise<string> {
  const url = await temporaryDatabase(engine, t)
  const opened = await openPlantKysely(url, { create: true })
  const { kysely } = opened
  const plantDb = { tenantId: 0, engine, kysely }
  const insert = (table: string, ...rows: readonly Record<string, unknown>[]) => kysely.insertInto(table).values(rows).execute()
  try {
    await createManagedPlant(kysely, engine)
    await createLineTables(kysely, engine, { detectionTable: 'detection_line_l1', downtimeTable: 'downtime_events_l1' })
    const line = { is_active: 1, availability: 85, performance: 10, downtime_threshold: 45, auto_detect_downtime: 1 }
    await insert('production_line', { line_name: 'Envasado', line_code: 'L1', ...line })
    const corners = { coord_x1: 0, coord_y1: 0, coord_x2: 1, coord_y2: 1 }
    await insert(
      'area',
      { line_id: 1, area_name: 'Entrada', area_type: 'input', area_order: 1, ...corners },
      { line_id: 1, area_name: 'Salida', area_type: 'output', area_order: 2, ...corners },
      { line_id: 1, area_name: 'Vacía', area_type: 'process', area_order: 3, ...corners },
    )
    const product = { product_weight: '25.00', product_color: 'Rojo', production_std: 0, product_per_batch: 1 }
    await insert(
      'product',
      { product_name: 'Bolsa 25 kg', product_code: 'B-25', ...product },
      { product_name: 'Sin uso', product_code: 'X-1', ...product },
    )
    const days = JSON.stringify(['Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday'])
    const shift = { description: '', shift_status: 1, days_implemented: days, is_overnight: 0 }
    await insert(
      'shift',
      { shift_name: 'Mañana', start_time: '06:00:00', end_time: '14:00:00', ...shift },
      { shift_name: 'Tarde', start_time: '14:00:00', end_time: '22:00:00', ...shift },
    )
    await insert('filter', {
      filter_name: 'ProductionLineFilter',
      description: 'Línea',
      filter_status: 1,
      display_order: 1,
      additional_filter: JSON.stringify({ alias: 'Todas', line_ids: [1], futuro: { a: 1 } }),
    })
    await insert('failure', { type_failure: 'Mecánica', description: '' })
    const incident = { failure_id: 1, has_solution: 0, solution: null }
    await insert(
      'incident',
      { incident_code: 'M1', description: 'Cinta rota', ...incident },
      { incident_code: 'M2', description: 'Sin uso', ...incident },
    )
    const rows = Array.from({ length: 120 }, (_, at) => ({
      detectedAt: `2026-10-19 ${String(6 + Math.floor(at / 60)).padStart(2, '0')}:${String(at % 60).padStart(2, '0')}:00`,
      areaId: 1 + (at % 2),
      productId: 1,
    }))
    await insertDetections(plantDb, 'detection_line_l1', rows)
    const stop = { startTime: '2026-10-19 09:00:00', endTime: '2026-10-19 09:30:00', durationS: 1_800, createdAt: '2026-10-19 09:30:00' }
    await insertDowntimes(plantDb, 'downtime_events_l1', [{ lastDetectionId: 120, reasonCode: 1, reason: null, isManual: true, ...stop }])
    return url
  } finally {
    await opened.close()
  }
}

export async function editablePlant(engine: Engine, t: TestContext, { canManage = true } = {}): Promise<EditablePlant> {
  const plantUrl = await makeEditablePlantDatabase(engine, t)
  const { db } = await migratedDatabase(engine, t)
  const secrets = createSecrets('a secret key of the tests, long enough')
  let nowMs = editingNowMs
  const clock = {
    nowMs: () => nowMs,
    advance: (ms: number) => {
      nowMs += ms
    },
  }
  const person = { username: 'jefa', email: 'jefa@example.com', password: 'Segura123!' }
  const { tenantId } = await createTenantWithAdmin(db, { clock }, { companyName: 'Planta', ...person, config: { timezone: 'UTC' } })
  const url = canManage ? plantUrl : await readOnlyUrl({ engine, url: plantUrl, drop: async () => {} }, t)
  await saveAttachment({ ...db, tenantId }, secrets, { url, canManage, nowMs })
  const plants = createPlants({ db, secrets, log: silentLog(), clock })
  t.after(() => plants.close())
  return {
    db,
    plants,
    clock,
    secrets,
    tenantId,
    plantUrl,
    async onPlant(work) {
      const opened = await openPlantKysely(plantUrl)
      try {
        return await work(opened.kysely)
      } finally {
        await opened.close()
      }
    },
  }
}
