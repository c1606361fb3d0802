/** A first attach under way: what is loaded answers, and the rest is read from its rows. */
import assert from 'node:assert/strict'
import { companyIn } from '../../../test/harness/company.ts'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { lineDatabase } from '../../../test/harness/line-database.ts'
import { plantModel } from '../../../test/harness/plant-model.ts'
import { dayS, formatLocal, zoneOf } from '../../platform/time/index.ts'
import { createHistories } from '../history/index.ts'
import { checkFilters } from '../scope/index.ts'
import type { RowRead } from '../source/plant-db.ts'
import { gatherFacts } from './index.ts'

forEachEngine('PL-85 while a line loads, its loaded days answer from summaries and other ranges from their rows', async (engine, t) => {
  const platform = await migratedDatabase(engine, t)
  const plant = await lineDatabase(engine, t)
  const tenantId = await companyIn(platform.db)
  const reads: RowRead[] = []
  const db = { ...plant.db, tenantId, onRead: (read: RowRead) => void reads.push(read) }
  const model = plantModel()
  const [own] = model.lines
  assert.ok(own)
  const zone = zoneOf(model.settings.timeZone)
  const startS = zone.toEpochS(Date.UTC(2026, 9, 1) / 1000)
  const nowMs = (startS + 8 * dayS) * 1000
  const rows = (from: number, count: number) =>
    Array.from({ length: count }, (_, i) => [formatLocal(zone.toLocalS(startS + (from + i) * 200)), 2, (i % 3) + 1] as const)
  await plant.insert(rows(0, 2_800))
  const open = () =>
    createHistories({ db: platform.db, clock: { nowMs: () => nowMs }, log: console, options: { batchIds: 200, inlineIds: 50 } })

  const killed = open()
  await killed.load({ db, model }, own, ({ loadedFraction }) => {
    if (loadedFraction > 0.5) void killed.close()
  })
  // another process holds the line, and does nothing
  await platform.db.kysely
    .updateTable('line_histories')
    .set({ lease_until: nowMs + 30_000 })
    .where('tenant_id', '=', tenantId)
    .execute()

  const histories = open()
  t.after(histories.close)
  const compare = async (from: string, to: string): Promise<number> => {
    const { scope } = checkFilters(model, { start_date: from, end_date: to, interval: 'hour' }, nowMs)
    assert.ok(scope)
    const wanted = await gatherFacts(db, model, scope)
    reads.length = 0
    const found = await gatherFacts(db, model, scope, { history: histories.of({ db, model }) })
    assert.deepEqual({ ...found, warnings: [] }, { ...wanted, warnings: [] })
    assert.match(found.warnings[0]?.en ?? '', /history loading, [5-9]\d %/)
    return reads.filter(({ isPlain }) => isPlain).length
  }
  assert.equal(await compare('2026-10-07', '2026-10-07'), 0)
  assert.ok((await compare('2026-10-03', '2026-10-07')) > 0)
  assert.ok((await compare('2026-10-02', '2026-10-02')) > 0)
  // rows that come meanwhile, also late ones, are in the next answer
  await plant.insert(rows(2_650, 5))
  assert.equal(await compare('2026-10-07', '2026-10-07'), 0)
  await plant.insert(rows(100, 5))
  assert.ok((await compare('2026-10-01', '2026-10-02')) > 0)
  assert.equal(await compare('2026-10-07', '2026-10-07'), 0)

  // the line is free again: the loading goes on and everything is loaded
  await platform.db.kysely.updateTable('line_histories').set({ lease_until: 0 }).where('tenant_id', '=', tenantId).execute()
  await histories.load({ db, model }, own)
  const { scope } = checkFilters(model, { start_date: '2026-10-01', end_date: '2026-10-08', interval: 'day' }, nowMs)
  assert.ok(scope)
  assert.deepEqual(await gatherFacts(db, model, scope, { history: histories.of({ db, model }) }), await gatherFacts(db, model, scope))
})
