/** MySQL and MariaDB: driver of Kysely over mysql2, with a limit on every wait. */
import { isIP, connect as openSocket, type Socket } from 'node:net'
import { type CompiledQuery, type Driver, Kysely, MysqlAdapter, MysqlIntrospector, MysqlQueryCompiler, type QueryResult } from 'kysely'
import mysql, { type Connection, type ConnectionOptions, type FieldPacket, type ResultSetHeader } from 'mysql2'
import { bindableAll } from '../bind.ts'
import { reporting } from '../blame.ts'
import { type OnNumbers, type OnRow, withDeadline, withProbe } from '../connection.ts'
import { DatabaseUnavailableError, isConnectionKept, isServerReadOnly, namedError, QueryTimeoutError } from '../errors.ts'
import type { ServerAddress } from '../url.ts'
import { readAsNumbers } from './mysql-numbers.ts'
import { createServerDriver, type ServerConnection } from './server-driver.ts'
import { hungAfterMs, logOf, type ServerOptions } from './server-options.ts'

// biome-ignore lint/suspicious/noExplicitAny: any schema
export function createMysqlKysely(address: ServerAddress, options: ServerOptions): Kysely<any> {
  const createDriver = (): Driver =>
    reporting(
      createServerDriver(options, {
        open: (onGone) => connect(address, options, onGone),
        close: disconnect,
        wrap: (client) => createConnection(client, options, async () => disconnect(await connect(address, options, () => {}))),
      }),
      options.onError,
    )
  return new Kysely({
    ...logOf(options),
    dialect: {
      createDriver,
      createQueryCompiler: () => new MysqlQueryCompiler(),
      createAdapter: () => new MysqlAdapter(),
      createIntrospector: (db) => new MysqlIntrospector(db),
    },
  })
}

/** One comment for each server: MariaDB alone reads `/*M!`, and skips `/*!50708` (5.7 features) where MySQL reads it. */
const statementLimit = (timeoutMs: number): string =>
  `/*M!100100 max_statement_time = ${timeoutMs / 1000} */ /*!50708 max_execution_time = ${timeoutMs} */`

/** The driver tells Node whom the certificate must name only when that is no IP address; with the final dot of a whole name, which Node compares
 *  without, it is told too. */
const nameInCertificate = ({ host, tlsName = host }: ServerAddress): string => (isIP(tlsName) ? `${tlsName}.` : tlsName)

/** Where to, and whether the server must prove that it is the one. */
function whereTo(address: ServerAddress): ConnectionOptions {
  const { host, port, socketPath, sslMode } = address
  if (socketPath) return { socketPath }
  if (sslMode !== 'verify') return { host, port, ...(sslMode === 'require' && { ssl: { rejectUnauthorized: false } }) }
  // the driver holds the certificate against `host`, which need not be where it connects to
  const stream = () => openSocket({ host, port, keepAlive: true, noDelay: true })
  return { host: nameInCertificate(address), port, stream, ssl: { rejectUnauthorized: true, verifyIdentity: true } }
}

async function connect(address: ServerAddress, options: ServerOptions, onGone: () => void): Promise<Connection> {
  const client = mysql.createConnection({
    ...whereTo(address),
    user: address.user,
    password: address.password,
    database: address.database,
    charset: 'utf8mb4',
    timezone: 'Z',
    dateStrings: true,
    supportBigNumbers: true,
    jsonStrings: true,
    flags: ['-LOCAL_FILES'],
    maxPreparedStatements: 200, // the server's own limit (16 382) is shared by all connections
    connectTimeout: options.connectTimeoutMs,
    enableKeepAlive: true,
  })
  client.on('error', onGone)
  client.on('end', onGone)
  const lockWaitS = Math.max(1, Math.round(options.lockTimeoutMs / 1000))
  const settings = [
    `time_zone = '+00:00'`,
    `sql_mode = 'ONLY_FULL_GROUP_BY,STRICT_ALL_TABLES,ERROR_FOR_DIVISION_BY_ZERO,NO_ENGINE_SUBSTITUTION'`,
    `innodb_lock_wait_timeout = ${lockWaitS}`,
    // of tables: who waits to change one keeps everybody behind waiting too
    `lock_wait_timeout = ${lockWaitS}`,
  ]
  const prepare = async () => {
    await query(
      client,
      `set ${settings.join(', ')} /*M!100100 , max_statement_time = ${options.statementTimeoutMs / 1000} */ /*!50708 , max_execution_time = ${options.statementTimeoutMs} */`,
    )
    if (options.isReadCommitted) await query(client, 'set session transaction isolation level read committed')
  }
  try {
    await withDeadline(prepare(), options.connectTimeoutMs, () => {}, noConnection)
    return client
  } catch (error) {
    client.destroy()
    throw namedError('mysql', error, options.connectTimeoutMs)
  }
}

