/** Run by history-kills.test.ts as another process: `node history-kills.fixture.ts <platform url> <plant url> <tenant> <clock ahead by ms>`. Loads in
 *  small batches and settles at every chance, without end, so that a kill finds it in the middle of something. */
import { flushCompileCache } from 'node:module'
import process from 'node:process'
import { createHistories } from '../src/plant/history/index.ts'
import { openDatabase, openPlantKysely } from '../src/platform/db/index.ts'
import { line, plantModel } from './harness/plant-model.ts'

const [, , platformUrl = '', plantUrl = '', tenant, aheadMs] = process.argv
const { db } = await openDatabase(platformUrl)
const { kysely, engine } = await openPlantKysely(plantUrl)
const plant = { db: { tenantId: Number(tenant), kysely, engine }, model: plantModel({ lines: [line()] }) }
// ahead of the process before it: the lease of one that was killed is over
const clock = { nowMs: () => Date.now() + Number(aheadMs) }
const histories = createHistories({ db, clock, log: console, options: { settleMs: 0, persistEveryMs: 0, batchIds: 150, inlineIds: 0 } })
// a killed process leaves its compiled code for the next one
flushCompileCache()
console.log('working')
for (;;) {
  for (const own of plant.model.lines) {
    await histories.load(plant, own).catch(() => {})
    await histories
      .of(plant)
      .answer(own)
      .catch(() => {})
  }
  await new Promise((resolve) => setImmediate(resolve))
}
