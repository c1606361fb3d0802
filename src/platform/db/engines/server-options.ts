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
}

/** How long a statement may still take when its connection says nothing at all. */
export const hungAfterMs = (statementTimeoutMs: number): number => statementTimeoutMs + 1_000
