import { rmSync } from 'node:fs'
import { migrations } from '../src/migrations/index.ts'
import { gatherFacts } from '../src/plant/facts/index.ts'
import { createHistories } from '../src/plant/history/index.ts'
import { loadModel, readSettings } from '../src/plant/model/index.ts'
import { parseScope } from '../src/plant/scope/index.ts'
import { migrateUp, openDatabase, openPlantKysely } from '../src/platform/db/index.ts'
import { systemClock } from '../src/platform/time/index.ts'
import { companyIn } from '../test/harness/company.ts'

rmSync('/tmp/zzp.sqlite', { force: true })
rmSync('/tmp/zzp.sqlite-wal', { force: true })
rmSync('/tmp/zzp.sqlite-shm', { force: true })
const { db, close } = await openDatabase('sqlite:/tmp/zzp.sqlite')
await migrateUp(db, migrations)
const tenantId = await companyIn(db)
const plant = await openPlantKysely(`mysql://root@127.0.0.1:3306/${process.argv[2]}`)
const pdb = { tenantId, engine: plant.engine, kysely: plant.kysely }
const { settings } = readSettings({ timezone: 'America/Bogota' }, 'UTC')
const nowMs = Date.UTC(2026, 10, 21, 12)
const { model } = await loadModel(pdb, { settings, mappings: [], nowMs })
const histories = createHistories({ db, clock: systemClock, log: console })
const history = histories.of({ db: pdb, model })
let t = performance.now()
for (const line of model.lines) await histories.load({ db: pdb, model }, line)
console.log('loaded', performance.now() - t, 'ms', (process.memoryUsage().rss / 1e6) | 0, 'MB')
for (const lines of [1, 10])
  for (const days of [7, 30, 365]) {
    const from = new Date(nowMs - 5 * 3600e3 - days * 86400e3).toISOString().slice(0, 10)
    const scope = parseScope(
      model,
      {
        start_date: from,
        end_date: '2026-11-21',
        line_ids: model.lines.slice(0, lines).map((l) => l.lineId),
        interval: days > 31 ? 'day' : 'hour',
      },
      nowMs,
    )
    const times: number[] = []
    for (let i = 0; i < 30; i++) {
      t = performance.now()
      await gatherFacts(pdb, model, scope, { history, needs: { recent: false, previous: true } })
      times.push(performance.now() - t)
    }
    console.log(
      lines,
      days,
      'first',
      times[0]?.toFixed(1),
      'p50',
      times.sort((a, b) => a - b)[15]?.toFixed(2),
      'p95',
      times[28]?.toFixed(2),
    )
  }
console.log(histories.cacheInfo(), (process.memoryUsage().rss / 1e6) | 0)
if (process.argv[3]) {
  const end = performance.now() + 3000
  const scope = parseScope(model, { start_date: '2025-11-22', end_date: '2026-11-21', line_ids: [1], interval: 'day' }, nowMs)
  let c = 0
  while (performance.now() < end) {
    await gatherFacts(pdb, model, scope, { history, needs: { recent: false } })
    c++
  }
  console.log(c)
}
await histories.close()
await plant.close()
await close()
