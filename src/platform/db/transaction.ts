/** Transactions that survive losing against another one, and limits on statements. */
import { setTimeout as sleep } from 'node:timers/promises'
import type { Kysely } from 'kysely'
import { withConnection } from './connection.ts'
import type { Db } from './database.ts'
import { DatabaseUnavailableError, isTransactionConflict } from './errors.ts'

const maxAttempts = 4

/** Runs `work` in a transaction; `tx` is `db` inside it. Runs it again, at most three times, after a deadlock, a serialization failure or
 *  a lock that did not come: `work` must have no effect outside the database. Inside a transaction it joins that one.
 *  A statement that fails ends the transaction (PostgreSQL allows no more): catch outside of it.
 *  Throws `DatabaseUnavailableError` ('busy') when it lost each time. */
export async function transaction<D extends Db, T>(db: D, work: (tx: D) => Promise<T>): Promise<T> {
  if (db.kysely.isTransaction) return work(db)
  for (let attempt = 1; ; attempt++) {
    try {
      return await db.kysely.transaction().execute((kysely) => work({ ...db, kysely }))
    } catch (error) {
      if (!isTransactionConflict(error)) throw error
      if (attempt >= maxAttempts)
        throw new DatabaseUnavailableError('busy', `The transaction lost against others ${maxAttempts} times`, { cause: error })
      await sleep(Math.random() * 20 * 2 ** attempt) // apart, or the two would meet again
    }
  }
}

/** Runs `work` on one connection whose statements may take `timeoutMs` each. */
export const withStatementTimeout = <Schema, T>(
  kysely: Kysely<Schema>,
  timeoutMs: number,
  work: (kysely: Kysely<Schema>) => Promise<T>,
): Promise<T> =>
  kysely.connection().execute(async (own) => {
    await withConnection(own, (connection) => connection.setStatementTimeout(timeoutMs))
    try {
      return await work(own)
    } finally {
      await withConnection(own, (connection) => connection.setStatementTimeout(null)).catch(() => {}) // a broken one is thrown away
    }
  })
