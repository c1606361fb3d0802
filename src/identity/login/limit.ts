/** The limit of sign-in attempts: a sliding window per address, in the database, so that all processes and all aliases share it. */
import type { Db } from '../../platform/db/database.ts'
import { lockRow, transaction, upsert } from '../../platform/db/index.ts'
import { clientGroup } from '../../platform/http/index.ts'

export const loginLimit = { attempts: 5, windowMs: 60_000 } as const

export type Slot = { readonly kind: 'taken'; readonly hits: readonly number[] } | { readonly kind: 'refused'; readonly retryAfterS: number }

/** Pure: `hits` are epoch milliseconds, oldest first. A refused attempt takes no slot, so `retryAfterS` is when one really frees. */
export function takeSlot(hits: readonly number[], { attempts, windowMs }: { attempts: number; windowMs: number }, nowMs: number): Slot {
  const recent = hits.filter((hit) => hit > nowMs - windowMs)
  const oldest = recent[recent.length - attempts]
  if (oldest === undefined) return { kind: 'taken', hits: [...recent, nowMs] }
  return { kind: 'refused', retryAfterS: Math.max(1, Math.ceil((oldest + windowMs - nowMs) / 1000)) }
}

/** Null when the attempt may go on, else the seconds to wait. Its own short transaction: the row is held only while counting. */
export const takeLoginAttempt = (db: Db, ip: string, nowMs: number): Promise<number | null> =>
  transaction(db, async (tx) => {
    const windowKey = `login:${clientGroup(ip)}`
    // Makes the row when it is missing and takes its lock either way.
    await upsert(tx, 'rate_windows', { window_key: windowKey, hits: '[]', updated_at: nowMs }, ['window_key'], { updated_at: nowMs })
    await lockRow(tx, 'rate_windows', { window_key: windowKey })
    const row = await tx.kysely.selectFrom('rate_windows').select('hits').where('window_key', '=', windowKey).executeTakeFirstOrThrow()
    const slot = takeSlot(JSON.parse(row.hits) as number[], loginLimit, nowMs)
    if (slot.kind === 'refused') return slot.retryAfterS
    await tx.kysely
      .updateTable('rate_windows')
      .set({ hits: JSON.stringify(slot.hits) })
      .where('window_key', '=', windowKey)
      .execute()
    return null
  })

/** Windows nobody hit lately. */
export async function sweepLoginAttempts(db: Db, nowMs: number): Promise<number> {
  const { numDeletedRows } = await db.kysely
    .deleteFrom('rate_windows')
    .where('updated_at', '<', nowMs - 10 * loginLimit.windowMs)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
