import { column, type Migration } from '../platform/db/index.ts'

/** What a company decided about its detection tables, the work on them, and the months that lie in the object store: see plant/tables and plant/archive. */
export const migration: Migration = {
  name: '0460-table-care',
  up: async ({ createTable }) => {
    await createTable(
      'table_policies',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        /** Null = rows are kept for ever. */
        retention_months: column.integer({ nullable: true }),
        is_archiving: column.boolean({ default: 1 }),
        months_ahead: column.integer({ default: 3 }),
        /** year×100+month of the last monthly run. */
        maintained_month: column.integer({ default: 0 }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id']] },
    )
    await createTable(
      'table_archives',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        line_id: column.integer(),
        table_name: column.text(255),
        /** year×100+month. */
        month: column.integer(),
        /** Rows that came after a month was taken out make another part. */
        part: column.integer(),
        /** `stored`: also in the table; `leaving`: being taken out of it; `archived`: only here. */
        state: column.text(10),
        file_id: column.integer(),
        row_count: column.integer(),
        min_id: column.integer(),
        max_id: column.integer(),
        columns: column.json(),
        /** Of the rows' text, whatever the compression. */
        rows_sha256: column.text(64),
        restored_at: column.epochMs({ nullable: true }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'line_id', 'month', 'part']] },
    )
    await createTable(
      'table_tasks',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        kind: column.text(20),
        payload: column.json(),
        state: column.text(10),
        /** 1 while it waits or runs, then null: one at a time per company. */
        active: column.integer({ nullable: true }),
        done: column.integer({ default: 0 }),
        total: column.integer({ default: 0 }),
        /** What it is at, or what it came to. */
        note: column.json({ nullable: true }),
        lease_until: column.epochMs({ default: 0 }),
        by_user: column.integer({ nullable: true }),
        by_name: column.text(150),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'active']], indexes: [['tenant_id', 'created_at']] },
    )
  },
  down: async ({ dropTable }) => {
    await dropTable('table_tasks')
    await dropTable('table_archives')
    await dropTable('table_policies')
  },
}
