import { column, type Migration } from '../platform/db/index.ts'

const optional = { nullable: true } as const

/** The audit log: see identity/audit. It keeps no foreign keys: what happened stays true when its company or person is gone. */
export const migration: Migration = {
  name: '0102-audit',
  up: ({ createTable }) =>
    createTable(
      'audit_logs',
      {
        id: column.id(),
        tenant_id: column.integer(optional),
        user_id: column.integer(optional),
        attempted_username: column.text(254, optional),
        action: column.text(50),
        entity_type: column.text(50, optional),
        entity_id: column.text(64, optional),
        ip_address: column.text(45, optional),
        user_agent: column.text(255, optional),
        request_id: column.text(64, optional),
        details: column.json(),
        created_at: column.epochMs(),
      },
      {
        indexes: [
          ['tenant_id', 'created_at'],
          ['user_id', 'created_at'],
          ['entity_type', 'entity_id'],
        ],
      },
    ),
  down: ({ dropTable }) => dropTable('audit_logs'),
}
