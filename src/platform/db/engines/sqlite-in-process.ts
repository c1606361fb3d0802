/** A SQLite file opened in this process: the platform's own, whose queries are short. */
import { QueryTimeoutError } from '../errors.ts'
import { NumberColumns, textReader } from './number-columns.ts'
import type { SqliteBackend } from './sqlite-backend.ts'
import { openSqliteHandles, type SqliteFile, type SqliteHandles } from './sqlite-handles.ts'

const rowsPerCheck = 1_000

export function openSqliteInProcess(file: SqliteFile): SqliteBackend {
  let handles: SqliteHandles | null = openSqliteHandles(file)
  const opened = (): SqliteHandles => {
    if (!handles) throw new Error('the database was closed')
    return handles
  }
  const readRows: SqliteBackend['readRows'] = async (handle, sql, parameters, onRow, { timeoutMs, signal }) => {
    const untilMs = performance.now() + timeoutMs
    let count = 0
    for (const row of opened().iterate(handle, sql, parameters)) {
      onRow(row)
      count += 1
      if (count % rowsPerCheck > 0) continue
      signal?.throwIfAborted()
      if (performance.now() > untilMs) throw new QueryTimeoutError(timeoutMs)
    }
    return count
  }
  return {
    isShared: file.file === ':memory:',
    generation: () => 0,
    async execute(handle, sql, parameters) {
      const result = opened().execute(handle, sql, parameters)
      return { ...result, rows: result.rows.map((row) => ({ ...(row as object) })) } // node:sqlite's rows have no prototype
    },
    readRows,
    async readNumbers(handle, sql, parameters, onNumbers, options) {
      const readText = textReader()
      let into: NumberColumns | null = null
      const count = await readRows(
        handle,
        sql,
        parameters,
        (row) => {
          into ??= new NumberColumns(row.length, onNumbers)
          for (const [i, value] of row.entries())
            (into.columns[i] as Float64Array)[into.at] = typeof value === 'number' ? value : value === null ? 0 : readText(String(value))
          into.next()
        },
        options,
      )
      ;(into as NumberColumns | null)?.flush()
      return count
    },
    async close() {
      handles?.close()
      handles = null
    },
  }
}
