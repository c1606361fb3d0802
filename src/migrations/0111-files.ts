import { column, type Migration } from '../platform/db/index.ts'

const optional = { nullable: true } as const

/** What is kept in the file store: see platform/files. No foreign keys: a file outlives its row's owner until it is swept. */
export const migration: Migration = {
  name: '0111-files',
  up: ({ createTable }) =>
    createTable(
      'files',
      {
        id: column.id(),
        uuid: column.text(36),
        tenant_id: column.integer(optional),
        kind: column.text(30),
        storage_key: column.text(100),
        sha256: column.text(64),
        size_bytes: column.integer(),
        mime: column.text(100),
        state: column.text(10),
        created_by: column.integer(optional),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      {
        unique: [['uuid'], ['storage_key']],
        indexes: [
          ['state', 'updated_at'],
          ['tenant_id', 'kind'],
        ],
      },
    ),
  down: ({ dropTable }) => dropTable('files'),
}
