/** Run by day-summaries-processes.test.ts as another process: `node answer-forever.fixture.ts <platform url> <plant url> <tenant> <line>`. Asks without
 *  end, and settles at every chance, so that a kill finds it in the middle of something. */
import process from 'node:process'
import { line, plantModel } from '../../../test/harness/plant-model.ts'
import { openDatabase, openPlantKysely } from '../../platform/db/index.ts'
import { systemClock } from '../../platform/time/index.ts'
import { createHistories } from '../history/index.ts'

const [, , platformUrl = '', plantUrl = '', tenant, lineId] = process.argv
const { db } = await openDatabase(platformUrl)
const plant = await openPlantKysely(plantUrl)
const model = plantModel({ lines: [line({ lineId: Number(lineId) })] })
const histories = createHistories({
  db,
  clock: systemClock,
  log: console,
  options: { settleMs: 0, persistEveryMs: 0, batchIds: 300 },
})
const history = histories.of({ db: { tenantId: Number(tenant), engine: plant.engine, kysely: plant.kysely }, model })
const [own] = model.lines
console.log('asking')
while (own) {
  await history.answer(own).catch((error: unknown) => console.error('refused', error))
  await new Promise((resolve) => setImmediate(resolve))
}
