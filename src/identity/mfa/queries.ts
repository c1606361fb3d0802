/** All SQL of second factors. They belong to people, not to companies. */
import type { Db } from '../../platform/db/database.ts'
import { upsert } from '../../platform/db/index.ts'
import type { SessionKind } from '../sessions/tables.ts'

export type Credential = {
  readonly sealedSecret: string
  readonly confirmedAtMs: number | null
  readonly createdAtMs: number
}

export async function findCredential(db: Db, userId: number): Promise<Credential | null> {
  const row = await db.kysely
    .selectFrom('totp_credentials')
    .select(['secret_enc', 'confirmed_at', 'created_at'])
    .where('user_id', '=', userId)
    .executeTakeFirst()
  return row ? { sealedSecret: row.secret_enc, confirmedAtMs: row.confirmed_at, createdAtMs: row.created_at } : null
}

/** A pending one is replaced; the caller has looked that none is confirmed. */
export const savePendingCredential = (db: Db, userId: number, sealedSecret: string, nowMs: number) =>
  upsert(
    db,
    'totp_credentials',
    { user_id: userId, secret_enc: sealedSecret, confirmed_at: null, last_used_step: null, created_at: nowMs, updated_at: nowMs },
    ['user_id'],
  )

/** Once: false when it is confirmed already, or is not the one whose code was looked at. */
export async function confirmCredential(db: Db, userId: number, sealedSecret: string, step: number, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('totp_credentials')
    .set({ confirmed_at: nowMs, last_used_step: step, updated_at: nowMs })
    .where('user_id', '=', userId)
    .where('secret_enc', '=', sealedSecret)
    .where('confirmed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Uses the step up: true for exactly one of any number of callers with a code of it, and never for an older one afterwards. */
export async function useStep(db: Db, userId: number, step: number, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('totp_credentials')
    .set({ last_used_step: step, updated_at: nowMs })
    .where('user_id', '=', userId)
    .where('confirmed_at', 'is not', null)
    .where((eb) => eb.or([eb('last_used_step', 'is', null), eb('last_used_step', '<', step)]))
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function deleteCredential(db: Db, userId: number): Promise<boolean> {
  const { numDeletedRows } = await db.kysely.deleteFrom('totp_credentials').where('user_id', '=', userId).executeTakeFirst()
  return numDeletedRows > 0n
}

export const deleteRecoveryCodes = (db: Db, userId: number) =>
  db.kysely.deleteFrom('recovery_codes').where('user_id', '=', userId).execute()

export const insertRecoveryCodes = (db: Db, userId: number, hashes: readonly string[], nowMs: number) =>
  db.kysely
    .insertInto('recovery_codes')
    .values(hashes.map((hash) => ({ user_id: userId, code_hash: hash, used_at: null, created_at: nowMs, updated_at: nowMs })))
    .execute()

/** True for exactly one of any number of callers. */
export async function useRecoveryCode(db: Db, userId: number, hash: string, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('recovery_codes')
    .set({ used_at: nowMs, updated_at: nowMs })
    .where('user_id', '=', userId)
    .where('code_hash', '=', hash)
    .where('used_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export async function countUnusedRecoveryCodes(db: Db, userId: number): Promise<number> {
  const { count } = await db.kysely
    .selectFrom('recovery_codes')
    .select((eb) => eb.fn.countAll<number>().as('count'))
    .where('user_id', '=', userId)
    .where('used_at', 'is', null)
    .executeTakeFirstOrThrow()
  return Number(count)
}

export type Challenge = {
  readonly id: number
  readonly userId: number
  readonly kind: SessionKind
  readonly companyId: string | null
  readonly createdAtMs: number
}

export const insertChallenge = (
  db: Db,
  challenge: Omit<Challenge, 'id' | 'createdAtMs'> & { readonly tokenHash: string; readonly expiresAtMs: number },
  nowMs: number,
) =>
  db.kysely
    .insertInto('mfa_challenges')
    .values({
      token_hash: challenge.tokenHash,
      user_id: challenge.userId,
      kind: challenge.kind,
      company_id: challenge.companyId,
      attempts: 0,
      expires_at: challenge.expiresAtMs,
      consumed_at: null,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .execute()

/** Takes one of the challenge's tries before the code is looked at, so that parallel guesses cannot have more of them than there are. */
export async function takeTry(db: Db, tokenHash: string, mostTries: number, nowMs: number): Promise<Challenge | null> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('mfa_challenges')
    .set((eb) => ({ attempts: eb('attempts', '+', 1), updated_at: nowMs }))
    .where('token_hash', '=', tokenHash)
    .where('consumed_at', 'is', null)
    .where('expires_at', '>', nowMs)
    .where('attempts', '<', mostTries)
    .executeTakeFirst()
  if (numUpdatedRows !== 1n) return null
  const row = await db.kysely
    .selectFrom('mfa_challenges')
    .select(['id', 'user_id', 'kind', 'company_id', 'created_at'])
    .where('token_hash', '=', tokenHash)
    .executeTakeFirstOrThrow()
  return { id: row.id, userId: row.user_id, kind: row.kind, companyId: row.company_id, createdAtMs: row.created_at }
}

/** For which kind of session the challenge could still be met; null when it could not. */
export async function openChallengeKind(db: Db, tokenHash: string, mostTries: number, nowMs: number): Promise<SessionKind | null> {
  const row = await db.kysely
    .selectFrom('mfa_challenges')
    .select('kind')
    .where('token_hash', '=', tokenHash)
    .where('consumed_at', 'is', null)
    .where('expires_at', '>', nowMs)
    .where('attempts', '<', mostTries)
    .executeTakeFirst()
  return row?.kind ?? null
}

/** True for exactly one of any number of callers. */
export async function consumeChallenge(db: Db, challengeId: number, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await db.kysely
    .updateTable('mfa_challenges')
    .set({ consumed_at: nowMs, updated_at: nowMs })
    .where('id', '=', challengeId)
    .where('consumed_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

export const deleteChallengesOf = (db: Db, userId: number) => db.kysely.deleteFrom('mfa_challenges').where('user_id', '=', userId).execute()

export async function deleteExpiredChallenges(db: Db, nowMs: number): Promise<number> {
  const { numDeletedRows } = await db.kysely.deleteFrom('mfa_challenges').where('expires_at', '<=', nowMs).executeTakeFirst()
  return Number(numDeletedRows)
}
