/** What the SQLite driver needs of a file: opened in this process, or in a worker thread. */
import type { Bindable } from '../bind.ts'
import type { OnNumbers, OnRow, ReadOptions } from '../connection.ts'

export type SqliteResult = { readonly rows: readonly unknown[]; readonly changes: number | null; readonly lastInsertRowid: number | null }

/** The file has two handles, so that readers neither wait for a transaction nor see its half. In memory both are one. */
export type SqliteHandleName = 'reader' | 'writer'

export type SqliteBackend = {
  /** Both handles are one. */
  readonly isShared: boolean
  /** Changes when the handles were reopened: an open transaction is then gone. */
  readonly generation: () => number
  readonly execute: (handle: SqliteHandleName, sql: string, parameters: readonly Bindable[], timeoutMs: number) => Promise<SqliteResult>
  readonly readRows: (
    handle: SqliteHandleName,
    sql: string,
    parameters: readonly Bindable[],
    onRow: OnRow,
    options: ReadOptions,
  ) => Promise<number>
  readonly readNumbers: (
    handle: SqliteHandleName,
    sql: string,
    parameters: readonly Bindable[],
    onNumbers: OnNumbers,
    options: ReadOptions,
  ) => Promise<number>
  readonly close: () => Promise<void>
}
