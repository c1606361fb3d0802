/** Adds what the catalogues lack, by code. What is there, even renamed by somebody, is left alone: safe to run at any time, by any number at once. */
import { type Db, insertUnlessExists, transaction } from '../db/index.ts'
import * as data from './data.ts'
import { foldedNames } from './folded.ts'

export type Seeded = { countries: number; regions: number; provinces: number; cities: number; industries: number }

export const seededCountries = ['EC', 'CO'] as const
export type SeededCountry = (typeof seededCountries)[number]

/** Answers how many rows were added. `country`: only that one's regions, provinces and cities. */
export const seedCatalogs = (db: Db, { nowMs, country }: { readonly nowMs: number; readonly country?: SeededCountry }): Promise<Seeded> =>
  transaction(db, async (tx) => {
    const times = { created_at: nowMs, updated_at: nowMs }
    const isWanted = (row: { readonly country: string }) => country === undefined || row.country === country
    const added: Seeded = { countries: 0, regions: 0, provinces: 0, cities: 0, industries: 0 }
    for (const [iso2, name, nameEn] of data.countries)
      added.countries += Number(
        await insertUnlessExists(tx, 'geo_countries', { iso2, name, name_en: nameEn, search_key: foldedNames(name, nameEn), ...times }),
      )
    for (const [index, [own, code, name, color]] of data.regions.entries())
      if (isWanted({ country: own })) {
        const row = { country: own, code, name, map_color: color, sort_order: index + 1, search_key: foldedNames(name), ...times }
        added.regions += Number(await insertUnlessExists(tx, 'geo_regions', row))
      }
    const regionIds = await idsOf(tx, 'geo_regions')
    for (const { country: own, code, name, region, capital } of data.provinces.filter(isWanted)) {
      const row = {
        country: own,
        region_id: region === null ? null : (regionIds.get(`${own} ${region}`) ?? null),
        code,
        name,
        capital,
        population: null,
        search_key: foldedNames(name),
        ...times,
      }
      added.provinces += Number(await insertUnlessExists(tx, 'geo_provinces', row))
    }
    const provinceIds = await idsOf(tx, 'geo_provinces')
    for (const province of data.provinces.filter(isWanted))
      for (const { code, name, isCapital } of province.cities) {
        const provinceId = provinceIds.get(`${province.country} ${province.code}`)
        if (provinceId === undefined) continue // somebody took its name for another code
        const rest = { population: null, lat_e6: null, lon_e6: null, search_key: foldedNames(name), ...times }
        const row = { province_id: provinceId, code, name, is_capital: Number(isCapital), ...rest }
        added.cities += Number(await insertUnlessExists(tx, 'geo_cities', row))
      }
    added.industries = await seedIndustries(tx, times)
    return added
  })

async function seedIndustries(tx: Db, times: { created_at: number; updated_at: number }): Promise<number> {
  let added = 0
  const ids = new Map<string, number>()
  for (const [index, { slug, name, nameEn, parent }] of data.industries.entries()) {
    const row = {
      slug,
      name,
      name_en: nameEn,
      parent_id: parent === null ? null : (ids.get(parent) ?? null),
      level: parent === null ? 1 : 2,
      sort_order: index + 1,
      search_key: foldedNames(name, nameEn),
      ...times,
    }
    added += Number(await insertUnlessExists(tx, 'industries', row))
    if (parent === null) {
      const { id } = await tx.kysely.selectFrom('industries').select('id').where('slug', '=', slug).executeTakeFirstOrThrow()
      ids.set(slug, id)
    }
  }
  return added
}

async function idsOf({ kysely }: Db, table: 'geo_regions' | 'geo_provinces'): Promise<ReadonlyMap<string, number>> {
  const rows = await kysely.selectFrom(table).select(['id', 'country', 'code']).execute()
  return new Map(rows.map(({ id, country, code }) => [`${country} ${code}`, id]))
}
