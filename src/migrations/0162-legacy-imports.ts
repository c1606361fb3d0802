import { column, type Migration } from '../platform/db/index.ts'

/** What was imported from where, so that an import can go on, or be done again, without doubling anything: see plant/legacy. */
export const migration: Migration = {
  name: '0162-legacy-imports',
  up: ({ createTable }) =>
    createTable(
      'legacy_imports',
      {
        /** Host and database it came from, or the name the operator gave it. */
        source: column.text(200),
        kind: column.text(20),
        legacy_id: column.integer(),
        /** Ours; null = looked at and left out. */
        own_id: column.integer({ nullable: true }),
        created_at: column.epochMs(),
      },
      { primaryKey: ['source', 'kind', 'legacy_id'] },
    ),
  down: ({ dropTable }) => dropTable('legacy_imports'),
}
