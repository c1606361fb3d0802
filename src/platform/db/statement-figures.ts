/** How much is asked of the platform database, and what of it was slow. Statements hold placeholders, never values. */
import type { StatementObserver } from './engines/server-options.ts'

export type StatementInfo = { readonly queries: number; readonly queryMs: number; readonly slowQueries: number }

const slowMs = 500
const shownSql = 400

type Log = { readonly warn: (fields: object, message: string) => void }

export function createStatementFigures(log: Log): { readonly onStatement: StatementObserver; readonly info: () => StatementInfo } {
  const sums = { queries: 0, queryMs: 0, slowQueries: 0 }
  return {
    onStatement({ sql, durationMs }) {
      sums.queries += 1
      sums.queryMs += durationMs
      if (durationMs < slowMs) return
      sums.slowQueries += 1
      log.warn({ event: 'slow_query', sql: sql.slice(0, shownSql), duration_ms: Math.round(durationMs) }, 'slow platform query')
    },
    info: () => ({ ...sums }),
  }
}
