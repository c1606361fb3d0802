/** The widget of the cameras' clocks, in catalogues that lack it. */
import type { Migration } from '../platform/db/index.ts'

export const migration: Migration = {
  name: '0360-clock-health-widget',
  up: async ({ db }) => {
    const known = await db.kysely
      .selectFrom('widget_catalog')
      .select('widget_id')
      .where('widget_name', '=', 'ClockHealth')
      .executeTakeFirst()
    if (known !== undefined) return
    await db.kysely.insertInto('widget_catalog').values({ widget_name: 'ClockHealth', description: 'Relojes de las cámaras' }).execute()
  },
  down: async ({ db }) => {
    await db.kysely.deleteFrom('widget_catalog').where('widget_name', '=', 'ClockHealth').execute()
  },
}
