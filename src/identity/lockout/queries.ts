/** All SQL of failed sign-ins. They belong to accounts, not to tenants. */
import type { Db } from '../../platform/db/database.ts'
import { lockRow, upsert } from '../../platform/db/index.ts'
import { type Counter, emptyCounter } from './tiers.ts'

export const anywhere = ''

/** Holds the account's row, which guards those of its addresses too. `pair` is of one address group. */
export async function lockCounters(
  tx: Db,
  accountKey: string,
  ipGroup: string,
  nowMs: number,
): Promise<{ readonly account: Counter; readonly pair: Counter }> {
  const none = { account_key: accountKey, ip_group: anywhere, hits: '[]', blocked_until: null, updated_at: nowMs }
  await upsert(tx, 'login_failures', none, ['account_key', 'ip_group'], { updated_at: nowMs })
  await lockRow(tx, 'login_failures', { account_key: accountKey, ip_group: anywhere })
  const rows = await tx.kysely
    .selectFrom('login_failures')
    .select(['ip_group', 'hits', 'blocked_until'])
    .where('account_key', '=', accountKey)
    .where('ip_group', 'in', [anywhere, ipGroup])
    .execute()
  const counterOf = (group: string): Counter => {
    const row = rows.find(({ ip_group }) => ip_group === group)
    return row ? { hits: JSON.parse(row.hits) as number[], blockedUntilMs: row.blocked_until } : emptyCounter
  }
  return { account: counterOf(anywhere), pair: counterOf(ipGroup) }
}

export const saveCounter = (tx: Db, accountKey: string, ipGroup: string, { hits, blockedUntilMs }: Counter, nowMs: number) =>
  upsert(
    tx,
    'login_failures',
    { account_key: accountKey, ip_group: ipGroup, hits: JSON.stringify(hits), blocked_until: blockedUntilMs, updated_at: nowMs },
    ['account_key', 'ip_group'],
  )

/** All counters of an account, or only those that a success from `ipGroup` clears. */
export async function deleteCounters(db: Db, accountKey: string, ipGroup: string | null): Promise<void> {
  const query = db.kysely.deleteFrom('login_failures').where('account_key', '=', accountKey)
  await (ipGroup === null ? query : query.where('ip_group', 'in', [anywhere, ipGroup])).execute()
}

/** Blocks that hold now, the longest of each account. */
export async function listBlocks(
  db: Db,
  accountKeys: readonly string[],
  nowMs: number,
  latestMs: number,
): Promise<ReadonlyMap<string, number>> {
  if (accountKeys.length === 0) return new Map()
  const rows = await db.kysely
    .selectFrom('login_failures')
    .select(['account_key', (eb) => eb.fn.max('blocked_until').as('blocked_until')])
    .where('account_key', 'in', accountKeys)
    .where('blocked_until', '>', nowMs)
    .where('blocked_until', '<=', latestMs)
    .groupBy('account_key')
    .execute()
  return new Map(rows.map((row) => [row.account_key, Number(row.blocked_until)]))
}

/** Addresses that somebody signed in from, of the last sign-ins. Index (user_id, login_at). */
export async function listKnownAddresses(db: Db, userId: number): Promise<readonly string[]> {
  const rows = await db.kysely
    .selectFrom('user_logins')
    .select('ip_address')
    .where('user_id', '=', userId)
    .orderBy('login_at', 'desc')
    .limit(500)
    .execute()
  return [...new Set(rows.map(({ ip_address }) => ip_address))]
}

export async function deleteStaleCounters(db: Db, updatedBeforeMs: number): Promise<number> {
  const { numDeletedRows } = await db.kysely.deleteFrom('login_failures').where('updated_at', '<', updatedBeforeMs).executeTakeFirst()
  return Number(numDeletedRows)
}
