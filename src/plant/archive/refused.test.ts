/** What is refused rather than restored over something else, and leaves everything as it was. */
import assert from 'node:assert/strict'
import { globSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { test } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine } from '../../../test/harness/engines.ts'
import { archiveWorld, isProblem, m, months, piecesOf, table, takeAll, timesOf } from './archive.fixture.ts'
import { restoreMonth } from './restore.ts'

test('PL-94 a tampered, cut or lost archive is refused and restores nothing', async (t) => {
  const world = await archiveWorld('sqlite', t, null)
  const { deps, plant, line, folder } = world
  await world.insert(timesOf(months, 20))
  await piecesOf(world)
  await takeAll(world, '2025-12')
  const [file] = globSync('files/table-archive/*/*', { cwd: folder }).map((name) => path.join(folder, name))
  assert.ok(file)
  const whole = readFileSync(file)
  const left = await world.rows()
  const changed = Buffer.from(whole)
  changed[Math.floor(changed.length / 2)] = (changed[Math.floor(changed.length / 2)] ?? 0) ^ 1
  for (const bytes of [changed, whole.subarray(0, whole.length - 20), Buffer.concat([whole, whole]), Buffer.alloc(0)]) {
    writeFileSync(file, bytes)
    await assert.rejects(restoreMonth(deps, null, plant, line, m('2025-11')), isProblem('archive_broken'))
  }
  rmSync(file)
  await assert.rejects(restoreMonth(deps, null, plant, line, m('2025-11')), isProblem('archive_broken'))
  assert.deepEqual(await world.rows(), left)
  await assert.rejects(restoreMonth(deps, null, plant, line, m('2024-11')), isProblem('archive_missing'))
  writeFileSync(file, whole)
  assert.equal(await restoreMonth(deps, null, plant, line, m('2025-11')), 20)
})

test('PL-94 what came out of another database does not go into this one, unless the operator says so', async (t) => {
  const world = await archiveWorld('sqlite', t, null)
  const { deps, plant, line, tenant } = world
  await world.insert(timesOf(months, 20))
  await piecesOf(world)
  await takeAll(world, '2025-12')
  const former = JSON.stringify({ columns: ['detection_id', 'detected_at', 'area_id', 'product_id'], database: 'planta_vieja' })
  await tenant.kysely.updateTable('table_archives').set({ columns: former }).where('tenant_id', '=', tenant.tenantId).execute()
  await assert.rejects(restoreMonth(deps, null, plant, line, m('2025-11')), isProblem('archive_other_plant'))
  assert.equal((await world.rows()).length, 80)
  assert.equal(await restoreMonth(deps, null, plant, line, m('2025-11'), undefined, { isAnyOrigin: true }), 20)
  // it is of this one from then on
  await takeAll(world, '2025-12', false)
  assert.equal((await world.rows()).length, 80)
  assert.equal(await restoreMonth(deps, null, plant, line, m('2025-11')), 20)
})

test('PL-94 nothing leaves the table when the store gives back something else', async (t) => {
  const world = await archiveWorld('sqlite', t, null)
  await world.insert(timesOf(months, 20))
  await piecesOf(world)
  const before = await world.rows()
  const files = {
    ...world.deps.files,
    put: (key: string, source: Parameters<typeof world.deps.files.put>[1], mime: string) =>
      world.deps.files.put(key, 'path' in source ? { bytes: Buffer.from('something else') } : source, mime),
  }
  await assert.rejects(takeAll({ ...world, deps: { ...world.deps, files } }, '2025-12'), isProblem('archive_broken'))
  assert.deepEqual(await world.rows(), before)
})

test('PL-94 a row of the table that differs from the archived one is not written over', async (t) => {
  const world = await archiveWorld('sqlite', t, null)
  const { deps, plant, line } = world
  await world.insert(timesOf(months, 20))
  await piecesOf(world)
  await takeAll(world, '2025-12')
  await world.kysely.insertInto(table).values({ detection_id: 3, detected_at: '2025-11-03 02:15:02', area_id: 99, product_id: 1 }).execute()
  await assert.rejects(restoreMonth(deps, null, plant, line, m('2025-11')), isProblem('archive_conflict'))
})

forEachEngine('PL-94 an id that a row of another month has by now is told, and nothing of its batch is restored', async (engine, t) => {
  const world = await archiveWorld(engine, t, null)
  const { deps, plant, line } = world
  await world.insert(timesOf(months, 20))
  await piecesOf(world)
  await takeAll(world, '2025-12')
  await sql`insert into ${sql.id(table)} (detection_id, detected_at, area_id, product_id) values (3, '2026-03-28 02:15:02', 2, 1)`.execute(
    world.kysely,
  )
  await assert.rejects(restoreMonth(deps, null, plant, line, m('2025-11')), isProblem('archive_conflict'))
  assert.equal((await world.rows()).length, 81)
})
