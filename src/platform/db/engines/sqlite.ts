/** SQLite: driver of Kysely over a file's two handles. One writer at a time; waiting for other processes never blocks this one. */
import { setTimeout as sleep } from 'node:timers/promises'
import {
  type CompiledQuery,
  type DatabaseConnection,
  type Driver,
  Kysely,
  type QueryResult,
  SelectQueryNode,
  SqliteAdapter,
  SqliteIntrospector,
  SqliteQueryCompiler,
} from 'kysely'
import { type Bindable, bindableAll } from '../bind.ts'
import { reporting } from '../blame.ts'
import type { EngineConnection, ReadOptions } from '../connection.ts'
import { DatabaseUnavailableError, isSqliteBusy, namedError } from '../errors.ts'
import { createPool } from '../pool.ts'
import { logOf, type StatementObserver } from './server-options.ts'
import type { SqliteBackend, SqliteHandleName } from './sqlite-backend.ts'

export type SqliteDriverOptions = {
  /** Longest wait for another process's lock, and for another transaction of this one. */
  readonly busyMs: number
  readonly statementTimeoutMs: number
  readonly onStatement?: StatementObserver | undefined
  readonly onError?: ((error: unknown) => void) | undefined
}

// biome-ignore lint/suspicious/noExplicitAny: any schema
export function createSqliteKysely(backend: SqliteBackend, options: SqliteDriverOptions): Kysely<any> {
  return new Kysely({
    ...logOf(options),
    dialect: {
      createDriver: () => reporting(createDriver(backend, options), options.onError),
      createQueryCompiler: () => new SqliteQueryCompiler(),
      createAdapter: () => new ConcurrentSqliteAdapter(),
      createIntrospector: (db) => new SqliteIntrospector(db),
    },
  })
}

/** Kysely's own adapter lets one connection exist; ours order themselves. */
class ConcurrentSqliteAdapter extends SqliteAdapter {
  override get supportsMultipleConnections(): boolean {
    return true
  }
}

type SqliteConnection = EngineConnection & {
  readonly begin: () => Promise<void>
  readonly end: (statement: 'commit' | 'rollback') => Promise<void>
  readonly release: () => void
}

function createDriver(backend: SqliteBackend, options: SqliteDriverOptions): Driver {
  const turns = createPool({ size: 1, waitMs: options.busyMs, idleMs: 2 ** 31 - 1, open: async () => ({}), close: () => {} })
  const own = (connection: DatabaseConnection) => connection as SqliteConnection
  return {
    async init() {},
    acquireConnection: async () => createConnection(backend, options, turns),
    releaseConnection: async (connection) => own(connection).release(),
    beginTransaction: (connection) => own(connection).begin(),
    commitTransaction: (connection) => own(connection).end('commit'),
    rollbackTransaction: (connection) => own(connection).end('rollback'),
    async destroy() {
      await turns.close()
      await backend.close()
    },
  }
}

type Turns = { readonly acquire: () => Promise<object>; readonly release: (turn: object) => void }

function createConnection(backend: SqliteBackend, options: SqliteDriverOptions, turns: Turns): SqliteConnection {
  let transaction: { readonly turn: object; readonly generation: number } | null = null
  let timeoutMs = options.statementTimeoutMs

  const patiently = async <T>(work: () => Promise<T>): Promise<T> => {
    const untilMs = performance.now() + options.busyMs
    for (let waitMs = 5; ; waitMs = Math.min(waitMs * 2, 50)) {
      try {
        return await work()
      } catch (error) {
        if (!isSqliteBusy(error) || performance.now() > untilMs) throw namedError('sqlite', error, timeoutMs)
        await sleep(waitMs)
      }
    }
  }
  const run = (handle: SqliteHandleName, sql: string, parameters: readonly unknown[] = []) => {
    const values = bindableAll(parameters)
    return patiently(() => {
      if (transaction && transaction.generation !== backend.generation())
        throw new DatabaseUnavailableError('lost', 'The transaction was lost with its connection')
      return backend.execute(handle, sql, values, timeoutMs)
    })
  }
  const inTurn = async <T>(work: () => Promise<T>): Promise<T> => {
    if (transaction) return work()
    const turn = await turns.acquire()
    try {
      return await work()
    } finally {
      turns.release(turn)
    }
  }
  const release = () => {
    if (transaction) turns.release(transaction.turn)
    transaction = null
  }
  /** Reads of a transaction see its own changes, so they go where it writes. */
  const isFreeRead = (query: CompiledQuery) => !backend.isShared && !transaction && isRead(query)

  const longRead = (
    query: CompiledQuery,
    { timeoutMs: limitMs }: ReadOptions,
    read: (handle: SqliteHandleName, values: readonly Bindable[]) => Promise<number>,
  ): Promise<number> => {
    const values = bindableAll(query.parameters)
    const work = isFreeRead(query) ? read('reader', values) : inTurn(() => read('writer', values))
    return work.catch((error) => {
      throw namedError('sqlite', error, limitMs)
    })
  }

  return {
    engine: 'sqlite',
    async begin() {
      const turn = await turns.acquire()
      try {
        await run('writer', 'begin immediate') // takes the lock now: a read lock that must grow later could only fail
        transaction = { turn, generation: backend.generation() }
      } catch (error) {
        turns.release(turn)
        throw error
      }
    },
    async end(statement) {
      try {
        await run('writer', statement)
      } catch (error) {
        if (statement === 'commit') throw error // Kysely rolls back next
        // A failed statement may have rolled back everything already; then there is nothing left to undo.
        if (!/no transaction is active/.test(String(error))) throw error
      }
      release()
    },
    release,
    async setStatementTimeout(limitMs) {
      timeoutMs = limitMs ?? options.statementTimeoutMs
    },
    async executeQuery<R>(query: CompiledQuery): Promise<QueryResult<R>> {
      const { sql, parameters } = query
      const { rows, changes, lastInsertRowid } = isFreeRead(query)
        ? await run('reader', sql, parameters)
        : await inTurn(() => run('writer', sql, parameters))
      if (changes === null) return { rows: rows as R[] }
      return {
        rows: rows as R[],
        numAffectedRows: BigInt(changes),
        ...(lastInsertRowid === null ? {} : { insertId: BigInt(lastInsertRowid) }),
      }
    },
    // biome-ignore lint/correctness/useYield: reads go through readRows
    async *streamQuery() {
      throw new Error('use readRows')
    },
    readRows: (query, onRow, readOptions) =>
      longRead(query, readOptions, (handle, values) => backend.readRows(handle, query.sql, values, onRow, readOptions)),
    readNumbers: (query, onNumbers, readOptions) =>
      longRead(query, readOptions, (handle, values) => backend.readNumbers(handle, query.sql, values, onNumbers, readOptions)),
  }
}

const isRead = ({ query, sql }: CompiledQuery): boolean => SelectQueryNode.is(query) || /^\s*(select|values|explain)\b/i.test(sql)
