import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { test } from 'node:test'
import { fileURLToPath } from 'node:url'
import { sql } from 'kysely'
import { forEachEngine, temporaryDatabase } from '../../../../test/harness/engines.ts'
import { migrations } from '../../../migrations/index.ts'
import type { Db } from '../database.ts'
import { listTables } from '../introspect.ts'
import { openDatabase } from '../open.ts'
import { column } from './columns.ts'
import { createTableStatements } from './create-table.ts'
import { dumpSchema } from './dump-schema.ts'
import { type Migration, migrateDown, migrateUp, migrationStatus } from './migrate.ts'

const names = migrations.map(({ name }) => name).sort()

async function withDatabase(url: string, work: (db: Db) => Promise<void>): Promise<void> {
  const { db, close } = await openDatabase(url)
  try {
    await work(db)
  } finally {
    await close()
  }
}

forEachEngine('migrations build an empty database once, and a second run finds nothing to do', async (engine, t) => {
  await withDatabase(await temporaryDatabase(engine, t), async (db) => {
    assert.deepEqual((await migrationStatus(db, migrations)).pending, names)
    assert.deepEqual(await migrateUp(db, migrations, () => 1_700_000_000_000), names)
    assert.deepEqual(await migrateUp(db, migrations), [])
    const { applied, pending, unknown } = await migrationStatus(db, migrations)
    assert.deepEqual(
      applied.map(({ name }) => name),
      names,
    )
    assert.equal(applied[0]?.appliedAtMs, 1_700_000_000_000)
    assert.deepEqual([pending, unknown], [[], []])
  })
})

forEachEngine('all migrations go down to nothing and up again to the same schema', async (engine, t) => {
  await withDatabase(await temporaryDatabase(engine, t), async (db) => {
    await migrateUp(db, migrations)
    const before = await dumpSchema(db)
    assert.deepEqual(await migrateDown(db, migrations, 1), names.slice(-1))
    assert.deepEqual(await migrateDown(db, migrations, names.length), names.slice(0, -1).reverse())
    assert.deepEqual(await listTables(db), ['schema_migrations'])
    await migrateUp(db, migrations)
    assert.equal(await dumpSchema(db), before)
  })
})

forEachEngine('a database that a newer version migrated is refused by name', async (engine, t) => {
  await withDatabase(await temporaryDatabase(engine, t), async (db) => {
    const newer: Migration = { name: '9999-future', up: async () => {}, down: async () => {} }
    await migrateUp(db, [newer])
    assert.deepEqual((await migrationStatus(db, migrations)).unknown, ['9999-future'])
    await assert.rejects(migrateUp(db, migrations), /newer version \(9999-future\)/)
  })
})

forEachEngine('a migration that fails leaves the ones before it applied, and itself to be tried again', async (engine, t) => {
  await withDatabase(await temporaryDatabase(engine, t), async (db) => {
    let isBroken = true
    const second: Migration = {
      name: '0002-second',
      async up({ createTable }) {
        await createTable('things', { id: column.id(), name: column.text(10) }, { indexes: [['name']] })
        if (isBroken) throw new Error('half way')
        await createTable('others', { id: column.id(), thing_id: column.reference('things', { onDelete: 'cascade' }) })
      },
      async down({ dropTable }) {
        await dropTable('others')
        await dropTable('things')
      },
    }
    const both = [...migrations.slice(0, 1), second]
    await assert.rejects(migrateUp(db, both), /half way/)
    assert.deepEqual((await migrationStatus(db, both)).pending, ['0002-second'])
    isBroken = false
    assert.deepEqual(await migrateUp(db, both), ['0002-second'])
    assert.ok((await listTables(db)).includes('others'))
  })
})

const slowScript = fileURLToPath(new URL('./migrate-slowly.fixture.ts', import.meta.url))

/** Another process that runs three migrations; it prints a line inside the second one and waits there when `pause` says so. */
function startMigrating(url: string, pause: 'pause' | 'go') {
  const child = spawn(process.execPath, [slowScript, url, pause], { stdio: ['ignore', 'pipe', 'inherit'] })
  let output = ''
  const reachedMiddle = new Promise<void>((resolve) => {
    child.stdout.on('data', (chunk) => {
      output += String(chunk)
      if (output.includes('middle')) resolve()
    })
  })
  const ended = once(child, 'exit').then(([code]) => ({ code: code as number | null, output }))
  return { child, reachedMiddle, ended }
}

forEachEngine('two processes that start at once migrate once', async (engine, t) => {
  const url = await temporaryDatabase(engine, t)
  const runs = await Promise.all([startMigrating(url, 'go').ended, startMigrating(url, 'go').ended])
  assert.deepEqual(
    runs.map(({ code }) => code),
    [0, 0],
  )
  const applied = runs.flatMap(({ output }) => output.split('\n').filter((line) => line.startsWith('applied ')))
  assert.deepEqual(applied.sort(), ['applied 0001-a', 'applied 0002-b', 'applied 0003-c'])
})

forEachEngine('a process killed in the middle of a migration leaves a database that the next start completes', async (engine, t) => {
  const url = await temporaryDatabase(engine, t)
  const first = startMigrating(url, 'pause')
  await first.reachedMiddle
  first.child.kill('SIGKILL')
  await first.ended
  const second = await startMigrating(url, 'go').ended
  assert.equal(second.code, 0, second.output)
  assert.match(second.output, /applied 0002-b/)
  assert.match(second.output, /applied 0003-c/)
  await withDatabase(url, async (db) => {
    assert.deepEqual(await listTables(db), ['a', 'b_one', 'b_two', 'c', 'schema_migrations'])
    assert.deepEqual((await sql<{ n: number }>`select count(*) as n from b_one`.execute(db.kysely)).rows, [{ n: 1 }])
  })
})

test('names of tables and columns are plain words, and long key names stay within every engine', () => {
  assert.throws(() => createTableStatements('mysql', 'a`; drop table x', { id: column.id() }, {}), /is no name/)
  const [create = ''] = createTableStatements(
    'mysql',
    'a_table_with_quite_a_long_name',
    { some_long_column_name: column.text(5), another_long_column_name: column.text(5) },
    { unique: [['some_long_column_name', 'another_long_column_name']] },
  )
  const [, name = ''] = /constraint `([^`]+)`/.exec(create) ?? []
  assert.equal(name.length, 60)
})
