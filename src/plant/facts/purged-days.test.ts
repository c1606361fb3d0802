/** Days whose rows left the table: their summaries are the only truth, whatever is read again, damaged, put back or cut at any hour. */
import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { sql } from 'kysely'
import { companyIn } from '../../../test/harness/company.ts'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { lineDatabase } from '../../../test/harness/line-database.ts'
import { plantModel, settings } from '../../../test/harness/plant-model.ts'
import type { Engine } from '../../platform/db/index.ts'
import { dayS, formatLocal } from '../../platform/time/index.ts'
import { createHistories, type Histories } from '../history/index.ts'
import type { PlantModel } from '../model/model.ts'
import { checkFilters } from '../scope/index.ts'
import type { RowRead } from '../source/plant-db.ts'
import { gatherFacts } from './index.ts'

const table = 'detection_line_l1'
const startS = Date.UTC(2026, 9, 5) / 1000
const firstDay = startS / dayS

/** 2,000 rows of almost seven days, every five minutes. */
async function worldOf(engine: Engine, t: TestContext) {
  const platform = await migratedDatabase(engine, t)
  const plant = await lineDatabase(engine, t)
  const tenantId = await companyIn(platform.db)
  const reads: RowRead[] = []
  const db = { ...plant.db, tenantId, onRead: (read: RowRead) => void reads.push(read) }
  const clock = { at: Date.UTC(2026, 9, 20, 12), nowMs: () => clock.at }
  const errors: string[] = []
  const log = { warn: () => {}, error: (_data: object, message: string) => void errors.push(message) }
  const open = (): Histories => {
    const histories = createHistories({ db: platform.db, clock, log })
    t.after(histories.close)
    return histories
  }
  const histories = open()
  const plain = plantModel()
  const [own] = plain.lines
  assert.ok(own)
  const put = async (rows: readonly (readonly [id: number, atS: number])[]): Promise<void> => {
    for (let at = 0; at < rows.length; at += 5_000) {
      const tuples = rows.slice(at, at + 5_000).map(([id, atS]) => sql`(${id}, ${formatLocal(atS)}, 2, 1)`)
      await sql`insert into ${sql.id(table)} (detection_id, detected_at, area_id, product_id) values ${sql.join(tuples)}`.execute(db.kysely)
    }
  }
  const facts = async (model: PlantModel = plain, by = histories) => {
    const { scope } = checkFilters(model, { start_date: '2026-10-01', end_date: '2026-10-19', interval: 'day' }, clock.at)
    assert.ok(scope)
    return gatherFacts(db, model, scope, { history: by.of({ db, model }) })
  }
  const total = async (model?: PlantModel, by?: Histories): Promise<number> => (await facts(model, by)).summary.totalDetections
  /** What came is below the watermark afterwards. */
  const settle = async (): Promise<void> => {
    for (let round = 0; round < 3; round++) {
      await total()
      clock.at += 120_000
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    await total()
  }
  const remove = (belowS: number) => plant.run(`delete from ${table} where detected_at < '${formatLocal(belowS)}'`)
  const label = (fromDay: number, belowDay: number, isPurged = true) =>
    histories.label(tenantId, own.lineId, { fromDay, belowDay }, isPurged)
  const labels = async (): Promise<number[]> =>
    (
      await platform.db.kysely
        .selectFrom('day_summaries')
        .select(['day'])
        .where('tenant_id', '=', tenantId)
        .where('is_purged', '>', 0)
        .orderBy('day')
        .execute()
    ).map(({ day }) => day - firstDay)
  const reconcile = (isWanted?: (day: number) => boolean) => histories.reconcile({ db, model: plain }, own, isWanted)
  await put(Array.from({ length: 2_000 }, (_, i) => [i + 1, startS + (i + 1) * 300] as const))
  await settle()
  return {
    platform,
    plant,
    db,
    tenantId,
    own,
    model: plain,
    histories,
    open,
    put,
    facts,
    total,
    settle,
    remove,
    label,
    labels,
    reconcile,
    reads,
    errors,
  }
}

/** The newest row is another: the table is read again. */
const correctNewest = (id: number) => `update ${table} set product_id = 2 where detection_id = ${id}`

forEachEngine('PL-62 a late row of a purged day adds to its summary, also when everything is read again', async (engine, t) => {
  const world = await worldOf(engine, t)
  await world.label(firstDay, firstDay + 2)
  await world.remove(startS + 2 * dayS)
  await world.put([
    [2_001, startS + 3_600],
    [2_002, startS + 7 * dayS],
  ])
  await world.settle()
  assert.equal(await world.total(), 2_002)
  // one more, above what is settled, while the newest settled row is corrected
  await world.put([[2_003, startS + 3_700]])
  await world.plant.run(correctNewest(2_002))
  assert.equal(await world.total(), 2_003)
  await world.settle()
  assert.deepEqual(await world.reconcile(), { checked: 8, rebuilt: 0, purged: 0 })
  assert.equal(await world.total(), 2_003)
  const elsewhere = plantModel({ settings: settings({ timeZone: 'Europe/Madrid' }) })
  assert.equal(await world.total(elsewhere), 2_003)
})

forEachEngine('PL-62 rolling deletion at any hour leaves the day that it cuts as it was', async (engine, t) => {
  const world = await worldOf(engine, t)
  await world.remove(startS + 2 * dayS + 7_200)
  assert.deepEqual(await world.reconcile(), { checked: 7, rebuilt: 0, purged: 3 })
  assert.equal(await world.total(), 2_000)
  await world.remove(startS + 3 * dayS + 7_200)
  await world.reconcile()
  assert.deepEqual(await world.labels(), [0, 1, 2, 3])
  // a deletion in the middle is a correction as ever
  await world.plant.run(`delete from ${table} where detection_id = 1500`)
  await world.reconcile()
  assert.equal(await world.total(), 1_999)
})

for (const change of ['corrected', 'deleted'] as const)
  forEachEngine(`PL-62 rows deleted from the low end stay counted when the newest was ${change} before the check`, async (engine, t) => {
    const world = await worldOf(engine, t)
    await world.remove(startS + 3 * dayS + 7_200)
    await world.plant.run(change === 'corrected' ? correctNewest(2_000) : `delete from ${table} where detection_id = 2000`)
    assert.equal(await world.total(), change === 'corrected' ? 2_000 : 1_999)
    assert.deepEqual(await world.labels(), [0, 1, 2, 3])
    assert.equal((await world.reconcile()).rebuilt, 0)
  })

forEachEngine('PL-62 a table that was emptied and filled anew keeps nothing of what was in it', async (engine, t) => {
  const world = await worldOf(engine, t)
  await world.plant.run(`delete from ${table}`)
  await world.put(Array.from({ length: 10 }, (_, i) => [2_500 + i, startS + 6 * dayS + i * 60] as const))
  assert.equal(await world.total(), 10)
})

forEachEngine('PL-62 a damaged summary of a purged day is said to be missing, and all others answer', async (engine, t) => {
  const world = await worldOf(engine, t)
  const rows = Array.from({ length: 287 }, (_, i) => [i + 1, startS + (i + 1) * 300] as const)
  await world.label(firstDay, firstDay + 1)
  await world.remove(startS + dayS)
  await world.platform.db.kysely
    .updateTable('day_summaries')
    .set({ coarse: Buffer.from('damaged') })
    .where('tenant_id', '=', world.tenantId)
    .where('is_purged', '=', 1)
    .execute()
  const second = world.open()
  for (let asked = 0; asked < 2; asked++) {
    world.reads.length = 0
    const facts = await world.facts(world.model, second)
    assert.equal(facts.summary.totalDetections, 2_000 - 287)
    assert.match(facts.warnings.map(({ en }) => en).join(), /^Line 1: 1 days are missing: .* Restore their months/)
    assert.ok(world.reads.reduce((sum, { rowCount }) => sum + rowCount, 0) < 100, 'the table is not read again')
  }
  assert.equal(world.errors.length, 1)
  // a late row is no reason to take the day for whole
  await world.put([[2_001, startS + 3_610]])
  await world.settle()
  assert.equal(await world.total(world.model, second), 2_000 - 286)
  await world.reconcile()
  assert.deepEqual(await world.labels(), [0])
  await world.put(rows)
  await world.histories.rowsOf({ db: world.db, model: world.model }, world.own, { fromDay: firstDay, belowDay: firstDay + 1 })
  assert.deepEqual(await world.labels(), [])
  assert.equal(await world.total(world.model, second), 2_001)
})

forEachEngine('PL-62 a damaged summary of a day that has its rows is made of them again', async (engine, t) => {
  const world = await worldOf(engine, t)
  const damage = () =>
    world.platform.db.kysely
      .updateTable('day_summaries')
      .set({ coarse: Buffer.from('damaged') })
      .where('tenant_id', '=', world.tenantId)
      .where('day', '=', firstDay + 1)
      .execute()
  await damage()
  assert.equal((await world.reconcile()).rebuilt, 1)
  await damage()
  // a row that is joined to it
  await world.put([[2_001, startS + dayS + 3_610]])
  await world.settle()
  assert.equal(await world.total(world.model, world.open()), 2_001)
})

forEachEngine('PL-62 the check of a day to which clocks were reset does not read the rows between', async (engine, t) => {
  const world = await worldOf(engine, t)
  const longAgo = Date.UTC(2000, 0, 1) / 1000
  await world.put([[2_001, longAgo + 5], ...Array.from({ length: 60_000 }, (_, i) => [2_002 + i, startS + 8 * dayS + i] as const)])
  await world.put([[62_002, longAgo + 9]])
  await world.settle()
  world.reads.length = 0
  const isLongAgo = (day: number): boolean => day < firstDay - 1_000
  assert.deepEqual(await world.reconcile(isLongAgo), { checked: 1, rebuilt: 0, purged: 0 })
  assert.ok(world.reads.reduce((sum, { rowCount }) => sum + rowCount, 0) < 10)
  await world.plant.run(`delete from ${table} where detection_id = 62002`)
  await world.put([[62_003, startS + 9 * dayS]])
  await world.reconcile(isLongAgo)
  const days = await world.platform.db.kysely
    .selectFrom('day_summaries')
    .select(['row_count'])
    .where('tenant_id', '=', world.tenantId)
    .where('day', '=', longAgo / dayS)
    .execute()
  assert.deepEqual(days, [{ row_count: 1 }])
})

forEachEngine('PL-62 a label of days whose rows never left is taken off, unless it was just given', async (engine, t) => {
  const world = await worldOf(engine, t)
  assert.deepEqual(await world.label(firstDay, firstDay + 2), [firstDay, firstDay + 1])
  assert.deepEqual(await world.label(firstDay, firstDay + 3), [firstDay + 2], 'answers what it changed')
  await world.reconcile()
  assert.deepEqual(await world.labels(), [0, 1, 2], 'the rows may be about to leave')
  for (let change = 0; change < 5; change++) for (const isPurged of [true, false]) await world.label(firstDay + 4, firstDay + 5, isPurged)
  assert.deepEqual(await world.reconcile(), { checked: 7, rebuilt: 0, purged: 0 })
  assert.deepEqual(await world.labels(), [])
})

forEachEngine('PL-62 days are checked although rows are settled meanwhile', async (engine, t) => {
  const world = await worldOf(engine, t)
  await world.plant.run(`delete from ${table} where detection_id = 500`)
  const { db, model, own, tenantId } = world
  let changes = 0
  // another process changes the line whenever rows were read for the check
  const busy = {
    ...db,
    onRead: () => {
      if (changes++ < 3)
        void world.platform.db.kysely
          .updateTable('line_histories')
          .set((eb) => ({ revision: eb('revision', '+', 1) }))
          .where('tenant_id', '=', tenantId)
          .execute()
    },
  }
  assert.deepEqual(await world.histories.reconcile({ db: busy, model }, own), { checked: 7, rebuilt: 1, purged: 0 })
  assert.equal(await world.total(), 1_999)
})
