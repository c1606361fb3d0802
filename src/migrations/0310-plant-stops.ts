import { column, type Migration } from '../platform/db/index.ts'

/** Stops that the customer's tables cannot hold, and what Andon knows about those they do: see plant/stops. */
export const migration: Migration = {
  name: '0310-plant-stops',
  async up({ createTable, addColumns }) {
    await createTable(
      'plant_stops',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        line_id: column.integer(),
        start_s: column.integer(),
        end_s: column.integer(),
        reason_code: column.integer({ nullable: true }),
        reason: column.text(500, { nullable: true }),
        is_manual: column.boolean({ default: 0 }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { indexes: [['tenant_id', 'line_id', 'start_s']] },
    )
    await createTable(
      'plant_stop_edits',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        line_id: column.integer(),
        event_id: column.integer(),
        action: column.text(20),
        version: column.text(40),
        user_id: column.integer({ nullable: true }),
        edited_by: column.text(254),
        reason_code: column.integer({ nullable: true }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'line_id', 'event_id']], indexes: [['tenant_id', 'updated_at']] },
    )
    await createTable(
      'plant_suppressed_stops',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        line_id: column.integer(),
        /** Of the deleted row; null for a stop that was only calculated. */
        event_id: column.integer({ nullable: true }),
        start_s: column.integer(),
        end_s: column.integer(),
        suppressed_by: column.text(254),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { indexes: [['tenant_id', 'line_id', 'start_s']] },
    )
    await createTable(
      'plant_live_reasons',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        line_id: column.integer(),
        at_s: column.integer(),
        reason_code: column.integer({ nullable: true }),
        reason: column.text(500, { nullable: true }),
        user_id: column.integer({ nullable: true }),
        given_by: column.text(254),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'line_id']] },
    )
    await createTable(
      'plant_stop_lines',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        line_id: column.integer(),
        changes: column.integer({ default: 0 }),
        stored_in: column.text(10, { nullable: true }),
        stored_checked_at: column.epochMs({ default: 0 }),
        scanned_id: column.integer({ nullable: true }),
        scanned_until_s: column.integer({ nullable: true }),
        lease_until: column.epochMs({ default: 0 }),
        last_run_at: column.epochMs({ nullable: true }),
        last_outcome: column.text(20, { nullable: true }),
        last_stored: column.integer({ default: 0 }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'line_id']] },
    )
    await addColumns('plant_attachments', stamp)
  },
  async down({ dropTable, dropColumns }) {
    await dropColumns('plant_attachments', Object.keys(stamp))
    for (const table of ['plant_stop_lines', 'plant_live_reasons', 'plant_suppressed_stops', 'plant_stop_edits', 'plant_stops'])
      await dropTable(table)
  },
}

const stamp = { stop_changes: column.integer({ default: 0 }) }
