import { column, type Migration } from '../platform/db/index.ts'

const columns = { email_proven_at: column.epochMs({ nullable: true }) }

/** When the person followed a link that was mailed to the address. An address may be good by the word of a company alone; that word tells nobody
 *  outside of it whose the address is. Nobody is known to have before this column: a link and a company's word were written alike, and whoever claims
 *  a domain resets the password once. */
export const migration: Migration = {
  name: '0163-proven-addresses',
  up: ({ addColumns }) => addColumns('users', columns),
  down: ({ dropColumns }) => dropColumns('users', Object.keys(columns)),
}
