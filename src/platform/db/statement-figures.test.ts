import assert from 'node:assert/strict'
import { test } from 'node:test'
import { sql } from 'kysely'
import { forEachEngine, temporaryDatabase } from '../../../test/harness/engines.ts'
import { openDatabase } from './open.ts'
import { createStatementFigures } from './statement-figures.ts'

test('PL-TODO-47 a statement of half a second is in the log with its time and without its values, a quick one only counts', () => {
  const lines: object[] = []
  const figures = createStatementFigures({ warn: (fields) => void lines.push(fields) })
  figures.onStatement({ sql: 'select 1 from users where id = ?', durationMs: 499, isAnswered: true })
  figures.onStatement({ sql: `select ${'x'.repeat(1_000)}`, durationMs: 500.4, isAnswered: true })
  assert.deepEqual(lines, [{ event: 'slow_query', sql: `select ${'x'.repeat(393)}`, duration_ms: 500 }])
  assert.deepEqual(figures.info(), { queries: 2, queryMs: 999.4, slowQueries: 1 })
})

forEachEngine('PL-TODO-46 PL-TODO-47 the platform database tells of its statements, and a server of its connections', async (engine, t) => {
  const figures = createStatementFigures({ warn: () => {} })
  const { onStatement } = figures
  const { db, pool, close } = await openDatabase(await temporaryDatabase(engine, t), { poolSize: 3, idleMs: 60_000, onStatement })
  t.after(close)
  const before = figures.info().queries
  await sql`select 1`.execute(db.kysely)
  assert.equal(figures.info().queries, before + 1)
  const info = pool()
  if (engine === 'sqlite') assert.equal(info, null)
  else assert.deepEqual(info, { size: 3, lent: 0, idle: 1, waiting: 0, waits: 0, timeouts: 0 })
})
