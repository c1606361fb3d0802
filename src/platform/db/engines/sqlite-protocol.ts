/** Messages between this process and the worker thread of a SQLite file. */
import type { Bindable } from '../bind.ts'
import type { SqliteHandleName, SqliteResult } from './sqlite-backend.ts'

export type SqliteStatementMessage = { readonly handle: SqliteHandleName; readonly sql: string; readonly parameters: readonly Bindable[] }
export type SqliteRequest =
  | ({ readonly kind: 'execute'; readonly id: number } & SqliteStatementMessage)
  | ({ readonly kind: 'read'; readonly id: number; readonly timeoutMs: number; readonly asNumbers: boolean } & SqliteStatementMessage)
  /** One batch was used: one more may come. */
  | { readonly kind: 'more'; readonly id: number }
  | { readonly kind: 'stop'; readonly id: number }
  | { readonly kind: 'close' }

/** A column of numbers travels as one block of memory, without copying; anything else as a list. */
export type SqliteColumn = Float64Array | readonly unknown[]
export type SqliteReply =
  | { readonly kind: 'result'; readonly id: number; readonly result: SqliteResult }
  | { readonly kind: 'batch'; readonly id: number; readonly rowCount: number; readonly columns: readonly SqliteColumn[] }
  | { readonly kind: 'end'; readonly id: number }
  | { readonly kind: 'timeout'; readonly id: number }
  | { readonly kind: 'error'; readonly id: number; readonly error: SqliteFault }

export type SqliteFault = { readonly name: string; readonly message: string; readonly code?: string; readonly errcode?: number }

export const batchRows = 4_000
/** Batches under way: while one is used here, the next is read there. */
export const batchesAhead = 2

/** Times as seconds of their own clock, NULL as 0. */
export function toNumberColumns(rows: readonly (readonly unknown[])[], readText: (text: string) => number): Float64Array[] {
  return (rows[0] ?? []).map((_, index) => {
    const numbers = new Float64Array(rows.length)
    for (let at = 0; at < rows.length; at++) {
      const value = rows[at]?.[index]
      numbers[at] = typeof value === 'number' ? value : value === null ? 0 : readText(String(value))
    }
    return numbers
  })
}

export function toColumns(rows: readonly (readonly unknown[])[]): SqliteColumn[] {
  return (rows[0] ?? []).map((_, index) => toColumn(rows, index))
}

function toColumn(rows: readonly (readonly unknown[])[], index: number): SqliteColumn {
  const numbers = new Float64Array(rows.length)
  for (let at = 0; at < rows.length; at++) {
    const value = rows[at]?.[index]
    if (typeof value !== 'number') return rows.map((row) => row[index])
    numbers[at] = value
  }
  return numbers
}
