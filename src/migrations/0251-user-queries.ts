/** Who asked what of which plant, and how long it took. */
import { column, type Migration } from '../platform/db/index.ts'

export const migration: Migration = {
  name: '0251-user-queries',
  up: ({ createTable }) =>
    createTable(
      'user_queries',
      {
        id: column.id(),
        user_id: column.reference('users', { onDelete: 'cascade' }),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        username: column.text(50),
        sql_query: column.longText(),
        query_parameters: column.json(),
        /** Plant wall time, as the dates people chose. */
        start_date: column.text(10),
        start_time: column.text(8),
        end_date: column.text(10),
        end_time: column.text(8),
        line: column.text(20),
        interval_type: column.text(20),
        duration_ms: column.integer(),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { indexes: [['tenant_id', 'created_at'], ['user_id', 'created_at'], ['created_at']] },
    ),
  down: ({ dropTable }) => dropTable('user_queries'),
}
