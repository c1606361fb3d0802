import { column, type Migration } from '../platform/db/index.ts'

/** Pieces that people saw go to scrap: see plant/scrap. */
export const migration: Migration = {
  name: '0371-scrap-notes',
  up: ({ createTable }) =>
    createTable(
      'scrap_notes',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        /** Of the company's plant, as the product. */
        line_id: column.integer(),
        product_id: column.integer({ nullable: true }),
        quantity: column.integer(),
        reason: column.text(200),
        /** Of the request that made it: sent twice, it is noted once. */
        request_key: column.text(64),
        noted_at: column.epochMs(),
        noted_by: column.reference('users', { onDelete: 'cascade' }),
        /** Null = in force. */
        withdrawn_at: column.epochMs({ nullable: true }),
        withdrawn_by: column.integer({ nullable: true }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'request_key']], indexes: [['tenant_id', 'line_id', 'noted_at']] },
    ),
  down: ({ dropTable }) => dropTable('scrap_notes'),
}
