import { column, type Migration } from '../platform/db/index.ts'

const optional = { nullable: true } as const

/** Keys of programs: see identity/keys. */
export const migration: Migration = {
  name: '0151-api-keys',
  up: ({ createTable }) =>
    createTable(
      'api_keys',
      {
        id: column.id(),
        uuid: column.text(36),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        /** Who made it: the key never may more than this person. */
        user_id: column.reference('users', { onDelete: 'cascade' }),
        name: column.text(100),
        prefix: column.text(8),
        secret_hash: column.text(64),
        scopes: column.json(),
        /** Null = from anywhere. */
        allowed_ips: column.json(optional),
        rate_limit_per_minute: column.integer(),
        expires_at: column.epochMs(optional),
        last_used_at: column.epochMs(optional),
        revoked_at: column.epochMs(optional),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['uuid'], ['prefix']], indexes: [['tenant_id']] },
    ),
  down: ({ dropTable }) => dropTable('api_keys'),
}
