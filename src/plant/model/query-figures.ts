/** What this process asked of one plant's database: how much, how long, and which questions were slow. */
import type { Log } from '../../platform/log/index.ts'
import type { RowRead } from '../source/plant-db.ts'

export type SlowQuery = {
  readonly sql: string
  readonly durationMs: number
  readonly rowCount: number | null
  readonly atMs: number
}

/** Since the process began. */
export type QueryInfo = {
  readonly queries: number
  readonly queryMs: number
  /** Rows read by time, one by one, because no day summary could answer. */
  readonly plainReads: number
  readonly plainRows: number
  readonly plainMs: number
  readonly slowQueries: number
  /** Newest first. */
  readonly lastSlow: readonly SlowQuery[]
}

export type QueryFigures = {
  readonly onStatement: (statement: { readonly sql: string; readonly durationMs: number }) => void
  readonly onRead: (read: RowRead) => void
  readonly info: () => QueryInfo
}

const slowMs = 500
/** Reads of this many rows by id are batches of loading: long by intention. */
const batchRows = 50_000
const keptSlow = 5
const shownSql = 400

/** Slow ones are logged. Statements hold placeholders, never values. */
export function createQueryFigures(tenantId: number, log: Pick<Log, 'warn'>, nowMs: () => number): QueryFigures {
  const sums = { queries: 0, queryMs: 0, plainReads: 0, plainRows: 0, plainMs: 0, slowQueries: 0 }
  let lastSlow: readonly SlowQuery[] = []
  const count = (sql: string, durationMs: number, rowCount: number | null): void => {
    sums.queries += 1
    sums.queryMs += durationMs
    if (durationMs < slowMs) return
    const slow = { sql: sql.slice(0, shownSql), durationMs: Math.round(durationMs), rowCount, atMs: nowMs() }
    sums.slowQueries += 1
    lastSlow = [slow, ...lastSlow].slice(0, keptSlow)
    log.warn({ tenant_id: tenantId, sql: slow.sql, duration_ms: slow.durationMs, row_count: rowCount }, 'slow plant query')
  }
  return {
    onStatement: ({ sql, durationMs }) => count(sql, durationMs, null),
    onRead({ sql, rowCount, durationMs, isPlain }) {
      if (isPlain) {
        sums.plainReads += 1
        sums.plainRows += rowCount
        sums.plainMs += durationMs
      }
      if (isPlain || rowCount < batchRows) return count(sql, durationMs, rowCount)
      sums.queries += 1
      sums.queryMs += durationMs
    },
    info: () => ({ ...sums, lastSlow }),
  }
}
