/** Changes to the catalogues, each in the caller's transaction. */
import type { Insertable, Kysely } from 'kysely'
import type { Database, Db } from '../db/database.ts'
import { insertId } from '../db/index.ts'
import { foldedNames } from './folded.ts'

export const catalogTables = {
  countries: 'geo_countries',
  regions: 'geo_regions',
  provinces: 'geo_provinces',
  cities: 'geo_cities',
  industries: 'industries',
} as const
export type Catalog = keyof typeof catalogTables
type Table = (typeof catalogTables)[Catalog]

/** Column to the rows of other tables that name an entry: one that is named is not deleted. */
const namedBy: Readonly<Record<Catalog, readonly (readonly [table: keyof Database, column: string])[]>> = {
  countries: [],
  regions: [
    ['geo_provinces', 'region_id'],
    ['users', 'region_id'],
  ],
  provinces: [
    ['geo_cities', 'province_id'],
    ['users', 'province_id'],
  ],
  cities: [['users', 'city_id']],
  industries: [['industries', 'parent_id']],
}

/** A country is named by its code. */
const namesOfCountry = [
  ['geo_regions', 'country'],
  ['geo_provinces', 'country'],
  ['users', 'country_code'],
] as const satisfies readonly (readonly [keyof Database, string])[]

// Kysely's types cannot follow a table given by a variable.
// biome-ignore lint/suspicious/noExplicitAny: see above
const untyped = ({ kysely }: Db) => kysely as Kysely<any>

type Values = Readonly<Record<string, string | number | null>>

const searchKeyOf = (values: Values): { search_key: string } | null =>
  typeof values.name === 'string'
    ? { search_key: foldedNames(values.name, ...(typeof values.name_en === 'string' ? [values.name_en] : [])) }
    : null

/** Answers the new id. Throws the engine's unique violation. */
export const insertEntry = (tx: Db, catalog: Catalog, values: Values, nowMs: number): Promise<number> =>
  insertId(tx, catalogTables[catalog], {
    ...values,
    ...searchKeyOf(values),
    created_at: nowMs,
    updated_at: nowMs,
  } as unknown as Insertable<Database[Table]>)

export async function findEntry(db: Db, catalog: Catalog, id: number): Promise<Values | null> {
  const row = await untyped(db).selectFrom(catalogTables[catalog]).selectAll().where('id', '=', id).executeTakeFirst()
  return (row as Values | undefined) ?? null
}

/** Throws the engine's unique violation. */
export async function updateEntry(tx: Db, catalog: Catalog, id: number, old: Values, change: Values, nowMs: number): Promise<void> {
  const row = { ...change, ...searchKeyOf({ name: old.name ?? null, name_en: old.name_en ?? null, ...change }), updated_at: nowMs }
  await untyped(tx).updateTable(catalogTables[catalog]).set(row).where('id', '=', id).execute()
}

/** Whether rows of other tables, or of its own, name it. */
export async function isNamed(tx: Db, catalog: Catalog, id: number, iso2: unknown): Promise<boolean> {
  const places: readonly (readonly [keyof Database, string, unknown])[] = [
    ...namedBy[catalog].map(([table, column]) => [table, column, id] as const),
    ...(catalog === 'countries' ? namesOfCountry.map(([table, column]) => [table, column, iso2] as const) : []),
  ]
  for (const [table, column, value] of places)
    if (await untyped(tx).selectFrom(table).select('id').where(column, '=', value).executeTakeFirst()) return true
  return false
}

/** Of one that nothing names. */
export const deleteEntry = (tx: Db, catalog: Catalog, id: number) =>
  untyped(tx).deleteFrom(catalogTables[catalog]).where('id', '=', id).execute()
