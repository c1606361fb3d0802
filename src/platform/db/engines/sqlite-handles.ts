/** The two handles of one SQLite file over node:sqlite; used in this process and inside the worker thread. */
import { mkdirSync } from 'node:fs'
import path from 'node:path'
import { DatabaseSync, type SQLInputValue, type StatementSync } from 'node:sqlite'
import type { Bindable } from '../bind.ts'
import type { SqliteHandleName, SqliteResult } from './sqlite-backend.ts'

export type SqliteFile = {
  readonly file: string
  readonly readOnly: boolean
  /** Ours: made when missing, and in WAL mode. A customer's file is opened as it is. */
  readonly isOurs: boolean
}

export type SqliteHandles = {
  readonly execute: (handle: SqliteHandleName, sql: string, parameters: readonly Bindable[]) => SqliteResult
  readonly iterate: (handle: SqliteHandleName, sql: string, parameters: readonly Bindable[]) => Iterable<unknown[]>
  readonly close: () => void
}

/** Waiting for another process's lock blocks the thread: short here, and repeated by the driver without blocking. */
const busyTimeoutMs = 50
const maxCachedStatements = 200

export function openSqliteHandles({ file, readOnly, isOurs }: SqliteFile): SqliteHandles {
  const isMemory = file === ':memory:'
  if (isOurs && !isMemory) mkdirSync(path.dirname(file), { recursive: true, mode: 0o700 }) // other accounts of the machine read no hashes
  const first = isMemory || isOurs ? openWriter(file) : openReader(file)
  const reader = isMemory ? first : isOurs ? openReader(file) : first
  let writer = isMemory || isOurs ? first : null
  const cached = new WeakMap<DatabaseSync, Map<string, Prepared>>()
  const handleOf = (name: SqliteHandleName): DatabaseSync => {
    if (name === 'reader') return reader
    // as SQLite itself says it (SQLITE_READONLY)
    if (readOnly) throw Object.assign(new Error('attempt to write a readonly database'), { errcode: 8 })
    writer ??= openExisting(file)
    return writer
  }
  return {
    execute: (name, sql, parameters) => run(prepared(cached, handleOf(name), sql), parameters),
    iterate(name, sql, parameters) {
      const statement = handleOf(name).prepare(sql) // its own: the cached one may run meanwhile
      statement.setReturnArrays(true)
      return statement.iterate(...(parameters as SQLInputValue[])) as unknown as Iterable<unknown[]>
    },
    close() {
      for (const handle of new Set([reader, writer])) handle?.close()
    },
  }
}

function openWriter(file: string): DatabaseSync {
  const handle = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true })
  handle.exec('pragma journal_mode = wal; pragma synchronous = full')
  return handle
}

/** The customer's journal mode stays as it is. */
function openExisting(file: string): DatabaseSync {
  const handle = new DatabaseSync(file, { timeout: busyTimeoutMs, enableForeignKeyConstraints: true })
  handle.exec('pragma synchronous = full')
  return handle
}

function openReader(file: string): DatabaseSync {
  return new DatabaseSync(file, { timeout: busyTimeoutMs, readOnly: true })
}

type Prepared = { readonly statement: StatementSync; readonly isQuery: boolean }

function prepared(cached: WeakMap<DatabaseSync, Map<string, Prepared>>, handle: DatabaseSync, sql: string): Prepared {
  const statements = cached.get(handle) ?? new Map<string, Prepared>()
  cached.set(handle, statements)
  const known = statements.get(sql)
  if (known) {
    statements.delete(sql)
    statements.set(sql, known) // most recently used last
    return known
  }
  const statement = handle.prepare(sql)
  const entry = { statement, isQuery: statement.columns().length > 0 }
  statements.set(sql, entry)
  if (statements.size > maxCachedStatements) statements.delete(statements.keys().next().value ?? '')
  return entry
}

function run({ statement, isQuery }: Prepared, parameters: readonly Bindable[]): SqliteResult {
  const values = parameters as SQLInputValue[]
  if (isQuery) return { rows: statement.all(...values), changes: null, lastInsertRowid: null }
  const { changes, lastInsertRowid } = statement.run(...values)
  return { rows: [], changes: Number(changes), lastInsertRowid: Number(lastInsertRowid) }
}
