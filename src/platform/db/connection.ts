/** What our drivers' connections can do beyond Kysely's contract. */
import type { CompiledQuery, DatabaseConnection, Kysely } from 'kysely'
import type { Engine } from './database.ts'
import { DatabaseUnavailableError, QueryTimeoutError } from './errors.ts'

export type ReadOptions = { readonly timeoutMs: number; readonly signal?: AbortSignal | undefined }
/** Called for each row, columns in the order of the query. What it throws ends the read. */
export type OnRow = (row: unknown[]) => void

/** Called with some thousand rows at a time: the columns' first `length` numbers, good only during the call. What it throws ends the read. */
export type OnNumbers = (columns: readonly Float64Array[], length: number) => void

export type EngineConnection = DatabaseConnection & {
  readonly engine: Engine
  readonly readRows: (query: CompiledQuery, onRow: OnRow, options: ReadOptions) => Promise<number>
  readonly readNumbers: (query: CompiledQuery, onNumbers: OnNumbers, options: ReadOptions) => Promise<number>
  /** Of every later statement on this connection; null = the default it was opened with. */
  readonly setStatementTimeout: (timeoutMs: number | null) => Promise<void>
}

/** Lends a connection of `kysely`, or the transaction's own one. */
// biome-ignore lint/suspicious/noExplicitAny: any schema
export const withConnection = <T>(kysely: Kysely<any>, work: (connection: EngineConnection) => Promise<T>): Promise<T> =>
  kysely.getExecutor().provideConnection((connection) => {
    if (!('readRows' in connection)) throw new TypeError('not a database of openDatabase or openPlantKysely')
    return work(connection as EngineConnection)
  })

/** Waits for `work` at most `timeoutMs`, then calls `giveUp` (close the socket, so that a hung server is not waited for) and throws. */
export async function withDeadline<T>(
  work: Promise<T>,
  timeoutMs: number,
  giveUp: () => void,
  onTimeout: () => Error = () => new QueryTimeoutError(timeoutMs),
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const expiry = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      reject(onTimeout())
      giveUp()
    }, timeoutMs)
  })
  work.catch(() => {}) // after the deadline nobody listens any more
  try {
    return await Promise.race([work, expiry])
  } finally {
    clearTimeout(timer)
  }
}

/** A read that is answered by nothing may wait for a slow statement or for a server that hangs: after `afterMs` of silence another connection is tried,
 *  and when that one is not answered either the read is given up with its error. Costs nothing while the server speaks. */
export async function withProbe<T>(
  work: Promise<T>,
  {
    afterMs,
    hasHeard,
    probe,
    giveUp,
  }: {
    readonly afterMs: number
    readonly hasHeard: () => boolean
    readonly probe: () => Promise<void>
    readonly giveUp: () => void
  },
): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const hung = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      if (hasHeard()) return
      probe().catch((error: unknown) => {
        // one that refuses us is there
        if (hasHeard() || !(error instanceof DatabaseUnavailableError) || error.reason !== 'unreachable') return
        reject(error)
        giveUp()
      })
    }, afterMs)
  })
  hung.catch(() => {})
  work.catch(() => {})
  try {
    return await Promise.race([work, hung])
  } finally {
    clearTimeout(timer)
  }
}
