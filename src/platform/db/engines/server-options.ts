import type { KyselyConfig } from 'kysely'
import type { PoolInfo } from '../pool.ts'

/** Told of each statement that ended, whatever its end; not of `readRows`, whose caller knows what it reads. */
/** `isAnswered` false = it failed. */
export type StatementObserver = (statement: { readonly sql: string; readonly durationMs: number; readonly isAnswered: boolean }) => void

/** Limits of a database server's connections. */
export type ServerOptions = {
  readonly poolSize: number
  /** Longest wait for a connection of the pool. */
  readonly waitMs: number
  /** Of a connection that nobody uses, and of one from its opening on. */
  readonly idleMs: number
  readonly maxAgeMs: number
  readonly connectTimeoutMs: number
  readonly statementTimeoutMs: number
  readonly lockTimeoutMs: number
  /** Reads see what others committed meanwhile, as PostgreSQL does by default; a customer's database keeps its own default. */
  readonly isReadCommitted: boolean
  readonly onStatement?: StatementObserver | undefined
  /** Given once: how the pool is doing can be asked from then on. */
  readonly onPool?: ((info: () => PoolInfo) => void) | undefined
  /** Told of each statement that failed and each connection that could not be had. */
  readonly onError?: ((error: unknown) => void) | undefined
}

/** How long a statement may still take when its connection says nothing at all. */
export const hungAfterMs = (statementTimeoutMs: number): number => statementTimeoutMs + 1_000

/** For Kysely's configuration. */
export const logOf = ({ onStatement }: { readonly onStatement?: StatementObserver | undefined }): Pick<KyselyConfig, 'log'> =>
  onStatement
    ? {
        log: ({ level, query, queryDurationMillis }) =>
          onStatement({ sql: query.sql, durationMs: queryDurationMillis, isAnswered: level === 'query' }),
      }
    : {}