const noConnection = () => new DatabaseUnavailableError('unreachable', 'The database server did not answer in time')

function disconnect(client: Connection): void {
  client.end(() => {}) // without a listener a failing goodbye would be thrown
  setTimeout(() => client.destroy(), 500).unref()
}

type Answer = { readonly rows: unknown; readonly fields: readonly FieldPacket[] }

const query = (client: Connection, sql: string, values: readonly unknown[] = []): Promise<Answer> =>
  new Promise((resolve, reject) => {
    const done = (error: unknown, rows: unknown, fields: FieldPacket[] | undefined) =>
      error ? reject(error) : resolve({ rows, fields: fields ?? [] })
    // Statements without values go as text: some (`begin`, DDL) cannot be prepared on every server.
    if (values.length === 0) client.query(sql, done)
    else client.execute(sql, bindableAll(values), done)
  })

/** `probe` = does the server answer another connection? */
function createConnection(client: Connection, options: ServerOptions, probe: () => Promise<void>): ServerConnection {
  let isBroken = false
  let timeoutMs = options.statementTimeoutMs
  const discard = () => {
    isBroken = true
    client.destroy()
  }
  const guarded = async <T>(work: Promise<T>, limitMs: number, serverMs = limitMs): Promise<T> => {
    try {
      return await withDeadline(work, hungAfterMs(serverMs), discard, () => new QueryTimeoutError(limitMs))
    } catch (error) {
      const named = namedError('mysql', error, limitMs)
      if (named instanceof DatabaseUnavailableError ? !isConnectionKept(named) : isServerReadOnly(named)) isBroken = true
      throw named
    }
  }
  const setTimeoutMs = async (limitMs: number) => {
    if (limitMs === timeoutMs) return
    await guarded(query(client, `set ${statementLimit(limitMs)}`), timeoutMs)
    timeoutMs = limitMs
  }
  /** MariaDB takes the limit in the statement itself; MySQL needs a round trip before and one after. */
  const limited = async <T>(limitMs: number, read: (prefix: string) => Promise<T>): Promise<T> => {
    if (limitMs === timeoutMs) return guarded(read(''), limitMs)
    const { stream } = client as unknown as { readonly stream: Socket }
    const heard = stream.bytesRead
    const watched = (reading: Promise<T>, serverMs: number): Promise<T> =>
      withProbe(guarded(reading, limitMs, serverMs), {
        afterMs: hungAfterMs(options.statementTimeoutMs),
        hasHeard: () => stream.bytesRead > heard,
        probe,
        giveUp: discard,
      })
    if (isMariaDb(client)) {
      // few different texts, each prepared once
      const stepMs = limitSteps.find((step) => step >= limitMs) ?? limitMs
      return watched(read(`set statement max_statement_time = ${stepMs / 1000} for `), stepMs)
    }
    const before = timeoutMs
    await setTimeoutMs(limitMs)
    try {
      return await guarded(read(''), limitMs)
    } finally {
      if (!isBroken) await setTimeoutMs(before)
    }
  }
  return {
    engine: 'mysql',
    isBroken: () => isBroken,
    setStatementTimeout: (limitMs) => setTimeoutMs(limitMs ?? options.statementTimeoutMs),
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      const { rows, fields } = await guarded(query(client, sql, parameters), timeoutMs)
      if (Array.isArray(rows)) return { rows: exactRows(rows, fields) as R[] }
      const { insertId, affectedRows } = rows as ResultSetHeader
      return { rows: [], numAffectedRows: BigInt(affectedRows), ...(insertId ? { insertId: BigInt(insertId) } : {}) }
    },
    // biome-ignore lint/correctness/useYield: reads go through readRows
    async *streamQuery() {
      throw new Error('use readRows')
    },
    readRows: (compiled, onRow, { timeoutMs: limitMs, signal }) =>
      limited(limitMs, (prefix) => streamRows(client, { ...compiled, sql: prefix + compiled.sql }, onRow, signal, discard)),
    readNumbers: (compiled, onNumbers, { timeoutMs: limitMs, signal }) =>
      limited(limitMs, (prefix) => streamNumbers(client, { ...compiled, sql: prefix + compiled.sql }, onNumbers, signal, discard)),
  }
}

