import { column, type Migration } from '../platform/db/index.ts'

const columns = { tenant_id: column.integer({ nullable: true }) }
const keys = { indexes: [['tenant_id', 'login_at']] } as const

/** The company a sign-in led to, so that its administration sees those and no others. */
export const migration: Migration = {
  name: '0161-login-company',
  up: ({ addColumns }) => addColumns('user_logins', columns, keys),
  down: ({ dropColumns }) => dropColumns('user_logins', Object.keys(columns), keys),
}
