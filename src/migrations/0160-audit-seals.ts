import { sql } from 'kysely'
import { column, type Migration } from '../platform/db/index.ts'

/** The seal of the audit log: see identity/audit. No foreign keys, as the log itself has none. */
export const migration: Migration = {
  name: '0160-audit-seals',
  up: async ({ db, createTable }) => {
    /** Rows that wait for their seal; written with the row itself. */
    await createTable('audit_unsealed', { log_id: column.integer() }, { primaryKey: ['log_id'] })
    await createTable(
      'audit_seals',
      {
        log_id: column.integer(),
        chain_id: column.integer(),
        sequence: column.integer(),
        seal: column.text(64),
        created_at: column.epochMs(),
      },
      { primaryKey: ['chain_id', 'sequence'], unique: [['log_id']] },
    )
    /** Where each chain begins and ends, signed too: what is cut off either end is missed. */
    await createTable(
      'audit_chains',
      {
        chain_id: column.integer(),
        first_sequence: column.integer(),
        /** Of the row before the first one that is kept; '' at the beginning. */
        first_previous_seal: column.text(64),
        last_sequence: column.integer(),
        last_seal: column.text(64),
        signature: column.text(64),
        updated_at: column.epochMs(),
      },
      { primaryKey: ['chain_id'] },
    )
    // What was written before there were seals.
    await sql`insert into audit_unsealed (log_id) select id from audit_logs where id not in (select log_id from audit_unsealed)`.execute(
      db.kysely,
    )
  },
  down: async ({ dropTable }) => {
    for (const table of ['audit_chains', 'audit_seals', 'audit_unsealed']) await dropTable(table)
  },
}
