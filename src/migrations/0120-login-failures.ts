import { column, type Migration } from '../platform/db/index.ts'

/** Wrong passwords and codes per account and address, and how long that blocks: see identity/lockout. */
export const migration: Migration = {
  name: '0120-login-failures',
  up: ({ createTable }) =>
    createTable(
      'login_failures',
      {
        /** `user:12`, or `name:` and a hash of what was typed when there is no such account. */
        account_key: column.text(80),
        /** Address group; '' = from anywhere. */
        ip_group: column.text(50),
        /** JSON list of epoch milliseconds, oldest first. */
        hits: column.json(),
        blocked_until: column.epochMs({ nullable: true }),
        updated_at: column.epochMs(),
      },
      { primaryKey: ['account_key', 'ip_group'], indexes: [['updated_at']] },
    ),
  down: ({ dropTable }) => dropTable('login_failures'),
}
