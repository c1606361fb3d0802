import { column, type Migration } from '../platform/db/index.ts'

const columns = { email_proven_at: column.epochMs({ nullable: true }) }

/** When the person followed a link that was mailed to the address. An address may be good by the word of a company alone; that word tells nobody
 *  outside of it whose the address is. Who proved theirs before this column did so after the account was made. */
export const migration: Migration = {
  name: '0163-proven-addresses',
  up: async ({ db, addColumns }) => {
    await addColumns('users', columns)
    await db.kysely
      .updateTable('users')
      .set((eb) => ({ email_proven_at: eb.ref('email_verified_at') }))
      .whereRef('email_verified_at', '>', 'created_at')
      .execute()
  },
  down: ({ dropColumns }) => dropColumns('users', Object.keys(columns)),
}
