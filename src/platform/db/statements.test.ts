import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { forEachEngine, migratedDatabase, temporaryDatabase } from '../../../test/harness/engines.ts'
import type { Db } from './database.ts'
import { isDatabaseUnavailable, isTransactionConflict, isUniqueViolation, QueryTimeoutError } from './errors.ts'
import { listColumns, listTables } from './introspect.ts'
import { openDatabase } from './open.ts'
import { insertId, insertUnlessExists, lockRow, upsert } from './statements.ts'
import { transaction, withStatementTimeout } from './transaction.ts'

const job = {
  name: 'a',
  payload: 'null',
  status: 'waiting' as const,
  active_key: null as string | null,
  run_at: 1,
  created_at: 1,
  updated_at: 1,
}
const schedules = ({ kysely }: Db) => kysely.selectFrom('job_schedules').select(['name', 'next_run_at']).orderBy('name').execute()

forEachEngine('insertId answers the new integer key', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const first = await insertId(db, 'jobs', job)
  const second = await insertId(db, 'jobs', job)
  assert.ok(Number.isSafeInteger(first) && second > first)
  assert.deepEqual(await db.kysely.selectFrom('jobs').select('id').orderBy('id').execute(), [{ id: first }, { id: second }])
})

forEachEngine('upsert inserts, then updates what it is told to', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await upsert(db, 'job_schedules', { name: 'a', next_run_at: 1 }, ['name'])
  await upsert(db, 'job_schedules', { name: 'a', next_run_at: 2 }, ['name'])
  await upsert(db, 'job_schedules', { name: 'b', next_run_at: 3 }, ['name'])
  await upsert(db, 'job_schedules', { name: 'b', next_run_at: 4 }, ['name'], {})
  await upsert(db, 'job_schedules', { name: 'a', next_run_at: 5 }, ['name'], { next_run_at: 50 })
  assert.deepEqual(await schedules(db), [
    { name: 'a', next_run_at: 50 },
    { name: 'b', next_run_at: 3 },
  ])
})

forEachEngine('insertUnlessExists says whether it inserted', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  assert.equal(await insertUnlessExists(db, 'job_schedules', { name: 'a', next_run_at: 1 }), true)
  assert.equal(await insertUnlessExists(db, 'job_schedules', { name: 'a', next_run_at: 2 }), false)
  assert.deepEqual(await schedules(db), [{ name: 'a', next_run_at: 1 }])
})

forEachEngine(
  'a second value of a unique key is told from other faults; NULLs do not clash; ñ and n, a and A are different',
  async (engine, t) => {
    const { db } = await migratedDatabase(engine, t)
    await insertId(db, 'jobs', { ...job, active_key: 'pena' })
    for (const key of [null, null, 'peña', 'Pena']) await insertId(db, 'jobs', { ...job, active_key: key })
    await assert.rejects(insertId(db, 'jobs', { ...job, active_key: 'pena' }), isUniqueViolation)
    await assert.rejects(
      upsert(db, 'job_schedules', { name: 'x'.repeat(101), next_run_at: 1 }, ['name']),
      (error) => !isUniqueViolation(error),
    ) // too long
  },
)

forEachEngine('numUpdatedRows counts the rows that match, changed or not', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await insertId(db, 'jobs', job)
  const update = (name: string) => db.kysely.updateTable('jobs').set({ run_at: 1 }).where('name', '=', name).executeTakeFirstOrThrow()
  assert.equal((await update('a')).numUpdatedRows, 1n)
  assert.equal((await update('b')).numUpdatedRows, 0n)
})

forEachEngine('numbers, text and limits are bound as what they are', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  const large = 9_007_199_254_740_991
  await insertId(db, 'jobs', { ...job, name: '5', payload: '007', run_at: large })
  await insertId(db, 'jobs', { ...job, name: 'x', run_at: 2 })
  const find = (column: 'name' | 'run_at' | 'payload', value: string | number) =>
    db.kysely
      .selectFrom('jobs')
      .select(['name', 'payload', 'run_at'])
      .where(column, '=', value as never)
      .limit(1)
      .execute()
  assert.deepEqual(await find('run_at', large), [{ name: '5', payload: '007', run_at: large }])
  assert.deepEqual(await find('name', '5'), [{ name: '5', payload: '007', run_at: large }])
  if (engine !== 'postgres') assert.deepEqual(await find('name', 0), []) // PostgreSQL: text 0 as well; no engine may find 'x'
  await assert.rejects(insertId(db, 'jobs', { ...job, run_at: 2 ** 53 }), RangeError)
  await assert.rejects(insertId(db, 'jobs', { ...job, run_at: new Date(0) as never }), TypeError)
  const { rows } = await sql<{ total: unknown; big: unknown }>`select sum(fence) as total, count(*) as big from jobs`.execute(db.kysely)
  assert.equal(Number(rows[0]?.total), 0)
  assert.equal(rows[0]?.big, 2)
  await assert.rejects(sql`select 9007199254740993 as too_big`.execute(db.kysely), RangeError)
})

