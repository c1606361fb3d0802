import { column, type Migration } from '../platform/db/index.ts'

const guarded = { is_guarded: column.boolean({ default: 0 }) }

/** A plant that its own company attaches step by step; and, of an attachment, that the company named its address. */
export const migration: Migration = {
  name: '0361-plant-attach-drafts',
  async up({ addColumns, createTable }) {
    await addColumns('plant_attachments', guarded)
    await createTable(
      'plant_attach_drafts',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        url_sealed: column.longText(),
        can_manage: column.boolean({ default: 0 }),
        time_zone: column.text(100, { nullable: true }),
        performance_unit: column.text(30, { nullable: true }),
        line_tables: column.json(),
        first_dashboard: column.text(20, { nullable: true }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id']] },
    )
  },
  async down({ dropTable, dropColumns }) {
    await dropTable('plant_attach_drafts')
    await dropColumns('plant_attachments', Object.keys(guarded))
  },
}
