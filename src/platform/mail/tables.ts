import type { Generated } from 'kysely'

export type EmailOutboxRow = {
  id: Generated<number>
  /** Which mail it is; for people who look after the queue. */
  template: string
  recipient: string
  /** Sealed JSON of subject, HTML and text; null once sent. */
  message: string | null
  status: 'pending' | 'sent' | 'failed'
  attempts: number
  next_at: number
  last_error: string | null
  sent_at: number | null
  created_at: number
  updated_at: number
}

export interface MailTables {
  email_outbox: EmailOutboxRow
}
