/** Opens databases by their address. Drivers are loaded when they are needed: an installation uses one of them, or none. */
import { isIP } from 'node:net'
import type { Kysely } from 'kysely'
import { blamePlatform } from './blame.ts'
import type { Database, Db, Engine } from './database.ts'
import type { ServerOptions, StatementObserver } from './engines/server-options.ts'
import { namedError } from './errors.ts'
import type { PoolInfo } from './pool.ts'
import { type FileAddress, parseDatabaseUrl, type ServerAddress } from './url.ts'

/** Null: SQLite has one connection, and nobody to share it with. */
type PoolReader = () => PoolInfo | null

export type OpenedDatabase = { readonly db: Db; readonly pool: PoolReader; readonly close: () => Promise<void> }

export type OpenedPlant = {
  readonly engine: Engine
  // biome-ignore lint/suspicious/noExplicitAny: the customer's schema varies
  readonly kysely: Kysely<any>
  readonly pool: PoolReader
  readonly close: () => Promise<void>
}

/** Connections of a database server: waiting for one, default 10 s; of an idle one 30 s; of one from its opening on, an hour. */
export type PoolLimits = { readonly waitMs?: number; readonly idleMs?: number; readonly maxAgeMs?: number }

export type PlantOptions = PoolLimits & {
  readonly poolSize?: number
  readonly connectTimeoutMs?: number
  readonly statementTimeoutMs?: number
  /** SQLite only: makes the file when it is missing, and puts it in WAL mode. Never for a customer's file. */
  readonly create?: boolean
  /** Where to connect instead of asking what address the name has. */
  readonly hostAddress?: string | undefined
  /** Told of each statement that ended, except reads by `readRows`. */
  readonly onStatement?: StatementObserver | undefined
}

const lockTimeoutMs = 3_000
const statementTimeoutMs = 5_000
const defaultWaitMs = 10_000

const poolOf = ({ waitMs = defaultWaitMs, idleMs = 30_000, maxAgeMs = 3_600_000 }: PoolLimits) => ({ waitMs, idleMs, maxAgeMs })

/** What the driver hands over when it makes its pool. */
function poolReader(): { readonly onPool: (info: () => PoolInfo) => void; readonly read: PoolReader } {
  let known: PoolReader = () => null
  return {
    onPool: (info) => {
      known = info
    },
    read: () => known(),
  }
}

export type DatabaseOptions = PoolLimits & { readonly poolSize?: number; readonly onStatement?: StatementObserver | undefined }

/** The platform database. Opening connects to nothing yet, except that a SQLite file is made when missing.
 *  Throws Error for a wrong address, `DatabaseUnavailableError` for a file that cannot be opened. */
export async function openDatabase(url: string, options: DatabaseOptions = {}): Promise<OpenedDatabase> {
  const { poolSize = 10, onStatement } = options
  const address = parseDatabaseUrl(url)
  const { onPool, read } = poolReader()
  const kysely =
    address.engine === 'sqlite'
      ? await openSqliteFile(address.file, onStatement)
      : await openServer(address, {
          poolSize,
          ...poolOf(options),
          onPool,
          onStatement,
          connectTimeoutMs: 3_000,
          statementTimeoutMs,
          lockTimeoutMs,
          isReadCommitted: true,
          onError: blamePlatform,
        })
  return { db: { kysely: kysely as Kysely<Database>, engine: address.engine }, pool: read, close: () => kysely.destroy() }
}

/** A plant's database, perhaps broken, slow or hung: opening connects to nothing, and every later wait has an end
 *  (`isDatabaseUnavailable`). A SQLite file lives in a worker thread. Throws Error for a wrong address. */
export async function openPlantKysely(url: string, options: PlantOptions = {}): Promise<OpenedPlant> {
  const address = parseDatabaseUrl(url)
  const { onPool, read } = poolReader()
  const limits = {
    poolSize: options.poolSize ?? 4,
    ...poolOf(options),
    onPool,
    connectTimeoutMs: options.connectTimeoutMs ?? 3_000,
    statementTimeoutMs: options.statementTimeoutMs ?? statementTimeoutMs,
    lockTimeoutMs,
    isReadCommitted: false,
    onStatement: options.onStatement,
  }
  const kysely =
    address.engine === 'sqlite'
      ? await openSqlitePlant(address, limits, options.create ?? false)
      : await openServer(at(address, options.hostAddress), limits)
  return { engine: address.engine, kysely, pool: read, close: () => kysely.destroy() }
}

/** Certificates are still held against the name. */
const at = (address: ServerAddress, hostAddress: string | undefined): ServerAddress =>
  hostAddress === undefined ? address : { ...address, host: hostAddress, ...(!isIP(address.host) && { tlsName: address.host }) }

async function openServer(address: ServerAddress, limits: ServerOptions) {
  if (address.engine === 'postgres') {
    const { createPostgresKysely } = await import('./engines/postgres.ts')
    return createPostgresKysely(address, limits)
  }
  const { createMysqlKysely } = await import('./engines/mysql.ts')
  return createMysqlKysely(address, limits)
}

async function openSqliteFile(file: string, onStatement: StatementObserver | undefined) {
  const [{ createSqliteKysely }, { openSqliteInProcess }] = await Promise.all([
    import('./engines/sqlite.ts'),
    import('./engines/sqlite-in-process.ts'),
  ])
  try {
    const kysely = createSqliteKysely(openSqliteInProcess({ file, readOnly: false, isOurs: true }), {
      busyMs: defaultWaitMs,
      statementTimeoutMs,
      onStatement,
      onError: blamePlatform,
    })
    await kysely.connection().execute(async () => {}) // Kysely closes only what was used
    return kysely
  } catch (error) {
    throw namedError('sqlite', error, 0)
  }
}

async function openSqlitePlant({ file, readOnly }: FileAddress, limits: ServerOptions, create: boolean) {
  const [{ createSqliteKysely }, { openSqliteWorker }] = await Promise.all([
    import('./engines/sqlite.ts'),
    import('./engines/sqlite-worker.ts'),
  ])
  return createSqliteKysely(openSqliteWorker({ file, readOnly, isOurs: create }, limits.waitMs), {
    busyMs: limits.waitMs,
    statementTimeoutMs: limits.statementTimeoutMs,
    onStatement: limits.onStatement,
  })
}
