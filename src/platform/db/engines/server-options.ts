import type { KyselyConfig } from 'kysely'

/** Told of each statement that ended, whatever its end; not of `readRows`, whose caller knows what it reads. */
export type StatementObserver = (statement: { readonly sql: string; readonly durationMs: number }) => void

/** Limits of a database server's connections. */
export type ServerOptions = {
  readonly poolSize: number
  /** Longest wait for a connection of the pool. */
  readonly waitMs: number
  readonly connectTimeoutMs: number
  readonly statementTimeoutMs: number
  readonly lockTimeoutMs: number
  /** Reads see what others committed meanwhile, as PostgreSQL does by default; a customer's database keeps its own default. */
  readonly isReadCommitted: boolean
  readonly onStatement?: StatementObserver | undefined
}

/** How long a statement may still take when its connection says nothing at all. */
export const hungAfterMs = (statementTimeoutMs: number): number => statementTimeoutMs + 1_000

/** For Kysely's configuration. */
export const logOf = ({ onStatement }: { readonly onStatement?: StatementObserver | undefined }): Pick<KyselyConfig, 'log'> =>
  onStatement ? { log: ({ query, queryDurationMillis }) => onStatement({ sql: query.sql, durationMs: queryDurationMillis }) } : {}
