/** Mail that waits in a test server's outbox, opened: what a person would read. */
import type { Context } from '../../src/context.ts'

export type WaitingMail = {
  readonly template: string
  readonly to: string
  readonly subject: string
  readonly html: string
  readonly text: string
  /** Where its button leads, below PUBLIC_URL; null without one. */
  readonly path: string | null
  /** `token` of that path; null without one. */
  readonly token: string | null
}

/** Oldest first. */
export async function waitingMails({ db, secrets, config }: Pick<Context, 'db' | 'secrets' | 'config'>): Promise<WaitingMail[]> {
  const rows = await db.kysely.selectFrom('email_outbox').select(['template', 'recipient', 'message']).orderBy('id').execute()
  return rows.map(({ template, recipient, message }) => {
    const content = JSON.parse(secrets.openSecret('mail', message ?? '')) as { subject: string; html: string; text: string }
    const url = content.text.split('\n').find((line) => line.startsWith(`${config.http.publicUrl}/`))
    const path = url?.slice(config.http.publicUrl.length) ?? null
    return { template, to: recipient, ...content, path, token: path === null ? null : new URL(path, 'http://x').searchParams.get('token') }
  })
}
