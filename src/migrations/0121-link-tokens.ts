import { column, type Migration } from '../platform/db/index.ts'

const optional = { nullable: true } as const

/** One-time tokens of the links in mails: see identity/links. */
export const migration: Migration = {
  name: '0121-link-tokens',
  up: ({ createTable }) =>
    createTable(
      'link_tokens',
      {
        id: column.id(),
        /** Null for an address that nobody has: asking for a link writes the same rows then. */
        user_id: column.reference('users', { ...optional, onDelete: 'cascade' }),
        purpose: column.text(20),
        /** The address that the link proves. */
        email: column.text(254),
        token_hash: column.text(64),
        request_ip: column.text(45, optional),
        expires_at: column.epochMs(),
        used_at: column.epochMs(optional),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['token_hash']], indexes: [['user_id', 'purpose'], ['expires_at']] },
    ),
  down: ({ dropTable }) => dropTable('link_tokens'),
}
