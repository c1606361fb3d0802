import { column, type Migration } from '../platform/db/index.ts'

/** Detections over HTTP and MQTT: batches on their way into plants that hold no ledger, and what came in. See plant/ingest. */
export const migration: Migration = {
  name: '0400-ingest',
  async up({ createTable }) {
    await createTable(
      'ingest_intents',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        line_id: column.integer(),
        batch_key: column.text(64),
        fingerprint: column.text(64),
        before_id: column.integer(),
        /** Null = not known to be written. */
        last_id: column.integer({ nullable: true }),
        ids: column.longText(),
        accepted: column.integer(),
        refused: column.longText(),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'batch_key', 'line_id']], indexes: [['tenant_id', 'line_id', 'last_id'], ['created_at']] },
    )
    await createTable(
      'ingest_activity',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        source: column.text(10),
        sender: column.text(200),
        batches: column.integer(),
        repeated: column.integer(),
        accepted: column.integer(),
        refused: column.integer(),
        refused_by_code: column.longText(),
        last_fault: column.longText({ nullable: true }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { indexes: [['tenant_id', 'id'], ['created_at']] },
    )
  },
  async down({ dropTable }) {
    await dropTable('ingest_activity')
    await dropTable('ingest_intents')
  },
}
