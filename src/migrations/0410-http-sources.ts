import { column, type Migration } from '../platform/db/index.ts'

/** External HTTP sources of companies: see plant/broker. */
export const migration: Migration = {
  name: '0410-http-sources',
  up: ({ createTable }) =>
    createTable(
      'http_sources',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        source_key: column.text(50),
        name: column.text(100),
        base_url: column.text(500),
        method: column.text(4),
        timeout_s: column.integer(),
        auth_type: column.text(10),
        auth_variable: column.text(100, { nullable: true }),
        sealed: column.longText(),
        response_key: column.text(200),
        cache_ttl_s: column.integer(),
        is_enabled: column.boolean(),
        version: column.integer(),
        answers_version: column.integer(),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'source_key']] },
    ),
  down: ({ dropTable }) => dropTable('http_sources'),
}
