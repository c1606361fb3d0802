/** Empties the outbox. Any number of processes may do so at once: a mail is with one of them at a time.
 *  A mail is sent at least once: a process that dies between the server's "accepted" and our note of it leaves the mail to be sent again
 *  when its lease is over. SMTP has no way to ask; the Message-ID is the same each time. */
import { createHash } from 'node:crypto'
import type { Db } from '../db/database.ts'
import { SealBrokenError, type Secrets } from '../secrets/index.ts'
import { type Clock, latestLeaseMs } from '../time/index.ts'
import * as q from './queries.ts'
import { faultOf, type MailTransport } from './transport.ts'

type Log = {
  readonly info: (fields: object, message: string) => void
  readonly warn: (fields: object, message: string) => void
  readonly error: (fields: object, message: string) => void
}
export type SendDeps = { readonly clock: Clock; readonly secrets: Secrets; readonly log: Log }
export type SentMails = { readonly sent: number; readonly postponed: number; readonly failed: number }

const maxAttempts = 3
/** 30 s, then 1 min. */
const backOffMs = (attempt: number): number => 30_000 * 2 ** (attempt - 1)
/** Longer than any attempt with the transport's own limits, and than a mail waits between two. */
const leaseMs = 10 * 60_000
const batch = 20
const dayMs = 86_400_000
/** Invitations, the longest lived links, hold for seven days. */
const staleMs = 7 * dayMs
const keepMs = 30 * dayMs

/** Sends what is due, one by one, until nothing is or `signal` says to stop. */
export async function sendDueMails(db: Db, deps: SendDeps, send: MailTransport, signal?: AbortSignal): Promise<SentMails> {
  const counts = { sent: 0, postponed: 0, failed: 0 }
  for (;;) {
    const atMs = deps.clock.nowMs()
    const due = await q.listDueMails(db, atMs, latestLeaseMs(atMs, leaseMs), batch)
    let claimed = 0
    for (const mail of due) {
      if (signal?.aborted) return counts
      const nowMs = deps.clock.nowMs()
      if (!(await q.claimMail(db, mail, nowMs + leaseMs, nowMs))) continue
      claimed += 1
      counts[await sendOne(db, deps, send, mail)] += 1
    }
    if (claimed === 0) return counts
  }
}

async function sendOne(db: Db, { clock, secrets, log }: SendDeps, send: MailTransport, mail: q.DueMail): Promise<keyof SentMails> {
  const attempt = mail.attempts + 1
  const fields = { mail_id: mail.id, template: mail.template, attempt }
  try {
    if (attempt > maxAttempts) throw Object.assign(new Error('its process ended in the middle each time'), { code: 'PROCESS_ENDED' })
    await send({ ...contentOf(secrets, mail), key: keyOf(mail), template: mail.template, to: mail.recipient })
  } catch (error) {
    const isLast = attempt >= maxAttempts || error instanceof SealBrokenError
    const fault = error instanceof SealBrokenError ? 'SECRET_KEY changed' : faultOf(error)
    const nowMs = clock.nowMs()
    const outcome = isLast
      ? { kind: 'failed' as const, error: fault }
      : { kind: 'later' as const, error: fault, nextMs: nowMs + backOffMs(attempt) }
    await q.updateOutcome(db, { id: mail.id, attempt }, outcome, nowMs)
    if (isLast) log.error({ event: 'mail_failed', ...fields, fault }, 'mail not sent')
    else log.warn({ event: 'mail_retry', ...fields, fault }, 'mail not sent, will be tried again')
    return isLast ? 'failed' : 'postponed'
  }
  await q.updateOutcome(db, { id: mail.id, attempt }, { kind: 'sent' }, clock.nowMs())
  log.info({ event: 'mail_sent', ...fields }, 'mail sent')
  return 'sent'
}

type Content = { readonly subject: string; readonly html: string; readonly text: string }

const contentOf = (secrets: Secrets, { message }: q.DueMail): Content => {
  if (message === null) throw new SealBrokenError()
  return JSON.parse(secrets.openSecret('mail', message)) as Content
}

const keyOf = ({ id, message }: q.DueMail): string =>
  `${id}.${createHash('sha256')
    .update(message ?? '')
    .digest('hex')
    .slice(0, 32)}`

/** Gives up on mail that waited too long for a transport, forgets what is over. May run at any time. */
export async function sweepMails(
  db: Db,
  { clock }: Pick<SendDeps, 'clock'>,
): Promise<{ readonly stale: number; readonly deleted: number }> {
  const nowMs = clock.nowMs()
  return { stale: await q.failStaleMails(db, nowMs - staleMs, 'too old', nowMs), deleted: await q.deleteOldMails(db, nowMs - keepMs) }
}
