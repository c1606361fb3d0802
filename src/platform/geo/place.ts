/** Where somebody is: country, region, province, city, which must lie in each other. */
import type { Db } from '../db/database.ts'
import type { ProblemField } from '../http/problem.ts'
import { type FoundPlace, isCountry, placeOfCity, placeOfProvince, placeOfRegion } from './queries.ts'

/** Undefined or absent: not asked. Null: none. */
export type AskedPlace = {
  readonly country_code?: string | null | undefined
  readonly region_id?: number | null | undefined
  readonly province_id?: number | null | undefined
  readonly city_id?: number | null | undefined
}

export type Place = {
  readonly country_code: string | null
  readonly region_id: number | null
  readonly province_id: number | null
  readonly city_id: number | null
}

const fault = (path: keyof Place, rule: 'unknown' | 'mismatch'): ProblemField => ({
  path,
  rule,
  message:
    rule === 'unknown'
      ? { es: 'No existe', en: 'Does not exist' }
      : { es: 'No corresponde al lugar indicado', en: 'Does not belong to the place given' },
})

/** What is asked is a whole place: what it lies in is filled from the smallest one named, what would lie in that becomes null.
 *  `place` is null when nothing was asked: leave it as it is. With faults nothing of it may be used. */
export async function resolvePlace(
  db: Db,
  asked: AskedPlace,
): Promise<{ readonly place: Place | null; readonly faults: readonly ProblemField[] }> {
  const country = asked.country_code?.trim().toUpperCase() || null
  const { region_id: regionId, province_id: provinceId, city_id: cityId } = asked
  if ([asked.country_code, regionId, provinceId, cityId].every((part) => part === undefined)) return { place: null, faults: [] }
  const smallest = await smallestOf(db, { country, regionId, provinceId, cityId })
  if ('unknown' in smallest) return { place: null, faults: [fault(smallest.unknown, 'unknown')] }
  const { found } = smallest
  const claims = [
    ['country_code', country, found.country],
    ['region_id', regionId ?? null, found.regionId],
    ['province_id', provinceId ?? null, found.provinceId],
  ] as const
  const faults = claims.filter(([, claimed, real]) => claimed !== null && claimed !== real).map(([path]) => fault(path, 'mismatch'))
  const place = { country_code: found.country, region_id: found.regionId, province_id: found.provinceId, city_id: found.cityId }
  return faults.length > 0 ? { place: null, faults } : { place, faults }
}

type Named = {
  readonly country: string | null
  readonly regionId?: number | null | undefined
  readonly provinceId?: number | null | undefined
  readonly cityId?: number | null | undefined
}
type Nowhere = { readonly country: null; readonly regionId: null; readonly provinceId: null; readonly cityId: null }

async function smallestOf(db: Db, named: Named): Promise<{ readonly found: FoundPlace | Nowhere } | { readonly unknown: keyof Place }> {
  const { country, regionId, provinceId, cityId } = named
  const known = (found: FoundPlace | null, path: keyof Place) => (found ? { found } : { unknown: path })
  if (cityId != null) return known(await placeOfCity(db, cityId), 'city_id')
  if (provinceId != null) return known(await placeOfProvince(db, provinceId), 'province_id')
  if (regionId != null) return known(await placeOfRegion(db, regionId), 'region_id')
  const nothing = { regionId: null, provinceId: null, cityId: null }
  if (country === null) return { found: { country, ...nothing } }
  return known((await isCountry(db, country)) ? { country, ...nothing } : null, 'country_code')
}
