import { column, type Migration } from '../platform/db/index.ts'

const optional = { nullable: true } as const

/** Who is asked to join a company: one person by mail, or whoever holds an open link. */
export const migration: Migration = {
  name: '0140-invitations',
  up: ({ createTable }) =>
    createTable(
      'invitations',
      {
        id: column.id(),
        uuid: column.text(36),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        /** Lower case; null = an open link. */
        email: column.text(254, optional),
        role: column.text(50),
        permissions: column.json(),
        modules: column.json(optional),
        token_hash: column.text(64),
        /** Company and e-mail while the invitation waits, else null: one at a time for each person. */
        active_key: column.text(300, optional),
        invited_by: column.integer(optional),
        language: column.text(2, optional),
        expires_at: column.epochMs(),
        max_uses: column.integer({ default: 1 }),
        used_count: column.integer({ default: 0 }),
        status: column.text(10),
        accepted_at: column.epochMs(optional),
        accepted_by: column.integer(optional),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['uuid'], ['token_hash'], ['active_key']], indexes: [['tenant_id', 'status']] },
    ),
  down: ({ dropTable }) => dropTable('invitations'),
}
