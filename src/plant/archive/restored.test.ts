/** Months that left, and a table that is read again: figures stay, and rows that come back are not counted twice. */
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { archiveWorld, m, months, piecesOf, settleRows, table, takeAll, timesOf, type World } from './archive.fixture.ts'
import { restoreMonth } from './index.ts'

/** The newest row is another: the table is read again. */
const correctNewest = ({ kysely, engine }: { readonly kysely: World['kysely']; readonly engine: string }) => {
  const newest = sql`(select max(detection_id) from ${sql.id(table)})`
  // MySQL does not read the table that it writes, unless it is a table of its own
  const id = engine === 'mysql' ? sql`(select * from ${newest} as newest)` : newest
  return sql`update ${sql.id(table)} set area_id = 9 where detection_id = ${id}`.execute(kysely)
}

forEachEngine('PL-94 a late row in an archived month takes nothing from its day when everything is read again', async (engine, t) => {
  const world = await archiveWorld(engine, t, null)
  await world.insert(timesOf(months, 280))
  await settleRows(world)
  await takeAll(world, '2026-01')
  await world.insert(['2025-11-05 23:59:59', '2026-03-28 23:59:59'])
  await settleRows(world)
  await correctNewest({ kysely: world.kysely, engine })
  await settleRows(world)
  assert.equal((await piecesOf(world)).total, 1_402)
  await world.deps.histories.reconcile(world.plant, world.line)
  assert.equal((await piecesOf(world)).total, 1_402)
})

forEachEngine('PL-94 a month that comes back after everything was read again is counted once', async (engine, t) => {
  const world = await archiveWorld(engine, t, null)
  await world.insert(timesOf(months, 30))
  await settleRows(world)
  await takeAll(world, '2026-01')
  await correctNewest({ kysely: world.kysely, engine })
  await settleRows(world)
  assert.equal((await piecesOf(world)).total, 150)
  // another process answers while the rows come back
  const totals: number[] = []
  const own = await world.processOf()
  const ask = async (): Promise<void> => {
    totals.push((await piecesOf({ ...world, ...own })).total)
  }
  assert.equal(await restoreMonth(world.deps, null, world.plant, world.line, m('2025-12'), ask), 30)
  await ask()
  await own.end()
  assert.deepEqual(new Set(totals), new Set([150]))
  assert.equal(await restoreMonth(world.deps, null, world.plant, world.line, m('2025-11')), 30)
  assert.deepEqual(await piecesOf(world), { total: 150, warnings: [] })
  assert.equal((await world.deps.histories.reconcile(world.plant, world.line)).rebuilt, 0)
})
