/** Several processes on one platform database, some of them killed in the middle: no count is lost, none is doubled. */
import assert from 'node:assert/strict'
import { type ChildProcess, spawn } from 'node:child_process'
import { once } from 'node:events'
import process from 'node:process'
import type { TestContext } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { companyIn } from '../../../test/harness/company.ts'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { lineDatabase } from '../../../test/harness/line-database.ts'
import { line, plantModel } from '../../../test/harness/plant-model.ts'
import { formatLocal, parseLocal, zoneOf } from '../../platform/time/index.ts'
import { createHistories } from '../history/index.ts'
import { parseScope } from '../scope/index.ts'
import { gatherFacts } from './index.ts'

const fixture = fileURLToPath(new URL('./answer-forever.fixture.ts', import.meta.url))
const startS = parseLocal('2026-10-10 06:00:00') ?? 0
const kills = Number(process.env.ANDON_KILLS ?? 12)

async function started(arguments_: readonly string[], t: TestContext): Promise<ChildProcess> {
  const child = spawn(process.execPath, [fixture, ...arguments_], { stdio: ['ignore', 'pipe', 'ignore'] })
  t.after(() => child.kill('SIGKILL'))
  if (child.stdout) await once(child.stdout, 'data')
  return child
}

forEachEngine(
  'PL-62 PL-76 processes that are killed at any moment leave neither lost nor doubled counts, and two give the same fresh answers',
  async (engine, t) => {
    const platform = await migratedDatabase(engine, t)
    const plant = await lineDatabase(engine, t)
    const tenantId = await companyIn(platform.db)
    const db = { ...plant.db, tenantId }
    const model = plantModel({ lines: [line()] })
    const zone = zoneOf(model.settings.timeZone)
    const nowMs = zone.toEpochS(startS + 40 * 86_400) * 1000
    const scope = parseScope(model, { start_date: '2026-10-01', end_date: '2026-11-15', interval: 'day' }, nowMs)
    const child = [platform.url, plant.url, String(tenantId), '1']
    let count = 0
    const insert = async (n: number): Promise<void> => {
      const tuples = Array.from({ length: n }, () => {
        count++
        // five weeks over the whole story; every seventh row is late
        const atS = startS + count * 300 - (count % 7 === 0 ? 90_000 : 0)
        return sql`(${count}, ${formatLocal(atS)}, ${2}, ${(count % 3) + 1})`
      })
      await sql`insert into detection_line_l1 (detection_id, detected_at, area_id, product_id) values ${sql.join(tuples)}`.execute(
        db.kysely,
      )
    }
    await insert(1_500)
    let own = await started(child, t)
    for (let i = 0; i < kills; i++) {
      const other = await started(child, t)
      // a fixed spread of moments: each finds the two somewhere else in their work
      const untilMs = performance.now() + 5 + ((i * 37) % 120)
      while (performance.now() < untilMs) await insert(15)
      own.kill('SIGKILL')
      own = other
      if (i % 4 < 3) continue
      const histories = createHistories({ db: platform.db, clock: { nowMs: () => nowMs }, log: console })
      const found = await gatherFacts(db, model, scope, { history: histories.of({ db, model }) })
      const wanted = await gatherFacts(db, model, scope)
      await histories.close()
      assert.equal(found.summary.totalDetections, wanted.summary.totalDetections)
      assert.deepEqual(found.products, wanted.products)
      assert.deepEqual(found.kpi, wanted.kpi)
      assert.deepEqual(found.stops, wanted.stops)
    }
    own.kill('SIGKILL')
    const settled = await platform.db.kysely
      .selectFrom('line_histories')
      .select(['settled_id', 'restarts'])
      .where('tenant_id', '=', tenantId)
      .executeTakeFirstOrThrow()
    t.diagnostic(`${count} rows, settled up to ${settled.settled_id}, ${settled.restarts} restarts`)
    assert.ok(settled.settled_id !== null && settled.settled_id > 1_500, 'the killed processes settled rows')
    assert.equal(settled.restarts, 0)
  },
)
