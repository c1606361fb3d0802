import { column, type Migration } from '../platform/db/index.ts'

/** MQTT brokers of companies, and their last messages: see plant/mqtt. */
export const migration: Migration = {
  name: '0412-mqtt',
  up: async ({ createTable }) => {
    await createTable(
      'mqtt_connections',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        url: column.text(300),
        username: column.text(200),
        sealed_password: column.longText({ nullable: true }),
        client_id: column.text(64),
        topics: column.longText(),
        subscribed: column.longText(),
        is_enabled: column.boolean(),
        version: column.integer(),
        state: column.text(20),
        state_detail: column.longText({ nullable: true }),
        state_at: column.epochMs(),
        received: column.integer(),
        accepted_rows: column.integer(),
        refused: column.integer(),
        lease_owner: column.text(64, { nullable: true }),
        lease_until: column.epochMs(),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['tenant_id']] },
    )
    await createTable(
      'mqtt_messages',
      {
        id: column.id(),
        tenant_id: column.reference('tenants', { onDelete: 'cascade' }),
        received_at: column.epochMs(),
        topic: column.text(300),
        message_key: column.text(200),
        payload: column.longText(),
        outcome: column.text(10),
        accepted: column.integer(),
        detail: column.longText(),
        created_at: column.epochMs(),
      },
      { indexes: [['tenant_id', 'outcome', 'id']] },
    )
  },
  down: async ({ dropTable }) => {
    await dropTable('mqtt_messages')
    await dropTable('mqtt_connections')
  },
}
