import { column, type Migration } from '../platform/db/index.ts'

const columns = { search_key: column.text(500, { default: '' }) }

/** Username and names, folded: what a list of people is searched in. Three engines fold case in three ways, so none is asked to. */
export const migration: Migration = {
  name: '0130-search-key',
  up: async ({ db, addColumns }) => {
    await addColumns('users', columns)
    for (let lastId = 0; ; ) {
      const rows = await db.kysely
        .selectFrom('users')
        .select(['id', 'username', 'full_name', 'first_name', 'last_name'])
        .where('id', '>', lastId)
        .orderBy('id')
        .limit(500)
        .execute()
      for (const row of rows) {
        const words = [row.username, row.full_name, row.first_name, row.last_name].filter((word) => word !== null).join(' ')
        const folded = words.normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase()
        await db.kysely
          .updateTable('users')
          .set({ search_key: [...folded].slice(0, 500).join('') })
          .where('id', '=', row.id)
          .execute()
      }
      const last = rows.at(-1)
      if (!last) return
      lastId = last.id
    }
  },
  down: ({ dropColumns }) => dropColumns('users', Object.keys(columns)),
}
