/** SQL of the outbox. A claimed mail is known by its attempt: whoever lost it to another process changes nothing. */
import type { Db } from '../db/database.ts'

export type DueMail = {
  readonly id: number
  readonly template: string
  readonly recipient: string
  readonly message: string | null
  readonly attempts: number
  readonly next_at: number
}

/** Longest due first. One that is to wait beyond `latestMs` was put off by a clock that has been set back since: it is due. Index (status, next_at). */
export const listDueMails = ({ kysely }: Db, nowMs: number, latestMs: number, limit: number): Promise<DueMail[]> =>
  kysely
    .selectFrom('email_outbox')
    .select(['id', 'template', 'recipient', 'message', 'attempts', 'next_at'])
    .where('status', '=', 'pending')
    .where((eb) => eb.or([eb('next_at', '<=', nowMs), eb('next_at', '>', latestMs)]))
    .orderBy('next_at')
    .orderBy('id')
    .limit(limit)
    .execute()

/** True for exactly one of those that try. Until `leaseUntilMs` nobody else does; after it the process is taken for dead. */
export async function claimMail({ kysely }: Db, mail: DueMail, leaseUntilMs: number, nowMs: number): Promise<boolean> {
  const { numUpdatedRows } = await kysely
    .updateTable('email_outbox')
    .set({ attempts: mail.attempts + 1, next_at: leaseUntilMs, updated_at: nowMs })
    .where('id', '=', mail.id)
    .where('status', '=', 'pending')
    .where('attempts', '=', mail.attempts)
    .where('next_at', '=', mail.next_at)
    .executeTakeFirstOrThrow()
  return numUpdatedRows === 1n
}

type Claimed = { readonly id: number; readonly attempt: number }
type Outcome =
  | { readonly kind: 'sent' }
  | { readonly kind: 'failed'; readonly error: string }
  | { readonly kind: 'later'; readonly error: string; readonly nextMs: number }

/** What is over keeps no text: its links hold tokens. */
export const updateOutcome = ({ kysely }: Db, { id, attempt }: Claimed, outcome: Outcome, nowMs: number) =>
  kysely
    .updateTable('email_outbox')
    .set({
      ...(outcome.kind === 'later' ? { next_at: outcome.nextMs } : { status: outcome.kind, message: null }),
      last_error: outcome.kind === 'sent' ? null : outcome.error,
      sent_at: outcome.kind === 'sent' ? nowMs : null,
      updated_at: nowMs,
    })
    .where('id', '=', id)
    .where('status', '=', 'pending')
    .where('attempts', '=', attempt)
    .execute()

/** Mail that waited since before `createdBeforeMs`: its links no longer lead anywhere. */
export async function failStaleMails({ kysely }: Db, createdBeforeMs: number, error: string, nowMs: number): Promise<number> {
  const { numUpdatedRows } = await kysely
    .updateTable('email_outbox')
    .set({ status: 'failed', message: null, last_error: error, updated_at: nowMs })
    .where('status', '=', 'pending')
    .where('created_at', '<', createdBeforeMs)
    .executeTakeFirstOrThrow()
  return Number(numUpdatedRows)
}

export async function deleteOldMails({ kysely }: Db, updatedBeforeMs: number): Promise<number> {
  const { numDeletedRows } = await kysely
    .deleteFrom('email_outbox')
    .where('status', '!=', 'pending')
    .where('updated_at', '<', updatedBeforeMs)
    .executeTakeFirstOrThrow()
  return Number(numDeletedRows)
}