const limitSteps = [0.3, 0.5, 1, 2, 3, 5, 7, 10, 15, 20, 25, 30, 45, 60, 120, 300, 600].map((seconds) => seconds * 1_000)
const isMariaDb = (client: Connection): boolean => (client as unknown as { readonly _isMariaDB?: boolean })._isMariaDB === true

const bigintType = 8 // MYSQL_TYPE_LONGLONG

/** mysql2 answers integers beyond 2^53 as text; nobody here expects text in such a column. */
function exactRows(rows: readonly Record<string, unknown>[], fields: readonly FieldPacket[]): readonly Record<string, unknown>[] {
  for (const { columnType, name } of fields) {
    if (columnType === bigintType) for (const row of rows) refuseText(row[name])
  }
  return rows
}

function refuseText(value: unknown): void {
  if (typeof value === 'string') throw new RangeError(`the integer ${value} is beyond 2^53 and would be rounded`)
}

/** One answer read as it comes from the socket; nothing is collected. `begin` says what to do with its rows and what it comes to. Ending early costs the
 *  connection: the server would send all the rest. */
function streamed(
  start: () => Streamed,
  signal: AbortSignal | undefined,
  discard: () => void,
  begin: (command: Streamed, end: (error: unknown) => void) => () => number,
): Promise<number> {
  return new Promise((resolve, reject) => {
    let isOver = false
    const finish = (settle: () => void) => {
      if (isOver) return
      isOver = true
      signal?.removeEventListener('abort', abort)
      settle()
    }
    const end = (error: unknown) =>
      finish(() => {
        reject(error)
        discard()
      })
    const abort = () => end(signal?.reason)
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    signal?.addEventListener('abort', abort)
    const command = start()
    const finished = begin(command, end)
    command.on('error', (error) => finish(() => reject(error)))
    command.on('end', () => {
      try {
        const count = finished()
        finish(() => resolve(count))
      } catch (error) {
        end(error)
      }
    })
  })
}

type Streamed = ReturnType<Connection['query']>

function streamRows(
  client: Connection,
  { sql, parameters }: CompiledQuery,
  onRow: OnRow,
  signal: AbortSignal | undefined,
  discard: () => void,
) {
  const options = { sql, rowsAsArray: true }
  const start = () => (parameters.length === 0 ? client.query(options) : client.execute({ ...options, values: bindableAll(parameters) }))
  return streamed(start, signal, discard, (command, end) => {
    let count = 0
    let isOver = false
    let bigints: readonly number[] = []
    command.on('fields', (fields: readonly FieldPacket[] | undefined) => {
      bigints = (fields ?? []).flatMap(({ columnType }, index) => (columnType === bigintType ? [index] : []))
    })
    command.on('result', (row: unknown[]) => {
      if (isOver || signal?.aborted) return
      count += 1
      try {
        for (const index of bigints) refuseText(row[index])
        onRow(row)
      } catch (error) {
        isOver = true
        end(error)
      }
    })
    return () => count
  })
}

function streamNumbers(
  client: Connection,
  { sql, parameters }: CompiledQuery,
  onNumbers: OnNumbers,
  signal: AbortSignal | undefined,
  discard: () => void,
) {
  const start = () => client.execute({ sql, rowsAsArray: true, values: bindableAll(parameters) })
  return streamed(start, signal, discard, (command, end) => readAsNumbers(client, command, onNumbers, end))
}
