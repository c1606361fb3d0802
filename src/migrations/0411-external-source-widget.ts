/** Widgets on external sources. A layout has each widget of the catalogue once: three, so that a dashboard can show three sources. */
import type { Migration } from '../platform/db/index.ts'

const rows = [
  { widget_name: 'ExternalSource', description: 'Fuente externa' },
  { widget_name: 'Fuente externa 2', description: 'Fuente externa 2' },
  { widget_name: 'Fuente externa 3', description: 'Fuente externa 3' },
]

export const migration: Migration = {
  name: '0411-external-source-widget',
  up: async ({ db }) => {
    for (const row of rows) {
      const known = await db.kysely
        .selectFrom('widget_catalog')
        .select('widget_id')
        .where('widget_name', '=', row.widget_name)
        .executeTakeFirst()
      if (known === undefined) await db.kysely.insertInto('widget_catalog').values(row).execute()
    }
  },
  down: async ({ db }) => {
    const names = rows.map(({ widget_name: name }) => name)
    await db.kysely.deleteFrom('widget_catalog').where('widget_name', 'in', names).execute()
  },
}
