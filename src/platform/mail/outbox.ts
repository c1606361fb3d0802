/** Mail to be sent: written in the transaction of what it tells, sent by a worker, so that no request waits for a mail server. */
import type { Db } from '../db/database.ts'
import type { Secrets } from '../secrets/index.ts'
import type { Clock } from '../time/clock.ts'

export type Message = {
  readonly template: string
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
}

export type OutboxDeps = { readonly clock: Clock; readonly secrets: Secrets }

/** Runs in the caller's transaction. The text is sealed: its links hold one-time tokens. */
export async function queueMail(tx: Db, { clock, secrets }: OutboxDeps, { template, to, ...content }: Message): Promise<void> {
  const nowMs = clock.nowMs()
  await tx.kysely
    .insertInto('email_outbox')
    .values({
      template,
      recipient: to,
      message: secrets.sealSecret('mail', JSON.stringify(content)),
      status: 'pending',
      attempts: 0,
      next_at: nowMs,
      last_error: null,
      sent_at: null,
      created_at: nowMs,
      updated_at: nowMs,
    })
    .execute()
}
