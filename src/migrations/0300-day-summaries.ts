import { column, type Migration } from '../platform/db/index.ts'

/** What is read of each line's detection table, and its summaries per local day: see plant/history. */
export const migration: Migration = {
  name: '0300-day-summaries',
  async up({ createTable }) {
    await createTable(
      'line_histories',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        line_id: column.integer(),
        signature: column.text(200),
        revision: column.integer(),
        restarts: column.integer(),
        settled_id: column.integer({ nullable: true }),
        settled_row: column.text(100, { nullable: true }),
        loaded_from_id: column.integer({ nullable: true }),
        lowest_id: column.integer({ nullable: true }),
        ledger: column.json(),
        lease_until: column.epochMs(),
        checked_day: column.integer({ nullable: true }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'line_id']] },
    )
    await createTable(
      'day_summaries',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        line_id: column.integer(),
        day: column.integer(),
        revision: column.integer(),
        row_count: column.integer(),
        min_id: column.integer(),
        max_id: column.integer(),
        is_purged: column.boolean({ default: 0 }),
        coarse: column.bytes(),
        fine: column.bytes(),
      },
      { unique: [['tenant_id', 'line_id', 'day']] },
    )
  },
  async down({ dropTable }) {
    await dropTable('day_summaries')
    await dropTable('line_histories')
  },
}
