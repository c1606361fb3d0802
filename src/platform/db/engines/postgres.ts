/** PostgreSQL: driver of Kysely over pg, with a limit on every wait. */
import type { Socket } from 'node:net'
import {
  type CompiledQuery,
  type Driver,
  Kysely,
  PostgresAdapter,
  PostgresIntrospector,
  PostgresQueryCompiler,
  type QueryResult,
} from 'kysely'
import pg from 'pg'
import { type Bindable, bindableAll } from '../bind.ts'
import { reporting } from '../blame.ts'
import { type OnNumbers, type OnRow, withDeadline, withProbe } from '../connection.ts'
import { DatabaseUnavailableError, isConnectionKept, isServerReadOnly, namedError, QueryTimeoutError } from '../errors.ts'
import type { ServerAddress } from '../url.ts'
import { readAsNumbers } from './postgres-numbers.ts'
import { createServerDriver, type ServerConnection } from './server-driver.ts'
import { hungAfterMs, logOf, type ServerOptions } from './server-options.ts'

const asText = (text: string): string => text
const asSafeNumber = (text: string): number => {
  const number = Number(text)
  if (!Number.isSafeInteger(number)) throw new RangeError(`the integer ${text} is beyond 2^53 and would be rounded`)
  return number
}
/** By object id of pg_type. Times stay text (a `Date` would read naive times in the zone of this process); so does JSON, for one codec. */
const parsers = new Map<number, (text: string) => unknown>([
  [16, (text) => (text === 't' ? 1 : 0)],
  [20, asSafeNumber],
  ...[114, 3802, 1082, 1083, 1114, 1184, 1186, 1266].map((oid): [number, typeof asText] => [oid, asText]),
])
const types: pg.CustomTypesConfig = {
  getTypeParser: ((oid: number, format?: 'text') =>
    parsers.get(oid) ?? pg.types.getTypeParser(oid, format)) as pg.CustomTypesConfig['getTypeParser'],
}

// biome-ignore lint/suspicious/noExplicitAny: any schema
export function createPostgresKysely(address: ServerAddress, options: ServerOptions): Kysely<any> {
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
      createQueryCompiler: () => new PostgresQueryCompiler(),
      createAdapter: () => new PostgresAdapter(),
      createIntrospector: (db) => new PostgresIntrospector(db),
    },
  })
}

async function connect(address: ServerAddress, options: ServerOptions, onGone: () => void): Promise<pg.Client> {
  const client = new pg.Client({
    host: address.socketPath ?? address.host,
    port: address.port,
    user: address.user || undefined,
    password: address.password || undefined,
    database: address.database || undefined,
    ssl:
      address.sslMode === 'disable'
        ? false
        : { rejectUnauthorized: address.sslMode === 'verify', ...(address.tlsName && { servername: address.tlsName }) },
    application_name: 'andon',
    keepAlive: true,
    types,
  })
  client.on('error', onGone) // without a listener a lost idle connection would end the process
  client.on('end', onGone)
  // By statement and not as start-up options, which poolers such as pgbouncer refuse.
  const settings = [
    `statement_timeout = ${options.statementTimeoutMs}`,
    `lock_timeout = ${options.lockTimeoutMs}`,
    `idle_in_transaction_session_timeout = 60000`,
    `timezone = 'UTC'`,
    `datestyle = 'ISO, YMD'`,
    `intervalstyle = 'postgres'`,
  ]
  const opening = client.connect().then(() => client.query(settings.map((setting) => `set ${setting}`).join(';')))
  try {
    await withDeadline(opening, options.connectTimeoutMs, () => {}, noConnection)
    return client
  } catch (error) {
    disconnect(client)
    throw namedError('postgres', error, options.connectTimeoutMs)
  }
}

const noConnection = () => new DatabaseUnavailableError('unreachable', 'The database server did not answer in time')

/** Says goodbye, and does not wait for an answer: a hung server would not give one. */
function disconnect(client: pg.Client): void {
  client.end().catch(() => {})
  setTimeout(() => destroySocket(client), 500).unref()
}

/** pg has no public way to drop a connection without asking the server. */
const destroySocket = (client: pg.Client): void => void socketOf(client).destroy()
const socketOf = (client: pg.Client): Socket => (client as unknown as { connection: { stream: Socket } }).connection.stream

