/** Sending and cleaning up, in the worker. */
import type { Db } from '../db/database.ts'
import type { JobDefinition, Routine } from '../jobs/index.ts'
import { type SendDeps, sendDueMails, sweepMails } from './send.ts'
import type { MailTransport } from './transport.ts'

type Deps = SendDeps & { readonly db: Db; readonly mailTransport: MailTransport | null }

const everyMs = 3_000

/** In each worker, beside its jobs: a long one must not hold up a sign-up. */
export const mailRoutines = (deps: Deps): readonly Routine[] => {
  const { mailTransport } = deps
  return mailTransport === null
    ? []
    : [{ name: 'mail.send', everyMs, run: async (signal) => void (await sendDueMails(deps.db, deps, mailTransport, signal)) }]
}

export const mailJobs = (deps: Pick<Deps, 'db' | 'clock'>): readonly JobDefinition[] => [
  { name: 'mail.sweep', schedule: '50 3 * * *', run: async () => void (await sweepMails(deps.db, deps)) },
]
