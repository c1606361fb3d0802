import assert from 'node:assert/strict'
import type { TestContext } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine, temporaryDatabase } from '../../../test/harness/engines.ts'
import { patienceMs } from '../../../test/harness/patience.ts'
import type { Engine } from './database.ts'
import { QueryTimeoutError } from './errors.ts'
import { openPlantKysely } from './open.ts'
import { readRows } from './read-rows.ts'

const rowCount = 12_000

/** A plant of `rowCount` detections; SQLite in its worker thread. */
async function plantOf(engine: Engine, t: TestContext) {
  const plant = await openPlantKysely(await temporaryDatabase(engine, t), { create: true, poolSize: 2 })
  t.after(plant.close)
  const { kysely } = plant
  const types = {
    sqlite: ['integer', 'text', 'decimal(8,2)'],
    postgres: ['bigint', 'timestamp(0)', 'numeric(8,2)'],
    mysql: ['bigint', 'datetime', 'decimal(8,2)'],
  }[engine]
  await sql
    .raw(
      `create table detection (id ${types[0]} primary key, at ${types[1]} not null, area_id integer, weight ${types[2]}, word varchar(50))`,
    )
    .execute(kysely)
  for (let from = 0; from < rowCount; from += 3_000) {
    const rows = Array.from({ length: 3_000 }, (_, at) => ({
      id: from + at + 1,
      at: '2026-03-02 06:07:08',
      area_id: at % 7 ? at % 7 : null,
      weight: 25.5,
      word: at % 2 ? 'Ñandú' : null,
    }))
    await kysely.insertInto('detection').values(rows).execute()
  }
  const all = kysely.selectFrom('detection').select(['id', 'at', 'area_id', 'word']).orderBy('id').compile()
  return { ...plant, all }
}

forEachEngine('readRows gives every row once, in order, as an array of plain values', async (engine, t) => {
  const { kysely, all } = await plantOf(engine, t)
  let expected = 1
  const first: unknown[][] = []
  const count = await readRows(
    kysely,
    all,
    (row) => {
      assert.equal(row[0], expected++)
      if (first.length < 3) first.push(row)
    },
    { timeoutMs: 20_000 },
  )
  assert.equal(count, rowCount)
  assert.deepEqual(first, [
    [1, '2026-03-02 06:07:08', null, null],
    [2, '2026-03-02 06:07:08', 1, 'Ñandú'],
    [3, '2026-03-02 06:07:08', 2, null],
  ])
})

forEachEngine('readRows takes parameters, and an empty answer is zero rows', async (engine, t) => {
  const { kysely } = await plantOf(engine, t)
  const seen: unknown[] = []
  const query = (from: number) =>
    kysely.selectFrom('detection').select('id').where('id', '>=', from).where('word', '=', 'Ñandú').orderBy('id').limit(2).compile()
  assert.equal(await readRows(kysely, query(10), ([id]) => seen.push(id), { timeoutMs: 20_000 }), 2)
  assert.deepEqual(seen, [10, 12])
  assert.equal(await readRows(kysely, query(rowCount + 1), () => assert.fail('no row'), { timeoutMs: 20_000 }), 0)
})

forEachEngine('what onRow throws, or an abort, ends the read at once, and the database serves on', async (engine, t) => {
  const { kysely, all } = await plantOf(engine, t)
  let seen = 0
  const stumble = () => {
    seen += 1
    if (seen === 100) throw new Error('enough')
  }
  await assert.rejects(readRows(kysely, all, stumble, { timeoutMs: 20_000 }), /enough/)
  assert.equal(seen, 100)

  const abort = new AbortController()
  seen = 0
  const abortLater = () => {
    seen += 1
    if (seen === 50) abort.abort(new Error('the person left'))
  }
  await assert.rejects(readRows(kysely, all, abortLater, { timeoutMs: 20_000, signal: abort.signal }), /the person left/)
  assert.ok(seen < rowCount)
  await assert.rejects(
    readRows(kysely, all, () => assert.fail('no row'), { timeoutMs: 20_000, signal: abort.signal }),
    /the person left/,
  )
  for (let at = 0; at < 4; at++) assert.equal(await readRows(kysely, all, () => {}, { timeoutMs: 20_000 }), rowCount)
})

forEachEngine(
  'a read that takes too long ends with QueryTimeoutError, and the next statement has its own limit again',
  async (engine, t) => {
    const { kysely } = await plantOf(engine, t)
    // Twelve thousand rows joined with themselves: minutes of work that produces rows all the while.
    const endless = sql`select a.id from detection a, detection b where a.area_id + b.area_id > 0`.compile(kysely)
    const startedMs = performance.now()
    await assert.rejects(
      readRows(kysely, endless, () => {}, { timeoutMs: 300 }),
      (error) => error instanceof QueryTimeoutError && error.timeoutMs === 300,
    )
    assert.ok(performance.now() - startedMs < patienceMs(5_000))
    assert.deepEqual((await sql<{ n: number }>`select count(*) as n from detection`.execute(kysely)).rows, [{ n: rowCount }])
  },
)

forEachEngine('a wrong statement is its own error, not a missing database', async (engine, t) => {
  const { kysely } = await plantOf(engine, t)
  await assert.rejects(
    readRows(kysely, sql`select id from nowhere`.compile(kysely), () => {}, { timeoutMs: 1_000 }),
    /nowhere/,
  )
})
