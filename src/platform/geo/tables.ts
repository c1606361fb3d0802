import type { Generated } from 'kysely'

type Times = { created_at: number; updated_at: number }

export type GeoCountryRow = Times & {
  id: Generated<number>
  /** ISO 3166-1 alpha-2. */
  iso2: string
  name: string
  name_en: string
  /** Names folded: no accents, no case; of both languages. */
  search_key: string
}

export type GeoRegionRow = Times & {
  id: Generated<number>
  country: string
  code: string
  name: string
  /** #RRGGBB. */
  map_color: string | null
  sort_order: number
  search_key: string
}

/** A province, department or state. Names repeat across countries (Bolívar, Sucre). */
export type GeoProvinceRow = Times & {
  id: Generated<number>
  country: string
  region_id: number | null
  /** Of the country's statistics office. */
  code: string
  name: string
  capital: string | null
  population: number | null
  search_key: string
}

export type GeoCityRow = Times & {
  id: Generated<number>
  province_id: number
  code: string | null
  name: string
  is_capital: number
  population: number | null
  /** Millionths of a degree. */
  lat_e6: number | null
  lon_e6: number | null
  search_key: string
}

export type IndustryRow = Times & {
  id: Generated<number>
  slug: string
  name: string
  name_en: string
  parent_id: number | null
  /** 1: group, 2: branch. */
  level: number
  sort_order: number
  search_key: string
}

export interface GeoTables {
  geo_countries: GeoCountryRow
  geo_regions: GeoRegionRow
  geo_provinces: GeoProvinceRow
  geo_cities: GeoCityRow
  industries: IndustryRow
}
