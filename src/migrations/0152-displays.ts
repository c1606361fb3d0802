import { column, type Migration } from '../platform/db/index.ts'

const optional = { nullable: true } as const

/** Televisions and tablets of the plant, and the PINs that operators sign with on them: see identity/displays. */
export const migration: Migration = {
  name: '0152-displays',
  up: async ({ createTable }) => {
    await createTable(
      'displays',
      {
        id: column.id(),
        uuid: column.text(36),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        name: column.text(100),
        /** Null = all lines of the company. */
        line_ids: column.json(optional),
        /** Null while no screen has been paired. */
        token_hash: column.text(64, optional),
        pairing_hash: column.text(64, optional),
        pairing_code_hash: column.text(64, optional),
        pairing_expires_at: column.epochMs(optional),
        paired_at: column.epochMs(optional),
        /** Null = never, however long it is off. */
        idle_days: column.integer(optional),
        last_seen_at: column.epochMs(optional),
        last_page: column.text(300, optional),
        last_ip: column.text(45, optional),
        revoked_at: column.epochMs(optional),
        created_by: column.reference('users', { onDelete: 'cascade' }),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['uuid'], ['token_hash'], ['pairing_hash'], ['pairing_code_hash']], indexes: [['tenant_id']] },
    )
    await createTable(
      'operator_pins',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        user_id: column.reference('users', { onDelete: 'cascade' }),
        pin_hash: column.text(255),
        set_by: column.integer(optional),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id', 'user_id']] },
    )
    await createTable(
      'operator_pin_tries',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        display_id: column.reference('displays', { onDelete: 'cascade' }),
        user_id: column.reference('users', { onDelete: 'cascade' }),
        failures: column.integer({ default: 0 }),
        locked_until: column.epochMs(optional),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['display_id', 'user_id']] },
    )
  },
  down: async ({ dropTable }) => {
    for (const table of ['operator_pin_tries', 'operator_pins', 'displays']) await dropTable(table)
  },
}