forEachEngine('text of any script comes back as it was', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  for (const name of ['Línea Ñandú 25 kg', '日本語', '🏭👷‍♀️', "'; drop table jobs; --", '100%_\\']) {
    const id = await insertId(db, 'jobs', { ...job, name })
    assert.deepEqual(await db.kysely.selectFrom('jobs').select('name').where('id', '=', id).where('name', '=', name).execute(), [{ name }])
  }
})

forEachEngine('a transaction is all or nothing, and one inside another joins it', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await assert.rejects(
    transaction(db, async (tx) => {
      await upsert(tx, 'job_schedules', { name: 'a', next_run_at: 1 }, ['name'])
      await transaction(tx, (inner) => upsert(inner, 'job_schedules', { name: 'b', next_run_at: 1 }, ['name']))
      throw new Error('no')
    }),
    /no/,
  )
  assert.deepEqual(await schedules(db), [])
  assert.equal(await transaction({ ...db, tenantId: 7 }, async (tx) => tx.tenantId), 7)
})

forEachEngine('readers outside a transaction do not see its half, nor wait for its end', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await transaction(db, async (tx) => {
    await upsert(tx, 'job_schedules', { name: 'a', next_run_at: 1 }, ['name'])
    assert.equal((await schedules(db)).length, 0)
    assert.equal((await schedules(tx)).length, 1)
  })
  assert.equal((await schedules(db)).length, 1)
})

forEachEngine('lockRow makes concurrent read-then-write transactions follow each other, also across processes', async (engine, t) => {
  const { db, url } = await migratedDatabase(engine, t)
  const other = await openDatabase(url)
  t.after(() => other.close())
  await upsert(db, 'job_schedules', { name: 'count', next_run_at: 0 }, ['name'])
  const increment = (own: Db) =>
    transaction(own, async (tx) => {
      assert.equal(await lockRow(tx, 'job_schedules', { name: 'count' }), true)
      const row = await tx.kysely.selectFrom('job_schedules').select('next_run_at').where('name', '=', 'count').executeTakeFirstOrThrow()
      await tx.kysely
        .updateTable('job_schedules')
        .set({ next_run_at: row.next_run_at + 1 })
        .where('name', '=', 'count')
        .execute()
    })
  await Promise.all(Array.from({ length: 12 }, (_, at) => increment(at % 2 ? db : other.db)))
  assert.deepEqual(await schedules(db), [{ name: 'count', next_run_at: 12 }])
  await transaction(db, async (tx) => assert.equal(await lockRow(tx, 'job_schedules', { name: 'nobody' }), false))
  await assert.rejects(lockRow(db, 'job_schedules', { name: 'count' }), /needs a transaction/)
})

forEachEngine('transactions that lock each other out are run again until both have won', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  for (const name of ['a', 'b']) await upsert(db, 'job_schedules', { name, next_run_at: 0 }, ['name'])
  let arrived = 0
  let bothHere = () => {}
  const meeting = new Promise<void>((resolve) => {
    bothHere = resolve
  })
  let attempts = 0
  const cross = (first: string, second: string) =>
    transaction(db, async (tx) => {
      attempts += 1
      const add = (name: string) =>
        tx.kysely.updateTable('job_schedules').set({ next_run_at: sql`next_run_at + 1` }).where('name', '=', name).execute()
      await add(first)
      arrived += 1
      if (arrived === 2 || engine === 'sqlite') bothHere() // SQLite lets only one in at a time: no deadlock to meet for
      await meeting
      await add(second)
    })
  await Promise.all([cross('a', 'b'), cross('b', 'a')])
  assert.ok(engine === 'sqlite' ? attempts === 2 : attempts > 2, `${attempts} attempts`)
  assert.deepEqual(
    (await schedules(db)).map((row) => row.next_run_at),
    [2, 2],
  )
})

forEachEngine('a statement that loses outside of any helper is told as a busy database, not as a bug', async (engine, t) => {
  if (engine === 'sqlite') return // one writer at a time: nobody to lose against
  const { db } = await migratedDatabase(engine, t)
  for (const name of ['a', 'b']) await upsert(db, 'job_schedules', { name, next_run_at: 0 }, ['name'])
  const { promise: meeting, resolve: bothHere } = Promise.withResolvers<void>()
  let arrived = 0
  const cross = (first: string, second: string) =>
    db.kysely.transaction().execute(async (tx) => {
      const set = (name: string) => tx.updateTable('job_schedules').set({ next_run_at: 1 }).where('name', '=', name).execute()
      await set(first)
      arrived += 1
      if (arrived === 2) bothHere()
      await meeting
      await set(second)
    })
  const outcomes = await Promise.allSettled([cross('a', 'b'), cross('b', 'a')])
  const errors = outcomes.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason] : []))
  assert.deepEqual(
    errors.map((error) => [isTransactionConflict(error), isDatabaseUnavailable(error)]),
    [[true, true]],
  )
})

