import { column, type Migration } from '../platform/db/index.ts'

const optional = { nullable: true } as const

/** Mail waiting to be sent: see platform/mail. */
export const migration: Migration = {
  name: '0110-mail',
  up: ({ createTable }) =>
    createTable(
      'email_outbox',
      {
        id: column.id(),
        template: column.text(50),
        recipient: column.text(254),
        /** Sealed JSON: subject, HTML and text; links in them hold tokens. Emptied once sent. */
        message: column.longText(optional),
        status: column.text(10),
        attempts: column.integer({ default: 0 }),
        next_at: column.epochMs(),
        last_error: column.text(500, optional),
        sent_at: column.epochMs(optional),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { indexes: [['status', 'next_at']] },
    ),
  down: ({ dropTable }) => dropTable('email_outbox'),
}
