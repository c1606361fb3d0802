/** What people of a company changed of its plant's metadata: what stands in place of the customer's rows, and who changed what. */
import { column, type Migration } from '../platform/db/index.ts'

export const migration: Migration = {
  name: '0330-plant-edits',
  async up({ createTable }) {
    await createTable(
      'plant_overlays',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        entity: column.text(20),
        record_id: column.integer(),
        kind: column.text(10),
        fields: column.json(),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'entity', 'record_id']] },
    )
    await createTable(
      'plant_edits',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        entity: column.text(20),
        record_id: column.integer(),
        outcome: column.text(20),
        before_values: column.json({ nullable: true }),
        after_values: column.json({ nullable: true }),
        edited_by: column.text(100),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { indexes: [['tenant_id', 'entity', 'record_id']] },
    )
  },
  async down({ dropTable }) {
    await dropTable('plant_edits')
    await dropTable('plant_overlays')
  },
}
