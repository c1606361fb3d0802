import { sql } from 'kysely'
import { column, listTables, type Migration } from '../platform/db/index.ts'
import { seedCatalogs } from '../platform/geo/index.ts'

const optional = { nullable: true } as const
const times = { created_at: column.epochMs(), updated_at: column.epochMs() }
const searchKey = column.text(400)

/** Countries, regions, provinces, cities and industries, filled: see platform/geo. `andon seed catalogs` adds what later versions know. */
export const migration: Migration = {
  name: '0112-geo',
  up: async ({ db, createTable }) => {
    await createTable(
      'geo_countries',
      { id: column.id(), iso2: column.text(2), name: column.text(100), name_en: column.text(100), search_key: searchKey, ...times },
      { unique: [['iso2']] },
    )
    await createTable(
      'geo_regions',
      {
        id: column.id(),
        country: column.text(2),
        code: column.text(10),
        name: column.text(100),
        map_color: column.text(7, optional),
        sort_order: column.integer({ default: 0 }),
        search_key: searchKey,
        ...times,
      },
      { unique: [['country', 'code']] },
    )
    await createTable(
      'geo_provinces',
      {
        id: column.id(),
        country: column.text(2),
        region_id: column.reference('geo_regions', optional),
        code: column.text(10),
        name: column.text(100),
        capital: column.text(100, optional),
        population: column.integer(optional),
        search_key: searchKey,
        ...times,
      },
      {
        unique: [
          ['country', 'code'],
          ['country', 'name'],
        ],
      },
    )
    await createTable(
      'geo_cities',
      {
        id: column.id(),
        province_id: column.reference('geo_provinces'),
        code: column.text(10, optional),
        name: column.text(100),
        is_capital: column.boolean({ default: 0 }),
        population: column.integer(optional),
        lat_e6: column.integer(optional),
        lon_e6: column.integer(optional),
        search_key: searchKey,
        ...times,
      },
      { unique: [['province_id', 'name']] },
    )
    await createTable(
      'industries',
      {
        id: column.id(),
        slug: column.text(60),
        name: column.text(100),
        name_en: column.text(100),
        parent_id: column.reference('industries', optional),
        level: column.integer({ default: 1 }),
        sort_order: column.integer({ default: 0 }),
        search_key: searchKey,
        ...times,
      },
      { unique: [['slug']], indexes: [['parent_id']] },
    )
    await seedCatalogs(db, { nowMs: Date.now() })
  },
  down: async ({ db, dropTable }) => {
    // SQLite deletes a table's rows before the table, and refuses a parent while its children are there.
    if ((await listTables(db)).includes('industries')) await sql`update industries set parent_id = null`.execute(db.kysely)
    for (const table of ['industries', 'geo_cities', 'geo_provinces', 'geo_regions', 'geo_countries']) await dropTable(table)
  },
}
