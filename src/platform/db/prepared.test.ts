import assert from 'node:assert/strict'
import { forEachEngine, migratedDatabase } from '../../../test/harness/engines.ts'
import { prepared } from './prepared.ts'
import { transaction } from './transaction.ts'

forEachEngine(
  'a prepared statement is built once and answers every call with its own arguments, inside a transaction too',
  async (engine, t) => {
    const { db } = await migratedDatabase(engine, t)
    let built = 0
    const findSchedules = prepared(({ kysely }, atLeast: number, name: string) => {
      built += 1
      return kysely
        .selectFrom('job_schedules')
        .select(['name', 'next_run_at'])
        .where('next_run_at', '>=', atLeast)
        .where((eb) => eb.or([eb('name', '=', name), eb('name', '=', 'always')]))
        .orderBy('name')
    })
    for (const [name, next_run_at] of [
      ['always', 5],
      ["o'b", 7],
      ['c', 9],
    ] as const)
      await db.kysely.insertInto('job_schedules').values({ name, next_run_at }).execute()
    assert.deepEqual(await findSchedules(db, 1, "o'b"), [
      { name: 'always', next_run_at: 5 },
      { name: "o'b", next_run_at: 7 },
    ])
    assert.deepEqual(await findSchedules(db, 6, 'c'), [{ name: 'c', next_run_at: 9 }])
    assert.deepEqual(await findSchedules(db, 6, "' or 1=1 --"), [])
    await transaction(db, async (tx) => {
      await tx.kysely.insertInto('job_schedules').values({ name: 'd', next_run_at: 10 }).execute()
      assert.deepEqual(await findSchedules(tx, 6, 'd'), [{ name: 'd', next_run_at: 10 }])
    })
    assert.equal(built, 1)
  },
)
