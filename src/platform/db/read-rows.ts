/** Long reads: rows as arrays, one at a time, with an end in time. */
import type { CompiledQuery, Kysely } from 'kysely'
import { type OnNumbers, type OnRow, type ReadOptions, withConnection } from './connection.ts'

/** Calls `onRow` for each row of `query`, columns in its order; resolves to the number of rows. Integers come as number, DATETIME and
 *  DATE as text (`2026-03-02 06:00:00`), decimals as text, NULL as null. Nothing is kept in memory here.
 *  Throws `QueryTimeoutError` after `timeoutMs`, the signal's reason when it aborts, or what `onRow` throws. */
// biome-ignore lint/suspicious/noExplicitAny: any schema
export const readRows = (kysely: Kysely<any>, query: CompiledQuery, onRow: OnRow, options: ReadOptions): Promise<number> =>
  withConnection(kysely, (connection) => connection.readRows(query, onRow, options))

/** The same for millions of rows of numbers: integers as they are, naive times as seconds since 1970-01-01 00:00 of their own clock (fractions are cut),
 *  text as the number or time it says, NULL as 0. Several times as fast, since nothing is made per row. */
// biome-ignore lint/suspicious/noExplicitAny: any schema
export const readNumbers = (kysely: Kysely<any>, query: CompiledQuery, onNumbers: OnNumbers, options: ReadOptions): Promise<number> =>
  withConnection(kysely, (connection) => connection.readNumbers(query, onNumbers, options))
