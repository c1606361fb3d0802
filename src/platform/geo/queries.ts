/** Reads of the catalogues. They are everybody's: no company. */
import { sql } from 'kysely'
import type { Db } from '../db/database.ts'
import { folded } from './folded.ts'

export type Search = { readonly search?: string | undefined; readonly limit: number }

const contains = (search: string): string => `%${folded(search).replace(/[!%_]/g, '!$&')}%`
const matches = (column: string, search: string | undefined) =>
  search === undefined || folded(search) === '' ? sql<boolean>`1 = 1` : sql<boolean>`${sql.ref(column)} like ${contains(search)} escape '!'`

export const listCountries = ({ kysely }: Db, { search, limit }: Search) =>
  kysely
    .selectFrom('geo_countries as c')
    .select(['c.id', 'c.iso2', 'c.name', 'c.name_en'])
    .where(matches('c.search_key', search))
    .orderBy('c.search_key')
    .limit(limit)
    .execute()

export const listRegions = ({ kysely }: Db, { search, limit }: Search, country: string | undefined) =>
  kysely
    .selectFrom('geo_regions as r')
    .select(['r.id', 'r.country', 'r.code', 'r.name', 'r.map_color', 'r.sort_order'])
    .where(matches('r.search_key', search))
    .$if(country !== undefined, (query) => query.where('r.country', '=', country ?? ''))
    .orderBy('r.country')
    .orderBy('r.sort_order')
    .limit(limit)
    .execute()

export const listProvinces = (
  { kysely }: Db,
  { search, limit }: Search,
  within: { readonly country?: string | undefined; readonly regionId?: number | undefined; readonly provinceId?: number | undefined },
) =>
  kysely
    .selectFrom('geo_provinces as p')
    .select(['p.id', 'p.country', 'p.region_id', 'p.code', 'p.name', 'p.capital', 'p.population'])
    .where(matches('p.search_key', search))
    .$if(within.country !== undefined, (query) => query.where('p.country', '=', within.country ?? ''))
    .$if(within.regionId !== undefined, (query) => query.where('p.region_id', '=', within.regionId ?? 0))
    .$if(within.provinceId !== undefined, (query) => query.where('p.id', '=', within.provinceId ?? 0))
    .orderBy('p.country')
    .orderBy('p.search_key')
    .limit(limit)
    .execute()

/** The capital first, then by name. */
export const listCities = (
  { kysely }: Db,
  { search, limit }: Search,
  within: { readonly country?: string | undefined; readonly provinceId?: number | undefined; readonly regionId?: number | undefined },
) =>
  kysely
    .selectFrom('geo_cities as c')
    .innerJoin('geo_provinces as p', 'p.id', 'c.province_id')
    .select(['c.id', 'c.province_id', 'p.country', 'c.code', 'c.name', 'c.is_capital', 'c.population', 'c.lat_e6', 'c.lon_e6'])
    .where(matches('c.search_key', search))
    .$if(within.country !== undefined, (query) => query.where('p.country', '=', within.country ?? ''))
    .$if(within.regionId !== undefined, (query) => query.where('p.region_id', '=', within.regionId ?? 0))
    .$if(within.provinceId !== undefined, (query) => query.where('c.province_id', '=', within.provinceId ?? 0))
    .orderBy('c.province_id')
    .orderBy('c.is_capital', 'desc')
    .orderBy('c.search_key')
    .limit(limit)
    .execute()

export const listIndustries = (
  { kysely }: Db,
  { search, limit }: Search,
  within: { readonly parentId?: number | undefined; readonly level?: number | undefined },
) =>
  kysely
    .selectFrom('industries as i')
    .select(['i.id', 'i.slug', 'i.name', 'i.name_en', 'i.parent_id', 'i.level', 'i.sort_order'])
    .where(matches('i.search_key', search))
    .$if(within.parentId !== undefined, (query) => query.where('i.parent_id', '=', within.parentId ?? 0))
    .$if(within.level !== undefined, (query) => query.where('i.level', '=', within.level ?? 0))
    .orderBy('i.sort_order')
    .orderBy('i.id')
    .limit(limit)
    .execute()

export type FoundPlace = {
  readonly country: string
  readonly regionId: number | null
  readonly provinceId: number | null
  readonly cityId: number | null
}

/** The place of a city, with all that it lies in. */
export async function placeOfCity({ kysely }: Db, cityId: number): Promise<FoundPlace | null> {
  const row = await kysely
    .selectFrom('geo_cities as c')
    .innerJoin('geo_provinces as p', 'p.id', 'c.province_id')
    .select(['p.country', 'p.region_id', 'p.id as province_id'])
    .where('c.id', '=', cityId)
    .executeTakeFirst()
  return row ? { country: row.country, regionId: row.region_id, provinceId: row.province_id, cityId } : null
}

export async function placeOfProvince({ kysely }: Db, provinceId: number): Promise<FoundPlace | null> {
  const row = await kysely.selectFrom('geo_provinces').select(['country', 'region_id']).where('id', '=', provinceId).executeTakeFirst()
  return row ? { country: row.country, regionId: row.region_id, provinceId, cityId: null } : null
}

export async function placeOfRegion({ kysely }: Db, regionId: number): Promise<FoundPlace | null> {
  const row = await kysely.selectFrom('geo_regions').select('country').where('id', '=', regionId).executeTakeFirst()
  return row ? { country: row.country, regionId, provinceId: null, cityId: null } : null
}

export async function isCountry({ kysely }: Db, iso2: string): Promise<boolean> {
  return (await kysely.selectFrom('geo_countries').select('id').where('iso2', '=', iso2).executeTakeFirst()) !== undefined
}

/** Rows per catalogue. */
export async function countCatalogs({ kysely }: Db, country: string | undefined) {
  const count = async (table: 'geo_regions' | 'geo_provinces') => {
    const query = kysely.selectFrom(table).select((eb) => eb.fn.countAll().as('rows'))
    return Number((await query.$if(country !== undefined, (q) => q.where('country', '=', country ?? '')).executeTakeFirstOrThrow()).rows)
  }
  const cities = kysely.selectFrom('geo_cities as c').innerJoin('geo_provinces as p', 'p.id', 'c.province_id')
  const ofCountry = cities
    .select((eb) => eb.fn.countAll().as('rows'))
    .$if(country !== undefined, (q) => q.where('p.country', '=', country ?? ''))
  return {
    regions: await count('geo_regions'),
    provinces: await count('geo_provinces'),
    cities: Number((await ofCountry.executeTakeFirstOrThrow()).rows),
  }
}
