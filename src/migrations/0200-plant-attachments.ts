import { column, type Migration } from '../platform/db/index.ts'

/** Where each company's plant database is, and which of its tables belong to which line. */
export const migration: Migration = {
  name: '0200-plant-attachments',
  async up({ createTable }) {
    await createTable(
      'plant_attachments',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        url_sealed: column.longText(),
        can_manage: column.boolean({ default: 0 }),
        revision: column.integer({ default: 1 }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id']] },
    )
    await createTable(
      'plant_line_tables',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        line_id: column.integer(),
        kind: column.text(20),
        table_name: column.text(255),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'line_id', 'kind']] },
    )
  },
  async down({ dropTable }) {
    await dropTable('plant_line_tables')
    await dropTable('plant_attachments')
  },
}
