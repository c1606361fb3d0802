/** Run by stop-kills.test.ts as another process: `node stop-kills.fixture.ts <platform url> <plant url> <tenant> <clock in epoch seconds>`. Stores stops
 *  without end, so that a kill finds it in the middle of something. */
import { flushCompileCache } from 'node:module'
import process from 'node:process'
import { createHistories } from '../src/plant/history/index.ts'
import { storeStops } from '../src/plant/stops/index.ts'
import { openDatabase, openPlantKysely } from '../src/platform/db/index.ts'
import { line, plantModel } from './harness/plant-model.ts'

const [, , platformUrl = '', plantUrl = '', tenant, clockS] = process.argv
const tenantId = Number(tenant)
const { db } = await openDatabase(platformUrl)
const { kysely, engine } = await openPlantKysely(plantUrl)
const startedMs = performance.now()
const clock = { nowMs: () => Number(clockS) * 1000 + Math.round(performance.now() - startedMs) }
const plant = {
  db: { tenantId, kysely, engine, beside: { db: { ...db, tenantId }, stopStamp: '' } },
  model: plantModel({ lines: [line()] }),
}
const log = { info: () => {}, warn: () => {}, error: () => {} }
const histories = createHistories({ db, clock, log, options: { settleMs: 0, persistEveryMs: 0 } })
const deps = {
  db,
  clock,
  histories,
  log,
  plants: { withPlant: async <T>(_: number, work: (opened: typeof plant) => Promise<T>) => work(plant) },
}
flushCompileCache()
console.log('working')
for (;;) {
  await storeStops(deps, [tenantId])
  // from the beginning again: most of the time is spent storing
  await db.kysely.updateTable('plant_stop_lines').set({ scanned_until_s: null }).where('tenant_id', '=', tenantId).execute()
}
