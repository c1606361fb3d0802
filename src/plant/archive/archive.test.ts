/** Old months leave and come back: row for row, whatever happens in between. */
import assert from 'node:assert/strict'
import type { KyselyPlugin } from 'kysely'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { partitionsOf, slotsOf } from '../partitions/index.ts'
import { monthText } from '../source/index.ts'
import { archiveWorld, m, months, piecesOf, refuseOnce, table, takeAll, timesOf } from './archive.fixture.ts'
import { listArchives } from './queries.ts'
import { restoreMonth } from './restore.ts'
import { settleLeaving } from './settle.ts'
import { heldMonths, planTakeOut } from './take-out.ts'

for (const firstMonth of ['2025-11', null] as const)
  forEachEngine(
    `PL-94 PL-TODO-55 months are archived, leave the table and come back row for row; figures stay, ${firstMonth ? 'with' : 'without'} partitions`,
    async (engine, t) => {
      const world = await archiveWorld(engine, t, firstMonth)
      const { deps, plant, line, tenant } = world
      await world.insert(timesOf(months, 30))
      const before = await world.rows()
      assert.equal((await piecesOf(world)).total, 150)
      const taken = await takeAll(world, '2026-02')
      assert.deepEqual(
        taken.flatMap((unit) => unit.months.map((month) => `${monthText(month)} ${unit.rows}`)),
        ['2025-11 30', '2025-12 30', '2026-01 30'],
      )
      assert.equal((await world.rows()).length, 60)
      // every process, and the nightly check, take the summaries for what they are
      const second = await world.processOf()
      for (const { deps: other } of [world, second]) {
        await other.histories.reconcile(plant, line)
        const { total, warnings } = await piecesOf({ ...world, deps: other })
        assert.equal(total, 150)
        assert.match(warnings.join(), /no longer in the database \(purged or archived\)/)
      }
      await second.end()
      const archives = await listArchives(tenant)
      assert.deepEqual(
        archives.map(({ month, rows, state }) => [monthText(month), rows, state]),
        [
          ['2026-01', 30, 'archived'],
          ['2025-12', 30, 'archived'],
          ['2025-11', 30, 'archived'],
        ],
      )
      const audited = await tenant.kysely
        .selectFrom('audit_logs')
        .select(['action', 'details'])
        .where('tenant_id', '=', tenant.tenantId)
        .where('entity_type', '=', 'detection_partition')
        .execute()
      assert.equal(audited.length, 3)
      assert.match(JSON.stringify(audited[0]), /2025-11/)
      for (const month of ['2025-12', '2025-11', '2026-01']) assert.equal(await restoreMonth(deps, null, plant, line, m(month)), 30)
      assert.deepEqual(await world.rows(), before)
      assert.deepEqual(await piecesOf(world), { total: 150, warnings: [] })
      assert.deepEqual(await deps.histories.reconcile(plant, line, () => true).then(({ rebuilt, purged }) => [rebuilt, purged]), [0, 0])
      if (firstMonth && engine !== 'sqlite') {
        const state = await partitionsOf(plant.db, table)
        const slots = state.kind === 'monthly' ? slotsOf(state) : []
        for (const month of ['2025-11', '2025-12', '2026-01'])
          assert.ok(
            slots.some(({ from, below }) => from === m(month) && below === m(month) + 1),
            `${month} has a partition of its own again`,
          )
      }
      assert.deepEqual([...(await heldMonths(deps, plant, 1))].sort().map(monthText), ['2025-11', '2025-12', '2026-01'])
      // out again: what is in the store already is not stored twice
      await takeAll(world, '2026-02')
      assert.deepEqual(
        (await listArchives(tenant)).map(({ archiveId }) => archiveId).sort(),
        archives.map(({ archiveId }) => archiveId).sort(),
      )
    },
  )

forEachEngine('PL-13 retention without archive drops rows, keeps summaries, and never what is kept', async (engine, t) => {
  const world = await archiveWorld(engine, t, '2025-11')
  await world.insert(timesOf(months, 10))
  assert.equal((await piecesOf(world)).total, 50)
  assert.equal((await planTakeOut(world.plant, world.line, m('2025-11'))).length, 0)
  await takeAll(world, '2026-03', false)
  assert.deepEqual((await listArchives(world.tenant)).length, 0)
  assert.deepEqual(
    (await world.rows()).map((row) => row.split(' ')[1]?.slice(0, 7)),
    Array.from({ length: 10 }, () => '2026-03'),
  )
  assert.equal((await piecesOf(world)).total, 50)
})

for (const firstMonth of ['2025-11', null] as const)
  forEachEngine(
    `PL-94 a month that came back and is deleted without another archive is in its first one alone, and comes back again, ${firstMonth ? 'with' : 'without'} partitions`,
    async (engine, t) => {
      const world = await archiveWorld(engine, t, firstMonth)
      const { deps, plant, line, tenant } = world
      await world.insert(timesOf(months, 20))
      const before = await world.rows()
      await piecesOf(world)
      await takeAll(world, '2025-12')
      await restoreMonth(deps, null, plant, line, m('2025-11'))
      const stateOf = async () => (await listArchives(tenant)).map(({ state }) => state)
      const refused = await world.processOf(refuseOnce())
      await assert.rejects(takeAll({ ...refused, line }, '2025-12', false), /the table is in use/)
      await refused.end()
      assert.deepEqual(await stateOf(), ['stored'], 'nothing has left')
      await takeAll(world, '2025-12', false)
      assert.deepEqual([(await world.rows()).length, await stateOf()], [80, ['archived']])
      assert.equal(await restoreMonth(deps, null, plant, line, m('2025-11')), 20)
      assert.deepEqual(await world.rows(), before)
      assert.deepEqual(await piecesOf(world), { total: 100, warnings: [] })
    },
  )

