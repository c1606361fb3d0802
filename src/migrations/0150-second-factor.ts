import { column, type Migration } from '../platform/db/index.ts'

const optional = { nullable: true } as const

/** The second factor: secret, recovery codes, and the step between password and code. See identity/mfa. */
export const migration: Migration = {
  name: '0150-second-factor',
  up: async ({ createTable }) => {
    await createTable(
      'totp_credentials',
      {
        id: column.id(),
        user_id: column.reference('users', { onDelete: 'cascade' }),
        /** Sealed. */
        secret_enc: column.text(200),
        /** Null while the person has not typed a code yet; such a row counts for nothing after ten minutes. */
        confirmed_at: column.epochMs(optional),
        last_used_step: column.integer(optional),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['user_id']] },
    )
    await createTable(
      'recovery_codes',
      {
        id: column.id(),
        user_id: column.reference('users', { onDelete: 'cascade' }),
        code_hash: column.text(64),
        used_at: column.epochMs(optional),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['user_id', 'code_hash']] },
    )
    await createTable(
      'mfa_challenges',
      {
        id: column.id(),
        token_hash: column.text(64),
        user_id: column.reference('users', { onDelete: 'cascade' }),
        /** A challenge of a program never becomes a browser's session, nor the other way round. */
        kind: column.text(10),
        /** As asked for at sign-in; checked again when the code comes. */
        company_id: column.text(40, optional),
        attempts: column.integer({ default: 0 }),
        expires_at: column.epochMs(),
        consumed_at: column.epochMs(optional),
        created_at: column.epochMs(),
        updated_at: column.epochMs(),
      },
      { unique: [['token_hash']], indexes: [['expires_at'], ['user_id']] },
    )
  },
  down: async ({ dropTable }) => {
    for (const table of ['mfa_challenges', 'recovery_codes', 'totp_credentials']) await dropTable(table)
  },
}
