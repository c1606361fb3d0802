/** Layouts that people make for themselves, and what layouts were before, so that an edit can be taken back and two editors see each other. */
import { column, type Migration } from '../platform/db/index.ts'

export const migration: Migration = {
  name: '0350-layout-versions',
  up: async ({ createTable }) => {
    await createTable(
      'person_layouts',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        user_id: column.reference('users', { onDelete: 'cascade' }),
        layout_config: column.json(),
        version: column.integer(),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'user_id']] },
    )
    await createTable(
      'layout_versions',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        owner: column.text(70),
        version: column.integer(),
        /** Null: the layout was taken away. */
        layout_config: column.longText({ nullable: true }),
        /** Null: somebody outside of the editor. */
        saved_by: column.text(150, { nullable: true }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'owner', 'version']] },
    )
  },
  down: async ({ dropTable }) => {
    await dropTable('layout_versions')
    await dropTable('person_layouts')
  },
}
