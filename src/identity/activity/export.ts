/** The three logs as CSV. */
import type { Readable } from 'node:stream'
import { csvStream } from '../../platform/csv/index.ts'
import type { Filters } from './filters.ts'
import { type AuditItem, type LoginItem, type LogName, type LogScope, logs, type Place, type QueryItem } from './queries.ts'

/** A spreadsheet opens a million rows at most; a narrower range gives the rest. */
const mostRows = 100_000
const pageRows = 1_000

const iso = (atMs: number | null): string | null => (atMs === null ? null : new Date(atMs).toISOString())

const files = {
  audit: {
    header: [
      'created_at',
      'action',
      'user_id',
      'username',
      'attempted_username',
      'entity_type',
      'entity_id',
      'ip_address',
      'request_id',
      'details',
    ],
    cells: (row: AuditItem) => [
      iso(row.created_at),
      row.action,
      row.user_id,
      row.username,
      row.attempted_username,
      row.entity_type,
      row.entity_id,
      row.ip_address,
      row.request_id,
      row.details,
    ],
  },
  logins: {
    header: ['login_at', 'logout_at', 'end_reason', 'user_id', 'username', 'ip_address', 'user_agent'],
    cells: (row: LoginItem) => [
      iso(row.login_at),
      iso(row.logout_at),
      row.end_reason,
      row.user_id,
      row.username,
      row.ip_address,
      row.user_agent,
    ],
  },
  queries: {
    header: [
      'created_at',
      'user_id',
      'username',
      'line',
      'start_date',
      'start_time',
      'end_date',
      'end_time',
      'interval_type',
      'duration_ms',
    ],
    cells: (row: QueryItem) => [
      iso(row.created_at),
      row.user_id,
      row.username,
      row.line,
      row.start_date,
      row.start_time,
      row.end_date,
      row.end_time,
      row.interval_type,
      row.duration_ms,
    ],
  },
} as const

/** Read a page at a time, from the newest: memory does not grow with the log. */
export function exportLog(name: LogName, scope: LogScope, filters: Filters): Readable {
  const { header, cells } = files[name] as { header: readonly string[]; cells: (row: never) => readonly (string | number | null)[] }
  const { list, placeOf } = logs[name]
  async function* rows() {
    let before: Place | undefined
    for (let written = 0; written < mostRows; ) {
      const page = await list(scope, filters, { limit: pageRows, ...(before && { before }) })
      for (const row of page) yield cells(row as never)
      const last = page.at(-1)
      if (!last || page.length < pageRows) return
      before = placeOf(last as never)
      written += page.length
    }
  }
  return csvStream(header, rows())
}
