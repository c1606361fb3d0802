import { column, type Migration } from '../platform/db/index.ts'

/** Configuration files that were chosen or applied, with what was there before: an import can be taken back. */
export const migration: Migration = {
  name: '0362-configuration-imports',
  up: ({ createTable }) =>
    createTable(
      'configuration_imports',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        user_id: column.reference('users', { onDelete: 'cascade' }),
        by_name: column.text(150),
        state: column.text(10),
        file_text: column.longText(),
        before_text: column.longText({ nullable: true }),
        base: column.text(64, { nullable: true }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { indexes: [['tenant_id', 'state']] },
    ),
  down: ({ dropTable }) => dropTable('configuration_imports'),
}