forEachEngine('PL-94 rows that come late to an archived month are a part of their own, and come back with it', async (engine, t) => {
  const world = await archiveWorld(engine, t, '2025-11')
  const { deps, plant, line, tenant } = world
  await world.insert(timesOf(months, 10))
  await piecesOf(world)
  await takeAll(world, '2025-12')
  await world.insert(['2025-11-30 23:59:59', '2025-11-02 08:00:00'])
  assert.equal((await piecesOf(world)).total, 52)
  // settled into the summary, which stays that of all twelve
  world.clock.at += 120_000
  await piecesOf(world)
  world.clock.at += 120_000
  await deps.histories.reconcile(plant, line)
  const second = await world.processOf()
  assert.equal((await piecesOf({ ...world, ...second })).total, 52)
  await second.end()
  await takeAll(world, '2025-12')
  assert.deepEqual(
    (await listArchives(tenant)).map(({ part, rows, state }) => [part, rows, state]),
    [
      [1, 10, 'archived'],
      [2, 2, 'archived'],
    ],
  )
  assert.equal(await restoreMonth(deps, null, plant, line, m('2025-11')), 12)
  assert.equal((await world.rows()).length, 52)
  assert.deepEqual(await piecesOf(world), { total: 52, warnings: [] })
})

for (const isArchiving of [true, false])
  forEachEngine(`PL-94 rows that could not leave are not told of as gone, ${isArchiving ? 'archived' : 'deleted'}`, async (engine, t) => {
    const world = await archiveWorld(engine, t, engine === 'sqlite' ? null : '2025-11')
    await world.insert(timesOf(months, 10))
    await piecesOf(world)
    const before = await world.rows()
    const refused = await world.processOf(refuseOnce())
    await assert.rejects(takeAll({ ...refused, line: world.line }, '2025-12', isArchiving), /the table is in use/)
    await refused.end()
    assert.deepEqual(await world.rows(), before)
    assert.deepEqual(
      (await listArchives(world.tenant)).map(({ state }) => state),
      isArchiving ? ['stored'] : [],
    )
    const second = await world.processOf()
    assert.deepEqual(await piecesOf({ ...world, ...second }), { total: 50, warnings: [] })
    await second.end()
  })

/** Ends the process at its `at`-th statement: everything after it fails too. */
function killAt(at: number): KyselyPlugin & { readonly count: () => number } {
  let count = 0
  return {
    count: () => count,
    transformQuery({ node }) {
      count++
      if (count >= at) throw new Error('killed')
      return node
    },
    transformResult: async ({ result }) => result,
  }
}

for (const firstMonth of ['2025-11', null] as const)
  forEachEngine(
    `PL-94 ended at any statement of archiving, leaving or restoring, no row is lost or doubled, ${firstMonth ? 'with' : 'without'} partitions`,
    async (engine, t) => {
      if (engine === 'sqlite' && firstMonth) return t.skip('no partitions there')
      const world = await archiveWorld(engine, t, firstMonth)
      const { plant, line, deps } = world
      await world.insert(timesOf(months, 8))
      await piecesOf(world)
      world.clock.at += 120_000
      await piecesOf(world)
      world.clock.at += 120_000
      await piecesOf(world)
      const before = await world.rows()
      const steps = { out: 0, back: 0 }
      // servers take a while: some of them there
      const stride = engine === 'sqlite' ? 2 : 9
      for (let at = 1; ; at += stride) {
        const killer = killAt(at)
        const dying = await world.processOf(killer)
        const ended = await takeAll({ ...dying, line }, '2026-01').then(
          () => true,
          () => false,
        )
        await dying.end()
        await settleLeaving(deps, null, plant, line)
        await takeAll(world, '2026-01')
        assert.equal((await world.rows()).length, 24, `killed at statement ${at}`)
        for (const month of ['2025-11', '2025-12']) await restoreMonth(deps, null, plant, line, m(month))
        assert.deepEqual(await world.rows(), before, `killed at statement ${at}`)
        steps.out++
        if (ended) break
      }
      for (let at = 1; ; at += stride) {
        await takeAll(world, '2026-01')
        const dying = await world.processOf(killAt(at))
        const ended = await restoreMonth(dying.deps, null, dying.plant, line, m('2025-11')).then(
          () => true,
          () => false,
        )
        await dying.end()
        await settleLeaving(deps, null, plant, line)
        if (!ended) await restoreMonth(deps, null, plant, line, m('2025-11'))
        await restoreMonth(deps, null, plant, line, m('2025-12'))
        assert.deepEqual(await world.rows(), before, `killed at statement ${at}`)
        steps.back++
        if (ended) break
      }
      assert.equal((await piecesOf(world)).total, 40)
      assert.ok(steps.out > 5 && steps.back > 2, JSON.stringify(steps))
      t.diagnostic(`${steps.out} ends while leaving, ${steps.back} while coming back`)
    },
  )
