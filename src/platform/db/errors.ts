/** Faults of databases, named so that callers can tell "the database is not there" from "the statement is wrong". */
import type { Engine } from './database.ts'

/** `unreachable`: no connection; `refused`: it answered, and does not let us in (account, database name, too many connections);
 *  `lost`: the connection broke during work; `busy`: no connection or lock became free in time; `full`: its disk is, it can still be read. */
export type UnavailableReason = 'unreachable' | 'refused' | 'lost' | 'busy' | 'full'

export class DatabaseUnavailableError extends Error {
  readonly code = 'database_unavailable'
  readonly reason: UnavailableReason
  constructor(reason: UnavailableReason, message: string, options?: { cause?: unknown }) {
    super(message, options)
    this.name = 'DatabaseUnavailableError'
    this.reason = reason
  }
}

/** A statement or a read took longer than it may. */
export class QueryTimeoutError extends Error {
  readonly code = 'query_timeout'
  readonly timeoutMs: number
  constructor(timeoutMs: number, options?: { cause?: unknown }) {
    super(`The query took longer than ${timeoutMs} ms`, options)
    this.name = 'QueryTimeoutError'
    this.timeoutMs = timeoutMs
  }
}

/** The database is unreachable, slow or hung, as opposed to a wrong statement or a violated constraint. */
export const isDatabaseUnavailable = (error: unknown): boolean =>
  someCause(error, (cause) => cause instanceof DatabaseUnavailableError || cause instanceof QueryTimeoutError)

/** A lock or a connection did not become free in time, or a statement took too long: the database itself answers. */
export const isDatabaseSlow = (error: unknown): boolean =>
  someCause(error, (cause) => cause instanceof QueryTimeoutError || (cause instanceof DatabaseUnavailableError && cause.reason === 'busy'))

/** Nothing more can be written, and all that was written can be read. */
export const isDatabaseFull = (error: unknown): boolean =>
  someCause(error, (cause) => cause instanceof DatabaseUnavailableError && cause.reason === 'full')

/** The connection is as good as before: the statement alone failed. */
export const isConnectionKept = ({ reason }: DatabaseUnavailableError): boolean => reason === 'busy' || reason === 'full'

/** The server takes no writes, perhaps since another one was made first of its cluster: who connects anew is led to that one. */
export const isServerReadOnly = (error: unknown): boolean =>
  someCause(error, ({ code, errno }) => code === '25006' || errno === 1290 || errno === 1836)

/** A unique key or primary key already has this value. */
export const isUniqueViolation = (error: unknown): boolean =>
  someCause(
    error,
    ({ code, errno, errcode }) => code === '23505' || errno === 1062 || errcode === 2067 || errcode === 1555 || errcode === 2579,
  )

/** What the database answered when a row breaks a rule of its tables other than a unique key: a foreign key, a column that must hold something, a value
 *  too long or out of range, a condition. Its own words (English) name the column or the rule; null: something else went wrong. */
export function violatedConstraint(error: unknown): string | null {
  let words: string | null = null
  someCause(error, ({ code, errno, errcode, message }) => {
    const isOne =
      /^(23(?!505)|22(001|003|P02))/.test(code ?? '') ||
      [1048, 1216, 1217, 1264, 1265, 1364, 1366, 1406, 1451, 1452, 3819, 4025].includes(errno ?? 0) ||
      (errcode !== undefined && (errcode & 0xff) === 19 && ![1555, 2067, 2579].includes(errcode))
    if (isOne) words = message ?? ''
    return isOne
  })
  return words
}

/** The server refuses the statement for what it names: no such table or column, a view that no longer works, or an account that may not read it. */
export const isUnreadableTable = (error: unknown): boolean =>
  someCause(
    error,
    ({ code, errno, errcode, message }) =>
      [1054, 1142, 1143, 1146, 1356, 1449].includes(errno ?? 0) ||
      ['42P01', '42703', '42501'].includes(code ?? '') ||
      (errcode === 1 && /no such (table|column)/.test(message ?? '')),
  )