/** `probe` = does the server answer another connection? */
function createConnection(client: pg.Client, options: ServerOptions, probe: () => Promise<void>): ServerConnection {
  let isBroken = false
  /** Of every later statement, and what the server enforces by now. */
  let timeoutMs = options.statementTimeoutMs
  let serverMs = timeoutMs
  const discard = () => {
    isBroken = true
    destroySocket(client)
  }
  const guarded = async <T>(work: Promise<T>, limitMs: number): Promise<T> => {
    try {
      return await withDeadline(work, hungAfterMs(limitMs), discard, () => new QueryTimeoutError(limitMs))
    } catch (error) {
      const named = namedError('postgres', error, limitMs)
      if (named instanceof DatabaseUnavailableError ? !isConnectionKept(named) : isServerReadOnly(named)) isBroken = true
      throw named
    }
  }
  const setServerLimit = async (limitMs: number) => {
    if (limitMs === serverMs) return
    await guarded(client.query(`set statement_timeout = ${limitMs}`), timeoutMs)
    serverMs = limitMs
  }
  /** The connection keeps the limit that a read needed, in steps, so that most reads need no statement for it; the exact one is kept here. */
  const limited = async <T>(limitMs: number, read: () => Promise<T>): Promise<T> => {
    if (limitMs > serverMs) await setServerLimit(limitSteps.find((step) => step >= limitMs) ?? limitMs)
    const stream = socketOf(client)
    const heard = stream.bytesRead
    const watched = withProbe(guarded(read(), limitMs), {
      afterMs: hungAfterMs(options.statementTimeoutMs),
      hasHeard: () => stream.bytesRead > heard,
      probe,
      giveUp: discard,
    })
    return withDeadline(watched, limitMs, discard)
  }
  return {
    engine: 'postgres',
    isBroken: () => isBroken,
    async setStatementTimeout(limitMs) {
      timeoutMs = limitMs ?? options.statementTimeoutMs
      await setServerLimit(timeoutMs)
    },
    async executeQuery<R>({ sql, parameters }: CompiledQuery): Promise<QueryResult<R>> {
      // a transaction that a failed statement aborted hears nothing but its end, and a limit that was set in it goes with it
      if (sql === 'rollback') serverMs = unknownMs
      else if (serverMs > Math.max(timeoutMs, longestKeptMs)) await setServerLimit(timeoutMs)
      const { command, rowCount, rows } = await guarded(client.query(oneStatement(sql, parameters)), timeoutMs)
      // COMMIT of a transaction that a failed statement aborted answers ROLLBACK and no error.
      if (sql === 'commit' && command === 'ROLLBACK') throw new Error('the transaction was rolled back: a statement in it had failed')
      const isChange = command === 'INSERT' || command === 'UPDATE' || command === 'DELETE'
      return { rows: rows as R[], ...(isChange ? { numAffectedRows: BigInt(rowCount ?? 0) } : {}) }
    },
    // biome-ignore lint/correctness/useYield: reads go through readRows
    async *streamQuery() {
      throw new Error('use readRows')
    },
    readRows: (query, onRow, { timeoutMs: limitMs, signal }) => limited(limitMs, () => streamRows(client, query, onRow, signal, discard)),
    readNumbers: (query, onNumbers, { timeoutMs: limitMs, signal }) =>
      limited(limitMs, () => streamNumbers(client, query, onNumbers, signal, discard)),
  }
}

/** Below every limit: the next one that is needed is set. */
const unknownMs = 0
const limitSteps = [5, 30, 300, 600].map((seconds) => seconds * 1_000)
/** A larger limit is taken back before the next plain statement, whose own end is then kept here alone. */
const longestKeptMs = 30_000

/** The extended protocol refuses a second statement in the text, also without parameters. */
const oneStatement = (text: string, parameters: readonly unknown[]) => ({ text, values: bindableAll(parameters), queryMode: 'extended' })

/** One answer read as it comes from the socket; nothing is collected. `begin` says what to do with its rows and what it comes to. Ending early costs the
 *  connection: the server would send all the rest. */
function streamed(
  client: pg.Client,
  query: pg.Query,
  signal: AbortSignal | undefined,
  discard: () => void,
  begin: (end: (error: unknown) => void) => () => number,
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
    const finished = begin(end)
    const done = (settle: (count: number) => void) => {
      try {
        const count = finished()
        finish(() => settle(count))
      } catch (error) {
        end(error)
      }
    }
    query.on('error', (error) => done(() => reject(error)))
    query.on('end', () => done(resolve))
    client.query(query)
  })
}

function streamRows(
  client: pg.Client,
  { sql, parameters }: CompiledQuery,
  onRow: OnRow,
  signal: AbortSignal | undefined,
  discard: () => void,
) {
  const config: pg.QueryArrayConfig<Bindable[]> = { text: sql, values: bindableAll(parameters), rowMode: 'array', types }
  const query = new pg.Query(config)
  return streamed(client, query, signal, discard, (end) => {
    let count = 0
    let isOver = false
    query.on('row', (row) => {
      if (isOver || signal?.aborted) return
      count += 1
      try {
        onRow(row as unknown[])
      } catch (error) {
        isOver = true
        end(error)
      }
    })
    return () => count
  })
}

function streamNumbers(
  client: pg.Client,
  { sql, parameters }: CompiledQuery,
  onNumbers: OnNumbers,
  signal: AbortSignal | undefined,
  discard: () => void,
) {
  const config = { text: sql, values: bindableAll(parameters), rowMode: 'array', queryMode: 'extended', binary: true, types }
  const query = new pg.Query(config as pg.QueryArrayConfig<Bindable[]>)
  return streamed(client, query, signal, discard, (end) => readAsNumbers(query, socketOf(client), onNumbers, end))
}