forEachEngine('a transaction that always conflicts gives up after its fourth run', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  let attempts = 0
  const conflict = Object.assign(new Error('deadlock'), { code: '40P01', errno: 1213, errcode: 5 })
  const losing = transaction(db, async () => {
    attempts += 1
    throw conflict
  })
  await assert.rejects(losing, (error) => isTransactionConflict(error) && isDatabaseUnavailable(error))
  assert.equal(attempts, 4)
})

forEachEngine('the catalogue lists tables and columns with their types', async (engine, t) => {
  const { db, close } = await openDatabase(await temporaryDatabase(engine, t))
  t.after(close)
  const quoted = engine === 'mysql' ? '`línea ñ 25 kg`' : '"línea ñ 25 kg"'
  await sql.raw(`create table ${quoted} (id integer primary key, b varchar(50) not null, c text)`).execute(db.kysely)
  await sql.raw('create view a_view as select 1 as one').execute(db.kysely)
  assert.deepEqual(await listTables(db), ['a_view', 'línea ñ 25 kg'])
  const columns = await listColumns(db, 'línea ñ 25 kg')
  assert.deepEqual(
    columns.map(({ table, name, isNullable }) => [table, name, isNullable]),
    [
      ['línea ñ 25 kg', 'id', false],
      ['línea ñ 25 kg', 'b', false],
      ['línea ñ 25 kg', 'c', true],
    ],
  )
  assert.match(columns[0]?.type ?? '', /^int/)
  assert.match(columns[1]?.type ?? '', /^(varchar|character varying)\(50\)$/)
  assert.deepEqual(
    (await listColumns(db)).map(({ name }) => name),
    ['one', 'id', 'b', 'c'],
  )
})

forEachEngine('a session takes one statement at a time and speaks UTC', async (engine, t) => {
  const { db } = await migratedDatabase(engine, t)
  await upsert(db, 'job_schedules', { name: 'a', next_run_at: 0 }, ['name'])
  await sql
    .raw("select 1; delete from job_schedules where name = 'a'")
    .execute(db.kysely)
    .catch(() => {})
  assert.equal((await schedules(db)).length, 1)
  if (engine === 'sqlite') return // has no time zones
  const zone = sql<{ zone: string }>`select ${sql.raw(engine === 'mysql' ? '@@session.time_zone' : "current_setting('timezone')")} as zone`
  assert.equal((await zone.execute(db.kysely)).rows[0]?.zone, engine === 'mysql' ? '+00:00' : 'UTC')
  const local = sql<{ at: unknown }>`select cast('2026-03-29 02:30:00' as ${sql.raw(engine === 'mysql' ? 'datetime' : 'timestamp')}) as at`
  assert.equal((await local.execute(db.kysely)).rows[0]?.at, '2026-03-29 02:30:00')
})

forEachEngine('a statement ends at its limit, and the connection serves on', async (engine, t) => {
  if (engine === 'sqlite') return // in process nothing can interrupt a statement; a plant's file is tested in unavailable.test.ts
  const { db } = await migratedDatabase(engine, t)
  const nap = sql.raw(engine === 'postgres' ? 'select pg_sleep(20)' : 'select sleep(20) from job_schedules')
  await upsert(db, 'job_schedules', { name: 'a', next_run_at: 0 }, ['name'])
  await withStatementTimeout(db.kysely, 200, async (own) => {
    await assert.rejects(nap.execute(own), (error) => error instanceof QueryTimeoutError && error.timeoutMs === 200)
    assert.equal((await sql`select 1 as one`.execute(own)).rows.length, 1)
  })
  assert.equal((await sql`select 1 as one`.execute(db.kysely)).rows.length, 1)
})

forEachEngine('who wants to change a table that is in use gives up soon, and keeps nobody behind waiting', async (engine, t) => {
  if (engine === 'sqlite') return // readers and the one writer do not wait for each other
  const { db, url } = await migratedDatabase(engine, t)
  const other = await openDatabase(url)
  t.after(() => other.close())
  await transaction(db, async (tx) => {
    await tx.kysely.selectFrom('job_schedules').select('name').execute()
    const change = withStatementTimeout(other.db.kysely, 600_000, (own) =>
      sql`alter table job_schedules add column note varchar(9)`.execute(own),
    )
    await assert.rejects(change, { reason: 'busy' })
  })
})
