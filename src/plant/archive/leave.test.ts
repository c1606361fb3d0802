/** What goes wrong in between, while rows leave: corrections, late rows, ends of the process, damaged files. Figures stay exact. */
import assert from 'node:assert/strict'
import { globSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { monthText } from '../source/index.ts'
import {
  archiveWorld,
  isProblem,
  m,
  months,
  piecesOf,
  refuseOnce,
  settleRows,
  table,
  takeAll,
  timesOf,
  type World,
} from './archive.fixture.ts'
import { planTakeOut, restoreMonth, settleLeaving, takeOut } from './index.ts'
import { listArchives, setState } from './queries.ts'

type Deps = World['deps']

/** The total as shown, and after the nightly check of all days. */
async function checkedTotals(world: World): Promise<number[]> {
  const shown = (await piecesOf(world)).total
  await world.deps.histories.reconcile(world.plant, world.line)
  return [shown, (await piecesOf(world)).total]
}

const statesOf = async ({ tenant }: World) => (await listArchives(tenant)).map(({ month, state }) => `${monthText(month)} ${state}`)

/** `work` is done once, just when the days have been labelled and rows are about to leave. */
function whenLabelled(deps: Deps, work: () => Promise<unknown>): Deps {
  let isDone = false
  const label: Deps['histories']['label'] = async (...asked) => {
    const labelled = await deps.histories.label(...asked)
    if (!isDone) {
      isDone = true
      await work()
    }
    return labelled
  }
  return { ...deps, histories: { ...deps.histories, label } }
}

const die = () => Promise.reject(new Error('killed'))

/** December left, November was brought back, and one row of December came late. */
async function worldWithStray(...world: Parameters<typeof archiveWorld>) {
  const made = await archiveWorld(...world)
  await made.insert(timesOf(months, 280))
  await settleRows(made)
  await takeAll(made, '2026-01')
  await restoreMonth(made.deps, null, made.plant, made.line, m('2025-11'))
  await settleRows(made)
  await made.insert(['2025-12-05 23:59:59'])
  return made
}

forEachEngine('PL-94 a take-out of a late row that fails takes the label off no day whose rows left long ago', async (engine, t) => {
  const world = await worldWithStray(engine, t, null)
  await settleRows(world)
  assert.equal((await piecesOf(world)).total, 1401)
  const { deps, plant, line } = world
  const [unit] = await planTakeOut(plant, line, m('2026-01'), new Set([m('2025-11')]))
  assert.equal(unit?.rows, 1)

  const locked = await world.processOf(refuseOnce())
  await assert.rejects(takeOut(locked.deps, null, locked.plant, line, unit, { isArchiving: true }), /the table is in use/)
  await locked.end()
  assert.deepEqual(await checkedTotals(world), [1401, 1401], 'after the failure')
  await assert.rejects(takeOut(whenLabelled(deps, die), null, plant, line, unit, { isArchiving: true }), /killed/)
  await settleLeaving(deps, null, plant, line)
  assert.deepEqual(await checkedTotals(world), [1401, 1401], 'after the end of the process')
  assert.deepEqual(await statesOf(world), ['2025-12 archived', '2025-12 stored', '2025-11 stored'])
})

forEachEngine('PL-94 a month whose take-out ended before a row left is as before: no day of it bears the label', async (engine, t) => {
  const world = await archiveWorld(engine, t, null)
  const { deps, plant, line } = world
  await world.insert(timesOf(months, 56))
  await piecesOf(world)
  await assert.rejects(takeAll({ ...world, deps: whenLabelled(deps, die) }, '2025-12'), /killed/)
  assert.ok((await piecesOf(world)).warnings.length > 0)
  await settleLeaving(deps, null, plant, line)
  assert.deepEqual(await piecesOf(world), { total: 280, warnings: [] })
  assert.deepEqual(await statesOf(world), ['2025-11 stored'])
})

test('PL-94 a late row that no summary has yet does not leave', async (t) => {
  const world = await worldWithStray('sqlite', t, null)
  await assert.rejects(takeAll(world, '2026-01'), isProblem('history_loading'))
  await settleRows(world)
  await takeAll(world, '2026-01')
  assert.deepEqual(await checkedTotals(world), [1401, 1401])
})

for (const count of [30, 5_100])
  forEachEngine(
    `PL-94 a row that is corrected between archive and leaving is archived as corrected, one of ${count}`,
    async (engine, t) => {
      const world = await archiveWorld(engine, t, null)
      const { deps, plant, line } = world
      await world.insert(timesOf(['2025-11'], count))
      await world.insert(timesOf(['2026-03'], 3))
      await settleRows(world)
      const correct = () => sql`update ${sql.id(table)} set area_id = 9 where detection_id = ${count - 4}`.execute(world.kysely)
      const correcting = { ...world, deps: whenLabelled(deps, correct) }
      if (count <= 5_000) await takeAll(correcting, '2026-01')
      else {
        await assert.rejects(takeAll(correcting, '2026-01'), isProblem('rows_keep_coming'))
        assert.equal((await world.rows()).length, count - 5_000 + 3, 'a part has left')
        await settleLeaving(deps, null, plant, line)
      }
      assert.equal((await world.rows()).length, 3)
      assert.deepEqual(await statesOf(world), ['2025-11 archived'])
      assert.equal(await restoreMonth(deps, null, plant, line, m('2025-11')), count)
      const corrected = (await world.rows()).filter((row) => row.split(' ')[3] === '9')
      assert.deepEqual(
        corrected.map((row) => Number(row.split(' ')[0])),
        [count - 4],
      )
      assert.deepEqual(await checkedTotals(world), [count + 3, count + 3])
    },
  )

forEachEngine('PL-13 a row that comes into a month while it is deleted is in its summary before it goes', async (engine, t) => {
  const world = await archiveWorld(engine, t, null)
  const { deps, plant } = world
  await world.insert(timesOf(months, 280))
  await settleRows(world)
  const [november] = await planTakeOut(plant, world.line, m('2025-12'))
  const ofDecember = (await world.rows()).filter((row) => row.includes(' 2025-12')).map((row) => Number(row.split(' ')[0]))
  const [, moved] = ofDecember.filter((id) => id < (november?.months[0]?.maxId ?? 0))
  assert.ok(moved, 'within the ids of November')
  const move = () =>
    sql`update ${sql.id(table)} set detected_at = '2025-11-30 22:00:00' where detection_id = ${moved}`.execute(world.kysely)
  await takeAll({ ...world, deps: whenLabelled(deps, move) }, '2026-01', false)
  assert.equal((await world.rows()).length, 840)
  assert.deepEqual(await checkedTotals(world), [1400, 1400])
})

forEachEngine('PL-94 a row inside the ids of an archive that is leaving, and not of it, stays in the table', async (engine, t) => {
  const world = await archiveWorld(engine, t, null)
  const { deps, plant, line, tenant } = world
  await world.insert(timesOf(months, 30))
  await settleRows(world)
  await takeAll(world, '2025-12')
  const [archive] = await listArchives(tenant)
  assert.ok(archive)
  await setState(tenant, [archive.archiveId], 'leaving', world.clock.nowMs())
  const inside = (await world.rows()).map((row) => Number(row.split(' ')[0])).find((id) => id < archive.maxId)
  await sql`update ${sql.id(table)} set detected_at = '2025-11-30 22:00:00' where detection_id = ${inside}`.execute(world.kysely)
  // and one that came back by hand, otherwise
  await sql`insert into ${sql.id(table)} (detection_id, detected_at, area_id, product_id) values (3, '2025-11-03 02:15:02', 9, 1)`.execute(
    world.kysely,
  )
  await settleLeaving(deps, null, plant, line)
  assert.deepEqual(await statesOf(world), ['2025-11 archived'])
  assert.equal((await world.rows()).length, 120)
  assert.equal(await restoreMonth(deps, null, plant, line, m('2025-11')), 30)
  assert.equal((await world.rows()).find((row) => row.startsWith('3 '))?.split(' ')[3], '9')
})

test('PL-94 a damaged archive that is half out keeps no other from being settled', async (t) => {
  const world = await archiveWorld('sqlite', t, null)
  const { deps, plant, line, tenant, folder } = world
  await world.insert(timesOf(months, 30))
  await settleRows(world)
  await takeAll(world, '2025-12')
  const [file] = globSync('files/table-archive/*/*', { cwd: folder }).map((name) => path.join(folder, name))
  await takeAll(world, '2026-01')
  const archives = await listArchives(tenant)
  await setState(
    tenant,
    archives.map(({ archiveId }) => archiveId),
    'leaving',
    world.clock.nowMs(),
  )
  writeFileSync(file ?? '', 'damaged')
  await sql`insert into ${sql.id(table)} (detection_id, detected_at, area_id, product_id) values (3, '2025-11-03 02:15:02', 9, 1)`.execute(
    world.kysely,
  )
  await assert.rejects(settleLeaving(deps, null, plant, line), isProblem('archive_broken'))
  assert.deepEqual(await statesOf(world), ['2025-12 archived', '2025-11 leaving'])
  assert.equal((await world.rows()).length, 91, 'of the damaged one nothing was touched')
})
