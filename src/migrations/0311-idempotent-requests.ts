import { column, type Migration } from '../platform/db/index.ts'

/** Requests that a client may send again without doing them again: see platform/idempotency. */
export const migration: Migration = {
  name: '0311-idempotent-requests',
  async up({ createTable }) {
    await createTable(
      'idempotent_requests',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        action: column.text(40),
        request_key: column.text(128),
        fingerprint: column.text(64),
        /** JSON of the answer; null while it is worked on. */
        answer: column.longText({ nullable: true }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'action', 'request_key']], indexes: [['created_at']] },
    )
  },
  down: ({ dropTable }) => dropTable('idempotent_requests'),
}
