import assert from 'node:assert/strict'
import { DatabaseSync } from 'node:sqlite'
import { test } from 'node:test'
import mysql from 'mysql2/promise'
import pg from 'pg'
import { quoteName } from '../../src/plant/source/ddl.ts'
import type { Engine } from '../../src/platform/db/database.ts'
import { forEachEngine } from './engines.ts'
import { loadPlantA, plantAExpected, splitStatements } from './plant-a.ts'

const readers: Record<
  Engine,
  (url: string) => Promise<{ read: (sql: string) => Promise<Record<string, unknown>[]>; close: () => Promise<void> }>
> = {
  sqlite: async (url) => {
    const db = new DatabaseSync(url.slice('sqlite:'.length))
    return { read: async (sql) => db.prepare(sql).all(), close: async () => db.close() }
  },
  postgres: async (url) => {
    const client = new pg.Client({ connectionString: url })
    await client.connect()
    return { read: async (sql) => (await client.query(sql)).rows, close: () => client.end() }
  },
  mysql: async (url) => {
    const connection = await mysql.createConnection({ uri: url })
    return { read: async (sql) => (await connection.query(sql))[0] as Record<string, unknown>[], close: () => connection.end() }
  },
}

test('a dump is split at its semicolons, not at those inside texts', () => {
  assert.deepEqual(splitStatements("-- a; b\nA 'x;''y\\'; z' -- c\n; B `;` ;\n"), ["A 'x;''y\\'; z'", 'B `;`'])
})

forEachEngine('plant-a holds the rows of the dump', async (engine) => {
  const plant = await loadPlantA(engine)
  const { read, close } = await readers[engine](plant.url)
  try {
    const expected = await plantAExpected()
    for (const [lineId, count] of Object.entries(expected.row_counts)) {
      const [row] = await read(`SELECT count(*) AS n FROM ${quoteName(engine, expected.tables[lineId][0])}`)
      assert.equal(Number(row?.n), count, expected.tables[lineId][0])
    }
    const [filter] = await read(`SELECT additional_filter AS text FROM ${quoteName(engine, 'filter')} WHERE filter_id = 2`)
    const groups = typeof filter?.text === 'string' ? JSON.parse(filter.text) : filter?.text
    assert.equal(groups.groups[2].alias, 'Vacío')
  } finally {
    await close()
    await plant.drop()
  }
})
