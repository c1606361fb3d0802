/** One-time tokens of mailed links. The database keeps what recognises one, never the token. */
import { randomBytes } from 'node:crypto'
import type { Db } from '../../platform/db/database.ts'
import type { Secrets } from '../../platform/secrets/index.ts'
import type { Clock } from '../../platform/time/index.ts'
import { cut } from '../audit/index.ts'
import type { LinkPurpose } from './tables.ts'

export type LinkDeps = { readonly clock: Clock; readonly secrets: Secrets }

const hourMs = 3_600_000
const lifeMs: Readonly<Record<LinkPurpose, number>> = { signup: 24 * hourMs, email_change: 24 * hourMs, password_reset: hourMs }

/** 256 random bits, base64url: 43 characters. */
export const newLinkToken = (): string => randomBytes(32).toString('base64url')
const isLinkToken = (text: string): boolean => /^[\w-]{43}$/.test(text)

export type NewLink = {
  /** Null: nobody has the address. The same is written, and no token fits it, so that asking takes as long. */
  readonly userId: number | null
  readonly purpose: LinkPurpose
  readonly email: string
  readonly ip: string | null
}

/** Runs in the caller's transaction. Older links of that purpose stop working. Answers the token, for the mail only. */
export async function issueLink(tx: Db, { clock, secrets }: LinkDeps, { userId, purpose, email, ip }: NewLink): Promise<string> {
  const nowMs = clock.nowMs()
  await invalidateLinks(tx, userId ?? 0, [purpose], nowMs)
  const token = newLinkToken()
  await tx.kysely
    .insertInto('link_tokens')
    .values({
      user_id: userId,
      purpose,
      email,
      token_hash: secrets.hashToken('token-hash', token),
      request_ip: cut(ip, 45),
      expires_at: nowMs + lifeMs[purpose],
      used_at: null,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .execute()
  return token
}

export type Link = {
  readonly id: number
  readonly userId: number
  readonly purpose: LinkPurpose
  readonly email: string
  readonly createdAtMs: number
}

/** Null for a token that is unknown, used, replaced, over, or of another purpose. Consumes nothing. */
export async function findLink(
  db: Db,
  { clock, secrets }: LinkDeps,
  token: string,
  purposes: readonly LinkPurpose[],
): Promise<Link | null> {
  if (!isLinkToken(token)) return null
  const row = await db.kysely
    .selectFrom('link_tokens')
    .select(['id', 'user_id', 'purpose', 'email', 'created_at'])
    .where('token_hash', '=', secrets.hashToken('token-hash', token))
    .where('purpose', 'in', purposes)
    .where('used_at', 'is', null)
    .where('expires_at', '>', clock.nowMs())
    .executeTakeFirst()
  if (!row || row.user_id === null) return null
  return { id: row.id, userId: row.user_id, purpose: row.purpose, email: row.email, createdAtMs: row.created_at }
}

/** True for exactly one of any number of callers with the same link. */
export async function useLink(tx: Db, { clock }: Pick<LinkDeps, 'clock'>, { id }: Link): Promise<boolean> {
  const nowMs = clock.nowMs()
  const { numUpdatedRows } = await tx.kysely
    .updateTable('link_tokens')
    .set({ used_at: nowMs, updated_at: nowMs })
    .where('id', '=', id)
    .where('used_at', 'is', null)
    .where('expires_at', '>', nowMs)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** What was mailed to somebody before stops working. */
export const invalidateLinks = (tx: Db, userId: number, purposes: readonly LinkPurpose[], nowMs: number) =>
  tx.kysely
    .updateTable('link_tokens')
    .set({ used_at: nowMs, updated_at: nowMs })
    .where('user_id', '=', userId)
    .where('purpose', 'in', purposes)
    .where('used_at', 'is', null)
    .execute()

/** Kept a week after their end, for whoever looks into what happened. */
export async function sweepLinks(db: Db, nowMs: number): Promise<number> {
  const { numDeletedRows } = await db.kysely
    .deleteFrom('link_tokens')
    .where('expires_at', '<', nowMs - 7 * 24 * hourMs)
    .executeTakeFirst()
  return Number(numDeletedRows)
}
