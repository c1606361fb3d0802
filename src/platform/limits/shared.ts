/** Limits that all processes count together, in the database. */
import { LRUCache } from 'lru-cache'
import type { Db } from '../db/database.ts'
import { lockRow, transaction, upsert } from '../db/index.ts'
import type { Clock } from '../time/index.ts'
import { hourMs, type RateWindow, type Taken, takeSlot } from './window.ts'

/** `key` has at most 100 characters and names the limit and whom it counts: `login|10.0.0.7`. */
export type SharedLimit = (key: string, windows: readonly RateWindow[]) => Promise<Taken>

const maximumFullKeys = 10_000

/** Counts in `rate_windows`. Who is refused is remembered here until a place frees, so that a flood does not reach the database. */
export function createSharedLimit({ db, clock }: { readonly db: Db; readonly clock: Clock }): SharedLimit {
  const full = new LRUCache<string, Taken>({ max: maximumFullKeys })
  return async (key, windows) => {
    const nowMs = clock.nowMs()
    const known = full.get(key)
    // no window is longer than an hour: what frees later was remembered before the clock was set back
    if (known && known.freesAtMs > nowMs && known.freesAtMs <= nowMs + hourMs) return known
    const taken = await takeSharedSlot(db, key, windows, nowMs)
    if (!taken.isAllowed) full.set(key, taken)
    return taken
  }
}

/** Its own short transaction: the row is held only while counting. */
const takeSharedSlot = (db: Db, key: string, windows: readonly RateWindow[], nowMs: number): Promise<Taken> =>
  transaction(db, async (tx) => {
    // Makes the row when it is missing and takes its lock either way.
    await upsert(tx, 'rate_windows', { window_key: key, hits: '[]', updated_at: nowMs }, ['window_key'], { updated_at: nowMs })
    await lockRow(tx, 'rate_windows', { window_key: key })
    const row = await tx.kysely.selectFrom('rate_windows').select('hits').where('window_key', '=', key).executeTakeFirstOrThrow()
    const { hits, ...taken } = takeSlot(JSON.parse(row.hits) as number[], windows, nowMs)
    if (taken.isAllowed)
      await tx.kysely
        .updateTable('rate_windows')
        .set({ hits: JSON.stringify(hits) })
        .where('window_key', '=', key)
        .execute()
    return taken
  })

/** Windows nobody hit lately. */
export async function sweepRateWindows(db: Db, nowMs: number): Promise<number> {
  const { numDeletedRows } = await db.kysely
    .deleteFrom('rate_windows')
    .where('updated_at', '<', nowMs - hourMs)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