/** The transaction lost against another one and may be tried again from its start. */
export const isTransactionConflict = (error: unknown): boolean =>
  someCause(
    error,
    (cause) =>
      ['40001', '40P01', '55P03'].includes(String(cause.code)) || // pg: serialization, deadlock, lock timeout
      [1213, 1205, 1020].includes(Number(cause.errno)) || // MySQL: deadlock, lock wait timeout, changed since read
      isSqliteBusy(cause),
  )

/** Another connection holds the file: the statement had no effect. BUSY_SNAPSHOT (517) is not among them: only a new transaction helps. */
export const isSqliteBusy = (error: unknown): boolean => {
  const errcode = (error as ErrorFields | null)?.errcode
  return errcode === 5 || errcode === 6 || errcode === 261 || errcode === 262
}

/** What a driver threw → the named faults above; any other error as it is. `timeoutMs` is the limit that applied. */
export function namedError(engine: Engine, error: unknown, timeoutMs: number): unknown {
  if (!(error instanceof Error) || error instanceof DatabaseUnavailableError || error instanceof QueryTimeoutError) return error
  const { code, errno, errcode, fatal } = error as ErrorFields
  // AggregateError of a name with several addresses has no message of its own.
  const message = error.message || code || 'connection failed'
  const unavailable = (reason: UnavailableReason) => new DatabaseUnavailableError(reason, message, { cause: error })
  // A statement that is no transaction's may lose too: whoever asked may ask again, and is no victim of a bug.
  if (isTransactionConflict(error)) return unavailable('busy')
  if (code === 'ENOSPC' || code === 'EDQUOT' || code === '53100') return unavailable('full')
  if (typeof code === 'string' && /^(E(CONN|HOST|NET|PIPE|TIMEDOUT|AI_|NOTFOUND)|ENOENT$|ENOTFOUND$|EACCES$)/.test(code)) {
    return unavailable(code === 'ECONNRESET' || code === 'EPIPE' ? 'lost' : 'unreachable')
  }
  if (engine === 'postgres') {
    if (code === '57014') return new QueryTimeoutError(timeoutMs, { cause: error })
    if (typeof code === 'string' && /^(28|3D000|53)/.test(code)) return unavailable('refused')
    if (typeof code === 'string' && /^(08|57P|58)/.test(code)) return unavailable('lost')
    if (code === undefined && /^(Connection terminated|Client has encountered|timeout expired|The server does not support)/.test(message))
      return unavailable('lost')
  }
  if (engine === 'mysql') {
    if (errno === 1021 || errno === 1114) return unavailable('full')
    if (errno === 1969 || errno === 3024) return new QueryTimeoutError(timeoutMs, { cause: error })
    if ([1040, 1044, 1045, 1049, 1129, 1130, 1203, 1226, 1227, 1251, 1698, 4151].includes(errno ?? 0)) return unavailable('refused')
    if (fatal === true || [1053, 1152, 1158, 1159, 1160, 1161, 1317, 1927].includes(errno ?? 0)) return unavailable('lost')
    if (message.includes('closed state')) return unavailable('lost')
  }
  if (engine === 'sqlite' && errcode !== undefined) {
    const primary = errcode & 0xff
    if (primary === 14 || primary === 23 || primary === 26) return unavailable('unreachable') // CANTOPEN, AUTH, NOTADB
    if (primary === 13) return unavailable('full')
    if (primary === 10 || primary === 11) return unavailable('lost') // IOERR, CORRUPT
  }
  return error
}

type ErrorFields = {
  readonly code?: string
  readonly errno?: number
  readonly errcode?: number
  readonly fatal?: boolean
  readonly message?: string
  readonly cause?: unknown
}

export function someCause(error: unknown, matches: (cause: ErrorFields) => boolean): boolean {
  for (let cause = error, depth = 0; cause instanceof Error && depth < 8; cause = cause.cause, depth++) {
    if (matches(cause as ErrorFields)) return true
  }
  return false
}
