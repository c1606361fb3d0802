/** E-mail addresses of people: proven, asked for, changed. Unique: each write may throw the engine's unique violation. */
import type { Db } from '../../platform/db/database.ts'

/** False when it was good before, if only by somebody's word, or the address is another one by now. */
export async function markEmailProven(tx: Db, userId: number, email: string, nowMs: number): Promise<boolean> {
  const account = tx.kysely.updateTable('users').where('id', '=', userId).where('email', '=', email)
  await account.set({ email_proven_at: nowMs }).where('email_proven_at', 'is', null).execute()
  const { numUpdatedRows } = await account
    .set({ email_verified_at: nowMs, updated_at: nowMs })
    .where('email_verified_at', 'is', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** Asked for; the account keeps its own until this one is proven. */
export const updatePendingEmail = (tx: Db, userId: number, email: string, nowMs: number) =>
  tx.kysely.updateTable('users').set({ pending_email: email, updated_at: nowMs }).where('id', '=', userId).execute()

/** False when none was asked for. */
export async function withdrawPendingEmail(tx: Db, userId: number, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await tx.kysely
    .updateTable('users')
    .set({ pending_email: null, updated_at: nowMs })
    .where('id', '=', userId)
    .where('pending_email', 'is not', null)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** The address that was asked for is proven. False when another one was asked for since. */
export async function applyPendingEmail(tx: Db, userId: number, email: string, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await tx.kysely
    .updateTable('users')
    .set({ email, pending_email: null, email_verified_at: nowMs, email_proven_at: nowMs, updated_at: nowMs })
    .where('id', '=', userId)
    .where('pending_email', '=', email)
    .executeTakeFirst()
  return numUpdatedRows === 1n
}

/** At once, and so not proven. */
export const updateEmail = (tx: Db, userId: number, email: string, nowMs: number) =>
  tx.kysely
    .updateTable('users')
    .set({ email, pending_email: null, email_verified_at: null, email_proven_at: null, updated_at: nowMs })
    .where('id', '=', userId)
    .execute()
