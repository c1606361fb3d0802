/** A transaction that failed in a long read: what it says, and what it leaves behind. */
import assert from 'node:assert/strict'
import { sql } from 'kysely'
import { forEachEngine, temporaryDatabase } from '../../../test/harness/engines.ts'
import { openPlantKysely, readRows } from './index.ts'

forEachEngine('a long read that fails in a transaction says why, and its connection is as good as before', async (engine, t) => {
  const { kysely, close } = await openPlantKysely(await temporaryDatabase(engine, t), { create: true, poolSize: 1 })
  t.after(close)
  const read = async (own: typeof kysely, text: string): Promise<unknown[]> => {
    const found: unknown[] = []
    await readRows(own, sql.raw(text).compile(own), (row) => void found.push(row[0]), { timeoutMs: 60_000 })
    return found
  }
  for (let time = 0; time < 2; time++)
    await assert.rejects(
      kysely.transaction().execute((own) => read(own as unknown as typeof kysely, 'select 1 from nowhere')),
      /nowhere/,
    )
  assert.deepEqual(
    (await sql<{ one: number }>`select 1 as one`.execute(kysely)).rows.map(({ one }) => Number(one)),
    [1],
  )
  // a limit that was set in the transaction went with it
  if (engine === 'postgres') assert.deepEqual(await read(kysely, 'show statement_timeout'), ['5min'])
})
