import { column, type Migration } from '../platform/db/index.ts'

const optional = { nullable: true } as const

/** Sessions, their refresh tokens, sign-in records and the sign-in limit: see identity/sessions and identity/login. */
export const migration: Migration = {
  name: '0101-sessions',
  up: async ({ createTable }) => {
    await createTable(
      'sessions',
      {
        id: column.id(),
        uuid: column.text(36),
        user_id: column.reference('users', { onDelete: 'cascade' }),
        tenant_id: column.reference('tenants', { ...optional, onDelete: 'set null' }),
        kind: column.text(10),
        cookie_hash: column.text(64, optional),
        ip: column.text(45),
        user_agent: column.text(255),
        last_seen_at: column.epochMs(),
        idle_expires_at: column.epochMs(),
        absolute_expires_at: column.epochMs(),
        ended_at: column.epochMs(optional),
        end_reason: column.text(20, optional),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      {
        unique: [['uuid'], ['cookie_hash']],
        indexes: [
          ['user_id', 'ended_at'],
          ['ended_at', 'idle_expires_at'],
        ],
      },
    )
    await createTable(
      'refresh_tokens',
      {
        id: column.id(),
        session_id: column.reference('sessions', { onDelete: 'cascade' }),
        user_id: column.reference('users', { onDelete: 'cascade' }),
        jti_hash: column.text(64),
        parent_id: column.integer(optional),
        state: column.text(10),
        expires_at: column.epochMs(),
        rotated_at: column.epochMs(optional),
        revoked_at: column.epochMs(optional),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['jti_hash']], indexes: [['session_id', 'state'], ['expires_at']] },
    )
    await createTable(
      'user_logins',
      {
        id: column.id(),
        user_id: column.reference('users', { onDelete: 'cascade' }),
        username: column.text(50),
        ip_address: column.text(45),
        user_agent: column.text(255),
        session_uuid: column.text(36),
        login_at: column.epochMs(),
        logout_at: column.epochMs(optional),
        end_reason: column.text(20, optional),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['session_uuid']], indexes: [['user_id', 'login_at']] },
    )
    await createTable(
      'rate_windows',
      { window_key: column.text(100), hits: column.json(), updated_at: column.epochMs() },
      { primaryKey: ['window_key'], indexes: [['updated_at']] },
    )
  },
  down: async ({ dropTable }) => {
    for (const table of ['rate_windows', 'user_logins', 'refresh_tokens', 'sessions']) await dropTable(table)
  },
}
